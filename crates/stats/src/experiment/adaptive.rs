//! Means of arms whose probabilities depended on earlier outcomes, such as those of a bandit.
//!
//! The plain mean of such an arm is too low: an arm that had bad luck got fewer leads, and so no chance to make up for it. Weighting by
//! one over the probability is right on average, but its error is far from normal. Adaptive weights keep the variance of each step in
//! check, and with it the intervals.
//!
//! # Source
//!
//! Hadad, Hirshberg, Zhan, Wager, Athey, *Confidence intervals for policy evaluation in adaptive experiments*, 2021; where leads have
//! probabilities of their own, Zhan, Hadad, Hirshberg, Athey, *Off-policy evaluation via adaptive weighting with data from contextual
//! bandits*, 2021.

use super::{ArmDifference, Error, Mean, count, finite, inside, means::ROUNDING};

/// Steps that [`Weights::Stable`] looks back, about.
const MEMORY: f64 = 100.0;

/// How much each step counts.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Weights {
    /// All alike: unbiased, and wide where probabilities were small.
    Uniform,
    /// By the root of the arm's probability: the variance is spread evenly over the steps. Only where all leads of a moment have
    /// the same probabilities: else the leads that count most are not those of the other arm.
    Constant,
    /// By one over the root of what one over the probability was on average in some hundred earlier steps. A step's own probability
    /// has no part in it, so that leads may have probabilities of their own, such as those of segments.
    Stable,
    /// Between the two: as if the probability of a bad arm fell like `t^−decay`, in (0, 1); 0.7 is usual.
    TwoPoint {
        /// How fast probabilities fall.
        decay: f64,
    },
}

/// Steps of an adaptive experiment in their order, for [`Steps::mean`].
///
/// Memory grows with steps and arms.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps {
    n_arms: usize,
    /// What each arm is expected to bring before it was ever drawn, and what it brought since.
    sums: Vec<[f64; 2]>,
    /// Shape `(steps, n_arms)`, row by row.
    scores: Vec<f64>,
    propensities: Vec<f64>,
}

impl Steps {
    /// An experiment of so many arms, without steps yet.
    ///
    /// * `guess`: what a lead of any arm may bring. Any guess is right; a good one makes the first scores less wild.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] for a guess that is no number.
    pub fn new(n_arms: usize, guess: f64) -> Result<Self, Error> {
        Ok(Self {
            n_arms,
            // The guess counts as one lead.
            sums: vec![[finite(guess)?, 1.0]; n_arms],
            scores: Vec::new(),
            propensities: Vec::new(),
        })
    }

    /// Adds the next step.
    ///
    /// * `arm`: which arm was drawn.
    /// * `reward`: what it brought.
    /// * `propensities`: probabilities of all arms at that step, given all before; in (0, 1].
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for another number of arms, [`Error::Impossible`] for an arm that there is not, [`Error::NotFinite`] for a
    /// reward that is no number, [`Error::Argument`] for a probability outside its range: an arm that could not be drawn cannot be
    /// estimated. Then nothing is added.
    pub fn add(&mut self, arm: usize, reward: f64, propensities: &[f64]) -> Result<(), Error> {
        finite(reward)?;
        if propensities.len() != self.n_arms {
            return Err(Error::Lengths {
                expected: self.n_arms,
                found: propensities.len(),
            });
        }
        if arm >= self.n_arms {
            return Err(Error::Impossible { arm });
        }
        for value in propensities {
            if !(*value > 0.0 && *value <= 1.0) {
                return Err(Error::Argument {
                    name: "a propensity",
                    value: *value,
                    rule: "in (0, 1]",
                });
            }
        }
        for (position, (sums, propensity)) in self.sums.iter().zip(propensities).enumerate() {
            // The mean of earlier steps only: the score of a step must not know its own reward.
            let expected = sums[0] / sums[1];
            let surprise = if position == arm {
                (reward - expected) / propensity
            } else {
                0.0
            };
            self.scores.push(expected + surprise);
        }
        self.propensities.extend_from_slice(propensities);
        self.sums[arm][0] += reward;
        self.sums[arm][1] += 1.0;
        Ok(())
    }

    /// Steps so far.
    pub fn n(&self) -> usize {
        self.scores.len().checked_div(self.n_arms).unwrap_or(0)
    }

    /// What a lead of an arm brings, with a normal error: `Σ hₜ Γₜ / Σ hₜ`.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for fewer than two steps, [`Error::Impossible`] for an arm that there is not, [`Error::Argument`] for a decay
    /// outside its range.
    pub fn mean(&self, arm: usize, weights: Weights) -> Result<Mean, Error> {
        let Weighted { value, deviations } = self.weighted(arm, weights)?;
        let variance = deviations.iter().map(|it| it * it).sum();
        Mean::new(value, variance, f64::INFINITY)
    }

    /// How far two arms are apart. Their scores share steps, so variances must not be added: deviations are, step by step.
    ///
    /// # Errors
    ///
    /// As [`Self::mean`], and [`Error::NoSpread`] where the difference has no variance.
    pub fn difference(
        &self,
        control: usize,
        treatment: usize,
        weights: Weights,
    ) -> Result<ArmDifference, Error> {
        let control = self.weighted(control, weights)?;
        let treatment = self.weighted(treatment, weights)?;
        let variance: f64 = treatment
            .deviations
            .iter()
            .zip(&control.deviations)
            .map(|(t, c)| (t - c) * (t - c))
            .sum();
        ArmDifference::new(
            treatment.value - control.value,
            finite(variance)?.sqrt(),
            f64::INFINITY,
        )
    }

    fn weighted(&self, arm: usize, weights: Weights) -> Result<Weighted, Error> {
        let n = self.n();
        if n < 2 {
            let n = n as u64;
            return Err(Error::TooFew { n, needed: 2 });
        }
        if arm >= self.n_arms {
            return Err(Error::Impossible { arm });
        }
        let column = |of: &[f64]| -> Vec<f64> {
            of.iter().skip(arm).step_by(self.n_arms).copied().collect()
        };
        let (scores, propensities) = (column(&self.scores), column(&self.propensities));
        let h = weights.of(&propensities, self.n_arms)?;
        let sum: f64 = h.iter().sum();
        let value = h.iter().zip(&scores).map(|(h, it)| h * it).sum::<f64>() / sum;
        let deviations = h
            .iter()
            .zip(&scores)
            .map(|(h, score)| {
                let apart = score - value;
                // What is left of equal scores is rounding, and would pass for certainty.
                if apart.abs() <= ROUNDING * value.abs() {
                    0.0
                } else {
                    h * apart / sum
                }
            })
            .collect();
        Ok(Weighted { value, deviations })
    }
}

struct Weighted {
    value: f64,
    /// Of each step: by how much it moves the value.
    deviations: Vec<f64>,
}

impl Weights {
    /// The weight of each step, given the probabilities of one arm.
    fn of(self, propensities: &[f64], n_arms: usize) -> Result<Vec<f64>, Error> {
        let n = count(propensities.len() as u64);
        match self {
            Self::Uniform => Ok(vec![1.0; propensities.len()]),
            Self::Constant => Ok(propensities.iter().map(|it| it.sqrt()).collect()),
            Self::Stable => {
                // One over the probability of an even draw, until there is more to go by.
                let (mut inverse, mut seen) = (count(n_arms as u64), 1.0);
                let weights = propensities.iter().map(|propensity| {
                    let weight = 1.0 / f64::sqrt(inverse);
                    seen = f64::min(seen + 1.0, MEMORY);
                    inverse += (1.0 / propensity - inverse) / seen;
                    weight
                });
                Ok(weights.collect())
            }
            Self::TwoPoint { decay } => {
                let decay = inside("the decay", decay)?;
                // What is left of the variance to be spent, and which part of it this step spends.
                let mut left = 1.0;
                let mut weights = Vec::with_capacity(propensities.len());
                for (step, propensity) in propensities.iter().enumerate() {
                    let t = count(step as u64 + 1);
                    let of_bad = (1.0 - decay) / (1.0 - decay + n * (t / n).powf(decay) - t);
                    let of_good = 1.0 / (1.0 + n - t);
                    let part = (1.0 - propensity) * of_bad + propensity * of_good;
                    weights.push((propensity * part * left).sqrt());
                    left = (left * (1.0 - part)).max(0.0);
                }
                Ok(weights)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Weights; 4] = [
        Weights::Uniform,
        Weights::Constant,
        Weights::Stable,
        Weights::TwoPoint { decay: 0.7 },
    ];

    #[test]
    fn equal_rewards_are_found_exactly() {
        let mut steps = Steps::new(2, 3.0).unwrap();
        for t in 0..50 {
            steps.add(t % 2, 3.0, &[0.3, 0.7]).unwrap();
        }
        for weights in ALL {
            let mean = steps.mean(1, weights).unwrap();
            assert!((mean.value() - 3.0).abs() < 1e-12 && mean.variance() < 1e-20);
            assert_eq!(steps.difference(0, 1, weights), Err(Error::NoSpread));
        }
    }

    #[test]
    fn where_probabilities_are_constant_all_weights_are_near_each_other() {
        let mut steps = Steps::new(2, 0.5).unwrap();
        for t in 0..400_usize {
            let reward = f64::from(u8::from(t * t % 7 < 3));
            steps.add(t / 3 % 2, reward, &[0.5, 0.5]).unwrap();
        }
        let [uniform, constant, stable, two_point] = ALL.map(|it| steps.mean(0, it).unwrap());
        assert!((uniform.value() - constant.value()).abs() < 1e-12);
        assert!((uniform.value() - stable.value()).abs() < 1e-12);
        assert!((uniform.value() - two_point.value()).abs() < 2.0 * uniform.se());
    }

    #[test]
    fn what_cannot_be_estimated_is_refused() {
        let mut steps = Steps::new(2, 0.0).unwrap();
        assert_eq!(
            steps.mean(0, Weights::Uniform),
            Err(Error::TooFew { n: 0, needed: 2 })
        );
        assert!(steps.add(0, 1.0, &[1.0, 0.0]).is_err());
        assert!(steps.add(0, f64::NAN, &[0.5, 0.5]).is_err());
        assert!(steps.add(0, 1.0, &[0.5]).is_err());
        assert_eq!(
            steps.add(2, 1.0, &[0.5, 0.5]),
            Err(Error::Impossible { arm: 2 })
        );
        assert_eq!(steps.n(), 0);
        for _ in 0..3 {
            steps.add(0, 1.0, &[0.5, 0.5]).unwrap();
        }
        assert_eq!(
            steps.mean(2, Weights::Uniform),
            Err(Error::Impossible { arm: 2 })
        );
        assert!(steps.mean(0, Weights::TwoPoint { decay: 1.0 }).is_err());
        assert!(Steps::new(2, f64::INFINITY).is_err());
    }
}
