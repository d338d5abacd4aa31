//! Arms of rotations, by names.

use pointsman_flow::{Arm, ArmTargets, NodeIdx, Program, Targets};
use serde::{Deserialize, Serialize};

/// The zone that leads are counted in where a rotation names none: when it is edited to go by deficit, the turns of
/// the day are known.
const UTC: &str = "UTC";

/// An arm of a rotation, by the names of flow, node and arm: an edit of the flow forgets nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RotationArm {
    pub(super) node: NodeKey,
    pub(super) arm: String,
    pub(super) zone: String,
    /// The targets of all arms, where one that joins is counted as if it had got its share before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) targets: Vec<NamedTargets>,
}

/// The targets of an arm, under its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedTargets {
    pub(super) arm: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) daily: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) monthly: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct NodeKey {
    flow: String,
    node: String,
}

impl RotationArm {
    /// The arm at a position of a rotation; `None` if the node is no rotation or has no such arm.
    pub fn at(program: &Program, node: NodeIdx, arm: u16) -> Option<Self> {
        let (arms, targets) = program.node(node).rotation()?;
        Some(Self {
            node: NodeKey::at(program, node),
            arm: arms.get(usize::from(arm))?.name.clone(),
            zone: zone_of(targets).to_owned(),
            targets: targets.map_or_else(Vec::new, |targets| named_targets(arms, targets)),
        })
    }

    /// Name of the arm.
    pub fn name(&self) -> &str {
        &self.arm
    }

    /// The arm of these names; `None` if the program has no such rotation or arm.
    pub fn find(program: &Program, node: &str, arm: &str) -> Option<Self> {
        let (idx, op) = program
            .nodes()
            .find(|(idx, _)| program.node_name(*idx) == node)?;
        let (arms, _) = op.rotation()?;
        let position = arms.iter().position(|known| known.name == arm)?;
        Self::at(program, idx, u16::try_from(position).ok()?)
    }
}

impl NodeKey {
    /// A rotation of a subflow counts for all flows that hold it.
    pub(super) fn at(program: &Program, node: NodeIdx) -> Self {
        let origin = program.origin(node);
        Self {
            flow: origin.flow.to_owned(),
            node: origin.node.to_owned(),
        }
    }
}

/// The targets of a rotation's arms by name, where it calibrates those that join.
fn named_targets(arms: &[Arm], targets: &Targets) -> Vec<NamedTargets> {
    if !targets.calibrates {
        return Vec::new();
    }
    let named = arms.iter().zip(&targets.arms);
    let named = named.map(|(arm, ArmTargets { daily, monthly })| NamedTargets {
        arm: arm.name.clone(),
        daily: *daily,
        monthly: *monthly,
    });
    named.collect()
}

pub(super) fn zone_of(targets: Option<&Targets>) -> &str {
    targets.map_or(UTC, |targets| &targets.zone)
}
