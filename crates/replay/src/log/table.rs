//! Files as a stream of column batches, with only the columns that are asked for.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::JoinHandle,
};

use pointsman_lead::Problem;

use super::{
    Format,
    batch::Batch,
    cells::Cells,
    csv::{CsvFile, Header, Packing},
    line,
    parquet::ParquetFile,
    shown,
};
use crate::Error;

/// Batches that wait while one is worked on.
const BATCHES_AHEAD: usize = 2;

/// A Parquet file or a delimited text, also packed, whose header has been read.
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
}

/// What the first bytes of a file say that it is.
enum Kind {
    Parquet,
    Text(Packing),
}

impl Table {
    /// Reads the header of a file. What it holds is told from its first bytes, whatever its name is.
    pub(crate) fn open(path: &Path, format: &Format) -> Result<Self, Problem> {
        let shown = path.display();
        if !path.is_file() {
            return Err(
                Problem::new("log_missing", "log", format!("there is no file `{shown}`"))
                    .hint("the path is relative to the folder of scenario.toml"),
            );
        }
        let unreadable = |error: io::Error| unreadable(path, &error);
        let kind = kind(path).map_err(unreadable)??;
        let source = match kind {
            Kind::Parquet => {
                Source::Parquet(guarded(|| ParquetFile::open(path)).map_err(unreadable)?)
            }
            Kind::Text(packing) => {
                let file = CsvFile {
                    path: path.to_owned(),
                    packing,
                    dialect: format.dialect,
                };
                let header = file.header().map_err(unreadable)?;
                let header = header.map_err(|flaw| line::flaw_problem(&flaw))?;
                refuse_binary(path, &header)?;
                Source::Csv(file, header)
            }
        };
        Ok(Self {
            path: path.to_owned(),
            n_bytes: path.metadata().map_or(0, |metadata| metadata.len()),
            null_values: format.null_values.clone(),
            source,
        })
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
        }
    }

    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns().any(|known| known == column)
    }

    /// The first row of a delimited text.
    pub(crate) fn header(&self) -> Option<&Header> {
        match &self.source {
            Source::Parquet(_) => None,
            Source::Csv(_, header) => Some(header),
        }
    }

    /// What a column holds that no log does; none for one that can be read, or that is not there.
    pub(crate) fn unreadable(&self, column: &str) -> Option<&str> {
        match &self.source {
            Source::Parquet(file) => file.unreadable(column),
            Source::Csv(..) => None,
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
        let mut push = |mut batch: Batch| {
            for (_, cells) in &mut batch.columns {
                let read = std::mem::replace(cells, Cells::Absent);
                *cells = read.without(&self.null_values);
            }
            sender.send(Ok(batch)).is_ok()
        };
        match &self.source {
            Source::Parquet(file) => file.read(&self.path, columns, &mut push),
            Source::Csv(file, _) => file.read(columns, &mut push),
        }
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

/// What a file is: by its first bytes, and where they are plain text by its name.
fn kind(path: &Path) -> io::Result<Result<Kind, Problem>> {
    let mut first = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut first)?;
    let refused = |what: &str, hint: &str| {
        let message = format!("`{}` is {what}", path.display());
        Ok(Err(
            Problem::new("log_kind_unknown", "log", message).hint(hint)
        ))
    };
    if first.is_empty() {
        let message = format!("`{}` is empty", path.display());
        return Ok(Err(Problem::new("log_empty", "log", message)));
    }
    if first.starts_with(b"PAR1") {
        return Ok(Ok(Kind::Parquet));
    }
    if first.starts_with(b"\x1f\x8b") {
        return Ok(Ok(Kind::Text(Packing::Gzip)));
    }
    if first.starts_with(b"\x28\xb5\x2f\xfd") {
        return Ok(Ok(Kind::Text(Packing::Zstd)));
    }
    for (magic, what) in FOREIGN {
        if first.starts_with(magic) {
            return refused(
                what,
                "a log is a Parquet file or a CSV in UTF-8, also packed with gzip or zstd",
            );
        }
    }
    if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") || first.contains(&0) {
        return refused(
            "not UTF-8 but UTF-16, or not a text at all",
            "save it as UTF-8",
        );
    }
    match extension(path).as_str() {
        "csv" | "tsv" | "txt" | "gz" | "zst" => Ok(Ok(Kind::Text(Packing::Plain))),
        "parquet" => refused(
            "called .parquet, but does not begin as such a file does",
            "name a CSV .csv",
        ),
        _ => {
            let message = format!("`{}` does not say what it holds", path.display());
            Ok(Err(Problem::new("log_kind_unknown", "log", message)
                .hint("name it .parquet, .csv or .csv.gz")))
        }
    }
}

/// How files begin that are often taken for a log.
const FOREIGN: [(&[u8], &str); 10] = [
    (b"PARE", "an encrypted Parquet file"),
    (b"PK\x03\x04", "a ZIP archive or an Excel sheet"),
    (b"\xd0\xcf\x11\xe0", "an old Excel sheet"),
    (b"BZh", "packed with bzip2"),
    (b"\xfd7zXZ\0", "packed with xz"),
    (b"ARROW1", "an Arrow file"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"{", "JSON"),
];

fn extension(path: &Path) -> String {
    let extension = path.extension().unwrap_or_default();
    extension.to_string_lossy().to_lowercase()
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
