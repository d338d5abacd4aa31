//! Files as a stream of column batches, with only the columns that are asked for.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

use pointsman_lead::Problem;

use super::{
    Format,
    batch::Batch,
    cells::Cells,
    csv::{CsvFile, Header},
    kind::{FileKind, kind},
    line,
    ndjson::NdjsonFile,
    parquet::ParquetFile,
    parts::{self, FoundFile},
    shown,
    texts::Texts,
};
use crate::Error;

/// Batches that wait while one is worked on.
const BATCHES_AHEAD: usize = 2;

/// A Parquet file, a delimited text or NDJSON, the texts also packed, whose columns are known; or several of them.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    path: PathBuf,
    n_bytes: u64,
    null_values: Vec<String>,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Parquet(ParquetFile),
    Csv(CsvFile, Header),
    Ndjson(NdjsonFile),
    Many(Box<Many>),
}

/// Several files, read one after the other. Numbers of rows go on from file to file.
#[derive(Debug, Clone)]
struct Many {
    parts: Vec<(Table, FoundFile)>,
    columns: Vec<String>,
    /// For each file that was begun: the rows of all before it.
    begun: Arc<Mutex<Vec<u64>>>,
}

impl Table {
    /// Reads the header of a file, or of all files that a folder or a name with stars stands for. What a file holds is told from
    /// its first bytes, whatever its name is.
    pub(crate) fn open(path: &Path, format: &Format) -> Result<Self, Problem> {
        let shown = path.display();
        if parts::is_many(path) {
            return Self::open_many(path, format);
        }
        if !path.is_file() {
            return Err(
                Problem::new("log_missing", "log", format!("there is no file `{shown}`"))
                    .hint("the path is relative to the folder of scenario.toml"),
            );
        }
        let unreadable = |error: io::Error| unreadable(path, &error);
        let kind = kind(path, format).map_err(unreadable)??;
        let source = match kind {
            FileKind::Parquet => {
                Source::Parquet(guarded(|| ParquetFile::open(path)).map_err(unreadable)?)
            }
            FileKind::Text(packing) => {
                let file = CsvFile {
                    path: path.to_owned(),
                    packing,
                    dialect: format.dialect.clone(),
                };
                let header = file.header().map_err(unreadable)?;
                let header = header.map_err(|flaw| line::flaw_problem(&flaw))?;
                refuse_binary(path, &header)?;
                Source::Csv(file, header)
            }
            FileKind::Lines(packing) => {
                Source::Ndjson(NdjsonFile::open(path.to_owned(), packing).map_err(unreadable)?)
            }
        };
        Ok(Self {
            path: path.to_owned(),
            n_bytes: path.metadata().map_or(0, |metadata| metadata.len()),
            null_values: format.null_values.clone(),
            source,
        })
    }

    fn open_many(path: &Path, format: &Format) -> Result<Self, Problem> {
        let mut parts = Vec::new();
        let mut columns: Vec<String> = Vec::new();
        for file in parts::find(path) {
            let table = Self::open(&file.path, format)?;
            let names = table.columns().map(str::to_owned);
            let names: Vec<String> = names
                .chain(file.partition.iter().map(|(name, _)| name.clone()))
                .collect();
            columns.extend(
                names
                    .into_iter()
                    .filter(|name| !columns.contains(name))
                    .collect::<Vec<_>>(),
            );
            parts.push((table, file));
        }
        if parts.is_empty() {
            let message = format!("`{}` names no file that a log could be", path.display());
            return Err(Problem::new("log_missing", "log", message).hint(
                "files of a log are called .parquet, .csv or .ndjson; the path is relative to the folder of scenario.toml",
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            n_bytes: parts.iter().map(|(table, _)| table.n_bytes).sum(),
            null_values: format.null_values.clone(),
            source: Source::Many(Box::new(Many {
                parts,
                columns,
                begun: Arc::default(),
            })),
        })
    }

    /// A row as messages name it: by its number, and where there are several files by the name of its own.
    pub(crate) fn row_name(&self, row: u64) -> String {
        let Source::Many(many) = &self.source else {
            return format!("row {row}");
        };
        let begun = many.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let file = begun
            .partition_point(|before| *before < row)
            .saturating_sub(1);
        match (begun.get(file), many.parts.get(file)) {
            (Some(before), Some((table, _))) => {
                let name = table.path.strip_prefix(&self.path).unwrap_or(&table.path);
                format!(
                    "row {} of {}",
                    row - before,
                    shown::value(&name.to_string_lossy())
                )
            }
            _ => format!("row {row}"),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the file, packed as it is.
    pub(crate) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Names of all columns, in the order of the file.
    pub(crate) fn columns(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match &self.source {
            Source::Parquet(file) => Box::new(file.columns()),
            Source::Csv(_, header) => Box::new(header.columns.iter().map(String::as_str)),
            Source::Ndjson(file) => Box::new(file.columns.iter().map(String::as_str)),
            Source::Many(many) => Box::new(many.columns.iter().map(String::as_str)),
        }
    }

    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns().any(|known| known == column)
    }

    /// Whether it is a delimited text.
    pub(crate) fn is_text(&self) -> bool {
        match &self.source {
            Source::Csv(..) => true,
            Source::Parquet(_) | Source::Ndjson(_) => false,
            Source::Many(many) => many.parts.iter().any(|(table, _)| table.is_text()),
        }
    }

    /// The word for what it is.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.source {
            Source::Csv(..) => "CSV",
            Source::Parquet(_) => "Parquet",
            Source::Ndjson(_) => "NDJSON",
            Source::Many(many) => many
                .parts
                .first()
                .map_or("files", |(table, _)| table.kind()),
        }
    }

    /// The first row of a delimited text.
    pub(crate) fn header(&self) -> Option<&Header> {
        match &self.source {
            Source::Parquet(_) | Source::Ndjson(_) => None,
            Source::Csv(_, header) => Some(header),
            Source::Many(many) => many.parts.iter().find_map(|(table, _)| table.header()),
        }
    }

    /// What a column holds that no log does; none for one that can be read, or that is not there.
    pub(crate) fn unreadable(&self, column: &str) -> Option<&str> {
        match &self.source {
            Source::Parquet(file) => file.unreadable(column),
            Source::Csv(..) | Source::Ndjson(_) => None,
            Source::Many(many) => {
                let mut parts = many.parts.iter();
                parts.find_map(|(table, _)| table.unreadable(column))
            }
        }
    }

    /// Streams the rows in the order of the file, with the named columns alone.
    pub(crate) fn batches(&self, columns: &[String]) -> Batches {
        let (sender, receiver) = sync_channel(BATCHES_AHEAD);
        let (table, columns) = (self.clone(), columns.to_vec());
        let path = self.path.clone();
        let worker = std::thread::spawn(move || {
            if let Err(source) = table.send(&columns, &sender) {
                let path = table.path.clone();
                // If nobody listens any more, nobody cares about the failure either.
                let _ = sender.send(Err(Error::Read { path, source }));
            }
        });
        Batches {
            path,
            receiver: Some(receiver),
            worker: Some(worker),
        }
    }

    fn send(&self, columns: &[String], sender: &Sender) -> io::Result<()> {
        // A receiver that is gone wants no more.
        self.read(columns, &mut |mut batch: Batch| {
            for (_, cells) in &mut batch.columns {
                let read = std::mem::replace(cells, Cells::Absent);
                *cells = read.without(&self.null_values);
            }
            sender.send(Ok(batch)).is_ok()
        })
    }

    fn read(&self, columns: &[String], push: &mut dyn FnMut(Batch) -> bool) -> io::Result<()> {
        match &self.source {
            Source::Parquet(file) => file.read(&self.path, columns, push),
            Source::Csv(file, _) => file.read(columns, push),
            Source::Ndjson(file) => file.read(columns, push),
            Source::Many(many) => many.read(columns, push),
        }
    }
}

impl Many {
    fn read(&self, columns: &[String], push: &mut dyn FnMut(Batch) -> bool) -> io::Result<()> {
        let begun = || self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun().clear();
        let (mut n_rows, mut n_bytes) = (0, 0);
        for (table, file) in &self.parts {
            begun().push(n_rows);
            let (before, mut wants_more) = (n_rows, true);
            let read = table.read(columns, &mut |mut batch| {
                n_rows += batch.n_rows();
                let numbers = batch.numbers.iter_mut();
                numbers.for_each(|number| *number += before);
                batch.flaws.iter_mut().for_each(|flaw| flaw.row += before);
                batch.bytes_done += n_bytes;
                for (name, value) in &file.partition {
                    let is_wanted = columns.contains(name) && !table.has(name);
                    if is_wanted {
                        batch.columns.retain(|(known, _)| known != name);
                        let texts = batch.numbers.iter().map(|_| Some(value));
                        let texts: Texts = texts.collect();
                        batch.columns.push((name.clone(), Cells::Text(texts)));
                    }
                }
                wants_more = push(batch);
                wants_more
            });
            read.map_err(|error| {
                io::Error::new(error.kind(), format!("`{}`: {error}", table.path.display()))
            })?;
            if !wants_more {
                return Ok(());
            }
            n_bytes += table.n_bytes;
        }
        Ok(())
    }
}

type Sender = SyncSender<Result<Batch, Error>>;

/// The batches of a file, read on a thread of their own.
#[derive(Debug)]
pub(crate) struct Batches {
    path: PathBuf,
    receiver: Option<Receiver<Result<Batch, Error>>>,
    worker: Option<JoinHandle<()>>,
}

impl Iterator for Batches {
    type Item = Result<Batch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Ok(batch) = self.receiver.as_ref()?.recv() {
            return Some(batch);
        }
        // The end, unless the reader panicked: half a log must not pass for a whole one.
        let failed = self.worker.take()?.join().is_err();
        failed.then(|| {
            Err(Error::Read {
                path: self.path.clone(),
                source: broke_off(),
            })
        })
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        self.receiver = None;
        if let Some(worker) = self.worker.take() {
            // Nobody wants the rest, and so nobody cares how the reading of it went.
            let _ = worker.join();
        }
    }
}

/// Reads on a thread of its own: what a library did not think of in the bytes of a file ends that thread alone.
fn guarded<T: Send>(read: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    std::thread::scope(|scope| {
        scope
            .spawn(read)
            .join()
            .unwrap_or_else(|_| Err(broke_off()))
    })
}

fn broke_off() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "its bytes are not what they should be, and the reader broke off",
    )
}

pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let message = format!(
        "`{}` cannot be read: {}",
        path.display(),
        shown::text(&error.to_string())
    );
    Problem::new("log_unreadable", "log", message)
}

/// A header with bytes that no text has: the file was packed or written in a way that its first bytes do not tell.
fn refuse_binary(path: &Path, header: &Header) -> Result<(), Problem> {
    let is_binary = header.line.starts_with("PAR1") || header.line.contains('\0');
    if !is_binary {
        return Ok(());
    }
    let message = format!("`{}` is not a text once it is unpacked", path.display());
    Err(Problem::new("log_kind_unknown", "log", message)
        .hint("pack a CSV; a Parquet file is packed already"))
}
