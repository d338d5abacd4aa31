//! How long successes take, learnt while some are still outstanding.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// Successes by the hour of their trial and by how long they took: integers that add up in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Delays {
    /// Start of the trial's hour in epoch microseconds, then number of the delay step, to successes.
    counts: BTreeMap<i64, BTreeMap<u8, u64>>,
}

impl Delays {
    /// Counts a success `delay` microseconds after a trial in the hour that starts at `hour`.
    pub(crate) fn add(&mut self, hour: i64, delay: i64) {
        *self
            .counts
            .entry(hour)
            .or_default()
            .entry(step(delay))
            .or_default() += 1;
    }

    /// Adds the counts of other trials.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (hour, steps) in &other.counts {
            let into = self.counts.entry(*hour).or_default();
            for (step, count) in steps {
                *into.entry(*step).or_default() += count;
            }
        }
    }

    /// Successes by (step of their delay, last step that has been seen in full by `as_of`), within the window.
    fn observed(&self, as_of: i64, hour_width: i64, window: i64) -> BTreeMap<(u8, u8), u64> {
        let last = step(window.saturating_sub(1));
        let mut observed = BTreeMap::new();
        for (hour, steps) in self.counts.range(..as_of) {
            // The hour's trials are on average this old; those of an hour that still runs are younger.
            let since = as_of.saturating_sub(*hour);
            let age = since - since.min(hour_width) / 2;
            let Some(horizon) = step(age).checked_sub(1) else {
                continue;
            };
            // A step that is half over has its early successes only: counting them would make it look complete.
            let horizon = horizon.min(last);
            for (delay, count) in steps.range(..=horizon) {
                *observed.entry((*delay, horizon)).or_default() += count;
            }
        }
        observed
    }
}

/// The share of successes that have arrived by a given age.
///
/// It rises linearly within a step, and is 1 from the attribution window on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Arrival {
    /// Share that arrives by the end of each step, ascending.
    by_step: Vec<f64>,
    /// Attribution window in microseconds.
    window: i64,
    /// Successes that it rests on, those assumed included.
    weight: f64,
}

impl Arrival {
    /// What is assumed before anything was seen: arrivals spread evenly over the window.
    ///
    /// * `window`: microseconds, above 0.
    /// * `weight`: successes that the assumption is worth.
    pub(crate) fn even(window: i64, weight: f64) -> Self {
        let by_step = (0..=step(window - 1))
            .map(|k| ratio(end(k), window).min(1.0))
            .collect();
        Self {
            by_step,
            window,
            weight,
        }
    }

    /// What `delays` say by `as_of`, mixed with `self` in proportion to the successes behind each.
    ///
    /// * `weight_max`: the most successes that `self` may count for.
    pub(crate) fn informed_by(
        &self,
        delays: &Delays,
        as_of: i64,
        hour_width: i64,
        weight_max: f64,
    ) -> Self {
        let observed = delays.observed(as_of, hour_width, self.window);
        let (seen, n) = (product_limit(&observed), count(observed.values().sum()));
        let prior = self.weight.min(weight_max);
        if n == 0.0 {
            return Self {
                weight: prior,
                ..self.clone()
            };
        }
        let mut below = 0.0;
        let mut by_step = Vec::with_capacity(self.by_step.len());
        for (k, assumed) in self.by_step.iter().enumerate() {
            if let Some(share) = u8::try_from(k).ok().and_then(|k| seen.get(&k)) {
                below = *share;
            }
            by_step.push((n * below + prior * assumed) / (n + prior));
        }
        Self {
            by_step,
            window: self.window,
            weight: n + prior,
        }
    }

    /// The share of successes that have arrived `age` microseconds after the trial, in `[0, 1]`.
    pub(crate) fn by(&self, age: i64) -> f64 {
        if age <= 0 {
            // A success in the same microsecond is possible; a share of 0 would hide the trial.
            return self.by_step[0] * ratio(1, end(0));
        }
        if age >= self.window {
            return 1.0;
        }
        let k = usize::from(step(age));
        let before = if k == 0 { 0.0 } else { self.by_step[k - 1] };
        let (from, to) = (
            if k == 0 { 0 } else { end(step(age) - 1) },
            end(step(age)).min(self.window),
        );
        before + (self.by_step[k] - before) * ratio(age - from, to - from)
    }
}

/// Share of successes with a delay up to each seen step, of those within the longest horizon.
///
/// A success with a long delay is only seen if its trial is old enough. So the shares are found from
/// the longest delay downwards: at each step, how many of those that could be there are.
///
/// * `observed`: (step of the delay, last step that could have been seen) to successes.
///
/// # Source
///
/// Lawless, *Adjustments for Reporting Delays and the Prediction of Occurred but Not Reported Events*, 1994.
fn product_limit(observed: &BTreeMap<(u8, u8), u64>) -> BTreeMap<u8, f64> {
    let mut at_step: BTreeMap<u8, u64> = BTreeMap::new();
    for ((delay, _), count) in observed {
        *at_step.entry(*delay).or_default() += count;
    }
    let mut shares = BTreeMap::new();
    let mut share = 1.0;
    for (step, events) in at_step.iter().rev() {
        shares.insert(*step, share);
        let at_risk: u64 = observed
            .iter()
            .filter(|((delay, horizon), _)| delay <= step && step <= horizon)
            .map(|(_, count)| count)
            .sum();
        share *= 1.0 - count(*events) / count(at_risk);
    }
    shares
}

/// Number of the step that holds a delay: whole seconds up to 4, then four steps to each doubling.
///
/// The grid is fixed for all time: counts made by different releases must add up.
fn step(delay: i64) -> u8 {
    let seconds = u64::try_from(delay / SECOND).unwrap_or(0);
    if seconds < 4 {
        return u8::try_from(seconds).unwrap_or(0);
    }
    let doubling = seconds.ilog2();
    let quarter = (seconds >> (doubling - 2)) & 3;
    u8::try_from(u64::from(4 * (doubling - 1)) + quarter).unwrap_or(u8::MAX)
}

/// Where a step ends, in microseconds; the next begins there.
fn end(step: u8) -> i64 {
    let next = u32::from(step) + 1;
    let seconds = if next < 4 {
        i64::from(next)
    } else {
        (i64::from(4 + next % 4)) << (next / 4 - 1)
    };
    seconds.saturating_mul(SECOND)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "times and counts stay far below 2⁵³, or need no more digits"
)]
fn ratio(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2⁵³")]
fn count(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests;
