//! Where a mapping takes a value from.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::path::JsonPath;

/// Where a value stands in what a publisher sends: the key of an answer, or a place in the JSON, which begins with `$`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum Place {
    /// The key of a parameter, member or answer.
    Key(String),
    /// A place in the payload.
    Path(JsonPath),
}

/// Longest place, in bytes.
const BYTES_MAX: usize = 512;

impl TryFrom<String> for Place {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.is_empty() || text.len() > BYTES_MAX {
            return Err(format!("a place has 1 to {BYTES_MAX} bytes"));
        }
        if text.starts_with('$') {
            return JsonPath::parse(&text)
                .map(Self::Path)
                .map_err(|why| format!("`{text}` is no place: {why}"));
        }
        Ok(Self::Key(text))
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.to_string()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => out.write_str(key),
            Self::Path(path) => write!(out, "{path}"),
        }
    }
}
