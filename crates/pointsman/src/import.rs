//! Leads out of a file, sent to a running server as their source would send them.
//!
//! Each row is one request with a key of its own, so that a row that is sent again is the same lead. What became
//! of it is written to a file of results before the next one is counted: an import that was killed goes on from there, and
//! what was under way then is sent again under the same keys.

mod keys;
mod progress;
mod results;
mod sender;
mod summary;

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, bail};
use futures_util::{StreamExt as _, stream};
use pointsman_lead::Problem;
use pointsman_replay::log::{FileRow, RowReader};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use keys::{Ids, Keys};
use progress::ImportProgress;
use results::{Ended, ImportOf, Results, RowResult};
use sender::Sender;
pub(crate) use summary::Summary;

/// What to import, and where to.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// The file with the leads.
    pub(crate) file: PathBuf,
    /// The source that sends them.
    pub(crate) source: String,
    /// Address of the server, such as `http://127.0.0.1:8080`.
    pub(crate) server: String,
    /// Token that may send leads of the source.
    pub(crate) token: String,
    /// The file of results.
    pub(crate) results: PathBuf,
    /// The column with the ids of leads.
    pub(crate) key_column: Option<String>,
    /// Between cells; `None`: whatever the header has most of.
    pub(crate) separator: Option<u8>,
    /// Leads on their way at a time.
    pub(crate) in_flight: usize,
}

/// Why nothing was imported, or not all.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The file, or what it is imported by, has mistakes: all of them.
    Problems(Vec<Problem>),
    /// It ended before its last row. What was imported until then is in the results.
    Interrupted(anyhow::Error),
    /// Anything else, before a row was sent.
    Other(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// Imports a file, or what is missing of it.
///
/// # Errors
///
/// [`Stop`]. To import again goes on where this ended.
pub(crate) async fn import(job: &Job) -> Result<Summary, Stop> {
    let hash = hash_of(&job.file)?;
    let n_rows = count_rows(job)?;
    let run = ImportOf {
        file_sha256: hash.clone(),
        source: job.source.clone(),
        key_column: job.key_column.clone(),
    };
    let (mut results, done) = Results::open(&job.results, &run)?;
    let mut summary = Summary::new(n_rows);
    let mut ended = BTreeSet::new();
    for result in done {
        if ended.insert(result.row) {
            summary.known(&result);
        }
    }
    let mut progress = ImportProgress::new(n_rows, &summary);
    let sender = Arc::new(Sender::new(job)?);
    let rows = rows(job)?.filter(|row| {
        let row = row.as_ref().map_or(0, |keyed| keyed.row.row);
        std::future::ready(!ended.contains(&row))
    });
    let sent = rows.map(|row| {
        let sender = Arc::clone(&sender);
        async move { one(&sender, row?).await }
    });
    let mut sent = std::pin::pin!(sent.buffer_unordered(job.in_flight));
    let mut stopped = None;
    // After a failure no further row is begun; those under way are waited for, since their ends are worth keeping.
    while let Some(result) = sent.next().await {
        match result {
            Ok(result) => {
                results.keep(&result)?;
                summary.new_result(&result);
                progress.show(&summary);
            }
            Err(error) => {
                sender.stop();
                stopped.get_or_insert(error);
            }
        }
    }
    results.finish()?;
    progress.end();
    if let Some(error) = stopped {
        return Err(Stop::Interrupted(error));
    }
    // Rows are known by their numbers, which may have been those of others.
    if hash_of(&job.file)? != hash {
        let file = job.file.display();
        return Err(Stop::Other(anyhow::anyhow!(
            "{file} was changed while it was imported"
        )));
    }
    Ok(summary)
}

/// A row with the key by which the server knows it.
struct KeyedRow {
    row: FileRow,
    key: String,
}

/// Sends a row, unless it is none.
async fn one(sender: &Sender, row: KeyedRow) -> anyhow::Result<RowResult> {
    let KeyedRow { row, key } = row;
    let FileRow { row, line, cells } = row;
    let ended = match cells {
        Ok(cells) => sender.send(&key, &cells).await?,
        Err(problem) => Ended::refused(vec![json!(problem)]),
    };
    Ok(RowResult { row, line, ended })
}

/// The rows of the file, read as they are wanted, in a thread of their own.
fn rows(job: &Job) -> Result<impl stream::Stream<Item = io::Result<KeyedRow>> + use<>, Stop> {
    let mut reader = open(job)?;
    let mut keys = Keys::new(job.key_column.as_ref(), reader.columns());
    let (read, rows) = tokio::sync::mpsc::channel(64);
    tokio::task::spawn_blocking(move || {
        loop {
            let row = reader.next().transpose();
            let is_last = !matches!(row, Some(Ok(_)));
            let row = row.map(|row| {
                row.map(|row| {
                    let key = row.cells.as_ref().map(|cells| keys.next(cells));
                    let key = key.unwrap_or_default();
                    KeyedRow { row, key }
                })
            });
            if let Some(row) = row
                && read.blocking_send(row).is_err()
            {
                return;
            }
            if is_last {
                return;
            }
        }
    });
    Ok(stream::unfold(rows, async |mut rows| {
        Some((rows.recv().await?, rows))
    }))
}

fn open(job: &Job) -> Result<RowReader, Stop> {
    let opened = RowReader::open(&job.file, job.separator)?;
    let reader = opened.map_err(Stop::Problems)?;
    if let Some(column) = &job.key_column
        && !reader.columns().contains(column)
    {
        let message = format!("there is no column `{column}`");
        let columns = reader.columns().join(", ");
        let problem = Problem::new("unknown_column", "--key-column", message);
        return Err(Stop::Problems(vec![
            problem.hint(format!("columns are {columns}")),
        ]));
    }
    Ok(reader)
}

/// How many rows there are. That the file can be read to its end is known before the first lead is sent.
fn count_rows(job: &Job) -> Result<u64, Stop> {
    let mut reader = open(job)?;
    let mut ids = Ids::new(job.key_column.as_ref(), reader.columns());
    let mut n_rows = 0;
    while let Some(row) = reader.next()? {
        n_rows = row.row;
        if let Ok(cells) = &row.cells {
            ids.look_at(row.line, cells);
        }
    }
    ids.finish().map_err(Stop::Problems)?;
    if n_rows == 0 {
        return Err(Stop::Other(anyhow::anyhow!(
            "{} has a header and no rows",
            job.file.display()
        )));
    }
    Ok(n_rows)
}

/// SHA-256 of a file, in hex.
///
/// # Errors
///
/// What is read several times must be a file: a pipe has nothing more to give.
fn hash_of(path: &Path) -> anyhow::Result<String> {
    let cannot = || format!("cannot read {}", path.display());
    if !std::fs::metadata(path).with_context(cannot)?.is_file() {
        bail!("{} is not a file", path.display());
    }
    let mut file = File::open(path).with_context(cannot)?;
    let (mut sha, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer).with_context(cannot)? {
            0 => break,
            n_read => sha.update(&buffer[..n_read]),
        }
    }
    let bytes: [u8; 32] = sha.finalize().into();
    Ok(pointsman_flow::Hash::from(bytes).to_string())
}

/// The separator that a person named.
///
/// # Errors
///
/// If it is no single character of ASCII.
pub(crate) fn separator(named: Option<char>) -> anyhow::Result<Option<u8>> {
    let Some(named) = named else {
        return Ok(None);
    };
    match u8::try_from(named) {
        Ok(byte) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(Some(byte)),
        _ => bail!("`{named}` cannot be a separator; use one such as `,` or `;`"),
    }
}
