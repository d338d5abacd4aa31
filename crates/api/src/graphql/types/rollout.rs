//! Rollouts: versions on their way from no lead to all of them.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use pointsman_control as control;
use pointsman_experiment::{Exposure, Gate, GateVerdict};

use super::{
    experiment::{Experiment, readout::ExperimentReadout},
    flow_version::FlowVersion,
};
use crate::graphql::{
    asking::Asking as _, fault::OrFault as _, loaders::VersionByHash, paging::weigh,
    scalars::Timestamp,
};

/// State of a rollout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "control::RolloutState")]
pub(in crate::graphql) enum RolloutState {
    /// Its steps go on.
    Running,
    /// All leads go to the live version; the rollout stays at its step.
    Paused,
    /// Its version is live.
    Live,
    /// Its version was taken back.
    RolledBack,
}

/// Condition for the next step of a rollout.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RolloutGate {
    /// Leads of the version that have to count since the step began.
    min_leads: u64,
    /// Hours that the step has to last.
    min_hours: u32,
    /// Whether the readout has to advise to ship the version.
    requires_ship: bool,
    /// Name of another experiment that has to be concluded with another arm than its first one; null: none.
    requires_experiment: Option<String>,
}

impl From<Gate> for RolloutGate {
    fn from(gate: Gate) -> Self {
        let Gate {
            min_leads,
            min_hours,
            requires_ship,
            requires_experiment,
        } = gate;
        Self {
            min_leads,
            min_hours,
            requires_ship,
            requires_experiment,
        }
    }
}

/// A step of a rollout.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RolloutStep {
    /// Share of leads that the version takes, in parts per million; null: it decides leads without sending anything.
    share_ppm: Option<u32>,
    /// Condition for the next step; of the last one, for making the version live.
    gate: RolloutGate,
}

/// State and step of a rollout.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RolloutPlace {
    /// State.
    state: RolloutState,
    /// Position of the step, from 0.
    step: u64,
}

impl From<control::RolloutPlace> for RolloutPlace {
    fn from(place: control::RolloutPlace) -> Self {
        let control::RolloutPlace { state, step } = place;
        Self {
            state: state.into(),
            step: step as u64,
        }
    }
}

/// What was known of a rollout at a moment.
pub(in crate::graphql) struct RolloutEvidence(control::RolloutEvidence);

/// What was known of a rollout at a moment.
#[Object]
impl RolloutEvidence {
    /// Leads of the version that count since the step began.
    async fn leads(&self) -> u64 {
        self.0.leads
    }

    /// Hours since the step began.
    async fn hours(&self) -> f64 {
        self.0.hours
    }

    /// Leads that the shadow decided; null in other steps.
    async fn shadow_leads(&self) -> Option<u64> {
        self.0.shadow.map(|it| it.leads)
    }

    /// Leads that the shadow sends elsewhere first; null in other steps.
    async fn shadow_moved(&self) -> Option<u64> {
        self.0.shadow.map(|it| it.moved)
    }

    /// Leads of which it is unknown where the shadow sends them; null in other steps.
    async fn shadow_undecided(&self) -> Option<u64> {
        self.0.shadow.map(|it| it.undecided)
    }

    /// Readout of the experiment; null in the step of a shadow.
    async fn readout(&self) -> Option<ExperimentReadout> {
        self.0.readout.clone().map(ExperimentReadout)
    }
}

/// What follows from the gate of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum GateState {
    /// The next step may begin.
    Open,
    /// Something is waited for.
    Waiting,
    /// Nothing can be believed at present: the rollout is paused.
    Doubtful,
    /// A guardrail is broken: the version is taken back.
    Broken,
}

/// The gate of a rollout's step at this moment.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RolloutGateState {
    /// What follows.
    state: GateState,
    /// Reasons; everything that is waited for.
    reasons: Vec<String>,
    /// What is known.
    evidence: RolloutEvidence,
}

/// A change of a rollout.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RolloutChange {
    /// Time.
    at: Timestamp,
    /// Token that made it; `rollout` where nobody did.
    by: String,
    /// State and step before; null for the start.
    before: Option<RolloutPlace>,
    /// State and step after.
    after: RolloutPlace,
    /// Reason.
    reason: String,
    /// What was known; null for the start.
    evidence: Option<RolloutEvidence>,
}

impl From<control::RolloutChange> for RolloutChange {
    fn from(change: control::RolloutChange) -> Self {
        let control::RolloutChange {
            at,
            by,
            before,
            after,
            reason,
            evidence,
        } = change;
        Self {
            at: at.into(),
            by,
            before: before.map(RolloutPlace::from),
            after: after.into(),
            reason,
            evidence: evidence.map(RolloutEvidence),
        }
    }
}

/// A version on its way from no lead to all of them.
pub(in crate::graphql) struct Rollout(pub(in crate::graphql) control::Rollout);

/// A version on its way from no lead to all of them, step by step. It is watched by the experiment of the same name.
#[Object]
impl Rollout {
    /// Name; also that of the experiment.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Name of the flow.
    async fn flow(&self) -> &str {
        &self.0.flow
    }

    /// Hash of the version.
    async fn version_hash(&self) -> &str {
        &self.0.version
    }

    /// The version.
    async fn version(&self, context: &Context<'_>) -> Result<Option<FlowVersion>> {
        let hash = self.0.version.clone();
        let version = context.batches()?.load_one(VersionByHash(hash)).await?;
        Ok(version.map(FlowVersion))
    }

    /// Revision, from 1, incremented with each change; the next change may expect it.
    async fn revision(&self) -> i64 {
        self.0.revision
    }

    /// State.
    async fn state(&self) -> RolloutState {
        self.0.place.state.into()
    }

    /// Position of the present step, from 0.
    async fn step(&self) -> u64 {
        self.0.place.step as u64
    }

    /// Steps in their order.
    async fn steps(&self) -> Vec<RolloutStep> {
        let steps = self.0.steps.steps.iter().map(|step| RolloutStep {
            share_ppm: match step.exposure {
                Exposure::Shadow => None,
                Exposure::Canary(share) => Some(share),
            },
            gate: step.gate.clone().into(),
        });
        steps.collect()
    }

    /// Whether it goes on by itself where a gate is open. It is always taken back by itself.
    async fn is_automatic(&self) -> bool {
        self.0.steps.is_automatic
    }

    /// Time at which the present step began.
    async fn step_since(&self) -> Timestamp {
        self.0.step_since.into()
    }

    /// The gate of the present step; null after the end.
    #[graphql(complexity = "weigh(200, 1, child_complexity)")]
    async fn gate(&self, context: &Context<'_>) -> Result<Option<RolloutGateState>> {
        let gate = context.control()?.rollout_gate(&self.0.name).await;
        Ok(gate.or_fault()?.map(|(evidence, verdict)| {
            let (state, reasons) = match verdict {
                GateVerdict::Open(why) => (GateState::Open, vec![why]),
                GateVerdict::Wait(waits) => (GateState::Waiting, waits),
                GateVerdict::Pause(why) => (GateState::Doubtful, vec![why]),
                GateVerdict::RollBack(why) => (GateState::Broken, vec![why]),
            };
            RolloutGateState {
                state,
                reasons,
                evidence: RolloutEvidence(evidence),
            }
        }))
    }

    /// The experiment that watches the version.
    async fn experiment(&self, context: &Context<'_>) -> Result<Option<Experiment>> {
        let found = context.control()?.find_experiment(&self.0.name).await;
        Ok(found.or_fault()?.map(Experiment))
    }

    /// Changes, oldest first.
    #[graphql(complexity = "weigh(10, 10, child_complexity)")]
    async fn changes(&self, context: &Context<'_>) -> Result<Vec<RolloutChange>> {
        let changes = context.control()?.rollout_changes(&self.0.name).await;
        let changes = changes.or_fault()?.into_iter();
        Ok(changes.map(RolloutChange::from).collect())
    }

    /// Time of the start.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// Token that started it.
    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    /// Time of the end; null before.
    async fn ended_at(&self) -> Option<Timestamp> {
        self.0.ended_at.map(Timestamp::from)
    }
}
