//! Output: data on stdout, everything else on stderr.
//!
//! Whoever reads may go away at any moment, as `head` does. Then there is nobody to print for, and what the program
//! does otherwise goes on: a server must not end because nobody looks at it.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use serde::Serialize;

/// A failure whose problems have been printed already.
#[derive(Debug)]
pub(crate) struct Reported;

impl std::fmt::Display for Reported {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("see above")
    }
}

impl std::error::Error for Reported {}

/// Prints a line of data.
pub(crate) fn data(text: impl AsRef<str>) {
    let _ = writeln!(io::stdout(), "{}", text.as_ref());
}

/// Prints a JSON document as data.
pub(crate) fn json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    data(serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints a line for the person at the terminal.
pub(crate) fn note(text: impl AsRef<str>) {
    let _ = writeln!(io::stderr(), "{}", text.as_ref());
}

/// Prints an error with its causes.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    if !error.is::<Reported>() {
        note(format!("error: {error}"));
        for cause in error.chain().skip(1) {
            note(format!("  because {cause}"));
        }
    }
    ExitCode::FAILURE
}
