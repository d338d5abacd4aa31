//! What is wrong with a log or a scenario, all of it at once.

use pointsman_lead::Problem;

use crate::{cli::Output, out};

/// Prints problems: as data for programs, and for people beside it. The error says that they have been told.
pub(super) fn print(problems: &[Problem], output: Output) -> anyhow::Error {
    if output == Output::Json {
        if let Err(error) = out::json(&problems) {
            return error;
        }
    } else {
        for Problem {
            code,
            path,
            message,
            hint,
        } in problems
        {
            out::note(format!("error[{code}] at {path}: {message}"));
            if let Some(hint) = hint {
                out::note(format!("  hint: {hint}"));
            }
        }
    }
    out::Reported.into()
}
