//! Builds and runs the benchmarks, which are a workspace of their own.

use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};

use crate::cargo;

/// Where the benchmarks are, from the root of the repository.
pub(crate) const MANIFEST: &str = "bench/Cargo.toml";

/// A package of benchmarks, and what cargo builds it as.
struct Package {
    name: &'static str,
    profile: &'static str,
    /// The program that is run.
    program: &'static str,
}

/// Builds our engine and its peers, and runs `engines ARGS…`.
///
/// # Errors
///
/// When cargo cannot be started or the build fails; cargo has then said why.
pub(crate) fn engines(args: &[&str]) -> Result<ExitCode> {
    let engines = Package {
        name: "engines",
        profile: "release",
        program: "engines",
    };
    // All its programs: `engines` lets `allocations` count in a process of its own.
    engines.build()?;
    engines.run(args)
}

/// Builds the service, and runs `start ARGS…`: starts and commits on a database with years of history.
///
/// # Errors
///
/// As [`engines`].
pub(crate) fn start(args: &[&str]) -> Result<ExitCode> {
    let service = Package {
        name: "service",
        profile: "service",
        program: "start",
    };
    service.build()?;
    service.run(args)
}

/// Builds the service with its load generator, and runs `intake ARGS…`: leads in over HTTP, beside a bare insert.
///
/// # Errors
///
/// As [`engines`].
pub(crate) fn intake(args: &[&str]) -> Result<ExitCode> {
    let intake = Package {
        name: "intake",
        profile: "service",
        program: "intake",
    };
    intake.build()?;
    intake.run(args)
}

/// Builds the simulator of worlds, and runs `learning ARGS…`: what our bandit earns there, beside other policies.
///
/// # Errors
///
/// As [`engines`].
pub(crate) fn learning(args: &[&str]) -> Result<ExitCode> {
    let learning = Package {
        name: "learning",
        profile: "release",
        program: "learning",
    };
    learning.build()?;
    learning.run(args)
}

/// Builds the simulator beside its peers, and runs `replay ARGS…`: how many leads a second a replay values.
///
/// # Errors
///
/// As [`engines`].
pub(crate) fn replay(args: &[&str]) -> Result<ExitCode> {
    let replay = Package {
        name: "replay",
        profile: "service",
        program: "replay",
    };
    replay.build()?;
    replay.run(args)
}

impl Package {
    fn build(&self) -> Result<()> {
        let Self { name, profile, .. } = *self;
        let build = [
            "build",
            "--profile",
            profile,
            "--manifest-path",
            MANIFEST,
            "--package",
            name,
            "--bins",
        ];
        let status = cargo::command(build).status();
        let status = status.context("cannot start cargo")?;
        ensure!(status.success(), "the build failed");
        Ok(())
    }

    fn run(&self, args: &[&str]) -> Result<ExitCode> {
        let Self {
            name,
            profile,
            program,
        } = *self;
        let run = [
            "run",
            "--quiet",
            "--profile",
            profile,
            "--manifest-path",
            MANIFEST,
            "--package",
            name,
            "--bin",
            program,
            "--",
        ];
        let status = cargo::command(run.iter().chain(args)).status();
        let code = status.context("cannot start cargo")?.code();
        Ok(code
            .and_then(|code| u8::try_from(code).ok())
            .map_or(ExitCode::FAILURE, ExitCode::from))
    }
}
