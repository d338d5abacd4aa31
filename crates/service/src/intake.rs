//! Leads in: parsed and encoded in the caller's task, decided by the writer.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use pointsman_lead::{Envelope, Fields, Problem, Stage, Timestamp, kinds};
use pointsman_router::{Context, Subject, Walk};
use tokio::sync::oneshot;

use crate::{
    LeadOutcome, LeadRequest, Mode, Platform, Refused, Route,
    flight::Flight,
    ident,
    tally::Tally,
    writer::{Command, Moved},
};

/// Real time for all offers of a lead, where the request names none.
const DEADLINE_MS: u64 = 30_000;
/// The range that a request may name.
const DEADLINE_MS_RANGE: std::ops::RangeInclusive<u64> = 100..=60_000;
/// Longest idempotency key, in bytes.
const KEY_BYTES_MAX: usize = 255;
/// Time for the last answer to reach the disk after a lead's deadline.
const GRACE: Duration = Duration::from_millis(500);

impl Platform {
    /// Takes a lead in, routes it, and says what became of it.
    ///
    /// What this returns is on disk. A lead whose time runs out is answered as `queued`; its offers
    /// go on being settled. A caller that goes away changes nothing.
    ///
    /// # Errors
    ///
    /// [`Refused`]; nothing is stored then.
    pub async fn submit(&self, request: LeadRequest) -> Result<LeadOutcome, Refused> {
        if self.inner.stopping.is_cancelled() {
            return Err(Refused::Stopping);
        }
        let flight = self.prepare(request)?;
        let queued = flight.outcome("queued", None);
        let (mode, deadline) = (flight.mode, flight.deadline);
        let (reply, moved) = oneshot::channel();
        self.inner.writer.offer(Command::Accept {
            flight: Box::new(flight),
            reply,
        })?;
        let (taken, on_disk) = oneshot::channel();
        let (done, settled) = oneshot::channel();
        // In a task of its own: once the lead is on disk it is driven to its end, whoever waits.
        let platform = self.clone();
        self.inner.drives.spawn(async move {
            match moved.await {
                Ok(Ok(Moved::OnItsWay(flight))) => {
                    let _ = taken.send(Ok(None));
                    if let Some(outcome) = platform.drive(flight).await {
                        let _ = done.send(outcome);
                    }
                }
                Ok(Ok(Moved::Done(outcome) | Moved::Replayed(outcome))) => {
                    let _ = taken.send(Ok(Some(*outcome)));
                }
                Ok(Err(refused)) => {
                    let _ = taken.send(Err(refused));
                }
                Err(_) => {
                    let _ = taken.send(Err(Refused::Stopping));
                }
            }
        });
        if let Some(outcome) = on_disk.await.map_err(|_| Refused::Stopping)?? {
            return Ok(outcome);
        }
        if mode == Mode::Async {
            return Ok(queued);
        }
        match tokio::time::timeout_at((deadline + GRACE).into(), settled).await {
            Ok(Ok(outcome)) => Ok(outcome),
            _ => Ok(queued),
        }
    }

    fn prepare(&self, request: LeadRequest) -> Result<Flight, Refused> {
        let routes = self.inner.routes.load();
        let route = routes
            .find(&request.flow)
            .ok_or_else(|| Refused::UnknownFlow(request.flow.clone()))?;
        let now = self.inner.clock.now();
        let mut problems = envelope_problems(&request);
        let envelope = Envelope {
            source: &request.source,
            sub_ids: request.sub_ids.clone(),
            received_at: now,
            is_test: request.is_test,
            stage: Stage::Post,
        };
        let fields = match route.program.schema().parse(&request.fields, &envelope) {
            Ok(fields) if problems.is_empty() => fields,
            Ok(_) => return Err(Refused::Problems(problems)),
            Err(more) => {
                problems.extend(more);
                return Err(Refused::Problems(problems));
            }
        };
        Ok(self.flight(request, route.clone(), &fields, now))
    }

    fn flight(
        &self,
        request: LeadRequest,
        route: Route,
        fields: &Fields,
        now: Timestamp,
    ) -> Flight {
        let lead_id = ident::id::<kinds::Lead>(now);
        let unit_key = match &request.idempotency_key {
            Some(key) => format!("{}\u{1f}{key}", request.source),
            None => lead_id.clone(),
        };
        let book = self.inner.book.load();
        let subject = Subject::new(&route.program, &book, fields, &unit_key);
        let walk = Walk::new(Context {
            program: &route.program,
            subject: &subject,
        });
        let stored = fields.to_json(route.program.schema());
        let deadline_ms = request.deadline_ms.unwrap_or(DEADLINE_MS);
        Flight {
            decision_id: ident::id::<kinds::Decision>(now),
            fingerprint: fingerprint(&request, &stored),
            tally: Tally::new(route.program.flow()),
            lead_id,
            source: request.source,
            idempotency_key: request.idempotency_key,
            mode: request.mode,
            is_test: request.is_test,
            received_at: now,
            fields: Arc::new(stored),
            unit_key,
            route,
            epoch: book.epoch,
            subject: Arc::new(subject),
            walk,
            n_steps: 0,
            n_offers: 0,
            deadline: Instant::now() + Duration::from_millis(deadline_ms),
            current: None,
            pinging: None,
            bids: BTreeMap::new(),
            sold: None,
            reported: BTreeMap::new(),
            last_reason: None,
        }
    }
}

fn envelope_problems(request: &LeadRequest) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(key) = &request.idempotency_key
        && (key.is_empty() || key.len() > KEY_BYTES_MAX || key.chars().any(char::is_control))
    {
        problems.push(
            Problem::new(
                "malformed",
                "idempotency_key",
                "an idempotency key has 1 to 255 bytes and no control characters",
            )
            .hint("a UUID for each lead is a good key"),
        );
    }
    if let Some(deadline_ms) = request.deadline_ms
        && !DEADLINE_MS_RANGE.contains(&deadline_ms)
    {
        let message = format!("{deadline_ms} is not within 100 to 60,000 milliseconds");
        problems.push(
            Problem::new("out_of_range", "deadline_ms", message)
                .hint("leave it out for 30,000 milliseconds"),
        );
    }
    problems
}

/// Of everything that the source sent, in an order that does not depend on how it was written.
fn fingerprint(
    request: &LeadRequest,
    fields: &serde_json::Map<String, serde_json::Value>,
) -> String {
    let sent: BTreeMap<&str, String> = fields
        .iter()
        // When it came in is ours, not the source's.
        .filter(|(name, _)| *name != "received_at")
        .map(|(name, value)| (name.as_str(), value.to_string()))
        .collect();
    ident::fingerprint(&format!("{}\u{1f}{sent:?}", request.flow))
}
