//! Rotations: arms ordered by the leads they have received.

use async_graphql::{Enum, SimpleObject};
use pointsman_flow as flow;
use pointsman_flow::Document;

/// Rule for the order of the arms of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::RotateBy")]
pub(in crate::graphql) enum RotateBy {
    /// The arm that has waited longest for a lead comes first.
    LeastRecentlySold,
    /// The arm that is furthest behind its targets comes first.
    Deficit,
    /// The same, but an arm that joins does not make up for what it missed.
    CalibratedDeficit,
}

/// A rotation: tries its arms in an order that depends on the leads they have received.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RotateNode {
    /// Name of the node.
    name: String,
    /// Rule for the order.
    by: RotateBy,
    /// IANA zone of the days and months of targets; null: UTC.
    zone: Option<String>,
    /// Arms; ties are resolved in declared order.
    arms: Vec<RotateArm>,
}

/// An arm of a rotation.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RotateArm {
    /// Name of the arm; its leads are counted under it.
    name: String,
    /// Name of the child node.
    to: String,
    /// Target of leads a day. It is no cap: past the target, the arm is ordered later.
    daily: Option<u32>,
    /// Target of leads a month, no cap.
    monthly: Option<u32>,
}

impl RotateNode {
    pub(super) fn new(document: &Document, name: String, node: flow::RotateNode) -> Self {
        let flow::RotateNode { by, zone, arms } = node;
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
