//! Runs the fault suite at full size.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, ensure};

use crate::{cargo, metadata::Metadata};

/// Builds the program and the suite as the tests do, and runs `soak ARGS…`.
///
/// # Errors
///
/// When cargo cannot be started or the build fails; cargo has then said why.
pub(crate) fn run(args: &[&str]) -> Result<ExitCode> {
    let build = cargo::BUILD.iter().chain(&["--bin", "soak"]);
    let status = cargo::command(build)
        .status()
        .context("cannot start cargo")?;
    ensure!(status.success(), "the build failed");
    let program = format!("soak{}", std::env::consts::EXE_SUFFIX);
    let folder = Metadata::read()?.target_directory.join("debug");
    let mut soak = Command::new(folder.join(program));
    let status = soak.args(args).current_dir(cargo::root()).status();
    let code = status.context("cannot start the fault suite")?.code();
    Ok(code
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
