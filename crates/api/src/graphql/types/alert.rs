//! What needed a person.

use async_graphql::{Enum, ID, Object, SimpleObject};
use pointsman_history as history;

use crate::graphql::scalars::Timestamp;

/// Kind of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::AlertKind")]
pub(in crate::graphql) enum AlertKind {
    /// A destination is not offered leads after failures in a row.
    BreakerOpen,
    /// A cap is used up.
    CapReached,
    /// 50, 70 or 90 percent of a cap are used.
    CapUsed,
    /// Too many of the latest offers to a destination failed.
    ErrorRate,
    /// A source that sent leads does not send any more.
    SourceSilent,
    /// Another kind, of a newer version.
    Other,
}

/// Something that needed a person.
pub(in crate::graphql) struct Alert(pub(in crate::graphql) history::Alert);

/// Something that needs a person, or needed one. It is kept for 90 days after its end.
#[Object]
impl Alert {
    /// Id of the alert.
    async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }

    /// Kind of the alert.
    async fn kind(&self) -> AlertKind {
        self.0.kind.into()
    }

    /// Name of the destination or source; of a cap, `destination/cap`, and `destination/cap/percent` of a part of it.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// What happened, as of when it began.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// Time of its beginning.
    async fn began_at(&self) -> Timestamp {
        self.0.began_at.into()
    }

    /// Time of its end; null while it lasts.
    async fn ended_at(&self) -> Option<Timestamp> {
        self.0.ended_at.map(Into::into)
    }

    /// Time at which the webhook took that it began; null if it has not, or if there is none.
    async fn told_at(&self) -> Option<Timestamp> {
        self.0.told_at.map(Into::into)
    }

    /// Time at which the webhook took that it was over; null if it has not.
    async fn end_told_at(&self) -> Option<Timestamp> {
        self.0.end_told_at.map(Into::into)
    }
}

/// What alerts are raised about, and who is told. These are settings of the server and not of its database.
#[derive(SimpleObject)]
pub(in crate::graphql) struct AlertSettings {
    /// Whether this server looks for what needs a person.
    pub(in crate::graphql) is_watching: bool,
    /// Webhook that is told, without its path; null: nobody is told.
    pub(in crate::graphql) webhook: Option<String>,
    /// Minutes after which a source counts as silent; 0: never.
    pub(in crate::graphql) silence_minutes: u32,
    /// Percentage of failed offers to a destination at which an alert begins.
    pub(in crate::graphql) failures_percent: u32,
}
