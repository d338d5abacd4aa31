//! An arm compared with the first one, by one metric.

use pointsman_stats::experiment::{
    ArmDifference, Error, Mean, always_valid::ConfidenceSequence, gaussian::Gaussian, strata,
};
use serde::{Deserialize, Serialize};

use crate::{
    AdaptiveDraws, Adjustment, Effect, Evidence, Method, Metric, Plan, Role, UnitSums, Verdict,
    adjustment::{AdjustedArms, adjusted_arms},
    evidence::{both_of, count},
    verdict::judge,
};

/// Fewest leads of an arm before anything is said of it: the sequence of intervals is an approximation for many.
const LEADS_MIN: u64 = 100;
/// Fewest rewards that carry the mean of an amount, by (Σx)² / Σx²: below, one sale more changes everything.
const REWARDS_MIN: f64 = 25.0;
/// The number of units at which the sequence of intervals is tightest, where the plan names none.
const UNITS_TIGHT: u64 = 5_000;

/// An arm compared with the first one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The arm.
    pub arm: String,
    /// The metric.
    pub metric: Metric,
    /// Why it is compared.
    pub role: Role,
    /// What it says.
    pub verdict: Verdict,
    /// The difference; absent where there is no evidence.
    pub effect: Option<Effect>,
    /// Why there is no evidence.
    pub why_not: Option<String>,
    /// The difference without what the plan's covariates explain. Where it is there, the verdict is by it.
    #[serde(default)]
    pub adjusted: Option<Adjustment>,
    /// Why a difference is not adjusted by the plan's covariates.
    #[serde(default)]
    pub why_not_adjusted: Option<String>,
}

impl Comparison {
    /// The difference that the verdict is by: the adjusted one where there is one.
    pub fn deciding(&self) -> Option<&Effect> {
        let adjusted = self.adjusted.as_ref().map(|it| &it.effect);
        adjusted.or(self.effect.as_ref())
    }
}

/// The mean of an arm over all strata, weighed by the leads of both arms in each.
pub(crate) struct ArmMean {
    pub(crate) mean: Mean,
    pub(crate) units: u64,
}

/// Means of two arms, from strata in which both have units. Where weights change, the mix of days and people changes with
/// them; within a stratum it does not.
///
/// # Source
///
/// Epoch strata: `Σ (n_e / n) ȳ_e` with variance `Σ (n_e / n)² s_e² / n_e`.
pub(crate) fn two_means(
    plan: &Plan,
    units: &[UnitSums],
    first: &str,
    arm: &str,
    metric: Metric,
) -> Result<[ArmMean; 2], String> {
    let mut parts = [Vec::new(), Vec::new()];
    let (mut n_units, mut n_leads, mut rewards) = ([0, 0], [0, 0], [[0.0; 2]; 2]);
    for (a, b) in both_of(units, first, arm) {
        let weight = a.leads + b.leads;
        for (idx, sums) in [a, b].into_iter().enumerate() {
            let mean = sums.mean(metric).map_err(|error| error.to_string())?;
            parts[idx].push((mean, weight));
            n_units[idx] += sums.units;
            n_leads[idx] += sums.leads;
            rewards[idx][0] += sums.of(metric).sum;
            rewards[idx][1] += sums.of(metric).squared;
        }
    }
    for (idx, name) in [first, arm].into_iter().enumerate() {
        enough(name, metric, n_leads[idx], rewards[idx])?;
    }
    // Whoever comes again after a change of the share counts under both shares.
    let together = if plan.sticky.is_some() {
        strata::of_shared_units
    } else {
        strata::of_means
    };
    let [a, b] = parts.map(|strata| together(&strata));
    Ok([
        ArmMean {
            mean: a.map_err(|error| error.to_string())?,
            units: n_units[0],
        },
        ArmMean {
            mean: b.map_err(|error| error.to_string())?,
            units: n_units[1],
        },
    ])
}

/// Whether so many leads of an arm say anything, and so many rewards.
fn enough(arm: &str, metric: Metric, leads: u64, [sum, squared]: [f64; 2]) -> Result<(), String> {
    if leads < LEADS_MIN {
        return Err(format!(
            "`{arm}` has {leads} leads that count, and nothing is said below {LEADS_MIN}"
        ));
    }
    if !metric.is_rate() && sum * sum < REWARDS_MIN * squared {
        return Err(format!(
            "so few leads of `{arm}` carry its {} that one more would change it",
            metric.words()
        ));
    }
    Ok(())
}

/// What an arm comes to less what the first one does.
struct Difference {
    contrast: ArmDifference,
    /// The mean of the first arm.
    base: f64,
    units: u64,
    method: Method,
}

impl Difference {
    fn of(
        plan: &Plan,
        evidence: &Evidence,
        first: &str,
        arm: &str,
        metric: Metric,
    ) -> Result<Self, String> {
        if let Some(draws) = &evidence.adaptive {
            return Self::of_bandit(draws, first, arm, metric);
        }
        let [first, arm] = two_means(plan, &evidence.units, first, arm, metric)?;
        let contrast = ArmDifference::between(first.mean, arm.mean);
        Ok(Self {
            contrast: contrast.map_err(|error| error.to_string())?,
            base: first.mean.value(),
            units: first.units + arm.units,
            method: Method::Means,
        })
    }

    fn of_bandit(
        draws: &AdaptiveDraws,
        first: &str,
        arm: &str,
        metric: Metric,
    ) -> Result<Self, String> {
        for name in [first, arm] {
            enough(name, metric, draws.leads(name), draws.rewards(name, metric))?;
        }
        let found = draws.difference(first, arm, metric)?;
        Ok(Self {
            contrast: found.contrast,
            base: found.base,
            units: found.units,
            method: Method::AdaptiveAipw,
        })
    }
}

/// Compares an arm with the first one.
///
/// * `n_comparisons`: how many like it decide together; each is held to a stricter level, so that all of them together
///   are wrong no oftener than the plan allows.
pub(crate) fn compare(
    plan: &Plan,
    evidence: &Evidence,
    (arm, metric, role): (&str, Metric, Role),
    n_comparisons: usize,
) -> Comparison {
    let arms = plan.subject.arms();
    let known = Difference::of(plan, evidence, arms[0], arm, metric).and_then(|difference| {
        effect(plan, &difference, metric, n_comparisons).map_err(|error| error.to_string())
    });
    let (effect, why_not) = match known {
        Ok(effect) => (Some(effect), None),
        Err(why) => (None, Some(why)),
    };
    let adjusted = effect.as_ref().filter(|_| !plan.covariates.is_empty());
    let adjusted = adjusted.map(|plain| {
        let arms = (arms[0], arm);
        adjustment(plan, evidence, arms, (metric, plain.units), n_comparisons)
    });
    let mut comparison = Comparison {
        arm: arm.to_owned(),
        metric,
        role,
        verdict: Verdict::NotYet,
        effect,
        why_not,
        adjusted: None,
        why_not_adjusted: None,
    };
    match adjusted {
        Some(Ok(adjusted)) => comparison.adjusted = Some(adjusted),
        Some(Err(why)) => comparison.why_not_adjusted = Some(why),
        None => {}
    }
    if let Some(effect) = comparison.deciding() {
        comparison.verdict = judge(plan, effect, metric, role);
    }
    comparison
}

/// The difference of two arms without what the covariates explain.
fn adjustment(
    plan: &Plan,
    evidence: &Evidence,
    (first, arm): (&str, &str),
    (metric, units): (Metric, u64),
    n_comparisons: usize,
) -> Result<Adjustment, String> {
    let AdjustedArms {
        contrast,
        base,
        variance_removed,
        by,
    } = adjusted_arms(plan, &evidence.units, first, arm, metric)?;
    let difference = Difference {
        contrast,
        base: base.value(),
        units,
        method: Method::Adjusted,
    };
    let effect = effect(plan, &difference, metric, n_comparisons);
    Ok(Adjustment {
        effect: effect.map_err(|error| error.to_string())?,
        variance_removed,
        by,
    })
}

fn effect(
    plan: &Plan,
    difference: &Difference,
    metric: Metric,
    n_comparisons: usize,
) -> Result<Effect, Error> {
    let Difference {
        contrast,
        base,
        units,
        method,
    } = *difference;
    // Bonferroni.
    let confidence = 1.0 - plan.alpha() / count(n_comparisons.max(1) as u64);
    let sequence = ConfidenceSequence::new(confidence, UNITS_TIGHT)?;
    let interval = sequence.interval(contrast, units)?;
    let relative = (base > 0.0).then(|| contrast.value() / base);
    // In the direction that is better.
    let better = if metric.is_more_better() { 1.0 } else { -1.0 };
    let belief = Gaussian::of(contrast);
    let [loss_of_first, loss_of_arm] = belief.expected_loss();
    let (expected_loss, expected_loss_of_first) = if better > 0.0 {
        (loss_of_arm, loss_of_first)
    } else {
        (loss_of_first, loss_of_arm)
    };
    let wins = belief.chance_to_win();
    Ok(Effect {
        difference: contrast.value(),
        interval,
        p_value: sequence.p_two_sided(contrast, units)?,
        fixed_interval: contrast.interval(confidence)?,
        fixed_p_value: contrast.p_two_sided(),
        relative,
        relative_interval: relative.map(|_| interval.map(|limit| limit / base)),
        chance_to_win: if better > 0.0 { wins } else { 1.0 - wins },
        expected_loss,
        expected_loss_of_first,
        se: contrast.se(),
        units,
        method,
    })
}
