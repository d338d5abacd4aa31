//! The value of a policy from a log that another policy made: importance weighting, lead by lead.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::normal::Z_95;

mod moments;
mod paired;

pub use paired::{Difference, Paired};

use moments::Moments;

/// One decision of a lead's walk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Product, over the decisions up to this one, of the policy's probability over the logged one; finite and at least 0.
    pub weight: f64,
    /// What this decision brought, in the unit of the value; finite.
    pub reward: f64,
}

/// What a log says about a policy's value per lead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Leads.
    pub n: u64,
    /// Mean over all leads of their weighted rewards, in the unit of the rewards: without bias if the log supports the policy.
    pub ips: f64,
    /// Standard error of `ips`.
    pub ips_se: f64,
    /// 95 % interval of `ips`.
    pub ips_ci95: [f64; 2],
    /// The same with each step's rewards over that step's mean weight: a little bias for less variance.
    pub snips: f64,
    /// Standard error of `snips`, linearised: plain sample variance would overstate it.
    pub snips_se_linearised: f64,
    /// 95 % interval of `snips`.
    pub snips_ci95: [f64; 2],
    /// How many evenly weighted leads would tell as much, by final weights: `(Σw)² / Σw²`, in `[1, n]`.
    pub ess: f64,
    /// Largest final weight.
    pub max_weight: f64,
    /// Mean final weight: 1 but for chance, or the propensities are wrong or the log lacks support.
    pub mean_weight: f64,
    /// Standard error of `mean_weight`.
    pub mean_weight_se: f64,
    /// The largest final weight as a share of all, in `(0, 1]`.
    pub max_weight_share: f64,
    /// Leads with a reward that carries weight: what the value rests on.
    pub rewards_with_weight: u64,
}

/// Why a log cannot be weighed.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// A weight that is negative, infinite or not a number.
    #[error("the weight of step {step} is {value}, but weights are finite and not negative")]
    Weight {
        /// Position of the step in its lead's walk.
        step: usize,
        /// The bad weight.
        value: f64,
    },
    /// A reward that is infinite or not a number.
    #[error("the reward of step {step} is {value}, but rewards are finite")]
    Reward {
        /// Position of the step in its lead's walk.
        step: usize,
        /// The bad reward.
        value: f64,
    },
    /// The policy never goes all the way of any logged lead.
    #[error("no overlap: all {n} leads have weight 0, so the log says nothing about this policy")]
    NoOverlap {
        /// Leads in the log.
        n: u64,
    },
    /// One lead, or one cluster, has no spread.
    #[error("there are {n} independent leads or clusters, but an interval needs two")]
    TooFew {
        /// Leads, or clusters if the leads have them.
        n: u64,
    },
}

/// Adds up a log's leads, one by one or in parts.
///
/// Per-decision importance sampling: a reward is weighted by the decisions up to it and not by later
/// ones. After a walk has ended its weight stays at its last product, so with one decision a lead
/// the self-normalised value is the classical one. Leads that no destination was offered to count too.
///
/// Memory grows with the square of the longest walk and with the clusters, not with the leads.
///
/// # Example
///
/// ```
/// use pointsman_stats::weighted::{Step, Weighted};
///
/// let mut log = Weighted::default();
/// for (weight, reward) in [(0.5, 0.0), (2.0, 1.0), (0.5, 1.0), (1.0, 0.0)] {
///     log.add(&[Step { weight, reward }], None)?;
/// }
/// let estimate = log.estimate()?;
/// assert_eq!((estimate.ips, estimate.snips), (0.625, 0.625));
/// # Ok::<(), pointsman_stats::weighted::Error>(())
/// ```
///
/// # Source
///
/// Precup, Sutton, Singh, *Eligibility Traces for Off-Policy Policy Evaluation*, 2000; Swaminathan and
/// Joachims, *The Self-Normalized Estimator for Counterfactual Learning*, 2015.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weighted {
    moments: Moments,
    clusters: BTreeMap<u64, Moments>,
    max_weight: f64,
    rewards_with_weight: u64,
}

impl Weighted {
    /// Adds a lead.
    ///
    /// * `steps`: its decisions in order, shape `(k,)`; the last may be the end of the walk, with reward 0. None weighs 1.
    /// * `cluster`: what leads that are alike share, such as a hash of their source; all leads of an accumulator have one or none has.
    ///
    /// # Errors
    ///
    /// [`Error::Weight`] and [`Error::Reward`] for the first one out of range; the lead is not added then.
    ///
    /// # Panics
    ///
    /// When some leads have a cluster and others none.
    pub fn add(&mut self, steps: &[Step], cluster: Option<u64>) -> Result<(), Error> {
        for (step, &Step { weight, reward }) in steps.iter().enumerate() {
            if !(weight >= 0.0 && weight.is_finite()) {
                return Err(Error::Weight {
                    step,
                    value: weight,
                });
            }
            if !reward.is_finite() {
                return Err(Error::Reward {
                    step,
                    value: reward,
                });
            }
        }
        let is_clustered = !self.clusters.is_empty();
        assert!(
            self.moments.n() == 0 || is_clustered == cluster.is_some(),
            "all leads have a cluster or none has"
        );
        self.moments.add(steps);
        if let Some(cluster) = cluster {
            self.clusters.entry(cluster).or_default().add_means(steps);
        }
        self.max_weight = self
            .max_weight
            .max(steps.last().map_or(1.0, |step| step.weight));
        self.rewards_with_weight +=
            u64::from(steps.iter().any(|step| step.weight * step.reward != 0.0));
        Ok(())
    }

    /// Adds the leads of `other`, which come after those of `self`: a fixed order gives fixed digits.
    ///
    /// # Panics
    ///
    /// When the leads of one have clusters and those of the other have none.
    pub fn merge(&mut self, other: &Self) {
        let Self {
            moments,
            clusters,
            max_weight,
            rewards_with_weight,
        } = other;
        assert!(
            self.moments.n() == 0
                || moments.n() == 0
                || self.clusters.is_empty() == clusters.is_empty(),
            "all leads have a cluster or none has"
        );
        self.moments.merge(moments);
        for (cluster, moments) in clusters {
            self.clusters.entry(*cluster).or_default().merge(moments);
        }
        self.max_weight = self.max_weight.max(*max_weight);
        self.rewards_with_weight += rewards_with_weight;
    }

    /// What the leads added so far say.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for fewer than two leads or clusters, and [`Error::NoOverlap`] when all final weights are 0.
    pub fn estimate(&self) -> Result<Estimate, Error> {
        let moments = &self.moments;
        let independent = if self.clusters.is_empty() {
            moments.n()
        } else {
            self.clusters.len() as u64
        };
        if independent < 2 {
            return Err(Error::TooFew { n: independent });
        }
        let mean_weight = moments.mean(&moments.final_weight());
        if mean_weight <= 0.0 {
            return Err(Error::NoOverlap { n: moments.n() });
        }
        let n = moments.n_f64();
        let (value, snips, influence) = (
            moments.total_reward(),
            moments.self_normalised(),
            moments.influence(),
        );
        let ips = moments.mean(&value);
        let (ips_se, mean_weight_se, snips_se) = if self.clusters.is_empty() {
            let sample_se = |of: &[f64]| (moments.squares(of) / (n - 1.0) / n).sqrt();
            (
                sample_se(&value),
                sample_se(&moments.final_weight()),
                (moments.squares(&influence)).sqrt() / n,
            )
        } else {
            (
                self.cluster_se(&value, ips),
                self.cluster_se(&moments.final_weight(), mean_weight),
                self.cluster_se(&influence, 0.0),
            )
        };
        let sum = n * mean_weight;
        let squares = moments.squares(&moments.final_weight()) + sum * mean_weight;
        Ok(Estimate {
            n: moments.n(),
            ips,
            ips_se,
            ips_ci95: interval(ips, ips_se),
            snips,
            snips_se_linearised: snips_se,
            snips_ci95: interval(snips, snips_se),
            ess: sum * sum / squares,
            max_weight: self.max_weight,
            mean_weight,
            mean_weight_se,
            max_weight_share: self.max_weight / sum,
            rewards_with_weight: self.rewards_with_weight,
        })
    }

    /// Standard error of a mean whose leads are only independent between clusters.
    ///
    /// # Source
    ///
    /// Liang and Zeger, *Longitudinal Data Analysis Using Generalized Linear Models*, 1986, with the factor G / (G − 1).
    fn cluster_se(&self, of: &[f64], mean: f64) -> f64 {
        let sums = self.clusters.values().map(|cluster| {
            let of = cluster.in_columns_of(of);
            cluster.n_f64() * (cluster.mean(&of) - mean)
        });
        let squares: f64 = sums.map(|sum| sum * sum).sum();
        let g = moments::count(self.clusters.len() as u64);
        (g / (g - 1.0) * squares).sqrt() / self.moments.n_f64()
    }
}

/// The rewards of one lead, each times its weight: what a paired comparison takes.
pub fn value(steps: &[Step]) -> f64 {
    steps.iter().map(|step| step.weight * step.reward).sum()
}

fn interval(center: f64, se: f64) -> [f64; 2] {
    [center - Z_95 * se, center + Z_95 * se]
}

#[cfg(test)]
mod tests;
