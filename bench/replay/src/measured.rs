//! One figure: rows a second of an engine, with the peak of its memory.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::engine::{Engine, Task};

/// What an engine did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) task: String,
    pub(crate) engine: String,
    /// Leads of the log.
    pub(crate) rows: usize,
    pub(crate) rows_per_s: f64,
    /// The largest resident memory of the process.
    pub(crate) peak_mib: f64,
    /// What came out, so that two engines can be compared; none where they count different things.
    pub(crate) value: Option<f64>,
}

/// Runs this program once more, for one measurement.
pub(crate) fn in_a_process(
    task: Task,
    engine: Engine,
    folder: &Path,
    rows: usize,
) -> Result<Measured> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--measure", task.word(), engine.word(), "--rows"])
        .arg(rows.to_string())
        .arg("--folder")
        .arg(folder)
        .output()
        .context("this program cannot be started again")?;
    ensure!(
        output.status.success(),
        "{} by {}: {}",
        task.word(),
        engine.word(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The largest resident memory of this process so far, in MiB.
pub(crate) fn peak_mib() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    Ok(kib.context("/proc/self/status has no VmHWM")? / 1024.0)
}

/// Keeps the fastest of an engine's turns: what else runs on the machine only makes them slower.
pub(crate) fn keep_fastest(all: &mut Vec<Measured>, measured: Measured) {
    let known = all
        .iter_mut()
        .find(|known| known.task == measured.task && known.engine == measured.engine);
    match known {
        Some(known) if known.rows_per_s < measured.rows_per_s => *known = measured,
        Some(_) => {}
        None => all.push(measured),
    }
}

/// Prints one figure for the process that asked for it.
#[expect(clippy::print_stdout, reason = "the result of the program")]
pub(crate) fn print_line(measured: &Measured) -> Result<()> {
    println!("{}", serde_json::to_string(measured)?);
    Ok(())
}

/// Prints all figures.
#[expect(clippy::print_stdout, reason = "the result of the program")]
pub(crate) fn print(all: &[Measured], as_json: bool) -> Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(all)?);
        return Ok(());
    }
    println!(
        "{:<12} {:<14} {:>12} {:>14} {:>10}",
        "task", "engine", "rows", "rows/s", "peak MiB"
    );
    for one in all {
        println!(
            "{:<12} {:<14} {:>12} {:>14.0} {:>10.0}",
            one.task, one.engine, one.rows, one.rows_per_s, one.peak_mib
        );
    }
    Ok(())
}
