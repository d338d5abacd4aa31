//! The commands about persons.

use std::path::PathBuf;

use clap::Args;

use super::Database;

/// Arguments of `erase`.
#[derive(Debug, Args)]
pub(crate) struct Erase {
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Id of a lead; repeatable. All leads with one of its e-mail addresses or telephone numbers are erased as well.
    #[arg(long, value_name = "ID")]
    pub(crate) lead: Vec<String>,
    /// A field that is declared as personal and its value, such as email=ada@example.com; repeatable.
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(crate) value: Vec<String>,
    /// File with one FIELD=VALUE a line, so that no value is kept by the shell; `-`: standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) values: Option<PathBuf>,
    /// Reason, without anything of the person; kept with the change.
    #[arg(long)]
    pub(crate) note: Option<String>,
    /// Do not wait until the values are removed.
    #[arg(long)]
    pub(crate) no_wait: bool,
}
