//! The command line: verbs, their arguments, and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Routes leads to the destinations that pay, and replays history under new rules before they ship.
#[derive(Debug, Parser)]
#[command(name = "pointsman", version)]
pub(crate) struct Cli {
    /// Settings file; `pointsman.toml` in this folder if there is one.
    #[arg(long, global = true, value_name = "FILE", env = "POINTSMAN_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// How answers are printed.
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Shows the whole system at work: mock buyers, generated leads, conversions, a bandit, a replay.
    Demo(Demo),
    /// Takes leads in and routes them.
    Serve(Serve),
    /// Brings the tables of the database up to date.
    Migrate(Database),
    /// Checks, shows, compares and tests flow documents.
    #[command(subcommand)]
    Flow(FlowVerb),
    /// Replays history under other rules, or verifies the decisions of a database.
    Simulate(Simulate),
    /// Says why a stored decision came out as it did, and why not otherwise.
    Explain(Explain),
    /// Writes generated leads as NDJSON.
    Generate(Generate),
    /// Writes the history of a database as a Parquet log.
    Export(Export),
    /// Makes, lists and ends access tokens; works on a database that no server owns.
    #[command(subcommand)]
    Token(TokenVerb),
    /// Looks for what keeps the service from running, or from running right. Changes nothing.
    Doctor(Doctor),
    /// Prints the settings in force, secrets left out.
    Config,
    /// Prints the GraphQL schema.
    Schema,
}

/// Which database.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// `sqlite://path` or `postgres://…`; a bare path means SQLite.
    #[arg(long, value_name = "URL")]
    pub(crate) db: Option<String>,
}

/// What to look at.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Which database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Leave out what reads the whole database: whether the file is whole, and every row.
    #[arg(long)]
    pub(crate) quick: bool,
}

/// How to show the system at work.
#[derive(Debug, Clone, Args)]
pub(crate) struct Demo {
    /// How many leads to send.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) leads: u64,
    /// The same seed makes the same leads and the same truth.
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
    /// Port of 127.0.0.1 to serve at; 0: any free one.
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// Database file, made anew; a file in the temporary folder if none is named.
    #[arg(long, value_name = "PATH")]
    pub(crate) db: Option<PathBuf>,
    /// End after the table instead of staying up.
    #[arg(long)]
    pub(crate) exit: bool,
}

/// How to serve.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Which database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Address and port to listen at.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// Let destinations have loopback addresses too, for trying things out.
    #[arg(long)]
    pub(crate) allow_loopback: bool,
    /// The clock is right even where it lies far behind what was stored last: caps and schedules go on by it.
    #[arg(long)]
    pub(crate) accept_clock: bool,
}

/// What to do with a flow document.
#[derive(Debug, Subcommand)]
pub(crate) enum FlowVerb {
    /// Reports every mistake of a flow document.
    Check(FlowFile),
    /// Prints a flow in its stable form, with its hash.
    Show(ShowFlow),
    /// Says what differs between two flow documents.
    Diff {
        /// The earlier one.
        before: PathBuf,
        /// The later one.
        after: PathBuf,
    },
    /// Says where a lead would go in a flow document, and why not elsewhere.
    Explain(ExplainFlow),
    /// Runs pages that show flows by example: what the checks say, and what becomes of leads.
    Test(TestFlows),
}

/// Which pages to run.
#[derive(Debug, Args)]
pub(crate) struct TestFlows {
    /// Pages in Markdown; `tests/flows/README.md` explains what their blocks mean.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Writes what really came out into the pages.
    #[arg(long)]
    pub(crate) update: bool,
}

/// A flow document and what it refers to.
#[derive(Debug, Args)]
pub(crate) struct FlowFile {
    /// JSON or TOML.
    pub(crate) file: PathBuf,
    /// The lead schema, JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
    /// A whole catalog (schema, currency, destinations), JSON; without one, destinations are assumed
    /// to take every lead.
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,
    /// A flow that the document names as a subflow, JSON or TOML; give it once for each. The last one
    /// of a name is the live version.
    #[arg(long, value_name = "FILE")]
    pub(crate) subflow: Vec<PathBuf>,
}

/// Which lead to explain in which flow.
#[derive(Debug, Args)]
pub(crate) struct ExplainFlow {
    /// The flow, and what it refers to.
    #[command(flatten)]
    pub(crate) flow: FlowFile,
    /// The lead, JSON: its fields by name, those that every lead has among them; or a lead as
    /// `/v1/leads` takes it.
    #[arg(long, value_name = "FILE")]
    pub(crate) lead: PathBuf,
    /// The weights of bandits, an allocation in JSON; without one, all arms weigh the same.
    #[arg(long, value_name = "FILE")]
    pub(crate) allocation: Option<PathBuf>,
    /// When it comes in, if the lead does not say; now, if neither does.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The idempotency key that it comes under: draws depend on it.
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// What every destination answers.
    #[arg(long, value_enum, default_value_t = WhatIfAnswer::Accepted)]
    pub(crate) answer: WhatIfAnswer,
    /// What a destination bids when it is asked, such as zenith=12.50; give it once for each. Without
    /// any, the walk is told up to where it asks.
    #[arg(long, value_name = "NAME=AMOUNT")]
    pub(crate) bid: Vec<String>,
}

/// What every destination answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhatIfAnswer {
    /// It takes the lead.
    Accepted,
    /// It says no, so that everybody is tried who can be.
    Rejected,
}

/// How to show a flow.
#[derive(Debug, Args)]
pub(crate) struct ShowFlow {
    /// JSON or TOML.
    pub(crate) file: PathBuf,
    /// In which form.
    #[arg(long, value_enum, default_value_t = FlowForm::Json)]
    pub(crate) form: FlowForm,
    /// A subflow, to be drawn in its place in a diagram; give it once for each.
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

/// What to replay.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Folder of a scenario, or its scenario.toml.
    #[arg(required_unless_present = "verify", conflicts_with = "verify")]
    pub(crate) scenario: Option<PathBuf>,
    /// Runs every decision stored in this database again, and compares.
    #[arg(long, value_name = "DATABASE")]
    pub(crate) verify: Option<String>,
    /// Also write a report with plots here.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// Which decision to explain.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Its id.
    pub(crate) decision: String,
    /// Which database.
    #[command(flatten)]
    pub(crate) database: Database,
}

/// What to generate.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// How many leads.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) leads: u64,
    /// The same seed makes the same leads.
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
}

/// What to export.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Which database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// The flow whose leads to write.
    #[arg(long)]
    pub(crate) flow: String,
    /// Where to write.
    pub(crate) file: PathBuf,
}

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Makes a token and prints its secret, once.
    Create {
        /// Which database.
        #[command(flatten)]
        database: Database,
        /// What it is for, in your words.
        #[arg(long)]
        name: String,
        /// admin, editor, analyst, source or postback.
        #[arg(long)]
        role: String,
        /// The source that it speaks for, with role source.
        #[arg(long)]
        source: Option<String>,
        /// The destination that it speaks for, with role postback.
        #[arg(long)]
        destination: Option<String>,
    },
    /// Lists tokens without their secrets.
    List(Database),
    /// Ends a token.
    Revoke {
        /// Which database.
        #[command(flatten)]
        database: Database,
        /// Its id.
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
