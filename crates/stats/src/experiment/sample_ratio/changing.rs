//! Arms whose probabilities change, such as those of a bandit.

use super::{Error, SplitTest, count, finite};

/// How far probabilities of a draw may sum from 1.
const SUM_TOLERANCE: f64 = 1e-6;
/// A direction in which counts vary by less, relative to the most varied one, is one in which they cannot vary.
const RANK_TOLERANCE: f64 = 1e-10;
/// How far counts may be off in a direction in which they cannot vary, as a share of all: what probabilities are rounded by.
const STUCK_TOLERANCE: f64 = 1e-5;

/// Variance at which the sequential test is sharpest, about a sixteenth of the draws of an even split of so many leads: 2,000.
const SPREAD: f64 = 30.0;
/// By how much the variance is taken to be more than it is.
const CAUTION: f64 = 1.1;

/// Adds up what each arm should have got, draw by draw, and how it should vary.
///
/// Pearson's test against the same expectation is too cautious: where some draws are nearly certain, counts vary less than it thinks.
/// This test knows the covariance of each draw: `Q = (N − E)ᵀ Σ⁺ (N − E)` with `Σ = Σₜ diag(pₜ) − pₜ pₜᵀ`.
///
/// It holds where probabilities depend on earlier outcomes too: given its own probabilities a draw is independent of what came before.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangingSplit {
    observed: Vec<u64>,
    expected: Vec<f64>,
    /// Row by row.
    covariance: Vec<f64>,
}

impl ChangingSplit {
    /// A split of so many arms, without draws yet.
    pub fn new(n_arms: usize) -> Self {
        Self {
            observed: vec![0; n_arms],
            expected: vec![0.0; n_arms],
            covariance: vec![0.0; n_arms * n_arms],
        }
    }

    /// Adds one draw.
    ///
    /// * `arm`: the position of the arm drawn.
    /// * `probabilities`: of all arms, at least 0, with sum 1.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for another number of arms; [`Error::Argument`] for probabilities that are negative or do not sum to 1;
    /// [`Error::Impossible`] for an arm of probability 0 or one that there is not. Then nothing is added.
    pub fn add(&mut self, arm: usize, probabilities: &[f64]) -> Result<(), Error> {
        match probabilities.get(arm) {
            Some(probability) if *probability > 0.0 => {}
            _ => return Err(Error::Impossible { arm }),
        }
        self.expect(1, probabilities)?;
        self.observed[arm] += 1;
        Ok(())
    }

    /// Adds many draws with the same probabilities.
    ///
    /// * `observed`: how many went to each arm.
    ///
    /// # Errors
    ///
    /// As [`Self::add`].
    pub fn add_many(&mut self, observed: &[u64], probabilities: &[f64]) -> Result<(), Error> {
        if observed.len() != self.observed.len() {
            return Err(Error::Lengths {
                expected: self.observed.len(),
                found: observed.len(),
            });
        }
        for (arm, (n, probability)) in observed.iter().zip(probabilities).enumerate() {
            if *n > 0 && *probability <= 0.0 {
                return Err(Error::Impossible { arm });
            }
        }
        self.expect(observed.iter().sum(), probabilities)?;
        for (all, n) in self.observed.iter_mut().zip(observed) {
            *all += n;
        }
        Ok(())
    }

    /// Adds the draws of another.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for another number of arms.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if other.observed.len() != self.observed.len() {
            return Err(Error::Lengths {
                expected: self.observed.len(),
                found: other.observed.len(),
            });
        }
        for (own, other) in self.observed.iter_mut().zip(&other.observed) {
            *own += other;
        }
        for (own, other) in self.expected.iter_mut().zip(&other.expected) {
            *own += other;
        }
        for (own, other) in self.covariance.iter_mut().zip(&other.covariance) {
            *own += other;
        }
        Ok(())
    }

    /// Units that each arm got.
    pub fn observed(&self) -> &[u64] {
        &self.observed
    }

    /// Units that each arm should have got.
    pub fn expected(&self) -> &[f64] {
        &self.expected
    }

    fn expect(&mut self, n: u64, probabilities: &[f64]) -> Result<(), Error> {
        if probabilities.len() != self.observed.len() {
            return Err(Error::Lengths {
                expected: self.observed.len(),
                found: probabilities.len(),
            });
        }
        let mut sum = 0.0;
        for probability in probabilities {
            if finite(*probability)? < 0.0 {
                return Err(Error::Argument {
                    name: "a probability",
                    value: *probability,
                    rule: "at least 0",
                });
            }
            sum += probability;
        }
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            return Err(Error::Argument {
                name: "the sum of the probabilities",
                value: sum,
                rule: "1",
            });
        }
        let n = count(n);
        let width = probabilities.len();
        for (i, own) in probabilities.iter().enumerate() {
            self.expected[i] += n * own;
            for (j, other) in probabilities.iter().enumerate() {
                let diagonal = if i == j { *own } else { 0.0 };
                self.covariance[i * width + j] += n * (diagonal - own * other);
            }
        }
        Ok(())
    }

    /// The test of all draws so far.
    ///
    /// Arms that could get nothing are left out, in the sum and in the degrees of freedom. Where draws are between some of the arms only,
    /// degrees of freedom are the directions in which counts can vary.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for no draws; [`Error::NoSpread`] where every draw was certain.
    pub fn test(&self) -> Result<SplitTest, Error> {
        let n: u64 = self.observed.iter().sum();
        if n == 0 {
            return Err(Error::TooFew { n, needed: 1 });
        }
        let apart: Vec<f64> = self
            .observed
            .iter()
            .zip(&self.expected)
            .map(|(found, expected)| count(*found) - expected)
            .collect();
        let axes = principal_axes(&self.covariance, apart.len());
        let most = axes.iter().map(|axis| axis.0).fold(0.0, f64::max);
        if most <= 0.0 {
            return Err(Error::NoSpread);
        }
        let (mut chi_square, mut rank) = (0.0, 0);
        for (variance, direction) in axes {
            let along: f64 = direction.iter().zip(&apart).map(|(a, b)| a * b).sum();
            if variance > RANK_TOLERANCE * most {
                chi_square += along * along / variance;
                rank += 1;
            } else if along.abs() > STUCK_TOLERANCE * count(n) {
                // More or fewer than there can be: no chance makes this.
                chi_square = f64::MAX;
            }
        }
        SplitTest::new(chi_square, rank)
    }
}

impl ChangingSplit {
    /// The chance that the counts are ever this far from what they should be, if draws are as their probabilities say: it may be
    /// looked at after every draw.
    ///
    /// The largest of the arms, each by the mixture `√((V + λ)/λ) exp(−d²/(2 (V + λ)))` of its difference `d` from what it should
    /// have got with the variance `V` of that, times their number. Counts are less than normal in their tails; a tenth more variance
    /// makes up for that.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for no draws.
    ///
    /// # Source
    ///
    /// Robbins, *Statistical Methods Related to the Law of the Iterated Logarithm*, 1970, for the mixture.
    pub fn sequential_p(&self) -> Result<f64, Error> {
        let n: u64 = self.observed.iter().sum();
        if n == 0 {
            return Err(Error::TooFew { n, needed: 1 });
        }
        let width = self.observed.len();
        let mut least = f64::INFINITY;
        let mut n_arms = 0.0;
        for (arm, (found, expected)) in self.observed.iter().zip(&self.expected).enumerate() {
            let variance = CAUTION * self.covariance[arm * width + arm];
            if variance <= 0.0 {
                continue;
            }
            n_arms += 1.0;
            let apart = count(*found) - expected;
            let with = variance + SPREAD;
            let ln_p = 0.5 * (with / SPREAD).ln() - apart * apart / (2.0 * with);
            least = f64::min(least, ln_p.exp());
        }
        Ok((n_arms * least).min(1.0))
    }
}

/// Variances along the directions that are independent of each other, with the directions.
///
/// # Source
///
/// Jacobi's method: Golub and Van Loan, *Matrix Computations*, 2013, 8.5.
fn principal_axes(matrix: &[f64], width: usize) -> Vec<(f64, Vec<f64>)> {
    let mut left = matrix.to_vec();
    let mut directions = vec![0.0; width * width];
    for i in 0..width {
        directions[i * width + i] = 1.0;
    }
    for _ in 0..60 {
        let mut moved = false;
        for p in 0..width {
            for q in p + 1..width {
                let off = left[p * width + q];
                if off.abs()
                    <= f64::EPSILON * (left[p * width + p] * left[q * width + q]).abs().sqrt()
                    || off == 0.0
                {
                    continue;
                }
                moved = true;
                let theta = (left[q * width + q] - left[p * width + p]) / (2.0 * off);
                let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let t = if theta == 0.0 { 1.0 } else { t };
                let cos = 1.0 / t.hypot(1.0);
                let turn = [cos, t * cos];
                for k in 0..width {
                    rotate(&mut left, [k * width + p, k * width + q], turn);
                }
                for k in 0..width {
                    rotate(&mut left, [p * width + k, q * width + k], turn);
                    rotate(&mut directions, [k * width + p, k * width + q], turn);
                }
            }
        }
        if !moved {
            break;
        }
    }
    (0..width)
        .map(|i| {
            let direction = (0..width).map(|k| directions[k * width + i]).collect();
            (left[i * width + i], direction)
        })
        .collect()
}

fn rotate(values: &mut [f64], [p, q]: [usize; 2], [cos, sin]: [f64; 2]) {
    let (x, y) = (values[p], values[q]);
    values[p] = cos * x - sin * y;
    values[q] = sin * x + cos * y;
}
