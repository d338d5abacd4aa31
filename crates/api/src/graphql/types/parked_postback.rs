//! Parked postbacks, with the reason.

use async_graphql::{Enum, ID, InputObject, Object, Result};
use pointsman_history as history;

use crate::graphql::{
    fault::OrFault as _,
    scalars::{PostbackParameters, Timestamp},
    user_error::UserError,
};

/// Why a postback was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::ParkedReason")]
pub(in crate::graphql) enum ParkedReason {
    /// The answer to its offer is awaited. It is applied once the offer is accepted or its answer counts as unknown.
    AwaitingAnswer,
    /// Its click id is unknown.
    UnknownClick,
    /// Its token belongs to another destination than its click.
    OtherDestination,
    /// The destination did not accept the lead.
    NotAccepted,
    /// It could not be read, or it contradicts stored data.
    Refused,
}

/// A filter for parked postbacks; omitted members do not restrict.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::graphql) struct ParkedPostbackFilterInput {
    /// Only those with a token of this destination.
    destination: Option<String>,
    /// Only those that were not applied for this reason.
    reason: Option<ParkedReason>,
    /// Only those first received at this time or later.
    received_from: Option<Timestamp>,
    /// Only those first received before this time.
    received_before: Option<Timestamp>,
}

impl From<ParkedPostbackFilterInput> for history::ParkedPostbackFilter {
    fn from(input: ParkedPostbackFilterInput) -> Self {
        let ParkedPostbackFilterInput {
            destination,
            reason,
            received_from,
            received_before,
        } = input;
        Self {
            destination,
            reason: reason.map(Into::into),
            from: received_from.map(pointsman_lead::Timestamp::from),
            until: received_before.map(pointsman_lead::Timestamp::from),
        }
    }
}

/// A postback that was put aside.
pub(in crate::graphql) struct ParkedPostback(pub(in crate::graphql) history::ParkedPostback);

/// A postback that was not applied, with the reason. `replayPostback` applies it.
#[Object]
impl ParkedPostback {
    /// Id for `replayPostback`.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Why it was not applied.
    async fn reason(&self) -> ParkedReason {
        self.0.reason.into()
    }

    /// All problems of the postback.
    async fn problems(&self) -> Result<Vec<UserError>> {
        let problems = self.0.problems().or_fault()?;
        Ok(problems.into_iter().map(UserError::from).collect())
    }

    /// Click id, if the postback has one.
    async fn click_id(&self) -> Option<&str> {
        self.0.click_id.as_deref()
    }

    /// Destination of its token; null for a token of all destinations.
    async fn destination(&self) -> Option<&str> {
        self.0.destination.as_deref()
    }

    /// Parameters as received.
    async fn parameters(&self) -> Result<PostbackParameters> {
        Ok(PostbackParameters(self.0.parameters().or_fault()?))
    }

    /// Time at which it was first received.
    async fn received_at(&self) -> Timestamp {
        self.0.received_at.into()
    }

    /// Number of times it was received.
    async fn times(&self) -> i64 {
        self.0.times
    }
}
