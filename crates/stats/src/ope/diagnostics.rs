//! How well a log supports a policy, beside what it says of it.

use super::{Error, Log, log::final_weight, spread};
use crate::{
    normal,
    weighted::{count, tails::Powers},
};

/// Effective leads below which a log says next to nothing, and from which on it may say enough.
const ESS: [f64; 2] = [200.0, 1_000.0];
/// The share of the leads that the effective ones should be.
const ESS_SHARE: f64 = 0.1;
/// The largest share of one lead.
const SHARE_MAX: f64 = 0.02;
/// Standard errors that a mean weight may be from 1.
const Z_MAX: f64 = 3.0;
/// The share of decisions that the log may not support.
const UNSUPPORTED_MAX: f64 = 0.01;

/// What weights and rewards tell of a log under one policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Diagnostics {
    /// Leads.
    pub n: u64,
    /// Clusters, and leads that stand alone beside them.
    pub n_independent: u64,
    /// Effective leads by final weights: `(Σw)² / Σw²`, in `[1, n]`.
    pub ess: f64,
    /// The same over clusters, by their sums of weights, in `[1, n_independent]`.
    pub ess_clusters: f64,
    /// Mean of `min(1, w)`: how much of the logged walks and of the policy's is common to both, in `[0, 1]` but for chance.
    pub overlap: f64,
    /// Largest final weight.
    pub weight_max: f64,
    /// The same as a share of all weight, in `(0, 1]`.
    pub weight_share_max: f64,
    /// Mean final weight: 1 but for chance, or the propensities are wrong or the log lacks support.
    pub mean_weight: f64,
    /// Its standard error, over clusters if the log has them.
    pub mean_weight_se: f64,
    /// Probability of a mean weight that far from 1 or farther, if it should be 1.
    pub mean_weight_p: f64,
    /// Share of the policy's decisions that the log never makes, in `[0, 1]`; none if the log does not tell.
    pub unsupported: Option<f64>,
    /// Leads with a reward that carries weight.
    pub n_rewards: u64,
    /// As how many equal ones these count: `(Σ|wr|)² / Σ(wr)²`; 0 for none.
    pub rewards: f64,
}

/// The diagnostics in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// At least 1,000 effective leads and a tenth of all, no lead with 2 % of the weight, a mean weight that may be 1.
    Enough,
    /// Something of that is missing.
    Thin,
    /// Fewer than 200 effective leads, or more than 1 % of the decisions without support.
    TooThin,
}

impl Diagnostics {
    /// The diagnostics of a log.
    ///
    /// * `unsupported`: share of the policy's decisions that the log never makes; none if unknown.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for fewer than two leads or clusters, and [`Error::NoOverlap`] when all final weights are 0.
    ///
    /// # Source
    ///
    /// Kong, *A note on importance sampling using standardized weights*, 1992, for effective leads.
    pub fn of(log: &Log, unsupported: Option<f64>) -> Result<Self, Error> {
        let n_independent = log.n_independent() as u64;
        if n_independent < 2 {
            return Err(Error::TooFew { n: n_independent });
        }
        let weights: Vec<f64> = log.leads().map(final_weight).collect();
        let n = count(log.n_leads() as u64);
        let sum: f64 = weights.iter().sum();
        if sum <= 0.0 {
            return Err(Error::NoOverlap {
                n: log.n_leads() as u64,
            });
        }
        let mean_weight = sum / n;
        let deviations: Vec<f64> = weights.iter().map(|weight| weight - mean_weight).collect();
        let mean_weight_se = spread(&deviations, log, 1.0).se;
        let (mut of_leads, mut rewards) = (Powers::default(), Powers::default());
        let mut of_clusters = vec![0.0; log.n_independent()];
        for ((lead, weight), group) in log.leads().zip(&weights).zip(log.groups()) {
            of_leads.add(*weight);
            of_clusters[*group] += weight;
            let reward: f64 = lead
                .iter()
                .map(|decision| decision.weight * decision.reward.abs())
                .sum();
            rewards.add(reward);
        }
        let mut by_cluster = Powers::default();
        for sum in of_clusters {
            by_cluster.add(sum);
        }
        let weight_max = weights.iter().copied().fold(0.0, f64::max);
        let common: f64 = weights.iter().map(|weight| weight.min(1.0)).sum();
        Ok(Self {
            n: log.n_leads() as u64,
            n_independent,
            ess: of_leads.count(),
            ess_clusters: by_cluster.count(),
            overlap: common / n,
            weight_max,
            weight_share_max: weight_max / sum,
            mean_weight,
            mean_weight_se,
            mean_weight_p: p_of(mean_weight - 1.0, mean_weight_se),
            unsupported,
            n_rewards: whole(rewards.n()),
            rewards: rewards.count(),
        })
    }

    /// How far the mean weight is from 1, in standard errors; 0 where weights do not vary and are 1.
    pub fn mean_weight_z(&self) -> f64 {
        z_of(self.mean_weight - 1.0, self.mean_weight_se)
    }

    /// The diagnostics in one word.
    pub fn overlap_in_a_word(&self) -> Overlap {
        let [least, enough] = ESS;
        let is_unsupported = |share: f64| share.is_nan() || share > UNSUPPORTED_MAX;
        if self.ess < least || self.unsupported.is_some_and(is_unsupported) {
            return Overlap::TooThin;
        }
        let is_enough = self.ess >= enough.max(ESS_SHARE * count(self.n))
            && self.mean_weight_z().abs() < Z_MAX
            && self.weight_share_max < SHARE_MAX;
        if is_enough {
            Overlap::Enough
        } else {
            Overlap::Thin
        }
    }
}

fn z_of(off: f64, se: f64) -> f64 {
    if off.abs() <= 1e-9 { 0.0 } else { off / se }
}

fn p_of(off: f64, se: f64) -> f64 {
    2.0 * normal::upper_tail(z_of(off, se).abs())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of leads"
)]
fn whole(n: f64) -> u64 {
    n as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ope::{Decision, tests::log};

    #[test]
    fn clusters_are_counted_by_what_they_weigh() {
        let mut clustered = Log::default();
        for lead in 0..100_u64 {
            let weight = if lead < 50 { 2.0 } else { 0.0 };
            let decision = Decision {
                weight,
                reward: 1.0,
                ..Decision::default()
            };
            clustered.add(&[decision], Some(lead / 10)).unwrap();
        }
        let found = Diagnostics::of(&clustered, None).unwrap();
        assert!((found.ess - 50.0).abs() < 1e-9);
        assert!((found.ess_clusters - 5.0).abs() < 1e-9);
        assert!((found.overlap - 0.5).abs() < 1e-12);
        assert_eq!((found.n_rewards, found.n_independent), (50, 10));
        assert!((found.rewards - 50.0).abs() < 1e-9);
        assert!(found.mean_weight_z().abs() < 1e-12 && found.mean_weight_p > 0.999);
    }

    #[test]
    fn wrong_propensities_and_missing_support_are_seen() {
        let decision = |weight| {
            [Decision {
                weight,
                ..Decision::default()
            }]
        };
        let word = |first: f64, second: f64, unsupported| {
            let mut log = Log::default();
            for _ in 0..2_000 {
                log.add(&decision(first), None).unwrap();
                log.add(&decision(second), None).unwrap();
            }
            let found = Diagnostics::of(&log, unsupported).unwrap();
            found.overlap_in_a_word()
        };
        assert_eq!(word(0.5, 1.5, Some(0.0)), Overlap::Enough);
        assert_eq!(word(0.5, 1.7, Some(0.0)), Overlap::Thin);
        assert_eq!(word(0.5, 1.5, Some(0.02)), Overlap::TooThin);
        assert_eq!(word(0.5, 1.5, Some(f64::NAN)), Overlap::TooThin);
    }

    #[test]
    fn few_effective_leads_are_too_thin() {
        let log = log(&[&[(1.0, 1.0)], &[(1.0, 0.0)]]);
        let found = Diagnostics::of(&log, None).unwrap();
        assert_eq!(found.overlap_in_a_word(), Overlap::TooThin);
        assert!(found.mean_weight_p >= 1.0);
    }
}
