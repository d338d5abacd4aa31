//! Names what learns by itself: one bandit node of a flow, in one segment of its leads.

use std::fmt;

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
        if i > 0 {
            text.push('|');
        }
        escape(name, &mut text);
        if let Some(value) = value {
            text.push('=');
            escape(value, &mut text);
        }
    }
    text
}

fn escape(raw: &str, text: &mut String) {
    for character in raw.chars() {
        if matches!(character, '\\' | '=' | '|') {
            text.push('\\');
        }
        text.push(character);
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
