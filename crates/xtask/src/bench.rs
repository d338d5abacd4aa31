//! Builds and runs the benchmarks against peers, which are a workspace of their own.

use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};

use crate::cargo;

/// Where the benchmarks are, from the root of the repository.
const MANIFEST: &str = "bench/Cargo.toml";

/// Builds `bench/` in release and runs `engines ARGS…` there.
///
/// # Errors
///
/// When cargo cannot be started or the build fails; cargo has then said why.
pub(crate) fn engines(args: &[&str]) -> Result<ExitCode> {
    // Both programs: `engines` lets `allocations` count in a process of its own.
    let build = ["build", "--release", "--manifest-path", MANIFEST, "--bins"];
    let status = cargo::command(build).status();
    let status = status.context("cannot start cargo")?;
    ensure!(status.success(), "the build failed");
    let run = [
        "run",
        "--quiet",
        "--release",
        "--manifest-path",
        MANIFEST,
        "--",
    ];
    let status = cargo::command(run.iter().chain(args)).status();
    let code = status.context("cannot start cargo")?.code();
    Ok(code
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
