//! Decides leads by versions that send nothing, beside the work.

use std::time::{Duration, Instant};

use pointsman_history::{Library, OpenShadow, ShadowSums};
use pointsman_router::HashKey;
use pointsman_store::{ShadowRow, Store};
use tokio_util::sync::CancellationToken;

use crate::{Error, lease::Lease, supervise::Supervisor};

/// Real time between two looks.
const EVERY: Duration = Duration::from_millis(500);
/// The same after an error, which the next look may meet again.
const AFTER_ERROR: Duration = Duration::from_secs(10);
/// Between two pieces of work, so many times what the first one took: leads that come in need the processor more.
const REST: u32 = 4;
/// This is the work of one process for all.
const DUTY: &str = "shadows";
/// Numbers in commit order that are looked at before what came of it is stored.
const PIECE: i64 = 2_000;

/// Follows the commit order for each version that decides leads without sending anything.
#[derive(Debug, Clone)]
pub(crate) struct Shadows {
    store: Store,
    hash_key: HashKey,
    lease: Lease,
    stopping: CancellationToken,
}

impl Shadows {
    /// * `hash_key`: of the database.
    pub(crate) fn new(
        store: &Store,
        hash_key: HashKey,
        lease: &Lease,
        stopping: &CancellationToken,
    ) -> Self {
        Self {
            store: store.clone(),
            hash_key,
            lease: lease.clone(),
            stopping: stopping.clone(),
        }
    }

    /// Begins.
    pub(crate) fn start(self, supervisor: &Supervisor) {
        supervisor.again("shadows", move || self.clone().run());
    }

    /// Looks again and again until the service stops.
    async fn run(self) {
        let mut library = Library::new(self.hash_key);
        loop {
            let wait = match self.follow(&mut library).await {
                Ok(()) => EVERY,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "leads could not be decided by a shadow yet"
                    );
                    AFTER_ERROR
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.stopping.cancelled() => return,
            }
        }
    }

    async fn follow(&self, library: &mut Library) -> Result<(), Error> {
        let read = self.store.read();
        // Read first: a catalog that comes meanwhile counts for later numbers alone.
        let last = read.order().await?.number;
        let behind = read.shadows_behind(last).await?;
        if behind.is_empty() || !self.lease.claims(&self.store, DUTY).await? {
            return Ok(());
        }
        let mut followed = Ok(());
        for row in &behind {
            // One that cannot be read must not keep the others from going on.
            if let Err(error) = self.follow_one(library, row, last).await {
                tracing::error!(flow = row.flow, error = %error, "its shadow does not go on");
                followed = Err(error);
            }
        }
        followed
    }

    /// * `last`: the number in commit order to come to.
    async fn follow_one(
        &self,
        library: &mut Library,
        row: &ShadowRow,
        last: i64,
    ) -> Result<(), Error> {
        let read = self.store.read();
        let shadow = OpenShadow::of(&read, row).await?;
        let last = shadow.until().map_or(last, |until| last.min(until));
        let mut row = row.clone();
        while row.folded_seq < last && !self.stopping.is_cancelled() {
            let began = Instant::now();
            let from = row.folded_seq;
            let mut sums = ShadowSums::stored(&read, &row).await?;
            let until = last.min(from + PIECE);
            shadow.follow(library, &read, &mut sums, until).await?;
            row = sums.row.clone();
            let stored = self
                .store
                .note(move |tx| Box::pin(async move { sums.put(tx, from).await }));
            if !stored.await? {
                // Another process was given the work meanwhile.
                break;
            }
            if until < last {
                tokio::time::sleep(began.elapsed() * REST).await;
            }
        }
        Ok(())
    }
}
