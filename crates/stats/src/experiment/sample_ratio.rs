//! Whether arms got the units that they should have got. A split that is broken makes every other number wrong.

use super::{Error, count, finite};
use crate::chi_square;
use crate::gamma::stirling_error;

mod changing;

pub use changing::ChangingSplit;

/// Below this p-value a split is called broken: units are many, and so are experiments.
pub const ALARM: f64 = 1e-3;

/// A test of counts against what they should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitTest {
    /// How far the counts are off, in squared standard deviations.
    pub chi_square: f64,
    /// How many arms could differ: one less than there are.
    pub degrees_of_freedom: u64,
    /// Probability of being as far off by chance.
    pub p: f64,
}

impl SplitTest {
    fn new(chi_square: f64, degrees_of_freedom: u64) -> Result<Self, Error> {
        finite(chi_square)?;
        Ok(Self {
            chi_square,
            degrees_of_freedom,
            p: chi_square::upper_tail(chi_square, count(degrees_of_freedom)),
        })
    }
}

/// The positive weights as shares, beside their counts.
fn shares(observed: &[u64], weights: &[f64]) -> Result<Vec<(u64, f64)>, Error> {
    if observed.len() != weights.len() {
        return Err(Error::Lengths {
            expected: weights.len(),
            found: observed.len(),
        });
    }
    let mut sum = 0.0;
    for weight in weights {
        if finite(*weight)? < 0.0 {
            return Err(Error::Argument {
                name: "a weight",
                value: *weight,
                rule: "at least 0",
            });
        }
        sum += weight;
    }
    finite(sum)?;
    let mut shares = Vec::with_capacity(weights.len());
    for (arm, (n, weight)) in observed.iter().zip(weights).enumerate() {
        match (*weight > 0.0, *n > 0) {
            (true, _) => shares.push((*n, weight / sum)),
            (false, true) => return Err(Error::Impossible { arm }),
            // An arm that can get nothing says nothing, neither in the sum nor as a degree of freedom.
            (false, false) => {}
        }
    }
    if shares.len() < 2 {
        return Err(Error::NoSpread);
    }
    Ok(shares)
}

fn some_units(shares: &[(u64, f64)]) -> Result<f64, Error> {
    match shares.iter().map(|it| it.0).sum() {
        0 => Err(Error::TooFew { n: 0, needed: 1 }),
        n => Ok(count(n)),
    }
}

/// Pearson's test of counts against fixed weights, for one look.
///
/// * `observed`: units of each arm.
/// * `weights`: at least 0, in any unit; arms of weight 0 are left out.
///
/// # Errors
///
/// [`Error::Lengths`] for lists of different lengths, [`Error::Argument`] for a weight that is negative, [`Error::NotFinite`] for one that
/// is no number, [`Error::Impossible`] for units in an arm of weight 0, [`Error::NoSpread`] for fewer than two other arms,
/// [`Error::TooFew`] for no units.
///
/// # Source
///
/// Fabijan et al., *Diagnosing Sample Ratio Mismatch in Online Controlled Experiments*, 2019.
pub fn fixed(observed: &[u64], weights: &[f64]) -> Result<SplitTest, Error> {
    let shares = shares(observed, weights)?;
    let n = some_units(&shares)?;
    let chi_square = shares
        .iter()
        .map(|(found, share)| {
            let apart = count(*found) - n * share;
            apart * apart / (n * share)
        })
        .sum();
    SplitTest::new(chi_square, shares.len() as u64 - 1)
}

/// The test to look at as often as one likes: how much better other shares than the weights fit the counts.
///
/// Logarithm of the Bayes factor against the weights; those of all looks together exceed `ln(1 / α)` with probability α if the split is
/// right. [`sequential_p`] is the p-value.
///
/// * `concentration`: how near to the weights the others are expected, in units; 100 detects soon what is broken badly.
///
/// # Errors
///
/// As [`fixed`]; no units are no evidence, and not an error. [`Error::Argument`] for a concentration that is not above 0.
///
/// # Source
///
/// Lindon and Malek, *Anytime-Valid Inference for Multinomial Count Data*, 2020.
pub fn sequential(observed: &[u64], weights: &[f64], concentration: f64) -> Result<f64, Error> {
    super::positive("the concentration", concentration)?;
    let shares = shares(observed, weights)?;
    let n = count(shares.iter().map(|it| it.0).sum());
    // ln B(α + n) − ln B(α) − Σ n ln θ with ln Γ by Stirling: the large parts make a sum of deviances, and only small ones are left.
    let small = |a: f64| stirling_error(a) - 0.5 * a.ln();
    let sum: f64 = shares
        .iter()
        .map(|(found, share)| {
            let (prior, found) = (concentration * share, count(*found));
            let a = prior + found;
            let expected = (concentration + n) * share;
            crate::beta::deviance(a, n * share - found, (expected / a).ln()) + small(a)
                - small(prior)
        })
        .sum();
    finite(sum - small(concentration + n) + small(concentration))
}

/// Probability of a Bayes factor as large at any look if the split is right. The smallest of all looks so far is one too.
///
/// # Errors
///
/// As [`sequential`].
pub fn sequential_p(observed: &[u64], weights: &[f64], concentration: f64) -> Result<f64, Error> {
    Ok((-sequential(observed, weights, concentration)?)
        .exp()
        .min(1.0))
}

#[cfg(test)]
mod tests;
