//! Leads in: parsed and encoded in the caller's task, decided by the sequencer.

use std::time::{Duration, Instant};

use pointsman_history::{Clock, LiveRoutes};
use pointsman_lead::{Envelope, Fields, Problem, Schema, Stage, Timestamp};
use pointsman_router::HashKey;
use pointsman_store::Store;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::{
    Dispatcher, Figures, LeadOutcome, LeadRequest, LeadState, Learner, Mode, Refused,
    active_lead::{ActiveLead, MadeWith},
    lease::Lease,
    sequencer::{Advance, Command, SequencerHandle},
};

mod on_disk;
mod rate;
mod suppression;

use on_disk::OnDisk;
pub(crate) use rate::SourceRates;
pub use suppression::Suppression;
pub(crate) use suppression::person_hashes;

/// The range that a request may name.
const DEADLINE_MS_RANGE: std::ops::RangeInclusive<u64> = 100..=60_000;
/// Longest idempotency key, in bytes.
const KEY_BYTES_MAX: usize = 255;
/// Time for settings of another process to be followed.
const SETTINGS_MAX: Duration = Duration::from_secs(5);
/// Time for the last answer to reach the disk after a lead's deadline.
const GRACE: Duration = Duration::from_millis(500);

/// What became of a request to take a lead in.
#[derive(Debug)]
pub enum Submitted {
    /// The lead is on disk.
    Stored(LeadOutcome),
    /// Settings have changed since it was allowed, and nothing is stored: whoever allowed it is to look again.
    AskAgain(Box<LeadRequest>),
}

/// Takes leads in. Cheap to clone; clones are the same intake.
#[derive(Debug, Clone)]
pub struct Intake {
    pub(crate) store: Store,
    pub(crate) routes: LiveRoutes,
    pub(crate) learner: Learner,
    pub(crate) sequencer: SequencerHandle,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) clock: Clock,
    pub(crate) hash_key: HashKey,
    pub(crate) lease: Lease,
    pub(crate) suppression: Suppression,
    pub(crate) figures: Figures,
    pub(crate) rates: SourceRates,
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
        // Allowed under any settings, so nobody is asked again.
        match self.submit_allowed(request, i64::MAX).await? {
            Submitted::Stored(outcome) => Ok(outcome),
            Submitted::AskAgain(_) => Err(Refused::Busy),
        }
    }

    /// The same for a request that was allowed by the settings of a moment: it is stored if they are still those.
    ///
    /// * `allowed_at`: the revision of those settings.
    ///
    /// # Errors
    ///
    /// [`Refused`]; nothing is stored then.
    pub async fn submit_allowed(
        &self,
        request: LeadRequest,
        allowed_at: i64,
    ) -> Result<Submitted, Refused> {
        let began = Instant::now();
        let submitted = self.taken(request, allowed_at).await;
        // One that has to be allowed again comes back.
        match &submitted {
            Ok(Submitted::AskAgain(request)) => self.not_taken(&request.source),
            _ => self.figures.answered(&submitted, began.elapsed()),
        }
        submitted
    }

    async fn taken(&self, request: LeadRequest, allowed_at: i64) -> Result<Submitted, Refused> {
        if self.stopping.is_cancelled() {
            return Err(Refused::Stopping);
        }
        self.admit(&request.flow, &request.source)?;
        let active = self.prepare_now(&request).await?;
        let (mode, deadline) = (active.mode, active.deadline);
        let mut active = Box::new(active);
        let (queued, active) = loop {
            active.revision = active.revision.min(allowed_at);
            let queued = active.outcome(LeadState::Queued, None);
            match self.store(active, deadline).await? {
                Advance::OnItsWay(active) => break (queued, active),
                Advance::Ended(outcome) | Advance::Repeated(outcome) => {
                    return Ok(Submitted::Stored(*outcome));
                }
                Advance::TakenOver => return Ok(Submitted::Stored(queued)),
                Advance::Outdated { revision } => {
                    let reached = self.routes.reach(revision);
                    let reached = tokio::time::timeout_at((deadline + GRACE).into(), reached);
                    reached.await.map_err(|_| Refused::Busy)?;
                    if allowed_at < revision {
                        return Ok(Submitted::AskAgain(Box::new(request)));
                    }
                    active = Box::new(ActiveLead {
                        deadline,
                        ..self.prepare_now(&request).await?
                    });
                }
            }
        };
        let settled = self.dispatcher.dispatch(active);
        if mode == Mode::Async {
            return Ok(Submitted::Stored(queued));
        }
        let settled = tokio::time::timeout_at((deadline + GRACE).into(), settled).await;
        Ok(Submitted::Stored(match settled {
            Ok(Ok(outcome)) => outcome,
            _ => queued,
        }))
    }

    /// Refuses a lead of a flow or a source that is stopped, or of a source that sends more than it may.
    fn admit(&self, flow: &str, source: &str) -> Result<(), Refused> {
        let routes = self.routes.look();
        if routes.stopped.contains(flow) {
            return Err(Refused::FlowStopped(flow.to_owned()));
        }
        let Some(route) = routes.sources.get(source) else {
            return Ok(());
        };
        if !route.document.is_active() {
            return Err(Refused::SourceStopped(source.to_owned()));
        }
        let Some(per_minute) = route.document.per_minute() else {
            return Ok(());
        };
        let taken = self.rates.take(source, per_minute, Instant::now());
        taken.map_err(|wait| Refused::TooFast {
            name: source.to_owned(),
            per_minute,
            wait,
        })
    }

    /// A lead that comes again is counted then.
    fn not_taken(&self, source: &str) {
        let routes = self.routes.look();
        let route = routes.sources.get(source);
        if let Some(per_minute) = route.and_then(|route| route.document.per_minute()) {
            self.rates.give_back(source, per_minute, Instant::now());
        }
    }

    /// Decides and stores a lead; nothing is stored of one that was prepared under settings that have changed.
    async fn store(&self, active: Box<ActiveLead>, deadline: Instant) -> Result<Advance, Refused> {
        if !self.lease.is_fresh() {
            return Err(Refused::lease_lost());
        }
        let (reply, advance) = oneshot::channel();
        self.sequencer.offer(Command::Accept { active, reply })?;
        let on_disk = OnDisk::new(advance, &self.dispatcher);
        // It may still come to be stored after that; the same key says so.
        let advance = tokio::time::timeout_at((deadline + GRACE).into(), on_disk.wait()).await;
        advance.map_err(|_| Refused::Busy)?
    }

    /// Prepares a lead by the settings of this moment. Nothing is refused for what another process has put right.
    async fn prepare_now(&self, request: &LeadRequest) -> Result<ActiveLead, Refused> {
        // Looked at first: routes may be followed while the lead is being refused by those before.
        let known = self.routes.revision();
        let refused = match self.prepare(request.clone()).await {
            Err(refused) if self.store.is_shared() => refused,
            prepared => return prepared,
        };
        let order = self.store.read().order().await;
        let revision = order.map_or(0, |order| order.revision);
        if revision <= known {
            return Err(refused);
        }
        let reached = tokio::time::timeout(SETTINGS_MAX, self.routes.reach(revision)).await;
        reached.map_err(|_| Refused::Busy)?;
        self.prepare(request.clone()).await
    }

    async fn prepare(&self, mut request: LeadRequest) -> Result<ActiveLead, Refused> {
        let routes = self.routes.get();
        let route = routes
            .find(&request.flow)
            .ok_or_else(|| Refused::UnknownFlow(request.flow.clone()))?;
        let now = self.clock.now();
        let mut fields = fields_of(&request, route.program.schema(), now)?;
        // Whoever is added after these routes moves the revision on, and the lead is prepared again.
        let is_suppressed =
            routes.suppresses && self.suppresses(route.program.schema(), &fields).await?;
        if is_suppressed {
            if self.suppression == Suppression::Refuse {
                return Err(suppression::refused());
            }
            fields = suppression::without_person(route.program.schema(), &fields);
            request.given = None;
        }
        let allocation = self.learner.allocation();
        let made_with = MadeWith {
            allocation: &allocation,
            hash_key: self.hash_key,
            lease: self.lease.number(),
            revision: routes.revision,
            candidate: routes.candidates.get(&request.flow),
            kept: routes.kept.get(&request.flow),
        };
        let active = ActiveLead::new(request, route, &fields, made_with, now);
        Ok(ActiveLead {
            is_suppressed,
            ..active
        })
    }
}

/// The typed fields of a request, or everything that is wrong with it.
fn fields_of(request: &LeadRequest, schema: &Schema, now: Timestamp) -> Result<Fields, Refused> {
    let mut problems = envelope_problems(request);
    let envelope = Envelope {
        source: &request.source,
        sub_ids: request.sub_ids.clone(),
        received_at: now,
        is_test: request.is_test,
        stage: Stage::Post,
    };
    match schema.parse(&request.fields, &envelope) {
        Ok(fields) if problems.is_empty() => Ok(fields),
        Ok(_) => Err(Refused::Problems(problems)),
        Err(more) => {
            problems.extend(more);
            Err(Refused::Problems(problems))
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
