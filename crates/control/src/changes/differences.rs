//! What changed between two states of settings, in words.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_flow::{Document, diff};
use serde_json::{Map, Value};

use super::SettingsChangeKind;

/// Longest value that is shown whole, in characters.
const VALUE_CHARS_MAX: usize = 200;
/// Most differences of one change.
const DIFFERENCES_MAX: usize = 500;

/// One difference between two states of settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where it is, such as `settings.caps[daily].max` or a node's name; empty for the settings as a whole.
    pub path: String,
    /// The difference in words, such as `settings.price: "12.50" → "13.00"`.
    pub message: String,
}

/// What differs, at most 500 differences. A flow is compared by what it means, unless only its texts differ.
pub(super) fn between(
    kind: SettingsChangeKind,
    before: Option<Value>,
    after: Option<Value>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    match (before, after) {
        (Some(mut before), Some(mut after)) => {
            if kind == SettingsChangeKind::FlowDraftSaved {
                documents(&before, &after, &mut found);
            } else {
                let (old, new) = (take_document(&mut before), take_document(&mut after));
                walk("", &before, &after, &mut found);
                if let (Some(old), Some(new)) = (old, new) {
                    documents(&old, &new, &mut found);
                }
            }
        }
        (None, Some(after)) => found.push(Difference {
            path: String::new(),
            message: format!("new: {}", shown(&after)),
        }),
        (Some(before), None) => found.push(Difference {
            path: String::new(),
            message: format!("removed: {}", shown(&before)),
        }),
        (None, None) => {}
    }
    found.truncate(DIFFERENCES_MAX);
    found
}

fn take_document(said: &mut Value) -> Option<Value> {
    said.as_object_mut()?.remove("document")
}

/// Compares two flow documents.
fn documents(before: &Value, after: &Value, found: &mut Vec<Difference>) {
    let read = |value: &Value| Document::from_json(&value.to_string()).ok();
    let changes = match (read(before), read(after)) {
        (Some(old), Some(new)) => diff(&old, &new),
        _ => Vec::new(),
    };
    if changes.is_empty() {
        walk("document", before, after, found);
    }
    found.extend(changes.into_iter().map(|change| Difference {
        path: change.place.node.unwrap_or_default(),
        message: change.message,
    }));
}

fn walk(path: &str, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    if before == after || found.len() >= DIFFERENCES_MAX {
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => members(path, old, new, found),
        (Value::Array(old), Value::Array(new)) => entries(path, old, new, found),
        _ => found.push(Difference {
            path: path.to_owned(),
            message: format!("{path}: {} → {}", shown(before), shown(after)),
        }),
    }
}

fn members(
    path: &str,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    found: &mut Vec<Difference>,
) {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names {
        let inner = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        pair(inner, old.get(name), new.get(name), found);
    }
}

/// Compares lists by the names of their entries, where each has one, and else by position.
fn entries(path: &str, old: &[Value], new: &[Value], found: &mut Vec<Difference>) {
    let (old, new) = match (named(old), named(new)) {
        (Some(old), Some(new)) => (old, new),
        _ => (numbered(old), numbered(new)),
    };
    let keys: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let (_, name) = key;
        let inner = format!("{path}[{name}]");
        pair(inner, old.get(key).copied(), new.get(key).copied(), found);
    }
}

/// Position, then the text to show; by name all positions are 0.
type Key = (usize, String);

fn named(list: &[Value]) -> Option<BTreeMap<Key, &Value>> {
    let pairs = list.iter().map(|entry| {
        let name = entry.get("name")?.as_str()?;
        Some(((0, name.to_owned()), entry))
    });
    let names: BTreeMap<Key, &Value> = pairs.collect::<Option<_>>()?;
    (names.len() == list.len()).then_some(names)
}

fn numbered(list: &[Value]) -> BTreeMap<Key, &Value> {
    let pairs = list.iter().enumerate();
    pairs
        .map(|(n, entry)| ((n, n.to_string()), entry))
        .collect()
}

fn pair(path: String, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Difference>) {
    let message = match (old, new) {
        (Some(old), Some(new)) => return walk(&path, old, new, found),
        (None, Some(new)) => format!("{path}: new, {}", shown(new)),
        (Some(old), None) => format!("{path}: removed, was {}", shown(old)),
        (None, None) => return,
    };
    found.push(Difference { path, message });
}

/// A value as it is shown in a sentence.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(before: Value, after: Value) -> Vec<String> {
        let found = between(
            SettingsChangeKind::DestinationPut,
            Some(before),
            Some(after),
        );
        found.into_iter().map(|it| it.message).collect()
    }

    #[test]
    fn what_changed_is_told_member_by_member_and_lists_by_name() {
        let before = json!({"settings": {"price": "12.50", "active": true,
            "caps": [{"name": "daily", "max": 5}, {"name": "monthly", "max": 50}]}});
        let after = json!({"settings": {"price": "13.00", "on_unknown": "hold",
            "caps": [{"name": "monthly", "max": 60}, {"name": "hourly", "max": 1}]}});
        assert_eq!(
            told(before, after),
            [
                "settings.active: removed, was true",
                r#"settings.caps[daily]: removed, was {"max":5,"name":"daily"}"#,
                r#"settings.caps[hourly]: new, {"max":1,"name":"hourly"}"#,
                "settings.caps[monthly].max: 50 → 60",
                r#"settings.on_unknown: new, "hold""#,
                r#"settings.price: "12.50" → "13.00""#,
            ]
        );
    }

    #[test]
    fn lists_without_names_go_by_position_and_their_order() {
        let numbers = |n: usize| Value::from((0..n).collect::<Vec<_>>());
        let more = told(json!({"rows": numbers(10)}), json!({"rows": numbers(12)}));
        assert_eq!(more, ["rows[10]: new, 10", "rows[11]: new, 11"]);
        let twice = json!([{"name": "a"}, {"name": "a"}]);
        assert_eq!(
            told(json!({ "x": twice }), json!({ "x": [{"name": "b"}] })),
            [
                r#"x[0].name: "a" → "b""#,
                r#"x[1]: removed, was {"name":"a"}"#
            ]
        );
    }

    #[test]
    fn what_is_told_is_bounded() {
        let long = told(json!({"x": "ä".repeat(10_000)}), json!({"x": 1}));
        assert!(long[0].chars().count() < 2 * VALUE_CHARS_MAX);
        let many = |n: usize| Value::from(vec![n; 10_000]);
        assert_eq!(told(many(1), many(2)).len(), DIFFERENCES_MAX);
        assert!(told(many(1), many(1)).is_empty());
    }
}
