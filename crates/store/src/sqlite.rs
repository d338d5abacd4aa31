//! SQLite: one file, one writer, a log beside it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, SqlxSqliteConnector, Statement,
    sqlx::{
        ConnectOptions as _, Connection as _,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};

use crate::{Durability, Error, Options, url::url_error};

/// How long a statement waits for a lock that a tool outside of Pointsman holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a query waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// The log is cut back to this after a burst.
const JOURNAL_BYTES_MAX: u32 = 64 << 20;
/// What the writer keeps of the file in memory: the inner pages of all indexes, so that a batch reads hardly anything.
const WRITER_CACHE_BYTES: u32 = 32 << 20;
/// After so many pages of 4 KiB the log is copied into the file. Pages that each batch changes are copied once for all.
const CHECKPOINT_PAGES: u32 = 4_000;
/// Room for every query and every size of batch.
const STATEMENTS_KEPT: usize = 512;

/// A database file that is known by name.
pub(crate) struct Sqlite {
    options: SqliteConnectOptions,
}

impl Sqlite {
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let options: SqliteConnectOptions = url.parse().map_err(|_| url_error(url))?;
        // A database in memory is another one on each connection.
        let name = options.get_filename().to_string_lossy();
        if name.is_empty() || name.contains(":memory:") || name.contains("sqlx-in-memory") {
            return Err(url_error(url));
        }
        let options = options
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("temp_store", "memory")
            .statement_cache_capacity(STATEMENTS_KEPT)
            .disable_statement_logging();
        Ok(Self { options })
    }

    pub(crate) fn path(&self) -> &Path {
        self.options.get_filename()
    }

    /// The one connection that writes of the process that serves from the file.
    pub(crate) async fn writer(&self, options: &Options) -> Result<DatabaseConnection, Error> {
        self.connect_to_write(options, true).await
    }

    /// A connection that writes beside that process.
    pub(crate) async fn guest(&self, options: &Options) -> Result<DatabaseConnection, Error> {
        self.connect_to_write(options, false).await
    }

    async fn connect_to_write(
        &self,
        options: &Options,
        create_if_missing: bool,
    ) -> Result<DatabaseConnection, Error> {
        let connect = self
            .options
            .clone()
            .create_if_missing(create_if_missing)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match options.durability {
                Durability::Full => SqliteSynchronous::Full,
                Durability::Normal => SqliteSynchronous::Normal,
            })
            .foreign_keys(true)
            // What is erased is not left behind in the free room of its page.
            .pragma("secure_delete", "on")
            // Negative: in KiB.
            .pragma("cache_size", format!("-{}", WRITER_CACHE_BYTES >> 10))
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
            .pragma("journal_size_limit", JOURNAL_BYTES_MAX.to_string());
        let pool = pool(1)
            .after_release(|connection, _| {
                Box::pin(async move {
                    // SQLite undoes a transaction by itself when the disk is full. The driver does not
                    // notice, and would make what comes next a part of the transaction that is no
                    // more: it would be reported as stored, and never be.
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(connect)
            .await?;
        Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
    }

    /// Connections that cannot write.
    pub(crate) async fn readers(&self, connections: u32) -> Result<DatabaseConnection, Error> {
        let connect = self
            .options
            .clone()
            .create_if_missing(false)
            .read_only(true)
            .pragma("query_only", "on");
        let pool = pool(connections.max(1)).connect_with(connect).await?;
        Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
    }

    /// Empties the write-ahead log, and says whether it is empty; nothing on another database.
    ///
    /// * `waits`: for those who read, as long as for any lock; else they keep it from being done.
    pub(crate) async fn checkpoint(
        connection: &DatabaseConnection,
        waits: bool,
    ) -> Result<bool, Error> {
        if connection.get_database_backend() != DbBackend::Sqlite {
            return Ok(true);
        }
        let statement =
            Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let wait = |millis: u128| format!("PRAGMA busy_timeout = {millis}");
        if !waits {
            connection.execute_unprepared(&wait(0)).await?;
        }
        let row = connection.query_one_raw(statement).await;
        if !waits {
            let usual = wait(BUSY_TIMEOUT.as_millis());
            connection.execute_unprepared(&usual).await?;
        }
        let row = row?;
        // Its first column is 1 where somebody who reads kept it from being done.
        let is_busy: Option<i32> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(is_busy != Some(1))
    }

    /// Reads the whole file and looks for damage.
    pub(crate) async fn check(connection: &DatabaseConnection) -> Result<(), Error> {
        let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(1)");
        let row = connection.query_one_raw(statement).await?;
        let found: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        match found {
            Some(found) if found != "ok" => Err(Error::Corrupt { what: found }),
            _ => Ok(()),
        }
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A file does not go away: keep the connections and their prepared statements.
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// `<database>.lock`: held by the process that writes, and says whether the last one closed properly.
///
/// The system lets go of it when the process dies, however that happens. It is a file of its own
/// because locks on the database file belong to SQLite.
#[derive(Debug)]
pub(crate) struct LockFile {
    file: File,
    path: PathBuf,
    found_open: bool,
}

const OPEN: &[u8] = b"open\n";

impl LockFile {
    pub(crate) fn take(database: &Path) -> Result<Self, Error> {
        let mut path = database.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let failed = |source| Error::File {
            path: path.display().to_string(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Locked),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(failed)?;
        let found_open = text == OPEN;
        if !found_open {
            file.rewind().map_err(failed)?;
            file.write_all(OPEN).map_err(failed)?;
        }
        Ok(Self {
            file,
            path,
            found_open,
        })
    }

    /// Whether the last owner went away without closing the database.
    pub(crate) fn found_open(&self) -> bool {
        self.found_open
    }

    /// The file stays: removing it would let two processes lock two files of one name.
    pub(crate) fn release(&self) -> Result<(), Error> {
        let released = self.file.set_len(0).and_then(|()| self.file.unlock());
        released.map_err(|source| Error::File {
            path: self.path.display().to_string(),
            source,
        })
    }
}
