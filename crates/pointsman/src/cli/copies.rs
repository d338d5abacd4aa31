//! The commands about the database as a whole.

use std::path::PathBuf;

use clap::Args;

use super::Database;

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// File to write; it must not exist. Its manifest is written beside it.
    pub(crate) file: PathBuf,
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// File that `backup` wrote, with its manifest beside it.
    pub(crate) file: PathBuf,
    /// The database to make; it must not exist.
    #[command(flatten)]
    pub(crate) database: Database,
}

/// Arguments of `migrate`.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Forget the sums of metrics, so that the next server adds all leads up anew.
    #[arg(long)]
    pub(crate) rebuild_metrics: bool,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Name of the flow.
    #[arg(long)]
    pub(crate) flow: String,
    /// Path of the Parquet file, or of a new folder with --scenario.
    pub(crate) file: PathBuf,
    /// Write a folder with a scenario instead: the log, the live version with its catalog, the allocations, and what the service
    /// has come to, so that `simulate` can replay all of it.
    #[arg(long)]
    pub(crate) scenario: bool,
}
