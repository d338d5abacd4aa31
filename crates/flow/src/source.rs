//! The file that a document was read from, so that findings can show the line they speak of.

mod json;

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::Place;

/// The text of a document with its name.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// What the file is called, as messages say it.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
    /// How it is written.
    pub form: Form,
}

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON.
    Json,
    /// TOML.
    Toml,
}

/// One step of the path from a document to a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    Member(&'a str),
    Entry(usize),
}

/// Something that was found in a text: the name of a member, where it has one, and the value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    name: Option<Range<usize>>,
    value: Range<usize>,
}

impl Source<'_> {
    /// The bytes that a place speaks of: the marked part of a text, a value, or the name of a node.
    /// A part that is not there yet, such as a missing member, stands for what it belongs into.
    pub fn find(&self, place: &Place) -> Option<Range<usize>> {
        let Place {
            node,
            destination,
            part,
            span,
        } = place;
        if destination.is_some() {
            return None; // It is in the catalog.
        }
        let mut path: Vec<Step<'_>> = Vec::new();
        if let Some(node) = node {
            path.extend([Step::Member("nodes"), Step::Member(node)]);
        }
        let n_node = path.len();
        path.extend(part.iter().flat_map(|part| steps(part)));
        if path.is_empty() {
            // Mistakes of the form as a whole count in the whole text.
            return span.map(|(from, to)| from..to);
        }
        let mut longest = (n_node.max(1)..=path.len()).rev();
        let (found, n_steps) =
            longest.find_map(|n_steps| Some((self.follow(&path[..n_steps])?, n_steps)))?;
        match (span, found.name) {
            (Some(span), _) if n_steps == path.len() => Some(within(self.text, found.value, *span)),
            (_, Some(name)) if n_steps <= n_node || n_steps < path.len() => Some(name),
            _ => Some(found.value),
        }
    }

    fn follow(&self, path: &[Step<'_>]) -> Option<Found> {
        match self.form {
            Form::Json => json::follow(self.text, path),
            Form::Toml => {
                let table = DeTable::parse(self.text).ok()?;
                follow_toml(table.get_ref(), path)
            }
        }
    }

    /// The number of the line that a byte is in, from 1, and the byte's place in it, from 1.
    pub fn line(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let n_lines = before.bytes().filter(|&byte| byte == b'\n').count();
        (n_lines + 1, before[start..].chars().count() + 1)
    }
}

/// `rows[3].cells[1]` as steps.
fn steps(part: &str) -> impl Iterator<Item = Step<'_>> {
    part.split(['.', '['])
        .filter(|step| !step.is_empty())
        .map(|step| {
            let entry = step
                .strip_suffix(']')
                .and_then(|digits| digits.parse().ok());
            entry.map_or(Step::Member(step), Step::Entry)
        })
}

fn follow_toml(table: &DeTable<'_>, path: &[Step<'_>]) -> Option<Found> {
    let (&first, rest) = path.split_first()?;
    let Step::Member(name) = first else {
        return None;
    };
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
    let mut found = Found {
        name: Some(key.span()),
        value: value.span(),
    };
    let mut at = value.get_ref();
    for (position, &step) in rest.iter().enumerate() {
        match (at, step) {
            (DeValue::Table(table), Step::Member(_)) => {
                return follow_toml(table, &rest[position..]);
            }
            (DeValue::Array(entries), Step::Entry(entry)) => {
                let value = entries.get(entry)?;
                found = Found {
                    name: None,
                    value: value.span(),
                };
                at = value.get_ref();
            }
            _ => return None,
        }
    }
    Some(found)
}

/// Some bytes of a quoted text as bytes of the file, escapes counted as what they stand for.
fn within(text: &str, value: Range<usize>, (from, to): (usize, usize)) -> Range<usize> {
    let raw = text.get(value.clone()).unwrap_or_default();
    let quotes = ["\"\"\"", "'''", "\"", "'"];
    let Some(quote) = quotes.into_iter().find(|quote| raw.starts_with(quote)) else {
        return value;
    };
    let escapes = quote.starts_with('"');
    let mut at = quote.len();
    if quote.len() == 3 && raw[at..].starts_with('\n') {
        at += 1; // TOML leaves out the first line break.
    }
    let mut decoded = 0;
    let mut start = None;
    while decoded < to && at < raw.len() {
        if decoded >= from && start.is_none() {
            start = Some(at);
        }
        let (n_raw, n_decoded) = letter(&raw[at..], escapes);
        at += n_raw;
        decoded += n_decoded;
    }
    let start = start.unwrap_or(at);
    value.start + start..value.start + at.max(start)
}

/// How many bytes the next letter has, as it is written and as it is read.
fn letter(raw: &str, escapes: bool) -> (usize, usize) {
    let mut letters = raw.chars();
    let first = letters.next().map_or(1, char::len_utf8);
    if !escapes || !raw.starts_with('\\') {
        return (first, first);
    }
    let hex = |digits: usize| {
        let code = raw
            .get(2..2 + digits)
            .and_then(|code| u32::from_str_radix(code, 16).ok());
        match code {
            // Half of a letter beyond 16 bits: both halves together are four bytes.
            Some(0xd800..=0xdfff) => (2 + digits, 2),
            code => (
                2 + digits,
                code.and_then(char::from_u32).map_or(1, char::len_utf8),
            ),
        }
    };
    match letters.next() {
        Some('u') => hex(4),
        Some('U') => hex(8),
        Some(letter) => (1 + letter.len_utf8(), 1),
        None => (1, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(form: Form, text: &str, place: &Place) -> String {
        let source = Source {
            name: "flow",
            text,
            form,
        };
        let found = source.find(place).unwrap();
        let (line, column) = source.line(found.start);
        format!("{line}:{column} {}", &text[found])
    }

    const JSON: &str = r#"{
  "flow": "x", "root": "a",
  "nodes": {
    "a": {"kind": "when", "if": "state == \"CA\" && ü\n == stat", "then": "b"},
    "b": {"kind": "table", "rows": [{"cells": [null, ["x"]], "to": "c"}, {"cells": [{"from": 3}]}]}
  }
}"#;

    #[test]
    fn places_are_found_in_json() {
        let marked = |place: &Place| marked(Form::Json, JSON, place);
        let a = Place::node("a");
        assert_eq!(marked(&a), "4:5 \"a\"");
        assert_eq!(
            marked(&a.clone().part("if").span((9, 13))),
            "4:43 \\\"CA\\\""
        );
        assert_eq!(marked(&a.clone().part("if").span((24, 28))), "4:60 stat");
        assert_eq!(marked(&a.part("otherwise")), "4:5 \"a\"");
        let b = Place::node("b");
        assert_eq!(marked(&b.clone().part("rows[0].cells[1]")), "5:54 [\"x\"]");
        assert_eq!(marked(&b.part("rows[1].cells[0]")), "5:85 {\"from\": 3}");
        assert_eq!(marked(&Place::default().part("root")), "2:24 \"a\"");
    }

    #[test]
    fn places_are_found_in_toml() {
        let text = "root = 'a'\n[nodes.a]\nif = \"state == \\\"CA\\\"\"\n[[nodes.b.rows]]\ncells = [{from = 3}, 'x']\n";
        let marked = |place: &Place| marked(Form::Toml, text, place);
        assert_eq!(
            marked(&Place::node("a").part("if").span((9, 13))),
            "3:16 \\\"CA\\\""
        );
        assert_eq!(
            marked(&Place::node("b").part("rows[0].cells[1]")),
            "5:22 'x'"
        );
        assert_eq!(marked(&Place::node("a")), "2:8 a");
    }
}
