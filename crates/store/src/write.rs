//! The one transaction that may write.

use std::time::Duration;

use futures_util::future::BoxFuture;
use sea_orm::{DatabaseExecutor, DatabaseTransaction};
use tokio::sync::OwnedMutexGuard;

use crate::{
    Error, Read,
    last_commit::{self, Names},
    session::Session,
};

/// The answer of a piece of work inside a transaction; see [`Store::write`](crate::Store::write).
pub type Work<'tx, T> = BoxFuture<'tx, Result<T, Error>>;

/// A transaction. At most one exists at a time; dropping it without [`WriteTx::commit`] undoes it.
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
    /// Names this transaction among all that the owners of the database ever made.
    name: Option<String>,
    write_lock: OwnedMutexGuard<Option<Names>>,
}

impl WriteTx {
    pub(crate) async fn begin(
        session: Session,
        mut write_lock: OwnedMutexGuard<Option<Names>>,
    ) -> Result<Self, Error> {
        let tx = session.begin().await?;
        let name = match &mut *write_lock {
            Some(names) => Some(session.within(names.write_next(&tx)).await?),
            None => None,
        };
        Ok(Self {
            tx,
            session,
            name,
            write_lock,
        })
    }

    /// Queries that see what this transaction did.
    pub fn read(&self) -> Read<'_> {
        Read {
            executor: DatabaseExecutor::Transaction(&self.tx),
        }
    }

    /// Fails where there is no room for another lead; changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn try_room(&self) -> Result<(), Error> {
        last_commit::try_room(&self.tx).await
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
    /// again for as long as it is away. So this may take long, and no other write can happen meanwhile.
    ///
    /// # Errors
    ///
    /// Nothing is stored then, except after [`Error::Overtaken`], and except that a store that is
    /// closed while it asks gives [`Error::Unavailable`]: in both cases start again from what is stored. Beside an owner
    /// nobody asks: after [`Error::Unavailable`] look whether it is stored.
    pub async fn commit(self) -> Result<(), Error> {
        let Self {
            tx,
            session,
            name,
            mut write_lock,
        } = self;
        spawned(async move {
            let committed = session.within(async { Ok(tx.commit().await?) }).await;
            let (Some(names), Some(name)) = (&mut *write_lock, name) else {
                return committed;
            };
            let known = match committed {
                Ok(()) => Ok(()),
                Err(lost) => last_commit::outcome(&session, &names.last, &name, lost).await,
            };
            if known.is_ok() {
                names.last = name;
            }
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
