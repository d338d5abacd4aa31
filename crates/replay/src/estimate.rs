//! The value of a policy with everything that says what it is worth, as reports show it.

use pointsman_stats::{
    comparison::{Compared, Valued},
    verdict::{why_no_difference, why_no_interval},
    weighted,
};
use serde::Serialize;

/// The value of a policy, in units of reward a lead. What a log cannot tell is not a number, `null` in JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// Leads.
    pub n: u64,
    /// Mean of the weighted rewards: without bias where the log supports the policy.
    pub ips: f64,
    /// Standard error of `ips`; over clusters where the log has them.
    pub ips_se: f64,
    /// 95 % interval of `ips`, bent as far as the rewards are skewed; none where it cannot be trusted.
    pub ips_ci95: Option<[f64; 2]>,
    /// The same over mean weights: a little bias for less variance.
    pub snips: f64,
    /// Standard error of `snips`, linearised.
    pub snips_se_linearised: f64,
    /// 95 % interval of `snips`, bent as that of `ips`.
    pub snips_ci95: Option<[f64; 2]>,
    /// Why there are no intervals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_reason: Option<String>,
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
    /// How many equal rewards the value rests on.
    pub rewards: f64,
    /// Share of the policy's decisions that the log can say nothing about; none if it does not tell.
    pub unsupported_share: Option<f64>,
    /// Why `unsupported_share` is not known, or how it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsupported_reason: Option<String>,
}

/// Candidate minus baseline, in units of reward a lead.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Difference of the `ips` values.
    pub diff: f64,
    /// Its standard error, from the differences lead by lead.
    pub se_paired: f64,
    /// Its 95 % interval, bent as far as the rewards are skewed; none where it cannot be trusted.
    pub ci95: Option<[f64; 2]>,
    /// Why there is no interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_reason: Option<String>,
    /// How many equal rewards it rests on.
    pub rewards: f64,
    /// How many of them speak for the candidate.
    pub rewards_for: f64,
    /// How many speak against it.
    pub rewards_against: f64,
}

impl Estimate {
    /// * `n_learnt`: leads of which the log tells only what was done.
    pub(crate) fn of(valued: &Valued, n_learnt: u64) -> Self {
        let interval_reason = why_no_interval(valued);
        let shown = valued.ci95.filter(|_| interval_reason.is_none());
        let Valued {
            n,
            estimate,
            unsupported,
            n_untold,
            rewards,
            ..
        } = valued;
        let weighted::Estimate {
            ips,
            ips_se,
            snips,
            snips_se_linearised,
            ess,
            max_weight,
            mean_weight,
            mean_weight_se,
            max_weight_share,
            ..
        } = estimate.unwrap_or(nothing(*n));
        let unsupported_reason = match unsupported {
            None => Some(format!(
                "{n_untold} of {n} leads do not log the probabilities of what was not chosen"
            )),
            Some(_) if n_learnt > 0 => Some(format!(
                "learnt from the log, because {n_learnt} of {n} leads do not log the probabilities of what was not chosen: what it never did in leads that are alike to the flow counts as unsupported"
            )),
            Some(_) => None,
        };
        Self {
            n: *n,
            ips,
            ips_se,
            ips_ci95: shown.map(|[ips, _]| ips),
            snips,
            snips_se_linearised,
            snips_ci95: shown.map(|[_, snips]| snips),
            interval_reason,
            ess,
            max_weight,
            mean_weight,
            mean_weight_se,
            max_weight_share,
            rewards: *rewards,
            unsupported_share: *unsupported,
            unsupported_reason,
        }
    }
}

impl Difference {
    pub(crate) fn of(compared: &Compared) -> Self {
        let interval_reason = why_no_difference(compared);
        let difference = &compared.difference;
        Self {
            diff: difference.diff,
            se_paired: difference.se_paired,
            ci95: difference.ci95.filter(|_| interval_reason.is_none()),
            interval_reason,
            rewards: difference.rewards,
            rewards_for: difference.gains.count(),
            rewards_against: difference.losses.count(),
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
        clusters: None,
    }
}
