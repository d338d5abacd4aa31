//! Sends what trackers of sources are told, when it is due.
//!
//! One process does so for all. What came of an attempt is stored before the next one, so a postback that was noted as
//! delivered is not sent again, and one whose answer was not noted is: with the same id.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use pointsman_delivery::{Client, Exchange, Limits, Policy};
use pointsman_history::{Clock, History, LiveRoutes, SourcePostback, SourcePostbackState};
use pointsman_store::{PostbackAttempt, Store};
use tokio::task::{Id as TaskId, JoinError, JoinSet};

use crate::{
    Error, Figures,
    follower::{Follow, Follower},
};

mod request;
mod verdict;

use request::Prepared;
use verdict::{Verdict, verdict};

/// Postbacks under way at once: to all trackers, and to that of one source. A tracker that is slow takes no more than its own.
const AT_ONCE: usize = 64;
const AT_ONCE_PER_SOURCE: usize = 4;
/// Longest time to wait for a place or an answer.
const BUDGET: Duration = Duration::from_secs(30);
/// While some are under way it is looked this often for others that are due.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// For so long after it was said that this process does the work nobody is asked again.
const CLAIMED: Duration = Duration::from_secs(2);
/// Time for answers that are awaited when the service stops. What is cut off is sent again.
const STOPPING: Duration = Duration::from_secs(2);
/// Longest answer that is kept, in characters.
const EXCERPT_CHARS_MAX: usize = 500;

/// A client of its own, so that trackers take no places of destinations.
///
/// # Errors
///
/// As of [`Client::with_limits`].
pub(crate) fn client(policy: Policy) -> Result<Client, pointsman_delivery::Error> {
    let limits = Limits {
        per_destination: AT_ONCE_PER_SOURCE,
        in_all: AT_ONCE,
        idle_per_host: AT_ONCE_PER_SOURCE,
    };
    Client::with_limits(policy, limits)
}

/// What it takes to send. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct PostbackSending {
    pub(crate) client: Client,
    pub(crate) clock: Clock,
    pub(crate) routes: LiveRoutes,
    pub(crate) figures: Figures,
}

/// Sends, and remembers what is under way.
#[derive(Debug)]
pub(crate) struct PostbackSender {
    sending: Arc<PostbackSending>,
    tasks: JoinSet<Result<(), Error>>,
    /// Postbacks under way by task: source and id.
    under_way: BTreeMap<TaskId, (String, String)>,
    claimed: Option<Instant>,
}

impl PostbackSender {
    pub(crate) fn new(sending: PostbackSending) -> Self {
        Self {
            sending: Arc::new(sending),
            tasks: JoinSet::new(),
            under_way: BTreeMap::new(),
            claimed: None,
        }
    }
}

impl Follow for PostbackSender {
    const DUTY: &'static str = "source_postback_sending";
    const FAILED: &'static str = "postbacks to sources could not be sent yet";

    async fn look(&mut self, follower: &Follower) -> Result<(), Error> {
        loop {
            if follower.is_stopping() {
                let all = async { while self.tasks.join_next().await.is_some() {} };
                let _ = tokio::time::timeout(STOPPING, all).await;
                return Ok(());
            }
            self.begin_due(follower).await?;
            if self.tasks.is_empty() {
                return Ok(());
            }
            let ended = tokio::time::timeout(LOOK_EVERY, self.tasks.join_next_with_id()).await;
            if let Ok(Some(ended)) = ended {
                self.end(ended)?;
            }
            while let Some(ended) = self.tasks.try_join_next_with_id() {
                self.end(ended)?;
            }
        }
    }
}

impl PostbackSender {
    /// Begins to send what is due, as far as there are places.
    async fn begin_due(&mut self, follower: &Follower) -> Result<(), Error> {
        let now = self.sending.clock.now();
        let read = follower.store.read();
        let history = History::new(follower.store.clone());
        for source in read.sources_with_due_postbacks(now.0).await? {
            let known = self.under_way.values().filter(|(of, _)| *of == source);
            let known: Vec<String> = known.map(|(_, id)| id.clone()).collect();
            if known.len() >= AT_ONCE_PER_SOURCE || self.tasks.len() >= AT_ONCE {
                continue;
            }
            if !self.may_send(follower).await? {
                return Ok(());
            }
            // Those under way are due until their answers are noted.
            let limit = AT_ONCE_PER_SOURCE as u64;
            let due = match history.due_source_postbacks(&source, now, limit).await {
                Ok(due) => due,
                Err(pointsman_history::Error::Stored { what }) => {
                    // A row that is damaged holds up its source, and no other.
                    tracing::error!(what, "a postback to a source cannot be read");
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let due = due.into_iter().map(|it| (it.id.to_string(), it));
            let new = due.filter(|(id, _)| !known.contains(id));
            for (id, postback) in new.take(AT_ONCE_PER_SOURCE - known.len()) {
                if self.tasks.len() >= AT_ONCE {
                    break;
                }
                let (sending, store) = (Arc::clone(&self.sending), follower.store.clone());
                let task = self
                    .tasks
                    .spawn(async move { sending.send(&store, postback).await });
                self.under_way.insert(task.id(), (source.clone(), id));
            }
        }
        Ok(())
    }

    /// Whether this process sends: the work is its own, and nobody may have been given it since.
    async fn may_send(&mut self, follower: &Follower) -> Result<bool, Error> {
        if !follower.is_fresh() {
            return Ok(false);
        }
        if self.claimed.is_some_and(|at| at.elapsed() < CLAIMED) {
            return Ok(true);
        }
        let asked = Instant::now();
        let claims = follower.claims::<Self>().await?;
        self.claimed = claims.then_some(asked);
        Ok(claims)
    }

    /// Forgets a postback whose attempt has ended.
    fn end(&mut self, ended: Result<(TaskId, Result<(), Error>), JoinError>) -> Result<(), Error> {
        match ended {
            Ok((task, noted)) => {
                self.under_way.remove(&task);
                noted
            }
            Err(failed) => {
                self.under_way.remove(&failed.id());
                match failed.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => Ok(()),
                }
            }
        }
    }
}

impl PostbackSending {
    /// Sends once, and notes what came of it.
    async fn send(&self, store: &Store, postback: SourcePostback) -> Result<(), Error> {
        let routes = self.routes.get();
        let source = routes.sources.get(&postback.source);
        let secret = |name| source.and_then(|it| it.document.secrets().find(name));
        let prepared = Prepared::new(&postback, secret("postback_token"), secret("postback_key"));
        let (exchange, verdict) = match prepared {
            Ok(prepared) => {
                let Prepared { target, offer } = prepared;
                let exchange = self.client.post(&target, &offer, BUDGET).await;
                let n_before = postback.n_attempts_of_schedule;
                let verdict = verdict(&exchange, n_before, rand::random());
                (Some(exchange), verdict)
            }
            Err(missing) => (None, Verdict::Refused { error: missing }),
        };
        self.figures.told_tracker(verdict.word());
        let attempt = self.attempt(&postback, exchange, verdict);
        let noted =
            store.note(move |tx| Box::pin(async move { tx.note_postback_attempt(attempt).await }));
        if !noted.await? {
            tracing::warn!(
                postback.id = %postback.id,
                "an attempt was noted by another process meanwhile"
            );
        }
        Ok(())
    }

    fn attempt(
        &self,
        postback: &SourcePostback,
        exchange: Option<Exchange>,
        verdict: Verdict,
    ) -> PostbackAttempt {
        let now = self.clock.now();
        let (state, wait, error) = match verdict {
            Verdict::Delivered => (SourcePostbackState::Delivered, None, None),
            Verdict::Again { wait, error } => {
                (SourcePostbackState::Waiting, Some(wait), Some(error))
            }
            Verdict::Refused { error } | Verdict::GivenUp { error } => {
                tracing::warn!(
                    postback.id = %postback.id,
                    source = postback.source,
                    error,
                    "a postback to a source is not sent any more"
                );
                (SourcePostbackState::Dead, None, Some(error))
            }
        };
        let wait = wait.map(|wait| i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
        let excerpt = exchange
            .as_ref()
            .and_then(|it| it.response_excerpt.as_ref());
        let excerpt = excerpt.map(|text| text.chars().take(EXCERPT_CHARS_MAX).collect());
        PostbackAttempt {
            id: postback.id.to_string(),
            n_attempts: postback.n_attempts,
            state,
            due_at: wait.map(|wait| now.plus(wait).0),
            attempted_at: now.0,
            status: exchange.and_then(|it| it.status).map(i64::from),
            error,
            answer_excerpt: excerpt,
        }
    }
}
