//! Experiments, their plans and their ends.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use pointsman_control as control;
use pointsman_experiment as plan;

use super::flow_version::FlowVersion;
use crate::graphql::{
    asking::Asking as _, fault::OrFault as _, loaders::VersionByHash, node_id::named,
    paging::weigh, scalars::Timestamp,
};

pub(in crate::graphql) mod readout;
pub(in crate::graphql) mod size;

use readout::ExperimentReadout;

/// State of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "control::ExperimentState")]
pub(in crate::graphql) enum ExperimentState {
    /// Planned; no lead takes part.
    Draft,
    /// Leads take part.
    Running,
    /// No lead takes part any more; leads of before are still counted.
    Paused,
    /// Decided.
    Concluded,
}

/// A metric of leads, within the window of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::Metric")]
pub(in crate::graphql) enum ExperimentMetric {
    /// Share of leads that a destination accepted.
    AcceptRate,
    /// Share of leads with a sale.
    ConversionRate,
    /// Share of leads with a return.
    ReturnRate,
    /// Revenue per lead, in units of the flow's currency.
    Revenue,
    /// Time on the way per lead, from its first step to the end of its walk, in milliseconds.
    Latency,
    /// Share of leads that are on their way for longer than `slowMs`.
    SlowRate,
}

/// What was decided at the end of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum ExperimentDecision {
    /// An arm replaces the first arm.
    Ship,
    /// The first arm stays.
    Keep,
    /// Nothing could be decided.
    Inconclusive,
}

/// A limit to the harm that an arm may do.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExperimentGuardrail {
    /// Metric that must not be harmed.
    metric: ExperimentMetric,
    /// Largest harm allowed, as a share of the first arm's value, in parts per million.
    worst_ppm: u32,
}

/// The part of a layer that an experiment has. Experiments of one layer exclude each other.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExperimentLayer {
    /// Name of the layer.
    name: String,
    /// Share of the layer's units, in parts per million.
    share_ppm: u32,
}

/// One change of an experiment.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExperimentChange {
    /// Time of the change.
    at: Timestamp,
    /// Token that made it; `guardrail` when a broken guardrail paused the experiment.
    by: String,
    /// State since the change.
    state: ExperimentState,
    /// Share of leads that the candidate takes since the change, in parts per million.
    share_ppm: u32,
    /// Reason, if one was given.
    note: Option<String>,
}

impl From<control::ExperimentChange> for ExperimentChange {
    fn from(change: control::ExperimentChange) -> Self {
        let control::ExperimentChange {
            at,
            by,
            state,
            share_ppm,
            note,
        } = change;
        Self {
            at: at.into(),
            by,
            state: state.into(),
            share_ppm,
            note,
        }
    }
}

/// The end of an experiment.
pub(in crate::graphql) struct ExperimentConclusion(control::Conclusion);

/// The decision that ended an experiment, with its evidence.
#[Object]
impl ExperimentConclusion {
    /// The decision.
    async fn decision(&self) -> ExperimentDecision {
        match self.0.decision {
            control::Decision::Ship { .. } => ExperimentDecision::Ship,
            control::Decision::Keep => ExperimentDecision::Keep,
            control::Decision::Inconclusive => ExperimentDecision::Inconclusive,
        }
    }

    /// Arm that replaces the first arm; null for other decisions.
    async fn arm(&self) -> Option<&str> {
        match &self.0.decision {
            control::Decision::Ship { arm } => Some(arm),
            control::Decision::Keep | control::Decision::Inconclusive => None,
        }
    }

    /// Reason in the words of whoever decided.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Token that decided.
    async fn by(&self) -> &str {
        &self.0.by
    }

    /// Time of the decision.
    async fn at(&self) -> Timestamp {
        self.0.at.into()
    }

    /// Hash of the version that became live with it; null if none did.
    async fn promoted_version_hash(&self) -> Option<&str> {
        self.0.promoted.as_deref()
    }

    /// Readout of that moment.
    async fn readout(&self) -> ExperimentReadout {
        ExperimentReadout(self.0.readout.clone())
    }
}

/// A question asked of live traffic.
pub(in crate::graphql) struct Experiment(pub(in crate::graphql) control::Experiment);

/// An experiment: arms of a split, or a version beside the live one, compared on live leads.
#[Object]
impl Experiment {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        named("experiment", &self.0.name)
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Name of the flow.
    async fn flow(&self) -> &str {
        &self.0.flow
    }

    /// Revision, from 1, incremented with each change; the next change may expect it.
    async fn revision(&self) -> i64 {
        self.0.revision
    }

    /// State.
    async fn state(&self) -> ExperimentState {
        self.0.state.into()
    }

    /// What its author expects, and why.
    async fn hypothesis(&self) -> &str {
        &self.0.plan.hypothesis
    }

    /// Name of the split or bandit whose arms are compared; null if versions are.
    async fn node(&self) -> Option<&str> {
        self.0.plan.subject.node()
    }

    /// Arms; the others are compared with the first. `live` and `candidate` if versions are compared, `held` and `others` for a
    /// hold-out.
    async fn arms(&self) -> Vec<&str> {
        self.0.plan.subject.arms()
    }

    /// Version that is tried out beside the live one; null if arms of a node are compared.
    async fn candidate(&self, context: &Context<'_>) -> Result<Option<FlowVersion>> {
        let Some(hash) = self.0.candidate.clone() else {
            return Ok(None);
        };
        let version = context.batches()?.load_one(VersionByHash(hash)).await?;
        Ok(version.map(FlowVersion))
    }

    /// Share of leads that the candidate takes while it runs, in parts per million; 0 if arms of a node are compared.
    async fn share_ppm(&self) -> u32 {
        self.0.share_ppm
    }

    /// Metric that decides.
    async fn primary(&self) -> ExperimentMetric {
        self.0.plan.primary.into()
    }

    /// Smallest change of the primary metric that matters, as a share of the first arm's value, in parts per million.
    async fn smallest_effect_ppm(&self) -> u32 {
        self.0.plan.smallest_effect_ppm
    }

    /// Limits to the harm that an arm may do. A broken one pauses the experiment.
    async fn guardrails(&self) -> Vec<ExperimentGuardrail> {
        let guardrails = self.0.plan.guardrails.iter();
        let guardrails = guardrails.map(|it| ExperimentGuardrail {
            metric: it.metric.into(),
            worst_ppm: it.worst_ppm,
        });
        guardrails.collect()
    }

    /// Metrics that are shown and decide nothing.
    async fn secondary(&self) -> Vec<ExperimentMetric> {
        let metrics = self.0.plan.secondary.iter();
        metrics.map(|metric| (*metric).into()).collect()
    }

    /// Lead field that keeps people with the version that they were given; null if each lead is chosen by itself, and if arms of a node
    /// are compared.
    async fn sticky(&self) -> Option<&str> {
        self.0.plan.sticky.as_deref()
    }

    /// Part of a layer; null if its units may be in other experiments too.
    async fn layer(&self) -> Option<ExperimentLayer> {
        let layer = self.0.plan.layer.as_ref()?;
        Some(ExperimentLayer {
            name: layer.name.clone(),
            share_ppm: layer.share_ppm,
        })
    }

    /// Lead fields that differences are adjusted by.
    async fn covariates(&self) -> &[String] {
        &self.0.plan.covariates
    }

    /// Leads that are on their way for longer are slow, in milliseconds.
    async fn slow_ms(&self) -> u32 {
        self.0.plan.slow_ms
    }

    /// Attribution window in hours from the draw. Younger leads do not count yet.
    async fn window_hours(&self) -> u32 {
        self.0.plan.window_hours
    }

    /// Confidence of the intervals, in parts per million.
    async fn confidence_ppm(&self) -> u32 {
        self.0.plan.confidence_ppm
    }

    /// Readout of now; of a concluded experiment, that of its end.
    #[graphql(complexity = "weigh(200, 1, child_complexity)")]
    async fn readout(&self, context: &Context<'_>) -> Result<ExperimentReadout> {
        let readout = context.control()?.experiment_readout(&self.0.name).await;
        Ok(ExperimentReadout(readout.or_fault()?))
    }

    /// Changes of state and share, oldest first.
    #[graphql(complexity = "weigh(1, 10, child_complexity)")]
    async fn changes(&self, context: &Context<'_>) -> Result<Vec<ExperimentChange>> {
        let changes = context.control()?.experiment_changes(&self.0.name).await;
        let changes = changes.or_fault()?.into_iter();
        Ok(changes.map(ExperimentChange::from).collect())
    }

    /// Time of creation.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// Token that created it.
    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    /// Time of the start; null before.
    async fn started_at(&self) -> Option<Timestamp> {
        self.0.started_at.map(Timestamp::from)
    }

    /// Time of the end; null before.
    async fn concluded_at(&self) -> Option<Timestamp> {
        self.0.concluded_at.map(Timestamp::from)
    }

    /// The decision; null before it.
    async fn conclusion(&self) -> Option<ExperimentConclusion> {
        self.0.conclusion.clone().map(ExperimentConclusion)
    }
}
