//! Leads as they came in and as they ended.

use std::fmt;

use pointsman_lead::{Id, Micros, Timestamp, kinds};
use pointsman_store::{LeadRow, LeadStatus as StoredStatus};
use serde_json::Value;

use super::handle::{History, id, json, texts};
use crate::{Error, Page, Place};

/// How far a lead has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeadStatus {
    /// It is stored.
    Received,
    /// It is being routed.
    Queued,
    /// An answer is unknown, and the lead must not be sold twice.
    Held,
    /// A `reject` node declined it.
    Declined,
    /// No destination accepted it.
    Unsold,
    /// A destination accepted it.
    Sold,
    /// A destination accepted it and returned it later.
    Returned,
    /// The same person came before.
    Duplicate,
    /// The person must not be contacted.
    Suppressed,
}

impl LeadStatus {
    /// The word that sources read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Queued => "queued",
            Self::Held => "held",
            Self::Declined => "declined",
            Self::Unsold => "unsold",
            Self::Sold => "sold",
            Self::Returned => "returned",
            Self::Duplicate => "duplicate",
            Self::Suppressed => "suppressed",
        }
    }
}

impl From<StoredStatus> for LeadStatus {
    fn from(stored: StoredStatus) -> Self {
        match stored {
            StoredStatus::Received => Self::Received,
            StoredStatus::Queued => Self::Queued,
            StoredStatus::Held => Self::Held,
            StoredStatus::Declined => Self::Declined,
            StoredStatus::Unsold => Self::Unsold,
            StoredStatus::Sold => Self::Sold,
            StoredStatus::Returned => Self::Returned,
            StoredStatus::Duplicate => Self::Duplicate,
            StoredStatus::Suppressed => Self::Suppressed,
        }
    }
}

impl From<LeadStatus> for StoredStatus {
    fn from(status: LeadStatus) -> Self {
        match status {
            LeadStatus::Received => Self::Received,
            LeadStatus::Queued => Self::Queued,
            LeadStatus::Held => Self::Held,
            LeadStatus::Declined => Self::Declined,
            LeadStatus::Unsold => Self::Unsold,
            LeadStatus::Sold => Self::Sold,
            LeadStatus::Returned => Self::Returned,
            LeadStatus::Duplicate => Self::Duplicate,
            LeadStatus::Suppressed => Self::Suppressed,
        }
    }
}

/// A lead. It holds a person's details, so `Debug` shows no more than what to search by.
#[derive(Clone, PartialEq, Eq)]
pub struct Lead {
    /// Its id.
    pub id: Id<kinds::Lead>,
    /// What kind of lead it is.
    pub vertical: String,
    /// The flow that routes it.
    pub flow: String,
    /// Who sent it.
    pub source: String,
    /// The source's own key for it.
    pub idempotency_key: Option<String>,
    /// Whether it is a test lead.
    pub is_test: bool,
    /// How far it has come.
    pub status: LeadStatus,
    /// What destinations pay for it so far.
    pub revenue: Micros,
    /// When it came.
    pub received_at: Timestamp,
    /// When its walk ended; `None` before.
    pub settled_at: Option<Timestamp>,
    /// Whether its personal values were removed.
    pub is_erased: bool,
    fields_body: String,
}

impl Lead {
    /// Its fields by name, as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`].
    pub fn fields(&self) -> Result<Value, Error> {
        json(
            &format!("the fields of lead {}", self.id),
            &self.fields_body,
        )
    }

    pub(crate) fn of(row: LeadRow) -> Result<Self, Error> {
        let is_erased = row.is_erased();
        let LeadRow {
            id: text,
            seq: _,
            vertical,
            flow,
            source,
            idempotency_key,
            fingerprint: _,
            fields_body,
            unit_key: _,
            is_test,
            mode: _,
            status,
            response_body: _,
            revenue,
            received_at,
            settled_at,
        } = row;
        Ok(Self {
            id: id(&text)?,
            vertical,
            flow,
            source,
            idempotency_key,
            is_test,
            status: status.into(),
            revenue: Micros(revenue),
            received_at: Timestamp(received_at),
            settled_at: settled_at.map(Timestamp),
            is_erased,
            fields_body,
        })
    }
}

impl fmt::Debug for Lead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Lead")
            .field("id", &self.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Which leads to list or count; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeadFilter {
    /// Of this flow.
    pub flow: Option<String>,
    /// Of this status.
    pub status: Option<LeadStatus>,
    /// Of this source.
    pub source: Option<String>,
    /// Offered to this destination, whatever came of it.
    pub destination: Option<String>,
    /// With this key of its source.
    pub idempotency_key: Option<String>,
    /// Whether it is a test lead.
    pub is_test: Option<bool>,
    /// Received then or later.
    pub from: Option<Timestamp>,
    /// Received before.
    pub until: Option<Timestamp>,
}

impl From<&LeadFilter> for pointsman_store::LeadFilter {
    fn from(filter: &LeadFilter) -> Self {
        let LeadFilter {
            flow,
            status,
            source,
            destination,
            idempotency_key,
            is_test,
            from,
            until,
        } = filter;
        Self {
            flow: flow.clone(),
            status: status.map(StoredStatus::from),
            source: source.clone(),
            destination: destination.clone(),
            idempotency_key: idempotency_key.clone(),
            is_test: *is_test,
            from: from.map(|at| at.0),
            until: until.map(|at| at.0),
        }
    }
}

/// How many leads have a status, and what they brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadCount {
    /// The status.
    pub status: LeadStatus,
    /// How many.
    pub leads: i64,
    /// Their revenue; the largest amount there is if it is more.
    pub revenue: Micros,
}

impl From<pointsman_store::LeadCount> for LeadCount {
    fn from(count: pointsman_store::LeadCount) -> Self {
        let pointsman_store::LeadCount {
            status,
            leads,
            revenue,
        } = count;
        Self {
            status: status.into(),
            leads,
            revenue: Micros(i64::try_from(revenue).unwrap_or(i64::MAX)),
        }
    }
}

impl History {
    /// A lead by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn find_lead(&self, id: Id<kinds::Lead>) -> Result<Option<Lead>, Error> {
        let row = self.rows().find_lead(&id.to_string()).await?;
        row.map(Lead::of).transpose()
    }

    /// Those of the leads that exist, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn leads_by_id(&self, ids: &[Id<kinds::Lead>]) -> Result<Vec<Lead>, Error> {
        let rows = self.rows().leads_by_id(&texts(ids)).await?;
        rows.into_iter().map(Lead::of).collect()
    }

    /// Leads, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn leads(
        &self,
        filter: &LeadFilter,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<Lead>, Error> {
        let after = after.map(Place::cursor);
        let rows = self.rows().leads(&filter.into(), after, limit).await?;
        Page::of(rows, Lead::of)
    }

    /// Counts leads by status. Statuses without a lead are absent.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn lead_counts(&self, filter: &LeadFilter) -> Result<Vec<LeadCount>, Error> {
        let counts = self.rows().lead_counts(&filter.into()).await?;
        Ok(counts.into_iter().map(LeadCount::from).collect())
    }
}
