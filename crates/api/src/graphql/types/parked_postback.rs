//! Postbacks that were put aside, and why.

use async_graphql::{Enum, ID, Object, Result};
use pointsman_lead::Problem;
use pointsman_store::{ParkedPostbackRow, ParkedReason as Stored};
use serde_json::Value as Json;

use crate::graphql::{
    fault::OrFault as _,
    scalars::{PostbackParameters, Timestamp},
    user_error::UserError,
};

/// Why a postback was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Stored")]
pub(in crate::graphql) enum ParkedReason {
    /// The answer to its offer is not known yet; it is applied if the offer is accepted.
    AwaitingAnswer,
    /// Nobody knows its click.
    UnknownClick,
    /// Its token speaks for another destination than that of its click.
    OtherDestination,
    /// The destination did not take the lead.
    NotAccepted,
    /// It could not be read, or contradicts what is known.
    Refused,
}

/// A postback that was put aside.
pub(in crate::graphql) struct ParkedPostback(pub(in crate::graphql) ParkedPostbackRow);

/// A postback that was not applied, and why. `replayPostback` tries it again.
#[Object]
impl ParkedPostback {
    /// Names it for `replayPostback`.
    async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }

    /// Why it was not applied.
    async fn reason(&self) -> ParkedReason {
        // Early releases kept those alone whose click nobody knew, or whose answer was awaited.
        self.0.reason.unwrap_or(Stored::UnknownClick).into()
    }

    /// Everything that is wrong with it.
    async fn problems(&self) -> Result<Vec<UserError>> {
        let Some(body) = &self.0.problems_body else {
            return Ok(Vec::new());
        };
        let problems: Vec<Problem> = serde_json::from_str(body).or_fault()?;
        Ok(problems.into_iter().map(UserError::from).collect())
    }

    /// The click id that it names, if it names one.
    async fn click_id(&self) -> Option<&str> {
        Some(self.0.click_id.as_str()).filter(|click| !click.is_empty())
    }

    /// Whose token it came with; absent for a token of all destinations.
    async fn destination(&self) -> Option<&str> {
        self.0.destination.as_deref()
    }

    /// Its parameters as they came.
    async fn parameters(&self) -> Result<PostbackParameters> {
        let parameters: Json = serde_json::from_str(&self.0.raw_body).or_fault()?;
        Ok(PostbackParameters(parameters))
    }

    /// When it came first.
    async fn received_at(&self) -> Timestamp {
        Timestamp(self.0.received_at)
    }

    /// How often it came.
    async fn times(&self) -> i64 {
        self.0.times
    }
}
