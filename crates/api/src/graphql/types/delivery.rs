//! Deliveries: the durable record of each offer, and its HTTP exchanges.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use pointsman_history::{self as history, AttemptOutcome};

use super::{conversion::Conversion, lead::Lead, lead_return::LeadReturn};
use crate::graphql::{
    asking::Asking as _,
    loaders::{
        AttemptsOfDelivery, ConversionsOfDelivery, DueOfDelivery, LeadById, ReleaseOfDelivery,
        ReturnsOfDelivery,
    },
    paging::weigh,
    scalars::{Money, Timestamp},
};

/// State of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::DeliveryState")]
pub(in crate::graphql) enum DeliveryState {
    /// Reserved: this version sets it on no delivery.
    Pending,
    /// A request may be in progress.
    Sending,
    /// The destination accepted the lead.
    Accepted,
    /// The destination rejected the lead.
    Rejected,
    /// Nothing reached the destination.
    NotSent,
    /// There was no readable answer: the destination may or may not have the lead. Its `onUnknown` decides whether
    /// the lead is held or passed on.
    Held,
}

/// Outcome of an attempt without a readable answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum UnknownOutcome {
    /// An answer came that could not be read, or the connection broke.
    Unknown,
    /// The deadline of the lead passed before the answer.
    CutOff,
    /// The server stopped before the answer.
    Interrupted,
}

impl From<UnknownOutcome> for AttemptOutcome {
    fn from(input: UnknownOutcome) -> Self {
        match input {
            UnknownOutcome::Unknown => Self::Unknown,
            UnknownOutcome::CutOff => Self::CutOff,
            UnknownOutcome::Interrupted => Self::Interrupted,
        }
    }
}

/// A filter for deliveries; omitted members do not restrict.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::graphql) struct DeliveryFilterInput {
    /// Only deliveries to this destination.
    destination: Option<String>,
    /// Only deliveries of leads of this flow.
    flow: Option<String>,
    /// Only deliveries of leads of this source.
    source: Option<String>,
    /// Only deliveries in this state.
    state: Option<DeliveryState>,
    /// Only deliveries with an attempt that ended so.
    outcome: Option<UnknownOutcome>,
    /// Only deliveries offered at this time or later.
    created_from: Option<Timestamp>,
    /// Only deliveries offered before this time.
    created_before: Option<Timestamp>,
    /// Whether it became known what came of it after its answer was unknown: `false` with the state `HELD` are those that
    /// wait to be released.
    is_released: Option<bool>,
}

impl From<DeliveryFilterInput> for history::DeliveryFilter {
    fn from(input: DeliveryFilterInput) -> Self {
        let DeliveryFilterInput {
            destination,
            flow,
            source,
            state,
            outcome,
            created_from,
            created_before,
            is_released,
        } = input;
        Self {
            destination,
            flow,
            source,
            state: state.map(history::DeliveryState::from),
            outcome: outcome.map(AttemptOutcome::from),
            from: created_from.map(pointsman_lead::Timestamp::from),
            until: created_before.map(pointsman_lead::Timestamp::from),
            is_released,
        }
    }
}

/// Number of deliveries to one destination in one state.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DeliveryCount {
    /// Name of the destination.
    destination: String,
    /// The state.
    state: DeliveryState,
    /// Number of deliveries.
    deliveries: i64,
    /// Sum of the prices paid on acceptance, without conversions. A sum above 9223372036854.775807 is given as that
    /// amount.
    price: Money,
}

impl From<history::DeliveryCount> for DeliveryCount {
    fn from(count: history::DeliveryCount) -> Self {
        let history::DeliveryCount {
            destination,
            state,
            deliveries,
            price,
        } = count;
        Self {
            destination,
            state: state.into(),
            deliveries,
            price: price.into(),
        }
    }
}

/// The record of one offer.
pub(in crate::graphql) struct Delivery(pub(in crate::graphql) history::Delivery);

/// The record of one offer of a lead to a destination.
#[Object]
impl Delivery {
    /// Globally unique id. The destination receives it as idempotency key.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The lead.
    async fn lead(&self, context: &Context<'_>) -> Result<Option<Lead>> {
        let lead = context
            .batches()?
            .load_one(LeadById(self.0.lead_id))
            .await?;
        Ok(lead.map(Lead))
    }

    /// Name of the destination.
    async fn destination(&self) -> &str {
        &self.0.destination
    }

    /// Number of the step of the decision, from 0.
    async fn step(&self) -> i64 {
        self.0.step
    }

    /// Click id; the destination returns it in postbacks.
    async fn click_id(&self) -> String {
        self.0.click_id.to_string()
    }

    /// Current status.
    async fn state(&self) -> DeliveryState {
        self.0.state.into()
    }

    /// Price that the destination pays on acceptance, if any.
    async fn price(&self) -> Option<Money> {
        self.0.price.map(Money::from)
    }

    /// URL to redirect the person to, if the destination gave one.
    async fn redirect_url(&self) -> Option<&str> {
        self.0.redirect_url.as_deref()
    }

    /// Reason for a rejection or failure.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Anomaly in the answer, such as a price that could not be read.
    async fn finding(&self) -> Option<&str> {
        self.0.finding.as_deref()
    }

    /// The id that the destination gave to the lead, if any.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// Time of the offer.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// Deadline for the answer.
    async fn deadline_at(&self) -> Timestamp {
        self.0.deadline_at.into()
    }

    /// Time at which the result was stored.
    async fn settled_at(&self) -> Option<Timestamp> {
        self.0.settled_at.map(Timestamp::from)
    }

    /// The HTTP exchanges of the offer, in order. There is more than one where the target has retries: only after an
    /// attempt that surely did not reach the destination, or that it deferred, another one follows, with the same
    /// idempotency key.
    #[graphql(complexity = "weigh(1, 2, child_complexity)")]
    async fn attempts(&self, context: &Context<'_>) -> Result<Vec<Attempt>> {
        let attempts = context
            .batches()?
            .load_one(AttemptsOfDelivery(self.0.id))
            .await?
            .unwrap_or_default();
        Ok(attempts.into_iter().map(Attempt::from).collect())
    }

    /// Time of the next attempt, or of the next question what became of it; null if nothing is due.
    async fn due_at(&self, context: &Context<'_>) -> Result<Option<Timestamp>> {
        let due = context
            .batches()?
            .load_one(DueOfDelivery(self.0.id))
            .await?;
        Ok(due.map(|due| due.at.into()))
    }

    /// What became known of it after its answer was unknown; the state stays `HELD`.
    async fn release(&self, context: &Context<'_>) -> Result<Option<DeliveryRelease>> {
        let batches = context.batches()?;
        let release = batches.load_one(ReleaseOfDelivery(self.0.id)).await?;
        Ok(release.map(DeliveryRelease::from))
    }

    /// Returns and chargebacks of this delivery, in order of request.
    #[graphql(complexity = "weigh(1, 2, child_complexity)")]
    async fn returns(&self, context: &Context<'_>) -> Result<Vec<LeadReturn>> {
        let batches = context.batches()?;
        let returns = batches.load_one(ReturnsOfDelivery(self.0.id)).await?;
        Ok(returns
            .unwrap_or_default()
            .into_iter()
            .map(LeadReturn)
            .collect())
    }

    /// Conversions of this delivery, in order of storage.
    #[graphql(complexity = "weigh(1, 2, child_complexity)")]
    async fn conversions(&self, context: &Context<'_>) -> Result<Vec<Conversion>> {
        let conversions = context
            .batches()?
            .load_one(ConversionsOfDelivery(self.0.id))
            .await?
            .unwrap_or_default();
        Ok(conversions.into_iter().map(Conversion).collect())
    }
}

/// Source of what became known of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::ReleaseOrigin")]
pub(in crate::graphql) enum DeliveryReleaseOrigin {
    /// A person, by `releaseDelivery`.
    Person,
    /// The destination, when it was asked for the status.
    Status,
    /// The destination, by a conversion.
    Conversion,
}

/// What became known of a delivery whose answer was unknown.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DeliveryRelease {
    /// Time at which it was stored.
    at: Timestamp,
    /// `ACCEPTED`, `REJECTED` or `NOT_SENT`.
    answer: DeliveryState,
    /// Source of the answer.
    origin: DeliveryReleaseOrigin,
    /// Name of the token of the person, if it was one.
    by: Option<String>,
    /// Reason, if one was given.
    reason: Option<String>,
}

impl From<history::DeliveryRelease> for DeliveryRelease {
    fn from(release: history::DeliveryRelease) -> Self {
        let history::DeliveryRelease {
            delivery_id: _,
            at,
            answer,
            origin,
            by,
            reason,
        } = release;
        Self {
            at: at.into(),
            answer: answer.into(),
            origin: origin.into(),
            by,
            reason,
        }
    }
}

/// One HTTP exchange of a delivery.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Attempt {
    /// Number of the attempt, from 0.
    number: i64,
    /// Time just before the request was sent.
    started_at: Timestamp,
    /// Time of the end; null if the process stopped before it.
    finished_at: Option<Timestamp>,
    /// Outcome. Caused by the destination: `accepted`, `rejected`, `busy` (asked to retry later), `not_sent`
    /// (no connection) or `unknown` (no readable answer); all but the first two count as failures for its
    /// circuit breaker. Caused by this server, and not counted: `destination_busy` (limit of concurrent
    /// offers reached), `no_time` (deadline passed before sending), `cut_off` (deadline passed before the
    /// answer), `blocked`, `local_fault` or `interrupted`.
    outcome: Option<&'static str>,
    /// HTTP status of the response, if there was one.
    status: Option<i64>,
    /// Duration in milliseconds of real time.
    latency_ms: Option<i64>,
    /// Reserved: always null. Requests are not kept.
    request_excerpt: Option<String>,
    /// Beginning of the response.
    response_excerpt: Option<String>,
}

impl From<history::Attempt> for Attempt {
    fn from(attempt: history::Attempt) -> Self {
        let history::Attempt {
            delivery_id: _,
            number,
            started_at,
            finished_at,
            outcome,
            status,
            latency_ms,
            request_excerpt,
            response_excerpt,
        } = attempt;
        Self {
            number,
            started_at: started_at.into(),
            finished_at: finished_at.map(Timestamp::from),
            outcome: outcome.map(AttemptOutcome::word),
            status,
            latency_ms,
            request_excerpt,
            response_excerpt,
        }
    }
}
