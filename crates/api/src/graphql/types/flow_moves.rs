//! Who changes arm from one version of a flow to another.

use async_graphql::SimpleObject;
use pointsman_control as control;
use pointsman_flow as flow;

use super::flow_version::FlowVersion;

/// How many people would get another arm if the later version replaced the earlier one.
#[derive(SimpleObject)]
pub(in crate::graphql) struct FlowMoves {
    /// The earlier version.
    from: FlowVersion,
    /// Semantics version under which the earlier version draws.
    from_semantics: u32,
    /// Semantics version under which the later version draws. If it differs from `fromSemantics`, its draws are
    /// independent of the earlier ones: an arm with a share of 20 % before and 30 % after keeps 6 % of all people.
    to_semantics: u32,
    /// The splits and bandits of the later version at which people change arm, by name; new nodes are left out.
    nodes: Vec<NodeMoves>,
}

/// How many of the people who draw at a node would get another arm.
#[derive(SimpleObject)]
pub(in crate::graphql) struct NodeMoves {
    /// Name of the node in the later version.
    node: String,
    /// Their share of all people who draw at the node, in parts per million, 0 to 1,000,000. It is computed as if
    /// every arm could be drawn, and as if the arms of a bandit had equal weights.
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
