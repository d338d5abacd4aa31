//! The few steps of JSONPath that answers need.

use serde_json::Value;

/// A parsed path such as `$.result.items[0].ok`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Element(usize),
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

    /// What stands there; null counts as nothing.
    pub(crate) fn find<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.find_or_null(value).filter(|found| !found.is_null())
    }

    /// What stands there, also a null.
    pub(crate) fn find_or_null<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(value, |value, step| match step {
            Step::Member(name) => value.get(name),
            Step::Element(n) => value.get(n),
        })
    }
}
