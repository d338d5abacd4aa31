//! Leads in: parsed and encoded in the caller's task, decided by the writer.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use pointsman_bandit::Allocation;
use pointsman_history::{Clock, LiveRoutes, RewardAttribution, Route};
use pointsman_lead::{Envelope, Fields, Problem, Stage, Timestamp, kinds};
use pointsman_router::{Context, HashKey, Subject, Unit, Walk};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::{
    Dispatcher, LeadOutcome, LeadRequest, Learner, Mode, Refused,
    active_lead::ActiveLead,
    ident,
    sequencer::{Advance, Command, SequencerHandle},
};

/// Real time for all offers of a lead, where the request names none.
const DEADLINE_MS: u64 = 30_000;
/// The range that a request may name.
const DEADLINE_MS_RANGE: std::ops::RangeInclusive<u64> = 100..=60_000;
/// Longest idempotency key, in bytes.
const KEY_BYTES_MAX: usize = 255;
/// Time for the last answer to reach the disk after a lead's deadline.
const GRACE: Duration = Duration::from_millis(500);

/// Takes leads in. Cheap to clone; clones are the same intake.
#[derive(Debug, Clone)]
pub struct Intake {
    pub(crate) routes: LiveRoutes,
    pub(crate) learner: Learner,
    pub(crate) sequencer: SequencerHandle,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) clock: Clock,
    pub(crate) hash_key: HashKey,
    /// Nothing new is taken.
    pub(crate) stopping: CancellationToken,
}

impl Intake {
    /// Takes a lead in, routes it, and says what became of it.
    ///
    /// What this returns is on disk. A lead whose time runs out is answered as `queued`; its offers
    /// go on being settled. A caller that goes away changes nothing.
    ///
    /// # Errors
    ///
    /// [`Refused`]; nothing is stored then.
    pub async fn submit(&self, request: LeadRequest) -> Result<LeadOutcome, Refused> {
        if self.stopping.is_cancelled() {
            return Err(Refused::Stopping);
        }
        let active = self.prepare(request)?;
        let queued = active.outcome("queued", None);
        let (mode, deadline) = (active.mode, active.deadline);
        let (reply, advance) = oneshot::channel();
        self.sequencer.offer(Command::Accept {
            active: Box::new(active),
            reply,
        })?;
        let (taken, on_disk) = oneshot::channel();
        let (done, settled) = oneshot::channel();
        // In a task of its own: once the lead is on disk it is driven to its end, whoever waits.
        let dispatcher = self.dispatcher.clone();
        self.dispatcher.spawn(async move {
            match advance.await {
                Ok(Ok(Advance::OnItsWay(active))) => {
                    let _ = taken.send(Ok(None));
                    if let Some(outcome) = dispatcher.drive(active).await {
                        let _ = done.send(outcome);
                    }
                }
                Ok(Ok(Advance::Ended(outcome) | Advance::Repeated(outcome))) => {
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
        // It may still come to be stored after that; the same key tells.
        let on_disk = tokio::time::timeout_at((deadline + GRACE).into(), on_disk).await;
        let on_disk = on_disk.map_err(|_| Refused::Busy)?;
        if let Some(outcome) = on_disk.map_err(|_| Refused::Stopping)?? {
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

    fn prepare(&self, request: LeadRequest) -> Result<ActiveLead, Refused> {
        let routes = self.routes.look();
        let route = routes
            .find(&request.flow)
            .ok_or_else(|| Refused::UnknownFlow(request.flow.clone()))?;
        let now = self.clock.now();
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
        let allocation = self.learner.allocation();
        let made_with = MadeWith {
            allocation: &allocation,
            hash_key: self.hash_key,
        };
        Ok(active(request, route.clone(), &fields, made_with, now))
    }
}

/// What a lead is drawn with beside its own values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MadeWith<'a> {
    /// The weights of bandits.
    pub(crate) allocation: &'a Allocation,
    /// The key of the hashes of sticky values.
    pub(crate) hash_key: HashKey,
}

/// A lead that stands before its first step.
pub(crate) fn active(
    request: LeadRequest,
    route: Route,
    fields: &Fields,
    made_with: MadeWith<'_>,
    now: Timestamp,
) -> ActiveLead {
    let MadeWith {
        allocation,
        hash_key,
    } = made_with;
    let lead_id = ident::id::<kinds::Lead>(now);
    let unit_key = match &request.idempotency_key {
        Some(key) => format!("{}\u{1f}{key}", request.source),
        None => lead_id.clone(),
    };
    let unit = Unit::new(&unit_key, hash_key);
    let subject = Subject::new(&route.program, allocation, fields, unit);
    let walk = Walk::new(Context {
        program: &route.program,
        subject: &subject,
    });
    let stored = fields.to_json(route.program.schema());
    let deadline_ms = request.deadline_ms.unwrap_or(DEADLINE_MS);
    ActiveLead {
        decision_id: ident::id::<kinds::Decision>(now),
        fingerprint: fingerprint(&request.flow, &stored),
        attribution: RewardAttribution::new(route.program.flow()),
        lead_id,
        source: request.source,
        idempotency_key: request.idempotency_key,
        mode: request.mode,
        is_test: request.is_test,
        received_at: now,
        fields: Arc::new(stored),
        unit_key,
        route,
        epoch: allocation.epoch,
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

/// What a fingerprint starts with that was made by [`fingerprint`].
const FINGERPRINT: &str = "2:";

/// Of everything that the source sent, in an order that does not depend on how it was written.
fn fingerprint(flow: &str, fields: &serde_json::Map<String, serde_json::Value>) -> String {
    let sent = serde_json::json!([flow, sent(fields).collect::<BTreeMap<_, _>>()]);
    format!("{FINGERPRINT}{}", ident::fingerprint(&sent.to_string()))
}

fn sent(
    fields: &serde_json::Map<String, serde_json::Value>,
) -> impl Iterator<Item = (&str, &serde_json::Value)> {
    // When it came in is ours, not the source's.
    let theirs = fields.iter().filter(|(name, _)| *name != "received_at");
    theirs.map(|(name, value)| (name.as_str(), value))
}

/// Whether a request is the one whose fingerprint was stored under its key.
pub(crate) fn is_same(stored: &str, again: &ActiveLead) -> bool {
    if stored.starts_with(FINGERPRINT) {
        return stored == again.fingerprint;
    }
    stored == fingerprint_before(again.route.program.flow(), &again.fields)
}

/// As the releases before made it: it went by how Rust shows a map.
fn fingerprint_before(flow: &str, fields: &serde_json::Map<String, serde_json::Value>) -> String {
    let sent: BTreeMap<&str, String> = sent(fields)
        .map(|(name, value)| (name, value.to_string()))
        .collect();
    ident::fingerprint(&format!("{flow}\u{1f}{sent:?}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Fields in another order than that of their names.
    fn fields() -> serde_json::Map<String, serde_json::Value> {
        let fields = json!({"received_at": "2026-01-01T00:00:00Z", "name": "Zoë \"Z\"", "age": 41});
        fields.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_fingerprint_is_that_of_the_same_json_on_any_release() {
        // Of ["solar",{"age":41,"name":"Zoë \"Z\""}].
        let hash = "a6046fa43090f271454cb58f1973836d67e41739c35e39526cc9ed4e674a7539";
        assert_eq!(fingerprint("solar", &fields()), format!("2:{hash}"));
    }

    #[test]
    fn a_fingerprint_of_the_releases_before_is_still_known() {
        let hash = "b1315cc8b6caeb190ce3b43d2c200bad57d7f0d7604ed9b28ad02d751ba3615a";
        assert_eq!(fingerprint_before("solar", &fields()), hash);
    }
}
