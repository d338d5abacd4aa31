//! The command line: commands, their arguments, and their help.

mod copies;
mod import;
mod keys;
mod learning;
mod lists;
mod money;
mod people;
mod sources;
mod tokens;
mod trials;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use copies::{Backup, Export, Migrate, Restore};
pub(crate) use import::Import;
pub(crate) use keys::KeysVerb;
pub(crate) use learning::{BanditReport, BanditVerb, Seeds};
pub(crate) use lists::ListVerb;
pub(crate) use money::{Party, Statement};
pub(crate) use people::Erase;
pub(crate) use sources::SourceVerb;
pub(crate) use tokens::TokenVerb;
pub(crate) use trials::{ExperimentStep, ExperimentVerb, RolloutMove, RolloutVerb};

/// Routes leads to the destinations that pay, and replays history under new rules before they ship.
#[derive(Debug, Parser)]
#[command(name = "pointsman", version)]
pub(crate) struct Cli {
    /// Settings file; default: `pointsman.toml` in the current folder, if it exists.
    #[arg(long, global = true, value_name = "FILE", env = "POINTSMAN_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Output format.
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
    /// The command.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// Output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// Text for people.
    Text,
    /// JSON for programs.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Runs a demonstration of the whole system: mock buyers, generated leads, conversions, a bandit, a replay.
    Demo(Demo),
    /// Starts the server, which receives and routes leads.
    Serve(Serve),
    /// Migrates the database to the current schema.
    Migrate(Migrate),
    /// Checks, prints, compares, explains and tests flow documents.
    #[command(subcommand)]
    Flow(FlowVerb),
    /// Evaluates a flow on past leads, or verifies the stored decisions of a database.
    Simulate(Simulate),
    /// Looks at logs of other programs.
    #[command(subcommand)]
    Log(LogVerb),
    /// Explains a stored decision: why each destination was offered the lead or not.
    Explain(Explain),
    /// Prints generated leads as NDJSON.
    Generate(Generate),
    /// Sends the rows of a CSV file to a running server as leads of a source, and goes on where it was interrupted.
    Import(Import),
    /// Exports the history of a flow as a Parquet log.
    Export(Export),
    /// Prints what leads brought by day and account, or every entry of the ledger, as CSV, also while a server is running.
    Statement(Statement),
    /// Creates, lists and revokes API tokens, also while a server is running.
    #[command(subcommand)]
    Token(TokenVerb),
    /// Lists, shows and puts the documents of sources, and tries payloads, also while a server is running.
    #[command(subcommand)]
    Source(SourceVerb),
    /// Lists, shows, puts and compares named lists, also while a server is running.
    #[command(subcommand)]
    List(ListVerb),
    /// Lists, reads, starts, pauses and concludes experiments, also while a server is running.
    #[command(subcommand)]
    Experiment(ExperimentVerb),
    /// Lists changes of settings, newest first: who changed what, and what it said before and after.
    Changes(Changes),
    /// Reports what bandits have learned, also while a server is running.
    #[command(subcommand)]
    Bandit(BanditVerb),
    /// Lists, starts, advances, pauses and takes back rollouts of versions, also while a server is running.
    #[command(subcommand)]
    Rollout(RolloutVerb),
    /// Erases persons: removes what tells who they are and keeps their leads out, also while a server is running.
    Erase(Erase),
    /// Lists, makes and uses keys by which secrets and personal values are stored sealed.
    #[command(subcommand)]
    Keys(KeysVerb),
    /// Copies an SQLite database to a file, also while a server is running.
    Backup(Backup),
    /// Makes an SQLite database of a file that `backup` wrote.
    Restore(Restore),
    /// Diagnoses settings and database, without changing anything.
    Doctor(Doctor),
    /// Prints the effective settings without secrets.
    Config,
    /// Prints the GraphQL schema.
    Schema,
}

/// The database of a command.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// `sqlite://path` or `postgres://…`; a bare path means SQLite.
    #[arg(long, value_name = "URL")]
    pub(crate) db: Option<String>,
}

/// Arguments of `changes`.
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Only changes of this vertical, destination, flow, experiment or token.
    #[arg(long, value_name = "NAME")]
    pub(crate) object: Option<String>,
    /// Only changes made by this token or part of the program.
    #[arg(long, value_name = "NAME")]
    pub(crate) who: Option<String>,
    /// Number of changes.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub(crate) limit: u64,
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Skip the checks that read the whole database: file integrity and every row.
    #[arg(long)]
    pub(crate) quick: bool,
}

/// Arguments of `demo`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Demo {
    /// Number of leads to send.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) leads: u64,
    /// Seed of the generator of leads and outcomes.
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
    /// Port on 127.0.0.1; 0: any free port.
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// Path of a new database file; default: a file in the temporary folder.
    #[arg(long, value_name = "PATH")]
    pub(crate) db: Option<PathBuf>,
    /// Exit after the summary instead of serving on.
    #[arg(long)]
    pub(crate) exit: bool,
    /// Instead, pass the market of these seeds without servers, and print which share of the possible gain the bandit earns.
    #[arg(long, value_name = "FROM-TO", value_parser = learning::seeds, conflicts_with_all = ["seed", "port", "db"])]
    pub(crate) seeds: Option<Seeds>,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// Allow destinations with loopback addresses, for local trials.
    #[arg(long)]
    pub(crate) allow_loopback: bool,
    /// Accept a system clock that lies far behind the last stored time.
    #[arg(long)]
    pub(crate) accept_clock: bool,
}

/// The commands of `flow`.
#[derive(Debug, Subcommand)]
pub(crate) enum FlowVerb {
    /// Checks a flow document and reports every error and warning.
    Check(FlowFile),
    /// Prints a flow in canonical form, with its hash.
    Show(ShowFlow),
    /// Lists the differences between two flow documents, and how many people change arm at each node.
    Diff(DiffFlows),
    /// Explains where a flow document would send a lead, and why.
    Explain(ExplainFlow),
    /// Runs flow tests: Markdown pages with flows, leads and expected results.
    Test(TestFlows),
}

/// Arguments of `flow diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffFlows {
    /// The earlier document, JSON or TOML.
    pub(crate) before: PathBuf,
    /// The later document, JSON or TOML.
    pub(crate) after: PathBuf,
    /// A flow that the documents use as a subflow, JSON or TOML; repeatable. The last document of a name is its
    /// live version.
    #[arg(long, value_name = "FILE")]
    pub(crate) subflow: Vec<PathBuf>,
}

/// Arguments of `flow test`.
#[derive(Debug, Args)]
pub(crate) struct TestFlows {
    /// Markdown pages; `tests/flows/README.md` explains their blocks.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Write the actual results into the pages.
    #[arg(long)]
    pub(crate) update: bool,
}

/// A flow document with the catalog that it is checked against.
#[derive(Debug, Args)]
pub(crate) struct FlowFile {
    /// Flow document, JSON or TOML.
    pub(crate) file: PathBuf,
    /// Lead schema, JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
    /// Catalog (schema, currency, destinations), JSON; default: destinations that accept every lead.
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,
    /// A flow that the document uses as a subflow, JSON or TOML; repeatable. The last document of a name
    /// is its live version.
    #[arg(long, value_name = "FILE")]
    pub(crate) subflow: Vec<PathBuf>,
}

/// Arguments of `flow explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainFlow {
    /// The flow document and its catalog.
    #[command(flatten)]
    pub(crate) flow: FlowFile,
    /// Lead, JSON: its fields by name, including those that every lead has; or the body of a request to
    /// `/v1/leads`.
    #[arg(long, value_name = "FILE")]
    pub(crate) lead: PathBuf,
    /// Allocation with the weights of bandits, JSON; default: even weights.
    #[arg(long, value_name = "FILE")]
    pub(crate) allocation: Option<PathBuf>,
    /// Time of receipt, if the lead has none; default: now.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Idempotency key, which draws depend on.
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// Answer of every destination.
    #[arg(long, value_enum, default_value_t = WhatIfAnswer::Accepted)]
    pub(crate) answer: WhatIfAnswer,
    /// Bid of a destination, such as zenith=12.50; repeatable. Without bids, the explanation ends at the
    /// first auction.
    #[arg(long, value_name = "NAME=AMOUNT")]
    pub(crate) bid: Vec<String>,
}

/// The answer that every destination gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhatIfAnswer {
    /// Every destination accepts.
    Accepted,
    /// Every destination rejects, so all eligible destinations are tried.
    Rejected,
}

/// Arguments of `flow show`.
#[derive(Debug, Args)]
pub(crate) struct ShowFlow {
    /// Flow document, JSON or TOML.
    pub(crate) file: PathBuf,
    /// Output form.
    #[arg(long, value_enum, default_value_t = FlowForm::Json)]
    pub(crate) form: FlowForm,
    /// A subflow, drawn in its place in a diagram; repeatable.
    #[arg(long, value_name = "FILE")]
    pub(crate) subflow: Vec<PathBuf>,
}

/// The forms of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FlowForm {
    /// A JSON document.
    Json,
    /// A TOML document.
    Toml,
    /// A Mermaid diagram.
    Mermaid,
    /// A graph in DOT, for Graphviz.
    Dot,
}

/// Arguments of `simulate`.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Folder of a scenario, or path of its scenario.toml.
    #[arg(required_unless_present = "verify", conflicts_with = "verify")]
    pub(crate) scenario: Option<PathBuf>,
    /// Run every decision stored in this database again, and compare.
    #[arg(long, value_name = "DATABASE")]
    pub(crate) verify: Option<String>,
    /// Also write a report with plots to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Read the logs as they were at this time: what became known later does not count.
    #[arg(long, value_name = "TIME", conflicts_with = "verify")]
    pub(crate) as_of: Option<String>,
    /// Also tell the money against one number of the candidate, such as graded.if=20..60:9.
    #[arg(
        long,
        value_name = "NODE.PARAMETER=FROM..TO:POINTS",
        conflicts_with = "verify"
    )]
    pub(crate) sweep: Option<String>,
    /// Also replay in the order of time, with caps, rotations and bandits that learn; answers are those of the log, or drawn
    /// from a model of them.
    #[arg(long, value_enum, value_name = "ANSWERS", conflicts_with = "verify")]
    pub(crate) stateful: Option<StatefulAnswers>,
    /// How long a lead may take to bring what it brings, such as "30 days"; younger leads are left out.
    #[arg(long, value_name = "SPAN", conflicts_with = "verify")]
    pub(crate) attribution_window: Option<String>,
}

/// Where the answers of a replay with a state come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatefulAnswers {
    /// What the log recorded; what it never offered is not known.
    Recorded,
    /// A model that is fitted to the log, under many seeds.
    Model,
}

/// The commands of `log`.
#[derive(Debug, Subcommand)]
pub(crate) enum LogVerb {
    /// Reports what a log of another program seems to hold, and writes a first scenario to replay it with.
    Inspect(InspectLog),
}

/// Arguments of `log inspect`.
#[derive(Debug, Args)]
pub(crate) struct InspectLog {
    /// CSV, NDJSON or Parquet file, folder of such files, or pattern such as 'leads-*.csv'.
    #[arg(value_name = "FILE|FOLDER|GLOB")]
    pub(crate) log: PathBuf,
    /// Folder for the scenario; default: the name of the log with -scenario, in the current folder. Files that
    /// exist are not overwritten.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Id of the decision.
    pub(crate) decision: String,
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
}

/// Arguments of `generate`.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// Number of leads.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) leads: u64,
    /// Seed of the generator.
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
