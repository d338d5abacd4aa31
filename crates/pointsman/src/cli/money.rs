//! The commands about money.

use clap::{Args, ValueEnum};

use super::Database;

/// Arguments of `statement`.
#[derive(Debug, Args)]
pub(crate) struct Statement {
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// First day, such as `2026-11-01`; not needed with `--entries`.
    #[arg(long, value_name = "DAY", required_unless_present = "entries")]
    pub(crate) from: Option<String>,
    /// Last day; default: the first.
    #[arg(long, value_name = "DAY")]
    pub(crate) until: Option<String>,
    /// Whose accounts.
    #[arg(long, value_enum, default_value_t = Party::Destination)]
    pub(crate) by: Party,
    /// One destination or source; default: all.
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// IANA zone of the days.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(crate) zone: String,
    /// Print every entry of the ledger with its two sides instead.
    #[arg(long, conflicts_with_all = ["from", "until", "account"])]
    pub(crate) entries: bool,
}

/// Whose accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Party {
    /// Destinations: what they owe.
    Destination,
    /// Sources: what their leads brought.
    Source,
}
