//! PostgreSQL: a session that writes, and others that read.

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

use pointsman_migrations::{migrate, pending};

use crate::{Error, Options, url::url_error};

/// How long a query waits for a free connection, and for the server to come back.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Renewed often, so that a server that was replaced is noticed.
const READER_LIFETIME: Duration = Duration::from_mins(10);
const STATEMENTS_KEPT: usize = 512;

/// `lock_not_available`: the lock was not released in time.
const LOCK_TIMEOUT: &str = "55P03";

/// One lock a schema: shared by all processes that serve, and held alone by one that changes tables, or by one of an
/// earlier release. The number is arbitrary but must never change.
const SHARE: &str = "SELECT pg_try_advisory_lock_shared(1886350958, hashtext(current_schema()))";
const WAIT_TO_SHARE: &str =
    "SELECT pg_advisory_lock_shared(1886350958, hashtext(current_schema()))";
const WAIT_TO_OWN: &str = "SELECT pg_advisory_lock(1886350958, hashtext(current_schema()))";

/// Ends a session of ours that does not answer, if it still holds the lock, and waits until it has ended.
const END_SESSION: &str = "SELECT pg_terminate_backend(pid, 1000) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 1886350958
        AND objid = hashtext(current_schema())::oid AND pid = $1";

/// A server and a database on it.
pub(crate) struct Postgres {
    options: PgConnectOptions,
    share: Arc<Share>,
    answer_timeout: Duration,
}

/// Our share of the lock, as far as we know.
#[derive(Debug, Default)]
struct Share {
    /// Whether the last attempt to write found an owner.
    refused: AtomicBool,
    /// The session of ours that had it last, by the server's number; 0: none.
    holder: AtomicI32,
    /// Whether that session was given up.
    given_up: AtomicBool,
}

impl Share {
    /// Takes a share for a new session of ours.
    async fn take(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.given_up.load(Ordering::Relaxed) {
            let holder = self.holder.load(Ordering::Relaxed);
            sqlx::query(END_SESSION)
                .bind(holder)
                .execute(&mut *connection)
                .await?;
        }
        let shared: bool = sqlx::query_scalar(SHARE)
            .fetch_one(&mut *connection)
            .await?;
        self.refused.store(!shared, Ordering::Relaxed);
        if !shared {
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
                // Longer than whoever holds a lock may be idle: it is cut off first.
                ("lock_timeout", "5s"),
                ("idle_in_transaction_session_timeout", "3s"),
                // A server that does not notice the death of its client would keep the client's lock.
                ("tcp_keepalives_idle", "10"),
                ("tcp_keepalives_interval", "5"),
                ("tcp_keepalives_count", "3"),
            ]);
        Ok(Self {
            options: connect,
            share: Arc::default(),
            answer_timeout: options.answer_timeout,
        })
    }

    /// Finds out within a second that another process has the database for itself; a pool would try for longer. The
    /// server goes on holding the lock of a session for a moment after its end, so it is waited for.
    pub(crate) async fn probe(&self) -> Result<(), Error> {
        self.connect_with_lock(WAIT_TO_SHARE).await?.close().await?;
        Ok(())
    }

    /// Brings the tables up to date, alone with the database, unless they are.
    pub(crate) async fn migrate(&self) -> Result<(), Error> {
        let connection = self.guest().await?;
        if !pending(&connection).await?.is_empty() {
            let owner = self.connect_with_lock(WAIT_TO_OWN).await?;
            let migrated = migrate(&connection).await;
            // Closing gives the lock back.
            owner.close().await?;
            migrated?;
        }
        connection.close().await?;
        Ok(())
    }

    async fn connect_with_lock(&self, lock: &'static str) -> Result<PgConnection, Error> {
        let connect = self.options.clone().options([("lock_timeout", "1s")]);
        let mut connection = PgConnection::connect_with(&connect).await?;
        match sqlx::query(lock).execute(&mut connection).await {
            Ok(_) => Ok(connection),
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(LOCK_TIMEOUT) => {
                Err(Error::Locked)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The one connection that writes. It holds its share of the lock itself: if it is lost, so is the share, and
    /// nothing can be written again before there is another one.
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
        self.share.given_up.store(true, Ordering::Relaxed);
        let pool = self.writer_pool().connect_lazy_with(self.options.clone());
        SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
    }

    fn writer_pool(&self) -> PgPoolOptions {
        let share = Arc::clone(&self.share);
        PgPoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(move |connection, _| {
                let share = Arc::clone(&share);
                Box::pin(async move { share.take(connection).await })
            })
    }

    /// A connection that writes without a share of the lock.
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

    /// Whether the last attempt to write found an owner.
    pub(crate) fn refused(&self) -> bool {
        self.share.refused.load(Ordering::Relaxed)
    }
}
