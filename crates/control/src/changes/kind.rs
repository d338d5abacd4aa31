//! Kinds of changes of settings.

/// What kind of change of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingsChangeKind {
    /// A lead schema was put.
    LeadSchemaPut,
    /// A destination was put.
    DestinationPut,
    /// The document of a source was put.
    SourcePut,
    /// A version of a named list was put.
    ListPut,
    /// The draft of a flow was saved or edited.
    FlowDraftSaved,
    /// A version of a flow was published.
    FlowVersionPublished,
    /// A stage of a flow was pointed to another version.
    StageMoved,
    /// A flow was stopped, or takes leads again.
    FlowStopped,
    /// An experiment was planned.
    ExperimentCreated,
    /// An experiment was started, paused, or given another share of leads.
    ExperimentMoved,
    /// An experiment was ended with a decision, which may have moved the live stage.
    ExperimentConcluded,
    /// A version was set to decide leads without sending anything.
    ShadowSet,
    /// Such a version was told to stop.
    ShadowCleared,
    /// The rollout of a version was started.
    RolloutStarted,
    /// A rollout went on, was paused, or was taken back.
    RolloutMoved,
    /// Somebody said what became of an offer whose answer was unknown.
    DeliveryReleased,
    /// A postback to the tracker of a source was sent again.
    SourcePostbackResent,
    /// One operation on many deliveries or postbacks was started.
    BulkJobStarted,
    /// One operation on many deliveries or postbacks was ended before all were done.
    BulkJobCancelled,
    /// Persons were to be forgotten.
    PersonErased,
    /// Persons were put on the suppression list, or taken off it.
    SuppressionChanged,
    /// It was set how long personal values of a vertical are kept.
    RetentionSet,
    /// A token was made.
    TokenCreated,
    /// A token was ended.
    TokenRevoked,
    /// The session of a browser was ended by somebody.
    SessionEnded,
}

impl SettingsChangeKind {
    /// Every kind.
    pub const ALL: [Self; 25] = [
        Self::LeadSchemaPut,
        Self::DestinationPut,
        Self::SourcePut,
        Self::ListPut,
        Self::FlowDraftSaved,
        Self::FlowVersionPublished,
        Self::StageMoved,
        Self::FlowStopped,
        Self::ExperimentCreated,
        Self::ExperimentMoved,
        Self::ExperimentConcluded,
        Self::ShadowSet,
        Self::ShadowCleared,
        Self::RolloutStarted,
        Self::RolloutMoved,
        Self::DeliveryReleased,
        Self::SourcePostbackResent,
        Self::BulkJobStarted,
        Self::BulkJobCancelled,
        Self::PersonErased,
        Self::SuppressionChanged,
        Self::RetentionSet,
        Self::TokenCreated,
        Self::TokenRevoked,
        Self::SessionEnded,
    ];

    /// The word for it, as stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::LeadSchemaPut => "lead_schema_put",
            Self::DestinationPut => "destination_put",
            Self::SourcePut => "source_put",
            Self::ListPut => "list_put",
            Self::FlowDraftSaved => "flow_draft_saved",
            Self::FlowVersionPublished => "flow_version_published",
            Self::StageMoved => "stage_moved",
            Self::FlowStopped => "flow_stopped",
            Self::ExperimentCreated => "experiment_created",
            Self::ExperimentMoved => "experiment_moved",
            Self::ExperimentConcluded => "experiment_concluded",
            Self::ShadowSet => "shadow_set",
            Self::ShadowCleared => "shadow_cleared",
            Self::RolloutStarted => "rollout_started",
            Self::RolloutMoved => "rollout_moved",
            Self::DeliveryReleased => "delivery_released",
            Self::SourcePostbackResent => "source_postback_resent",
            Self::BulkJobStarted => "bulk_job_started",
            Self::BulkJobCancelled => "bulk_job_cancelled",
            Self::PersonErased => "person_erased",
            Self::SuppressionChanged => "suppression_changed",
            Self::RetentionSet => "retention_set",
            Self::TokenCreated => "token_created",
            Self::TokenRevoked => "token_revoked",
            Self::SessionEnded => "session_ended",
        }
    }

    /// Whether it is about who may do what, which not everybody may read.
    pub fn is_about_tokens(self) -> bool {
        matches!(
            self,
            Self::TokenCreated | Self::TokenRevoked | Self::SessionEnded
        )
    }

    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
