//! Adds leads up by the hour, beside the work.

use std::{collections::BTreeMap, time::Duration};

use pointsman_history::{ROLLUP_FORMAT, RollupFold};
use pointsman_store::{RollupCell, RollupKey, RollupProgress, Store};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{Error, lease::Lease, supervise::Supervisor};

/// Real time between two looks.
const EVERY: Duration = Duration::from_millis(500);
/// The same after an error, which the next look may meet again.
const AFTER_ERROR: Duration = Duration::from_secs(10);
/// This is the work of one process for all.
const DUTY: &str = "rollups";
/// Numbers in commit order that are looked at before what came of it is stored.
const PIECE: i64 = 1_000;
/// After each piece it rests so many times as long as the piece took: leads on their way go first.
const REST: u32 = 2;

/// Follows the commit order.
#[derive(Debug, Clone)]
pub(crate) struct Rollups {
    store: Store,
    lease: Lease,
    stopping: CancellationToken,
}

impl Rollups {
    pub(crate) fn new(store: &Store, lease: &Lease, stopping: &CancellationToken) -> Self {
        Self {
            store: store.clone(),
            lease: lease.clone(),
            stopping: stopping.clone(),
        }
    }

    /// Begins.
    pub(crate) fn start(self, supervisor: &Supervisor) {
        supervisor.again("rollups", move || self.clone().run());
    }

    /// Looks again and again until the service stops.
    async fn run(self) {
        let mut fold = RollupFold::default();
        loop {
            let wait = match self.follow(&mut fold).await {
                Ok(()) => EVERY,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "leads could not be added up yet"
                    );
                    AFTER_ERROR
                }
            };
            if self.pause(wait).await {
                return;
            }
        }
    }

    /// Waits; whether the service stops.
    async fn pause(&self, wait: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(wait) => false,
            () = self.stopping.cancelled() => true,
        }
    }

    async fn follow(&self, fold: &mut RollupFold) -> Result<(), Error> {
        let read = self.store.read();
        let RollupProgress { format, folded_seq } = read.rollup_progress().await?;
        let last = read.order().await?.number;
        if folded_seq >= last && format == ROLLUP_FORMAT {
            return Ok(());
        }
        if !self.is_ours().await? {
            return Ok(());
        }
        let mut from = folded_seq;
        if format != ROLLUP_FORMAT {
            let reset = self
                .store
                .note(|tx| Box::pin(async move { tx.reset_rollups(ROLLUP_FORMAT).await }));
            reset.await?;
            from = 0;
        }
        while from < last {
            let began = Instant::now();
            let until = last.min(from + PIECE);
            let added = fold.between(&self.store.read(), from, until).await?;
            if !store_piece(&self.store, (from, until), added).await? {
                // Another process was given the work meanwhile.
                break;
            }
            from = until;
            if from < last && self.pause(began.elapsed() * REST).await {
                break;
            }
        }
        Ok(())
    }

    async fn is_ours(&self) -> Result<bool, Error> {
        let lease = self.lease.number();
        let claimed = self.store.note(move |tx| {
            Box::pin(async move { tx.claim_duty(DUTY, lease, tx.order().time()).await })
        });
        Ok(claimed.await?)
    }
}

/// Stores what came of a stretch of the commit order, with the number that it was followed to; whether nobody else had.
async fn store_piece(
    store: &Store,
    (from, until): (i64, i64),
    added: BTreeMap<RollupKey, RollupCell>,
) -> Result<bool, Error> {
    let stored = store.note(move |tx| {
        Box::pin(async move {
            if !tx.move_rollups_on(from, until).await? {
                return Ok(false);
            }
            tx.add_to_rollups(added).await?;
            Ok(true)
        })
    });
    Ok(stored.await?)
}
