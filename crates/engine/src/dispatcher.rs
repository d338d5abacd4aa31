//! Makes pings and offers: one task a lead, from its first step to the end of its walk.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use pointsman_delivery::{Exchange, NotSent, Outcome};
use tokio::sync::oneshot;

use crate::{
    Engine, LeadOutcome,
    active_lead::{ActiveLead, Verdict},
    sequencer::{Command, Moved, News, NotStored, Report},
};

/// Longest wait between two tries to store an answer.
const STORE_AGAIN_MAX: Duration = Duration::from_secs(2);

/// What is stored of an exchange that panicked.
const BROKE_OFF: &str = "the exchange broke off here; the log says more";

impl Engine {
    /// Makes the current ping or offer and all that follow from it. Ends with the lead's outcome, or `None`
    /// if the service stopped first; the next start finds the ping or the delivery and goes on.
    pub(crate) async fn drive(self, mut active: Box<ActiveLead>) -> Option<LeadOutcome> {
        loop {
            let asked = async {
                match &active.pinging {
                    Some(pinging) => News::Bids(self.ask(&active, pinging).await),
                    None => News::Answer(self.make_offer(&active).await),
                }
            };
            // A panic here says nothing of the destination, and must not leave the lead under way.
            let news = AssertUnwindSafe(asked).catch_unwind().await;
            let news = news.unwrap_or_else(|_| News::nothing(&active, BROKE_OFF));
            match self.store_news(&active, &news).await? {
                Moved::OnItsWay(next) => active = next,
                Moved::Done(outcome) | Moved::Replayed(outcome) => return Some(*outcome),
            }
        }
    }

    async fn make_offer(&self, active: &ActiveLead) -> Report {
        let Some(current) = &active.current else {
            return report(Verdict::interrupted(), None);
        };
        let budget = active.deadline.saturating_duration_since(Instant::now());
        let exchange = match active.route.targets.get(&current.destination.name) {
            Some(target) => {
                self.inner
                    .client
                    .post(target, &active.offer(current), budget)
                    .await
            }
            None => no_target(),
        };
        let bid = active.bid_of(&current.destination.name);
        let verdict = Verdict::of(&exchange, &current.destination, bid);
        report(verdict, Some(&exchange))
    }

    /// Stores an answer or bids, again and again while the database is away: what a destination said
    /// is known to nobody else.
    pub(crate) async fn store_news(&self, active: &ActiveLead, news: &News) -> Option<Moved> {
        let mut wait = Duration::from_millis(50);
        loop {
            let (reply, answer) = oneshot::channel();
            let command = Command::Settle {
                active: Box::new(active.clone()),
                news: news.clone(),
                reply,
            };
            self.inner.sequencer.send(command).await.ok()?;
            match answer.await {
                Ok(Ok(moved)) => return Some(moved),
                Ok(Err(NotStored::Yet(error))) => {
                    tracing::warn!(lead.id = %active.lead_id, error = %error, "an answer waits to be stored");
                }
                // It has been told; the next start finds the offer without an answer.
                Ok(Err(NotStored::Ever)) | Err(_) => return None,
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => wait = (wait * 2).min(STORE_AGAIN_MAX),
                () = self.inner.stopping.cancelled() => return None,
            }
        }
    }
}

fn report(verdict: Verdict, exchange: Option<&Exchange>) -> Report {
    Report {
        verdict,
        status: exchange.and_then(|exchange| exchange.status),
        latency_ms: exchange.map_or(0, |exchange| exchange.latency_ms),
        response_excerpt: exchange.and_then(|exchange| exchange.response_excerpt.clone()),
        finding: exchange.and_then(|exchange| exchange.note.clone()),
    }
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
    }
}
