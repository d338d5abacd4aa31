//! Changes of settings.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use pointsman_control as control;
use serde_json::Value;

use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    paging::weigh,
    scalars::{SettingsDocument, Timestamp},
};

/// Largest document of a change that is answered, in bytes.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;

/// Kind of a change of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "control::SettingsChangeKind")]
pub(in crate::graphql) enum SettingsChangeKind {
    /// A lead schema was created or replaced.
    LeadSchemaPut,
    /// A destination was created or replaced.
    DestinationPut,
    /// The document of a source was created or replaced.
    SourcePut,
    /// A version of a named list was put.
    ListPut,
    /// The draft of a flow was saved or edited.
    FlowDraftSaved,
    /// A version of a flow was published. The first one may have become live with it.
    FlowVersionPublished,
    /// A stage was pointed to another version.
    StageMoved,
    /// A flow was stopped, or takes leads again.
    FlowStopped,
    /// An experiment was created.
    ExperimentCreated,
    /// An experiment was started or paused, or its share was set.
    ExperimentMoved,
    /// An experiment was concluded. Its version may have become live with it.
    ExperimentConcluded,
    /// A version was set to decide leads without sending anything.
    ShadowSet,
    /// The shadow of a flow was cleared.
    ShadowCleared,
    /// The rollout of a version was started. Its version may take leads with it.
    RolloutStarted,
    /// A rollout went on, was paused or resumed, or was rolled back. Its version may have become live with it.
    RolloutMoved,
    /// Persons were to be erased.
    PersonErased,
    /// The suppression list was changed.
    SuppressionChanged,
    /// The retention of a vertical was set.
    RetentionSet,
    /// A delivery whose answer was unknown was released. The object is the id of the delivery.
    DeliveryReleased,
    /// A postback to the tracker of a source was sent again. The object is the id of the postback.
    SourcePostbackResent,
    /// An operation on many deliveries or postbacks was started. The object is the id of the job.
    BulkJobStarted,
    /// An operation on many deliveries or postbacks was cancelled. The object is the id of the job.
    BulkJobCancelled,
    /// A token was created.
    TokenCreated,
    /// A token was revoked.
    TokenRevoked,
    /// The session of a browser was ended. The object is the id of the session.
    SessionEnded,
}

/// Filter of changes; omitted fields do not restrict.
#[derive(Debug, Default, InputObject)]
pub(in crate::graphql) struct ChangeFilterInput {
    /// Kinds of change.
    pub(in crate::graphql) kind: Option<Vec<SettingsChangeKind>>,
    /// Name of the vertical, destination, source, flow or experiment, or id of the token.
    pub(in crate::graphql) object: Option<String>,
    /// Name of the token that made the change, or of the part of the program.
    pub(in crate::graphql) who: Option<String>,
    /// Earliest time of the change.
    pub(in crate::graphql) from: Option<Timestamp>,
    /// Time before which the change was made.
    pub(in crate::graphql) to: Option<Timestamp>,
}

/// One difference between the settings before and after a change.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SettingsDifference {
    /// Place of the difference: a member, or a node of a flow; empty for the settings as a whole.
    path: String,
    /// The difference in words.
    message: String,
}

/// A change of settings.
pub(in crate::graphql) struct SettingsChange(pub(in crate::graphql) control::SettingsChange);

/// Who changed which setting when, with the settings before and after. Secrets are never shown.
#[Object]
impl SettingsChange {
    /// Commit number of the change, as decimal text.
    async fn number(&self) -> String {
        self.0.number.to_string()
    }

    /// Time of the change.
    async fn at(&self) -> Timestamp {
        self.0.at.into()
    }

    /// Name of the token that made it; `command line`, `code` for flows that come with the program, `guardrail`
    /// for pauses of experiments, or `open` where no token is needed.
    async fn by(&self) -> &str {
        &self.0.by
    }

    /// Id of the token that made it; null if none was needed.
    async fn token_id(&self) -> Option<ID> {
        self.0.token.map(|id| ID(id.to_string()))
    }

    /// Kind of the change.
    async fn kind(&self) -> SettingsChangeKind {
        self.0.kind.into()
    }

    /// Name of the vertical, destination, source, flow or experiment, or id of the token.
    async fn object(&self) -> &str {
        &self.0.object
    }

    /// Reason or message, if one was given.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The settings before; null if they did not exist, or are larger than 256 KiB.
    #[graphql(complexity = "weigh(20, 1, child_complexity)")]
    async fn before(&self, context: &Context<'_>) -> Result<Option<SettingsDocument>> {
        Ok(self.changed(context).await?.before.and_then(bounded))
    }

    /// The settings after; null if they do not exist any more, or are larger than 256 KiB.
    #[graphql(complexity = "weigh(20, 1, child_complexity)")]
    async fn after(&self, context: &Context<'_>) -> Result<Option<SettingsDocument>> {
        Ok(self.changed(context).await?.after.and_then(bounded))
    }

    /// What changed, in words; at most 500 differences.
    #[graphql(complexity = "weigh(20, 5, child_complexity)")]
    async fn differences(&self, context: &Context<'_>) -> Result<Vec<SettingsDifference>> {
        let found = self.changed(context).await?.differences.into_iter();
        let found =
            found.map(|control::Difference { path, message }| SettingsDifference { path, message });
        Ok(found.collect())
    }
}

impl SettingsChange {
    async fn changed(&self, context: &Context<'_>) -> Result<control::ChangedSettings> {
        context
            .control()?
            .changed_settings(&self.0)
            .await
            .or_fault()
    }
}

fn bounded(document: Value) -> Option<SettingsDocument> {
    (document.to_string().len() <= DOCUMENT_BYTES_MAX).then_some(SettingsDocument(document))
}
