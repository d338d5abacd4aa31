//! The turns that arms of rotations have taken, and the order that follows from them.

use std::{cmp::Ordering, collections::BTreeMap};

use imbl::{OrdMap, OrdSet};
use pointsman_flow::{Arm, ArmTargets, CapKind, NodeIdx, Program, Targets, Window};
use pointsman_lead::{Answer, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Orders, as_list, calendar};

/// The zone that leads are counted in where a rotation names none: when it is edited to go by deficit, the turns of
/// the day are known.
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
}

/// Windows of one kind that are remembered for an arm.
const WINDOWS_MAX: usize = 4;

/// Leads by the start of their window, the window that had a lead last coming first. A clock may step back into a
/// window that seemed over: a few windows are kept, and none is dropped because of its time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Windows(Vec<(Timestamp, u64)>);

impl RotationArm {
    /// The arm at a position of a rotation; `None` if the node is no rotation or has no such arm.
    pub fn at(program: &Program, node: NodeIdx, arm: u16) -> Option<Self> {
        let (arms, targets) = program.node(node).rotation()?;
        Some(Self {
            node: NodeKey::at(program, node),
            arm: arms.get(usize::from(arm))?.name.clone(),
            zone: zone_of(targets).to_owned(),
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
    fn at(program: &Program, node: NodeIdx) -> Self {
        let origin = program.origin(node);
        Self {
            flow: origin.flow.to_owned(),
            node: origin.node.to_owned(),
        }
    }
}

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
                    let counted = record.map_or((0, 0), |record| record.counted(&starts));
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
        let Starts { day, month, .. } = Starts::at(&arm.zone, now);
        let record = self
            .nodes
            .entry(arm.node.clone())
            .or_default()
            .0
            .entry(arm.arm.clone())
            .or_default();
        record.open.insert(turn);
        let counts = record.counts.entry(arm.zone.clone()).or_default();
        counts.day.add(day);
        counts.month.add(month);
        ChargedTurn {
            arm: arm.clone(),
            turn,
            day,
            month,
        }
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
