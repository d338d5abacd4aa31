//! What changed between two versions of a flow.

use async_graphql::{Enum, SimpleObject};
use pointsman_flow as flow;

/// Kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::ChangeKind")]
pub(in crate::graphql) enum FlowChangeKind {
    /// The part was added.
    Added,
    /// The part was removed.
    Removed,
    /// The part was changed.
    Changed,
}

/// One difference between two versions.
#[derive(SimpleObject)]
pub(in crate::graphql) struct FlowChange {
    /// Name of the changed node; null if the change is about the flow as a whole.
    node: Option<String>,
    /// Part of the node, such as `rows[3].to`.
    part: Option<String>,
    /// Kind of change.
    kind: FlowChangeKind,
    /// The change in words.
    message: String,
}

impl From<flow::Change> for FlowChange {
    fn from(change: flow::Change) -> Self {
        let flow::Change {
            place,
            kind,
            message,
        } = change;
        Self {
            node: place.node,
            part: place.part,
            kind: kind.into(),
            message,
        }
    }
}
