//! The documents: links that lead somewhere, and the book built from `docs/`.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::{cargo, house::source, say};

mod links;

pub(crate) use links::broken;

/// Checks every link, then builds the book where mdbook is installed.
///
/// # Errors
///
/// When mdbook is installed and cannot be started.
pub(crate) fn run() -> Result<ExitCode> {
    let broken = broken(&source::all());
    for it in &broken {
        say::err(it);
    }
    if !broken.is_empty() {
        say::err(format_args!("error: {} links lead nowhere", broken.len()));
        return Ok(ExitCode::FAILURE);
    }
    say::out("every link leads somewhere");
    build()
}

fn build() -> Result<ExitCode> {
    let folder = cargo::root().join("docs");
    let is_there = Command::new("mdbook").arg("--version").output();
    if !is_there.is_ok_and(|it| it.status.success()) {
        say::err("mdbook is not installed, so the book is not built: `cargo install mdbook`");
        return Ok(ExitCode::SUCCESS);
    }
    let status = Command::new("mdbook").arg("build").arg(&folder).status();
    if !status.context("cannot start mdbook")?.success() {
        return Ok(ExitCode::FAILURE);
    }
    say::out(folder.join("book/index.html").display());
    Ok(ExitCode::SUCCESS)
}
