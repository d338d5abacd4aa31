//! Files as a stream of column batches, with only the columns that are asked for.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, sync_channel},
    thread::JoinHandle,
};

use pointsman_lead::Problem;
use polars::prelude::{
    DataFrame, DataType, Engine, LazyCsvReader, LazyFileListReader, LazyFrame, PlRefPath,
    PlanCallback, PolarsResult, ScanArgsParquet, col,
};

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
}

impl Table {
    /// Reads the header of a file.
    pub(crate) fn open(path: &Path) -> Result<Self, Problem> {
        let shown = path.display();
        if !path.is_file() {
            return Err(Problem::new("log_missing", "log", format!("there is no file `{shown}`"))
                .hint("the path is relative to the folder of scenario.toml"));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let kind = if name.ends_with(".parquet") {
            Kind::Parquet
        } else if name.ends_with(".csv") || name.ends_with(".csv.gz") {
            Kind::Csv
        } else {
            return Err(Problem::new(
                "log_kind_unknown",
                "log",
                format!("`{shown}` does not say what it holds"),
            )
            .hint("name it .parquet, .csv or .csv.gz"));
        };
        let unreadable = |error: polars::error::PolarsError| {
            Problem::new("log_unreadable", "log", format!("`{shown}` cannot be read: {error}"))
        };
        let schema = scan(path, kind)
            .and_then(|mut frame| frame.collect_schema())
            .map_err(unreadable)?;
        let columns = schema
            .iter()
            .map(|(name, kind)| (name.to_string(), kind.clone()))
            .collect();
        Ok(Self { path: path.to_owned(), kind, columns })
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
        let selected: Vec<_> = columns.iter().map(|name| col(name.as_str())).collect();
        let (path, kind) = (self.path.clone(), self.kind);
        let worker = std::thread::spawn(move || {
            let batches = sender.clone();
            // A receiver that is gone wants no more: the callback then says that it has enough.
            let push = PlanCallback::new(move |frame: DataFrame| Ok(batches.send(Ok(frame)).is_err()));
            let read = scan(&path, kind)
                .and_then(|frame| frame.select(selected).sink_batches(push, true, Some(BATCH_ROWS)))
                .and_then(|frame| frame.collect_with_engine(Engine::Streaming));
            if let Err(error) = read {
                // If nobody listens any more, nobody cares about the failure either.
                let _ = sender.send(Err(Error::Read { path, source: error }));
            }
        });
        Frames { receiver: Some(receiver), worker: Some(worker) }
    }
}

fn scan(path: &Path, kind: Kind) -> PolarsResult<LazyFrame> {
    let path = PlRefPath::try_from_path(path)?;
    match kind {
        Kind::Parquet => {
            LazyFrame::scan_parquet(path, ScanArgsParquet { glob: false, ..Default::default() })
        }
        // Everything as text: our own parsers name the row and the value that they refuse.
        Kind::Csv => LazyCsvReader::new(path)
            .with_glob(false)
            .with_infer_schema_length(Some(0))
            .finish(),
    }
}

/// The batches of a file, read on a thread of their own.
#[derive(Debug)]
pub(crate) struct Frames {
    receiver: Option<Receiver<Result<DataFrame, Error>>>,
    worker: Option<JoinHandle<()>>,
}

impl Iterator for Frames {
    type Item = Result<DataFrame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.receiver.as_ref()?.recv().ok()
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.receiver = None;
        if let Some(worker) = self.worker.take() {
            // It only fails if polars panicked, and then there is nothing to save.
            let _ = worker.join();
        }
    }
}
