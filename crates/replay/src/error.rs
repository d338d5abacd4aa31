//! Why a replay cannot go on.

use std::path::PathBuf;

use pointsman_lead::Problem;
use thiserror::Error;

/// Why a replay cannot go on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The scenario, a flow or the log has mistakes: all of them.
    #[error("{}", listed(.0))]
    Problems(Vec<Problem>),
    /// A log could not be read to its end.
    #[error("`{path}` cannot be read")]
    Read {
        /// The log.
        path: PathBuf,
        /// What kept its reader from going on.
        source: std::io::Error,
    },
    /// A log could not be written.
    #[error("`{path}` cannot be written")]
    Write {
        /// The log.
        path: PathBuf,
        /// What polars says.
        source: polars::error::PolarsError,
    },
}

fn listed(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.path, problem.message))
        .collect();
    lines.join("\n")
}

impl Error {
    /// The problems behind it, so that all failures can be shown in one way.
    pub fn into_problems(self) -> Vec<Problem> {
        match self {
            Self::Problems(problems) => problems,
            Self::Read { path, source } => {
                let message = format!("`{}` cannot be read: {source}", path.display());
                vec![Problem::new("log_unreadable", "log", message)]
            }
            Self::Write { path, source } => {
                let message = format!("`{}` cannot be written: {source}", path.display());
                vec![Problem::new("log_unwritable", "log", message)]
            }
        }
    }
}
