//! Which texts every database takes.
//!
//! PostgreSQL holds no NUL character in a text, and an index entry of at most 2,704 bytes. What goes beyond
//! that fails the transaction that it is part of, and everybody else's with it; so it is refused where it
//! comes in, as a mistake of its sender.

use serde_json::Value as Json;

use crate::Problem;

/// What keeps a text from being stored, if anything does. Codes: `malformed`, `too_long`.
///
/// * `path`: where the text stands in the input.
/// * `chars_max`: most characters; 600 fit into an index whatever they are.
pub fn unstorable(path: &str, text: &str, chars_max: usize) -> Option<Problem> {
    if let Some(problem) = nul(path, text) {
        return Some(problem);
    }
    let n_chars = text.chars().count();
    (n_chars > chars_max).then(|| {
        let message = format!("this text has {n_chars} characters; {chars_max} is the limit");
        Problem::new("too_long", path, message).hint("shorten it")
    })
}

/// What keeps the texts in a value from being stored, the names of members among them: all of it.
///
/// * `path`: where the value stands in the input; empty for the input as a whole.
pub fn unstorable_in(path: &str, value: &Json) -> Vec<Problem> {
    let mut problems = Vec::new();
    // Places are made only where there is something to tell: values may be large, and most are good.
    if holds_nul(value) {
        collect(path, value, &mut problems);
    }
    problems
}

fn holds_nul(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains('\0'),
        Json::Array(values) => values.iter().any(holds_nul),
        Json::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

fn collect(path: &str, value: &Json, problems: &mut Vec<Problem>) {
    match value {
        Json::String(text) => problems.extend(nul(path, text)),
        Json::Array(values) => {
            for (idx, value) in values.iter().enumerate() {
                collect(&format!("{path}[{idx}]"), value, problems);
            }
        }
        Json::Object(members) => {
            for (name, value) in members {
                let shown = name.replace('\0', "\\0");
                let place = if path.is_empty() {
                    shown
                } else {
                    format!("{path}.{shown}")
                };
                problems.extend(nul(&place, name));
                collect(&place, value, problems);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn nul(path: &str, text: &str) -> Option<Problem> {
    text.contains('\0').then(|| {
        let message = format!("`{path}` holds a NUL character (U+0000)");
        Problem::new("malformed", path, message).hint("leave it out; no text is stored with one")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{unstorable, unstorable_in};

    #[test]
    fn a_text_with_nul_or_without_end_is_told_with_its_place() {
        assert_eq!(unstorable("source", "wéb\u{1f}\u{10ffff}", 256), None);
        let code = |text: &str| unstorable("source", text, 3).map(|problem| problem.code);
        assert_eq!(code("ééé"), None);
        assert_eq!(code("éééé").as_deref(), Some("too_long"));
        assert_eq!(code("\0").as_deref(), Some("malformed"));
    }

    #[test]
    fn every_nul_in_a_value_is_found() {
        let value = json!({"a": ["x", "\0"], "b": {"c\0": 1, "d": "e\0f"}, "g": "\u{ffff}"});
        let found = unstorable_in("input", &value);
        let places: Vec<&str> = found.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(places, ["input.a[1]", "input.b.c\\0", "input.b.d"]);
        assert!(
            found
                .iter()
                .all(|problem| problem.code == "malformed" && problem.hint.is_some())
        );
    }
}
