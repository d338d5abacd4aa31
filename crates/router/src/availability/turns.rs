//! What the arms of rotations have got, and the order that follows from it.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use pointsman_flow::{Arm, ArmTargets, CapKind, NodeIdx, Op, Program, Targets, Window};
use pointsman_lead::Timestamp;
use serde::{Deserialize, Serialize};

use super::{calendar, keeps};
use crate::{Answer, Choice};

/// The zone that leads are counted in where a rotation asks for none: edited to one by deficit, it
/// knows what its arms got today.
const UTC: &str = "UTC";

/// An arm of a rotation, by the names of flow, node and arm: an edit of the flow forgets nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RotationArm {
    node: NodeKey,
    arm: String,
    zone: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct NodeKey {
    flow: String,
    node: String,
}

/// What an arm of a rotation has got, offers that await their answer included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Got {
    /// When it was last sold a lead, or offered one that may still be taken; none: never.
    pub last_at: Option<Timestamp>,
    /// Leads since midnight in the rotation's zone.
    pub today: u64,
    /// Leads since the first of the month in the rotation's zone.
    pub this_month: u64,
}

/// The turn of an arm that an offer takes, until it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Taken {
    arm: RotationArm,
    turn: Turn,
    day: Timestamp,
    month: Timestamp,
}

/// Numbered, since several offers of one transaction have the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Turn {
    n: u64,
    at: Timestamp,
}

/// The turns of all arms of all rotations.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Turns {
    n_taken: u64,
    nodes: BTreeMap<NodeKey, BTreeMap<String, Record>>,
}

/// The turns of one arm.
#[derive(Debug, Clone, Default, PartialEq)]
struct Record {
    /// Those that await an answer.
    open: BTreeSet<Turn>,
    /// The last one that was kept.
    kept: Option<Turn>,
    /// Leads of the latest days and months, by zone.
    counts: BTreeMap<String, Counts>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Counts {
    day: Windows,
    month: Windows,
}

/// Windows of one kind that are remembered for an arm.
const WINDOWS_MAX: usize = 4;

/// Leads by the start of their window, the one that had a lead last coming first. A clock may step back
/// into a window that seemed over, so a few are kept, and none is taken for over by its time.
#[derive(Debug, Clone, Default, PartialEq)]
struct Windows(Vec<(Timestamp, u64)>);

impl RotationArm {
    /// The arm that a choice took; `None` if it was not made at a rotation.
    pub fn at(program: &Program, choice: Choice) -> Option<Self> {
        let Choice(node, arm) = choice;
        let Op::Rotate { arms, targets, .. } = program.node(node) else {
            return None;
        };
        Some(Self {
            node: NodeKey::at(program, node),
            arm: arms.get(usize::from(arm))?.name.clone(),
            zone: zone_of(targets.as_ref()).to_owned(),
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
        let Op::Rotate { arms, .. } = op else {
            return None;
        };
        let position = arms.iter().position(|known| known.name == arm)?;
        Self::at(program, Choice(idx, u16::try_from(position).ok()?))
    }
}

impl NodeKey {
    /// A rotation of a subflow counts for all flows that hold it.
    fn at(program: &Program, node: NodeIdx) -> Self {
        let origin = program.origin(node);
        Self {
            flow: origin.flow.to_owned(),
            node: origin.node.to_owned(),
        }
    }
}

impl Turns {
    /// The order of a rotation's arms at `now`, the first to try first.
    pub(super) fn order(
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
                let record = records.and_then(|records| records.get(&arm.name));
                let wanted = targets.and_then(|targets| targets.arms.get(usize::from(position)));
                let fill = wanted.map_or(Fill::EMPTY, |wanted| {
                    let got = record.map_or((0, 0), |record| record.counted(&starts));
                    Fill::of(got, *wanted)
                });
                (fill, record.and_then(Record::last), position)
            })
            .collect();
        // Never sold comes first, and of equals the one declared first.
        order.sort_unstable();
        order.into_iter().map(|(_, _, position)| position).collect()
    }

    /// What an arm of a rotation has got at `now`.
    pub(super) fn got(&self, arm: &RotationArm, now: Timestamp) -> Got {
        let record = self
            .nodes
            .get(&arm.node)
            .and_then(|arms| arms.get(&arm.arm));
        record.map_or_else(Got::default, |record| {
            let (today, this_month) = record.counted(&Starts::at(&arm.zone, now));
            Got {
                last_at: record.last().map(|turn| turn.at),
                today,
                this_month,
            }
        })
    }

    /// Charges an offer to an arm above it.
    pub(super) fn take(&mut self, arm: &RotationArm, now: Timestamp) -> Taken {
        self.n_taken += 1;
        let turn = Turn {
            n: self.n_taken,
            at: now,
        };
        let Starts { day, month, .. } = Starts::at(&arm.zone, now);
        let record = self
            .nodes
            .entry(arm.node.clone())
            .or_default()
            .entry(arm.arm.clone())
            .or_default();
        record.open.insert(turn);
        let counts = record.counts.entry(arm.zone.clone()).or_default();
        counts.day.add(day);
        counts.month.add(month);
        Taken {
            arm: arm.clone(),
            turn,
            day,
            month,
        }
    }

    /// Keeps a turn or gives it back, as a cap on accepted leads does with its unit.
    pub(super) fn settle(&mut self, taken: &Taken, answer: Answer) {
        let Taken {
            arm,
            turn,
            day,
            month,
        } = taken;
        let record = self
            .nodes
            .get_mut(&arm.node)
            .and_then(|arms| arms.get_mut(&arm.arm));
        let Some(record) = record.filter(|record| record.open.contains(turn)) else {
            return;
        };
        record.open.remove(turn);
        if keeps(CapKind::Accepted, answer) {
            record.kept = record.kept.max(Some(*turn));
        } else if let Some(counts) = record.counts.get_mut(&arm.zone) {
            counts.day.give_back(*day);
            counts.month.give_back(*month);
        }
    }
}

impl Record {
    fn last(&self) -> Option<Turn> {
        self.kept.max(self.open.last().copied())
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
    fn at(zone: &'a str, now: Timestamp) -> Self {
        Self {
            zone,
            day: calendar::window_start(Window::Day, zone, now),
            month: calendar::window_start(Window::Month, zone, now),
        }
    }
}

fn zone_of(targets: Option<&Targets>) -> &str {
    targets.map_or(UTC, |targets| &targets.zone)
}

/// How full a target is: leads over target, compared without rounding.
#[derive(Debug, Clone, Copy)]
struct Fill {
    n_leads: u64,
    target: u32,
}

impl Fill {
    const EMPTY: Self = Self {
        n_leads: 0,
        target: 1,
    };

    /// How full the fuller of an arm's targets is.
    fn of((today, this_month): (u64, u64), targets: ArmTargets) -> Self {
        let ArmTargets { daily, monthly } = targets;
        let of = |n_leads, target: Option<u32>| target.map(|target| Self { n_leads, target });
        of(today, daily)
            .max(of(this_month, monthly))
            .unwrap_or(Self::EMPTY)
    }
}

impl Ord for Fill {
    fn cmp(&self, other: &Self) -> Ordering {
        let ours = u128::from(self.n_leads) * u128::from(other.target);
        ours.cmp(&(u128::from(other.n_leads) * u128::from(self.target)))
    }
}

impl PartialOrd for Fill {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Fill {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Fill {}

#[cfg(test)]
mod tests;
