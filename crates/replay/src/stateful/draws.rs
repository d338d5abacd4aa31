//! Numbers that stand for chance: functions of a seed and of what is drawn for, so that two flows meet the same fate.

/// A number in `[0, 1)`.
///
/// # Source
///
/// `SplitMix64`: Steele, Lea, Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
pub(super) fn unit(seed: u64, what: [u64; 3]) -> f64 {
    let mixed = what
        .into_iter()
        .fold(mix(seed), |state, part| mix(state ^ mix(part)));
    (mixed >> 11) as f64 / 9_007_199_254_740_992.0 // 2⁵³
}

/// A position below `n`, which is above 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "positions are far below 2^53, and the floor is in range"
)]
pub(super) fn below(n: usize, seed: u64, what: [u64; 3]) -> usize {
    let position = (unit(seed, what) * n as f64) as usize;
    position.min(n - 1)
}

fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_even_and_repeat() {
        let n = 100_000_u64;
        let mean = (0..n).map(|lead| unit(7, [lead, 3, 1])).sum::<f64>() / 100_000.0;
        // Five standard errors of a mean of even numbers.
        assert!((mean - 0.5).abs() < 5.0 * 0.289 / 316.0, "{mean}");
        assert_eq!(unit(7, [1, 2, 3]).to_bits(), unit(7, [1, 2, 3]).to_bits());
        assert_ne!(unit(7, [1, 2, 3]).to_bits(), unit(8, [1, 2, 3]).to_bits());
        let mut counts = [0_u64; 3];
        for lead in 0..30_000 {
            counts[below(3, 1, [lead, 0, 0])] += 1;
        }
        assert!(
            counts.iter().all(|count| count.abs_diff(10_000) < 410),
            "{counts:?}"
        );
    }
}
