//! The value of a policy with everything that says what it is worth.

use std::collections::HashMap;

use pointsman_stats::weighted::{self, Error, Paired, Weighted};
use serde::Serialize;

use crate::weigh::Weighed;

/// The value of a policy, in units of reward a lead. What a log cannot tell is not a number, `null` in JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// Leads.
    pub n: u64,
    /// Mean of the weighted rewards: without bias where the log supports the policy.
    pub ips: f64,
    /// Standard error of `ips`; over clusters where the log has them.
    pub ips_se: f64,
    /// 95 % interval of `ips`.
    pub ips_ci95: [f64; 2],
    /// The same over mean weights: a little bias for less variance.
    pub snips: f64,
    /// Standard error of `snips`, linearised.
    pub snips_se_linearised: f64,
    /// 95 % interval of `snips`.
    pub snips_ci95: [f64; 2],
    /// How many evenly weighted leads the log is worth: `(Σw)² / Σw²`.
    pub ess: f64,
    /// Largest weight.
    pub max_weight: f64,
    /// Mean weight; far from 1 the propensities are wrong, or the log lacks support.
    pub mean_weight: f64,
    /// Standard error of `mean_weight`.
    #[serde(skip)]
    pub mean_weight_se: f64,
    /// Largest weight as a share of all weights.
    pub max_weight_share: f64,
    /// Share of the policy's decisions that the log can say nothing about; none if it does not tell.
    pub unsupported_share: Option<f64>,
    /// Why `unsupported_share` is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsupported_reason: Option<String>,
    /// Why there is no value at all.
    #[serde(skip)]
    pub failure: Option<Error>,
}

/// Candidate minus baseline, in units of reward a lead.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Difference of the `ips` values.
    pub diff: f64,
    /// Its standard error, from the differences lead by lead.
    pub se_paired: f64,
    /// Its 95 % interval.
    pub ci95: [f64; 2],
}

/// Candidate and baseline over the same leads.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pair {
    candidate: Side,
    baseline: Side,
    difference: Paired,
    clusters: Clusters,
    /// Leads that could not be added, and why not.
    pub(crate) left_out: Option<(u64, Error)>,
}

#[derive(Debug, Clone, Default)]
struct Side {
    n: u64,
    weighted: Weighted,
    unsupported: f64,
    n_untold: u64,
}

/// Numbers for the names of clusters, in the order in which they were first seen.
#[derive(Debug, Clone, Default)]
enum Clusters {
    #[default]
    Independent,
    Named {
        numbers: HashMap<String, u64>,
        next: u64,
    },
}

impl Clusters {
    fn number(&mut self, cluster: Option<&str>) -> Option<u64> {
        let Self::Named { numbers, next } = self else {
            return None;
        };
        if let Some(number) = cluster.and_then(|cluster| numbers.get(cluster)) {
            return Some(*number);
        }
        // A lead without a cluster is one of its own.
        let number = *next;
        *next += 1;
        if let Some(cluster) = cluster {
            numbers.insert(cluster.to_owned(), number);
        }
        Some(number)
    }
}

impl Pair {
    /// * `has_clusters`: whether any lead has one. The first leads cannot tell: theirs may be missing.
    pub(crate) fn new(has_clusters: bool) -> Self {
        let clusters = if has_clusters {
            Clusters::Named {
                numbers: HashMap::new(),
                next: 0,
            }
        } else {
            Clusters::Independent
        };
        Self {
            clusters,
            ..Self::default()
        }
    }

    pub(crate) fn add(&mut self, candidate: &Weighed, baseline: &Weighed, cluster: Option<&str>) {
        let cluster = self.clusters.number(cluster);
        if let Err(error) = self.try_add(candidate, baseline, cluster) {
            self.left_out.get_or_insert((0, error)).0 += 1;
        }
    }

    fn try_add(
        &mut self,
        candidate: &Weighed,
        baseline: &Weighed,
        cluster: Option<u64>,
    ) -> Result<(), Error> {
        let (a, b) = (
            weighted::value(&candidate.steps),
            weighted::value(&baseline.steps),
        );
        // First, because a weight or reward that is not finite shows in these sums: the lead is then
        // added nowhere.
        self.difference.add(a, b, cluster)?;
        self.candidate.add(candidate, cluster)?;
        self.baseline.add(baseline, cluster)
    }

    /// Clusters of the log; none if its leads count as independent.
    pub(crate) fn n_clusters(&self) -> Option<u64> {
        match &self.clusters {
            Clusters::Named { next, .. } => Some(*next),
            Clusters::Independent => None,
        }
    }

    pub(crate) fn candidate(&self) -> Estimate {
        self.candidate.estimate()
    }

    pub(crate) fn baseline(&self) -> Estimate {
        self.baseline.estimate()
    }

    pub(crate) fn difference(&self) -> Difference {
        match self.difference.difference() {
            Ok(weighted::Difference {
                diff,
                se_paired,
                ci95,
            }) => Difference {
                diff,
                se_paired,
                ci95,
            },
            Err(_) => Difference {
                diff: f64::NAN,
                se_paired: f64::NAN,
                ci95: [f64::NAN; 2],
            },
        }
    }
}

impl Side {
    fn add(&mut self, weighed: &Weighed, cluster: Option<u64>) -> Result<(), Error> {
        self.weighted.add(&weighed.steps, cluster)?;
        self.n += 1;
        match weighed.unsupported {
            Some(unsupported) => self.unsupported += unsupported,
            None => self.n_untold += 1,
        }
        Ok(())
    }

    fn estimate(&self) -> Estimate {
        let (estimate, failure) = match self.weighted.estimate() {
            Ok(estimate) => (estimate, None),
            Err(error) => (nothing(self.n), Some(error)),
        };
        let weighted::Estimate {
            n,
            ips,
            ips_se,
            ips_ci95,
            snips,
            snips_se_linearised,
            snips_ci95,
            ess,
            max_weight,
            mean_weight,
            mean_weight_se,
            max_weight_share,
            rewards_with_weight: _,
        } = estimate;
        let n_untold = self.n_untold;
        #[expect(clippy::cast_precision_loss, reason = "leads are far below 2^53")]
        let unsupported_share = (n_untold == 0 && n > 0).then(|| self.unsupported / n as f64);
        Estimate {
            n,
            ips,
            ips_se,
            ips_ci95,
            snips,
            snips_se_linearised,
            snips_ci95,
            ess,
            max_weight,
            mean_weight,
            mean_weight_se,
            max_weight_share,
            unsupported_share,
            unsupported_reason: unsupported_share.is_none().then(|| {
                format!(
                    "{n_untold} of {n} leads do not log the probabilities of what was not chosen"
                )
            }),
            failure,
        }
    }
}

/// An estimate that says nothing.
fn nothing(n: u64) -> weighted::Estimate {
    let unknown = f64::NAN;
    weighted::Estimate {
        n,
        ips: unknown,
        ips_se: unknown,
        ips_ci95: [unknown; 2],
        snips: unknown,
        snips_se_linearised: unknown,
        snips_ci95: [unknown; 2],
        ess: 0.0,
        max_weight: unknown,
        mean_weight: unknown,
        mean_weight_se: unknown,
        max_weight_share: unknown,
        rewards_with_weight: 0,
    }
}
