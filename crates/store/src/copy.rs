//! Copies of a database file, as of one commit, taken while others write.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::{
    Error, Options, Store,
    sqlite::Sqlite,
    url::{Backend, url_error},
};

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedFile {
    /// The last number in commit order.
    pub number: i64,
    /// Leads.
    pub leads: i64,
    /// Bytes of the file.
    pub bytes: u64,
}

impl Store {
    /// Copies a database file to another one, while its owner runs or after: everything that was committed before the
    /// copy began, and nothing of what came later. Nobody waits for it.
    ///
    /// The copy is on disk and was read through when this returns.
    ///
    /// * `url`: `sqlite://path/to/file`.
    /// * `to`: a file that is not there yet.
    ///
    /// # Errors
    ///
    /// [`Error::Url`] for a database that is no file, [`Error::File`] for a file that is there or cannot be written,
    /// [`Error::Corrupt`], [`Error::Unavailable`].
    pub async fn copy_file(url: &str, to: &Path) -> Result<CopiedFile, Error> {
        if Backend::of(url)? != Backend::Sqlite {
            return Err(url_error(url));
        }
        if to.exists() {
            return Err(file_error(to, std::io::ErrorKind::AlreadyExists.into()));
        }
        let Some(name) = to.to_str() else {
            return Err(file_error(to, std::io::ErrorKind::InvalidFilename.into()));
        };
        let connection = Sqlite::parse(url)?.guest(&Options::default()).await?;
        // One reading transaction: a copy of one commit, without what was erased and still stood in free room.
        let copy =
            Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO $1", [name.into()]);
        let copied = connection.execute_raw(copy).await;
        connection.close().await?;
        if let Err(error) = copied {
            // What was written so far is of no use.
            let _ = fs::remove_file(to);
            return Err(error.into());
        }
        keep(to)?;
        Self::look_at_copy(to).await
    }

    /// Reads a copy through, and tells what it holds. It may be of an earlier release.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`], [`Error::File`], [`Error::Unavailable`] for what is no database of Pointsman.
    pub async fn look_at_copy(file: &Path) -> Result<CopiedFile, Error> {
        let bytes = fs::metadata(file)
            .map_err(|error| file_error(file, error))?
            .len();
        let sqlite = Sqlite::parse(&format!("sqlite://{}", file.display()))?;
        let connection = sqlite.readers(1).await?;
        Sqlite::check(&connection).await?;
        let sql = "SELECT (SELECT number FROM commit_order WHERE id = 1) AS number, (SELECT COUNT(*) FROM lead) AS leads";
        let row = connection
            .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
            .await?;
        connection.close().await?;
        let row = row.ok_or_else(|| Error::Corrupt {
            what: "the copy answers nothing".to_owned(),
        })?;
        Ok(CopiedFile {
            number: row.try_get("", "number")?,
            leads: row.try_get("", "leads")?,
            bytes,
        })
    }

    /// Puts a copy where a database will be.
    ///
    /// # Errors
    ///
    /// [`Error::Url`], [`Error::File`] for a database that is there already.
    pub fn put_copy(from: &Path, url: &str) -> Result<PathBuf, Error> {
        if Backend::of(url)? != Backend::Sqlite {
            return Err(url_error(url));
        }
        let sqlite = Sqlite::parse(url)?;
        let to = sqlite.path().to_path_buf();
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let file = with(&to, suffix);
            if file.exists() {
                return Err(file_error(&file, std::io::ErrorKind::AlreadyExists.into()));
            }
        }
        let part = with(&to, ".part");
        fs::copy(from, &part).map_err(|error| file_error(&part, error))?;
        keep(&part)?;
        fs::rename(&part, &to).map_err(|error| file_error(&to, error))?;
        keep(&to)?;
        Ok(to)
    }
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Waits until a file and its name are on disk.
fn keep(path: &Path) -> Result<(), Error> {
    let failed = |error| file_error(path, error);
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(failed)?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new(".")));
    folder.and_then(|folder| folder.sync_all()).map_err(failed)
}

fn file_error(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        path: path.display().to_string(),
        source,
    }
}
