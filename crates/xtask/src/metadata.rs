//! What `cargo metadata` says of the workspace: its packages and what each of them declares to need.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::cargo;

/// The workspace as declared in the manifests; nothing is resolved or fetched.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    /// One package for each crate of the workspace.
    pub(crate) packages: Vec<Package>,
    /// Where cargo builds.
    pub(crate) target_directory: PathBuf,
}

/// One crate of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    /// Name of the package, such as `pointsman-flow`.
    pub(crate) name: String,
    /// What it is for, in one line.
    pub(crate) description: Option<String>,
    /// What it declares to need.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One declared dependency.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    /// Name of the package that is needed.
    pub(crate) name: String,
    /// `None` for a normal one, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    /// Folder of a crate of this workspace; `None` for one from outside.
    pub(crate) path: Option<PathBuf>,
}

impl Metadata {
    /// Asks cargo.
    ///
    /// # Errors
    ///
    /// When cargo cannot be started, does not understand a manifest, or answers in another shape.
    pub(crate) fn read() -> Result<Self> {
        let output = cargo::command(["metadata", "--format-version=1", "--no-deps", "--offline"])
            .output()
            .context("cannot start cargo")?;
        ensure!(
            output.status.success(),
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        serde_json::from_slice(&output.stdout).context("cargo metadata has another shape")
    }
}

impl Package {
    /// Crates of this workspace that the crate itself uses, by name.
    ///
    /// A package of tests alone has no dependencies of its own; then its dev-dependencies count.
    pub(crate) fn uses(&self) -> Vec<&str> {
        let of = |kind: Option<&str>| -> Vec<&str> {
            let inside = |it: &&Dependency| it.path.is_some() && it.kind.as_deref() == kind;
            self.dependencies
                .iter()
                .filter(inside)
                .map(|it| it.name.as_str())
                .collect()
        };
        if self.dependencies.iter().all(|it| it.kind.is_some()) {
            of(Some("dev"))
        } else {
            of(None)
        }
    }

    /// The name in speech: `flow` for the package `pointsman-flow`.
    pub(crate) fn short(&self) -> &str {
        short(&self.name)
    }
}

/// The name in speech: `flow` for the package `pointsman-flow`.
pub(crate) fn short(package: &str) -> &str {
    package.strip_prefix("pointsman-").unwrap_or(package)
}
