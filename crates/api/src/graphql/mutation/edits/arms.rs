//! Edits of the arms of nodes that draw, and of rotations.

use async_graphql::InputObject;
use pointsman_control::Edit;

use crate::graphql::types::flow_node::Objective;

/// Weights of arms of a split to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetWeightsEdit {
    /// Name of the split.
    node: String,
    /// New weights; the other arms share the rest in proportion to their weights.
    weights: Vec<ArmWeightInput>,
}

/// Weight of an arm.
#[derive(Debug, InputObject)]
pub(crate) struct ArmWeightInput {
    /// Name of the arm.
    arm: String,
    /// Share in parts per million.
    weight_ppm: u32,
}

/// An arm to add.
#[derive(Debug, InputObject)]
pub(crate) struct AddArmEdit {
    /// Name of the split, bandit or rotation.
    node: String,
    /// Name of the arm; default: the name of its destination or node.
    name: Option<String>,
    /// Name of the child node.
    to: String,
    /// Share in a split in parts per million, taken from the others pro rata; default: an equal share.
    weight_ppm: Option<u32>,
}

/// An arm to remove.
#[derive(Debug, InputObject)]
pub(crate) struct RemoveArmEdit {
    /// Name of the split, bandit or rotation.
    node: String,
    /// Name of the arm.
    arm: String,
}

/// A salt to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetSaltEdit {
    /// Name of the split or bandit.
    node: String,
    /// The salt, 1 to 200 bytes; omitted: the names of the flow and the node, as in `auto-insurance/premium`.
    salt: Option<String>,
}

/// A key of an arm to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetArmKeyEdit {
    /// Name of the split or bandit.
    node: String,
    /// Name of the arm.
    arm: String,
    /// The key, 1 to 64 bytes; omitted: the name of the arm.
    key: Option<String>,
}

/// Targets of an arm of a rotation to set; both are replaced.
#[derive(Debug, InputObject)]
pub(crate) struct SetTargetsEdit {
    /// Name of the rotation.
    node: String,
    /// Name of the arm.
    arm: String,
    /// Target of leads a day; omitted: none.
    daily: Option<u32>,
    /// Target of leads a month; omitted: none.
    monthly: Option<u32>,
}

/// Floor and ceiling of an arm of a bandit to set; both are replaced.
#[derive(Debug, InputObject)]
pub(crate) struct SetArmLimitsEdit {
    /// Name of the bandit node.
    node: String,
    /// Name of the arm.
    arm: String,
    /// Least part of the leads that it draws, in parts per million; omitted: its part of the exploration.
    floor_ppm: Option<u32>,
    /// Largest part of the leads that it draws, in parts per million; omitted: all.
    ceiling_ppm: Option<u32>,
}

/// An exploration share of a bandit to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetExploreEdit {
    /// Name of the bandit node.
    node: String,
    /// Exploration share of all draws together, in parts per million.
    explore_ppm: u32,
}

/// An objective of a bandit to set.
#[derive(Debug, InputObject)]
pub(crate) struct SetObjectiveEdit {
    /// Name of the bandit node.
    node: String,
    /// The objective.
    maximize: Objective,
}

impl From<SetWeightsEdit> for Edit {
    fn from(edit: SetWeightsEdit) -> Self {
        let SetWeightsEdit { node, weights } = edit;
        let weights = weights.into_iter();
        let weights = weights.map(|ArmWeightInput { arm, weight_ppm }| (arm, weight_ppm));
        Self::SetWeights {
            node,
            weights: weights.collect(),
        }
    }
}

impl From<AddArmEdit> for Edit {
    fn from(edit: AddArmEdit) -> Self {
        let AddArmEdit {
            node,
            name,
            to,
            weight_ppm,
        } = edit;
        Self::AddArm {
            node,
            name,
            to,
            weight_ppm,
        }
    }
}

impl From<RemoveArmEdit> for Edit {
    fn from(edit: RemoveArmEdit) -> Self {
        let RemoveArmEdit { node, arm } = edit;
        Self::RemoveArm { node, arm }
    }
}

impl From<SetSaltEdit> for Edit {
    fn from(edit: SetSaltEdit) -> Self {
        let SetSaltEdit { node, salt } = edit;
        Self::SetSalt { node, salt }
    }
}

impl From<SetArmKeyEdit> for Edit {
    fn from(edit: SetArmKeyEdit) -> Self {
        let SetArmKeyEdit { node, arm, key } = edit;
        Self::SetKey { node, arm, key }
    }
}

impl From<SetTargetsEdit> for Edit {
    fn from(edit: SetTargetsEdit) -> Self {
        let SetTargetsEdit {
            node,
            arm,
            daily,
            monthly,
        } = edit;
        Self::SetTargets {
            node,
            arm,
            daily,
            monthly,
        }
    }
}

impl From<SetExploreEdit> for Edit {
    fn from(edit: SetExploreEdit) -> Self {
        let SetExploreEdit { node, explore_ppm } = edit;
        Self::SetExplore { node, explore_ppm }
    }
}

impl From<SetObjectiveEdit> for Edit {
    fn from(edit: SetObjectiveEdit) -> Self {
        let SetObjectiveEdit { node, maximize } = edit;
        Self::SetObjective {
            node,
            maximize: maximize.into(),
        }
    }
}

impl From<SetArmLimitsEdit> for Edit {
    fn from(edit: SetArmLimitsEdit) -> Self {
        let SetArmLimitsEdit {
            node,
            arm,
            floor_ppm,
            ceiling_ppm,
        } = edit;
        Self::SetLimits {
            node,
            arm,
            floor_ppm,
            ceiling_ppm,
        }
    }
}
