//! What is believed of each arm at a moment, from what was observed until then.

use std::collections::BTreeMap;

use pointsman_stats::arms::{Arm, PARAMETER_MAX, PARAMETER_MIN};
use serde::{Deserialize, Serialize};

use crate::delay::Arrival;
use crate::observation::Objective;
use crate::state::{ArmState, BUCKET_WIDTH, NodeState};

const DAY: i64 = 24 * BUCKET_WIDTH;

/// How observations become beliefs. The default learns from everything equally, with a window of 30 days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// After how many microseconds a trial counts half, so that old truths fade; none to count all alike. Above 0.
    pub half_life: Option<i64>,
    /// After how many microseconds a trial without a success is a failure for certain; above 0.
    pub window: i64,
    /// Successes and failures assumed of the node as a whole before any trial; each counts for at least 1.
    pub prior: (f64, f64),
    /// How many trials of its own a segment needs to weigh as much as the arm's other segments do.
    pub segment_strength: f64,
    /// How many successes the assumption of evenly spread arrivals counts for, above 0.
    pub delay_strength: f64,
    /// How many successes of its own an arm needs for its delays to weigh as much as the node's.
    pub arm_delay_strength: f64,
    /// A segment is published again when an arm's weight has moved by at least this many ppm.
    pub change_ppm: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            half_life: None,
            window: 30 * DAY,
            prior: (1.0, 1.0),
            segment_strength: 100.0,
            delay_strength: 2.0,
            arm_delay_strength: 30.0,
            change_ppm: 1_000,
        }
    }
}

/// What is believed of one arm: each lead is worth `payout · θ` with `θ ~ Beta(a, b)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posterior {
    /// Trials of the arm in the segment, each counted once.
    pub trials: u64,
    /// Successes among them, so far.
    pub successes: i64,
    /// Trials after fading, each counted for the share of its success that would have arrived by now.
    pub trials_effective: f64,
    /// Prior and faded successes.
    pub a: f64,
    /// Prior and faded failures; a young trial is hardly one yet.
    pub b: f64,
    /// Mean of what a success pays: micro-units for net revenue, else 1.
    pub payout: f64,
    /// Standard error of that mean.
    pub payout_se: f64,
    /// Expected worth of a lead, in the unit of the payout.
    pub mean_value: f64,
}

impl Posterior {
    /// The payoff that arms are compared by: a payout that is itself uncertain widens the Beta.
    ///
    /// A success in far more than 100,000 trials is compared as one that is just as rare as can be compared.
    pub fn payoff(&self) -> Arm {
        let arm = Arm::with_uncertain_payout(self.a, self.b, self.payout, self.payout_se);
        Arm {
            a: arm.a.clamp(PARAMETER_MIN, PARAMETER_MAX),
            b: arm.b.clamp(PARAMETER_MIN, PARAMETER_MAX),
            payout: arm.payout,
        }
    }
}

/// Sums over an arm's buckets, after fading.
#[derive(Debug, Clone, Copy, Default)]
struct Faded {
    trials: u64,
    successes_seen: i64,
    /// Trials whose success would have arrived.
    matured: f64,
    successes: f64,
    revenue: f64,
    revenue_sq: f64,
}

impl Faded {
    fn plus(self, other: Self) -> Self {
        Self {
            trials: self.trials + other.trials,
            successes_seen: self.successes_seen + other.successes_seen,
            matured: self.matured + other.matured,
            successes: self.successes + other.successes,
            revenue: self.revenue + other.revenue,
            revenue_sq: self.revenue_sq + other.revenue_sq,
        }
    }

    /// Matured trials that are no success.
    fn failures(&self) -> f64 {
        (self.matured - self.successes).max(0.0)
    }
}

/// What is believed of each arm of a node in one segment, as of a moment.
///
/// A pure function: it reads no clock, and an earlier `as_of` leaves out the hours that begin later.
/// - *Delay*: a trial counts for the share of its success that would have arrived at its age, learnt from the successes seen:
///   from all arms of the node, and the more from the arm itself the more it has. A lead that is still
///   pending is not a failure.
/// - *Fading*: a trial's weight halves with each half-life of its hour's age; the prior does not fade.
/// - *Prior*: an arm without trials is believed to be like the node's average arm and as uncertain as one success makes it, the
///   Beta with that mean whose smaller parameter is 1. It is not believed to be better.
/// - *Segments*: the arm's other segments are the prior of this one, for at most `segment_strength` trials.
/// - *Money*: mean revenue of a success, pulled to the node's mean by one success, with its standard error.
///
/// * `arms`: names of the node's arms, shape `(k,)`; the answer has their order.
/// * `as_of`: epoch microseconds.
pub fn posteriors(
    node: &NodeState,
    segment: &str,
    arms: &[&str],
    objective: Objective,
    as_of: i64,
    config: &Config,
) -> Vec<Posterior> {
    let summary = Summary::new(node, arms, objective, as_of, config);
    arms.iter()
        .enumerate()
        .map(|(i, _)| summary.posterior(i, segment, config))
        .collect()
}

/// A node's arms, summed up as of a moment: enough for the posteriors of every segment.
pub(crate) struct Summary<'a> {
    objective: Objective,
    /// For each arm, its sums by segment.
    by_segment: Vec<BTreeMap<&'a str, Faded>>,
    /// For each arm, the sum over its segments.
    by_arm: Vec<Faded>,
    /// The sum over the arms.
    node: Faded,
}

impl<'a> Summary<'a> {
    pub(crate) fn new(
        node: &'a NodeState,
        arms: &[&str],
        objective: Objective,
        as_of: i64,
        config: &Config,
    ) -> Self {
        let delays = node.delays.get(&objective);
        let assumed = Arrival::even(config.window.max(1), config.delay_strength);
        let mut pooled = crate::delay::Delays::default();
        for of_arm in delays.into_iter().flat_map(BTreeMap::values) {
            pooled.merge(of_arm);
        }
        let pooled = assumed.informed_by(&pooled, as_of, BUCKET_WIDTH, f64::INFINITY);
        let mut by_segment = Vec::with_capacity(arms.len());
        for arm in arms {
            let own = delays.and_then(|delays| delays.get(*arm)).map(|delays| {
                pooled.informed_by(delays, as_of, BUCKET_WIDTH, config.arm_delay_strength)
            });
            let arrival = own.as_ref().unwrap_or(&pooled);
            let sums: BTreeMap<&str, Faded> = node
                .segments
                .iter()
                .filter_map(|(segment, arms)| {
                    Some((
                        segment.as_str(),
                        faded(arms.get(*arm)?, objective, arrival, as_of, config),
                    ))
                })
                .collect();
            by_segment.push(sums);
        }
        let by_arm: Vec<Faded> = by_segment
            .iter()
            .map(|sums| sums.values().copied().fold(Faded::default(), Faded::plus))
            .collect();
        let node = by_arm.iter().copied().fold(Faded::default(), Faded::plus);
        Self {
            objective,
            by_segment,
            by_arm,
            node,
        }
    }

    /// What is believed of arm `i` in a segment.
    pub(crate) fn posterior(&self, i: usize, segment: &str, config: &Config) -> Posterior {
        let own = self.by_segment[i].get(segment).copied().unwrap_or_default();
        let others = self.by_segment[i]
            .iter()
            .filter(|(name, _)| **name != segment)
            .fold(Faded::default(), |sum, (_, faded)| sum.plus(*faded));
        let (a, b) = self.rate_prior(config);
        let (a, b) = limited(
            a + others.successes.max(0.0),
            b + others.failures(),
            config.segment_strength.max(a + b),
        );
        let (a, b) = (a + own.successes.max(0.0), b + own.failures());
        let (payout, payout_se) = match self.objective {
            Objective::NetRevenue => self.revenue_per_success(i),
            Objective::Conversions | Objective::Accepted => (1.0, 0.0),
        };
        Posterior {
            trials: own.trials,
            successes: own.successes_seen,
            trials_effective: own.matured,
            a,
            b,
            payout,
            payout_se,
            mean_value: payout * (a / (a + b)),
        }
    }

    /// The Beta with the mean of the node as a whole whose smaller parameter is 1.
    fn rate_prior(&self, config: &Config) -> (f64, f64) {
        let a = config.prior.0.max(1.0) + self.node.successes.max(0.0);
        let b = config.prior.1.max(1.0) + self.node.failures();
        if a < b { (1.0, b / a) } else { (a / b, 1.0) }
    }

    /// Mean revenue of a success of arm `i` and its standard error, in micro-units; at least 0.
    ///
    /// One success at the node's mean, give or take half of it, is mixed in: it matters while the arm
    /// has few, and keeps a payout seen once from counting as known.
    fn revenue_per_success(&self, i: usize) -> (f64, f64) {
        /// What a success pays while none is known; all arms are then alike, so any value does.
        const UNKNOWN: f64 = 1e6;
        const SPREAD: f64 = 0.5;
        let mean = |sums: &Faded| {
            if sums.successes > 0.0 {
                (sums.revenue / sums.successes).max(0.0)
            } else {
                0.0
            }
        };
        let expected = if mean(&self.node) > 0.0 {
            mean(&self.node)
        } else {
            UNKNOWN
        };
        let arm = &self.by_arm[i];
        let n = arm.successes.max(0.0);
        let payout = (expected + arm.revenue) / (1.0 + n);
        let squares = if n > 0.0 {
            (arm.revenue_sq - arm.revenue * arm.revenue / n).max(0.0)
        } else {
            0.0
        };
        let variance = ((SPREAD * expected).powi(2) + squares) / (1.0 + (n - 1.0).max(0.0));
        (payout.max(0.0), (variance / (1.0 + n)).sqrt())
    }
}

/// The Beta with the same mean that counts for at most `strength` trials.
fn limited(a: f64, b: f64, strength: f64) -> (f64, f64) {
    let scale = (strength / (a + b)).min(1.0);
    (a * scale, b * scale)
}

/// Sums the buckets that begin by `as_of`.
fn faded(
    arm: &ArmState,
    objective: Objective,
    arrival: &Arrival,
    as_of: i64,
    config: &Config,
) -> Faded {
    let mut sums = Faded::default();
    for (start, bucket) in arm.buckets.range(..=as_of) {
        let fade = config.half_life.map_or(1.0, |half_life| {
            (-float(as_of.saturating_sub(*start)) / float(half_life.max(1))).exp2()
        });
        let mean_offset = bucket.offsets.checked_div(bucket.trials).unwrap_or(0);
        let age = as_of.saturating_sub(start.saturating_add_unsigned(mean_offset));
        sums = sums.plus(Faded {
            trials: bucket.trials,
            successes_seen: bucket.successes.of(objective),
            matured: fade * count(bucket.trials) * arrival.by(age),
            successes: fade * float(bucket.successes.of(objective)),
            revenue: fade * wide(bucket.revenue),
            revenue_sq: fade * wide(bucket.revenue_sq),
        });
    }
    sums
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a belief needs no more than 15 digits of a sum"
)]
fn wide(sum: i128) -> f64 {
    sum as f64
}

fn float(n: i64) -> f64 {
    wide(n.into())
}

fn count(n: u64) -> f64 {
    wide(n.into())
}

#[cfg(test)]
mod tests;
