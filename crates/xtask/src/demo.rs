//! Builds the program and becomes its demo.

use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::{cargo, say};

/// Builds `pointsman`, then runs `pointsman demo ARGS…` from where the caller stands.
///
/// # Errors
///
/// When the build fails or the program cannot be started.
pub(crate) fn run(args: &[&str]) -> Result<ExitCode> {
    let start = Instant::now();
    let program = cargo::build()?;
    say::err(format_args!(
        "built in {:.1} s",
        start.elapsed().as_secs_f64()
    ));
    let mut demo = Command::new(&program);
    demo.arg("demo").args(args);
    start_in_place(&mut demo).with_context(|| format!("cannot start {}", program.display()))
}

/// Replaces this process, so that Ctrl-C reaches the demo alone and its exit code is ours.
#[cfg(unix)]
fn start_in_place(command: &mut Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
fn start_in_place(command: &mut Command) -> std::io::Result<ExitCode> {
    let status = command.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
