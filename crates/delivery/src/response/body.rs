//! The part of an answer that was read, and what it means as a value.

use pointsman_lead::json::{self, FLAWS_MAX};
use serde_json::Value;

use super::{path::Path, prefix};

/// Most bytes that are read of an answer.
pub(crate) const BODY_BYTES_MAX: usize = 16 * 1024;

/// An answer's body as far as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Body {
    /// Its text; what is not UTF-8 is replaced.
    pub(crate) text: String,
    /// Whether more came than was read.
    pub(crate) cut: bool,
    /// Its value, or of a cut one what is whole in the part that was read; `None` if it has none that
    /// could be read. An empty body is a null.
    pub(crate) value: Option<Value>,
    /// The places of members that stand there twice, such as `result.price`: which of them counts, nobody knows.
    pub(crate) doubled: Vec<String>,
}

/// What stands at a place of a body.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<'a> {
    /// This.
    Value(&'a Value),
    /// Nothing, or a null.
    Nothing,
    /// It is unknown: no value was read, it may stand in the part that was not read, or two stand there.
    NotRead,
}

impl Found<'_> {
    /// Whether there is a value; `None` if that is unknown.
    pub(crate) fn exists(self) -> Option<bool> {
        match self {
            Self::Value(_) => Some(true),
            Self::Nothing => Some(false),
            Self::NotRead => None,
        }
    }
}

impl Body {
    /// Reads what came.
    ///
    /// * `split`: the separator of plain text answers; `None` for JSON.
    pub(crate) fn new(bytes: &[u8], cut: bool, split: Option<&str>) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let json = text.trim_start_matches('\u{feff}');
        let mut doubled = Vec::new();
        let value = match split {
            Some(separator) => {
                let mut parts: Vec<&str> = text.split(separator).collect();
                if cut {
                    // The last part may go on.
                    parts.pop();
                }
                Some(
                    parts
                        .into_iter()
                        .map(|part| Value::from(part.trim()))
                        .collect(),
                )
            }
            None if cut => prefix::whole(json).and_then(|whole| read(&whole, &mut doubled)),
            None if json.trim().is_empty() => Some(Value::Null),
            None => read(json, &mut doubled),
        };
        Self {
            text,
            cut,
            value,
            doubled,
        }
    }

    /// What stands at a path.
    pub(crate) fn find(&self, path: &Path) -> Found<'_> {
        let found = self.value.as_ref().map(|value| path.find_or_null(value));
        match found {
            None => Found::NotRead,
            Some(_) if self.doubled.iter().any(|place| path.passes(place)) => Found::NotRead,
            Some(None) if self.cut => Found::NotRead,
            Some(None | Some(Value::Null)) => Found::Nothing,
            Some(Some(value)) => Found::Value(value),
        }
    }

    /// Whether a value of this body is the wanted one; `None` if it may go on in the part that was not read, or
    /// hold a member twice.
    pub(crate) fn same(&self, value: &Value, wanted: &Value) -> Option<bool> {
        let is_whole = !self.cut && self.doubled.is_empty();
        let is_known = is_whole || !matches!(value, Value::Object(_) | Value::Array(_));
        is_known.then(|| same(value, wanted))
    }

    /// The value at a path, if there is one that is known; null counts as none.
    pub(crate) fn value_at(&self, path: &Path) -> Option<&Value> {
        match self.find(path) {
            Found::Value(value) => Some(value),
            Found::Nothing | Found::NotRead => None,
        }
    }

    /// What is odd about it, for the owner of the destination.
    pub(crate) fn note(&self) -> Option<String> {
        let (first, rest) = self.doubled.split_first()?;
        Some(match rest.len() {
            0 => format!("the answer names `{first}` twice"),
            n => format!("the answer names `{first}` and {n} more twice"),
        })
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

/// The value of a JSON text, with the places of members that stand in it twice; `None` if it is no JSON, or has too
/// many flaws to be trusted.
fn read(text: &str, doubled: &mut Vec<String>) -> Option<Value> {
    let value = serde_json::from_str(text).ok()?;
    let flaws = json::flaws(text);
    let is_trusted = flaws.len() < FLAWS_MAX;
    let places = flaws
        .into_iter()
        .filter(|flaw| flaw.code == "duplicate_name");
    doubled.extend(places.map(|flaw| flaw.path));
    is_trusted.then_some(value)
}

/// Numbers by value, so that `1` is `1.0`; all else exactly.
fn same(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::Number(value), Value::Number(wanted)) => {
            value == wanted || value.as_f64() == wanted.as_f64()
        }
        _ => value == wanted,
    }
}
