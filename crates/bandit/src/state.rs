//! What has been observed, as integers that add up in any order.

mod bucket;

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::key::BanditKey;
use crate::observation::Observation;

pub use bucket::{Bucket, Flow, Kind, Place};

/// Width of a time bucket in microseconds: an hour. The age of a trial is known to about that, and better on average.
pub const BUCKET_WIDTH: i64 = 3_600_000_000;

/// Width of a bucket of trials of long ago: a day of UTC.
pub(crate) const DAY: i64 = 24 * BUCKET_WIDTH;

/// For how many days before the newest trial of a node its buckets are hours.
const DAYS_IN_HOURS: i64 = 60;

/// How many segments of a node are counted apart: the first that come. The others count for the node as a whole.
pub const SEGMENTS_MAX: usize = 5_000;

/// What is known of one arm: a bucket for each hour with trials, and for each day of long ago.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArmState {
    /// Start of the hour or day in epoch microseconds, to what its trials have brought.
    pub buckets: BTreeMap<i64, Bucket>,
}

impl ArmState {
    fn merge(&mut self, other: &Self, hours_from: i64) {
        for (start, bucket) in &other.buckets {
            let (into, later) = place_of(*start, hours_from);
            self.buckets.entry(into).or_default().merge(bucket, later);
        }
    }

    /// Puts the hours before a day together by days.
    fn roll_up(&mut self, hours_from: i64) {
        let kept = self.buckets.split_off(&hours_from);
        let old = std::mem::replace(&mut self.buckets, kept);
        for (start, bucket) in old {
            let (into, later) = place_of(start, hours_from);
            self.buckets.entry(into).or_default().merge(&bucket, later);
        }
    }
}

/// The arms of one segment. Copies share what is equal in them.
pub type SegmentState = BTreeMap<String, Arc<ArmState>>;

/// What is known of one node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeState {
    /// Start of the newest hour with a trial, epoch microseconds: by it, hours of long ago become days.
    newest: i64,
    /// The arms in all segments together.
    all: SegmentState,
    /// Segment to its arms; the first [`SEGMENTS_MAX`] that came.
    segments: BTreeMap<String, SegmentState>,
}

impl NodeState {
    /// The arms in all segments together, those not counted apart included.
    pub fn all(&self) -> &SegmentState {
        &self.all
    }

    /// The segments that are counted apart; none for a node that does not segment its leads.
    pub fn segments(&self) -> &BTreeMap<String, SegmentState> {
        &self.segments
    }

    /// The arms in one segment; in all of them for the empty text.
    pub fn segment(&self, segment: &str) -> Option<&SegmentState> {
        if segment.is_empty() {
            return Some(&self.all);
        }
        self.segments.get(segment)
    }

    /// Changes the bucket that holds a time, in the segment and in all segments.
    fn change(&mut self, segment: &str, arm: &str, at: i64, change: impl Fn(&mut Bucket, u64)) {
        let hour = start_of(at, BUCKET_WIDTH);
        if self.all.is_empty() || hour > self.newest {
            self.advance(hour);
        }
        let (start, _) = place_of(hour, self.hours_from());
        let offset = at.abs_diff(start);
        let has_room = self.segments.len() < SEGMENTS_MAX || self.segments.contains_key(segment);
        let own = (!segment.is_empty() && has_room).then(|| entry(&mut self.segments, segment));
        for arms in [Some(&mut self.all), own].into_iter().flatten() {
            let arm = Arc::make_mut(entry(arms, arm));
            change(arm.buckets.entry(start).or_default(), offset);
        }
    }

    /// Where hours begin; before are days.
    fn hours_from(&self) -> i64 {
        start_of(self.newest, DAY).saturating_sub(DAYS_IN_HOURS * DAY)
    }

    fn advance(&mut self, newest: i64) {
        let before = self.hours_from();
        self.newest = newest;
        let hours_from = self.hours_from();
        if hours_from == before {
            return;
        }
        for arms in std::iter::once(&mut self.all).chain(self.segments.values_mut()) {
            for arm in arms.values_mut() {
                let first = arm.buckets.range(before.min(hours_from)..hours_from).next();
                if first.is_some() {
                    Arc::make_mut(arm).roll_up(hours_from);
                }
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        if self.all.is_empty() || other.newest > self.newest {
            self.advance(other.newest);
        }
        let hours_from = self.hours_from();
        let into = |arms: &mut SegmentState, from: &SegmentState| {
            for (arm, state) in from {
                Arc::make_mut(entry(arms, arm)).merge(state, hours_from);
            }
        };
        into(&mut self.all, &other.all);
        for (segment, arms) in &other.segments {
            if self.segments.len() < SEGMENTS_MAX || self.segments.contains_key(segment) {
                into(entry(&mut self.segments, segment), arms);
            }
        }
    }
}

/// The bucket that an hour belongs to, and how far into it the hour begins.
fn place_of(hour: i64, hours_from: i64) -> (i64, u64) {
    let start = if hour < hours_from {
        start_of(hour, DAY)
    } else {
        hour
    };
    (start, hour.abs_diff(start))
}

/// Everything that has been observed.
///
/// It is derived data: applying the same observations in any order, or in parts that are then merged,
/// gives an equal state, bit for bit; only which segments are counted apart, where a node has more than [`SEGMENTS_MAX`],
/// follows from which come first. An observation must be applied once; nothing here can tell a
/// repeated one from another just like it.
///
/// A copy shares its parts with the original until either changes.
///
/// # Example
///
/// ```
/// use pointsman_bandit::{BanditKey, Observation, State};
///
/// let trial = Observation::Trial { key: BanditKey::unsegmented("auto", "premium"), arm: "acme".into(), at: 0 };
/// let state: State = [&trial, &trial].into_iter().collect();
/// let node = state.node("auto", "premium").unwrap();
/// assert_eq!(node.all()["acme"].buckets[&0].trials, 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Flow, then node, to what is known of it.
    flows: BTreeMap<String, BTreeMap<String, NodeState>>,
}

impl State {
    /// Version of what observations come to. A state that was stored under another version has to be folded anew.
    pub const FORMAT: u32 = 2;

    /// What is known of a node; nothing before its first observation.
    pub fn node(&self, flow: &str, node: &str) -> Option<&NodeState> {
        self.flows.get(flow)?.get(node)
    }

    /// Every node with its flow, in order of their names.
    pub fn nodes(&self) -> impl Iterator<Item = (&str, &str, &NodeState)> {
        self.flows.iter().flat_map(|(flow, nodes)| {
            nodes
                .iter()
                .map(|(node, state)| (flow.as_str(), node.as_str(), state))
        })
    }

    /// Adds one observation, which must not have been added before.
    pub fn apply(&mut self, observation: &Observation) {
        match observation {
            Observation::Trial { key, arm, at } => {
                let node = self.node_mut(key);
                node.change(&key.segment, arm, *at, |bucket, offset| {
                    bucket.count(offset);
                });
            }
            Observation::Unanswered {
                key,
                arm,
                at,
                is_over,
            } => {
                let more = if *is_over { -1 } else { 1 };
                let node = self.node_mut(key);
                node.change(&key.segment, arm, *at, |bucket, _| {
                    bucket.unanswered += more;
                });
            }
            Observation::Reward {
                key,
                arm,
                trial_at,
                at,
                before,
                after,
                is_later,
            } => {
                let delay = at.saturating_sub(*trial_at).max(0);
                let node = self.node_mut(key);
                node.change(&key.segment, arm, *trial_at, |bucket, _| {
                    bucket.reward(before, after, delay, *is_later);
                });
            }
        }
    }

    /// Counts a segment apart from now on, if there is room, as its first observation does. For one who knows what came
    /// first before reading it in another order.
    pub fn admit(&mut self, key: &BanditKey) {
        let node = self.node_mut(key);
        if !key.segment.is_empty() && node.segments.len() < SEGMENTS_MAX {
            entry(&mut node.segments, &key.segment);
        }
    }

    /// Adds what `other` has observed, which must be other observations: commutative and associative, but for the
    /// limit of segments.
    pub fn merge(&mut self, other: &Self) {
        for (flow, nodes) in &other.flows {
            for (node, from) in nodes {
                entry(entry(&mut self.flows, flow), node).merge(from);
            }
        }
    }

    fn node_mut(&mut self, key: &BanditKey) -> &mut NodeState {
        entry(entry(&mut self.flows, &key.flow), &key.node)
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

/// Start of the hour or day that holds a time.
fn start_of(at: i64, width: i64) -> i64 {
    at.saturating_sub(at.rem_euclid(width))
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
