//! The value of a policy from a log that another policy made: importance weighting, lead by lead.

use thiserror::Error;

use crate::normal::Z_95;

mod by_cluster;
mod moments;
mod paired;
pub mod spans;
pub mod tails;

pub use paired::{Difference, Paired};

use by_cluster::ByCluster;
pub(crate) use moments::count;
use moments::{Means, Moments};
use spans::Clusters;

/// Weights above this are no weights: their squares and cubes must stay finite.
const WEIGHT_MAX: f64 = 1e60;
/// Rewards beyond this are no rewards.
const REWARD_MAX: f64 = 1e30;

/// One decision of a lead's walk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Product, over the decisions up to this one, of the policy's probability over the logged one, in `[0, 1e60]`.
    pub weight: f64,
    /// What this decision brought, in the unit of the value, in `[-1e30, 1e30]`.
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
    /// Effective sample size by final weights: `(Σw)² / Σw²`, in `[1, n]`.
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
    /// Clusters and leads that stand alone beside them, with the skewness of `ips` and of `snips`; none without clusters.
    pub clusters: Option<[Clusters; 2]>,
}

/// Why a log cannot be weighed.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// A weight that is negative, beyond all measure or not a number.
    #[error("the weight of step {step} is {value}, but weights are from 0 to 1e60")]
    Weight {
        /// Position of the step in its lead's walk.
        step: usize,
        /// The bad weight.
        value: f64,
    },
    /// A reward that is beyond all measure or not a number.
    #[error("the reward of step {step} is {value}, but rewards are from -1e30 to 1e30")]
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
    /// Leads that stand alone.
    alone: Moments,
    /// Leads of clusters.
    clustered: Moments,
    /// Means within each cluster.
    clusters: ByCluster<Means>,
    max_weight: f64,
    rewards_with_weight: u64,
}

impl Weighted {
    /// Adds a lead.
    ///
    /// * `steps`: its decisions in order, shape `(k,)`; the last may be the end of the walk, with reward 0. None weighs 1.
    /// * `cluster`: what leads that are alike share, such as a hash of their source. A lead without one stands alone: beside
    ///   clusters it counts as one of its own, whatever the order in which they come.
    ///
    /// # Errors
    ///
    /// [`Error::Weight`] and [`Error::Reward`] for the first one out of range; the lead is not added then.
    pub fn add(&mut self, steps: &[Step], cluster: Option<u64>) -> Result<(), Error> {
        check(steps)?;
        match cluster {
            Some(cluster) => {
                self.clustered.add(steps);
                self.clusters.of(cluster).add(steps);
            }
            None => self.alone.add(steps),
        }
        self.max_weight = self
            .max_weight
            .max(steps.last().map_or(1.0, |step| step.weight));
        self.rewards_with_weight +=
            u64::from(steps.iter().any(|step| step.weight * step.reward != 0.0));
        Ok(())
    }

    /// Adds the leads of `other`, which come after those of `self`: a fixed order gives fixed digits.
    pub fn merge(&mut self, other: &Self) {
        let Self {
            alone,
            clustered,
            clusters,
            max_weight,
            rewards_with_weight,
        } = other;
        self.alone.merge(alone);
        self.clustered.merge(clustered);
        for (cluster, moments) in clusters.iter() {
            self.clusters.of(cluster).merge(moments);
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
        let mut all = self.alone.clone();
        all.merge(&self.clustered);
        let moments = &all;
        let independent = self.independent();
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
        let (ips_se, mean_weight_se, snips_se, clusters) = if self.clusters.is_empty() {
            let sample_se = |of: &[f64]| (moments.squares(of) / (n - 1.0) / n).sqrt();
            (
                sample_se(&value),
                sample_se(&moments.final_weight()),
                (moments.squares(&influence)).sqrt() / n,
                None,
            )
        } else {
            let (ips_se, of_ips) = self.cluster_se(&value, ips, n);
            let (mean_weight_se, _) = self.cluster_se(&moments.final_weight(), mean_weight, n);
            let (snips_se, of_snips) = self.cluster_se(&influence, 0.0, n);
            (ips_se, mean_weight_se, snips_se, Some([of_ips, of_snips]))
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
            clusters,
        })
    }

    /// Standard error of a mean whose leads are only independent between clusters, and how skewed their sums are.
    ///
    /// # Source
    ///
    /// Liang and Zeger, *Longitudinal Data Analysis Using Generalized Linear Models*, 1986, with the factor G / (G − 1).
    fn cluster_se(&self, of: &[f64], mean: f64, n: f64) -> (f64, Clusters) {
        let (mut squares, mut cubes) = (0.0, 0.0);
        for cluster in self.clusters.values() {
            let of = cluster.in_columns_of(of);
            let sum = cluster.n_f64() * (cluster.mean(&of) - mean);
            squares += sum * sum;
            cubes += sum * sum * sum;
        }
        let of = self.alone.in_columns_of(of);
        let apart = self.alone.mean(&of) - mean;
        squares += self.alone.squares(&of) + self.alone.n_f64() * apart * apart;
        let g = self.independent();
        let clusters = Clusters {
            n: g,
            skewness: skewness(squares, cubes),
        };
        let g = count(g);
        ((g / (g - 1.0) * squares).sqrt() / n, clusters)
    }

    /// Leads.
    pub(crate) fn n(&self) -> u64 {
        self.alone.n() + self.clustered.n()
    }

    /// Clusters, and leads that stand alone.
    fn independent(&self) -> u64 {
        self.alone.n() + self.clusters.len() as u64
    }
}

/// Whether a lead can be added.
///
/// # Errors
///
/// [`Error::Weight`] and [`Error::Reward`] for the first one out of range.
pub(crate) fn check(steps: &[Step]) -> Result<(), Error> {
    for (step, &Step { weight, reward }) in steps.iter().enumerate() {
        if !(0.0..=WEIGHT_MAX).contains(&weight) {
            return Err(Error::Weight {
                step,
                value: weight,
            });
        }
        if !(-REWARD_MAX..=REWARD_MAX).contains(&reward) {
            return Err(Error::Reward {
                step,
                value: reward,
            });
        }
    }
    Ok(())
}

/// The rewards of one lead, each times its weight: what a paired comparison takes.
pub fn value(steps: &[Step]) -> f64 {
    steps.iter().map(|step| step.weight * step.reward).sum()
}

/// Of a sum, from the squares and cubes of its independent terms; 0 where nothing varies.
fn skewness(squares: f64, cubes: f64) -> f64 {
    if squares > 0.0 {
        cubes / squares / squares.sqrt()
    } else {
        0.0
    }
}

fn interval(center: f64, se: f64) -> [f64; 2] {
    [center - Z_95 * se, center + Z_95 * se]
}

#[cfg(test)]
mod tests;
