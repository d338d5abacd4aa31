//! PostgreSQL: a session that owns the database, and others that read.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
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

use crate::{Error, Options, store::url_error};

/// How long a query waits for a free connection, and for the server to come back.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Renewed often, so that a server that was replaced is noticed.
const READER_LIFETIME: Duration = Duration::from_mins(10);
const STATEMENTS_KEPT: usize = 512;

/// `lock_not_available`: nobody let go of the lock in time.
const LOCK_TIMEOUT: &str = "55P03";

/// One lock a schema. The number is arbitrary but must never change.
const LOCK: &str = "SELECT pg_try_advisory_lock(1886350958, hashtext(current_schema()))";
const WAIT_FOR_LOCK: &str = "SELECT pg_advisory_lock(1886350958, hashtext(current_schema()))";
const UNLOCK: &str = "SELECT pg_advisory_unlock(1886350958, hashtext(current_schema()))";

/// A server and a database on it, and whether we own that database.
pub(crate) struct Postgres {
    options: PgConnectOptions,
    refused: Arc<AtomicBool>,
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
                // A server that never heard that its client died would keep the client's lock.
                ("tcp_keepalives_idle", "10"),
                ("tcp_keepalives_interval", "5"),
                ("tcp_keepalives_count", "3"),
            ]);
        Ok(Self {
            options: connect,
            refused: Arc::default(),
        })
    }

    /// Tells within a second that another process owns the database; a pool would try for longer. The
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
        let refused = Arc::clone(&self.refused);
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(move |connection, _| {
                let refused = Arc::clone(&refused);
                Box::pin(async move {
                    let owned: bool = sqlx::query_scalar(LOCK).fetch_one(connection).await?;
                    refused.store(!owned, Ordering::Relaxed);
                    if owned {
                        Ok(())
                    } else {
                        Err(sqlx::Error::Configuration("another process owns it".into()))
                    }
                })
            })
            .connect_with(self.options.clone())
            .await;
        match pool {
            Ok(pool) => Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool)),
            Err(_) if self.refused() => Err(Error::Locked),
            Err(error) => Err(error.into()),
        }
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

    /// Whether the last attempt to write found another owner.
    pub(crate) fn refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }
}
