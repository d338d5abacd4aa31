//! Planning, running and concluding experiments.

use async_graphql::{Context, InputObject, Object, OneofObject, Result, SimpleObject};
use pointsman_control::{self as control, Decision, ExperimentStep, NewExperiment};
use pointsman_experiment::{Guardrail, Layer, Plan, Subject};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        node_id::name_of,
        types::{
            diagnostic::{self, Diagnostic},
            experiment::{Experiment, ExperimentMetric},
        },
        user_error::{UserError, sorted},
    },
};

/// Arms of a split to compare.
#[derive(Debug, InputObject)]
pub(crate) struct SplitSubjectInput {
    /// Name of the split in the live version.
    node: String,
    /// 2 to 10 arms; the others are compared with the first.
    arms: Vec<String>,
}

/// Arms of a bandit to compare.
#[derive(Debug, InputObject)]
pub(crate) struct BanditSubjectInput {
    /// Name of the bandit in the live version.
    node: String,
    /// 2 to 10 arms; the others are compared with the first.
    arms: Vec<String>,
}

/// A version to try out beside the live one.
#[derive(Debug, InputObject)]
pub(crate) struct CandidateInput {
    /// Hash or id of the version.
    version: String,
    /// Share of leads that it takes, 1 to 999,999 parts per million. A larger share keeps the leads of a smaller one.
    share_ppm: u32,
    /// Lead field that keeps people with the version that they were given, such as an e-mail address; without it, and for leads
    /// without a value, each lead is chosen by itself.
    sticky: Option<String>,
}

/// The share of a layer that takes part in no other experiment of it.
#[derive(Debug, InputObject)]
pub(crate) struct HoldOutInput {
    /// Lead field by which people are known, such as an e-mail address; without it, and for leads without a value, each lead is
    /// held out by itself.
    sticky: Option<String>,
}

/// A part of a layer: experiments of one layer, on whatever flow, exclude each other.
#[derive(Debug, InputObject)]
pub(crate) struct LayerInput {
    /// Name of the layer: lower-case letters, digits, `-` and `_`.
    name: String,
    /// Share of the layer's units that the experiment gets when it starts, 1 to 1,000,000 parts per million.
    share_ppm: u32,
}

/// What to compare.
#[derive(Debug, OneofObject)]
pub(crate) enum ExperimentSubjectInput {
    /// Arms of a split of the live version.
    Split(SplitSubjectInput),
    /// Arms of a bandit of the live version, by the probabilities that each lead was drawn with.
    Bandit(BanditSubjectInput),
    /// Another version with the live one.
    Candidate(CandidateInput),
    /// The share of a layer that takes part in no other experiment of it, with all other leads of the flow.
    HoldOut(HoldOutInput),
}

/// A limit to the harm that an arm may do.
#[derive(Debug, InputObject)]
pub(crate) struct GuardrailInput {
    /// Metric that must not be harmed.
    metric: ExperimentMetric,
    /// Largest harm allowed, as a share of the first arm's value, 0 to 1,000,000 parts per million.
    worst_ppm: u32,
}

/// An experiment to plan.
#[derive(Debug, InputObject)]
pub(crate) struct CreateExperimentInput {
    /// Name: lower-case letters, digits, `-` and `_`.
    name: String,
    /// Name of the flow.
    flow: String,
    /// What you expect, and why.
    #[graphql(default)]
    hypothesis: String,
    /// What to compare.
    subject: ExperimentSubjectInput,
    /// Metric that decides.
    primary: ExperimentMetric,
    /// Smallest change of it that matters, as a share of the first arm's value, 1,000 to 1,000,000 parts per million.
    #[graphql(default = 50_000)]
    smallest_effect_ppm: u32,
    /// Limits to the harm that an arm may do. A broken one pauses the experiment.
    #[graphql(default)]
    guardrails: Vec<GuardrailInput>,
    /// Metrics that are shown and decide nothing.
    #[graphql(default)]
    secondary: Vec<ExperimentMetric>,
    /// Up to 4 lead fields that differences are adjusted by (CUPED): integers, decimals or booleans that are not personal. Not
    /// for arms of a bandit.
    #[graphql(default)]
    covariates: Vec<String>,
    /// Leads that are on their way for longer are slow, 1 to 86,400,000 milliseconds.
    #[graphql(default = 2_000)]
    slow_ms: u32,
    /// Part of a layer; without it units may be in other experiments too. A hold-out has one.
    layer: Option<LayerInput>,
    /// Attribution window in hours from the draw, 0 to 2,160; with 0, only prices of acceptances count.
    #[graphql(default = 0)]
    window_hours: u32,
    /// Confidence of the intervals, 800,000 to 999,000 parts per million.
    #[graphql(default = 950_000)]
    confidence_ppm: u32,
}

/// An experiment to start or to resume.
#[derive(Debug, InputObject)]
pub(crate) struct StartExperimentInput {
    /// Name or id of the experiment.
    name: String,
    /// Revision that it must have; omitted: any.
    revision: Option<i64>,
    /// Reason, kept with the change.
    note: Option<String>,
}

/// An experiment to pause.
#[derive(Debug, InputObject)]
pub(crate) struct PauseExperimentInput {
    /// Name or id of the experiment.
    name: String,
    /// Revision that it must have; omitted: any.
    revision: Option<i64>,
    /// Reason, kept with the change.
    note: Option<String>,
}

/// Another share of leads for the candidate of an experiment.
#[derive(Debug, InputObject)]
pub(crate) struct SetExperimentShareInput {
    /// Name or id of the experiment.
    name: String,
    /// Share of leads, 1 to 999,999 parts per million.
    share_ppm: u32,
    /// Revision that it must have; omitted: any.
    revision: Option<i64>,
    /// Reason, kept with the change.
    note: Option<String>,
}

/// A decision.
#[derive(Debug, OneofObject)]
pub(crate) enum ExperimentDecisionInput {
    /// This arm replaces the first one.
    Ship(String),
    /// The first arm stays; `true`.
    Keep(bool),
    /// Nothing could be decided; `true`.
    Inconclusive(bool),
}

/// The end of an experiment.
#[derive(Debug, InputObject)]
pub(crate) struct ConcludeExperimentInput {
    /// Name or id of the experiment.
    name: String,
    /// Decision.
    decision: ExperimentDecisionInput,
    /// Reason, kept with the decision.
    reason: Option<String>,
    /// Make the shipped arm live at once: the candidate version, or a new version in which the arm has the weight of
    /// all compared arms. Not for arms of a bandit.
    #[graphql(default = false)]
    promote: bool,
    /// Revision that it must have; omitted: any.
    revision: Option<i64>,
}

/// The experiment, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct ExperimentPayload {
    /// The experiment; null when `userErrors` is not empty.
    experiment: Option<Experiment>,
    /// Findings of the checks for the version that would take leads.
    diagnostics: Vec<Diagnostic>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

fn payload(changed: Result<control::Experiment, control::Error>) -> Result<ExperimentPayload> {
    Ok(match sorted(changed)? {
        Ok(experiment) => ExperimentPayload {
            experiment: Some(Experiment(experiment)),
            diagnostics: Vec::new(),
            user_errors: Vec::new(),
        },
        Err((user_errors, found)) => ExperimentPayload {
            experiment: None,
            diagnostics: diagnostic::shown(found),
            user_errors,
        },
    })
}

impl CreateExperimentInput {
    fn planned(self, by: String) -> NewExperiment {
        let mut sticky = None;
        let (subject, candidate, share_ppm) = match self.subject {
            ExperimentSubjectInput::Split(SplitSubjectInput { node, arms }) => {
                (Subject::Split { node, arms }, None, 0)
            }
            ExperimentSubjectInput::Bandit(BanditSubjectInput { node, arms }) => {
                (Subject::Bandit { node, arms }, None, 0)
            }
            ExperimentSubjectInput::Candidate(CandidateInput {
                version,
                share_ppm,
                sticky: field,
            }) => {
                sticky = field;
                let hash = name_of("version", &version).to_owned();
                (Subject::Version, Some(hash), share_ppm)
            }
            ExperimentSubjectInput::HoldOut(HoldOutInput { sticky: field }) => {
                sticky = field;
                (Subject::HoldOut, None, 0)
            }
        };
        let secondary = self.secondary.into_iter();
        NewExperiment {
            name: self.name,
            flow: self.flow,
            plan: Plan {
                hypothesis: self.hypothesis,
                subject,
                primary: self.primary.into(),
                smallest_effect_ppm: self.smallest_effect_ppm,
                guardrails: guardrails(self.guardrails),
                secondary: secondary.map(pointsman_experiment::Metric::from).collect(),
                covariates: self.covariates,
                slow_ms: self.slow_ms,
                sticky,
                layer: self.layer.map(|LayerInput { name, share_ppm }| Layer {
                    name,
                    share_ppm,
                    stretches: Vec::new(),
                }),
                window_hours: self.window_hours,
                confidence_ppm: self.confidence_ppm,
            },
            candidate,
            share_ppm,
            by,
        }
    }
}

/// What an experiment or a rollout must not harm.
pub(super) fn guardrails(inputs: Vec<GuardrailInput>) -> Vec<Guardrail> {
    let guardrails = inputs.into_iter().map(|it| Guardrail {
        metric: it.metric.into(),
        worst_ppm: it.worst_ppm,
    });
    guardrails.collect()
}

fn step(
    name: &str,
    expected_revision: Option<i64>,
    note: Option<String>,
    by: String,
) -> ExperimentStep {
    ExperimentStep {
        name: name_of("experiment", name).to_owned(),
        expected_revision,
        note,
        by,
    }
}

/// Experiments.
#[derive(Debug, Default)]
pub(crate) struct ExperimentMutation;

#[Object]
impl ExperimentMutation {
    /// Plans an experiment. No lead takes part before it is started.
    async fn create_experiment(
        &self,
        context: &Context<'_>,
        input: CreateExperimentInput,
    ) -> Result<ExperimentPayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let new = input.planned(by);
        payload(context.control()?.create_experiment(new).await)
    }

    /// Starts an experiment, or resumes it after a pause.
    async fn start_experiment(
        &self,
        context: &Context<'_>,
        input: StartExperimentInput,
    ) -> Result<ExperimentPayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let step = step(&input.name, input.revision, input.note, by);
        payload(context.control()?.start_experiment(step).await)
    }

    /// Pauses an experiment. Where a version is tried out, all leads are routed by the live one.
    async fn pause_experiment(
        &self,
        context: &Context<'_>,
        input: PauseExperimentInput,
    ) -> Result<ExperimentPayload> {
        let by = context.require(Right::Operate)?.name.clone();
        let step = step(&input.name, input.revision, input.note, by);
        payload(context.control()?.pause_experiment(step).await)
    }

    /// Changes the share of leads that the candidate version of an experiment takes.
    async fn set_experiment_share(
        &self,
        context: &Context<'_>,
        input: SetExperimentShareInput,
    ) -> Result<ExperimentPayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let step = step(&input.name, input.revision, input.note, by);
        let control = context.control()?;
        payload(control.set_experiment_share(step, input.share_ppm).await)
    }

    /// Ends an experiment with a decision. The readout of that moment is kept with it.
    async fn conclude_experiment(
        &self,
        context: &Context<'_>,
        input: ConcludeExperimentInput,
    ) -> Result<ExperimentPayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let decision = match input.decision {
            ExperimentDecisionInput::Ship(arm) => Decision::Ship { arm },
            ExperimentDecisionInput::Keep(_) => Decision::Keep,
            ExperimentDecisionInput::Inconclusive(_) => Decision::Inconclusive,
        };
        let step = step(&input.name, input.revision, input.reason, by);
        let control = context.control()?;
        payload(
            control
                .conclude_experiment(step, decision, input.promote)
                .await,
        )
    }
}
