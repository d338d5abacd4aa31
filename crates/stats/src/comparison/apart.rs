//! The contribution of one lead to the difference of two policies.

use crate::weighted::{self, Step};

/// Weights and rewards nearer than this, as a share, are the same: what is left is rounding.
pub(super) const ROUNDING: f64 = 1e-9;

/// The contribution of one lead to the difference of two policies.
pub(super) struct Apart {
    /// Weighted rewards of the one minus those of the other.
    pub(super) value: f64,
    /// Most by which a weight of the one is above that of the other.
    pub(super) gain: f64,
    /// Most by which it is below.
    pub(super) loss: f64,
    /// What the lead brought in the log, rewards and returns alike.
    pub(super) reward: f64,
}

pub(super) fn apart(candidate: &[Step], baseline: &[Step]) -> Apart {
    let weight = |steps: &[Step], k: usize| {
        let step = steps.get(k).or(steps.last());
        step.map_or(1.0, |step| step.weight)
    };
    let reward = |steps: &[Step], k: usize| steps.get(k).map_or(0.0, |step| step.reward);
    let mut found = Apart {
        value: 0.0,
        gain: 0.0,
        loss: 0.0,
        reward: 0.0,
    };
    for k in 0..candidate.len().max(baseline.len()) {
        let [(of_candidate, paid), (of_baseline, also)] =
            [candidate, baseline].map(|steps| (weight(steps, k), reward(steps, k)));
        let more = unless_rounding(of_candidate, of_baseline);
        found.gain = found.gain.max(more);
        found.loss = found.loss.max(-more);
        found.value += unless_rounding(of_candidate * paid, of_baseline * also);
        found.reward += paid.abs().max(also.abs());
    }
    found
}

/// A difference, or 0 where it is nothing but rounding.
fn unless_rounding(a: f64, b: f64) -> f64 {
    let difference = a - b;
    if difference.abs() <= ROUNDING * a.abs().max(b.abs()) {
        0.0
    } else {
        difference
    }
}

/// Weighted rewards, and weighted returns as what they take away.
pub(super) fn signed_value(steps: &[Step]) -> [f64; 2] {
    let value = weighted::value(steps);
    [value.max(0.0), (-value).max(0.0)]
}

pub(super) fn most_weight(steps: &[Step]) -> f64 {
    let weights = steps.iter().map(|step| step.weight);
    if steps.is_empty() {
        1.0
    } else {
        weights.fold(0.0, f64::max)
    }
}
