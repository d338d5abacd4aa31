//! Floors and ceilings of weights: the least and the most that an arm may have.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::weights::TOTAL_PPM;

/// Between which weights an arm stays, in parts per million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The least weight.
    pub floor_ppm: u32,
    /// The most; at least the floor.
    pub ceiling_ppm: u32,
}

impl Default for Limits {
    /// Any weight.
    fn default() -> Self {
        Self {
            floor_ppm: 0,
            ceiling_ppm: TOTAL_PPM,
        }
    }
}

/// Moves weights between their floors and ceilings, exactly: they still sum to 1,000,000.
///
/// Arms that are held at neither end keep their proportions to each other: an arm has `clamp(λ · weight, floor, ceiling)` with the
/// one λ that makes the sum right. What rounding down leaves over goes to the largest remainders, earlier arms first. Weights that
/// are within their limits stay as they are, so that a second time changes nothing. Limits that cannot be kept together change nothing
/// either; a checked flow has none.
///
/// * `weights`: shape `(k,)`, summing to 1,000,000, each at least 1.
/// * `explore_ppm`: exploration of all arms together; no arm falls below its part of it.
/// * `limits`: one for each weight, in their order.
pub fn keep_within(
    weights: &mut [u32],
    explore_ppm: u32,
    limits: impl ExactSizeIterator<Item = Limits>,
) {
    let n = u32::try_from(weights.len()).unwrap_or(u32::MAX).max(1);
    let explored = (explore_ppm.min(TOTAL_PPM) / n).max(1);
    let ranges: Vec<Range> = limits
        .zip(weights.iter())
        .map(|(limits, weight)| Range {
            weight: *weight,
            floor: limits.floor_ppm.max(explored),
            ceiling: limits.ceiling_ppm,
        })
        .collect();
    let sum = |of: fn(&Range) -> u32| ranges.iter().map(|it| u64::from(of(it))).sum::<u64>();
    let can_be_kept = ranges
        .iter()
        .all(|it| it.weight > 0 && it.floor <= it.ceiling)
        && sum(|it| it.floor) <= u64::from(TOTAL_PPM)
        && sum(|it| it.ceiling) >= u64::from(TOTAL_PPM);
    if !can_be_kept || ranges.iter().all(Range::holds) || ranges.len() != weights.len() {
        return;
    }
    for (weight, kept) in weights.iter_mut().zip(levelled(&ranges)) {
        *weight = kept;
    }
}

/// One arm's weight and what it may become.
#[derive(Debug, Clone, Copy)]
struct Range {
    weight: u32,
    floor: u32,
    ceiling: u32,
}

impl Range {
    fn holds(&self) -> bool {
        (self.floor..=self.ceiling).contains(&self.weight)
    }
}

/// A factor of weights, as a fraction of integers.
#[derive(Debug, Clone, Copy)]
struct Factor {
    of: u64,
    over: u64,
}

impl Factor {
    fn compare(self, other: Self) -> Ordering {
        (u128::from(self.of) * u128::from(other.over))
            .cmp(&(u128::from(other.of) * u128::from(self.over)))
    }
}

/// The weights with the factor that makes their sum right.
fn levelled(ranges: &[Range]) -> Vec<u32> {
    // Between two neighbouring ones, the same arms are held at their floors, at their ceilings, and at neither.
    let mut factors: Vec<Factor> = ranges
        .iter()
        .flat_map(|it| {
            let over = u64::from(it.weight);
            [it.floor, it.ceiling].map(|end| Factor {
                of: u64::from(end),
                over,
            })
        })
        .collect();
    factors.sort_unstable_by(|a, b| a.compare(*b));
    // The sum never falls when the factor grows: the last one at which it is no more than all.
    let reached = factors.partition_point(|factor| is_at_most_all(ranges, *factor));
    let from = factors[reached.saturating_sub(1)];
    let place = |it: &Range| {
        let over = u64::from(it.weight);
        if from.compare(Factor {
            of: u64::from(it.ceiling),
            over,
        }) != Ordering::Less
        {
            Some(it.ceiling)
        } else if from.compare(Factor {
            of: u64::from(it.floor),
            over,
        }) == Ordering::Less
        {
            Some(it.floor)
        } else {
            None
        }
    };
    let held: Vec<Option<u32>> = ranges.iter().map(place).collect();
    let taken: u64 = held.iter().flatten().map(|it| u64::from(*it)).sum();
    let rest = u64::from(TOTAL_PPM).saturating_sub(taken);
    let free = ranges.iter().zip(&held).filter(|(_, held)| held.is_none());
    let whole: u64 = free.map(|(it, _)| u64::from(it.weight)).sum::<u64>().max(1);
    let mut kept: Vec<u32> = ranges
        .iter()
        .zip(&held)
        .map(|(it, held)| {
            held.unwrap_or_else(|| {
                u32::try_from(rest * u64::from(it.weight) / whole).unwrap_or(TOTAL_PPM)
            })
        })
        .collect();
    let mut by_remainder: Vec<usize> = (0..ranges.len()).filter(|i| held[*i].is_none()).collect();
    by_remainder.sort_by_key(|i| std::cmp::Reverse(rest * u64::from(ranges[*i].weight) % whole));
    let left_over = TOTAL_PPM.saturating_sub(kept.iter().sum());
    for i in by_remainder.into_iter().take(left_over as usize) {
        kept[i] += 1;
    }
    kept
}

/// Whether the weights with a factor, each held within its limits, sum to at most a million.
fn is_at_most_all(ranges: &[Range], factor: Factor) -> bool {
    // Over the common denominator of the factor: exact.
    let over = u128::from(factor.over);
    let sum: u128 = ranges
        .iter()
        .map(|it| {
            let (floor, ceiling) = (u128::from(it.floor) * over, u128::from(it.ceiling) * over);
            (u128::from(it.weight) * u128::from(factor.of)).clamp(floor, ceiling)
        })
        .sum();
    sum <= u128::from(TOTAL_PPM) * over
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::weights::apportion;

    fn within(floor_ppm: u32, ceiling_ppm: u32) -> Limits {
        Limits {
            floor_ppm,
            ceiling_ppm,
        }
    }

    fn kept(weights: &[u32], explore_ppm: u32, limits: &[Limits]) -> Vec<u32> {
        let mut weights = weights.to_vec();
        keep_within(&mut weights, explore_ppm, limits.iter().copied());
        weights
    }

    #[test]
    fn arms_at_neither_end_keep_their_proportions() {
        let any = Limits::default();
        let weights = [900_000, 60_000, 40_000];
        // 100,000 parts go from the first to the others, three to two.
        assert_eq!(
            kept(&weights, 0, &[within(0, 800_000), any, any]),
            [800_000, 120_000, 80_000]
        );
        assert_eq!(
            kept(&weights, 0, &[any, any, within(100_000, 1_000_000)]),
            [843_750, 56_250, 100_000]
        );
        assert_eq!(
            kept(&weights, 0, &[within(0, 500_000), any, within(0, 150_000)]),
            [500_000, 350_000, 150_000]
        );
    }

    #[test]
    fn an_arm_keeps_its_part_of_the_exploration_whatever_the_others_are_held_to() {
        let any = Limits::default();
        let weights = [970_000, 15_000, 15_000];
        let limits = [any, within(500_000, 1_000_000), any];
        assert_eq!(kept(&weights, 45_000, &limits), [485_000, 500_000, 15_000]);
    }

    #[test]
    fn limits_that_cannot_be_kept_together_change_nothing() {
        let weights = [700_000, 300_000];
        for limits in [
            [within(600_000, 1_000_000), within(600_000, 1_000_000)],
            [within(0, 400_000), within(0, 400_000)],
            [within(500_000, 400_000), Limits::default()],
        ] {
            assert_eq!(kept(&weights, 0, &limits), weights);
        }
        assert_eq!(kept(&[], 0, &[]), Vec::<u32>::new());
    }

    /// Weights, an exploration, and limits that can be kept together: made around a point that keeps them.
    fn any_limits() -> impl Strategy<Value = (Vec<u32>, u32, Vec<Limits>)> {
        let arm = (
            1_u128..1_000_000_000,
            1_u128..1_000_000_000,
            0_u32..=1_000_000,
            0_u32..=1_000_000,
            0..4_u8,
        );
        (proptest::collection::vec(arm, 1..20), 0_u32..=1_000_000).prop_map(|(arms, explore)| {
            let weights = apportion(&arms.iter().map(|arm| arm.0).collect::<Vec<_>>());
            let point = apportion(&arms.iter().map(|arm| arm.1).collect::<Vec<_>>());
            let n = u32::try_from(arms.len()).unwrap();
            let limits = arms.iter().zip(&point).map(|(arm, point)| match arm.4 {
                0 => Limits::default(),
                1 => within(arm.2.min(*point), TOTAL_PPM),
                2 => within(0, arm.3.max(*point)),
                _ => within(arm.2.min(*point), arm.3.max(*point)),
            });
            let least = *point.iter().min().unwrap();
            (weights, (explore % least.max(1)) * n, limits.collect())
        })
    }

    proptest! {
        #[test]
        fn limits_are_kept_exactly_and_once_is_enough((weights, explore, limits) in any_limits()) {
            let kept = kept(&weights, explore, &limits);
            prop_assert_eq!(kept.iter().sum::<u32>(), TOTAL_PPM);
            let explored = (explore / u32::try_from(weights.len()).unwrap()).max(1);
            for (weight, it) in kept.iter().zip(&limits) {
                prop_assert!((it.floor_ppm.max(explored)..=it.ceiling_ppm).contains(weight), "{kept:?}");
            }
            prop_assert_eq!(&self::kept(&kept, explore, &limits), &kept);
            // Of two arms that are held at neither end, the one with more before has no less now.
            let free = |i: usize| kept[i] > limits[i].floor_ppm.max(explored) && kept[i] < limits[i].ceiling_ppm;
            for i in (0..kept.len()).filter(|i| free(*i)) {
                for j in (0..kept.len()).filter(|j| free(*j)) {
                    let (one, other) = (u64::from(kept[i]) * u64::from(weights[j]), u64::from(kept[j]) * u64::from(weights[i]));
                    let slack = u64::from(weights[i]) + u64::from(weights[j]);
                    prop_assert!(one.abs_diff(other) <= slack, "{i} {j} {kept:?} of {weights:?}");
                }
            }
        }
    }
}
