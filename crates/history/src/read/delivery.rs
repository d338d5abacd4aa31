//! Deliveries: the durable record of each offer, and its HTTP exchanges.

use pointsman_lead::{Id, Micros, Timestamp, kinds};
use pointsman_store::{
    AttemptRow, DeliveryCount as StoredCount, DeliveryRow, DeliveryState as StoredState,
};

use super::handle::{History, id, texts};
use crate::{AttemptOutcome, Error, Page, Place};

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryState {
    /// Nothing has been sent.
    Pending,
    /// A request may be on its way.
    Sending,
    /// The destination accepted the lead.
    Accepted,
    /// The destination rejected the lead.
    Rejected,
    /// Nothing reached the destination.
    NotSent,
    /// The answer is unknown.
    Held,
}

impl From<StoredState> for DeliveryState {
    fn from(stored: StoredState) -> Self {
        match stored {
            StoredState::Pending => Self::Pending,
            StoredState::Sending => Self::Sending,
            StoredState::Accepted => Self::Accepted,
            StoredState::Rejected => Self::Rejected,
            StoredState::NotSent => Self::NotSent,
            StoredState::Held => Self::Held,
        }
    }
}

impl From<DeliveryState> for StoredState {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Pending => Self::Pending,
            DeliveryState::Sending => Self::Sending,
            DeliveryState::Accepted => Self::Accepted,
            DeliveryState::Rejected => Self::Rejected,
            DeliveryState::NotSent => Self::NotSent,
            DeliveryState::Held => Self::Held,
        }
    }
}

/// Which deliveries to list or count; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// To this destination.
    pub destination: Option<String>,
    /// Of a lead of this flow.
    pub flow: Option<String>,
    /// Of a lead of this source.
    pub source: Option<String>,
    /// In this state.
    pub state: Option<DeliveryState>,
    /// With an attempt that ended so.
    pub outcome: Option<AttemptOutcome>,
    /// Offered then or later.
    pub from: Option<Timestamp>,
    /// Offered before.
    pub until: Option<Timestamp>,
    /// Whether it became known what came of it after its answer was unknown.
    pub is_released: Option<bool>,
}

impl From<&DeliveryFilter> for pointsman_store::DeliveryFilter {
    fn from(filter: &DeliveryFilter) -> Self {
        let DeliveryFilter {
            destination,
            flow,
            source,
            state,
            outcome,
            from,
            until,
            is_released,
        } = filter;
        Self {
            ids: None,
            destination: destination.clone(),
            flow: flow.clone(),
            source: source.clone(),
            state: state.map(StoredState::from),
            outcome: outcome.map(|outcome| outcome.word().to_owned()),
            from: from.map(|at| at.0),
            until: until.map(|at| at.0),
            is_released: *is_released,
        }
    }
}

/// How many deliveries to a destination are in a state, and what they brought at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryCount {
    /// The destination.
    pub destination: String,
    /// The state.
    pub state: DeliveryState,
    /// How many.
    pub deliveries: i64,
    /// The sum of their prices; the largest amount there is, if it is more than that.
    pub price: Micros,
}

impl From<StoredCount> for DeliveryCount {
    fn from(count: StoredCount) -> Self {
        let StoredCount {
            destination,
            state,
            deliveries,
            price,
        } = count;
        Self {
            destination,
            state: state.into(),
            deliveries,
            price: Micros(i64::try_from(price).unwrap_or(i64::MAX)),
        }
    }
}

/// The durable record of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, which is also the idempotency key that the destination sees.
    pub id: Id<kinds::Delivery>,
    /// The lead.
    pub lead_id: Id<kinds::Lead>,
    /// Number of the step that offers it.
    pub step: i64,
    /// The destination.
    pub destination: String,
    /// What the destination sends back with a postback.
    pub click_id: Id<kinds::Click>,
    /// How far it has come.
    pub state: DeliveryState,
    /// What the destination pays at once, if it accepted and does.
    pub price: Option<Micros>,
    /// Where to send the person, if the destination said so.
    pub redirect_url: Option<String>,
    /// Why it was not accepted.
    pub reason: Option<String>,
    /// What was odd about its answer.
    pub finding: Option<String>,
    /// The destination's own id of the lead, if it gave one.
    pub reference: Option<String>,
    /// When it was offered.
    pub created_at: Timestamp,
    /// When an answer comes too late.
    pub deadline_at: Timestamp,
    /// When its result was stored; `None` before.
    pub settled_at: Option<Timestamp>,
}

impl Delivery {
    pub(crate) fn of(row: DeliveryRow) -> Result<Self, Error> {
        let DeliveryRow {
            id: text,
            lead_id,
            decision_id: _,
            n,
            destination,
            click_id,
            state,
            reserved_seq: _,
            settled_seq: _,
            settled_at,
            price,
            redirect_url,
            reason,
            created_at,
            deadline_at,
            conversion_totals_body: _,
            finding,
            reference,
        } = row;
        Ok(Self {
            id: id(&text)?,
            lead_id: id(&lead_id)?,
            step: n,
            destination,
            click_id: id(&click_id)?,
            state: state.into(),
            price: price.map(Micros),
            redirect_url,
            reason,
            finding,
            reference,
            created_at: Timestamp(created_at),
            deadline_at: Timestamp(deadline_at),
            settled_at: settled_at.map(Timestamp),
        })
    }
}

/// One HTTP exchange of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The delivery.
    pub delivery_id: Id<kinds::Delivery>,
    /// Its number, from 0.
    pub number: i64,
    /// When it was about to start.
    pub started_at: Timestamp,
    /// When it ended; `None` if the process stopped before.
    pub finished_at: Option<Timestamp>,
    /// How it ended; `None` before.
    pub outcome: Option<AttemptOutcome>,
    /// The HTTP status, if one came back.
    pub status: Option<i64>,
    /// From start to end in real time, milliseconds.
    pub latency_ms: Option<i64>,
    /// What was sent, cut and without secrets, if that is kept.
    pub request_excerpt: Option<String>,
    /// What came back, cut.
    pub response_excerpt: Option<String>,
}

impl Attempt {
    fn of(row: AttemptRow) -> Result<Self, Error> {
        let AttemptRow {
            delivery_id,
            n,
            started_at,
            finished_at,
            outcome,
            status,
            latency_ms,
            request_excerpt,
            response_excerpt,
        } = row;
        let outcome = outcome.map(|word| {
            AttemptOutcome::from_word(&word).ok_or_else(|| Error::Stored {
                what: format!("the outcome `{word}` of attempt {n} of delivery {delivery_id}"),
            })
        });
        Ok(Self {
            delivery_id: id(&delivery_id)?,
            number: n,
            started_at: Timestamp(started_at),
            finished_at: finished_at.map(Timestamp),
            outcome: outcome.transpose()?,
            status,
            latency_ms,
            request_excerpt,
            response_excerpt,
        })
    }
}

impl History {
    /// Deliveries, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<Delivery>, Error> {
        let after = after.map(Place::cursor);
        let rows = self.rows().deliveries(&filter.into(), after, limit).await?;
        Page::of(rows, Delivery::of)
    }

    /// Counts deliveries by destination and state. Pairs without a delivery are absent.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn delivery_counts(
        &self,
        filter: &DeliveryFilter,
    ) -> Result<Vec<DeliveryCount>, Error> {
        let counts = self.rows().delivery_counts(&filter.into()).await?;
        Ok(counts.into_iter().map(DeliveryCount::from).collect())
    }

    /// A delivery by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn find_delivery(&self, id: Id<kinds::Delivery>) -> Result<Option<Delivery>, Error> {
        let row = self.rows().find_delivery(&id.to_string()).await?;
        row.map(Delivery::of).transpose()
    }

    /// Those of the deliveries that exist, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn deliveries_by_id(
        &self,
        ids: &[Id<kinds::Delivery>],
    ) -> Result<Vec<Delivery>, Error> {
        let rows = self.rows().deliveries_by_id(&texts(ids)).await?;
        rows.into_iter().map(Delivery::of).collect()
    }

    /// The deliveries of leads, by lead and step.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn deliveries_of_leads(
        &self,
        leads: &[Id<kinds::Lead>],
    ) -> Result<Vec<Delivery>, Error> {
        let rows = self.rows().deliveries_of_leads(&texts(leads)).await?;
        rows.into_iter().map(Delivery::of).collect()
    }

    /// The attempts of deliveries, by delivery and number.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn attempts_of_deliveries(
        &self,
        deliveries: &[Id<kinds::Delivery>],
    ) -> Result<Vec<Attempt>, Error> {
        let rows = self
            .rows()
            .attempts_of_deliveries(&texts(deliveries))
            .await?;
        rows.into_iter().map(Attempt::of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_release_has_stored_is_an_error_that_names_it() {
        let attempt = |delivery_id: &str, outcome: &str| {
            let row = AttemptRow {
                delivery_id: delivery_id.to_owned(),
                n: 0,
                started_at: 0,
                finished_at: Some(1),
                outcome: Some(outcome.to_owned()),
                status: None,
                latency_ms: None,
                request_excerpt: None,
                response_excerpt: None,
            };
            Attempt::of(row)
        };
        let id = Id::<kinds::Delivery>::new(Timestamp(0), [0; 10]).to_string();
        let read = attempt(&id, "cut_off").unwrap();
        assert_eq!(read.outcome, Some(AttemptOutcome::CutOff));
        assert!(
            attempt(&id, "gone")
                .unwrap_err()
                .to_string()
                .contains("`gone`")
        );
        let error = attempt("lead_1", "accepted").unwrap_err().to_string();
        assert!(error.contains("`lead_1`"), "{error}");
    }
}
