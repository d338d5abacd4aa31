//! The web console: built by its own tools, kept in the repository as it was built.
//!
//! Nothing else needs Node: the binary embeds `console/dist` as it is committed.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{cargo, say};

/// Browsers of the journeys, by the names that Debian and others give them.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

fn folder() -> PathBuf {
    cargo::root().join("console")
}

/// Builds the console anew: types of its queries, its files, and the table by which the binary embeds them.
///
/// # Errors
///
/// When there is no Node, or a tool fails; it has then said why.
pub(crate) fn build() -> Result<ExitCode> {
    ensure!(has_node(), "Node.js 20.19 or newer builds the console");
    install()?;
    npm("generate")?;
    npm("build")?;
    say::out(
        "console/dist and crates/console/src/files.rs are written: commit them with their sources",
    );
    Ok(ExitCode::SUCCESS)
}

/// Checks the console where there is Node: its lints, types and tests, and that what is committed is what its sources
/// come to.
///
/// # Errors
///
/// When a tool cannot be started.
pub(crate) fn check() -> Result<ExitCode> {
    if !has_node() {
        return without("Node.js is not installed: the console is taken as it is committed");
    }
    install()?;
    let mut code = ExitCode::SUCCESS;
    for script in ["lint", "types", "unit", "generated", "built"] {
        if npm(script).is_err() {
            say::err(format_args!(
                "console: `npm run {script}` failed; `cargo xtask console` writes what is generated and built"
            ));
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// Runs the journeys of people through the console, in a real browser on the real program.
///
/// # Errors
///
/// When the program cannot be built, or a tool cannot be started.
pub(crate) fn journeys() -> Result<ExitCode> {
    let browser = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let browser = browser.or_else(|| BROWSERS.iter().find_map(|name| find(name)));
    let Some(browser) = browser.filter(|_| has_node()) else {
        return without("Node.js or Chromium is not installed: nobody walks through the console");
    };
    let program = cargo::build()?;
    install()?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec", "journeys/"])
        .current_dir(folder())
        .stdin(Stdio::null())
        .env("POINTSMAN", program)
        .env("CHROMIUM", browser);
    let status = node.status().context("cannot start node")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What a check comes to without its tools: nothing on the machine of a user, a failure in CI.
fn without(why: &str) -> Result<ExitCode> {
    if std::env::var_os("CI").is_some() {
        bail!("{why}");
    }
    say::err(why);
    Ok(ExitCode::SUCCESS)
}

/// Brings the tools of the console, if they are not there as the lock names them.
fn install() -> Result<()> {
    let modified = |path: &Path| path.metadata().and_then(|it| it.modified()).ok();
    let lock = modified(&folder().join("package-lock.json"));
    // npm writes this file last.
    let installed = modified(&folder().join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= lock {
        return Ok(());
    }
    say::err("installing the tools of the console");
    let mut install = Command::new("npm");
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    install.arg("--loglevel=error");
    run(install, "npm ci")
}

/// Runs a script of `console/package.json`.
fn npm(script: &str) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", script]);
    run(npm, &format!("npm run {script}"))
}

fn run(mut command: Command, what: &str) -> Result<()> {
    command.current_dir(folder()).stdin(Stdio::null());
    let status = command
        .status()
        .with_context(|| format!("cannot start {what}"))?;
    ensure!(status.success(), "`{what}` failed");
    Ok(())
}

fn has_node() -> bool {
    find("node").is_some() && find("npm").is_some()
}

/// Where a program is.
fn find(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}
