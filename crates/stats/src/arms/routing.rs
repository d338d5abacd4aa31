//! How often an arm is offered a lead where more counts than being the best: ranks, caps, refusals.

use super::{Arm, Error, SUM_TOLERANCE, Start, check, integrate, ranks};

/// A whole in parts per million.
const WHOLE_PPM: u64 = 1_000_000;

/// Probability that each arm gets a lead of which half go to the best and half to the second best.
///
/// * `arms`: shape `(k,)`, k at least 1; a single arm gets all.
///
/// # Errors
///
/// As [`super::best`].
pub fn top_two(arms: &[Arm]) -> Result<Vec<f64>, Error> {
    let ranks = ranks(arms)?;
    Ok(ranks
        .iter()
        .map(|row| 0.5 * (row[0] + row.get(1).unwrap_or(&row[0])))
        .collect())
}

/// Expected share of the leads of each arm when the best ones fill up first, each to its cap.
///
/// `E[min(c_i, (1 − Σ c_j [V_j > V_i])₊)]`, exactly: the sums of caps above an arm are followed as integers. The shares
/// sum to the smaller of 1 and the sum of the caps. An arm that pays nothing gets no share.
///
/// * `arms`: shape `(k,)`, k at least 1.
/// * `caps_ppm`: the most that each arm may take, shape `(k,)`, in millionths of the leads. The time grows with the
///   number of different sums of caps below a whole, at worst `2^(k − 1)`.
///
/// # Errors
///
/// As [`super::best`].
///
/// # Panics
///
/// When there is not one cap for each arm.
pub fn capped_shares(arms: &[Arm], caps_ppm: &[u32]) -> Result<Vec<f64>, Error> {
    assert_eq!(arms.len(), caps_ppm.len(), "one cap for each arm");
    check(arms)?;
    let caps: Vec<u64> = caps_ppm
        .iter()
        .map(|cap| u64::from(*cap).min(WHOLE_PPM))
        .collect();
    let paying = paying(arms);
    let caps_paying: u64 = paying.iter().map(|&i| caps[i]).sum();
    let shares = over_nodes(arms, &paying, |cdf, i| {
        let others = (0..paying.len()).filter(|j| *j != i);
        let above = sums(others.map(|j| (caps[paying[j]], 1.0 - cdf[j])));
        above
            .iter()
            .map(|(sum, probability)| {
                probability * as_part(caps[paying[i]].min(WHOLE_PPM.saturating_sub(*sum)))
            })
            .sum()
    });
    checked(shares, as_part(caps_paying.min(WHOLE_PPM)))
}

/// Probability that each arm gets a lead that is offered to the best first, and after a refusal to the next.
///
/// `q_i ∫ f_i Π_{j≠i} [F_j + (1 − F_j)(1 − q_j)] dm`; what is left of 1 is refused by all. An arm that pays nothing is
/// not asked.
///
/// * `arms`: shape `(k,)`, k at least 1.
/// * `accept`: probability that each arm takes a lead that it is offered, shape `(k,)`, in `[0, 1]`.
///
/// # Errors
///
/// As [`super::best`].
///
/// # Panics
///
/// When there is not one probability for each arm.
pub fn waterfall(arms: &[Arm], accept: &[f64]) -> Result<Vec<f64>, Error> {
    assert_eq!(arms.len(), accept.len(), "one probability for each arm");
    check(arms)?;
    let paying = paying(arms);
    let shares = over_nodes(arms, &paying, |cdf, i| {
        let passes = |j: usize| cdf[j] + (1.0 - cdf[j]) * (1.0 - accept[paying[j]]);
        let others = (0..paying.len()).filter(|j| *j != i);
        accept[paying[i]] * others.map(passes).product::<f64>()
    });
    let refused: f64 = paying.iter().map(|&i| 1.0 - accept[i]).product();
    checked(shares, 1.0 - refused)
}

fn paying(arms: &[Arm]) -> Vec<usize> {
    (0..arms.len()).filter(|&i| arms[i].payout > 0.0).collect()
}

/// The mean of `share` over the value of each arm that pays, given where the others lie.
fn over_nodes(arms: &[Arm], paying: &[usize], share: impl Fn(&[f64], usize) -> f64) -> Vec<f64> {
    let contenders: Vec<Arm> = paying.iter().map(|&i| arms[i]).collect();
    let mut shares = vec![0.0; arms.len()];
    let mut masses = vec![0.0; contenders.len()];
    integrate(&contenders, Start::FromLowest, |node| {
        for (i, &arm) in paying.iter().enumerate() {
            let mass = node.weight * node.density[i];
            if mass > 0.0 {
                shares[arm] += mass * share(node.cdf, i);
                masses[i] += mass;
            }
        }
    });
    // Each density is integrated by the same nodes, so its own error is divided out.
    for (&arm, mass) in paying.iter().zip(&masses) {
        shares[arm] /= mass;
    }
    shares
}

/// The distribution of a sum of amounts that are there with a probability each; what exceeds a whole counts as a whole.
fn sums(parts: impl Iterator<Item = (u64, f64)>) -> Vec<(u64, f64)> {
    let mut sums = vec![(0, 1.0)];
    for (amount, probability) in parts {
        let with = sums
            .iter()
            .map(|(sum, p)| ((sum + amount).min(WHOLE_PPM), p * probability));
        let mut all: Vec<(u64, f64)> = with.collect();
        all.extend(sums.iter().map(|(sum, p)| (*sum, p * (1.0 - probability))));
        all.sort_by_key(|it| it.0);
        all.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        sums = all;
    }
    sums
}

fn checked(shares: Vec<f64>, expected: f64) -> Result<Vec<f64>, Error> {
    let sum: f64 = shares.iter().sum();
    if sum.is_nan() || (sum - expected).abs() >= SUM_TOLERANCE {
        return Err(Error::Sum {
            sum: sum / expected,
        });
    }
    Ok(shares)
}

#[expect(clippy::cast_precision_loss, reason = "at most a million")]
fn as_part(ppm: u64) -> f64 {
    ppm as f64 / 1e6
}
