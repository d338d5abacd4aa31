//! What the draws of a node are made by: its salt, and the keys of its arms.

use std::borrow::Cow;

use crate::{Document, Node};

/// The text that keeps the draws of a node apart from those of others.
///
/// * `flow`, `node`: where the node was written.
/// * `named`: what the node says; none: the names of flow and node. Names hold no `/`.
pub(crate) fn salt_text<'a>(flow: &str, node: &str, named: Option<&'a str>) -> Cow<'a, str> {
    named.map_or_else(|| Cow::Owned(format!("{flow}/{node}")), Cow::Borrowed)
}

impl Node {
    /// The salt that it names.
    pub(crate) fn salt(&self) -> Option<&str> {
        match self {
            Self::Split { salt, .. } | Self::Bandit { salt, .. } => salt.as_deref(),
            Self::Destination { .. }
            | Self::Reject { .. }
            | Self::When { .. }
            | Self::Switch { .. }
            | Self::Table { .. }
            | Self::Rotate { .. }
            | Self::Auction { .. }
            | Self::Waterfall { .. }
            | Self::Subflow { .. }
            | Self::Scorecard { .. }
            | Self::Derive { .. } => None,
        }
    }
}

impl Document {
    /// The arms of a split or bandit, each with its name and with the key that draws know it by.
    pub(crate) fn draw_keys<'a>(&'a self, node: &'a Node) -> Vec<(&'a str, &'a str)> {
        let named = |name: &'a Option<String>, key: &'a Option<String>, to: &'a str| {
            let name = self.arm_name(name.as_deref(), to);
            (name, key.as_deref().unwrap_or(name))
        };
        match node {
            Node::Split { arms, .. } => {
                let arms = arms.iter();
                arms.map(|arm| named(&arm.name, &arm.key, &arm.to))
                    .collect()
            }
            Node::Bandit { arms, .. } => {
                let arms = arms.iter();
                arms.map(|arm| named(&arm.name, &arm.key, &arm.to))
                    .collect()
            }
            Node::Destination { .. }
            | Node::Reject { .. }
            | Node::When { .. }
            | Node::Switch { .. }
            | Node::Table { .. }
            | Node::Rotate { .. }
            | Node::Auction { .. }
            | Node::Waterfall { .. }
            | Node::Subflow { .. }
            | Node::Scorecard { .. }
            | Node::Derive { .. } => Vec::new(),
        }
    }
}
