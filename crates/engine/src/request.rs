//! A lead as it comes in, and what its sender is answered.

use std::time::Duration;

use pointsman_lead::{Currency, Id, Micros, Problem, kinds};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// When the sender wants its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// When the lead is settled, or when its time is up.
    #[default]
    Sync,
    /// As soon as it is on disk.
    Async,
}

/// A lead as its source sends it.
#[derive(Debug, Clone, Default)]
pub struct LeadRequest {
    /// The flow that shall route it.
    pub flow: String,
    /// Who sends it.
    pub source: String,
    /// The source's own placement ids.
    pub sub_ids: [Option<String>; 5],
    /// Names the request: sent twice, it is one lead.
    pub idempotency_key: Option<String>,
    /// The fields of the vertical's schema, by name.
    pub fields: Map<String, Value>,
    /// Whether it is a test: routed and delivered as such, but nothing is learned from it.
    pub is_test: bool,
    /// When the sender wants its answer.
    pub mode: Mode,
    /// Milliseconds of real time for all offers together, 100 to 60,000; `None`: 30,000.
    pub deadline_ms: Option<u64>,
    /// What it was given as, where a document of its source has read it.
    pub given: Option<GivenLead>,
}

/// What a lead was given as, to be kept beside its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenLead {
    /// The revision of the document that has read it.
    pub source_revision: i64,
    /// Values as they were sent, as JSON.
    pub body: Value,
}

/// How far a lead has come, as its source may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadState {
    /// It is on its way.
    Queued,
    /// Somebody took it.
    Sold,
    /// Nobody took it.
    Unsold,
    /// A rule said no.
    Declined,
    /// An answer is unknown, and it must not be sold twice.
    Held,
    /// The same person came before, and was sold or may still be.
    Duplicate,
    /// The person does not want to be contacted.
    Suppressed,
}

impl LeadState {
    /// The word for it, as in answers and in GraphQL.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sold => "sold",
            Self::Unsold => "unsold",
            Self::Declined => "declined",
            Self::Held => "held",
            Self::Duplicate => "duplicate",
            Self::Suppressed => "suppressed",
        }
    }
}

/// What became of a lead, as its source may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadOutcome {
    /// Our id of the lead.
    pub lead_id: Id<kinds::Lead>,
    /// Our id of its decision.
    pub decision_id: Id<kinds::Decision>,
    /// How far it has come.
    pub status: LeadState,
    /// Who took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// What they pay, where that is known at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Micros>,
    /// The currency of the price.
    pub currency: Currency,
    /// Where to send the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// Why it was declined or not sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether this answer was given before, to the same idempotency key.
    #[serde(skip)]
    pub replayed: bool,
}

/// Why a request was not taken. Nothing is stored then; after [`Refused::Busy`] it may still come to be.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Refused {
    /// The request has mistakes: all of them.
    #[error("the request has {} problem(s)", .0.len())]
    Problems(Vec<Problem>),
    /// There is no flow of this name that takes leads.
    #[error("no live flow `{0}`")]
    UnknownFlow(String),
    /// The flow is stopped.
    #[error("flow `{0}` is stopped")]
    FlowStopped(String),
    /// The source is stopped.
    #[error("source `{0}` is stopped")]
    SourceStopped(String),
    /// The source has sent as many leads in a minute as it may.
    #[error("source `{name}` sends more than {per_minute} leads a minute")]
    TooFast {
        /// Its name.
        name: String,
        /// Leads that it may send in a minute.
        per_minute: u32,
        /// How long it is to wait for the next one.
        wait: Duration,
    },
    /// The idempotency key was used for another request.
    #[error("idempotency key `{0}` was used for another request")]
    KeyReused(String),
    /// The first request with this key has not been answered yet.
    #[error("the first request with idempotency key `{0}` is still in progress")]
    InProgress(String),
    /// Too much is waiting already, or what waited was not stored in time.
    #[error("the intake is full")]
    Busy,
    /// It can never be stored; a finding of this id says why.
    #[error("it can never be stored; `{0}` says why")]
    Unstorable(String),
    /// What is stored of it cannot be read by this release.
    #[error("{what} cannot be read")]
    Unreadable {
        /// Which row.
        what: String,
    },
    /// The database cannot take it now.
    #[error("the database is not available")]
    Unavailable(#[source] pointsman_store::Error),
    /// The service is going down.
    #[error("the service is stopping")]
    Stopping,
}

impl Refused {
    /// This process may take no leads now: others take over what it has under way.
    pub(crate) fn lease_lost() -> Self {
        Self::Unavailable(pointsman_store::Error::Unavailable {
            source: "the lease of this process has run out".into(),
        })
    }
}
