//! The rotations of a step in words: in which order their arms stood, and why.

use pointsman_flow::{ArmTargets, Program};
use pointsman_lead::Timestamp;
use serde::Serialize;

use crate::rotation::{RotationArmRecord, RotationRecord};

/// A rotation as a step found it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RotationExplanation {
    /// Name of the node.
    pub node: String,
    /// Its arms, the first to try first.
    pub arms: Vec<TurnExplanation>,
    /// The arm that the step's offer is charged to; none: the offer is not below this rotation.
    pub charged: Option<String>,
}

/// Why an arm of a rotation stands where it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TurnExplanation {
    /// Name of the arm.
    pub arm: String,
    /// What it had got by then, in words.
    pub detail: String,
}

/// * `at`: when the step was taken.
pub(super) fn explained(
    program: &Program,
    records: Vec<RotationRecord>,
    at: Timestamp,
) -> Vec<RotationExplanation> {
    let explained = records.into_iter().map(|record| {
        let arms = record.arms.iter().map(|arm| TurnExplanation {
            arm: arm.arm.clone(),
            detail: words(arm, targets_of(program, &record.node, &arm.arm), at),
        });
        RotationExplanation {
            arms: arms.collect(),
            node: record.node,
            charged: record.charged,
        }
    });
    explained.collect()
}

fn targets_of(program: &Program, node: &str, arm: &str) -> Option<ArmTargets> {
    let (_, op) = program
        .nodes()
        .find(|(idx, _)| program.node_name(*idx) == node)?;
    let (arms, targets) = op.rotation()?;
    let position = arms.iter().position(|known| known.name == arm)?;
    targets?.arms.get(position).copied()
}

fn words(record: &RotationArmRecord, targets: Option<ArmTargets>, at: Timestamp) -> String {
    let RotationArmRecord {
        arm: _,
        last_at,
        today,
        this_month,
    } = record;
    let mut words = Vec::new();
    if let Some(ArmTargets { daily, monthly }) = targets {
        words.extend(daily.map(|daily| format!("{today} of {daily} today")));
        words.extend(monthly.map(|monthly| format!("{this_month} of {monthly} this month")));
    }
    words.push(match last_at {
        Some(last_at) => format!("last sold {}", ago(at.0.saturating_sub(last_at.0))),
        None => "never sold before".to_owned(),
    });
    words.join(", ")
}

/// So many microseconds ago, in the largest unit of which there is one.
fn ago(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let units = [
        ("day", 86_400),
        ("hour", 3_600),
        ("minute", 60),
        ("second", 1),
    ];
    let unit = units.into_iter().find(|(_, length)| seconds >= *length);
    unit.map_or("just before".to_owned(), |(unit, length)| {
        let n = seconds / length;
        let plural = if n == 1 { "" } else { "s" };
        format!("{n} {unit}{plural} ago")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_says_what_it_got_and_when() {
        let at = Timestamp(1_000_000_000_000);
        let said = |seconds_ago: Option<i64>, targets| {
            let record = RotationArmRecord {
                arm: "acme".to_owned(),
                last_at: seconds_ago.map(|seconds| Timestamp(at.0 - seconds * 1_000_000)),
                today: 42,
                this_month: 420,
            };
            words(&record, targets, at)
        };
        let both = ArmTargets {
            daily: Some(100),
            monthly: Some(1_000),
        };
        assert_eq!(said(None, None), "never sold before");
        assert_eq!(said(Some(0), None), "last sold just before");
        assert_eq!(said(Some(1), None), "last sold 1 second ago");
        assert_eq!(said(Some(200), None), "last sold 3 minutes ago");
        assert_eq!(said(Some(200_000), None), "last sold 2 days ago");
        assert_eq!(
            said(Some(7_200), Some(both)),
            "42 of 100 today, 420 of 1000 this month, last sold 2 hours ago"
        );
    }
}
