//! Opening, sharing and closing a database.

use std::{fmt, sync::Arc, time::Duration};

use sea_orm::{DatabaseConnection, DatabaseExecutor, DbBackend};
use tokio::sync::Mutex;

use pointsman_migrations::{MigrationError, migrate, pending};

use crate::{
    Error, Options, Read, Work, WriteTx,
    last_commit::Names,
    postgres::Postgres,
    session::Session,
    sqlite::{LockFile, Sqlite},
    url::Backend,
    write::spawned,
};

/// How long a piece of work may keep everybody else from writing.
const WORK_MAX: Duration = Duration::from_mins(1);

/// A database. Cheap to clone: clones share connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    readers: DatabaseConnection,
    writer: Option<Writer>,
}

struct Writer {
    session: Session,
    /// Held by the one transaction that writes; fair, first come, first served. Only the owner's transactions have
    /// names.
    write_lock: Arc<Mutex<Option<Names>>>,
    owner: Owner,
}

/// What keeps other processes from writing.
enum Owner {
    File(LockFile),
    Session(Arc<Postgres>),
    /// Nothing: this is no owner, and writes beside one.
    Nothing,
}

impl Store {
    /// Opens a database to read and write, and keeps other processes from doing the same.
    ///
    /// * `url`: `sqlite://path/to/file`, which is created if missing, or `postgres://user@host/name`.
    ///
    /// # Errors
    ///
    /// [`Error::Url`], [`Error::Locked`] while another process owns the database, [`Error::Schema`]
    /// for tables newer than this program (or older, without [`Options::migrate`]),
    /// [`Error::Corrupt`], [`Error::File`], [`Error::Unavailable`].
    pub async fn open(url: &str, options: &Options) -> Result<Self, Error> {
        // Boxed: opening holds more than a caller's stack should.
        Box::pin(Self::open_to_write(url, options)).await
    }

    async fn open_to_write(url: &str, options: &Options) -> Result<Self, Error> {
        let (connection, owner) = match Backend::of(url)? {
            Backend::Sqlite => {
                let sqlite = Sqlite::parse(url)?;
                let lock = LockFile::take(sqlite.path())?;
                let connection = sqlite.writer(options).await?;
                if options.check_after_crash && lock.found_open() {
                    Sqlite::check(&connection).await?;
                }
                (connection, Owner::File(lock))
            }
            Backend::Postgres => {
                let postgres = Postgres::parse(url, options)?;
                postgres.probe().await?;
                let connection = postgres.writer().await?;
                (connection, Owner::Session(Arc::new(postgres)))
            }
        };
        if options.migrate {
            migrate(&connection).await?;
        }
        require_current(&connection).await?;
        let readers = match &owner {
            Owner::Session(postgres) => postgres.readers(options.readers).await?,
            Owner::File(_) | Owner::Nothing => Sqlite::parse(url)?.readers(options.readers).await?,
        };
        let names = Names::read(&connection).await?;
        let postgres = match &owner {
            Owner::Session(postgres) => Some(Arc::clone(postgres)),
            Owner::File(_) | Owner::Nothing => None,
        };
        let writer = Writer {
            session: Session::new(connection, postgres),
            write_lock: Arc::new(Mutex::new(Some(names))),
            owner,
        };
        Ok(Self::of(readers, Some(writer)))
    }

    /// Opens a database to change settings in it beside its owner, if it has one. Owner and others wait up to five
    /// seconds for each other's transactions, so keep them short; what only the owner writes must not be written.
    ///
    /// # Errors
    ///
    /// [`Error::Url`], [`Error::Schema`] unless its tables are those of this program, [`Error::Unavailable`], also if
    /// there is no such file.
    pub async fn open_beside(url: &str, options: &Options) -> Result<Self, Error> {
        let (connection, readers) = match Backend::of(url)? {
            Backend::Sqlite => {
                let sqlite = Sqlite::parse(url)?;
                (sqlite.guest(options).await?, sqlite.readers(1).await?)
            }
            Backend::Postgres => {
                let postgres = Postgres::parse(url, options)?;
                (postgres.guest().await?, postgres.readers(1).await?)
            }
        };
        require_current(&connection).await?;
        let writer = Writer {
            session: Session::new(connection, None),
            write_lock: Arc::default(),
            owner: Owner::Nothing,
        };
        Ok(Self::of(readers, Some(writer)))
    }

    /// Opens a database to look on, while its owner runs or after; takes no lock and changes nothing.
    ///
    /// # Errors
    ///
    /// As [`Store::open`], but never [`Error::Locked`]; [`Error::Unavailable`] if there is no such file.
    pub async fn open_read_only(url: &str) -> Result<Self, Error> {
        let options = Options::default();
        let readers = match Backend::of(url)? {
            Backend::Sqlite => Sqlite::parse(url)?.readers(options.readers).await?,
            Backend::Postgres => {
                Postgres::parse(url, &options)?
                    .readers(options.readers)
                    .await?
            }
        };
        require_current(&readers).await?;
        Ok(Self::of(readers, None))
    }

    fn of(readers: DatabaseConnection, writer: Option<Writer>) -> Self {
        Self {
            inner: Arc::new(Inner { readers, writer }),
        }
    }

    /// Queries that see what was committed last.
    pub fn read(&self) -> Read<'_> {
        Read {
            executor: DatabaseExecutor::Connection(&self.inner.readers),
        }
    }

    /// Waits for the write lock and begins the one transaction that may write; see [`WriteTx`].
    ///
    /// # Errors
    ///
    /// [`Error::ReadOnly`]; [`Error::Locked`] if the connection to PostgreSQL was lost and another
    /// process has become the owner since, and [`Error::Overtaken`] if that one has written;
    /// [`Error::Unavailable`].
    pub async fn begin(&self) -> Result<WriteTx, Error> {
        let writer = self.writer()?;
        let write_lock = Arc::clone(&writer.write_lock);
        let session = writer.session.clone();
        // In a task of its own: a future dropped during BEGIN would put a connection with an open
        // transaction back into the pool.
        spawned(async move { WriteTx::begin(session, write_lock.lock_owned().await).await }).await
    }

    /// Does `work` in a transaction, in a task of its own: committed if it answers `Ok`, undone if it
    /// answers `Err` or panics, and never left half done by a caller that goes away.
    ///
    /// # Errors
    ///
    /// Those of `work`, [`Store::begin`] and [`WriteTx::commit`].
    ///
    /// # Panics
    ///
    /// If `work` does.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(&'tx WriteTx) -> Work<'tx, T> + Send + 'static,
    {
        let store = self.clone();
        spawned(async move {
            let tx = store.begin().await?;
            match tx.within(WORK_MAX, work(&tx)).await {
                Ok(answer) => tx.commit().await.map(|()| answer),
                Err(error) => {
                    // The first error is returned; dropping the connection rolls back as well.
                    let _ = tx.rollback().await;
                    Err(error)
                }
            }
        })
        .await
    }

    /// Reads the whole file and looks for damage. On PostgreSQL, which sums up its own pages, it does
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] with the first thing found, [`Error::Unavailable`].
    pub async fn check(&self) -> Result<(), Error> {
        let readers = &self.inner.readers;
        if readers.get_database_backend() != DbBackend::Sqlite {
            return Ok(());
        }
        Sqlite::check(readers).await
    }

    /// Moves what SQLite has in its write-ahead log into the database file and empties the log.
    ///
    /// Call it now and then: a reader that is always there keeps SQLite from doing it by itself. It
    /// waits for the write lock. On PostgreSQL, which does this by itself, it does nothing.
    ///
    /// # Errors
    ///
    /// [`Error::ReadOnly`], [`Error::Unavailable`].
    pub async fn checkpoint(&self) -> Result<(), Error> {
        let writer = self.writer()?;
        let write_lock = Arc::clone(&writer.write_lock).lock_owned().await;
        let connection = writer.session.connection();
        spawned(async move {
            let _lock = write_lock;
            Sqlite::checkpoint(&connection).await
        })
        .await
    }

    /// Waits for the writer, empties the write-ahead log, closes every connection and gives the
    /// database up. Clones of this store are closed with it.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`]; whatever was committed is safe.
    pub async fn close(self) -> Result<(), Error> {
        let Inner { readers, writer } = &*self.inner;
        readers.close_by_ref().await?;
        let Some(writer) = writer else {
            return Ok(());
        };
        writer.session.close();
        let _lock = writer.write_lock.lock().await;
        let connection = writer.session.connection();
        if let Owner::File(_) = writer.owner {
            Sqlite::checkpoint(&connection).await?;
        }
        connection.close_by_ref().await?;
        match &writer.owner {
            Owner::File(lock) => lock.release(),
            // The lock went with its session.
            Owner::Session(_) | Owner::Nothing => Ok(()),
        }
    }

    fn writer(&self) -> Result<&Writer, Error> {
        self.inner.writer.as_ref().ok_or(Error::ReadOnly)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Store")
            .field("backend", &self.inner.readers.get_database_backend())
            .field("writes", &self.inner.writer.is_some())
            .finish()
    }
}

async fn require_current(connection: &DatabaseConnection) -> Result<(), Error> {
    let pending = pending(connection).await?;
    if pending.is_empty() {
        return Ok(());
    }
    Err(Error::Schema {
        what: format!("not migrated: {}", pending.join(", ")),
    })
}

impl From<MigrationError> for Error {
    fn from(error: MigrationError) -> Self {
        match error {
            MigrationError::Newer { names } => Self::Schema {
                what: format!("unknown to this program: {}", names.join(", ")),
            },
            MigrationError::Database { source } => source.into(),
        }
    }
}
