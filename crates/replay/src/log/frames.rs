//! Files as a stream of column batches, with only the columns that are asked for.

use std::{
    io::Cursor,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::JoinHandle,
};

use pointsman_lead::Problem;
use polars::prelude::{
    CsvReadOptions, DataFrame, DataType, Engine, LazyCsvReader, LazyFileListReader, LazyFrame,
    PlRefPath, PlanCallback, PolarsError, PolarsResult, ScanArgsParquet, SerReader, col,
};

use super::gzip::Pieces;
use crate::Error;

/// Rows that are read at once. Bounds the memory of a replay together with [`BATCHES_AHEAD`].
const BATCH_ROWS: NonZeroUsize = NonZeroUsize::new(16_384).expect("not zero");

/// Batches that wait while one is worked on.
const BATCHES_AHEAD: usize = 2;

/// A Parquet or CSV file, also gzipped, whose header has been read.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    path: PathBuf,
    kind: Kind,
    columns: Vec<(String, DataType)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Parquet,
    Csv,
    GzippedCsv,
}

impl Kind {
    fn of(path: &Path) -> Option<Self> {
        let extension = |path: &Path| Some(path.extension()?.to_string_lossy().to_lowercase());
        match extension(path)?.as_str() {
            "parquet" => Some(Self::Parquet),
            "csv" => Some(Self::Csv),
            "gz" => {
                let stem = Path::new(path.file_stem()?);
                extension(stem)
                    .filter(|inner| inner == "csv")
                    .map(|_| Self::GzippedCsv)
            }
            _ => None,
        }
    }
}

impl Table {
    /// Reads the header of a file.
    pub(crate) fn open(path: &Path) -> Result<Self, Problem> {
        let shown = path.display();
        if !path.is_file() {
            return Err(
                Problem::new("log_missing", "log", format!("there is no file `{shown}`"))
                    .hint("the path is relative to the folder of scenario.toml"),
            );
        }
        let kind = Kind::of(path).ok_or_else(|| {
            let message = format!("`{shown}` does not say what it holds");
            Problem::new("log_kind_unknown", "log", message)
                .hint("name it .parquet, .csv or .csv.gz")
        })?;
        let unreadable = |error: PolarsError| {
            Problem::new(
                "log_unreadable",
                "log",
                format!("`{shown}` cannot be read: {error}"),
            )
        };
        let schema = match kind {
            Kind::GzippedCsv => Pieces::open(path)
                .map_err(Into::into)
                .and_then(|pieces| parse(pieces.header().to_vec(), None))
                .map(|frame| frame.schema().clone()),
            _ => scan(path, kind).and_then(|mut frame| frame.collect_schema()),
        };
        let schema = schema.map_err(unreadable)?;
        let columns = schema
            .iter()
            .map(|(name, kind)| (name.to_string(), kind.clone()))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            kind,
            columns,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Names of all columns, in the order of the file.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns().any(|known| known == column)
    }

    /// Streams the rows in the order of the file, with the named columns alone.
    pub(crate) fn frames(&self, columns: &[String]) -> Frames {
        let (sender, receiver) = sync_channel(BATCHES_AHEAD);
        let (path, kind, columns) = (self.path.clone(), self.kind, columns.to_vec());
        let table = self.path.clone();
        let worker = std::thread::spawn(move || {
            let read = match kind {
                Kind::GzippedCsv => send_pieces(&path, &columns, &sender),
                _ => send_scan(&path, kind, &columns, &sender),
            };
            if let Err(source) = read {
                // If nobody listens any more, nobody cares about the failure either.
                let _ = sender.send(Err(Error::Read { path, source }));
            }
        });
        Frames {
            path: table,
            receiver: Some(receiver),
            worker: Some(worker),
        }
    }
}

type Sender = SyncSender<Result<DataFrame, Error>>;

fn send_scan(path: &Path, kind: Kind, columns: &[String], sender: &Sender) -> PolarsResult<()> {
    let selected: Vec<_> = columns.iter().map(|name| col(name.as_str())).collect();
    let batches = sender.clone();
    // A receiver that is gone wants no more: the callback then says that it has enough.
    let push = PlanCallback::new(move |frame: DataFrame| Ok(batches.send(Ok(frame)).is_err()));
    let plan = scan(path, kind)?
        .select(selected)
        .sink_batches(push, true, Some(BATCH_ROWS))?;
    plan.collect_with_engine(Engine::Streaming).map(|_| ())
}

fn send_pieces(path: &Path, columns: &[String], sender: &Sender) -> PolarsResult<()> {
    for piece in Pieces::open(path)? {
        let frame = parse(piece?, Some(columns))?;
        if sender.send(Ok(frame)).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Parses a CSV in memory, everything as text.
///
/// * `columns`: those to keep; none: all.
fn parse(csv: Vec<u8>, columns: Option<&[String]>) -> PolarsResult<DataFrame> {
    let columns = columns.map(|columns| columns.iter().map(|name| name.as_str().into()).collect());
    CsvReadOptions::default()
        .with_infer_schema_length(Some(0))
        .with_columns(columns)
        .into_reader_with_file_handle(Cursor::new(csv))
        .finish()
}

fn scan(path: &Path, kind: Kind) -> PolarsResult<LazyFrame> {
    let path = PlRefPath::try_from_path(path)?;
    match kind {
        Kind::Parquet => LazyFrame::scan_parquet(
            path,
            ScanArgsParquet {
                glob: false,
                ..Default::default()
            },
        ),
        // Everything as text: our own parsers name the row and the value that they refuse.
        Kind::Csv | Kind::GzippedCsv => LazyCsvReader::new(path)
            .with_glob(false)
            .with_infer_schema_length(Some(0))
            .finish(),
    }
}

/// The batches of a file, read on a thread of their own.
#[derive(Debug)]
pub(crate) struct Frames {
    path: PathBuf,
    receiver: Option<Receiver<Result<DataFrame, Error>>>,
    worker: Option<JoinHandle<()>>,
}

impl Iterator for Frames {
    type Item = Result<DataFrame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Ok(frame) = self.receiver.as_ref()?.recv() {
            return Some(frame);
        }
        // The end, unless polars panicked: half a log must not pass for a whole one.
        let failed = self.worker.take()?.join().is_err();
        failed.then(|| {
            let source = PolarsError::ComputeError("the reader broke off".into());
            Err(Error::Read {
                path: self.path.clone(),
                source,
            })
        })
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.receiver = None;
        if let Some(worker) = self.worker.take() {
            // Nobody wants the rest, and so nobody cares how the reading of it went.
            let _ = worker.join();
        }
    }
}
