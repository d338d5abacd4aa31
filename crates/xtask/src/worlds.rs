//! Tries verdicts and experiments in worlds whose truth is known.

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::cargo;

/// Builds the worlds in release (they need no polars, and so little time) and prints their table.
///
/// # Errors
///
/// When cargo cannot be started.
pub(crate) fn run(example: &str, args: &[&str]) -> Result<ExitCode> {
    let run = [
        "run",
        "--quiet",
        "--release",
        "--package",
        "pointsman-stats",
        "--example",
        example,
        "--",
    ];
    let status = cargo::command(run.iter().chain(args)).status();
    let code = status.context("cannot start cargo")?.code();
    Ok(code
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
