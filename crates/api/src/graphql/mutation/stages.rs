//! Stages: which version takes leads.

use async_graphql::{Context, InputObject, Object, OneofObject, Result, SimpleObject};
use pointsman_control::{ExpectedStage, MovedStage, StageMove};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        node_id::name_of,
        types::{
            diagnostic::{self, Diagnostic},
            stage::Stage,
        },
        user_error::{UserError, sorted},
    },
};

/// What a stage has to be like to be moved.
#[derive(Debug, OneofObject)]
pub(crate) enum ExpectedStageInput {
    /// It points to the version of this hash.
    Version(String),
    /// It has this revision; 0: it is not there yet.
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

/// Where to move a stage.
#[derive(Debug, InputObject)]
pub(crate) struct MoveStageInput {
    /// Name of the flow.
    flow: String,
    /// Name of the stage: `live` takes leads.
    stage: String,
    /// Hash or id of the version that it shall point to.
    version: String,
    /// What the stage has to be like; left out: anything.
    expected: Option<ExpectedStageInput>,
}

/// Which stage to move back.
#[derive(Debug, InputObject)]
pub(crate) struct RollBackStageInput {
    /// Name of the flow.
    flow: String,
    /// Name of the stage.
    stage: String,
    /// What the stage has to be like; left out: anything.
    expected: Option<ExpectedStageInput>,
}

/// The stage as it is now, or what keeps it from being moved.
#[derive(SimpleObject)]
pub(crate) struct StagePayload {
    /// The stage; absent when `userErrors` is not empty.
    stage: Option<Stage>,
    /// What the checks say about the version.
    diagnostics: Vec<Diagnostic>,
    /// Everything that keeps it from being moved, all at once.
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
    /// Points a stage to a version. Moving `live` changes where leads go at once; a lead under way stays
    /// with the version that it began with.
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

    /// Points a stage back to the version that it pointed to before its last move.
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
