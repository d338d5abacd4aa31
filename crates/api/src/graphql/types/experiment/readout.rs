//! What can be said of an experiment at a moment.

use async_graphql::{Enum, Object, SimpleObject};
use pointsman_experiment as experiment;

use super::ExperimentMetric;
use crate::graphql::scalars::Timestamp;

/// Why a comparison is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "experiment::Role")]
pub(in crate::graphql) enum ComparisonRole {
    /// It decides.
    Primary,
    /// It limits harm.
    Guardrail,
    /// It is shown and decides nothing.
    Secondary,
}

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "experiment::Verdict")]
pub(in crate::graphql) enum ComparisonVerdict {
    /// The arm is better.
    Better,
    /// The arm is worse; for a guardrail, by more than it allows.
    Worse,
    /// The difference is smaller than the smallest that matters; for a guardrail, no more harm than it allows.
    NoMatter,
    /// Not known yet.
    NotYet,
}

/// How a difference is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "experiment::Method")]
pub(in crate::graphql) enum EffectMethod {
    /// Means of units, within each set of weights.
    Means,
    /// Adaptively weighted AIPW: leads weighted by the probabilities of their draws, for arms of a bandit.
    AdaptiveAipw,
    /// Means of units, within each set of weights, without what covariates explain (CUPED).
    Adjusted,
}

/// What to do about an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "experiment::Action")]
pub(in crate::graphql) enum ExperimentAction {
    /// Wait for more leads.
    Wait,
    /// Replace the first arm.
    Ship,
    /// Keep the first arm.
    Keep,
    /// Stop: a guardrail is broken.
    Stop,
    /// Find out why leads were not split as the weights say.
    Repair,
}

/// Lower and upper limit.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Interval {
    /// Lower limit.
    low: f64,
    /// Upper limit.
    high: f64,
}

impl From<[f64; 2]> for Interval {
    fn from([low, high]: [f64; 2]) -> Self {
        Self { low, high }
    }
}

/// The value of a metric in an arm.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExperimentMeasure {
    /// Metric.
    metric: ExperimentMetric,
    /// Mean per lead; null without evidence.
    value: Option<f64>,
    /// Standard error of the mean; null without evidence.
    standard_error: Option<f64>,
}

/// An arm of an experiment.
pub(in crate::graphql) struct ExperimentArm(experiment::ArmReadout);

/// What is known of an arm.
#[Object]
impl ExperimentArm {
    /// Name.
    async fn name(&self) -> &str {
        &self.0.arm
    }

    /// Leads that count.
    async fn leads(&self) -> u64 {
        self.0.leads
    }

    /// Units that these leads come from: leads, or values of the field that keeps its arm.
    async fn units(&self) -> u64 {
        self.0.units
    }

    /// Leads that do not count yet: their window is not over, or an answer is not known.
    async fn waiting(&self) -> u64 {
        self.0.waiting
    }

    /// Leads that never count: not all arms could be drawn for them.
    async fn not_comparable(&self) -> u64 {
        self.0.not_comparable
    }

    /// Leads that drew another arm than their unit did first. They count for the first.
    async fn crossed(&self) -> u64 {
        self.0.crossed
    }

    /// Values of all metrics.
    async fn measures(&self) -> Vec<ExperimentMeasure> {
        let measured = self.0.measured.iter();
        let measured = measured.map(|it| ExperimentMeasure {
            metric: it.metric.into(),
            value: it.value,
            standard_error: it.se,
        });
        measured.collect()
    }
}

/// A difference of two arms.
pub(in crate::graphql) struct ExperimentEffect(experiment::Effect);

/// A difference between an arm and the first arm: in shares of leads, or in units of the currency per lead.
#[Object]
impl ExperimentEffect {
    /// Arm minus first arm.
    async fn difference(&self) -> f64 {
        self.0.difference
    }

    /// Standard error of the difference.
    async fn standard_error(&self) -> f64 {
        self.0.se
    }

    /// Always-valid confidence interval: it holds however often one looks.
    async fn interval(&self) -> Interval {
        self.0.interval.into()
    }

    /// Always-valid p-value.
    async fn p_value(&self) -> f64 {
        self.0.p_value
    }

    /// Confidence interval for a single look at a time fixed in advance.
    async fn fixed_interval(&self) -> Interval {
        self.0.fixed_interval.into()
    }

    /// P-value for a single look at a time fixed in advance.
    async fn fixed_p_value(&self) -> f64 {
        self.0.fixed_p_value
    }

    /// Difference as a share of the first arm's value; null where that is 0.
    async fn relative(&self) -> Option<f64> {
        self.0.relative
    }

    /// `interval` as shares of the first arm's value; null where that is 0.
    async fn relative_interval(&self) -> Option<Interval> {
        self.0.relative_interval.map(Interval::from)
    }

    /// Probability that the arm is better, with a flat prior.
    async fn chance_to_win(&self) -> f64 {
        self.0.chance_to_win
    }

    /// Expected loss per lead of choosing the arm.
    async fn expected_loss(&self) -> f64 {
        self.0.expected_loss
    }

    /// Expected loss per lead of keeping the first arm.
    async fn expected_loss_of_first(&self) -> f64 {
        self.0.expected_loss_of_first
    }

    /// Units behind the difference.
    async fn units(&self) -> u64 {
        self.0.units
    }

    /// How the difference is estimated.
    async fn method(&self) -> EffectMethod {
        self.0.method.into()
    }
}

/// A difference without what covariates explain.
pub(in crate::graphql) struct ExperimentAdjustment(experiment::Adjustment);

/// A difference without what the covariates of the plan explain (CUPED).
#[Object]
impl ExperimentAdjustment {
    /// The difference. Shares are of the first arm's value, adjusted likewise.
    async fn effect(&self) -> ExperimentEffect {
        ExperimentEffect(self.0.effect.clone())
    }

    /// Share of the variance that the covariates removed; below 0 where they explain nothing.
    async fn variance_removed(&self) -> f64 {
        self.0.variance_removed
    }

    /// Lead fields that it is adjusted by; those that never vary are left out.
    async fn covariates(&self) -> &[String] {
        &self.0.by
    }
}

/// An arm compared with the first one.
pub(in crate::graphql) struct ExperimentComparison(experiment::Comparison);

/// An arm compared with the first arm by a metric.
#[Object]
impl ExperimentComparison {
    /// Arm.
    async fn arm(&self) -> &str {
        &self.0.arm
    }

    /// Metric.
    async fn metric(&self) -> ExperimentMetric {
        self.0.metric.into()
    }

    /// Why it is made.
    async fn role(&self) -> ComparisonRole {
        self.0.role.into()
    }

    /// What it says.
    async fn verdict(&self) -> ComparisonVerdict {
        self.0.verdict.into()
    }

    /// Difference; null without evidence.
    async fn effect(&self) -> Option<ExperimentEffect> {
        self.0.effect.clone().map(ExperimentEffect)
    }

    /// Why there is no evidence; null if there is.
    async fn why_not(&self) -> Option<&str> {
        self.0.why_not.as_deref()
    }

    /// Difference adjusted by the covariates of the plan, by which the verdict is; null without covariates, and where it cannot
    /// be adjusted.
    async fn adjusted(&self) -> Option<ExperimentAdjustment> {
        self.0.adjusted.clone().map(ExperimentAdjustment)
    }

    /// Why the difference is not adjusted; null if it is, and without covariates.
    async fn why_not_adjusted(&self) -> Option<&str> {
        self.0.why_not_adjusted.as_deref()
    }
}

/// Whether leads were split as the weights say.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SplitCheck {
    /// Probability of a split this far from the weights, however often one looks; null without leads.
    p_value: Option<f64>,
    /// Whether the split is broken: the p-value is below 0.001.
    is_broken: bool,
    /// Number of different weights during the experiment; 0 for a bandit, whose draws are checked one by one.
    n_weights: u64,
}

/// What to do.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExperimentAdvice {
    /// What to do.
    action: ExperimentAction,
    /// Arm that it is about; null if it is about none.
    arm: Option<String>,
    /// The same in one sentence.
    sentence: String,
    /// Days until a decision at the present rate, if the difference is the smallest that matters; null if unknown.
    days_more: Option<f64>,
}

/// What can be said of an experiment at a moment.
pub(in crate::graphql) struct ExperimentReadout(pub(in crate::graphql) experiment::Readout);

/// Everything that can be said of an experiment at a moment.
#[Object]
impl ExperimentReadout {
    /// Time of the readout.
    async fn as_of(&self) -> Timestamp {
        self.0.as_of.into()
    }

    /// Arms; the others are compared with the first.
    async fn arms(&self) -> Vec<ExperimentArm> {
        self.0.arms.iter().cloned().map(ExperimentArm).collect()
    }

    /// Check of the split of leads.
    async fn split(&self) -> SplitCheck {
        SplitCheck {
            p_value: self.0.split.p_value,
            is_broken: self.0.split.is_broken,
            n_weights: self.0.split.n_weights as u64,
        }
    }

    /// Each other arm compared with the first, by each metric.
    async fn comparisons(&self) -> Vec<ExperimentComparison> {
        let comparisons = self.0.comparisons.iter().cloned();
        comparisons.map(ExperimentComparison).collect()
    }

    /// What happened during the experiment that its reader should know.
    async fn notes(&self) -> &[String] {
        &self.0.notes
    }

    /// What to do.
    async fn advice(&self) -> ExperimentAdvice {
        let experiment::Advice {
            action,
            arm,
            sentence,
            days_more,
        } = self.0.advice.clone();
        ExperimentAdvice {
            action: action.into(),
            arm,
            sentence,
            days_more,
        }
    }
}
