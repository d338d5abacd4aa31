//! The commands, one file each.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    built_in::BuiltIn,
    cli::{BanditVerb, Cli, Verb},
    demo, out,
    settings::{LogFormat, Settings},
};

mod backup;
mod bandit;
mod changes;
mod database;
mod doctor;
mod erase;
mod experiment;
mod explain;
mod export;
mod flow;
mod generate;
mod import;
mod keys;
mod list;
mod log;
mod problems;
mod rollout;
mod serve;
mod simulate;
mod source;
mod statement;
mod token;

/// Runs the command of the command line.
pub(crate) fn run(cli: &Cli, flows: &[BuiltIn]) -> anyhow::Result<()> {
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    let settings = Settings::load(cli.config.as_deref(), &environment)?;
    log_to_stderr(&settings, matches!(cli.verb, Verb::Demo(_)))?;
    match &cli.verb {
        Verb::Demo(demo) => block_on(demo::run(demo.clone())),
        Verb::Serve(serve) => block_on(serve::run(settings, serve, flows)),
        Verb::Migrate(migrate) => block_on(database::migrate(&settings, migrate)),
        Verb::Flow(verb) => flow::run(verb, cli.output),
        Verb::Simulate(simulate) => simulate::run(&settings, simulate, cli.output),
        Verb::Generate(generate) => generate::run(generate),
        Verb::Log(verb) => log::run(verb, cli.output),
        Verb::Explain(explain) => block_on(explain::run(&settings, explain, cli.output)),
        Verb::Export(export) => block_on(export::run(&settings, export)),
        Verb::Import(import) => block_on(import::run(&settings, import, cli.output)),
        Verb::Statement(it) => block_on(statement::run(&settings, it, cli.output)),
        Verb::Token(verb) => block_on(token::run(&settings, verb, cli.output)),
        Verb::Source(verb) => block_on(source::run(&settings, verb, cli.output)),
        Verb::List(verb) => block_on(list::run(&settings, verb, cli.output)),
        Verb::Experiment(verb) => block_on(experiment::run(&settings, verb, cli.output)),
        Verb::Changes(changes) => block_on(changes::run(&settings, changes, cli.output)),
        Verb::Bandit(BanditVerb::Report(report)) => {
            block_on(bandit::run(&settings, report, cli.output))
        }
        Verb::Rollout(verb) => block_on(rollout::run(&settings, verb, cli.output)),
        Verb::Erase(erase) => block_on(erase::run(&settings, erase, cli.output)),
        Verb::Keys(verb) => block_on(keys::run(&settings, verb, cli.output)),
        Verb::Backup(backup) => block_on(backup::take(&settings, backup, cli.output)),
        Verb::Restore(restore) => block_on(backup::restore(&settings, restore, cli.output)),
        Verb::Doctor(doctor) => block_on(doctor::run(&settings, doctor, cli.output)),
        Verb::Config => {
            out::data(toml::to_string(&settings.redacted())?.trim_end());
            Ok(())
        }
        Verb::Schema => {
            out::data(pointsman_api::sdl().trim_end());
            Ok(())
        }
    }
}

pub(crate) fn block_on<F: Future<Output = anyhow::Result<()>>>(work: F) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    // Blocking work, such as the resolution of a name, is not waited for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    done
}

/// Sets the log up. A demonstration shows its own progress, so only errors are logged there.
fn log_to_stderr(settings: &Settings, is_demo: bool) -> anyhow::Result<()> {
    let filter = if is_demo {
        "error"
    } else {
        &settings.log_filter
    };
    let filter = tracing_subscriber::EnvFilter::try_new(filter)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}
