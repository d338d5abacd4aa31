//! The application: the command line with built-in flows.

use std::process::ExitCode;

use clap::Parser as _;
use pointsman_flow::build::Flow;
use pointsman_lead::Lead;

use crate::{built_in::BuiltIn, cli::Cli, command, out};

/// A command line with flows built in.
#[derive(Debug, Clone, Default)]
pub struct App {
    flows: Vec<BuiltIn>,
}

impl App {
    /// The plain command line: flows come as documents or over GraphQL.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a flow. `serve` publishes it at start, once for each content; a live stage is never moved.
    /// A subflow must be added before the flows that use it.
    #[must_use]
    pub fn flow<L: Lead>(mut self, flow: &Flow<L>) -> Self {
        self.flows.push(BuiltIn {
            document: flow.document().clone(),
            schema: flow.schema(),
        });
        self
    }

    /// Runs the command line. Exit code: 0 success, 1 failure, 2 wrong usage.
    pub fn run(self) -> ExitCode {
        let cli = match Cli::try_parse() {
            Ok(cli) => cli,
            Err(error) => {
                // Help and version are no wrong usage; clap knows which stream each belongs to.
                let _ = error.print();
                return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
            }
        };
        match command::run(&cli, &self.flows) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => out::failure(&error),
        }
    }
}
