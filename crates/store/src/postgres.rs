//! PostgreSQL: a session that owns the database, and others that read.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI32, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    DatabaseConnection, SqlxPostgresConnector,
    sqlx::{
        self, ConnectOptions as _, Connection as _, PgConnection,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};

use crate::{Error, Options, url::url_error};

/// How long a query waits for a free connection, and for the server to come back.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Renewed often, so that a server that was replaced is noticed.
const READER_LIFETIME: Duration = Duration::from_mins(10);
const STATEMENTS_KEPT: usize = 512;

/// `lock_not_available`: the lock was not released in time.
const LOCK_TIMEOUT: &str = "55P03";

/// One lock a schema. The number is arbitrary but must never change.
const LOCK: &str = "SELECT pg_try_advisory_lock(1886350958, hashtext(current_schema()))";
const WAIT_FOR_LOCK: &str = "SELECT pg_advisory_lock(1886350958, hashtext(current_schema()))";
const UNLOCK: &str = "SELECT pg_advisory_unlock(1886350958, hashtext(current_schema()))";

/// Ends a session of ours that does not answer, if it still holds the lock, and waits until it has ended.
const END_SESSION: &str = "SELECT pg_terminate_backend(pid, 1000) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 1886350958
        AND objid = hashtext(current_schema())::oid AND pid = $1";

/// A server and a database on it, and whether we own that database.
pub(crate) struct Postgres {
    options: PgConnectOptions,
    ownership: Arc<Ownership>,
    answer_timeout: Duration,
}

/// Who holds the lock, as far as we know.
#[derive(Debug, Default)]
struct Ownership {
    /// Whether the last attempt to write found another owner.
    refused: AtomicBool,
    /// The session of ours that held it last, by the server's number; 0: none.
    holder: AtomicI32,
    /// Whether that session was given up.
    given_up: AtomicBool,
}

impl Ownership {
    /// Takes the lock for a new session of ours.
    async fn take(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.given_up.load(Ordering::Relaxed) {
            let holder = self.holder.load(Ordering::Relaxed);
            sqlx::query(END_SESSION)
                .bind(holder)
                .execute(&mut *connection)
                .await?;
        }
        let owned: bool = sqlx::query_scalar(LOCK).fetch_one(&mut *connection).await?;
        self.refused.store(!owned, Ordering::Relaxed);
        if !owned {
            return Err(sqlx::Error::Configuration("another session owns it".into()));
        }
        let holder: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(connection)
            .await?;
        self.holder.store(holder, Ordering::Relaxed);
        self.given_up.store(false, Ordering::Relaxed);
        Ok(())
    }
}

impl Postgres {
    pub(crate) fn parse(url: &str, options: &Options) -> Result<Self, Error> {
        let connect: PgConnectOptions = url.parse().map_err(|_| url_error(url))?;
        let connect = connect
            .application_name(&options.application_name)
            .statement_cache_capacity(STATEMENTS_KEPT)
            .disable_statement_logging()
            .options([
                ("statement_timeout", "15s"),
                ("lock_timeout", "2s"),
                ("idle_in_transaction_session_timeout", "10s"),
                // A server that does not notice the death of its client would keep the client's lock.
                ("tcp_keepalives_idle", "10"),
                ("tcp_keepalives_interval", "5"),
                ("tcp_keepalives_count", "3"),
            ]);
        Ok(Self {
            options: connect,
            ownership: Arc::default(),
            answer_timeout: options.answer_timeout,
        })
    }

    /// Finds out within a second that another process owns the database; a pool would try for longer. The
    /// server goes on holding the lock of a session for a moment after its end, so it is waited for.
    pub(crate) async fn probe(&self) -> Result<(), Error> {
        let connect = self.options.clone().options([("lock_timeout", "1s")]);
        let mut connection = PgConnection::connect_with(&connect).await?;
        match sqlx::query(WAIT_FOR_LOCK).execute(&mut connection).await {
            Ok(_) => {}
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(LOCK_TIMEOUT) => {
                return Err(Error::Locked);
            }
            Err(error) => return Err(error.into()),
        }
        // Closing alone would give it back too, but some time after this end has gone on.
        sqlx::query(UNLOCK).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// The one connection that writes. It holds the lock itself: if it is lost, so is the lock, and
    /// nothing can be written again before the lock is taken again.
    pub(crate) async fn writer(&self) -> Result<DatabaseConnection, Error> {
        let pool = self.writer_pool().connect_with(self.options.clone()).await;
        match pool {
            Ok(pool) => Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool)),
            Err(_) if self.refused() => Err(Error::Locked),
            Err(error) => Err(error.into()),
        }
    }

    /// The same in the place of one that does not answer any more. It connects when it is needed.
    pub(crate) fn another_writer(&self) -> DatabaseConnection {
        self.ownership.given_up.store(true, Ordering::Relaxed);
        let pool = self.writer_pool().connect_lazy_with(self.options.clone());
        SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
    }

    fn writer_pool(&self) -> PgPoolOptions {
        let ownership = Arc::clone(&self.ownership);
        PgPoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(move |connection, _| {
                let ownership = Arc::clone(&ownership);
                Box::pin(async move { ownership.take(connection).await })
            })
    }

    /// A connection that writes beside the owner.
    pub(crate) async fn guest(&self) -> Result<DatabaseConnection, Error> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(self.options.clone())
            .await?;
        Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
    }

    /// Connections that cannot write.
    pub(crate) async fn readers(&self, connections: u32) -> Result<DatabaseConnection, Error> {
        let connect = self
            .options
            .clone()
            .options([("default_transaction_read_only", "on")]);
        let pool = PgPoolOptions::new()
            .max_connections(connections.max(1))
            .min_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .max_lifetime(READER_LIFETIME)
            .connect_with(connect)
            .await?;
        Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
    }

    /// How long an answer may take before its connection counts as lost.
    pub(crate) fn answer_timeout(&self) -> Duration {
        self.answer_timeout
    }

    /// Whether the last attempt to write found another owner.
    pub(crate) fn refused(&self) -> bool {
        self.ownership.refused.load(Ordering::Relaxed)
    }
}
