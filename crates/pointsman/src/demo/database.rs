//! The demonstration's database: a SQLite file made anew.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// A file that is not there yet, or not any more. An unnamed one is removed when this is dropped.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    is_temporary: bool,
}

impl DatabaseFile {
    /// Makes room for a new database.
    ///
    /// * `named`: where; `None`: in the temporary folder.
    ///
    /// # Errors
    ///
    /// If what is there belongs to a running process, or is no database.
    pub(super) fn anew(named: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = named else {
            let name = format!("pointsman-demo-{}.db", std::process::id());
            let database = Self {
                path: std::env::temp_dir().join(name),
                is_temporary: true,
            };
            database.remove();
            return Ok(database);
        };
        let database = Self {
            path: path.to_owned(),
            is_temporary: false,
        };
        database
            .refuse_foreign()
            .with_context(|| format!("{}", path.display()))?;
        database.remove();
        Ok(database)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn url(&self) -> String {
        format!("sqlite://{}", self.path.display())
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(ending);
        path.into()
    }

    /// A file of another kind is kept.
    fn refuse_foreign(&self) -> anyhow::Result<()> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let mut head = Vec::new();
        file.by_ref().take(16).read_to_end(&mut head)?;
        if !head.is_empty() && head != MAGIC {
            bail!("this file is no database, and is kept; name another one with --db");
        }
        match OpenOptions::new()
            .write(true)
            .open(self.beside(".lock"))
            .map(|lock| lock.try_lock())
        {
            Ok(Err(TryLockError::WouldBlock)) => bail!("a running process uses this database"),
            _ => Ok(()),
        }
    }

    /// What cannot be removed shows as soon as the database is opened.
    fn remove(&self) {
        for ending in ["", "-wal", "-shm", ".lock"] {
            let _ = fs::remove_file(self.beside(ending));
        }
    }
}

impl Drop for DatabaseFile {
    fn drop(&mut self) {
        if self.is_temporary {
            self.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_made_anew_and_another_file_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (old, letter) = (
            folder.path().join("old.db"),
            folder.path().join("letter.txt"),
        );
        fs::write(&old, [MAGIC.as_slice(), b"rows"].concat()).unwrap();
        fs::write(&letter, "Dear Ann,").unwrap();
        assert!(DatabaseFile::anew(Some(&old)).is_ok());
        assert!(DatabaseFile::anew(Some(&letter)).is_err());
        assert_eq!((old.exists(), letter.exists()), (false, true));
    }

    #[test]
    fn a_database_in_use_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used.db");
        fs::write(&path, MAGIC).unwrap();
        let lock = File::create(folder.path().join("used.db.lock")).unwrap();
        lock.try_lock().unwrap();
        assert!(DatabaseFile::anew(Some(&path)).is_err());
        assert!(path.exists());
    }

    #[test]
    fn a_temporary_database_leaves_nothing_behind() {
        let database = DatabaseFile::anew(None).unwrap();
        let path = database.path().to_owned();
        fs::write(&path, MAGIC).unwrap();
        drop(database);
        assert!(!path.exists());
    }
}
