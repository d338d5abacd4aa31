//! Whether the payments of a log are such that a few of them decide everything.

use crate::weighted::tails::Powers;

/// Payments that a log of lognormal ones must have by skewness: below, the largest that come are not among those seen.
const LOGNORMAL_MIN: f64 = 4.0;
/// Payments by skewness that are enough whatever they look like.
const PAYMENTS_ENOUGH: f64 = 100.0;
/// The sizes of rewards in the log.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Payments {
    powers: Powers,
    ln: f64,
    ln_squared: f64,
}

impl Payments {
    pub(crate) fn add(&mut self, reward: f64) {
        if reward > 0.0 {
            self.powers.add(reward);
            let ln = reward.ln();
            self.ln += ln;
            self.ln_squared += ln * ln;
        }
    }

    /// Whether a few of them outweigh all others, seen or not.
    ///
    /// The third moment of heavy payments is that of the largest ones, and the largest are rare: by what was seen of
    /// them alone, a log without any looks harmless. Their logarithms tell how heavy they are by all of them. Lognormal
    /// ones with variance s² are n · exp(−3 s²) equal ones by skewness.
    pub(crate) fn are_top_heavy(&self) -> bool {
        let n = self.powers.n();
        if n <= 0.0 {
            return false;
        }
        let mean = self.ln / n;
        let variance = (self.ln_squared / n - mean * mean).max(0.0);
        n * (-3.0 * variance).exp() < LOGNORMAL_MIN
            && self.powers.count_by_skewness() < PAYMENTS_ENOUGH
    }
}
