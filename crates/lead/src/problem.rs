//! What is wrong with somebody's input, in a form that a person and a program can both act on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One mistake in an input. Inputs are answered with all of theirs at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable name of the kind of mistake, in snake case. Programs may match on it.
    pub code: String,
    /// Where it is: dotted names from the root of the input, such as `fields.state`.
    pub path: String,
    /// What is wrong, in the user's words, with the offending value.
    pub message: String,
    /// What would put it right, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Problem {
    /// A problem without a hint.
    pub fn new(code: &str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            path: path.into(),
            message: message.into(),
            hint: None,
        }
    }

    /// The same problem with a way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    /// One line for people: `malformed at fields.zip: what is wrong; what would help`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            path,
            message,
            hint,
        } = self;
        write!(formatter, "{code} at {path}: {message}")?;
        match hint {
            Some(hint) => write!(formatter, "; {hint}"),
            None => Ok(()),
        }
    }
}
