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
        self.draw()?.salt
    }
}

impl Document {
    /// The arms of a node that draws by chance, each with its name and with the key that draws know it by.
    pub(crate) fn draw_keys<'a>(&'a self, node: &'a Node) -> Vec<(&'a str, &'a str)> {
        let arms = node.draw().and_then(|_| node.arms()).unwrap_or_default();
        let named = arms.into_iter().map(|arm| {
            let name = self.arm_name(arm.name, arm.to);
            (name, arm.key.unwrap_or(name))
        });
        named.collect()
    }
}
