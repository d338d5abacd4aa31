//! The normalised form of a flow and its content address.

use std::{borrow::Cow, collections::BTreeMap};

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::{Document, Hash, Literal, Node, document::salt_text, graph::Graph, hash::Encoder};

impl Document {
    /// Content address of what the flow means.
    ///
    /// Titles, notes, nodes that the root does not lead to, the order and doubles in sets, the
    /// spacing of predicates and whether a default name, key or salt is written out do not count. The
    /// names of nodes do: readouts are keyed by them.
    pub fn hash(&self) -> Hash {
        let hashes = self.node_hashes();
        let mut encoder = Encoder::new("pointsman/flow/v1");
        encoder.text(&self.flow);
        encoder.text(&self.vertical);
        encoder.text(self.currency.as_str());
        encoder.integer(i64::from(self.max_sold));
        // Flows without a rule keep the hashes that they had before there were any.
        if let Some(dedupe) = &self.dedupe {
            encoder.text("dedupe");
            encoder.text(&dedupe.shown());
        }
        port(&mut encoder, &self.root, &hashes);
        encoder.finish()
    }

    /// Content address of every node that the root leads to, each over its children: an equal hash
    /// means that nothing below differs.
    pub fn node_hashes(&self) -> BTreeMap<String, Hash> {
        let mut hashes = BTreeMap::new();
        for name in Graph::new(self).reached {
            let hash = self.node_hash(name, &self.nodes[name], &hashes);
            hashes.insert(name.to_owned(), hash);
        }
        hashes
    }

    fn node_hash(&self, name: &str, node: &Node, hashes: &BTreeMap<String, Hash>) -> Hash {
        let mut encoder = Encoder::new("pointsman/node/v1");
        encoder.text(name);
        encoder.text(node.kind());
        node.view().encode(name, self, &mut encoder);
        self.drawn_by(&mut encoder, name, node);
        self.children(&mut encoder, name, node, hashes);
        encoder.finish()
    }

    /// Feeds what draws are made by, where it is not the default: nodes without are fed as they were
    /// before nodes could have it.
    fn drawn_by(&self, encoder: &mut Encoder, name: &str, node: &Node) {
        if let Some(salt) = node.salt()
            && salt != salt_text(&self.flow, name, None)
        {
            encoder.text("salt");
            encoder.text(salt);
        }
        let arms = self.draw_keys(node);
        if arms.iter().any(|(name, key)| name != key) {
            encoder.text("keys");
            encoder.list(arms.len());
            for (_, key) in &arms {
                encoder.text(key);
            }
        }
    }

    /// Feeds what a node leads to and the values that it reads.
    fn children(
        &self,
        encoder: &mut Encoder,
        name: &str,
        node: &Node,
        hashes: &BTreeMap<String, Hash>,
    ) {
        let targets = node.targets();
        encoder.list(targets.len());
        // Tells a table's `otherwise` from one more row.
        let n_before = targets.len() - usize::from(node.has_otherwise());
        for (position, name) in targets.into_iter().enumerate() {
            encoder.boolean(position >= n_before);
            port(encoder, name, hashes);
        }
        let values = self.values_read(name, node);
        encoder.list(values.len());
        for name in values {
            port(encoder, name, hashes);
        }
    }
}

/// A node that does not exist, or one that leads back here, stands by its name.
fn port(encoder: &mut Encoder, name: &str, hashes: &BTreeMap<String, Hash>) {
    match hashes.get(name) {
        Some(hash) => encoder.hash(*hash),
        None => encoder.text(name),
    }
}

impl Literal {
    /// The same value, a text in NFC, as leads have it.
    pub(crate) fn nfc(&self) -> Cow<'_, Self> {
        match self {
            Self::Text(text)
                if !text.is_ascii() && is_nfc_quick(text.chars()) != IsNormalized::Yes =>
            {
                Cow::Owned(Self::Text(text.nfc().collect()))
            }
            other => Cow::Borrowed(other),
        }
    }
}

#[cfg(test)]
mod tests;
