//! Turns shares into the integer weights that draws use: parts per million that sum to a million.

/// What the weights of one bandit sum to: a million parts.
pub const TOTAL_PPM: u32 = 1_000_000;

/// Integer weights in the proportions of `shares`, summing to [`TOTAL_PPM`] with each at least 1.
///
/// Largest remainders get what rounding down leaves over, earlier arms first on ties. An arm that
/// would round to 0 takes one part from the heaviest: an eligible arm must have a propensity above 0.
///
/// * `shares`: one per arm, shape `(k,)`, any common unit, each at most 2^64; all zero means equal shares.
///
/// # Panics
///
/// For more than a million arms: they cannot all have a part.
pub fn apportion(shares: &[u128]) -> Vec<u32> {
    assert!(
        shares.len() <= TOTAL_PPM as usize,
        "at most a million arms share a million parts"
    );
    let sum: u128 = shares.iter().sum();
    if sum == 0 {
        return if shares.is_empty() {
            Vec::new()
        } else {
            apportion(&vec![1; shares.len()])
        };
    }
    let parts = |share: u128| share * u128::from(TOTAL_PPM);
    let mut weights: Vec<u32> = shares
        .iter()
        .map(|&share| {
            u32::try_from(parts(share) / sum).expect("a part of a million fits in 32 bits")
        })
        .collect();
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse(parts(shares[i]) % sum));
    let left_over = TOTAL_PPM - weights.iter().sum::<u32>();
    for &i in by_remainder.iter().take(left_over as usize) {
        weights[i] += 1;
    }
    for i in 0..weights.len() {
        if weights[i] == 0 {
            let heaviest = heaviest(&weights);
            weights[heaviest] -= 1;
            weights[i] = 1;
        }
    }
    weights
}

/// Position of the first of the largest weights.
fn heaviest(weights: &[u32]) -> usize {
    let mut best = 0;
    for (i, weight) in weights.iter().enumerate() {
        if *weight > weights[best] {
            best = i;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn thirds_give_the_odd_part_to_the_first() {
        assert_eq!(apportion(&[1, 1, 1]), [333_334, 333_333, 333_333]);
    }

    #[test]
    fn an_arm_without_a_share_keeps_one_part() {
        assert_eq!(apportion(&[0, 5, 0]), [1, 999_998, 1]);
    }

    #[test]
    fn nothing_to_go_by_means_equal_shares() {
        assert_eq!(apportion(&[0, 0]), [500_000, 500_000]);
        assert_eq!(apportion(&[]), Vec::<u32>::new());
    }

    proptest! {
        #[test]
        fn weights_sum_to_a_million_and_stay_near_their_share(
            shares in proptest::collection::vec(0_u128..=u128::from(u64::MAX), 1..120),
        ) {
            let weights = apportion(&shares);
            prop_assert_eq!(weights.iter().sum::<u32>(), TOTAL_PPM);
            prop_assert!(weights.iter().all(|weight| *weight >= 1));
            let sum: u128 = shares.iter().sum();
            if let Some(sum) = (sum > 0).then_some(sum) {
                for (weight, share) in weights.iter().zip(&shares) {
                    let floor = share * u128::from(TOTAL_PPM) / sum;
                    // The heaviest may give one part to each arm that rounds to 0.
                    prop_assert!(u128::from(*weight) + shares.len() as u128 >= floor);
                    prop_assert!(u128::from(*weight) <= floor + 1);
                }
            }
        }
    }
}
