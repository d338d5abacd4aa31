//! Allocations: one process publishes them, and all others read them.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
    time::Duration,
};

use pointsman_bandit::{
    BanditKey, Change, EVERY_MICROS, Published, QUIET_MICROS, State, publish_some,
};
use pointsman_history::{Committed, Folded, Look, latest_allocation, record};
use pointsman_store::{AllocationEntryRow, AllocationRow};
use tokio_util::sync::CancellationToken;

use super::{Learner, bandits};
use crate::Error;

/// Shortest real time between two allocations.
const EVERY: Duration = Duration::from_micros(EVERY_MICROS.unsigned_abs());
/// Publishing allocations is the work of one process for all.
const DUTY: &str = "learner";
/// Longest time between two looks at what is known, by the service's clock.
const QUIET: Duration = Duration::from_micros(QUIET_MICROS.unsigned_abs());

impl Learner {
    /// Reads an allocation that another process has published.
    pub(super) async fn read_allocation(&self, epoch: u64) {
        if epoch <= self.allocation.load().epoch {
            return;
        }
        match latest_allocation(&self.store.read()).await {
            Ok(latest) => self.put(latest),
            // The next one comes with the next publication, and until then the old weights are weights too.
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "an allocation could not be read"
            ),
        }
    }

    /// Whether another process publishes allocations at this moment.
    async fn is_anothers_duty(&self) -> Result<bool, Error> {
        if !self.store.is_shared() {
            return Ok(false);
        }
        let read = self.store.read();
        let now = read.order().await?.time();
        let holder = read.duty(DUTY).await?;
        let own = self.lease.number();
        Ok(holder.is_some_and(|lease| {
            lease.number != own && lease.taken_by.is_none() && lease.expires_at > now
        }))
    }

    /// Publishes a new allocation after each change, at most one a second, until the service stops. Now and
    /// then it looks without a change: young leads grow up, and what they have not brought by then says
    /// something too.
    pub(crate) async fn publish_allocations(self, stopping: CancellationToken) {
        let quiet = (QUIET / self.clock.rate().max(1)).max(EVERY);
        let mut all_due = tokio::time::Instant::now();
        loop {
            tokio::select! {
                () = self.changed.notified() => {}
                // Other flows have other bandits.
                () = self.routes.changed() => all_due = tokio::time::Instant::now(),
                () = tokio::time::sleep_until(all_due) => {}
                () = stopping.cancelled() => return,
            }
            let is_all = all_due <= tokio::time::Instant::now();
            if is_all {
                all_due = tokio::time::Instant::now() + quiet;
            }
            if let Err(error) = self.publish_segments(is_all).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "an allocation could not be published"
                );
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = stopping.cancelled() => return,
            }
        }
    }

    /// Computes the posteriors of now and publishes the weights that changed, under a new epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; the old allocation stays then.
    pub async fn publish_allocation(&self) -> Result<u64, Error> {
        self.publish_segments(true).await
    }

    /// What is known, and where something was observed since the last look; the next look begins from here.
    ///
    /// Both are of one moment, so that the numbers of the look say all that it saw.
    fn look(&self, is_all: bool) -> (State, BTreeSet<BanditKey>, Look) {
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        let Folded { fold, number } = self.known();
        let since = std::mem::replace(&mut touched.since, number);
        let segments = std::mem::take(&mut touched.segments);
        let since = (!is_all).then_some(since);
        (fold, segments, Look { number, since })
    }

    /// The same of all segments, or of those in which something was observed. All change by and by, as their leads get older.
    async fn publish_segments(&self, is_all: bool) -> Result<u64, Error> {
        let previous = self.allocation.load_full();
        if self.is_anothers_duty().await? {
            return Ok(previous.epoch);
        }
        let (state, touched, look) = self.look(is_all);
        let as_of = self.clock.now();
        let specs = bandits(&self.routes.get());
        let config = Arc::clone(&self.config);
        let previous_epoch = previous.epoch;
        let published = tokio::task::spawn_blocking(move || {
            let is_wanted = |key: &BanditKey| is_all || touched.contains(key);
            publish_some(&previous, &state, as_of.0, &config, &specs, is_wanted)
        });
        let published = published.await.map_err(|_| Error::Stored {
            what: "the arm state".to_owned(),
        })?;
        let Published {
            allocation,
            changes,
            failures,
        } = published;
        self.note(failures, is_all);
        if changes.is_empty() {
            return Ok(allocation.epoch);
        }
        let epoch = i64::try_from(allocation.epoch).unwrap_or(i64::MAX);
        let row = AllocationRow {
            epoch,
            created_at: as_of.0,
            as_of: as_of.0,
        };
        let entries: Vec<AllocationEntryRow> = changes
            .into_iter()
            .map(|change| entry_row(epoch, change))
            .collect();
        // On disk first: a decision must never name an allocation that nobody can find.
        match self.store_allocation(row, look, entries).await {
            Ok(true) => {
                let epoch = allocation.epoch;
                self.put(allocation);
                Ok(epoch)
            }
            // Another process was given the duty meanwhile.
            Ok(false) => Ok(previous_epoch),
            Err(error) => {
                let latest = latest_allocation(&self.store.read()).await?;
                self.put(latest);
                Err(error)
            }
        }
    }

    /// Stores an allocation, if it is for this process to publish them.
    async fn store_allocation(
        &self,
        row: AllocationRow,
        look: Look,
        entries: Vec<AllocationEntryRow>,
    ) -> Result<bool, Error> {
        let lease = self.lease.number();
        let committed = Committed {
            allocation: u64::try_from(row.epoch).ok(),
            look: Some(look),
            ..Committed::default()
        };
        let stored = self.store.write(move |tx| {
            Box::pin(async move {
                let is_ours = tx.claim_duty(DUTY, lease, tx.order().time()).await?;
                let committed = if is_ours {
                    tx.insert_allocation(row, entries).await?;
                    committed
                } else {
                    Committed::default()
                };
                tx.log_event(record::json(&committed)).await?;
                Ok(is_ours)
            })
        });
        Ok(stored.await?)
    }
}

fn entry_row(epoch: i64, change: Change) -> AllocationEntryRow {
    let Change {
        key,
        entry,
        posteriors,
    } = change;
    AllocationEntryRow {
        flow: key.flow,
        node: key.node,
        segment: key.segment,
        epoch,
        // Plain records become JSON without fail.
        weights_body: serde_json::to_string(&entry).unwrap_or_default(),
        posterior_body: serde_json::to_string(&posteriors).unwrap_or_default(),
    }
}
