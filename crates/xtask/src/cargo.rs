//! Starts cargo, always from the root of the repository and always with the same selection of packages.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::metadata::Metadata;

/// Root of the repository: two folders above this package.
///
/// Read when the program runs, since a build folder may be shared by several clones.
pub(crate) fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package
        .ancestors()
        .nth(2)
        .map_or_else(|| package.clone(), Path::to_path_buf)
}

/// `cargo ARGS…`, to be started from the root, with no standard input.
pub(crate) fn command<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(args).current_dir(root()).stdin(Stdio::null());
    // The outer `cargo run` has set these for this package. The build script of ring watches them: left in place,
    // ring and all above it would be compiled again after each change between `cargo xtask` and plain `cargo`.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// What cargo builds for `demo` and `generate`: the program `pointsman`, with the features of the tests.
///
/// `--workspace` unifies features over all packages, as the tests do. `--examples` makes cargo count the dev-dependencies
/// too; no package has an example target, so nothing else is built. Without both, polars and sea-orm would be compiled
/// once for `demo` and once more for `test`.
pub(crate) const BUILD: [&str; 5] = ["build", "--workspace", "--bin", "pointsman", "--examples"];

/// Builds the program `pointsman` and says where it is.
///
/// # Errors
///
/// When cargo cannot be started or the build fails; cargo has then said why.
pub(crate) fn build() -> Result<PathBuf> {
    let status = command(BUILD).status().context("cannot start cargo")?;
    ensure!(status.success(), "the build failed");
    let program = format!("pointsman{}", std::env::consts::EXE_SUFFIX);
    Ok(Metadata::read()?
        .target_directory
        .join("debug")
        .join(program))
}
