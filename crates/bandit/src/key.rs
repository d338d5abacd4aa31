//! Names what learns by itself: one bandit node of a flow, in one segment of its leads.

use std::{
    borrow::Borrow,
    fmt::{self, Write as _},
};

use serde::{Deserialize, Serialize};

/// The place whose arms are compared with each other.
///
/// It names the flow and the node, not the version: an edit of the flow forgets nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BanditKey {
    /// Name of the flow.
    pub flow: String,
    /// Name of the bandit node in the flow.
    pub node: String,
    /// The values of the fields that the node segments by, as [`segment`] writes them; empty when it has none.
    #[serde(default)]
    pub segment: String,
}

impl BanditKey {
    /// The key of a bandit node that does not segment its leads.
    pub fn unsegmented(flow: impl Into<String>, node: impl Into<String>) -> Self {
        Self {
            flow: flow.into(),
            node: node.into(),
            segment: String::new(),
        }
    }
}

/// Whatever names a bandit: a [`BanditKey`], or its three texts where they stand.
///
/// Ordered as the key is, so that a map of keys can be asked without making one.
pub(crate) trait Names {
    /// Flow, node and segment.
    fn names(&self) -> [&str; 3];
}

impl Names for BanditKey {
    fn names(&self) -> [&str; 3] {
        let Self {
            flow,
            node,
            segment,
        } = self;
        [flow, node, segment]
    }
}

impl Names for [&str; 3] {
    fn names(&self) -> [&str; 3] {
        *self
    }
}

impl<'a> Borrow<dyn Names + 'a> for BanditKey {
    fn borrow(&self) -> &(dyn Names + 'a) {
        self
    }
}

impl PartialEq for dyn Names + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.names() == other.names()
    }
}

impl Eq for dyn Names + '_ {}

impl PartialOrd for dyn Names + '_ {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for dyn Names + '_ {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.names().cmp(&other.names())
    }
}

impl fmt::Display for BanditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            flow,
            node,
            segment,
        } = self;
        write!(f, "{flow}/{node}")?;
        if !segment.is_empty() {
            write!(f, "[{segment}]")?;
        }
        Ok(())
    }
}

/// The text form of a segment, such as `state=CA|device=mobile`.
///
/// Different values never give the same text: `\`, `=` and `|` are escaped by a backslash in names
/// and values, and a missing value is its name without `=`, which differs from an empty text.
///
/// * `values`: field name and value, in the order the node lists its fields; `None` when the lead has no value.
///
/// # Example
///
/// ```
/// use pointsman_bandit::segment;
///
/// assert_eq!(segment(&[("state", Some("CA")), ("device", None)]), "state=CA|device");
/// assert_eq!(segment(&[("a", Some("x|b=y"))]), r"a=x\|b\=y");
/// ```
pub fn segment(values: &[(&str, Option<&str>)]) -> String {
    let mut text = String::new();
    for (i, (name, value)) in values.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write_segment(&mut text, i == 0, name, *value);
    }
    text
}

/// Writes one field of a segment, for callers that have the values one by one; see [`segment`].
///
/// * `is_first`: whether the node lists no field before it.
///
/// # Errors
///
/// What `text` refuses.
pub fn write_segment<T: fmt::Display>(
    text: &mut impl fmt::Write,
    is_first: bool,
    name: &str,
    value: Option<T>,
) -> fmt::Result {
    if !is_first {
        text.write_char('|')?;
    }
    Escaped(text).write_str(name)?;
    match value {
        Some(value) => {
            text.write_char('=')?;
            write!(Escaped(text), "{value}")
        }
        None => Ok(()),
    }
}

/// Puts a backslash before every mark that a segment is made of.
struct Escaped<'a, W>(&'a mut W);

impl<W: fmt::Write> fmt::Write for Escaped<'_, W> {
    fn write_str(&mut self, raw: &str) -> fmt::Result {
        if !raw.bytes().any(|byte| matches!(byte, b'\\' | b'=' | b'|')) {
            return self.0.write_str(raw);
        }
        for part in raw.split_inclusive(['\\', '=', '|']) {
            let plain = part.trim_end_matches(['\\', '=', '|']);
            self.0.write_str(plain)?;
            if plain.len() < part.len() {
                self.0.write_char('\\')?;
                self.0.write_str(&part[plain.len()..])?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs() -> impl Strategy<Value = Vec<(String, Option<String>)>> {
        let text = r"[ab=|\\]{0,4}";
        proptest::collection::vec((text, proptest::option::of(text)), 1..4)
    }

    fn written(pairs: &[(String, Option<String>)]) -> String {
        let borrowed: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref()))
            .collect();
        segment(&borrowed)
    }

    proptest! {
        #[test]
        fn different_values_give_different_segments(a in pairs(), b in pairs()) {
            prop_assert_eq!(a == b, written(&a) == written(&b));
        }
    }

    #[test]
    fn no_fields_give_the_empty_segment() {
        assert_eq!(segment(&[]), "");
    }

    #[test]
    fn a_key_prints_flow_node_and_segment() {
        let mut key = BanditKey::unsegmented("auto", "premium");
        assert_eq!(key.to_string(), "auto/premium");
        key.segment = "state=CA".to_owned();
        assert_eq!(key.to_string(), "auto/premium[state=CA]");
    }
}
