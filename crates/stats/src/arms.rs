//! Which of several uncertain payoffs is the largest, and with what probability: exactly, not by draws.

mod panels;
mod routing;

use thiserror::Error;

use crate::beta::{Beta, Fraction};
use crate::legendre::Rule;
use panels::{Panels, Start};

pub use routing::{capped_shares, top_two, waterfall};

/// Nodes per panel: with panels of half a standard deviation this reaches double precision.
const ORDER: usize = 12;

/// How far from 1 the probabilities may sum before the integral counts as failed.
const SUM_TOLERANCE: f64 = 1e-9;

/// Smallest parameter of a Beta: beyond the range nothing was checked against other software.
pub const PARAMETER_MIN: f64 = 1e-3;
/// Largest parameter of a Beta.
pub const PARAMETER_MAX: f64 = 1e9;

/// A payoff of which only the scale is known: `payout · θ` with `θ ~ Beta(a, b)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arm {
    /// First parameter of the Beta, in `[1e-3, 1e9]`: prior count and successes.
    pub a: f64,
    /// Second parameter, in `[1e-3, 1e9]`: prior count and failures.
    pub b: f64,
    /// What a success pays, in any unit common to the arms; finite and at least 0.
    pub payout: f64,
}

impl Arm {
    /// The arm with the mean and the variance of `μ · θ`, where the payout `μ` is itself uncertain.
    ///
    /// Matching moments moves the probabilities by at most 0.0015 in the cases studied; taking the
    /// payout as known moves them by 0.017.
    ///
    /// * `a`, `b`: of `θ ~ Beta(a, b)`, above 0.
    /// * `payout`, `payout_se`: mean and standard error of `μ`, in the same unit; at least 0.
    pub fn with_uncertain_payout(a: f64, b: f64, payout: f64, payout_se: f64) -> Self {
        let beta = Beta::new(a, b);
        let (mean, variance) = (beta.mean(), beta.variance());
        let relative = if payout > 0.0 {
            (payout_se / payout).powi(2)
        } else {
            0.0
        };
        if relative == 0.0 {
            return Self { a, b, payout };
        }
        let variance = variance + relative * (mean * mean + variance);
        let spread = mean * (1.0 - mean);
        // A Beta cannot vary more than a coin with its mean; a payout that vague is as good as unknown.
        let size = (spread / variance - 1.0).max(PARAMETER_MIN / mean.min(1.0 - mean));
        Self {
            a: mean * size,
            b: (1.0 - mean) * size,
            payout,
        }
    }

    /// Expected payoff, `payout · a / (a + b)`.
    pub fn mean(&self) -> f64 {
        self.payout * (self.a / (self.a + self.b))
    }
}

/// Why arms cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// There was no arm.
    #[error("there is no arm, but one is needed to be best")]
    Empty,
    /// A Beta parameter out of range.
    #[error("arm {arm} is Beta({a}, {b}), but parameters lie in [1e-3, 1e9]")]
    Parameter {
        /// Position of the first bad arm.
        arm: usize,
        /// Its first parameter.
        a: f64,
        /// Its second parameter.
        b: f64,
    },
    /// A payout that is negative, infinite or not a number.
    #[error("arm {arm} pays {payout}, but payouts are finite and not negative")]
    Payout {
        /// Position of the first bad arm.
        arm: usize,
        /// The bad payout.
        payout: f64,
    },
    /// The integral failed its own check.
    #[error("the probabilities sum to {sum}, but should to 1 within 1e-9")]
    Sum {
        /// What they sum to.
        sum: f64,
    },
}

/// What is known about the largest of several payoffs.
#[derive(Debug, Clone, PartialEq)]
pub struct Best {
    /// Probability that each arm has the largest payoff, shape `(k,)`; they sum to 1.
    pub probabilities: Vec<f64>,
    /// Expectation of the largest payoff, in the unit of the payouts.
    pub expected_max: f64,
    /// What choosing each arm forgoes on average, shape `(k,)`, in the unit of the payouts; at least 0.
    pub expected_loss: Vec<f64>,
}

/// Probability that each arm is the best, with the expected maximum and each arm's expected loss.
///
/// One integral over the value of the maximum, `P_i = ∫ f_i(m) Π_{j≠i} F_j(m) dm`, on panels that follow the
/// quantiles of every arm; absolute error below 1e-12. Draws would need 10²⁰ of them. An arm that pays
/// nothing never wins against one that pays; if none pays, all are equal.
///
/// * `arms`: shape `(k,)`, k at least 1; a few microseconds to a fraction of a millisecond for k up to 8.
///
/// # Errors
///
/// [`Error::Empty`] for no arm; [`Error::Parameter`] and [`Error::Payout`] for the first one out of
/// range; [`Error::Sum`] if the integral failed its own check, which no known input makes it do.
///
/// # Example
///
/// ```
/// use pointsman_stats::arms::{self, Arm};
///
/// let arms = [Arm { a: 121.0, b: 2281.0, payout: 1.0 }, Arm { a: 166.0, b: 2216.0, payout: 1.0 }];
/// let best = arms::best(&arms)?;
/// assert!((best.probabilities[1] - 0.997_611_939_254_151_2).abs() < 1e-12);
/// # Ok::<(), arms::Error>(())
/// ```
///
/// # Source
///
/// Scott, *A modern Bayesian look at the multi-armed bandit*, 2010, for the integral; the quadrature is our own.
pub fn best(arms: &[Arm]) -> Result<Best, Error> {
    check(arms)?;
    let paying: Vec<usize> = (0..arms.len()).filter(|&i| arms[i].payout > 0.0).collect();
    let (mut probabilities, mut expected_max) = (vec![0.0; arms.len()], 0.0);
    match paying.as_slice() {
        [] => probabilities.fill(1.0 / count(arms.len())),
        [only] => {
            probabilities[*only] = 1.0;
            expected_max = arms[*only].mean();
        }
        _ => {
            let contenders: Vec<Arm> = paying.iter().map(|&i| arms[i]).collect();
            let (shares, max) = largest(&contenders)?;
            expected_max = max;
            for (&i, share) in paying.iter().zip(shares) {
                probabilities[i] = share;
            }
        }
    }
    // The maximum is no smaller than any mean; rounding must not make a loss negative.
    let expected_loss = arms
        .iter()
        .map(|arm| (expected_max - arm.mean()).max(0.0))
        .collect();
    Ok(Best {
        probabilities,
        expected_max,
        expected_loss,
    })
}

/// Probability of each rank of each arm: row i holds arm i, column 0 the best rank; rows and columns sum to 1.
///
/// Arms that pay nothing share the last ranks equally.
///
/// * `arms`: shape `(k,)`, k at least 1; the cost grows with k³, so a hundred arms take seconds.
///
/// # Errors
///
/// As [`best`].
pub fn ranks(arms: &[Arm]) -> Result<Vec<Vec<f64>>, Error> {
    check(arms)?;
    let k = arms.len();
    let paying: Vec<usize> = (0..k).filter(|&i| arms[i].payout > 0.0).collect();
    let contenders: Vec<Arm> = paying.iter().map(|&i| arms[i]).collect();
    let mut rows = vec![vec![0.0; k]; k];
    integrate(&contenders, Start::FromLowest, |node| {
        for (i, &arm) in paying.iter().enumerate() {
            let mass = node.weight * node.density[i];
            if mass > 0.0 {
                for (rank, probability) in above(node.cdf, i).into_iter().enumerate() {
                    rows[arm][rank] += mass * probability;
                }
            }
        }
    });
    for &arm in &paying {
        normalise(&mut rows[arm])?;
    }
    let idle = count(k - paying.len());
    for arm in (0..k).filter(|&i| arms[i].payout == 0.0) {
        rows[arm][paying.len()..].fill(1.0 / idle);
    }
    Ok(rows)
}

/// Distribution of how many arms other than `i` lie above a value, given each arm's probability to lie below.
fn above(cdf: &[f64], i: usize) -> Vec<f64> {
    let mut counts = vec![1.0];
    for (_, below) in cdf.iter().enumerate().filter(|(j, _)| *j != i) {
        counts.push(0.0);
        for n in (0..counts.len()).rev() {
            let one_fewer = if n > 0 { counts[n - 1] } else { 0.0 };
            counts[n] = counts[n] * below + one_fewer * (1.0 - below);
        }
    }
    counts
}

fn check(arms: &[Arm]) -> Result<(), Error> {
    let in_range = |parameter: f64| (PARAMETER_MIN..=PARAMETER_MAX).contains(&parameter);
    if arms.is_empty() {
        return Err(Error::Empty);
    }
    for (i, &Arm { a, b, payout }) in arms.iter().enumerate() {
        if !in_range(a) || !in_range(b) {
            return Err(Error::Parameter { arm: i, a, b });
        }
        if !(payout >= 0.0 && payout.is_finite()) {
            return Err(Error::Payout { arm: i, payout });
        }
    }
    Ok(())
}

/// Probability of each arm to be largest, and the expected maximum; all arms pay.
fn largest(arms: &[Arm]) -> Result<(Vec<f64>, f64), Error> {
    let mut probabilities = vec![0.0; arms.len()];
    let mut expected_max = 0.0;
    let mut after = vec![1.0; arms.len() + 1];
    integrate(arms, Start::WhereAllCanLose, |node| {
        for i in (0..arms.len()).rev() {
            after[i] = after[i + 1] * node.cdf[i];
        }
        let mut before = node.weight;
        for i in 0..arms.len() {
            let mass = before * node.density[i] * after[i + 1];
            probabilities[i] += mass;
            expected_max += mass * node.value;
            before *= node.cdf[i];
        }
    });
    normalise(&mut probabilities)?;
    Ok((probabilities, expected_max))
}

/// Divides by the sum, which must already be 1 but for rounding.
fn normalise(probabilities: &mut [f64]) -> Result<(), Error> {
    let sum: f64 = probabilities.iter().sum();
    if sum.is_nan() || (sum - 1.0).abs() >= SUM_TOLERANCE {
        return Err(Error::Sum { sum });
    }
    for probability in probabilities {
        *probability /= sum;
    }
    Ok(())
}

/// One point of the integral over the payoff.
struct Node<'a> {
    /// The payoff itself.
    value: f64,
    /// Measure of the point.
    weight: f64,
    /// Density of each arm here.
    density: &'a [f64],
    /// Probability of each arm to lie below.
    cdf: &'a [f64],
}

/// Visits the nodes of all panels, in ascending order of the payoff.
fn integrate(arms: &[Arm], start: Start, mut visit: impl FnMut(&Node<'_>)) {
    let rule = Rule::<ORDER>::new();
    let panels = Panels::new(arms, start);
    let betas = panels.betas();
    let mut carried = panels.cdf_at_start();
    let mut densities = vec![[0.0; ORDER]; arms.len()];
    let mut cdfs = vec![[0.0; ORDER]; arms.len()];
    let (mut density, mut cdf) = (vec![0.0; arms.len()], vec![0.0; arms.len()]);
    for panel in panels.iter() {
        let points = rule.nodes.map(|x| panel.point(x));
        for j in 0..arms.len() {
            if panel.is_above(j) {
                // Exactly 1: what was carried may have lost the last digit.
                (carried[j], densities[j], cdfs[j]) = (1.0, [0.0; ORDER], [1.0; ORDER]);
            } else if panel.is_below(j) {
                (densities[j], cdfs[j]) = ([0.0; ORDER], [carried[j]; ORDER]);
            } else {
                densities[j] = points.map(|point| panel.density(j, &betas[j], point));
                cdfs[j] = rule.running.map(|row| {
                    (carried[j] + panel.half_width() * dot(&row, &densities[j])).min(1.0)
                });
                carried[j] =
                    (carried[j] + panel.half_width() * dot(&rule.weights, &densities[j])).min(1.0);
            }
        }
        for (r, point) in points.iter().enumerate() {
            for j in 0..arms.len() {
                (density[j], cdf[j]) = (densities[j][r], cdfs[j][r]);
            }
            visit(&Node {
                value: panel.value(*point),
                weight: panel.half_width() * rule.weights[r],
                density: &density,
                cdf: &cdf,
            });
        }
    }
}

fn dot(a: &[f64; ORDER], b: &[f64; ORDER]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).expect("arms are few"))
}

#[cfg(test)]
mod tests;
