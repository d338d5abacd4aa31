//! Opening, sharing and closing a database.

use std::{fmt, sync::Arc, time::Duration};

use sea_orm::{DatabaseConnection, DatabaseExecutor, DbBackend};
use tokio::sync::Mutex;

use pointsman_migrations::{MigrationError, migrate, pending};

use crate::{
    Error, Options, Read, Work, WriteTx,
    commit_order::{Names, require_format},
    keys::Keyring,
    postgres::Postgres,
    session::Session,
    sqlite::{LockFile, Sqlite},
    tables::data_key,
    url::Backend,
    write::{Numbers, spawned},
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
    keys: Arc<Keyring>,
}

struct Writer {
    session: Session,
    /// Held by the one transaction of this process that writes; fair, first come, first served.
    write_lock: Arc<Mutex<Names>>,
    /// What keeps other processes from serving from the same file.
    lock_file: Option<LockFile>,
}

impl Store {
    /// Opens a database to serve from it. A file keeps other processes from doing the same; a server has any number
    /// of them, but none while tables are being changed.
    ///
    /// * `url`: `sqlite://path/to/file`, which is created if missing, or `postgres://user@host/name`.
    ///
    /// # Errors
    ///
    /// [`Error::Url`], [`Error::Locked`] while another process owns the file, changes tables, or is of a release that
    /// owned its server alone, [`Error::Schema`] for tables newer than this program (or older, without
    /// [`Options::migrate`]), [`Error::Corrupt`], [`Error::File`], [`Error::Unavailable`].
    pub async fn open(url: &str, options: &Options) -> Result<Self, Error> {
        // Boxed: opening holds more than a caller's stack should.
        match Backend::of(url)? {
            Backend::Sqlite => Box::pin(Self::open_file(url, options)).await,
            Backend::Postgres => Box::pin(Self::open_server(url, options)).await,
        }
    }

    async fn open_file(url: &str, options: &Options) -> Result<Self, Error> {
        let sqlite = Sqlite::parse(url)?;
        let lock = LockFile::take(sqlite.path())?;
        let connection = sqlite.writer(options).await?;
        if options.check_after_crash && lock.found_open() {
            Sqlite::check(&connection).await?;
        }
        if options.migrate {
            migrate(&connection).await?;
        }
        require_current(&connection).await?;
        let readers = sqlite.readers(options.readers).await?;
        let store = Self::to_write((connection, readers), None, Some(lock), options);
        store.with_keys().await
    }

    async fn open_server(url: &str, options: &Options) -> Result<Self, Error> {
        let postgres = Postgres::parse(url, options)?;
        if options.migrate {
            postgres.migrate().await?;
        }
        postgres.probe().await?;
        let connection = postgres.writer().await?;
        require_current(&connection).await?;
        let readers = postgres.readers(options.readers).await?;
        let store = Self::to_write((connection, readers), Some(postgres), None, options);
        store.with_keys().await
    }

    /// Opens a database to change settings in it beside the process that serves from it, if there is one. They wait up
    /// to five seconds for each other's transactions, so keep them short.
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
        let store = Self::to_write((connection, readers), None, None, options);
        store.with_keys().await
    }

    /// Opens a database to look on, while its owner runs or after; takes no lock and changes nothing.
    ///
    /// # Errors
    ///
    /// As [`Store::open`], but never [`Error::Locked`]; [`Error::Unavailable`] if there is no such file.
    pub async fn open_read_only(url: &str, options: &Options) -> Result<Self, Error> {
        let readers = match Backend::of(url)? {
            Backend::Sqlite => Sqlite::parse(url)?.readers(options.readers).await?,
            Backend::Postgres => {
                Postgres::parse(url, options)?
                    .readers(options.readers)
                    .await?
            }
        };
        require_current(&readers).await?;
        let store = Self::of(readers, None, options);
        data_key::load(&store.inner.readers, &store.inner.keys).await?;
        Ok(store)
    }

    fn to_write(
        (connection, readers): (DatabaseConnection, DatabaseConnection),
        postgres: Option<Postgres>,
        lock_file: Option<LockFile>,
        options: &Options,
    ) -> Self {
        let writer = Writer {
            session: Session::new(connection, postgres.map(Arc::new)),
            write_lock: Arc::new(Mutex::new(Names::new())),
            lock_file,
        };
        Self::of(readers, Some(writer), options)
    }

    fn of(readers: DatabaseConnection, writer: Option<Writer>, options: &Options) -> Self {
        let keys = Arc::new(Keyring::of(options.master_keys.clone()));
        Self {
            inner: Arc::new(Inner {
                readers,
                writer,
                keys,
            }),
        }
    }

    /// The same with the data keys of the database; the first one is made where there is a master key.
    async fn with_keys(self) -> Result<Self, Error> {
        let Inner { readers, keys, .. } = &*self.inner;
        data_key::load(readers, keys).await?;
        if keys.master().is_some() && !keys.seals() {
            self.note(|tx| Box::pin(async move { tx.add_first_data_key(tx.order().time()).await }))
                .await?;
            data_key::load(readers, keys).await?;
        }
        Ok(self)
    }

    /// Queries that see what was committed last.
    pub fn read(&self) -> Read<'_> {
        Read {
            executor: DatabaseExecutor::Connection(&self.inner.readers),
            keys: &self.inner.keys,
        }
    }

    /// Whether several processes may serve from this database at once.
    pub fn is_shared(&self) -> bool {
        self.inner.readers.get_database_backend() == DbBackend::Postgres
    }

    /// Waits for its turn in this process, begins a transaction and locks the commit order; see [`WriteTx`].
    ///
    /// # Errors
    ///
    /// [`Error::ReadOnly`]; [`Error::Locked`] while a process changes tables or owns the server alone;
    /// [`Error::Unavailable`].
    pub async fn begin(&self) -> Result<WriteTx, Error> {
        self.begin_with(Numbers::Given).await
    }

    async fn begin_with(&self, numbers: Numbers) -> Result<WriteTx, Error> {
        let writer = self.writer()?;
        let write_lock = Arc::clone(&writer.write_lock);
        let session = (writer.session.clone(), Arc::clone(&self.inner.keys));
        // In a task of its own: a future dropped during BEGIN would put a connection with an open
        // transaction back into the pool.
        spawned(
            async move { WriteTx::begin(session, write_lock.lock_owned().await, numbers).await },
        )
        .await
    }

    /// Changes settings: does `work` in a transaction that takes a number in commit order, in a task of its own:
    /// committed if it answers `Ok`, undone if it answers `Err` or panics, and never left half done by a caller that
    /// goes away. Unless `work` logs something else, leads are routed by another revision from then on.
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
            let worked = tx.within(WORK_MAX, async {
                let answer = work(&tx).await?;
                tx.log_settings().await?;
                Ok(answer)
            });
            let worked = worked.await;
            end(tx, worked).await
        })
        .await
    }

    /// Writes what has no place in commit order, such as the progress of a job: the same without a number, and it
    /// waits for no other process that gives out numbers.
    ///
    /// # Errors
    ///
    /// Those of `work`; [`Error::Unavailable`] also where the answer to the commit was lost, so that it may be stored.
    ///
    /// # Panics
    ///
    /// If `work` does.
    pub async fn note<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(&'tx WriteTx) -> Work<'tx, T> + Send + 'static,
    {
        let store = self.clone();
        spawned(async move {
            let tx = store.begin_with(Numbers::None).await?;
            let worked = tx.within(WORK_MAX, work(&tx)).await;
            end(tx, worked).await
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
    /// waits for the write lock, and says whether the log is empty then: somebody who reads may keep it from that. On
    /// PostgreSQL, which does this by itself, it does nothing.
    ///
    /// # Errors
    ///
    /// [`Error::ReadOnly`], [`Error::Unavailable`].
    pub async fn checkpoint(&self) -> Result<bool, Error> {
        let writer = self.writer()?;
        let write_lock = Arc::clone(&writer.write_lock).lock_owned().await;
        let connection = writer.session.connection();
        spawned(async move {
            let _lock = write_lock;
            Sqlite::checkpoint(&connection, false).await
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
        let Inner {
            readers, writer, ..
        } = &*self.inner;
        readers.close_by_ref().await?;
        let Some(writer) = writer else {
            return Ok(());
        };
        writer.session.close();
        let _lock = writer.write_lock.lock().await;
        let connection = writer.session.connection();
        if writer.lock_file.is_some() {
            Sqlite::checkpoint(&connection, true).await?;
        }
        connection.close_by_ref().await?;
        match &writer.lock_file {
            Some(lock_file) => lock_file.release(),
            None => Ok(()),
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

/// Commits what was done, or undoes it.
async fn end<T>(tx: WriteTx, worked: Result<T, Error>) -> Result<T, Error> {
    match worked {
        Ok(answer) => tx.commit().await.map(|()| answer),
        Err(error) => {
            // The first error is returned; dropping the connection rolls back as well.
            let _ = tx.rollback().await;
            Err(error)
        }
    }
}

async fn require_current(connection: &DatabaseConnection) -> Result<(), Error> {
    let pending = pending(connection).await?;
    if pending.is_empty() {
        return require_format(connection).await;
    }
    Err(Error::Schema {
        what: format!(
            "not migrated: {}; `pointsman migrate` brings it up to date",
            pending.join(", ")
        ),
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
