//! The commands that try versions and arms on live leads: experiments and rollouts.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Database;

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
    /// Plans an experiment. No lead takes part before it is started.
    Plan {
        /// The experiment.
        #[command(flatten)]
        step: ExperimentStep,
        /// What it compares and how it is judged: a TOML file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
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

/// The commands of `rollout`.
#[derive(Debug, Subcommand)]
pub(crate) enum RolloutVerb {
    /// Lists rollouts, newest first.
    List(Database),
    /// Starts a rollout from a plan, or resumes it after a pause.
    Start {
        /// The rollout.
        #[command(flatten)]
        asked: RolloutMove,
        /// Start a new rollout by this TOML file: flow, version, steps, primary metric, guardrails.
        #[arg(long, value_name = "FILE")]
        plan: Option<PathBuf>,
    },
    /// Begins the next step before its gate opens; after the last step the version is live.
    Advance(RolloutMove),
    /// Pauses a rollout: all leads go to the live version.
    Pause(RolloutMove),
    /// Takes the version of a rollout back for good.
    Back(RolloutMove),
}

/// A change of a rollout.
#[derive(Debug, Args)]
pub(crate) struct RolloutMove {
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Name of the rollout.
    pub(crate) name: String,
    /// Reason, kept with the change.
    #[arg(long)]
    pub(crate) reason: Option<String>,
}
