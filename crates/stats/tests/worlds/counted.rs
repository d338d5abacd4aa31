//! What counts of logs say.

use super::at_least;

/// `part` of `of`; 0 of nothing.
pub(crate) fn share(part: u64, of: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "logs are few")]
    let share = part as f64 / of.max(1) as f64;
    share
}

/// Whether `k` of `n` is too far from 95 % for chance alone, at 1 in 1,000, either way.
pub(crate) fn misses_95(k: u64, n: u64) -> bool {
    let above = at_least(k, n, 0.95);
    let below = at_least(n - k, n, 0.05);
    2.0 * above.min(below) < 1e-3
}
