//! The single writer: leads, answers and postbacks, one transaction after another, in commit order.
//!
//! It takes whatever queued up while the last commit ran, so an idle service answers at once and a
//! busy one shares each `fsync` among many leads.

use std::{sync::Arc, time::Duration};

use pointsman_bandit::Observation;
use pointsman_router::Ledger;
use pointsman_store::{Error, Store};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{
    BidRecord, Clock, LeadOutcome, PostbackOutcome, Refused,
    flight::{Flight, Verdict},
    postback::Ready,
};

mod auction;
mod batch;
mod desk;
mod money;

pub(crate) use desk::{DEADLINE, Desk, Reports};
pub(crate) use money::{account_of, json, status_of};

use batch::Batch;

/// Most commands in one transaction.
const BATCH_MAX: usize = 256;
/// Commands that may wait; more are refused at once instead of filling the memory.
const QUEUE_MAX: usize = 4_096;

/// What the writer is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    /// Decide and store a new lead.
    Accept {
        flight: Box<Flight>,
        reply: oneshot::Sender<Result<Moved, Refused>>,
    },
    /// Store the answer to an offer or the bids of an auction, and take the next step.
    Settle {
        flight: Box<Flight>,
        news: News,
        reply: oneshot::Sender<Result<Moved, Error>>,
    },
    /// Store what a destination reports.
    Postback {
        ready: Ready,
        reply: oneshot::Sender<Result<PostbackOutcome, Refused>>,
    },
    /// Show caps, breakers and turns as they are; nothing is written.
    Look { reply: oneshot::Sender<Ledger> },
}

/// What a lead's walk was waiting for.
#[derive(Debug, Clone)]
pub(crate) enum News {
    /// The answer to its offer.
    Answer(Report),
    /// What was bid for it.
    Bids(Vec<BidRecord>),
}

/// The answer to an offer, with the record of its exchange.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) verdict: Verdict,
    pub(crate) status: Option<u16>,
    pub(crate) latency_ms: u64,
    pub(crate) response_excerpt: Option<String>,
    /// What was odd about the answer.
    pub(crate) finding: Option<String>,
}

impl Report {
    /// For an offer whose process died before the answer.
    pub(crate) fn interrupted() -> Self {
        Self {
            verdict: Verdict::interrupted(),
            status: None,
            latency_ms: 0,
            response_excerpt: None,
            finding: None,
        }
    }
}

/// Where a lead stands after a commit.
#[derive(Debug)]
pub(crate) enum Moved {
    /// The next ping or offer is on disk and may be made.
    OnItsWay(Box<Flight>),
    /// The walk is over.
    Done(Box<LeadOutcome>),
    /// This request was answered before.
    Replayed(Box<LeadOutcome>),
}

/// The way to the writer.
#[derive(Debug, Clone)]
pub(crate) struct WriterHandle {
    commands: mpsc::Sender<Command>,
}

impl WriterHandle {
    /// Queues a command if there is room.
    pub(crate) fn offer(&self, command: Command) -> Result<(), Refused> {
        self.commands
            .try_send(command)
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => Refused::Busy,
                mpsc::error::TrySendError::Closed(_) => Refused::Stopping,
            })
    }

    /// Queues a command, waiting for room.
    pub(crate) async fn send(&self, command: Command) -> Result<(), Refused> {
        self.commands
            .send(command)
            .await
            .map_err(|_| Refused::Stopping)
    }
}

/// The writer's task.
#[derive(Debug)]
pub(crate) struct Writer {
    store: Store,
    clock: Clock,
    desk: Desk,
    commands: mpsc::Receiver<Command>,
    observations: mpsc::UnboundedSender<Vec<Observation>>,
}

impl Writer {
    /// A writer that goes on from `desk`, and the way to it. What bandits learn from goes to
    /// `observations`, after it is on disk.
    pub(crate) fn new(
        store: Store,
        clock: Clock,
        desk: Desk,
        observations: mpsc::UnboundedSender<Vec<Observation>>,
    ) -> (Self, WriterHandle) {
        let (sender, commands) = mpsc::channel(QUEUE_MAX);
        (
            Self {
                store,
                clock,
                desk,
                commands,
                observations,
            },
            WriterHandle { commands: sender },
        )
    }

    /// Writes until `closing`, and then what is still queued.
    pub(crate) async fn run(mut self, closing: CancellationToken) {
        let mut waiting = Vec::with_capacity(BATCH_MAX);
        loop {
            tokio::select! {
                biased;
                n_waiting = self.commands.recv_many(&mut waiting, BATCH_MAX) => {
                    if n_waiting == 0 {
                        return;
                    }
                }
                () = closing.cancelled() => return,
            }
            let mut commands = std::mem::take(&mut waiting);
            self.show(&mut commands);
            if !commands.is_empty() {
                self.write(commands).await;
            }
        }
    }

    /// Answers those who only look, without a transaction.
    fn show(&self, commands: &mut Vec<Command>) {
        let is_look = |command: &mut Command| matches!(command, Command::Look { .. });
        for command in commands.extract_if(.., is_look) {
            if let Command::Look { reply } = command {
                // Who has gone away needs no answer.
                let _ = reply.send(self.desk.ledger.clone());
            }
        }
    }

    /// Does a batch of commands in one transaction, and answers each of them after the commit.
    async fn write(&mut self, commands: Vec<Command>) {
        let before = self.desk.clone();
        match self.try_write(commands).await {
            Ok(batch) => {
                let observations = batch.answer();
                if !observations.is_empty() {
                    // Nobody listens only while the service stops; a restart rebuilds the state.
                    let _ = self.observations.send(observations);
                }
            }
            Err((batch, error)) => {
                tracing::error!(error = %error, source = ?std::error::Error::source(&error), "a transaction failed");
                self.desk = before;
                batch.refuse(&error);
                // A database that is away is not asked again at once.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    async fn try_write(&mut self, commands: Vec<Command>) -> Result<Batch, (Batch, Arc<Error>)> {
        let mut batch = Batch::new(commands);
        let tx = match self.store.begin().await {
            Ok(tx) => tx,
            Err(error) => return Err((batch, Arc::new(error))),
        };
        let at = self.desk.tick(self.clock.now());
        match batch.run(&tx, &mut self.desk, at).await {
            Ok(()) => match tx.commit().await {
                Ok(()) => Ok(batch),
                Err(error) => Err((batch, Arc::new(error))),
            },
            Err(error) => {
                // The first error is the one to tell.
                let _ = tx.rollback().await;
                Err((batch, Arc::new(error)))
            }
        }
    }
}
