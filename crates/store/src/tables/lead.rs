//! Leads, as they came in and as they ended.

use std::fmt;

use sea_orm::entity::prelude::*;

use crate::{
    Cursor, Error, Keyed, WriteTx,
    batch::{self, Change},
    keys::Sealed,
};

pub(crate) mod listing;
pub(crate) mod live;
pub(crate) mod sums;

/// The fingerprint of a lead whose personal values were removed: a hash of them would be a trace of the person.
pub const ERASED: &str = "erased";

/// A lead. It holds a person's details, so `Debug` shows no more than what to search by.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Its place in commit order.
    pub seq: i64,
    /// What kind of lead it is.
    pub vertical: String,
    /// The flow that routes it.
    pub flow: String,
    /// Who sent it.
    pub source: String,
    /// The source's own key for it, unique within the source; absent if it named none.
    pub idempotency_key: Option<String>,
    /// Of what the source sent: the same key with another fingerprint is a mistake of the source.
    pub fingerprint: String,
    /// The fields, JSON.
    pub fields_body: String,
    /// What draws depend on.
    pub unit_key: String,
    /// Whether it is for trying out and nothing is paid.
    pub is_test: bool,
    /// How the source waits for the answer.
    pub mode: Mode,
    /// How far it has come.
    pub status: LeadStatus,
    /// What the source was answered, JSON; absent before.
    pub response_body: Option<String>,
    /// What destinations pay for it so far, micro-units.
    pub revenue: i64,
    /// When it came, microseconds.
    pub received_at: i64,
    /// When its walk ended, microseconds; absent before.
    pub settled_at: Option<i64>,
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Lead")
            .field("id", &self.id)
            .field("seq", &self.seq)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Sealed for Model {
    const TABLE: &'static str = "lead";

    fn row(&self) -> String {
        self.id.clone()
    }

    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![("fields_body", &mut self.fields_body)]
    }
}

impl Model {
    /// Whether its personal values were removed.
    pub fn is_erased(&self) -> bool {
        self.fingerprint == ERASED
    }
}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.received_at,
            id: self.id.clone(),
        }
    }
}

/// How a source waits for its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Mode {
    /// Until the walk has ended or the deadline has come.
    Sync,
    /// Until the lead is on disk.
    Async,
}

/// How far a lead has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum LeadStatus {
    /// On disk.
    Received,
    /// On its way to destinations.
    Queued,
    /// An answer is unknown, and the lead must not be sold twice.
    Held,
    /// A `reject` node said no.
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

/// What changes in a lead while it is routed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadUpdate {
    /// The lead.
    pub id: String,
    /// How far it has come.
    pub status: LeadStatus,
    /// What the source was answered, JSON.
    pub response_body: Option<String>,
    /// When its walk ended, microseconds.
    pub settled_at: Option<i64>,
    /// What destinations pay for it beside what is stored, micro-units.
    pub earned: i64,
}

impl WriteTx {
    /// Inserts leads.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if an id, a sequence number or an idempotency key of a source exists, also
    /// within the batch.
    pub async fn insert_leads(&self, leads: Vec<Model>) -> Result<(), Error> {
        batch::insert(&self.tx, self.keys.sealed_all(leads)?).await
    }

    /// Changes leads, each once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if one does not exist.
    pub async fn update_leads(&self, updates: Vec<LeadUpdate>) -> Result<(), Error> {
        const CHANGE: Change = Change {
            table: "lead",
            key: &["id"],
            set: &["status", "response_body", "settled_at"],
            add: &["revenue"],
        };
        let rows = updates.into_iter().map(|update| {
            let LeadUpdate {
                id,
                status,
                response_body,
                settled_at,
                earned,
            } = update;
            vec![
                id.into(),
                status.into(),
                response_body.into(),
                settled_at.into(),
                earned.into(),
            ]
        });
        CHANGE.apply(&self.tx, rows.collect()).await
    }

    /// Adds to what destinations pay for leads, each once: pairs of an id and micro-units.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if one does not exist.
    pub async fn add_revenue(&self, earned: Vec<(String, i64)>) -> Result<(), Error> {
        const CHANGE: Change = Change {
            table: "lead",
            key: &["id"],
            set: &[],
            add: &["revenue"],
        };
        let rows = earned
            .into_iter()
            .map(|(id, micros)| vec![id.into(), micros.into()]);
        CHANGE.apply(&self.tx, rows.collect()).await
    }

    /// Adds to what destinations pay for leads and says how far they have come, each once: an id, a
    /// status and micro-units.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if one does not exist.
    pub async fn earn(&self, earned: Vec<(String, LeadStatus, i64)>) -> Result<(), Error> {
        const CHANGE: Change = Change {
            table: "lead",
            key: &["id"],
            set: &["status"],
            add: &["revenue"],
        };
        let rows = earned
            .into_iter()
            .map(|(id, status, micros)| vec![id.into(), status.into(), micros.into()]);
        CHANGE.apply(&self.tx, rows.collect()).await
    }
}
