//! Addresses of databases, and plain connections to them.

use std::{path::PathBuf, str::FromStr as _, time::Duration};

use anyhow::{Context as _, Result};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, SqlxPostgresConnector,
    SqlxSqliteConnector, Statement,
    sqlx::{
        ConnectOptions as _,
        postgres::{PgConnectOptions, PgPoolOptions},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};

/// Prepared statements that a connection keeps, as the service's do.
const STATEMENTS_KEPT: usize = 512;

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Url(String);

impl Url {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The word for what kind of database it is.
    pub(crate) fn kind(&self) -> &'static str {
        if self.is_postgres() {
            "postgres"
        } else {
            "sqlite"
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.0.starts_with("postgres")
    }

    /// The database beside it, for few leads.
    pub(crate) fn small(&self) -> Self {
        let (path, query) = match self.0.split_once('?') {
            Some((path, query)) => (path, format!("?{query}")),
            None => (self.0.as_str(), String::new()),
        };
        Self(match path.strip_suffix(".db") {
            Some(stem) => format!("{stem}_small.db{query}"),
            None => format!("{path}_small{query}"),
        })
    }

    /// The file of a SQLite database.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        let path = self.0.strip_prefix("sqlite://")?;
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        Some(PathBuf::from(path))
    }

    /// The name of a PostgreSQL database.
    fn name(&self) -> &str {
        let path = self.0.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }

    /// A connection with the pragmas of the service's own, on which transactions are written.
    pub(crate) async fn writer(&self) -> Result<DatabaseConnection> {
        if self.is_postgres() {
            let options = PgConnectOptions::from_str(&self.0)?
                .statement_cache_capacity(STATEMENTS_KEPT)
                .disable_statement_logging();
            let pool = PgPoolOptions::new().max_connections(1);
            let pool = pool.max_lifetime(None).idle_timeout(None);
            let pool = pool.connect_with(options).await?;
            return Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool));
        }
        let options = SqliteConnectOptions::from_str(&self.0)?
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-32768")
            .pragma("wal_autocheckpoint", "4000")
            .pragma("journal_size_limit", (64 << 20).to_string())
            .statement_cache_capacity(STATEMENTS_KEPT)
            .disable_statement_logging();
        let pool = SqlitePoolOptions::new().max_connections(1);
        let pool = pool.max_lifetime(None).idle_timeout(None);
        let pool = pool.connect_with(options).await?;
        Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
    }

    /// Makes room for it: the folder of a file, or a database on the server of `other`.
    pub(crate) async fn prepare(&self, other: &Self) -> Result<()> {
        if let Some(folder) = self.file().as_deref().and_then(std::path::Path::parent) {
            return std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()));
        }
        if self == other {
            return Ok(());
        }
        let server = other.writer().await?;
        let known = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT 1 FROM pg_database WHERE datname = $1",
            [self.name().into()],
        );
        if server.query_one_raw(known).await?.is_none() {
            let create = format!("CREATE DATABASE \"{}\"", self.name());
            server.execute_unprepared(&create).await?;
        }
        Ok(server.close().await?)
    }

    /// Takes a file away. A database on a server stays: whoever made it may have more in it.
    pub(crate) fn remove(&self) {
        let Some(file) = self.file() else { return };
        for more in ["", "-wal", "-shm", ".lock"] {
            let mut name = file.clone().into_os_string();
            name.push(more);
            // What is not there need not be taken away.
            let _ = std::fs::remove_file(name);
        }
    }
}
