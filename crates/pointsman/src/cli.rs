//! The command line: commands, their arguments, and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    Migrate(Database),
    /// Checks, prints, compares, explains and tests flow documents.
    #[command(subcommand)]
    Flow(FlowVerb),
    /// Evaluates a flow on past leads, or verifies the stored decisions of a database.
    Simulate(Simulate),
    /// Explains a stored decision: why each destination was offered the lead or not.
    Explain(Explain),
    /// Prints generated leads as NDJSON.
    Generate(Generate),
    /// Exports the history of a flow as a Parquet log.
    Export(Export),
    /// Creates, lists and revokes API tokens, also while a server is running.
    #[command(subcommand)]
    Token(TokenVerb),
    /// Lists, reads, starts, pauses and concludes experiments, also while a server is running.
    #[command(subcommand)]
    Experiment(ExperimentVerb),
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

/// Arguments of `export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Name of the flow.
    #[arg(long)]
    pub(crate) flow: String,
    /// Path of the Parquet file.
    pub(crate) file: PathBuf,
}

/// The commands of `experiment`.
#[derive(Debug, Subcommand)]
pub(crate) enum ExperimentVerb {
    /// Lists experiments, newest first.
    List(Database),
    /// Prints what can be said of an experiment now.
    Report {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// Name of the experiment.
        name: String,
        /// Write an HTML page with plots to this file, too.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Starts an experiment, or resumes it after a pause.
    Start(ExperimentStep),
    /// Pauses an experiment.
    Pause(ExperimentStep),
    /// Ends an experiment with a decision and keeps its readout.
    Conclude {
        /// The experiment.
        #[command(flatten)]
        step: ExperimentStep,
        /// Decision: this arm replaces the first one.
        #[arg(long, value_name = "ARM", conflicts_with_all = ["keep", "inconclusive"])]
        ship: Option<String>,
        /// Decision: the first arm stays.
        #[arg(long, conflicts_with = "inconclusive")]
        keep: bool,
        /// Decision: nothing could be decided.
        #[arg(long)]
        inconclusive: bool,
        /// Make the shipped arm live at once.
        #[arg(long, requires = "ship")]
        promote: bool,
    },
}

/// A change of an experiment.
#[derive(Debug, Args)]
pub(crate) struct ExperimentStep {
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Name of the experiment.
    pub(crate) name: String,
    /// Reason, kept with the change.
    #[arg(long)]
    pub(crate) note: Option<String>,
}

/// The commands of `token`.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Creates a token and prints its secret, which is shown only once.
    Create {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// Display name.
        #[arg(long)]
        name: String,
        /// Role: admin, editor, operator, analyst, source or postback.
        #[arg(long)]
        role: String,
        /// The only source that the token may act for; with role source.
        #[arg(long)]
        source: Option<String>,
        /// The only destination whose conversions the token may report; with role postback.
        #[arg(long)]
        destination: Option<String>,
        /// Print a link that signs a browser in, once and within ten minutes, in place of the secret.
        #[arg(long)]
        link: bool,
    },
    /// Lists tokens, without their secrets.
    List(Database),
    /// Revokes a token.
    Revoke {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// Id of the token.
        id: String,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
