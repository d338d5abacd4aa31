//! Nodes that compute values for the rules of other nodes.

use async_graphql::SimpleObject;
use pointsman_flow as flow;

use crate::graphql::scalars::Literal;

/// A scorecard: sums points for the predicates of other nodes; leads do not pass through it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ScorecardNode {
    /// Name of the node, and of the value in predicates.
    pub(super) name: String,
    /// Points for each predicate that is true.
    pub(super) points: Vec<ScorecardPoints>,
}

/// Points of a scorecard for one predicate.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ScorecardPoints {
    /// The predicate, as CEL text.
    #[graphql(name = "if")]
    pub(super) condition: String,
    /// Points if it is true.
    pub(super) points: i64,
}

/// Computes a number for the predicates of other nodes; leads do not pass through it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DeriveNode {
    /// Name of the node, and of the value in predicates.
    pub(super) name: String,
    /// The expression.
    pub(super) value: String,
    /// Default for a missing input, an overflow or a division by zero; null: the value is missing.
    pub(super) default: Option<Literal>,
    /// Declared digits after the point; null: derived from the expression.
    pub(super) scale: Option<u8>,
}

impl From<flow::Points> for ScorecardPoints {
    fn from(flow::Points { condition, points }: flow::Points) -> Self {
        Self { condition, points }
    }
}
