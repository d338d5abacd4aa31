//! Files of a first scenario, written where nothing was.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use thiserror::Error;

use super::Inspection;

/// Why the files of a scenario were not written. Then none of them was.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// Something of that name is there already, and is never overwritten.
    #[error("`{}` is there already; name another folder with --out", path.display())]
    Taken {
        /// What is there.
        path: PathBuf,
    },
    /// The folder or a file cannot be written.
    #[error("`{}` cannot be written", path.display())]
    Unwritable {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Inspection {
    /// Writes the files of the first scenario into a folder, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// If any of the files is there already, or cannot be written. No file is left behind then.
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>, WriteError> {
        fs::create_dir_all(folder).map_err(|source| WriteError::Unwritable {
            path: folder.to_owned(),
            source,
        })?;
        let mut written: Vec<PathBuf> = Vec::new();
        for (name, text) in &self.files {
            let path = folder.join(name);
            if let Err(error) = write_new(&path, text) {
                // What was written a moment ago is ours.
                for path in &written {
                    let _ = fs::remove_file(path);
                }
                return Err(error);
            }
            written.push(path);
        }
        Ok(written)
    }
}

fn write_new(path: &Path, text: &str) -> Result<(), WriteError> {
    let opened = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = opened.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => WriteError::Taken {
            path: path.to_owned(),
        },
        _ => WriteError::Unwritable {
            path: path.to_owned(),
            source,
        },
    })?;
    file.write_all(text.as_bytes())
        .map_err(|source| WriteError::Unwritable {
            path: path.to_owned(),
            source,
        })
}
