//! What is old enough to be forgotten.

use std::time::Duration;

use pointsman_history::Clock;
use pointsman_store::Store;
use tokio_util::sync::CancellationToken;

use crate::Error;

/// Real time between two looks.
const EVERY: Duration = Duration::from_hours(1);
/// Rows of one transaction: nobody waits for it longer than for any other.
const PIECE: u64 = 200;

/// Forgets postbacks that were put aside too long ago to be replayed.
#[derive(Debug, Clone)]
pub(crate) struct Housekeeping {
    store: Store,
    clock: Clock,
    keep_parked: Duration,
    stopping: CancellationToken,
}

impl Housekeeping {
    /// * `keep_parked`: how long they are kept, by `clock`.
    pub(crate) fn new(
        store: &Store,
        clock: &Clock,
        keep_parked: Duration,
        stopping: &CancellationToken,
    ) -> Self {
        Self {
            store: store.clone(),
            clock: clock.clone(),
            keep_parked,
            stopping: stopping.clone(),
        }
    }

    /// Looks every hour until the service stops.
    pub(crate) async fn run(self) {
        loop {
            if let Err(error) = self.forget_parked().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "old postbacks could not be forgotten"
                );
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = self.stopping.cancelled() => return,
            }
        }
    }

    async fn forget_parked(&self) -> Result<(), Error> {
        let kept = i64::try_from(self.keep_parked.as_micros()).unwrap_or(i64::MAX);
        let before = self.clock.now().0.saturating_sub(kept);
        let mut n_forgotten = 0;
        while !self.stopping.is_cancelled() {
            let piece = self.store.note(move |tx| {
                Box::pin(async move { tx.forget_parked_before(before, PIECE).await })
            });
            match piece.await? {
                0 => break,
                n_rows => n_forgotten += n_rows,
            }
        }
        if n_forgotten > 0 {
            tracing::info!(postbacks = n_forgotten, "old postbacks were forgotten");
        }
        Ok(())
    }
}
