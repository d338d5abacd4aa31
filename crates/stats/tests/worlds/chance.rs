//! Chance for worlds, and what may be chance in what is found in them.

use pointsman_stats::beta;

/// Uniform numbers.
///
/// # Source
///
/// Steele, Lea, Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014 (`SplitMix64`).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        z >> 11
    }

    pub(crate) fn next(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let numerator = self.bits() as f64;
        numerator / 9_007_199_254_740_992.0
    }

    pub(crate) fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.next(), std::f64::consts::TAU * self.next());
        (-2.0 * radius.ln()).sqrt() * angle.cos()
    }
}

/// The seed of one log of one cell: far from those of all others.
pub(crate) fn seed(cell: u64, log: u64) -> u64 {
    let mut chance = Chance(cell.wrapping_mul(0x0005_deec_e66d).wrapping_add(log << 20));
    chance.bits()
}

pub(crate) fn share(part: u64, of: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "logs are few")]
    let share = part as f64 / of.max(1) as f64;
    share
}

/// Probability of at least `k` in `n` tries that each hit with probability `p`.
pub(crate) fn at_least(k: u64, n: u64, p: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "logs are few")]
    let [k, n] = [k as f64, n as f64];
    if k <= 0.0 {
        1.0
    } else if k > n {
        0.0
    } else {
        beta::Beta::new(k, n - k + 1.0)
            .tails(beta::Fraction::new(p))
            .lower
    }
}

/// Whether `k` of `n` is too far from 95 % for chance alone, at 1 in 1,000, either way.
pub(crate) fn misses_95(k: u64, n: u64) -> bool {
    let above = at_least(k, n, 0.95);
    let below = at_least(n - k, n, 0.05);
    2.0 * above.min(below) < 1e-3
}
