//! Starting and moving rollouts.

use async_graphql::{Context, InputObject, Object, OneofObject, Result, SimpleObject};
use pointsman_control::{self as control, NewRollout, RolloutAsk};
use pointsman_experiment::{Exposure, Gate, Plan, RolloutPlan, RolloutStep, Subject};

use super::experiments::{GuardrailInput, guardrails};
use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        node_id::name_of,
        types::{
            diagnostic::{self, Diagnostic},
            experiment::ExperimentMetric,
            rollout::Rollout,
        },
        user_error::{UserError, sorted},
    },
};

/// How a version takes part at a step.
#[derive(Debug, OneofObject)]
pub(crate) enum RolloutExposureInput {
    /// It decides leads without sending anything; `true`.
    Shadow(bool),
    /// It takes this share of leads, 1 to 999,999 parts per million. Each step takes a larger one.
    SharePpm(u32),
}

/// Condition for the next step.
#[derive(Debug, InputObject)]
pub(crate) struct RolloutGateInput {
    /// Leads of the version that have to count since the step began.
    #[graphql(default = 0)]
    min_leads: u64,
    /// Hours that the step has to last, 0 to 2,160.
    #[graphql(default = 0)]
    min_hours: u32,
    /// Require that the readout advises to ship the version.
    #[graphql(default = false)]
    requires_ship: bool,
    /// Name of another experiment that has to be concluded with another arm than its first one.
    requires_experiment: Option<String>,
}

/// A step of a rollout.
#[derive(Debug, InputObject)]
pub(crate) struct RolloutStepInput {
    /// How the version takes part.
    exposure: RolloutExposureInput,
    /// Condition for the next step; of the last one, for making the version live.
    gate: RolloutGateInput,
}

/// A version to roll out.
#[derive(Debug, InputObject)]
pub(crate) struct StartRolloutInput {
    /// Name; also that of the experiment that watches the version.
    name: String,
    /// Name of the flow.
    flow: String,
    /// Hash or id of the version.
    version: String,
    /// 1 to 12 steps in their order. Only the first one may be a shadow.
    steps: Vec<RolloutStepInput>,
    /// Whether it goes on by itself where a gate is open. It is always taken back by itself.
    #[graphql(default = true)]
    is_automatic: bool,
    /// What you expect, and why.
    #[graphql(default)]
    hypothesis: String,
    /// Metric that decides.
    primary: ExperimentMetric,
    /// Smallest change of it that matters, as a share of the live version's value, 1,000 to 1,000,000 parts per million.
    #[graphql(default = 50_000)]
    smallest_effect_ppm: u32,
    /// Limits to the harm that the version may do, at least one. A broken one takes the version back.
    guardrails: Vec<GuardrailInput>,
    /// Metrics that are shown and decide nothing.
    #[graphql(default)]
    secondary: Vec<ExperimentMetric>,
    /// Up to 4 lead fields that differences are adjusted by (CUPED): integers, decimals or booleans that are not personal.
    #[graphql(default)]
    covariates: Vec<String>,
    /// Leads that are on their way for longer are slow, 1 to 86,400,000 milliseconds.
    #[graphql(default = 2_000)]
    slow_ms: u32,
    /// Lead field that keeps people with the version that they were given, such as an e-mail address; without it, and for leads
    /// without a value, each lead is chosen by itself.
    sticky: Option<String>,
    /// Attribution window in hours, 0 to 2,160; with 0, only prices of acceptances count.
    #[graphql(default = 0)]
    window_hours: u32,
    /// Confidence of the intervals, 800,000 to 999,000 parts per million.
    #[graphql(default = 950_000)]
    confidence_ppm: u32,
    /// Reason, kept with the start.
    reason: Option<String>,
}

/// A rollout to move to its next step.
#[derive(Debug, InputObject)]
pub(crate) struct AdvanceRolloutInput {
    /// Name of the rollout.
    name: String,
    /// Revision that it must have; omitted: any.
    revision: Option<i64>,
    /// Reason, kept with the change.
    reason: Option<String>,
}

/// A rollout to pause.
#[derive(Debug, InputObject)]
pub(crate) struct PauseRolloutInput {
    /// Name of the rollout.
    name: String,
    /// Revision that it must have; omitted: any.
    revision: Option<i64>,
    /// Reason, kept with the change.
    reason: Option<String>,
}

/// A rollout to resume.
#[derive(Debug, InputObject)]
pub(crate) struct ResumeRolloutInput {
    /// Name of the rollout.
    name: String,
    /// Revision that it must have; omitted: any.
    revision: Option<i64>,
    /// Reason, kept with the change.
    reason: Option<String>,
}

/// A rollout to take back.
#[derive(Debug, InputObject)]
pub(crate) struct RollBackRolloutInput {
    /// Name of the rollout.
    name: String,
    /// Revision that it must have; omitted: any.
    revision: Option<i64>,
    /// Reason, kept with the change.
    reason: Option<String>,
}

/// The rollout, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct RolloutPayload {
    /// The rollout; null when `userErrors` is not empty.
    rollout: Option<Rollout>,
    /// Findings of the checks for the version.
    diagnostics: Vec<Diagnostic>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

fn payload(changed: Result<control::Rollout, control::Error>) -> Result<RolloutPayload> {
    Ok(match sorted(changed)? {
        Ok(rollout) => RolloutPayload {
            rollout: Some(Rollout(rollout)),
            diagnostics: Vec::new(),
            user_errors: Vec::new(),
        },
        Err((user_errors, found)) => RolloutPayload {
            rollout: None,
            diagnostics: diagnostic::shown(found),
            user_errors,
        },
    })
}

impl From<RolloutStepInput> for RolloutStep {
    fn from(input: RolloutStepInput) -> Self {
        let exposure = match input.exposure {
            RolloutExposureInput::Shadow(_) => Exposure::Shadow,
            RolloutExposureInput::SharePpm(share) => Exposure::Canary(share),
        };
        let RolloutGateInput {
            min_leads,
            min_hours,
            requires_ship,
            requires_experiment,
        } = input.gate;
        let requires_experiment =
            requires_experiment.map(|name| name_of("experiment", &name).to_owned());
        Self {
            exposure,
            gate: Gate {
                min_leads,
                min_hours,
                requires_ship,
                requires_experiment,
            },
        }
    }
}

impl StartRolloutInput {
    fn planned(self, by: String) -> NewRollout {
        NewRollout {
            name: self.name,
            flow: self.flow,
            version: name_of("version", &self.version).to_owned(),
            steps: RolloutPlan {
                steps: self.steps.into_iter().map(RolloutStep::from).collect(),
                is_automatic: self.is_automatic,
            },
            watched: Plan {
                hypothesis: self.hypothesis,
                subject: Subject::Version,
                primary: self.primary.into(),
                smallest_effect_ppm: self.smallest_effect_ppm,
                guardrails: guardrails(self.guardrails),
                secondary: self.secondary.into_iter().map(Into::into).collect(),
                covariates: self.covariates,
                slow_ms: self.slow_ms,
                sticky: self.sticky,
                layer: None,
                window_hours: self.window_hours,
                confidence_ppm: self.confidence_ppm,
            },
            reason: self.reason,
            by,
        }
    }
}

/// Rollouts.
#[derive(Debug, Default)]
pub(crate) struct RolloutMutation;

#[Object]
impl RolloutMutation {
    /// Starts the rollout of a version: makes the experiment that watches it, and begins the first step.
    async fn start_rollout(
        &self,
        context: &Context<'_>,
        input: StartRolloutInput,
    ) -> Result<RolloutPayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let new = input.planned(by);
        payload(context.control()?.start_rollout(new).await)
    }

    /// Begins the next step of a rollout before its gate opens; after the last step the version is live.
    async fn advance_rollout(
        &self,
        context: &Context<'_>,
        input: AdvanceRolloutInput,
    ) -> Result<RolloutPayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let ask = ask((input.name, input.revision, input.reason), by);
        payload(context.control()?.advance_rollout(ask).await)
    }

    /// Pauses a rollout: it stays at its step, and all leads go to the live version.
    async fn pause_rollout(
        &self,
        context: &Context<'_>,
        input: PauseRolloutInput,
    ) -> Result<RolloutPayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let ask = ask((input.name, input.revision, input.reason), by);
        payload(context.control()?.pause_rollout(ask).await)
    }

    /// Resumes a rollout after a pause. Its step begins anew.
    async fn resume_rollout(
        &self,
        context: &Context<'_>,
        input: ResumeRolloutInput,
    ) -> Result<RolloutPayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let ask = ask((input.name, input.revision, input.reason), by);
        payload(context.control()?.resume_rollout(ask).await)
    }

    /// Takes a version back for good: all leads go to the live version, and the experiment ends with the decision to keep
    /// it.
    async fn roll_back_rollout(
        &self,
        context: &Context<'_>,
        input: RollBackRolloutInput,
    ) -> Result<RolloutPayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let ask = ask((input.name, input.revision, input.reason), by);
        payload(context.control()?.roll_back_rollout(ask).await)
    }
}

fn ask(
    (name, expected_revision, reason): (String, Option<i64>, Option<String>),
    by: String,
) -> RolloutAsk {
    RolloutAsk {
        name,
        expected_revision,
        reason,
        by,
    }
}
