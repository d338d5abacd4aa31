//! The part of an answer that was read, and what it means as a value.

use pointsman_lead::json::{self, FLAWS_MAX};
use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use super::{
    AnswerFormat, ResponseMap,
    path::{InTree, Path},
    prefix,
};
use crate::xml;

/// Most bytes that are read of an answer.
pub(crate) const BODY_BYTES_MAX: usize = 16 * 1024;

/// Most memory of a compiled pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 256 * 1024;

/// How the body of an answer becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading<'a> {
    /// As JSON.
    Json,
    /// As XML.
    Xml,
    /// As the list of parts between this separator.
    Split(&'a str),
    /// As the groups of these patterns, by name.
    Patterns(&'a [String]),
    /// As a text in which nothing has a place.
    Text,
}

impl ResponseMap {
    /// How answers become values by this map.
    pub(crate) fn reading(&self) -> Reading<'_> {
        match (self.format, &self.split) {
            (AnswerFormat::Xml, _) => Reading::Xml,
            (_, Some(separator)) => Reading::Split(separator),
            _ if !self.patterns.is_empty() => Reading::Patterns(&self.patterns),
            (AnswerFormat::Text, None) => Reading::Text,
            (AnswerFormat::Json, None) => Reading::Json,
        }
    }
}

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
    /// Whether the value is a tree of elements.
    is_tree: bool,
    /// Whether all values are texts, so that `1` and `"1"` are the same.
    is_of_texts: bool,
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
    pub(crate) fn new(bytes: &[u8], cut: bool, reading: Reading<'_>) -> Self {
        let is_tree = reading == Reading::Xml;
        let text = if is_tree && is_latin(bytes) {
            bytes.iter().map(|&byte| char::from(byte)).collect()
        } else {
            String::from_utf8_lossy(bytes).into_owned()
        };
        let plain = text.trim_start_matches('\u{feff}');
        let mut doubled = Vec::new();
        let is_empty = !cut && plain.trim().is_empty();
        let value = match reading {
            Reading::Split(separator) => Some(parts(&text, separator, cut)),
            Reading::Patterns(patterns) => groups(plain, patterns, cut),
            Reading::Text => None,
            _ if is_empty => Some(Value::Null),
            Reading::Xml if cut => None,
            Reading::Xml => xml::read(plain).ok(),
            Reading::Json if cut => {
                prefix::whole(plain).and_then(|whole| read(&whole, &mut doubled))
            }
            Reading::Json => read(plain, &mut doubled),
        };
        Self {
            text,
            cut,
            value,
            doubled,
            is_tree,
            is_of_texts: is_tree || matches!(reading, Reading::Patterns(_)),
        }
    }

    /// What stands at a path.
    pub(crate) fn find(&self, path: &Path) -> Found<'_> {
        if self.is_tree {
            return match self.value.as_ref().map(|tree| path.find_in_tree(tree)) {
                None | Some(InTree::Several) => Found::NotRead,
                Some(InTree::Nothing | InTree::One(Value::Null)) => Found::Nothing,
                Some(InTree::One(value)) => Found::Value(value),
            };
        }
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
        if self.is_of_texts {
            return Some(same_text(value, wanted));
        }
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

/// A pattern that is small enough to be kept and run. Its time grows with the answer and with nothing else.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) fn pattern(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text)
        .size_limit(PATTERN_BYTES_MAX)
        .build()
}

fn parts(text: &str, separator: &str, cut: bool) -> Value {
    let mut parts: Vec<&str> = text.split(separator).collect();
    if cut {
        // The last part may go on.
        parts.pop();
    }
    parts
        .into_iter()
        .map(|part| Value::from(part.trim()))
        .collect()
}

/// The named groups of all patterns that match, of which the first counts; `None` where one did not match a cut text.
fn groups(text: &str, patterns: &[String], cut: bool) -> Option<Value> {
    let mut found = Map::new();
    for pattern in patterns.iter().filter_map(|text| pattern(text).ok()) {
        let Some(captures) = pattern.captures(text) else {
            if cut {
                return None;
            }
            continue;
        };
        for name in pattern.capture_names().flatten() {
            if let Some(group) = captures.name(name) {
                let text = group.as_str().trim();
                found.entry(name).or_insert_with(|| Value::from(text));
            }
        }
    }
    Some(Value::Object(found))
}

/// Whether an XML declaration names one of the two encodings of Western Europe with one byte a character.
fn is_latin(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(200)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let declaration = head.split("?>").next().unwrap_or_default();
    declaration.starts_with("<?xml")
        && ["iso-8859-1", "windows-1252"]
            .iter()
            .any(|name| declaration.contains(name))
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

/// The same where all values are texts: a wanted number or truth is what the text says.
fn same_text(value: &Value, wanted: &Value) -> bool {
    let Value::String(text) = value else {
        return false;
    };
    match wanted {
        Value::String(wanted) => text == wanted,
        Value::Number(wanted) => {
            text == &wanted.to_string() || text.parse().ok() == wanted.as_f64()
        }
        Value::Bool(wanted) => text == if *wanted { "true" } else { "false" },
        _ => false,
    }
}
