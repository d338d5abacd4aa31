//! Subflows: the nodes of other flows, put in the place of the node that names the flow.
//!
//! A node of a subflow is called after the node that names it: `inner` in the place of `solar` is
//! `solar/inner`. Authors cannot write `/` in names, so that nothing else is called so. A name in a
//! predicate means what it means where it was written: the values of its own flow.

mod expand;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Document, Hash, OfKind as _, SubflowNode, hash::Encoder};

pub use expand::expand;
pub(crate) use expand::{Expanded, expanded};

/// What stands between the name of a subflow's node and that of a node in it.
const INTO: char = '/';

/// What references to one flow mean.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subflow {
    /// The version that references without one follow; absent if none is live, or none is followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Hash>,
    /// The versions that are referred to, by hash.
    pub versions: BTreeMap<Hash, Document>,
}

impl Subflow {
    /// Adds a version, which is the live one from now on.
    pub fn publish(&mut self, document: Document) {
        let hash = document.hash();
        self.live = Some(hash);
        self.versions.insert(hash, document);
    }
}

/// Where a node was written: draws and learning are keyed by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Name of the flow.
    pub flow: &'a str,
    /// Name of the node in that flow.
    pub node: &'a str,
}

/// The beginning that the names of all nodes in one place share: `solar/` for `solar/inner`, and
/// nothing for the nodes of the flow itself.
pub(crate) fn scope_of(name: &str) -> &str {
    name.rfind(INTO).map_or("", |at| &name[..=at])
}

/// The name of a node in its own flow.
pub(crate) fn own_name(name: &str) -> &str {
    &name[scope_of(name).len()..]
}

/// Feeds what decides of subflows: the hashes of versions speak for their content.
pub(crate) fn feed(encoder: &mut Encoder, subflows: &BTreeMap<String, Subflow>) {
    encoder.list(subflows.len());
    for (flow, Subflow { live, versions }) in subflows {
        encoder.text(flow);
        match live {
            Some(live) => encoder.hash(*live),
            None => encoder.none(),
        }
        encoder.list(versions.len());
        for hash in versions.keys() {
            encoder.hash(*hash);
        }
    }
}

impl Document {
    /// The flows that the nodes which its root leads to refer to, each with a version; none: the
    /// live one.
    pub fn subflows(&self) -> Vec<(&str, Option<Hash>)> {
        let reached = crate::graph::Graph::new(self).reached;
        let mut subflows: Vec<(&str, Option<Hash>)> = reached
            .into_iter()
            .filter_map(|name| SubflowNode::of(self.nodes.get(name)?))
            .map(|subflow| (subflow.flow.as_str(), subflow.version))
            .collect();
        subflows.sort_unstable();
        subflows.dedup();
        subflows
    }
}

#[cfg(test)]
mod tests;
