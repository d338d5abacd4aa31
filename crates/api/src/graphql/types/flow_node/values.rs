//! Nodes that compute values for the rules of other nodes.

use async_graphql::SimpleObject;
use pointsman_flow as flow;

use super::json;
use crate::graphql::scalars::Literal;

/// A scorecard: sums points for the predicates of other nodes; leads do not pass through it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ScorecardNode {
    /// Name of the node, and of the value in predicates.
    name: String,
    /// Points for each predicate that is true.
    points: Vec<ScorecardPoints>,
}

/// Points of a scorecard for one predicate.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ScorecardPoints {
    /// The predicate, as CEL text.
    #[graphql(name = "if")]
    condition: String,
    /// Points if it is true.
    points: i64,
}

/// Computes a number for the predicates of other nodes; leads do not pass through it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DeriveNode {
    /// Name of the node, and of the value in predicates.
    name: String,
    /// The expression.
    value: String,
    /// Default for a missing input, an overflow or a division by zero; null: the value is missing.
    default: Option<Literal>,
    /// Declared digits after the point; null: derived from the expression.
    scale: Option<u8>,
}

impl From<flow::Points> for ScorecardPoints {
    fn from(flow::Points { condition, points }: flow::Points) -> Self {
        Self { condition, points }
    }
}

impl ScorecardNode {
    pub(super) fn new(name: String, node: flow::ScorecardNode) -> Self {
        let points = node.points.into_iter().map(ScorecardPoints::from);
        Self {
            name,
            points: points.collect(),
        }
    }
}

impl DeriveNode {
    pub(super) fn new(name: String, node: flow::DeriveNode) -> Self {
        let flow::DeriveNode {
            value,
            default,
            scale,
        } = node;
        Self {
            name,
            value,
            default: default.map(|default| Literal(json(&default))),
            scale,
        }
    }
}
