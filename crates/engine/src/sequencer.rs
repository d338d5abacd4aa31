//! The sequencer: leads, answers and postbacks, one transaction after another, in commit order.
//!
//! It takes whatever queued up while the last commit ran, so an idle service answers at once and a
//! busy one shares each `fsync` among many leads.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use pointsman_history::{Clock, CommitLog, LiveRoutes};
use pointsman_lead::Timestamp;
use pointsman_store::{Error, Order, Read, Store, WriteTx};
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

mod batch;
mod changed;
mod command;
mod handle;
#[cfg(test)]
mod harness;
mod health;
mod held;
mod late;
mod late_answer;
mod memory;
mod money;
mod reached;
mod refusal;
mod release;
mod repeat;
mod reply;
mod returns;
mod rows;
mod step_rows;
mod steps;
#[cfg(test)]
mod tests;

pub(crate) use command::Command;
pub use handle::SequencerHandle;
pub(crate) use memory::Memory;
pub use reached::Reached;
pub(crate) use reply::{Advance, NotStored};

use crate::{Figures, learner::Observed, snapshots::LogSize};
use batch::Written;
use health::Health;
use reached::ReachedSender;
use refusal::Fault;

/// Most commands in one transaction.
const BATCH_MAX: usize = 256;
/// Commands that may wait; more are refused at once instead of filling the memory.
const QUEUE_MAX: usize = 4_096;
/// Real time for the statements of a transaction.
const STATEMENTS_MAX: Duration = Duration::from_secs(30);
/// How long those who wait are left waiting while nobody knows what became of a commit.
const SLOW_COMMIT: Duration = Duration::from_secs(5);
/// How often a batch is tried whose transaction was cut off.
const TRIES: u32 = 3;
/// Before it is tried again.
const AGAIN: Duration = Duration::from_millis(50);
/// How often it is looked for what others have committed, where nothing is to be written.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The task that puts everything that is stored in one order.
#[derive(Debug)]
pub(crate) struct Sequencer {
    store: Store,
    clock: Clock,
    routes: LiveRoutes,
    memory: Memory,
    commands: mpsc::Receiver<Command>,
    observations: mpsc::UnboundedSender<Observed>,
    log_size: LogSize,
    health: Arc<Health>,
    figures: Figures,
    told: ReachedSender,
}

impl Sequencer {
    /// A sequencer that goes on from `memory`, and the way to it. What bandits learn from goes to
    /// `observations`, after it is on disk, and how the commit log grows to `log_size`.
    pub(crate) fn new(
        store: Store,
        (clock, routes): (Clock, LiveRoutes),
        memory: Memory,
        observations: mpsc::UnboundedSender<Observed>,
        (log_size, figures): (LogSize, Figures),
    ) -> (Self, SequencerHandle) {
        let (sender, commands) = mpsc::channel(QUEUE_MAX);
        let health = Arc::<Health>::default();
        let told = ReachedSender::of(memory.seq());
        let handle = SequencerHandle::new(sender, Arc::clone(&health), told.clone());
        let sequencer = Self {
            store,
            clock,
            routes,
            memory,
            commands,
            observations,
            log_size,
            health,
            figures,
            told,
        };
        (sequencer, handle)
    }

    /// Writes until `closing`, and then what is still queued. Ends before that only when what others have committed
    /// cannot be read.
    pub(crate) async fn run(mut self, closing: CancellationToken) {
        let mut waiting = Vec::with_capacity(BATCH_MAX);
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                n_waiting = self.commands.recv_many(&mut waiting, BATCH_MAX) => {
                    if n_waiting == 0 {
                        return;
                    }
                }
                () = closing.cancelled() => return,
                _ = look.tick() => {
                    self.look().await;
                    continue;
                }
            }
            let mut commands = std::mem::take(&mut waiting);
            self.show(&mut commands);
            // Boxed: a transaction's worth of rows is larger than what a task should hold.
            if !commands.is_empty()
                && let Err(error) = Box::pin(self.write(commands, &closing)).await
            {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the sequencer cannot go on"
                );
                return;
            }
        }
    }

    /// Answers those who ask for the ledger, without a transaction.
    fn show(&self, commands: &mut Vec<Command>) {
        let asks = |command: &mut Command| matches!(command, Command::SnapshotLedger { .. });
        for command in commands.extract_if(.., asks) {
            if let Command::SnapshotLedger { reply } = command {
                // Who has gone away needs no answer.
                let _ = reply.send(self.memory.ledger.clone());
            }
        }
    }

    /// Does commands in one transaction, and answers each of them after the commit. Where they fail
    /// for a reason of their own, each half is done by itself, until the culprit is alone.
    ///
    /// # Errors
    ///
    /// Only where what is remembered is not what is stored.
    async fn write(
        &mut self,
        commands: Vec<Command>,
        closing: &CancellationToken,
    ) -> Result<(), Error> {
        let mut open = vec![commands];
        while let Some(mut commands) = open.pop() {
            match self.try_often(&commands, closing).await {
                Ok(written) => self.answer(commands, written),
                Err(Fault::Passing(error)) => {
                    tracing::error!(error = %error, source = ?std::error::Error::source(&error), "a transaction failed");
                    self.figures.failed();
                    self.health.failed();
                    let error = Arc::new(error);
                    for command in commands {
                        command.put_off(&error);
                    }
                    // A database that is away is not asked again at once.
                    tokio::time::sleep(AGAIN).await;
                }
                Err(Fault::Fatal(error)) => return Err(error),
                Err(Fault::Own(reason)) => {
                    let half = commands.len() / 2;
                    if half == 0 {
                        self.refuse(commands, &reason, closing).await?;
                    } else {
                        open.push(commands.split_off(half));
                        open.push(commands);
                    }
                }
            }
        }
        Ok(())
    }

    /// Replies to commands, now that what came of them is on disk.
    fn answer(&mut self, commands: Vec<Command>, written: Written) {
        self.health.stored();
        self.told.tell(self.memory.seq(), None);
        let Written {
            answers,
            observations,
            number,
            n_logged,
        } = written;
        for (command, answer) in commands.into_iter().zip(answers) {
            if let Some(state) = answer.ended() {
                self.figures.ended(state);
            }
            command.answer(answer);
        }
        if n_logged > 0 {
            self.observe(Observed {
                observations,
                number,
                allocation: None,
            });
            self.log_size.add(n_logged, || self.memory.ledger());
        }
    }

    fn observe(&self, observed: Observed) {
        // Nobody listens only while the service stops; a restart rebuilds the state.
        let _ = self.observations.send(observed);
    }

    /// Takes in what others have committed, without a transaction.
    async fn look(&mut self) {
        let store = self.store.clone();
        let looked = async {
            let order = store.read().order().await?;
            self.catch_up(store.read(), order).await
        };
        if let Err(error) = looked.await {
            tracing::debug!(error = %error, "the commit log could not be looked at");
        }
    }

    /// Takes in what others have committed up to the number that the order has come to. Of settings only that they
    /// have changed.
    async fn catch_up(&mut self, read: Read<'_>, order: Order) -> Result<(), Error> {
        self.routes.want(order.revision);
        if order.number <= self.memory.seq() {
            return Ok(());
        }
        let mut log = CommitLog::after(read, self.memory.seq());
        let mut settings = None;
        while let Some(commit) = log.next().await.map_err(corrupt)? {
            self.memory.take(&commit);
            if commit.committed.is_empty() {
                settings = Some(commit.number);
            }
            self.observe(Observed {
                observations: commit.committed.observations,
                number: commit.number,
                allocation: commit.committed.allocation,
            });
        }
        self.told.tell(self.memory.seq(), settings);
        Ok(())
    }

    /// Tries a transaction again that was cut off: nothing of it is stored.
    async fn try_often(
        &mut self,
        commands: &[Command],
        closing: &CancellationToken,
    ) -> Result<Written, Fault> {
        let (mut n_tries, started) = (1, Instant::now());
        loop {
            match self.try_write(commands, closing).await {
                Ok(written) => return Ok(written),
                Err(fault) => {
                    let late = started.elapsed() >= SLOW_COMMIT || closing.is_cancelled();
                    if n_tries == TRIES || !fault.may_pass_soon() || late {
                        return Err(fault);
                    }
                }
            }
            n_tries += 1;
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn try_write(
        &mut self,
        commands: &[Command],
        closing: &CancellationToken,
    ) -> Result<Written, Fault> {
        let tx = self.store.begin().await?;
        let began = Instant::now();
        if let Err(error) = self.catch_up(tx.read(), tx.order()).await {
            let _ = tx.rollback().await;
            return Err(Fault::of_the_log(error));
        }
        let before = self.memory.clone();
        let written = self.write_in(tx, commands, closing).await;
        if written.is_ok() {
            self.figures.committed(commands.len(), began.elapsed());
        } else {
            // Whatever was remembered in a transaction that failed is forgotten.
            self.memory = before;
        }
        written
    }

    async fn write_in(
        &mut self,
        tx: WriteTx,
        commands: &[Command],
        closing: &CancellationToken,
    ) -> Result<Written, Fault> {
        let at = match self.memory.tick(self.time_of(tx.order())) {
            Ok(at) => at,
            Err(error) => {
                let _ = tx.rollback().await;
                return Err(error.into());
            }
        };
        let work = Box::pin(batch::write(commands, &tx, &mut self.memory, at));
        // A panic harms the command that causes it: the memory is put back as after any failure.
        let work = AssertUnwindSafe(tx.within(STATEMENTS_MAX, work)).catch_unwind();
        match work.await {
            Ok(Ok(written)) => {
                self.commit(tx, closing).await?;
                Ok(written)
            }
            Ok(Err(error)) => {
                // The first error is the one to report.
                let _ = tx.rollback().await;
                Err(error.into())
            }
            Err(_) => {
                let _ = tx.rollback().await;
                Err(Fault::panicked())
            }
        }
    }

    /// The time of a transaction: by the clock that all processes share, if there is one.
    fn time_of(&self, order: Order) -> Timestamp {
        let shared = order.now.filter(|_| self.clock.is_real());
        shared.map_or_else(|| self.clock.now(), Timestamp)
    }

    /// Commits, and stays until it is known whether that has happened. Those who come meanwhile wait
    /// for a while; then they are answered that nothing can be stored.
    async fn commit(&mut self, tx: WriteTx, closing: &CancellationToken) -> Result<(), Error> {
        let committing = tx.commit();
        let slow = tokio::time::sleep(SLOW_COMMIT);
        tokio::pin!(committing, slow);
        let mut patient = true;
        loop {
            tokio::select! {
                biased;
                done = &mut committing => return done,
                () = &mut slow, if patient => {
                    tracing::error!("nobody knows yet whether the last transaction was committed");
                    self.health.failed();
                    patient = false;
                }
                Some(command) = self.commands.recv(), if !patient => {
                    command.put_off(&Arc::new(unknown()));
                }
                () = closing.cancelled(), if !patient => return Err(unknown()),
            }
        }
    }
}

fn unknown() -> Error {
    Error::Unavailable {
        source: "nobody knows yet whether the last transaction was committed".into(),
    }
}

/// A row of the log that cannot be read is what is stored and cannot be gone on from.
fn corrupt(error: pointsman_history::Error) -> Error {
    match error {
        pointsman_history::Error::Store(error) => error,
        error => Error::Corrupt {
            what: error.to_string(),
        },
    }
}
