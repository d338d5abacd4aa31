//! The one connection that writes, and what is done when it does not answer any more.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use tokio::sync::watch;

use crate::{Error, postgres::Postgres};

/// The way to write. Clones are the same session.
#[derive(Clone)]
pub(crate) struct Session {
    inner: Arc<Inner>,
}

struct Inner {
    connection: RwLock<DatabaseConnection>,
    /// The server, if there is one: then connections can be lost.
    postgres: Option<Arc<Postgres>>,
    /// Ends waiting for a database that does not answer.
    closing: watch::Sender<bool>,
}

impl Session {
    pub(crate) fn new(connection: DatabaseConnection, postgres: Option<Arc<Postgres>>) -> Self {
        Self {
            inner: Arc::new(Inner {
                connection: RwLock::new(connection),
                postgres,
                closing: watch::Sender::new(false),
            }),
        }
    }

    /// The connection of this moment.
    pub(crate) fn connection(&self) -> DatabaseConnection {
        let connection = self.inner.connection.read();
        connection.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins a transaction. Takes the write lock at once: a transaction that first reads and then
    /// writes would fail on SQLite as soon as another process wrote in between.
    ///
    /// Call it in a task that is never aborted: a future dropped during `BEGIN` would put a connection
    /// with an open transaction back into the pool.
    ///
    /// # Errors
    ///
    /// [`Error::Locked`] if another process owns the database now, [`Error::Unavailable`].
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, Error> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let connection = self.connection();
        let begun = self
            .within(async move { Ok(connection.begin_with_options(options).await?) })
            .await;
        match begun {
            Err(Error::Unavailable { .. }) if self.is_refused() => Err(Error::Locked),
            begun => begun,
        }
    }

    /// Waits for an answer for as long as one may take; then the connection is given up. A file answers
    /// however slow its disk is.
    ///
    /// # Errors
    ///
    /// Those of `work`, and [`Error::Unavailable`] for an answer that did not come.
    pub(crate) async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let Some(postgres) = &self.inner.postgres else {
            return work.await;
        };
        match tokio::time::timeout(postgres.answer_timeout(), work).await {
            Ok(Err(error)) if error.is_no_connection() => {
                self.give_up();
                Err(error)
            }
            Ok(done) => done,
            Err(elapsed) => {
                self.give_up();
                Err(Error::Unavailable {
                    source: elapsed.into(),
                })
            }
        }
    }

    /// Goes on with a new connection. The old one may never answer again, and the pool would
    /// wait for it.
    pub(crate) fn give_up(&self) {
        let Some(postgres) = &self.inner.postgres else {
            return;
        };
        let new = postgres.another_writer();
        let mut connection = self
            .inner
            .connection
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *connection, new);
        // It ends when what it waits for does.
        tokio::spawn(old.close());
    }

    /// Waits a little, or until the store is closed.
    pub(crate) async fn pause(&self, wait: Duration) {
        let mut closing = self.inner.closing.subscribe();
        // The sender lives as long as this session.
        let _ = tokio::time::timeout(wait, closing.wait_for(|closing| *closing)).await;
    }

    pub(crate) fn close(&self) {
        self.inner.closing.send_replace(true);
    }

    pub(crate) fn is_closing(&self) -> bool {
        *self.inner.closing.borrow()
    }

    fn is_refused(&self) -> bool {
        let postgres = self.inner.postgres.as_ref();
        postgres.is_some_and(|postgres| postgres.refused())
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.connection().get_database_backend()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Session")
            .field("backend", &self.backend())
            .finish_non_exhaustive()
    }
}
