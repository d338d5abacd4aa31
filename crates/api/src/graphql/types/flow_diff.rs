//! What changed between two versions of a flow.

use async_graphql::{Enum, SimpleObject};
use pointsman_flow as flow;

/// What happened to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::ChangeKind")]
pub(in crate::graphql) enum FlowChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

/// One difference between two versions that both mean something else.
#[derive(SimpleObject)]
pub(in crate::graphql) struct FlowChange {
    /// Name of the node, if it is in one.
    node: Option<String>,
    /// Which part of it, such as `rows[3].to`.
    part: Option<String>,
    /// What happened there.
    kind: FlowChangeKind,
    /// The same in words.
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
