//! Moving stages.

use async_graphql::{Context, InputObject, Object, OneofObject, Result, SimpleObject};
use pointsman_control::{ExpectedStage, MovedStage, StageMove};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        node_id::name_of,
        types::{
            diagnostic::{self, Diagnostic},
            flow::Flow,
            stage::Stage,
        },
        user_error::{UserError, sorted},
    },
};

/// Expected current state of a stage.
#[derive(Debug, OneofObject)]
pub(crate) enum ExpectedStageInput {
    /// The stage points to the version with this hash.
    Version(String),
    /// The stage has this revision; 0: it does not exist.
    Revision(i64),
}

impl From<ExpectedStageInput> for ExpectedStage {
    fn from(input: ExpectedStageInput) -> Self {
        match input {
            ExpectedStageInput::Version(hash) => Self::Hash(name_of("version", &hash).to_owned()),
            ExpectedStageInput::Revision(0) => Self::Absent,
            ExpectedStageInput::Revision(revision) => Self::Revision(revision),
        }
    }
}

/// A stage and the version that it is to point to.
#[derive(Debug, InputObject)]
pub(crate) struct MoveStageInput {
    /// Name of the flow.
    flow: String,
    /// Name of the stage; `live` routes leads.
    stage: String,
    /// Hash or id of the version.
    version: String,
    /// Expected current state of the stage; omitted: any.
    expected: Option<ExpectedStageInput>,
}

/// A stage to roll back.
#[derive(Debug, InputObject)]
pub(crate) struct RollBackStageInput {
    /// Name of the flow.
    flow: String,
    /// Name of the stage.
    stage: String,
    /// Expected current state of the stage; omitted: any.
    expected: Option<ExpectedStageInput>,
}

/// A flow to stop or to start again.
#[derive(Debug, InputObject)]
pub(crate) struct SetFlowStoppedInput {
    /// Name of the flow.
    flow: String,
    /// Whether it is to take no leads.
    is_stopped: bool,
    /// Why, at most 2,000 characters; it is kept with the change.
    reason: Option<String>,
}

/// The flow, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct SetFlowStoppedPayload {
    /// The flow; null when `userErrors` is not empty.
    flow: Option<Flow>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// The moved stage, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct StagePayload {
    /// The stage; null when `userErrors` is not empty.
    stage: Option<Stage>,
    /// Findings of the checks for the version.
    diagnostics: Vec<Diagnostic>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

fn payload(moved: Result<MovedStage, pointsman_control::Error>) -> Result<StagePayload> {
    Ok(match sorted(moved)? {
        Ok(moved) => StagePayload {
            stage: Some(Stage(moved.stage)),
            diagnostics: diagnostic::shown(moved.warnings),
            user_errors: Vec::new(),
        },
        Err((user_errors, found)) => StagePayload {
            stage: None,
            diagnostics: diagnostic::shown(found),
            user_errors,
        },
    })
}

/// Stages.
#[derive(Debug, Default)]
pub(crate) struct StageMutation;

#[Object]
impl StageMutation {
    /// Points a stage to a version. Moving `live` changes routing immediately; a lead under way finishes with
    /// the version that it started with.
    async fn move_stage(
        &self,
        context: &Context<'_>,
        input: MoveStageInput,
    ) -> Result<StagePayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let MoveStageInput {
            flow,
            stage,
            version,
            expected,
        } = input;
        let version = name_of("version", &version).to_owned();
        let expected = expected.map(ExpectedStage::from).unwrap_or_default();
        payload(
            context
                .control()?
                .move_stage(StageMove {
                    flow,
                    stage,
                    version,
                    expected,
                    by,
                })
                .await,
        )
    }

    /// Stops a flow at once, or lets it take leads again. Leads that come are answered with 503 and `Retry-After`; leads under
    /// way go on, and the live version stays as it is.
    async fn set_flow_stopped(
        &self,
        context: &Context<'_>,
        input: SetFlowStoppedInput,
    ) -> Result<SetFlowStoppedPayload> {
        context.require(Right::Operate)?;
        let SetFlowStoppedInput {
            flow,
            is_stopped,
            reason,
        } = input;
        let set = match context.control()?.because(reason.as_deref()) {
            Ok(control) => control.set_flow_stopped(&flow, is_stopped).await,
            Err(refused) => Err(refused),
        };
        Ok(match sorted(set)? {
            Ok(flow) => SetFlowStoppedPayload {
                flow: Some(Flow(flow)),
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => SetFlowStoppedPayload {
                flow: None,
                user_errors,
            },
        })
    }

    /// Points a stage to the version that it pointed to before its last move.
    async fn roll_back_stage(
        &self,
        context: &Context<'_>,
        input: RollBackStageInput,
    ) -> Result<StagePayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let expected = input.expected.map(ExpectedStage::from).unwrap_or_default();
        payload(
            context
                .control()?
                .roll_back(&input.flow, &input.stage, expected, &by)
                .await,
        )
    }
}
