//! The value of a policy with everything that says what it is worth, as reports show it.

use pointsman_stats::{
    comparison::{Compared, Valued},
    ope::narrowest,
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
    /// Doubly robust: what earlier leads make the policy expect, plus the weighted rest; without bias where `ips` is.
    pub dr: f64,
    /// Standard error of `dr`; over clusters where the log has them.
    pub dr_se: f64,
    /// 95 % interval of `dr`: it reaches as many standard errors as that of `ips`, and is shown where that is.
    pub dr_ci95: Option<[f64; 2]>,
    /// The same over mean weights.
    pub sndr: f64,
    /// Standard error of `sndr`, linearised.
    pub sndr_se_linearised: f64,
    /// 95 % interval of `sndr`: it reaches as many standard errors as that of `snips`.
    pub sndr_ci95: Option<[f64; 2]>,
    /// Why there are no doubly robust values where there are others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dr_reason: Option<String>,
    /// What to read first: of the intervals that are shown, the narrowest, by widths and never by values; none without one.
    pub default_readout: Option<Readout>,
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

/// One of the four values of a policy that have intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Readout {
    /// Doubly robust, with weights over their mean.
    Sndr,
    /// Doubly robust.
    Dr,
    /// Weights over their mean.
    Snips,
    /// Weights.
    Ips,
}

impl Readout {
    /// In the order in which equals are preferred.
    const ALL: [Self; 4] = [Self::Sndr, Self::Dr, Self::Snips, Self::Ips];

    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sndr => "SNDR",
            Self::Dr => "DR",
            Self::Snips => "SNIPS",
            Self::Ips => "IPS",
        }
    }
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
    /// Limits that hold where nothing speaks for the candidate, or nothing against it; none elsewhere.
    #[serde(skip)]
    pub(crate) one_sided: Option<[f64; 2]>,
}

impl Estimate {
    /// * `doubly_robust`: as `ips` and `snips`, but of what the expectations leave unexplained.
    /// * `n_learnt`: leads of which the log tells only what was done.
    pub(crate) fn of(
        valued: &Valued,
        doubly_robust: Result<weighted::Estimate, weighted::Error>,
        n_learnt: u64,
    ) -> Self {
        let interval_reason = why_no_interval(valued);
        let shown = valued.ci95.filter(|_| interval_reason.is_none());
        let Valued {
            n,
            estimate,
            unsupported,
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
        let spans = valued.spans.filter(|_| interval_reason.is_none());
        let dr_ci95 = spans
            .zip(doubly_robust.ok())
            .map(|([of_ips, of_snips], it)| {
                [
                    of_ips.around(it.ips, it.ips_se),
                    of_snips.around(it.snips, it.snips_se_linearised),
                ]
            });
        let dr_reason = estimate.ok().and(doubly_robust.err());
        let doubly_robust = doubly_robust.unwrap_or(nothing(*n));
        let [dr_ci95, sndr_ci95] = [0, 1].map(|which: usize| dr_ci95.map(|both| both[which]));
        let [ips_ci95, snips_ci95] = [0, 1].map(|which: usize| shown.map(|both| both[which]));
        Self {
            n: *n,
            ips,
            ips_se,
            ips_ci95,
            snips,
            snips_se_linearised,
            snips_ci95,
            dr: doubly_robust.ips,
            dr_se: doubly_robust.ips_se,
            dr_ci95,
            sndr: doubly_robust.snips,
            sndr_se_linearised: doubly_robust.snips_se_linearised,
            sndr_ci95,
            dr_reason: dr_reason.map(|error| {
                format!("a batch of leads cannot be weighed with expectations: {error}")
            }),
            default_readout: default_readout([sndr_ci95, dr_ci95, snips_ci95, ips_ci95]),
            interval_reason,
            ess,
            max_weight,
            mean_weight,
            mean_weight_se,
            max_weight_share,
            rewards: *rewards,
            unsupported_share: *unsupported,
            unsupported_reason: why_unsupported(valued, n_learnt),
        }
    }
}

impl Estimate {
    /// The value of a policy that a log says nothing about without an assumption.
    ///
    /// * `reason`: why.
    pub(crate) fn untold(n: u64, reason: &str) -> Self {
        let unknown = f64::NAN;
        Self {
            n,
            ips: unknown,
            ips_se: unknown,
            ips_ci95: None,
            snips: unknown,
            snips_se_linearised: unknown,
            snips_ci95: None,
            dr: unknown,
            dr_se: unknown,
            dr_ci95: None,
            sndr: unknown,
            sndr_se_linearised: unknown,
            sndr_ci95: None,
            dr_reason: Some(reason.to_owned()),
            default_readout: None,
            interval_reason: Some(reason.to_owned()),
            ess: unknown,
            max_weight: unknown,
            mean_weight: unknown,
            mean_weight_se: unknown,
            max_weight_share: unknown,
            rewards: 0.0,
            unsupported_share: None,
            unsupported_reason: Some(reason.to_owned()),
        }
    }
}

/// Why the unsupported share is not known, or how it is.
fn why_unsupported(valued: &Valued, n_learnt: u64) -> Option<String> {
    let Valued { n, n_untold, .. } = valued;
    match valued.unsupported {
        None => Some(format!(
            "{n_untold} of {n} leads do not log the probabilities of what was not chosen"
        )),
        Some(_) if n_learnt > 0 => Some(format!(
            "learnt from the log, because {n_learnt} of {n} leads do not log the probabilities of what was not chosen: what it never did in leads that are alike to the flow counts as unsupported"
        )),
        Some(_) => None,
    }
}

/// * `intervals`: in the order of [`Readout::ALL`].
fn default_readout(intervals: [Option<[f64; 2]>; 4]) -> Option<Readout> {
    let widths = intervals.map(|ci95| ci95.map(|[lower, upper]| upper - lower));
    narrowest(widths).and_then(|position| Readout::ALL.get(position).copied())
}

impl Difference {
    /// A difference that a log says nothing about without an assumption.
    pub(crate) fn untold(reason: &str) -> Self {
        Self {
            diff: f64::NAN,
            se_paired: f64::NAN,
            ci95: None,
            interval_reason: Some(reason.to_owned()),
            rewards: 0.0,
            rewards_for: 0.0,
            rewards_against: 0.0,
            one_sided: None,
        }
    }

    pub(crate) fn of(compared: &Compared) -> Self {
        let interval_reason = why_no_difference(compared);
        let difference = &compared.difference;
        Self {
            diff: difference.diff,
            se_paired: difference.se_paired,
            ci95: difference.ci95.filter(|_| interval_reason.is_none()),
            one_sided: difference.one_sided.filter(|_| interval_reason.is_none()),
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
