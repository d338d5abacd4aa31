//! Postbacks to the trackers of sources.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use pointsman_history as history;
use serde_json::Value;

use super::lead::Lead;
use crate::graphql::{
    asking::Asking as _,
    loaders::LeadById,
    scalars::{GivenValue, Timestamp},
};

/// Event that a postback to a source tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::PostbackEvent")]
pub(in crate::graphql) enum SourcePostbackEvent {
    /// The lead was sold.
    Sold,
    /// Its walk ended without a sale.
    Rejected,
    /// A destination reported a sale.
    Sale,
    /// A reported sale was taken back.
    SaleCancelled,
    /// Everything that it had earned was taken back.
    Returned,
    /// The payout of its source for it changed.
    Payout,
}

/// State of a postback to a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::SourcePostbackState")]
pub(in crate::graphql) enum SourcePostbackState {
    /// It is sent at `dueAt`.
    Waiting,
    /// The tracker took it.
    Delivered,
    /// The tracker refused it, or did not take it in time. `resendSourcePostback` sends it again.
    Dead,
}

/// A filter for postbacks to sources; omitted members do not restrict.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::graphql) struct SourcePostbackFilterInput {
    /// Only those of this source.
    source: Option<String>,
    /// Only those in this state.
    state: Option<SourcePostbackState>,
    /// Only those that tell of this event.
    event: Option<SourcePostbackEvent>,
    /// Only those of an event at this time or later.
    from: Option<Timestamp>,
    /// Only those of an event before this time.
    before: Option<Timestamp>,
}

impl From<SourcePostbackFilterInput> for history::SourcePostbackFilter {
    fn from(input: SourcePostbackFilterInput) -> Self {
        let SourcePostbackFilterInput {
            source,
            state,
            event,
            from,
            before,
        } = input;
        Self {
            source,
            state: state.map(Into::into),
            event: event.map(Into::into),
            from: from.map(pointsman_lead::Timestamp::from),
            until: before.map(pointsman_lead::Timestamp::from),
        }
    }
}

/// A header of a postback.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SourcePostbackHeader {
    /// Name.
    name: String,
    /// Value.
    value: String,
}

/// A postback to a source.
pub(in crate::graphql) struct SourcePostback(pub(in crate::graphql) history::SourcePostback);

/// What the tracker of a source is told of a lead, and what came of it.
#[Object]
impl SourcePostback {
    /// Id: `{postback_id}`, the same at every attempt.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Name of the source.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// The lead.
    async fn lead(&self, context: &Context<'_>) -> Result<Option<Lead>> {
        let lead = context
            .batches()?
            .load_one(LeadById(self.0.lead_id))
            .await?;
        Ok(lead.map(Lead))
    }

    /// Event that it tells of.
    async fn event(&self) -> SourcePostbackEvent {
        self.0.event.into()
    }

    /// Time of the event.
    async fn at(&self) -> Timestamp {
        self.0.at.into()
    }

    /// Current state.
    async fn state(&self) -> SourcePostbackState {
        self.0.state.into()
    }

    /// Time of the next attempt; null if there is none.
    async fn due_at(&self) -> Option<Timestamp> {
        self.0.due_at.map(Into::into)
    }

    /// Method of the request.
    async fn method(&self) -> &'static str {
        self.0.request(None).method.word()
    }

    /// Address with its values as of the event; a secret reads `{token}`.
    async fn url(&self) -> String {
        self.0.request(None).url
    }

    /// Headers of the source, in the same way.
    #[graphql(complexity = "4 * child_complexity")]
    async fn headers(&self) -> Vec<SourcePostbackHeader> {
        let headers = self.0.request(None).headers.into_iter();
        let headers = headers.map(|(name, value)| SourcePostbackHeader { name, value });
        headers.collect()
    }

    /// Body in the same way; null if it has none.
    async fn body(&self) -> Option<GivenValue> {
        let body = self.0.request(None).body;
        body.map(|body| GivenValue(Value::from(body)))
    }

    /// Number of attempts.
    async fn attempts(&self) -> i64 {
        self.0.n_attempts
    }

    /// Time at which the last attempt ended.
    async fn attempted_at(&self) -> Option<Timestamp> {
        self.0.attempted_at.map(Into::into)
    }

    /// HTTP status of the last attempt; null if none came back.
    async fn status(&self) -> Option<i64> {
        self.0.status
    }

    /// What was in the way of the last attempt; null if it was taken.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }

    /// Start of the last answer, at most 500 characters.
    async fn answer_excerpt(&self) -> Option<&str> {
        self.0.answer_excerpt.as_deref()
    }
}
