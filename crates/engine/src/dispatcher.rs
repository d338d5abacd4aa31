//! Makes pings and offers: one task a lead, from its first step to the end of its walk.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use pointsman_delivery::{Client, Exchange, NotSent, Outcome, Target};
use tokio::sync::oneshot;
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::{
    Figures, LeadOutcome,
    active_lead::{ActiveLead, Current},
    lease::Lease,
    sequencer::{Advance, Command, NotStored, SequencerHandle},
    step_result::{OfferResult, StepResult},
};

mod auction;

/// Longest wait between two tries to store an answer.
const STORE_AGAIN_MAX: Duration = Duration::from_secs(2);

/// What is stored of an exchange that panicked.
const BROKE_OFF: &str = "the exchange broke off here; the log says more";

/// Makes the pings and offers of leads on their way. Cheap to clone; clones are the same dispatcher.
#[derive(Debug, Clone)]
pub struct Dispatcher {
    client: Client,
    sequencer: SequencerHandle,
    lease: Lease,
    figures: Figures,
    /// Leads on their way.
    tasks: TaskTracker,
    /// Nothing that fails is tried again.
    stopping: CancellationToken,
}

impl Dispatcher {
    pub(crate) fn new(
        client: Client,
        sequencer: SequencerHandle,
        lease: Lease,
        (figures, stopping): (Figures, CancellationToken),
    ) -> Self {
        Self {
            client,
            sequencer,
            lease,
            figures,
            tasks: TaskTracker::new(),
            stopping,
        }
    }

    /// The connections and limits that offers go out by.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// How many leads are on their way.
    pub fn n_active(&self) -> usize {
        self.tasks.len()
    }

    /// Does the work of a lead in a task of its own, which a stop waits for.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// Drives a lead to the end of its walk in a task of its own, and gives its outcome to whoever waits for it; to
    /// nobody if the service stops first.
    pub(crate) fn dispatch(&self, active: Box<ActiveLead>) -> oneshot::Receiver<LeadOutcome> {
        let dispatcher = self.clone();
        let (done, settled) = oneshot::channel();
        self.spawn(async move {
            if let Some(outcome) = dispatcher.drive(active).await {
                let _ = done.send(outcome);
            }
        });
        settled
    }

    /// Counts as a lead on its way while it is held.
    pub(crate) fn count(&self) -> TaskTrackerToken {
        self.tasks.token()
    }

    /// Waits until no lead is on its way.
    pub(crate) async fn wait(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Makes the current ping or offer and all that follow from it. Ends with the lead's outcome, or `None`
    /// if the service stopped first; the next start finds the ping or the delivery and goes on.
    pub(crate) async fn drive(&self, mut active: Box<ActiveLead>) -> Option<LeadOutcome> {
        loop {
            self.wait_until_due(&active).await?;
            let asked = async {
                self.wait_for_lease(&active).await;
                match (&active.pinging, &active.current) {
                    (Some(pinging), _) => StepResult::Bids(self.ask(&active, pinging).await),
                    (None, Some(current)) if current.due.is_some() => StepResult::Again,
                    (None, _) => self.make_offer(&active).await,
                }
            };
            // A panic here says nothing of the destination, and must not leave the lead under way.
            let result = AssertUnwindSafe(asked).catch_unwind().await;
            let result = result.unwrap_or_else(|_| StepResult::unknown(&active, BROKE_OFF));
            match self.store_result(Arc::from(active), result).await? {
                Advance::OnItsWay(next) => active = next,
                Advance::Ended(outcome) | Advance::Repeated(outcome) => return Some(*outcome),
                Advance::TakenOver | Advance::Outdated { .. } => return None,
            }
        }
    }

    /// Nothing goes out while another process may take the lead over. Where that takes longer than the lead has time,
    /// no time is left for what would go out.
    async fn wait_for_lease(&self, active: &ActiveLead) {
        if !self.lease.is_fresh() {
            let _ = tokio::time::timeout_at(active.deadline.into(), self.lease.fresh()).await;
        }
    }

    /// Waits for the time of a retry; `None` if the service stops first. Its time is in the database, so that the next
    /// start goes on with it.
    async fn wait_until_due(&self, active: &ActiveLead) -> Option<()> {
        let Some(due) = active.current.as_ref().and_then(|current| current.due) else {
            return Some(());
        };
        tokio::select! {
            () = tokio::time::sleep_until(due.into()) => Some(()),
            () = self.stopping.cancelled() => None,
        }
    }

    async fn make_offer(&self, active: &ActiveLead) -> StepResult {
        let Some(current) = &active.current else {
            return StepResult::Offer(OfferResult::interrupted());
        };
        let began = Instant::now();
        let budget = active.deadline.saturating_duration_since(began);
        let target = active.route.targets.get(&current.destination.name);
        let exchange = match target {
            Some(target) => {
                self.client
                    .post(target, &active.offer(current), budget)
                    .await
            }
            None => no_target(),
        };
        let (name, class) = (&current.destination.name, exchange.outcome.class());
        self.figures.offered(name, class, began.elapsed());
        let wait = target.and_then(|target| wait_of(target, current, &exchange.outcome));
        let bid = active.bid_of(&current.destination.name);
        let result = OfferResult::of(exchange, &current.destination, bid);
        let left = active.deadline.saturating_duration_since(Instant::now());
        match wait.filter(|wait| *wait < left) {
            Some(wait) => StepResult::Later(result, wait),
            None => StepResult::Offer(result),
        }
    }

    /// Stores the result of a step, again and again while the database is away: what a destination said
    /// is known to nobody else.
    pub(crate) async fn store_result(
        &self,
        active: Arc<ActiveLead>,
        result: StepResult,
    ) -> Option<Advance> {
        let result = Arc::new(result);
        let mut wait = Duration::from_millis(50);
        loop {
            let (reply, answer) = oneshot::channel();
            let command = Command::Settle {
                active: Arc::clone(&active),
                result: Arc::clone(&result),
                reply,
            };
            self.sequencer.send(command).await.ok()?;
            match answer.await {
                Ok(Ok(advance)) => return Some(advance),
                Ok(Err(NotStored::Yet(error))) => {
                    tracing::warn!(lead.id = %active.lead_id, error = %error, "an answer waits to be stored");
                }
                // It is on the log; the next start finds the offer without an answer.
                Ok(Err(NotStored::Ever)) | Err(_) => return None,
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => wait = (wait * 2).min(STORE_AGAIN_MAX),
                () = self.stopping.cancelled() => return None,
            }
        }
    }
}

/// How long to wait before an offer is made again; `None` if it is not.
fn wait_of(target: &Target, current: &Current, outcome: &Outcome) -> Option<Duration> {
    let Outcome::NotSent { why } = outcome else {
        return None;
    };
    let delivery_id = current.delivery_id.to_string();
    target.retry?.wait(&delivery_id, current.attempt, why)
}

/// A destination that the catalog knows and nobody gave an address.
fn no_target() -> Exchange {
    Exchange {
        outcome: Outcome::NotSent {
            why: NotSent::Unbuildable {
                detail: "the destination has no target".to_owned(),
            },
        },
        status: None,
        latency_ms: 0,
        response_excerpt: None,
        note: None,
        reference: None,
    }
}
