//! Snapshots of what is folded from the commit log, written beside the work, so that a start reads one and a short
//! tail of the log.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use pointsman_history::{Clock, Fold, Folded, Library};
use pointsman_lead::Timestamp;
use pointsman_ledger::Ledger;
use pointsman_router::HashKey;
use pointsman_store::Store;
use tokio::sync::mpsc;

use crate::{Error, Learner, recovery};

/// Bytes of the commit log that a start reads in a moment: no snapshot is worth its writing before.
const LOG_BYTES_MIN: u64 = 8 << 20;
/// The log grows by this many times the size of the last snapshots before the next ones are written, so that they
/// never cost more than half as much again as the log itself.
const LOG_PER_SNAPSHOT: u64 = 2;

/// How much the commit log has grown since the last snapshots. The sequencer counts it.
#[derive(Debug)]
pub(crate) struct LogSize {
    n_bytes: u64,
    due_at: Arc<AtomicU64>,
    due: mpsc::Sender<Folded<Ledger>>,
}

impl LogSize {
    /// One that asks for nothing.
    #[cfg(test)]
    pub(crate) fn uncounted() -> Self {
        let (due, _) = mpsc::channel(1);
        Self {
            n_bytes: 0,
            due_at: Arc::new(AtomicU64::new(u64::MAX)),
            due,
        }
    }

    /// Counts what a transaction has added, and asks for snapshots when it is time.
    ///
    /// * `ledger`: gives the ledger after that transaction.
    pub(crate) fn add(&mut self, n_bytes: usize, ledger: impl FnOnce() -> Folded<Ledger>) {
        self.n_bytes += n_bytes as u64;
        if self.n_bytes < self.due_at.load(Ordering::Relaxed) {
            return;
        }
        // Where the last ones are still being written, the next transaction asks again.
        if let Ok(permit) = self.due.try_reserve() {
            permit.send(ledger());
            self.n_bytes = 0;
        }
    }
}

/// Writes snapshots when they are due.
#[derive(Debug)]
pub(crate) struct Snapshots {
    store: Store,
    clock: Clock,
    learner: Learner,
    due_at: Arc<AtomicU64>,
    due: mpsc::Receiver<Folded<Ledger>>,
}

impl Snapshots {
    /// What writes snapshots, and what tells it when.
    ///
    /// * `at_once`: a ledger that no snapshot holds, if everything had to be folded anew.
    pub(crate) fn new(
        store: Store,
        clock: Clock,
        learner: Learner,
        at_once: Option<Folded<Ledger>>,
    ) -> (Self, LogSize) {
        let (sender, due) = mpsc::channel(1);
        let due_at = Arc::new(AtomicU64::new(LOG_BYTES_MIN));
        if let Some(ledger) = at_once {
            // The channel is empty and its receiver is here.
            let _ = sender.try_send(ledger);
        }
        let log_size = LogSize {
            n_bytes: 0,
            due_at: Arc::clone(&due_at),
            due: sender,
        };
        let snapshots = Self {
            store,
            clock,
            learner,
            due_at,
            due,
        };
        (snapshots, log_size)
    }

    /// Writes until the sequencer is gone.
    pub(crate) async fn run(mut self) {
        while let Some(ledger) = self.due.recv().await {
            match self.write_both(ledger).await {
                Ok(n_bytes) => {
                    let due_at = (n_bytes * LOG_PER_SNAPSHOT).max(LOG_BYTES_MIN);
                    self.due_at.store(due_at, Ordering::Relaxed);
                }
                // What is there already serves a start as well, with a longer tail.
                Err(error) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a snapshot could not be written"
                ),
            }
        }
    }

    /// Writes both folds, and says how many bytes they take.
    async fn write_both(&self, ledger: Folded<Ledger>) -> Result<u64, Error> {
        let (arms, now) = (self.learner.known(), self.clock.now());
        Ok(write(&self.store, ledger, now).await? + write(&self.store, arms, now).await?)
    }
}

/// Writes the snapshots that the next start reads, unless there are some already. It takes as long as history is, and
/// nobody waits for it: no server runs meanwhile.
///
/// * `hash_key`: of the database.
///
/// # Errors
///
/// [`Error::Store`], and what is stored and cannot be read.
pub async fn write_snapshots(store: &Store, hash_key: HashKey, clock: &Clock) -> Result<(), Error> {
    let now = clock.now();
    let known = recovery::recover(store, &mut Library::new(hash_key), now).await?;
    if known.is_anew {
        write(store, known.memory.ledger(), now).await?;
        write(store, known.arms, now).await?;
    }
    Ok(())
}

/// Writes a fold, and says how many bytes it takes.
async fn write<F: Fold + Send + 'static>(
    store: &Store,
    folded: Folded<F>,
    now: Timestamp,
) -> Result<u64, Error> {
    let row = tokio::task::spawn_blocking(move || folded.to_row(now)).await;
    let row = row.map_err(|_| Error::Stored {
        what: format!("the {} of now", F::NAME),
    })?;
    let n_bytes = row.body.len() as u64;
    let stored = store.note(move |tx| Box::pin(async move { tx.put_snapshot(row).await }));
    stored.await?;
    Ok(n_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger_at(number: i64) -> Folded<Ledger> {
        Folded {
            fold: Ledger::new(),
            number,
        }
    }

    #[test]
    fn snapshots_are_due_when_the_log_has_grown_and_not_while_others_are_being_written() {
        let (sender, mut due) = mpsc::channel(1);
        let due_at = Arc::new(AtomicU64::new(100));
        let mut log_size = LogSize {
            n_bytes: 0,
            due_at: Arc::clone(&due_at),
            due: sender,
        };
        let mut asked = Vec::new();
        for number in 1..=3 {
            log_size.add(40, || ledger_at(number));
            asked.push(due.try_recv().ok().map(|ledger| ledger.number));
        }
        assert_eq!(asked, [None, None, Some(3)]);
        // The next one waits in the channel, and the one after it is asked for once there is room.
        log_size.add(100, || ledger_at(4));
        log_size.add(100, || ledger_at(5));
        assert_eq!(due.try_recv().unwrap().number, 4);
        log_size.add(1, || ledger_at(6));
        assert_eq!(due.try_recv().unwrap().number, 6);
        // After large snapshots the log may grow further.
        due_at.store(1_000, Ordering::Relaxed);
        log_size.add(999, || ledger_at(7));
        assert!(due.try_recv().is_err());
        log_size.add(1, || ledger_at(8));
        assert_eq!(due.try_recv().unwrap().number, 8);
    }
}
