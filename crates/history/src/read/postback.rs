//! Postbacks that were not applied, with the reason.

use std::fmt;

use pointsman_lead::{Id, Problem, Timestamp, kinds};
use pointsman_store::{
    ParkedPostbackFilter as StoredFilter, ParkedPostbackRow, ParkedReason as StoredReason,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::handle::{History, id, json};
use crate::{Error, Page, Place};

/// Why a postback was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkedReason {
    /// The answer to its offer is not known yet; it is applied if the offer is accepted.
    AwaitingAnswer,
    /// Its click id is unknown.
    UnknownClick,
    /// Its token speaks for another destination than that of its click.
    OtherDestination,
    /// The destination did not accept the lead.
    NotAccepted,
    /// It could not be read, or contradicts what is known.
    Refused,
}

impl From<StoredReason> for ParkedReason {
    fn from(stored: StoredReason) -> Self {
        match stored {
            StoredReason::AwaitingAnswer => Self::AwaitingAnswer,
            StoredReason::UnknownClick => Self::UnknownClick,
            StoredReason::OtherDestination => Self::OtherDestination,
            StoredReason::NotAccepted => Self::NotAccepted,
            StoredReason::Refused => Self::Refused,
        }
    }
}

impl From<ParkedReason> for StoredReason {
    fn from(reason: ParkedReason) -> Self {
        match reason {
            ParkedReason::AwaitingAnswer => Self::AwaitingAnswer,
            ParkedReason::UnknownClick => Self::UnknownClick,
            ParkedReason::OtherDestination => Self::OtherDestination,
            ParkedReason::NotAccepted => Self::NotAccepted,
            ParkedReason::Refused => Self::Refused,
        }
    }
}

/// Which postbacks that were put aside to list; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParkedPostbackFilter {
    /// With a token of this destination.
    pub destination: Option<String>,
    /// For this reason.
    pub reason: Option<ParkedReason>,
    /// Received first then or later.
    pub from: Option<Timestamp>,
    /// Received first before.
    pub until: Option<Timestamp>,
}

impl From<&ParkedPostbackFilter> for StoredFilter {
    fn from(filter: &ParkedPostbackFilter) -> Self {
        let ParkedPostbackFilter {
            destination,
            reason,
            from,
            until,
        } = filter;
        Self {
            ids: None,
            destination: destination.clone(),
            reason: reason.map(StoredReason::from),
            from: from.map(|at| at.0),
            until: until.map(|at| at.0),
        }
    }
}

/// A postback that was put aside. `Debug` shows no more than what to search by.
#[derive(Clone, PartialEq, Eq)]
pub struct ParkedPostback {
    /// Its id.
    pub id: Id<kinds::Postback>,
    /// The click id that it names, if it names one.
    pub click_id: Option<String>,
    /// When it came first.
    pub received_at: Timestamp,
    /// Whose token it came with; `None` for a token of all destinations.
    pub destination: Option<String>,
    /// Why it was not applied.
    pub reason: ParkedReason,
    /// How often it came.
    pub times: i64,
    raw_body: String,
    problems_body: Option<String>,
}

impl ParkedPostback {
    /// Its parameters as received, as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`].
    pub fn parameters(&self) -> Result<Value, Error> {
        json(&format!("postback {}", self.id), &self.raw_body)
    }

    /// Everything that is wrong with it.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`].
    pub fn problems(&self) -> Result<Vec<Problem>, Error> {
        match &self.problems_body {
            Some(body) => json(&format!("the problems of postback {}", self.id), body),
            None => Ok(Vec::new()),
        }
    }

    pub(crate) fn of(row: ParkedPostbackRow) -> Result<Self, Error> {
        let ParkedPostbackRow {
            id: text,
            click_id,
            natural_key: _,
            raw_body,
            received_at,
            destination,
            reason,
            problems_body,
            times,
        } = row;
        // Early releases parked only postbacks with an unknown click, and those that awaited an answer.
        let reason = reason.unwrap_or(StoredReason::UnknownClick);
        Ok(Self {
            id: id(&text)?,
            click_id: Some(click_id).filter(|click_id| !click_id.is_empty()),
            received_at: Timestamp(received_at),
            destination,
            reason: reason.into(),
            times,
            raw_body,
            problems_body,
        })
    }
}

impl fmt::Debug for ParkedPostback {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ParkedPostback")
            .field("id", &self.id)
            .field("click_id", &self.click_id)
            .finish_non_exhaustive()
    }
}

impl History {
    /// Postbacks that were put aside, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn parked_postbacks(
        &self,
        filter: &ParkedPostbackFilter,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<ParkedPostback>, Error> {
        let (filter, after) = (StoredFilter::from(filter), after.map(Place::cursor));
        let rows = self.rows().parked_postbacks(&filter, after, limit).await?;
        Page::of(rows, ParkedPostback::of)
    }
}
