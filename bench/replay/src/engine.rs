//! Who reads the log, and what is done with it.

use std::{path::Path, time::Instant};

use anyhow::{Context as _, Result, bail, ensure};
use pointsman_replay::Scenario;
use polars::prelude::*;

use crate::{
    made,
    measured::{Measured, peak_mib},
};

/// What is measured, in the order of a round.
pub(crate) const MEASURED: [(Task, Engine); 5] = [
    (Task::Parquet, Engine::Pointsman),
    (Task::Parquet, Engine::PolarsScan),
    (Task::Csv, Engine::Pointsman),
    (Task::Csv, Engine::PolarsScan),
    (Task::Stateful, Engine::Pointsman),
];

/// What is done with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// A candidate and a baseline are valued on a Parquet file, with clusters.
    Parquet,
    /// The same on a CSV of a tenth of the rows.
    Csv,
    /// A bandit that learns by recorded answers, in the order of time, on a Parquet file of a tenth of the rows.
    Stateful,
}

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Pointsman,
    /// polars, which reads the same columns and adds them up.
    PolarsScan,
}

impl Task {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::Stateful => "stateful",
        }
    }

    pub(crate) fn named(word: &str) -> Result<Self> {
        let all = [Self::Parquet, Self::Csv, Self::Stateful];
        let named = all.into_iter().find(|task| task.word() == word);
        named.with_context(|| format!("no task is called `{word}`"))
    }

    /// The rows of its log, for a log of `rows`.
    pub(crate) fn rows(self, rows: usize) -> usize {
        match self {
            Self::Parquet => rows,
            Self::Csv | Self::Stateful => rows / 10,
        }
    }
}

impl Engine {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Pointsman => "pointsman",
            Self::PolarsScan => "polars-scan",
        }
    }

    pub(crate) fn named(word: &str) -> Result<Self> {
        let all = [Self::Pointsman, Self::PolarsScan];
        let named = all.into_iter().find(|engine| engine.word() == word);
        named.with_context(|| format!("no engine is called `{word}`"))
    }

    /// Does the task once, in this process.
    pub(crate) fn measure(self, task: Task, folder: &Path, rows: usize) -> Result<Measured> {
        let begun = Instant::now();
        let value = match self {
            Self::Pointsman => simulated(&folder.join(task.word()))?,
            Self::PolarsScan => scanned(task, folder)?,
        };
        let rows = task.rows(rows);
        #[expect(clippy::cast_precision_loss, reason = "rows are far below 2^53")]
        let rows_per_s = rows as f64 / begun.elapsed().as_secs_f64();
        Ok(Measured {
            task: task.word().to_owned(),
            engine: self.word().to_owned(),
            rows,
            rows_per_s,
            peak_mib: peak_mib()?,
            value: Some(value),
        })
    }
}

/// What `pointsman simulate FOLDER` does: the log is looked through for mistakes, and then replayed.
fn simulated(folder: &Path) -> Result<f64> {
    let scenario = Scenario::load(folder).map_err(|problems| {
        let messages = problems.iter().map(|problem| problem.message.clone());
        anyhow::anyhow!("{}", messages.collect::<Vec<_>>().join("; "))
    })?;
    let reports = scenario.run(&mut |_| ())?;
    let [report] = reports.as_slice() else {
        bail!("the scenario has {} runs", reports.len());
    };
    ensure!(report.candidate.n > 0, "no lead was valued");
    Ok(report.candidate.ips)
}

/// The sum of every number of the log, and the largest of its texts, so that all columns are read.
fn scanned(task: Task, folder: &Path) -> Result<f64> {
    let log = folder.join(task.word()).join(made::log_name(task));
    let path = PlRefPath::try_from_path(&log)?;
    let scan = match task {
        Task::Csv => LazyCsvReader::new(path).finish()?,
        Task::Parquet | Task::Stateful => {
            LazyFrame::scan_parquet(path, ScanArgsParquet::default())?
        }
    };
    let texts = made::TEXTS.map(|name| col(name).max());
    let numbers = made::NUMBERS.map(|name| col(name).sum());
    let plan = scan.select(texts.into_iter().chain(numbers).collect::<Vec<_>>());
    let frame = plan
        .collect_with_engine(polars::prelude::Engine::Streaming)?
        .unwrap_single();
    let reward = frame.column("reward")?.f64()?.get(0);
    reward.context("the sum of rewards is missing")
}
