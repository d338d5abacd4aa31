//! What has been observed, as integers that add up in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::delay::Delays;
use crate::key::BanditKey;
use crate::observation::{Objective, Observation, Outcome};

/// Width of a time bucket in microseconds: an hour. The age of a trial is known to about that, and better on average.
pub const BUCKET_WIDTH: i64 = 3_600_000_000;

/// Revenue beyond this, in micro-units, counts as this: a billion units.
///
/// It bounds the sums: squares are at most 10³⁰, and an `i128` holds more than 10⁸ of them per bucket.
const REVENUE_MAX: i64 = 1_000_000_000_000_000;

/// What the trials of one hour have brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Leads given to the arm.
    pub trials: u64,
    /// Sum over the trials of the microseconds since the bucket's start; their mean age follows from it.
    pub offsets: u64,
    /// Trials that are successes now, by what counts as one.
    pub successes: Successes,
    /// Net revenue of the trials in micro-units.
    pub revenue: i128,
    /// Sum of the squares of each trial's net revenue, in square micro-units.
    pub revenue_sq: i128,
}

impl Bucket {
    fn merge(&mut self, other: &Self) {
        let Self {
            trials,
            offsets,
            successes,
            revenue,
            revenue_sq,
        } = other;
        self.trials += trials;
        self.offsets += offsets;
        self.successes.merge(*successes);
        self.revenue += revenue;
        self.revenue_sq += revenue_sq;
    }
}

/// Trials that are successes, counted for each objective: whoever changes a bandit's objective asks for
/// another count of the same trials. Negative only while a part of the history is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Successes {
    /// Trials that have earned more than was given back.
    pub net_revenue: i64,
    /// Trials that are converted.
    pub conversions: i64,
    /// Trials that are accepted.
    pub accepted: i64,
}

impl Successes {
    /// Those of one objective.
    pub fn of(&self, objective: Objective) -> i64 {
        match objective {
            Objective::NetRevenue => self.net_revenue,
            Objective::Conversions => self.conversions,
            Objective::Accepted => self.accepted,
        }
    }

    fn change(&mut self, before: &Outcome, after: &Outcome) {
        let change = |objective| {
            i64::from(after.is_success(objective)) - i64::from(before.is_success(objective))
        };
        let Self {
            net_revenue,
            conversions,
            accepted,
        } = self;
        *net_revenue += change(Objective::NetRevenue);
        *conversions += change(Objective::Conversions);
        *accepted += change(Objective::Accepted);
    }

    fn merge(&mut self, other: Self) {
        let Self {
            net_revenue,
            conversions,
            accepted,
        } = other;
        self.net_revenue += net_revenue;
        self.conversions += conversions;
        self.accepted += accepted;
    }
}

/// What is known of one arm in one segment: a bucket for each hour with trials.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArmState {
    /// Start of the hour in epoch microseconds, to what its trials have brought.
    pub buckets: BTreeMap<i64, Bucket>,
}

impl ArmState {
    fn merge(&mut self, other: &Self) {
        for (start, bucket) in &other.buckets {
            self.buckets.entry(*start).or_default().merge(bucket);
        }
    }
}

/// What is known of one node: its arms by segment, and how long their successes take.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeState {
    /// Segment, then arm, to its counts.
    pub segments: BTreeMap<String, BTreeMap<String, ArmState>>,
    /// Objective, then arm, to the delays of its successes, in all segments.
    pub delays: BTreeMap<Objective, BTreeMap<String, Delays>>,
}

/// Everything that has been observed.
///
/// It is derived data: applying the same observations in any order, or in parts that are then merged,
/// gives an equal state, bit for bit. An observation must be applied once; nothing here can tell a
/// repeated one from another just like it.
///
/// # Example
///
/// ```
/// use pointsman_bandit::{BanditKey, Observation, State};
///
/// let trial = Observation::Trial { key: BanditKey::unsegmented("auto", "premium"), arm: "acme".into(), at: 0 };
/// let state: State = [&trial, &trial].into_iter().collect();
/// let node = state.node("auto", "premium").unwrap();
/// assert_eq!(node.segments[""]["acme"].buckets[&0].trials, 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Flow, then node, to what is known of it.
    flows: BTreeMap<String, BTreeMap<String, NodeState>>,
}

impl State {
    /// Version of what observations come to. A state that was stored under another version has to be folded anew.
    pub const FORMAT: u32 = 1;

    /// What is known of a node; nothing before its first observation.
    pub fn node(&self, flow: &str, node: &str) -> Option<&NodeState> {
        self.flows.get(flow)?.get(node)
    }

    /// Adds one observation, which must not have been added before.
    pub fn apply(&mut self, observation: &Observation) {
        match observation {
            Observation::Trial { key, arm, at } => {
                let start = bucket_start(*at);
                let bucket = self.bucket(key, arm, start);
                bucket.trials += 1;
                bucket.offsets += at.abs_diff(start);
            }
            Observation::Reward {
                key,
                arm,
                trial_at,
                at,
                before,
                after,
            } => {
                let start = bucket_start(*trial_at);
                let bucket = self.bucket(key, arm, start);
                bucket.successes.change(before, after);
                bucket.revenue += revenue(after) - revenue(before);
                // The difference of squares telescopes over the changes of a trial to the square of its last revenue.
                bucket.revenue_sq += revenue(after).pow(2) - revenue(before).pow(2);
                let delay = at.saturating_sub(*trial_at).max(0);
                for objective in Objective::ALL {
                    if after.is_success(objective) && !before.is_success(objective) {
                        let delays = self.node_mut(key).delays.entry(objective).or_default();
                        entry(delays, arm).add(start, delay);
                    }
                }
            }
        }
    }

    /// Adds what `other` has observed, which must be other observations: commutative and associative.
    pub fn merge(&mut self, other: &Self) {
        for (flow, nodes) in &other.flows {
            for (node, from) in nodes {
                let NodeState { segments, delays } = from;
                let into = entry(entry(&mut self.flows, flow), node);
                for (segment, arms) in segments {
                    for (arm, state) in arms {
                        entry(entry(&mut into.segments, segment), arm).merge(state);
                    }
                }
                for (objective, arms) in delays {
                    let into = into.delays.entry(*objective).or_default();
                    for (arm, from) in arms {
                        entry(into, arm).merge(from);
                    }
                }
            }
        }
    }

    fn node_mut(&mut self, key: &BanditKey) -> &mut NodeState {
        entry(entry(&mut self.flows, &key.flow), &key.node)
    }

    fn bucket(&mut self, key: &BanditKey, arm: &str, start: i64) -> &mut Bucket {
        let arms = entry(&mut self.node_mut(key).segments, &key.segment);
        entry(arms, arm).buckets.entry(start).or_default()
    }
}

impl<'a> FromIterator<&'a Observation> for State {
    /// The state that a history leads to, whatever its order.
    fn from_iter<I: IntoIterator<Item = &'a Observation>>(history: I) -> Self {
        let mut state = Self::default();
        for observation in history {
            state.apply(observation);
        }
        state
    }
}

/// Start of the hour that holds a time.
pub(crate) fn bucket_start(at: i64) -> i64 {
    at.saturating_sub(at.rem_euclid(BUCKET_WIDTH))
}

fn revenue(outcome: &Outcome) -> i128 {
    i128::from(outcome.revenue.clamp(-REVENUE_MAX, REVENUE_MAX))
}

/// The value under a name, made if it is not there; the name is only copied then.
fn entry<'a, V: Default>(map: &'a mut BTreeMap<String, V>, name: &str) -> &'a mut V {
    if !map.contains_key(name) {
        map.insert(name.to_owned(), V::default());
    }
    map.get_mut(name).expect("it was put there just now")
}

#[cfg(test)]
mod tests;
