//! Drafts, stages and rollouts, as they are followed.

use std::time::Duration;

use async_graphql::{Context, Result};
use futures_util::Stream;
use pointsman_control::{ChangeFilter, Control, SettingsChangeKind};
use pointsman_engine::Reached;

use super::watching::{Found, Watched, watch};
use crate::graphql::{
    asking::Asking as _,
    fault,
    fault::OrFault as _,
    types::{live::DraftUpdate, rollout::Rollout, stage::Stage},
};

/// Changes of settings have numbers in commit order, all of them.
const LOOK_AGAIN_AFTER: Duration = Duration::from_mins(1);

/// Follows the draft of a flow.
pub(super) async fn follow_draft(
    context: &Context<'_>,
    flow: String,
) -> Result<impl Stream<Item = Result<DraftUpdate>> + use<>> {
    let control = of_flow(context, &flow).await?;
    watch(
        context,
        Draft {
            flow,
            control,
            told: None,
        },
    )
}

/// Follows a stage of a flow.
pub(super) async fn follow_stage(
    context: &Context<'_>,
    flow: String,
    stage: String,
) -> Result<impl Stream<Item = Result<Stage>> + use<>> {
    let control = of_flow(context, &flow).await?;
    watch(
        context,
        OneStage {
            flow,
            stage,
            control,
            told: 0,
        },
    )
}

/// Follows the newest rollout of a flow.
pub(super) async fn follow_rollout(
    context: &Context<'_>,
    flow: String,
) -> Result<impl Stream<Item = Result<Rollout>> + use<>> {
    let control = of_flow(context, &flow).await?;
    watch(
        context,
        NewestRollout {
            flow,
            control,
            told: None,
        },
    )
}

/// What settings are read by, if there is such a flow.
async fn of_flow(context: &Context<'_>, flow: &str) -> Result<Control> {
    let control = context.control()?;
    if control.find_flow(flow).await.or_fault()?.is_none() {
        return Err(fault::bad_input(format!("there is no flow `{flow}`")));
    }
    Ok(control.clone())
}

struct Draft {
    flow: String,
    control: Control,
    /// The revision that was told of last.
    told: Option<i64>,
}

impl Watched for Draft {
    type Update = DraftUpdate;

    const LOOK_AGAIN_AFTER: Duration = LOOK_AGAIN_AFTER;

    fn sign(reached: Reached) -> i64 {
        reached.settings
    }

    async fn look(&mut self) -> Result<Found<DraftUpdate>> {
        let Some(flow) = self.control.find_flow(&self.flow).await.or_fault()? else {
            return Ok(Found::End);
        };
        let revision = flow.draft.map_or(0, |draft| draft.revision);
        if self.told == Some(revision) {
            return Ok(Found::Nothing);
        }
        self.told = Some(revision);
        let saved = ChangeFilter {
            kinds: Some(vec![SettingsChangeKind::FlowDraftSaved]),
            object: Some(self.flow.clone()),
            ..ChangeFilter::default()
        };
        let mut saved = self.control.changes(&saved, None, 1).await.or_fault()?;
        let last = saved.entries.pop();
        let update = DraftUpdate::of(self.flow.clone(), revision, last.map(|(_, change)| change));
        Ok(Found::Update(update))
    }
}

struct OneStage {
    flow: String,
    stage: String,
    control: Control,
    /// The revision that was told of last; 0 before the first.
    told: i64,
}

impl Watched for OneStage {
    type Update = Stage;

    const LOOK_AGAIN_AFTER: Duration = LOOK_AGAIN_AFTER;

    fn sign(reached: Reached) -> i64 {
        reached.settings
    }

    async fn look(&mut self) -> Result<Found<Stage>> {
        let stage = self.control.find_stage(&self.flow, &self.stage).await;
        let Some(stage) = stage.or_fault()?.filter(|it| it.revision != self.told) else {
            return Ok(Found::Nothing);
        };
        self.told = stage.revision;
        Ok(Found::Update(Stage(stage)))
    }
}

struct NewestRollout {
    flow: String,
    control: Control,
    /// Name and revision that were told of last.
    told: Option<(String, i64)>,
}

impl Watched for NewestRollout {
    type Update = Rollout;

    const LOOK_AGAIN_AFTER: Duration = LOOK_AGAIN_AFTER;

    fn sign(reached: Reached) -> i64 {
        reached.settings
    }

    async fn look(&mut self) -> Result<Found<Rollout>> {
        let newest = self.control.rollouts(Some(&self.flow), None, 1).await;
        let Some((_, rollout)) = newest.or_fault()?.entries.pop() else {
            return Ok(Found::Nothing);
        };
        let now = Some((rollout.name.clone(), rollout.revision));
        if self.told == now {
            return Ok(Found::Nothing);
        }
        self.told = now;
        Ok(Found::Update(Rollout(rollout)))
    }
}
