//! Does one operation to many deliveries or postbacks, item by item and no faster than was asked.
//!
//! The list of items is made first, and is in the database; so is what came of each, from the transaction on that takes it off the
//! list. A process that dies leaves what is not done on the list, for itself or for another one.

use std::{
    collections::BTreeMap,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use pointsman_history::{
    BulkItemDone, BulkJob, BulkJobState, BulkResult, Clock, finish_bulk_item, listed_items,
    open_bulk_jobs,
};
use pointsman_store::{BulkItemRow, BulkJobRow, ListedItems};

use crate::{
    Error, Refused,
    follower::{Follow, Follower},
};

/// Items that are listed at once.
const LISTED: u64 = 256;
/// Items of a cancelled job that are removed at once.
const DROPPED: u64 = 512;
/// Longest wait for an item: jobs that were started or cancelled meanwhile are found after it.
const WAIT_MAX: Duration = Duration::from_millis(200);
/// How long a job waits where nothing more is taken in at the moment.
const BUSY: Duration = Duration::from_secs(1);

/// What came of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkStep {
    /// It is stored already, with the item.
    Stored,
    /// It is to be stored.
    Came {
        /// How it went.
        result: BulkResult,
        /// Why, in a word.
        code: String,
        /// Why, in words.
        message: String,
    },
}

impl BulkStep {
    /// What came of an item, to be stored.
    pub fn came(result: BulkResult, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Came {
            result,
            code: code.into(),
            message: message.into(),
        }
    }
}

/// What jobs do to their items: the operations that persons do to one of them. Done to an item a second time, an operation changes
/// nothing.
pub trait BulkOperations: Send + Sync + fmt::Debug {
    /// Does the operation of a job to one item.
    ///
    /// * `item`: the item as it is stored where it goes well.
    ///
    /// # Errors
    ///
    /// [`Refused::Busy`], [`Refused::Unavailable`] and [`Refused::Stopping`], after which it is done again.
    fn apply<'a>(
        &'a self,
        job: &'a BulkJob,
        item: BulkItemDone,
    ) -> BoxFuture<'a, Result<BulkStep, Refused>>;
}

/// Does what jobs on many items ask for.
#[derive(Debug)]
pub(crate) struct BulkJobs {
    operations: Arc<dyn BulkOperations>,
    clock: Clock,
    /// When the next item of a job is due.
    due: BTreeMap<String, Instant>,
}

impl BulkJobs {
    pub(crate) fn new(operations: Arc<dyn BulkOperations>, clock: Clock) -> Self {
        Self {
            operations,
            clock,
            due: BTreeMap::new(),
        }
    }

    /// One step of the job that is due first, of those that are open.
    ///
    /// # Errors
    ///
    /// [`enum@Error`].
    async fn step(
        &mut self,
        follower: &Follower,
        open: Vec<(BulkJob, BulkJobRow)>,
    ) -> Result<(), Error> {
        let now = Instant::now();
        self.due
            .retain(|id, _| open.iter().any(|(_, row)| row.id == *id));
        let due_of = |row: &BulkJobRow| self.due.get(&row.id).copied().unwrap_or(now);
        let Some((job, row)) = open.iter().min_by_key(|(_, row)| due_of(row)) else {
            return Ok(());
        };
        let wait = due_of(row).saturating_duration_since(now);
        if !wait.is_zero() {
            follower.wait(wait.min(WAIT_MAX)).await;
            // A job may have ended meanwhile.
            return Ok(());
        }
        let pause = match job.state {
            BulkJobState::Listing => self.list(follower, job, row).await?,
            BulkJobState::Running => self.next_item(follower, job).await?,
            BulkJobState::Done | BulkJobState::Cancelled => self.clean(follower, row).await?,
        };
        self.due.insert(row.id.clone(), now + pause);
        Ok(())
    }

    /// Lists some more items.
    async fn list(
        &self,
        follower: &Follower,
        job: &BulkJob,
        row: &BulkJobRow,
    ) -> Result<Duration, Error> {
        let read = follower.store.read();
        let now = self.clock.now().0;
        let items: ListedItems = listed_items(&read, (row, &job.action), LISTED, now).await?;
        let listed = follower
            .store
            .note(move |tx| Box::pin(async move { tx.add_bulk_items(items).await }));
        listed.await?;
        Ok(Duration::ZERO)
    }

    /// Does the next item, or ends the job; how long it is to the next one.
    async fn next_item(&self, follower: &Follower, job: &BulkJob) -> Result<Duration, Error> {
        let id = job.id.to_string();
        let Some(item) = follower.store.read().next_bulk_item(&id).await? else {
            let (now, states) = (
                self.clock.now().0,
                (BulkJobState::Running, BulkJobState::Done),
            );
            let ended = follower.store.note(move |tx| {
                Box::pin(async move {
                    tx.move_bulk_job(&id, states, now).await?;
                    tx.close_bulk_job(&id).await
                })
            });
            ended.await?;
            return Ok(Duration::ZERO);
        };
        let BulkItemRow {
            job_id: _,
            n,
            item_id,
        } = item;
        let done = BulkItemDone {
            job: job.id,
            n,
            item: item_id,
            result: BulkResult::Succeeded,
            code: String::new(),
            message: String::new(),
        };
        match self.operations.apply(job, done.clone()).await {
            Ok(BulkStep::Stored) => {}
            Ok(BulkStep::Came {
                result,
                code,
                message,
            }) => {
                let done = BulkItemDone {
                    result,
                    code,
                    message,
                    ..done
                };
                let now = self.clock.now();
                let finished = follower.store.note(move |tx| {
                    Box::pin(async move { finish_bulk_item(tx, &done, now).await })
                });
                finished.await?;
            }
            Err(Refused::Unavailable(error)) => return Err(error.into()),
            Err(refused) => {
                tracing::debug!(job.id = %job.id, error = %refused, "a bulk job waits");
                return Ok(BUSY);
            }
        }
        let rate = u32::try_from(job.rate).unwrap_or(1).max(1);
        Ok(Duration::from_secs(1) / rate)
    }

    /// Removes some of the items of a job that has ended.
    async fn clean(&self, follower: &Follower, row: &BulkJobRow) -> Result<Duration, Error> {
        let id = row.id.clone();
        let cleaned = follower.store.note(move |tx| {
            Box::pin(async move {
                if tx.drop_bulk_items(&id, DROPPED).await? == 0 {
                    tx.close_bulk_job(&id).await?;
                }
                Ok(())
            })
        });
        cleaned.await?;
        Ok(Duration::ZERO)
    }
}

impl Follow for BulkJobs {
    const DUTY: &'static str = "bulk_jobs";
    const FAILED: &'static str = "a bulk job has to wait";

    async fn look(&mut self, follower: &Follower) -> Result<(), Error> {
        let mut has_claimed = false;
        loop {
            // Read before each step: what was cancelled meanwhile goes no further.
            let open = open_bulk_jobs(&follower.store.read()).await?;
            if open.is_empty() || follower.is_stopping() {
                return Ok(());
            }
            if !has_claimed {
                has_claimed = follower.claims::<Self>().await?;
            }
            // Whose lease is not fresh may not be the one any more who does it.
            if !has_claimed || !follower.is_fresh() {
                return Ok(());
            }
            self.step(follower, open).await?;
        }
    }
}
