//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// How the service starts on a database with years of history, and what a commit costs there.
#[derive(Debug, Parser)]
#[command(name = "start", args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) bench: Bench,
    /// What the service logs: error, warn, info, debug or trace, or a filter by module.
    #[arg(long, default_value = "warn", global = true)]
    pub(crate) log: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The service itself, as the benchmark starts it where no --binary is given.
    #[command(hide = true)]
    Serve(Serve),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The database.
    #[arg(long)]
    pub(crate) db: String,
    /// Address and port.
    #[arg(long)]
    pub(crate) listen: SocketAddr,
    /// As in `pointsman serve`.
    #[arg(long)]
    pub(crate) allow_loopback: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// Leads of history in the large database.
    #[arg(long, default_value_t = 5_000_000)]
    pub(crate) leads: u64,
    /// Leads of history in the small one, beside which commits are compared.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) small_leads: u64,
    /// The large database: `sqlite://path/to/file` or `postgres://user@host/name`, empty, or made by this command
    /// before and kept. The small one stands beside it under the same name with `_small`.
    #[arg(long, default_value = "sqlite://target/bench-start/history.db")]
    pub(crate) database: String,
    /// The program to start, a release build of `pointsman`. Default: the service of this program, which has all of
    /// it but simulations.
    #[arg(long)]
    pub(crate) binary: Option<PathBuf>,
    /// Commits to time in each database, of which as many are bare inserts.
    #[arg(long, default_value_t = 2_000)]
    pub(crate) commits: usize,
    /// Leads of one commit.
    #[arg(long, default_value_t = 64)]
    pub(crate) batch: usize,
    /// Starts to time after the first one; the median counts.
    #[arg(long, default_value_t = 3)]
    pub(crate) starts: usize,
    /// Keep both databases; a later run goes on with them.
    #[arg(long)]
    pub(crate) keep: bool,
    /// What is printed to stdout.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

impl Bench {
    pub(crate) fn json(&self) -> bool {
        self.output == Output::Json
    }
}
