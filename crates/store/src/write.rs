//! The one transaction that may write.

use futures_util::future::BoxFuture;
use sea_orm::{
    DatabaseConnection, DatabaseExecutor, DatabaseTransaction, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};
use tokio::sync::OwnedMutexGuard;

use crate::{Error, Read};

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
    // Declared before the turn: the transaction ends before the next caller may begin.
    pub(crate) tx: DatabaseTransaction,
    _turn: OwnedMutexGuard<()>,
}

impl WriteTx {
    /// Takes the write lock at once: a transaction that first reads and then writes would fail on
    /// SQLite as soon as another process wrote in between.
    pub(crate) async fn begin(
        writer: DatabaseConnection,
        turn: OwnedMutexGuard<()>,
    ) -> Result<Self, Error> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = writer.begin_with_options(options).await?;
        Ok(Self { tx, _turn: turn })
    }

    /// Queries that see what this transaction did.
    pub fn read(&self) -> Read<'_> {
        Read {
            executor: DatabaseExecutor::Transaction(&self.tx),
        }
    }

    /// Makes everything durable, at once.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if the answer was lost: the commit may have happened.
    pub async fn commit(self) -> Result<(), Error> {
        let Self { tx, _turn: turn } = self;
        spawned(async move {
            let committed = tx.commit().await;
            drop(turn);
            committed.map_err(Error::from)
        })
        .await
    }

    /// Undoes everything.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`]; nothing is stored then either.
    pub async fn rollback(self) -> Result<(), Error> {
        let Self { tx, _turn: turn } = self;
        spawned(async move {
            let rolled_back = tx.rollback().await;
            drop(turn);
            rolled_back.map_err(Error::from)
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
            // Only a runtime that shuts down ends the task of somebody else.
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
