//! A database with years of history: how long the service takes to start on it, what it holds in memory, and what a
//! commit costs beside the bare insert of the same rows.

mod bare;
mod buyers;
mod cli;
mod commits;
mod made;
mod multiply;
mod parked;
mod platform;
mod report;
mod serve;
mod site;
mod start;
mod tables;
mod template;
mod url;

use std::{io::Write as _, process::ExitCode};

use anyhow::Result;
use clap::Parser as _;
use cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(&cli.log))
        .with_writer(std::io::stderr)
        .init();
    if let Some(Command::Serve(serve)) = cli.command {
        let runtime = tokio::runtime::Runtime::new()?;
        return runtime.block_on(serve::run(&serve));
    }
    // One thread: what is sent together is in the queue together, and becomes one commit.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let results = runtime.block_on(made::measure(&cli.bench))?;
    let text = if cli.bench.json() {
        results.to_json()?
    } else {
        results.to_text()
    };
    Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
}

/// Says on stderr how far it is, or what went wrong.
#[expect(clippy::print_stderr, reason = "the one place that writes to stderr")]
fn say(line: &str) {
    eprintln!("{line}");
}
