//! How arms share the leads when not all of them can be drawn: after a refusal, at a full cap, outside a schedule.
//!
//! Weights follow the chance to be best of *all* arms. Of arms that are hardly ever that, they say nothing: once the best arm is
//! closed, the others would share its leads about evenly. So an allocation says beside its weights how each arm stands to those
//! that are worth less.

use crate::limits::{Limits, keep_within};
use crate::weights::TOTAL_PPM;

/// The parts that all arms have together: as many as a number in JSON holds exactly.
const WHOLE: f64 = 9_007_199_254_740_992.0; // 2⁵³
/// The most that one arm takes of what the arms before it left over, so that many arms in turn have a part at all.
const AHEAD_MAX: f64 = 0.98;

/// Parts of the arms in what they share when another one cannot be drawn, in their order; each at least 1.
///
/// The arm that is worth most takes its chance to be ahead of all others, the next one its chance to be ahead of those after it out of
/// what is left, and so on: whichever arms are closed, the best of the others has about its chance to be the best of them.
///
/// * `ranking`: positions of all arms, the one that is worth most first, shape `(k,)`.
/// * `ahead`: probability that the arm of each rank is worth more than all those after it, shape `(k,)`; that of the last is 1.
/// * `focus`: at least 0; how far chances are sharpened, as in [`weights_ppm`](crate::weights_ppm).
pub(crate) fn parts(ranking: &[usize], ahead: &[f64], focus: f64) -> Vec<u64> {
    let mut parts = vec![1; ranking.len()];
    let mut left = WHOLE;
    for (rank, (&arm, &chance)) in ranking.iter().zip(ahead).enumerate() {
        let taken = if rank + 1 == ranking.len() {
            left
        } else {
            left * sharpened(chance, ranking.len() - rank, focus).min(AHEAD_MAX)
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of 2⁵³ is in range"
        )]
        let part = taken.round() as u64;
        parts[arm] = part.max(1);
        left -= taken;
    }
    parts
}

/// A chance to be ahead of others, sharpened so that one of equals keeps its `1 / n`.
///
/// * `n`: the arm and those that it is compared with.
fn sharpened(chance: f64, n: usize, focus: f64) -> f64 {
    let others = f64::from(u32::try_from(n - 1).unwrap_or(u32::MAX));
    let odds = (others * chance / (1.0 - chance)).powf(focus) / others;
    if odds.is_finite() {
        odds / (1.0 + odds)
    } else {
        1.0
    }
}

/// Integer weights of the arms that can be drawn, in parts per million; they sum to 1,000,000, each at least 1.
///
/// Additive, as all weights: `weight = explore / n + (1 − explore) · part / Σ part`, rounded down, where the heaviest arm takes what
/// that leaves over. Then kept between the floors and ceilings of these arms, or at their floors alone if the ceilings of the arms that
/// are left do not make a whole. Nothing is allocated where there are no limits.
///
/// * `parts`: of the arms that can be drawn, from [`Allocation::rest`](crate::Allocation::rest), shape `(n,)`, n at most a million.
/// * `explore_ppm`: of the node, for all of its arms together; beyond 1,000,000 it is that.
/// * `limits`: of these arms, in their order; none if the node has none.
/// * `weights`: where they are put, shape `(n,)`.
pub fn weights_among(parts: &[u64], explore_ppm: u32, limits: &[Limits], weights: &mut [u32]) {
    let sum = parts
        .iter()
        .map(|part| u128::from(*part))
        .sum::<u128>()
        .max(1);
    let explore = u128::from(explore_ppm.min(TOTAL_PPM));
    let exploit = u128::from(TOTAL_PPM) - explore;
    let n = (parts.len() as u128).max(1);
    let (mut left, mut heaviest) = (i64::from(TOTAL_PPM), 0);
    for (i, &part) in parts.iter().enumerate() {
        let weight = (explore * sum + exploit * n * u128::from(part)) / (n * sum);
        weights[i] = u32::try_from(weight).map_or(TOTAL_PPM, |weight| weight.clamp(1, TOTAL_PPM));
        left -= i64::from(weights[i]);
        if weights[i] > weights[heaviest] {
            heaviest = i;
        }
    }
    if let Some(heaviest) = weights.get_mut(heaviest) {
        *heaviest = u32::try_from(i64::from(*heaviest) + left).unwrap_or(1);
    }
    if !limits.is_empty() {
        let ceilings = limits
            .iter()
            .map(|it| u64::from(it.ceiling_ppm))
            .sum::<u64>();
        let has_ceilings = ceilings >= u64::from(TOTAL_PPM);
        let limits = limits.iter().map(|it| Limits {
            floor_ppm: it.floor_ppm,
            ceiling_ppm: if has_ceilings {
                it.ceiling_ppm
            } else {
                TOTAL_PPM
            },
        });
        keep_within(weights, explore_ppm, limits);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn among(parts: &[u64], explore_ppm: u32, limits: &[Limits]) -> Vec<u32> {
        let mut weights = vec![0; parts.len()];
        weights_among(parts, explore_ppm, limits, &mut weights);
        weights
    }

    #[test]
    fn the_best_of_the_others_takes_the_place_of_a_closed_arm() {
        // The first is surely best, the second ahead of the others three times out of four, the last two are equals.
        let parts = parts(&[2, 0, 1, 3], &[1.0, 0.75, 0.5, 1.0], 1.0);
        assert_eq!(
            among(&[parts[0], parts[1], parts[3]], 0, &[]),
            [750_000, 125_000, 125_000]
        );
        assert_eq!(
            among(&[parts[0], parts[1], parts[3]], 60_000, &[]),
            [725_000, 137_500, 137_500]
        );
        assert_eq!(among(&[parts[1], parts[3]], 0, &[]), [500_000, 500_000]);
    }

    #[test]
    fn equals_stay_equal_however_far_chances_are_sharpened() {
        for focus in [0.0, 1.0, 2.5, 9.0] {
            let parts = parts(&[0, 1, 2], &[1.0 / 3.0, 0.5, 1.0], focus);
            let weights = among(&parts, 0, &[]);
            assert!(
                weights.iter().all(|it| it.abs_diff(333_333) <= 1),
                "{weights:?}"
            );
        }
    }

    #[test]
    fn floors_and_ceilings_hold_among_the_arms_that_are_left() {
        let limit = |floor_ppm, ceiling_ppm| Limits {
            floor_ppm,
            ceiling_ppm,
        };
        let parts = [900, 90, 10];
        assert_eq!(
            among(
                &parts,
                0,
                &[
                    limit(0, 600_000),
                    limit(0, 1_000_000),
                    limit(200_000, 1_000_000)
                ]
            ),
            [600_000, 200_000, 200_000]
        );
        // Two ceilings that make no whole: what must be kept is the floor.
        assert_eq!(
            among(
                &parts[1..],
                0,
                &[limit(0, 400_000), limit(200_000, 400_000)]
            ),
            [800_000, 200_000]
        );
    }

    proptest! {
        #[test]
        fn weights_make_a_whole_and_keep_the_exploration(
            parts in proptest::collection::vec(1..=1_u64 << 53, 1..60), explore_ppm in 0..=TOTAL_PPM,
        ) {
            let weights = among(&parts, explore_ppm, &[]);
            prop_assert_eq!(weights.iter().sum::<u32>(), TOTAL_PPM);
            let n = u32::try_from(parts.len()).unwrap();
            // The heaviest gives what others that have no part must have.
            let floor = (explore_ppm / n).saturating_sub(n).max(1);
            prop_assert!(weights.iter().all(|weight| *weight >= floor));
        }

        #[test]
        fn parts_follow_the_ranking(
            chances in proptest::collection::vec(0.0..=1.0_f64, 0..30), focus in 0.0..4.0_f64,
        ) {
            let ahead: Vec<f64> = chances.into_iter().chain([1.0]).collect();
            let ranking: Vec<usize> = (0..ahead.len()).rev().collect();
            let parts = parts(&ranking, &ahead, focus);
            prop_assert!(parts.iter().all(|part| *part >= 1));
            let sum: u64 = parts.iter().sum();
            prop_assert!(sum.abs_diff(1 << 53) <= 60, "{sum}");
        }
    }
}
