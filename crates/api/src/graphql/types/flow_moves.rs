//! Who changes arm from one version of a flow to another.

use async_graphql::SimpleObject;
use pointsman_control as control;
use pointsman_flow as flow;

use super::flow_version::FlowVersion;

/// The people who change arm from one version of a flow to another.
#[derive(SimpleObject)]
pub(in crate::graphql) struct FlowMoves {
    /// The earlier version.
    from: FlowVersion,
    /// Semantics version under which the earlier version draws.
    from_semantics: u32,
    /// Semantics version under which the later version draws. If it differs from `fromSemantics`, everyone is drawn
    /// anew: an arm with shares x before and y after keeps x times y of all people.
    to_semantics: u32,
    /// The splits and bandits of the later version at which people change arm, by name; new nodes are left out.
    nodes: Vec<NodeMoves>,
}

/// The people who change arm at one node.
#[derive(SimpleObject)]
pub(in crate::graphql) struct NodeMoves {
    /// Name of the node in the later version.
    node: String,
    /// Share of all people who draw at the node, in parts per million, 0 to 1,000,000. All arms are taken to be
    /// eligible, and those of a bandit to have equal weights.
    share_ppm: u32,
    /// The change in words.
    message: String,
}

impl From<control::FlowMoves> for FlowMoves {
    fn from(moves: control::FlowMoves) -> Self {
        let control::FlowMoves {
            from,
            from_semantics,
            to_semantics,
            nodes,
        } = moves;
        Self {
            from: FlowVersion(from),
            from_semantics: from_semantics.version(),
            to_semantics: to_semantics.version(),
            nodes: nodes.into_iter().map(NodeMoves::from).collect(),
        }
    }
}

impl From<flow::Moves> for NodeMoves {
    fn from(moves: flow::Moves) -> Self {
        let flow::Moves {
            node,
            share_ppm,
            message,
        } = moves;
        Self {
            node,
            share_ppm,
            message,
        }
    }
}
