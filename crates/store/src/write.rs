//! The one transaction that may write.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::future::BoxFuture;
use sea_orm::{DatabaseExecutor, DatabaseTransaction};
use tokio::sync::OwnedMutexGuard;

use crate::{
    CommitLogRow, Error, Read,
    commit_order::{self, Names, Order},
    keys::Keyring,
    session::Session,
};

/// The answer of a piece of work inside a transaction; see [`Store::write`](crate::Store::write).
pub type Work<'tx, T> = BoxFuture<'tx, Result<T, Error>>;

/// What the commit log says of a change of settings: nothing of it is folded.
const NOTHING_FOLDED: &str = "{}";

/// A transaction. A process has at most one at a time; dropping it without [`WriteTx::commit`] undoes it.
///
/// One that gives out numbers has locked the commit order: until it ends, no other process is in such a one.
///
/// `BEGIN` and `COMMIT` run in tasks of their own, so a caller that goes away in the middle leaves no
/// half-open transaction behind in the pool. Its statements do not: hold a transaction in a spawned
/// task, as [`Store::write`](crate::Store::write) does, and not in a request that may be cancelled,
/// or the work is undone at any point. After an error nothing but [`WriteTx::rollback`] makes sense.
#[derive(Debug)]
pub struct WriteTx {
    // Declared before the lock: the transaction ends before the next caller may begin.
    pub(crate) tx: DatabaseTransaction,
    session: Session,
    pub(crate) keys: Arc<Keyring>,
    order: Order,
    /// Names this transaction among all that were ever made.
    batch: String,
    /// Where the order has come to by it, once that is in the commit log.
    logged: OnceLock<Order>,
    write_lock: OwnedMutexGuard<Names>,
}

/// Whether a transaction gives out numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// It may, and has locked the commit order.
    Given,
    /// It does not, and waits for nobody who does.
    None,
}

impl WriteTx {
    pub(crate) async fn begin(
        (session, keys): (Session, Arc<Keyring>),
        mut write_lock: OwnedMutexGuard<Names>,
        numbers: Numbers,
    ) -> Result<Self, Error> {
        let tx = session.begin().await?;
        let order = session.within(async {
            match numbers {
                Numbers::Given => Order::lock(&tx).await,
                Numbers::None => Order::read(&tx).await,
            }
        });
        let order = order.await?;
        let batch = write_lock.next();
        Ok(Self {
            tx,
            session,
            keys,
            order,
            batch,
            logged: OnceLock::new(),
            write_lock,
        })
    }

    /// Queries that see what this transaction did.
    pub fn read(&self) -> Read<'_> {
        Read {
            executor: DatabaseExecutor::Transaction(&self.tx),
            keys: &self.keys,
        }
    }

    /// Where the commit order had come to when this transaction began. It stays there until this transaction ends, if
    /// that may give out numbers.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Fails where there is no room for another lead; changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn try_room(&self) -> Result<(), Error> {
        commit_order::try_room(&self.tx).await
    }

    /// Adds this transaction to the commit log and moves the commit order on. Once for each transaction that gave out
    /// numbers.
    ///
    /// * `number`: the last number that it gave out.
    /// * `at`: its time, microseconds.
    /// * `body`: what it changed of what is folded.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the number is taken.
    pub async fn log(&self, number: i64, at: i64, body: String) -> Result<(), Error> {
        let revision = self.order.revision;
        self.log_as(
            Order {
                number,
                revision,
                now: Some(at),
            },
            body,
        )
        .await
    }

    /// The same for a transaction that gives out one number and is no lead, answer or postback. Gives the number.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn log_event(&self, body: String) -> Result<i64, Error> {
        let number = self.order.number + 1;
        self.log(number, self.order.time(), body).await?;
        Ok(number)
    }

    /// The same for a change that nothing is folded from, and that leads are not routed by.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn log_nothing(&self) -> Result<(), Error> {
        self.log_event(NOTHING_FOLDED.to_owned()).await?;
        Ok(())
    }

    /// The same for a change of settings that leads are routed by, or who may send them.
    pub(crate) async fn log_settings(&self) -> Result<(), Error> {
        if self.logged.get().is_some() {
            return Ok(());
        }
        let number = self.order.number + 1;
        let order = Order {
            number,
            revision: number,
            now: Some(self.order.time()),
        };
        self.log_as(order, NOTHING_FOLDED.to_owned()).await
    }

    async fn log_as(&self, order: Order, body: String) -> Result<(), Error> {
        let row = CommitLogRow {
            number: order.number,
            at: order.time(),
            body,
            batch: Some(self.batch.clone()),
        };
        self.insert_log(row).await?;
        commit_order::advance(&self.tx, order).await?;
        // Nobody logs twice: the number would be taken.
        let _ = self.logged.set(order);
        Ok(())
    }

    /// Does `work` on this transaction unless it takes longer than `most`; then nothing but
    /// [`WriteTx::rollback`] makes sense.
    ///
    /// # Errors
    ///
    /// Those of `work`; [`Error::Unavailable`] when its time is up.
    pub async fn within<T>(
        &self,
        most: Duration,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        match tokio::time::timeout(most, work).await {
            Ok(done) => done,
            Err(elapsed) => {
                // Perhaps the connection never answers again.
                self.session.give_up();
                Err(Error::Unavailable {
                    source: elapsed.into(),
                })
            }
        }
    }

    /// Makes everything durable, at once.
    ///
    /// Where the answer to the commit is lost, the database is asked what became of it, again and
    /// again for as long as it is away. So this may take long, and no other write of this process can happen meanwhile.
    ///
    /// # Errors
    ///
    /// Nothing is stored then, except that a store that is closed while it asks gives [`Error::Unavailable`], and so
    /// does a transaction that is not in the commit log: start again from what is stored.
    pub async fn commit(self) -> Result<(), Error> {
        let Self {
            tx,
            session,
            keys: _,
            order,
            batch,
            logged,
            write_lock,
        } = self;
        spawned(async move {
            let committed = session.within(async { Ok(tx.commit().await?) }).await;
            let known = match committed {
                Err(lost) if logged.get().is_some() => {
                    commit_order::outcome(&session, order.number, &batch, lost).await
                }
                known => known,
            };
            drop(write_lock);
            known
        })
        .await
    }

    /// Undoes everything.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`]; nothing is stored then either.
    pub async fn rollback(self) -> Result<(), Error> {
        let Self {
            tx,
            session,
            write_lock,
            ..
        } = self;
        spawned(async move {
            let rolled_back = session.within(async { Ok(tx.rollback().await?) }).await;
            drop(write_lock);
            rolled_back
        })
        .await
    }
}

/// Runs `work` to its end even if the caller goes away, and passes a panic on.
pub(crate) async fn spawned<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    match tokio::spawn(work).await {
        Ok(result) => result,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only a runtime that shuts down aborts the task.
            Err(cancelled) => Err(Error::Unavailable {
                source: cancelled.into(),
            }),
        },
    }
}

/// What a row has to be like for a change to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Anything, or not there at all.
    Any,
    /// Not there yet.
    Absent,
    /// There, with this revision.
    Revision(i64),
}

impl Expected {
    /// Compares with what is there and gives the next revision.
    pub(crate) fn next(self, found: Option<i64>, what: &str) -> Result<i64, Error> {
        match (self, found) {
            (Self::Any | Self::Absent, None) => Ok(1),
            (Self::Any, Some(revision)) => Ok(revision + 1),
            (Self::Revision(expected), Some(revision)) if expected == revision => Ok(revision + 1),
            (Self::Revision(_), None) => Err(Error::not_found(what)),
            (Self::Absent | Self::Revision(_), Some(_)) => Err(Error::conflict(what)),
        }
    }
}
