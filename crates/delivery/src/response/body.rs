//! The part of an answer that was read, and what it means as a value.

use serde_json::Value;

/// Most bytes that are read of an answer.
pub(crate) const BODY_BYTES_MAX: usize = 16 * 1024;

/// An answer's body as far as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Body {
    /// Its text; what is not UTF-8 is replaced.
    pub(crate) text: String,
    /// Whether more came than was read.
    pub(crate) cut: bool,
    /// Its value; `None` if it has none that could be read. An empty body is a null.
    pub(crate) value: Option<Value>,
}

impl Body {
    /// Reads what came.
    ///
    /// * `split`: the separator of plain text answers; `None` for JSON.
    pub(crate) fn new(bytes: &[u8], cut: bool, split: Option<&str>) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let value = match split {
            _ if cut => None,
            Some(separator) => Some(
                text.split(separator)
                    .map(|part| Value::from(part.trim()))
                    .collect(),
            ),
            None if text.trim().is_empty() => Some(Value::Null),
            None => serde_json::from_str(text.trim_start_matches('\u{feff}')).ok(),
        };
        Self { text, cut, value }
    }

    /// Whether the text is in the body, in any case of ASCII letters; `None` if the part that was
    /// not read might hold it.
    pub(crate) fn contains(&self, needle: &str) -> Option<bool> {
        let found = self
            .text
            .to_ascii_lowercase()
            .contains(&needle.to_ascii_lowercase());
        (found || !self.cut).then_some(found)
    }
}
