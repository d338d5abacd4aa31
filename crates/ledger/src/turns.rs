//! The turns that arms of rotations have taken, and the order that follows from them.

use std::collections::BTreeMap;

use imbl::{OrdMap, OrdSet};
use pointsman_flow::{Arm, CapKind, NodeIdx, Program, Targets, Window};
use pointsman_lead::{Answer, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Orders, as_list, calendar};
use arm::{NodeKey, zone_of};
use fill::Fill;

mod arm;
mod fill;

pub use arm::RotationArm;

/// The turns that an arm of a rotation has taken, those of offers that await their answer included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TurnsTaken {
    /// When it was last sold a lead, or offered one that may still be taken; none: never.
    pub last_at: Option<Timestamp>,
    /// Leads since midnight in the rotation's zone.
    pub today: u64,
    /// Leads since the first of the month in the rotation's zone.
    pub this_month: u64,
}

/// The turn of an arm that an offer is charged, until it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChargedTurn {
    arm: RotationArm,
    turn: Turn,
    day: Timestamp,
    month: Timestamp,
}

/// Numbered, since several offers of one transaction have the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    n: u64,
    at: Timestamp,
}

/// The turns of all arms of all rotations.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turns {
    n_taken: u64,
    #[serde(with = "as_list")]
    nodes: OrdMap<NodeKey, Arms>,
}

/// The turns of a rotation's arms, by their names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Arms(#[serde(with = "as_list")] OrdMap<String, ArmTurns>);

/// The turns of one arm.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArmTurns {
    /// Those that await an answer.
    #[serde(with = "as_list")]
    open: OrdSet<Turn>,
    /// The last one that was kept.
    kept: Option<Turn>,
    /// Leads of the latest days and months, by zone.
    counts: BTreeMap<String, Counts>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    day: Windows,
    month: Windows,
    /// Leads that the arm counts as having got when it joined.
    #[serde(default, skip_serializing_if = "Credit::is_none")]
    credit: Credit,
}

/// What an arm counts as having got before it joined, in the windows of that moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Credit {
    day: (Timestamp, u64),
    month: (Timestamp, u64),
}

impl Credit {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }

    fn since(&self, starts: &Starts<'_>) -> (u64, u64) {
        let of = |(start, n_leads): (Timestamp, u64), present| {
            if start == present { n_leads } else { 0 }
        };
        (of(self.day, starts.day), of(self.month, starts.month))
    }
}

/// Windows of one kind that are remembered for an arm.
const WINDOWS_MAX: usize = 4;

/// Leads by the start of their window, the window that had a lead last coming first. A clock may step back into a
/// window that seemed over: a few windows are kept, and none is dropped because of its time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Windows(Vec<(Timestamp, u64)>);

impl Turns {
    /// The orders of a program's rotations at `now`.
    pub(crate) fn orders(&self, program: &Program, now: Timestamp) -> Orders {
        let mut orders = Orders::default();
        for (node, op) in program.nodes() {
            if let Some((arms, targets)) = op.rotation() {
                orders.set(node, self.order(program, node, arms, targets, now));
            }
        }
        orders
    }

    /// The order of a rotation's arms at `now`, the first to try first.
    fn order(
        &self,
        program: &Program,
        node: NodeIdx,
        arms: &[Arm],
        targets: Option<&Targets>,
        now: Timestamp,
    ) -> Vec<u16> {
        let records = self.nodes.get(&NodeKey::at(program, node));
        let starts = Starts::at(zone_of(targets), now);
        let mut order: Vec<(Fill, Option<Turn>, u16)> = (0..)
            .zip(arms)
            .map(|(position, arm)| {
                let record = records.and_then(|Arms(records)| records.get(&arm.name));
                let wanted = targets.and_then(|targets| targets.arms.get(usize::from(position)));
                let fill = wanted.map_or(Fill::EMPTY, |wanted| {
                    let counted = record.map_or((0, 0), |record| record.credited(&starts));
                    Fill::of(counted, *wanted)
                });
                (fill, record.and_then(ArmTurns::last), position)
            })
            .collect();
        // Never sold comes first, and of equals the one declared first.
        order.sort_unstable();
        order.into_iter().map(|(_, _, position)| position).collect()
    }

    /// The turns that an arm of a rotation has taken by `now`.
    pub(crate) fn taken(&self, arm: &RotationArm, now: Timestamp) -> TurnsTaken {
        let record = self
            .nodes
            .get(&arm.node)
            .and_then(|Arms(arms)| arms.get(&arm.arm));
        record.map_or_else(TurnsTaken::default, |record| {
            let (today, this_month) = record.counted(&Starts::at(&arm.zone, now));
            TurnsTaken {
                last_at: record.last().map(|turn| turn.at),
                today,
                this_month,
            }
        })
    }

    /// Charges an offer to an arm above it.
    pub(crate) fn take(&mut self, arm: &RotationArm, now: Timestamp) -> ChargedTurn {
        self.n_taken += 1;
        let turn = Turn {
            n: self.n_taken,
            at: now,
        };
        let starts = Starts::at(&arm.zone, now);
        let Starts { day, month, .. } = starts;
        let credit = self.credit(arm, &starts);
        let record = self
            .nodes
            .entry(arm.node.clone())
            .or_default()
            .0
            .entry(arm.arm.clone())
            .or_default();
        record.open.insert(turn);
        let counts = record.counts.entry(arm.zone.clone()).or_default();
        if let Some(credit) = credit {
            counts.credit = credit;
        }
        counts.day.add(day);
        counts.month.add(month);
        ChargedTurn {
            arm: arm.clone(),
            turn,
            day,
            month,
        }
    }

    /// What an arm counts as having got that takes its first turn: as full as the emptiest of the others, less the lead that
    /// it takes. None for an arm that is known, and where arms are not calibrated.
    fn credit(&self, arm: &RotationArm, starts: &Starts<'_>) -> Option<Credit> {
        let records = self.nodes.get(&arm.node);
        let record = |name: &str| records.and_then(|Arms(records)| records.get(name));
        if record(&arm.arm).is_some() {
            return None;
        }
        let own = arm.targets.iter().find(|it| it.arm == arm.arm)?;
        let others = arm.targets.iter().filter(|it| it.arm != arm.arm);
        let fills = others.map(|other| {
            let counted = record(&other.arm).map_or((0, 0), |record| record.credited(starts));
            let fill = |n_leads, target: Option<u32>| target.map(|target| Fill { n_leads, target });
            (fill(counted.0, other.daily), fill(counted.1, other.monthly))
        });
        let fills: Vec<(Option<Fill>, Option<Fill>)> = fills.collect();
        let least = |fills: &mut dyn Iterator<Item = Fill>, target: Option<u32>| {
            let least = fills.min()?;
            let n_leads =
                u128::from(least.n_leads) * u128::from(target?) / u128::from(least.target);
            Some(u64::try_from(n_leads).unwrap_or(u64::MAX).saturating_sub(1))
        };
        let daily = least(&mut fills.iter().filter_map(|it| it.0), own.daily);
        let monthly = least(&mut fills.iter().filter_map(|it| it.1), own.monthly);
        Some(Credit {
            day: (starts.day, daily.unwrap_or(0)),
            month: (starts.month, monthly.unwrap_or(0)),
        })
    }

    /// Keeps a turn or gives it back, as a cap on accepted leads does with its unit.
    pub(crate) fn settle(&mut self, charged: &ChargedTurn, answer: Answer) {
        let ChargedTurn {
            arm,
            turn,
            day,
            month,
        } = charged;
        let record = self
            .nodes
            .get_mut(&arm.node)
            .and_then(|Arms(arms)| arms.get_mut(&arm.arm));
        let Some(record) = record.filter(|record| record.open.contains(turn)) else {
            return;
        };
        record.open.remove(turn);
        if CapKind::Accepted.keeps(answer) {
            record.kept = record.kept.max(Some(*turn));
        } else if let Some(counts) = record.counts.get_mut(&arm.zone) {
            counts.day.give_back(*day);
            counts.month.give_back(*month);
        }
    }
}

impl ArmTurns {
    fn last(&self) -> Option<Turn> {
        self.kept.max(self.open.get_max().copied())
    }

    /// The same with what it counts as having got before it joined.
    fn credited(&self, starts: &Starts<'_>) -> (u64, u64) {
        let (today, this_month) = self.counted(starts);
        let credit = self.counts.get(starts.zone).map(|counts| counts.credit);
        let (day, month) = credit.unwrap_or_default().since(starts);
        (today.saturating_add(day), this_month.saturating_add(month))
    }

    /// Leads of the day and of the month.
    fn counted(&self, starts: &Starts<'_>) -> (u64, u64) {
        self.counts.get(starts.zone).map_or((0, 0), |counts| {
            (
                counts.day.since(starts.day),
                counts.month.since(starts.month),
            )
        })
    }
}

impl Windows {
    fn since(&self, start: Timestamp) -> u64 {
        let counted = self.0.iter().find(|(known, _)| *known == start);
        counted.map_or(0, |(_, n_leads)| *n_leads)
    }

    fn add(&mut self, start: Timestamp) {
        let n_leads = self.since(start) + 1;
        self.0.retain(|(known, _)| *known != start);
        self.0.insert(0, (start, n_leads));
        self.0.truncate(WINDOWS_MAX);
    }

    fn give_back(&mut self, start: Timestamp) {
        if let Some((_, n_leads)) = self.0.iter_mut().find(|(known, _)| *known == start) {
            *n_leads = n_leads.saturating_sub(1);
        }
    }
}

/// When the present day and month began in a zone.
struct Starts<'a> {
    zone: &'a str,
    day: Timestamp,
    month: Timestamp,
}

impl<'a> Starts<'a> {
    fn at(name: &'a str, now: Timestamp) -> Self {
        let zone = calendar::zone(name);
        Self {
            zone: name,
            day: calendar::window_start(Window::Day, &zone, now),
            month: calendar::window_start(Window::Month, &zone, now),
        }
    }
}

#[cfg(test)]
mod tests;
