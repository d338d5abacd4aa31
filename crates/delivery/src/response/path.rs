//! The few steps of JSONPath that answers need.

use std::fmt::Write as _;

use serde_json::Value;

use crate::xml::TEXT;

/// A parsed path such as `$.result.items[0].ok`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Element(usize),
}

/// What a path leads to in a tree of XML.
#[derive(Debug, Clone, Copy)]
pub(crate) enum InTree<'a> {
    /// The text of an element or attribute, or an element with others in it.
    One(&'a Value),
    /// Nothing, or an empty element.
    Nothing,
    /// Several elements of one name: which of them is meant, nobody knows.
    Several,
}

impl Path {
    /// Reads `$` and then any of `.name` and `[n]`; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('$')?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            if let Some(name) = rest.strip_prefix('.') {
                let end = name.find(['.', '[']).unwrap_or(name.len());
                if end == 0 || name[..end].contains([']', '*', '\'', '"', ' ']) {
                    return None;
                }
                steps.push(Step::Member(name[..end].to_owned()));
                rest = &name[end..];
            } else {
                let (number, after) = rest.strip_prefix('[')?.split_once(']')?;
                steps.push(Step::Element(number.parse().ok()?));
                rest = after;
            }
        }
        Some(Self(steps))
    }

    /// What stands there, also a null.
    pub(crate) fn find_or_null<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(value, |value, step| match step {
            Step::Member(name) => value.get(name),
            Step::Element(n) => value.get(n),
        })
    }

    /// What stands there in a tree of [`crate::xml::read`]. A name alone means the one element of that name.
    pub(crate) fn find_in_tree<'a>(&self, tree: &'a Value) -> InTree<'a> {
        let mut place = tree;
        for step in &self.0 {
            let found = match step {
                Step::Member(name) => match only(place) {
                    None => return InTree::Several,
                    Some(element) => element.get(name),
                },
                Step::Element(n) => place.get(n),
            };
            match found {
                None => return InTree::Nothing,
                Some(found) => place = found,
            }
        }
        match only(place) {
            None => InTree::Several,
            Some(Value::Object(members)) => match members.get(TEXT) {
                Some(text) => InTree::One(text),
                None if members.keys().all(|name| name.starts_with('@')) => InTree::Nothing,
                None => InTree::One(place),
            },
            Some(text) => InTree::One(text),
        }
    }

    /// Whether it leads to this place or through it.
    ///
    /// * `place`: as [`pointsman_lead::json::flaws`] writes places, such as `result.items[0].ok`.
    pub(crate) fn passes(&self, place: &str) -> bool {
        let mut passed = String::new();
        self.0.iter().any(|step| {
            // Writing to a text does not fail.
            let _ = match step {
                Step::Member(name) if passed.is_empty() => write!(passed, "{name}"),
                Step::Member(name) => write!(passed, ".{name}"),
                Step::Element(n) => write!(passed, "[{n}]"),
            };
            passed == place
        })
    }
}

/// The element of a list that has one; `None` for a list of several.
fn only(place: &Value) -> Option<&Value> {
    match place {
        Value::Array(several) => match several.as_slice() {
            [one] => Some(one),
            _ => None,
        },
        one => Some(one),
    }
}
