//! Rotations: arms in an order that history gives.

use async_graphql::{Enum, SimpleObject};
use pointsman_flow as flow;
use pointsman_flow::Document;

/// What the order of a rotation's arms is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::RotateBy")]
pub(in crate::graphql) enum RotateBy {
    /// The arm that has waited longest for a lead comes first.
    LeastRecentlySold,
    /// The arm that is furthest behind its targets comes first.
    Deficit,
}

/// Tries its arms in an order that history gives.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RotateNode {
    /// Name of the node.
    name: String,
    /// What the order is made from.
    by: RotateBy,
    /// IANA zone in which the days and months of targets begin; absent: UTC.
    zone: Option<String>,
    /// The arms; where history makes no difference, those declared first come first.
    arms: Vec<RotateArm>,
}

/// An arm of a rotation.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RotateArm {
    /// Name under which its leads are counted.
    name: String,
    /// The node to go to.
    to: String,
    /// Leads that it is to get a day. No cap: past it the arm comes later.
    daily: Option<u32>,
    /// Leads that it is to get a month. No cap either.
    monthly: Option<u32>,
}

impl RotateNode {
    pub(super) fn new(
        document: &Document,
        name: String,
        by: flow::RotateBy,
        zone: Option<String>,
        arms: Vec<flow::RotateArm>,
    ) -> Self {
        let arms = arms.into_iter().map(|arm| RotateArm {
            name: document.arm_name(arm.name.as_deref(), &arm.to).to_owned(),
            to: arm.to,
            daily: arm.daily,
            monthly: arm.monthly,
        });
        Self {
            name,
            by: by.into(),
            zone,
            arms: arms.collect(),
        }
    }
}
