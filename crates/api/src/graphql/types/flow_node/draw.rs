//! Nodes that draw an arm: splits and bandits.

use async_graphql::{Enum, SimpleObject};
use pointsman_flow as flow;
use pointsman_flow::Document;

/// A split: draws an arm by fixed weights.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SplitNode {
    /// Name of the node.
    name: String,
    /// Arms in declared order.
    arms: Vec<SplitArm>,
    /// Sticky field: leads with the same value get the same arm; null: each lead draws independently.
    sticky: Option<String>,
    /// Salt that is hashed into the draws of this node; null: the names of flow and node, `flow/node`. Set it to the
    /// old one when the flow or the node is renamed, and people keep their arm.
    salt: Option<String>,
}

/// An arm of a split.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SplitArm {
    /// Name of the arm.
    name: String,
    /// Key that is hashed for this arm in draws; null: the arm's name. Set it to the old name when the arm is
    /// renamed, and people keep their arm.
    key: Option<String>,
    /// Share in parts per million.
    weight_ppm: u32,
    /// Name of the child node.
    to: String,
}

/// Objective of a bandit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::Objective")]
pub(in crate::graphql) enum Objective {
    /// Revenue after returns.
    NetRevenue,
    /// Leads that convert.
    Conversions,
    /// Leads that are accepted.
    Accepted,
}

/// A bandit: draws an arm by learned weights.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BanditNode {
    /// Name of the node.
    name: String,
    /// Arms in declared order.
    arms: Vec<BanditArm>,
    /// Objective of learning.
    maximize: Objective,
    /// Exploration: share of draws spread evenly over all arms, in parts per million.
    explore_ppm: u32,
    /// Fields that segment the weights.
    segment_by: Vec<String>,
    /// Salt that is hashed into the draws of this node; null: the names of flow and node, `flow/node`. Set it to the
    /// old one when the flow or the node is renamed, and people keep their arm.
    salt: Option<String>,
}

/// An arm of a bandit.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BanditArm {
    /// Name of the arm; what is learned is kept under it.
    name: String,
    /// Key that is hashed for this arm in draws; null: the arm's name. Set it to the old name when the arm is
    /// renamed, and people keep their arm.
    key: Option<String>,
    /// Name of the child node.
    to: String,
}

impl SplitNode {
    pub(super) fn new(document: &Document, name: String, node: flow::SplitNode) -> Self {
        let flow::SplitNode { arms, sticky, salt } = node;
        let arms = arms.into_iter().map(|arm| SplitArm {
            name: document.arm_name(arm.name.as_deref(), &arm.to).to_owned(),
            key: arm.key,
            weight_ppm: arm.weight_ppm,
            to: arm.to,
        });
        Self {
            name,
            arms: arms.collect(),
            sticky,
            salt,
        }
    }
}

impl BanditNode {
    pub(super) fn new(document: &Document, name: String, node: flow::BanditNode) -> Self {
        let flow::BanditNode {
            arms,
            maximize,
            explore_ppm,
            segment_by,
            salt,
        } = node;
        let arms = arms.into_iter().map(|arm| BanditArm {
            name: document.arm_name(arm.name.as_deref(), &arm.to).to_owned(),
            key: arm.key,
            to: arm.to,
        });
        Self {
            name,
            arms: arms.collect(),
            maximize: maximize.into(),
            explore_ppm,
            segment_by,
            salt,
        }
    }
}
