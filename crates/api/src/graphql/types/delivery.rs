//! Deliveries: the durable record of each offer, and its HTTP exchanges.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use pointsman_store::{AttemptRow, DeliveryRow, DeliveryState as Stored};

use super::{conversion::Conversion, lead::Lead};
use crate::graphql::{
    asking::Asking as _,
    loaders::{AttemptsOfDelivery, ConversionsOfDelivery, LeadById},
    paging::weigh,
    scalars::{Money, Timestamp},
};

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Stored")]
pub(in crate::graphql) enum DeliveryState {
    /// Nothing was sent yet.
    Pending,
    /// A request may be on its way.
    Sending,
    /// The destination took the lead.
    Accepted,
    /// The destination said no.
    Rejected,
    /// Nothing reached the destination.
    NotSent,
    /// Nobody knows what the destination made of it.
    Held,
}

/// The durable record of an offer.
pub(in crate::graphql) struct Delivery(pub(in crate::graphql) DeliveryRow);

/// The durable record of an offer: this lead, handed to this destination once.
#[Object]
impl Delivery {
    /// Names it among everything. The destination sees it as idempotency key.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }

    /// The lead.
    async fn lead(&self, context: &Context<'_>) -> Result<Option<Lead>> {
        let row = context
            .rows()?
            .load_one(LeadById(self.0.lead_id.clone()))
            .await?;
        Ok(row.map(Lead))
    }

    /// Name of the destination.
    async fn destination(&self) -> &str {
        &self.0.destination
    }

    /// Which step of the decision offers it, from 0.
    async fn step(&self) -> i64 {
        self.0.n
    }

    /// What the destination sends back with a postback.
    async fn click_id(&self) -> &str {
        &self.0.click_id
    }

    /// How far it has come.
    async fn state(&self) -> DeliveryState {
        self.0.state.into()
    }

    /// What the destination pays at once, if it accepted and does.
    async fn price(&self) -> Option<Money> {
        self.0.price.map(Money)
    }

    /// Where to send the person, if the destination said so.
    async fn redirect_url(&self) -> Option<&str> {
        self.0.redirect_url.as_deref()
    }

    /// Why it was not accepted.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// What was odd about its answer, such as a price that could not be read.
    async fn finding(&self) -> Option<&str> {
        self.0.finding.as_deref()
    }

    /// When it was offered.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// When an answer comes too late.
    async fn deadline_at(&self) -> Timestamp {
        Timestamp(self.0.deadline_at)
    }

    /// When the answer was written down.
    async fn settled_at(&self) -> Option<Timestamp> {
        self.0.settled_at.map(Timestamp)
    }

    /// Its HTTP exchanges, in order.
    #[graphql(complexity = "weigh(1, 2, child_complexity)")]
    async fn attempts(&self, context: &Context<'_>) -> Result<Vec<Attempt>> {
        let rows = context
            .rows()?
            .load_one(AttemptsOfDelivery(self.0.id.clone()))
            .await?;
        Ok(rows
            .unwrap_or_default()
            .into_iter()
            .map(Attempt::from)
            .collect())
    }

    /// What came of it later, in the order in which it was written down.
    #[graphql(complexity = "weigh(1, 2, child_complexity)")]
    async fn conversions(&self, context: &Context<'_>) -> Result<Vec<Conversion>> {
        let rows = context
            .rows()?
            .load_one(ConversionsOfDelivery(self.0.id.clone()))
            .await?;
        Ok(rows
            .unwrap_or_default()
            .into_iter()
            .map(Conversion)
            .collect())
    }
}

/// One HTTP exchange of a delivery.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Attempt {
    /// Position among the attempts of the delivery, from 0.
    number: i64,
    /// When it was about to start.
    started_at: Timestamp,
    /// When it ended; absent if it broke off.
    finished_at: Option<Timestamp>,
    /// How it ended. By the destination's doing: `accepted`, `rejected`, `busy` (a no to this moment),
    /// `not_sent` (no connection) or `unknown` (no readable answer); all but the first two count
    /// against its health. By ours, which says nothing of it: `destination_busy` (as many offers as
    /// allowed were under way), `no_time` (the lead's time was up before anything was sent), `cut_off`
    /// (it was up before the answer), `blocked`, `local_fault` or `interrupted`.
    outcome: Option<String>,
    /// The HTTP status, if one came back.
    status: Option<i64>,
    /// From start to end in real time, milliseconds.
    latency_ms: Option<i64>,
    /// What was sent, cut and without secrets, if that is kept.
    request_excerpt: Option<String>,
    /// What came back, cut.
    response_excerpt: Option<String>,
}

impl From<AttemptRow> for Attempt {
    fn from(row: AttemptRow) -> Self {
        let AttemptRow {
            delivery_id: _,
            n,
            started_at,
            finished_at,
            outcome,
            status,
            latency_ms,
            request_excerpt,
            response_excerpt,
        } = row;
        Self {
            number: n,
            started_at: Timestamp(started_at),
            finished_at: finished_at.map(Timestamp),
            outcome,
            status,
            latency_ms,
            request_excerpt,
            response_excerpt,
        }
    }
}
