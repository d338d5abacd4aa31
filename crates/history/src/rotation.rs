//! How the rotations of a flow stand at a step, by name: an input of the step, stored with it.

use pointsman_flow::{Mask, Program};
use pointsman_lead::Timestamp;
use pointsman_ledger::{Ledger, OrderNames, RotationArm, TurnsTaken};
use pointsman_router::{Choice, Conditions, Orders};
use pointsman_store::DecisionStepRow;
use serde::{Deserialize, Serialize};

/// A rotation as a step found it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationRecord {
    /// Name of the node.
    pub node: String,
    /// Its arms, the first to try first.
    pub arms: Vec<RotationArmRecord>,
    /// The arm that the step's offer is charged to; none: the offer is not below this rotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charged: Option<String>,
}

/// An arm of a rotation, and what it had got by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationArmRecord {
    /// Name of the arm.
    pub arm: String,
    /// When it last got a lead; none: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
    /// Leads since midnight in the rotation's zone.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub today: u64,
    /// Leads since the first of the month in the rotation's zone.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub this_month: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What every rotation with a known order looks like before the step.
pub fn found(
    program: &Program,
    ledger: &Ledger,
    conditions: &Conditions,
    at: Timestamp,
) -> Vec<RotationRecord> {
    let mut records = Vec::new();
    for (node, _) in program.nodes() {
        let Some(order) = conditions.orders.of(node) else {
            continue;
        };
        let arms = order.iter().filter_map(|&arm| {
            let arm = RotationArm::at(program, node, arm)?;
            let TurnsTaken {
                last_at,
                today,
                this_month,
            } = ledger.turns_taken(&arm, at);
            Some(RotationArmRecord {
                arm: arm.name().to_owned(),
                last_at,
                today,
                this_month,
            })
        });
        records.push(RotationRecord {
            node: program.node_name(node).to_owned(),
            arms: arms.collect(),
            charged: None,
        });
    }
    records
}

/// Notes the arms that an offer is below; the same for the ledger.
pub fn charge(
    program: &Program,
    turns: &[Choice],
    records: &mut [RotationRecord],
) -> Vec<RotationArm> {
    let mut arms = Vec::with_capacity(turns.len());
    for &turn in turns {
        let Some(arm) = RotationArm::at(program, turn.0, turn.1) else {
            continue;
        };
        let node = program.node_name(turn.0);
        if let Some(record) = records.iter_mut().find(|record| record.node == node) {
            record.charged = Some(arm.name().to_owned());
        }
        arms.push(arm);
    }
    arms
}

/// What is stored with the step; nothing for a flow without rotations.
pub fn body(records: &[RotationRecord]) -> Option<String> {
    // Plain records become JSON without fail.
    (!records.is_empty()).then(|| serde_json::to_string(records).unwrap_or_default())
}

/// What was stored with a step; `None` if it cannot be read.
pub fn rotations_of(step: &DecisionStepRow) -> Option<Vec<RotationRecord>> {
    match &step.rotation_body {
        Some(body) => serde_json::from_str(body).ok(),
        None => Some(Vec::new()),
    }
}

/// The orders of the records' arms.
pub fn order_names(records: &[RotationRecord]) -> OrderNames {
    let named = records.iter().map(|record| {
        let arms = record.arms.iter().map(|arm| arm.arm.clone());
        (record.node.clone(), arms.collect())
    });
    named.collect()
}

/// How things stood at a stored step; `None` if that cannot be read.
pub fn stored_conditions(program: &Program, step: &DecisionStepRow) -> Option<Conditions> {
    let n_destinations = u16::try_from(program.destinations().len()).ok()?;
    Some(Conditions {
        free: Mask::from_hex(n_destinations, &step.availability).ok()?,
        orders: Orders::from_names(program, &order_names(&rotations_of(step)?)),
    })
}

/// The arms that a stored offer was charged to; `None` if they cannot be read.
pub fn charged(program: &Program, step: &DecisionStepRow) -> Option<Vec<RotationArm>> {
    let records = rotations_of(step)?.into_iter();
    let charged = records.filter_map(|record| Some((record.node, record.charged?)));
    charged
        .map(|(node, arm)| RotationArm::find(program, &node, &arm))
        .collect()
}
