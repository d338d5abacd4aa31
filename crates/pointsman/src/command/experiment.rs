//! Experiments from the command line, also while a server uses the database.

use anyhow::{Context as _, bail};
use pointsman_control::{Control, Decision, Error, Experiment, read_experiment};
use pointsman_experiment::Readout;
use pointsman_history::{Clock, open};
use pointsman_store::Store;
use serde_json::json;

use super::database;
use crate::{
    cli::{ExperimentStep, ExperimentVerb, Output},
    out,
    settings::Settings,
};

mod file;
mod html;

/// Who makes changes from here, where people are named.
const BY: &str = "command line";
/// Experiments that are listed.
const LISTED_MAX: u64 = 100;

pub(super) async fn run(
    settings: &Settings,
    verb: &ExperimentVerb,
    output: Output,
) -> anyhow::Result<()> {
    match verb {
        ExperimentVerb::List(database) => {
            let url = database::url(settings, database.db.as_deref());
            let control = Control::open(
                Store::open_read_only(&url, &database::options(settings)?).await?,
                Clock::real(),
            )
            .await?;
            list(&control, output).await
        }
        ExperimentVerb::Report {
            database,
            name,
            html,
        } => {
            let url = database::url(settings, database.db.as_deref());
            let store = Store::open_read_only(&url, &database::options(settings)?).await?;
            let found = read_experiment(&store, name, Clock::real().now()).await?;
            store.close().await?;
            let Some((experiment, readout)) = found else {
                bail!("there is no experiment `{name}`");
            };
            if let Some(file) = html {
                std::fs::write(file, html::page(&experiment, &readout))
                    .with_context(|| format!("{} cannot be written", file.display()))?;
                out::note(format!("wrote {}", file.display()));
            }
            print(&experiment, &readout, output)
        }
        ExperimentVerb::Start(step)
        | ExperimentVerb::Pause(step)
        | ExperimentVerb::Plan { step, .. }
        | ExperimentVerb::Conclude { step, .. } => {
            Box::pin(change(settings, verb, step, output)).await
        }
    }
}

async fn list(control: &Control, output: Output) -> anyhow::Result<()> {
    let page = control.experiments(None, None, LISTED_MAX).await?;
    let found: Vec<Experiment> = page.entries.into_iter().map(|(_, it)| it).collect();
    match output {
        Output::Json => {
            let rows = found.iter().map(|it| {
                json!({"name": it.name, "flow": it.flow, "state": word(it), "revision": it.revision})
            });
            out::json(&rows.collect::<Vec<_>>())
        }
        Output::Text => {
            for it in &found {
                out::data(format!("{}  {}  {}", it.name, it.flow, word(it)));
            }
            Ok(())
        }
    }
}

fn word(experiment: &Experiment) -> &'static str {
    use pointsman_control::ExperimentState::{Concluded, Draft, Paused, Running};
    match experiment.state {
        Draft => "draft",
        Running => "running",
        Paused => "paused",
        Concluded => "concluded",
    }
}

fn print(experiment: &Experiment, readout: &Readout, output: Output) -> anyhow::Result<()> {
    match output {
        Output::Json => out::json(&json!({
            "name": experiment.name, "flow": experiment.flow, "state": word(experiment),
            "plan": experiment.plan, "readout": readout, "conclusion": experiment.conclusion,
        })),
        Output::Text => {
            let (name, flow) = (&experiment.name, &experiment.flow);
            out::data(format!("{name} of flow {flow}, {}", word(experiment)));
            out::data(readout.to_text().trim_end());
            Ok(())
        }
    }
}

async fn change(
    settings: &Settings,
    verb: &ExperimentVerb,
    step: &ExperimentStep,
    output: Output,
) -> anyhow::Result<()> {
    let planned = match verb {
        ExperimentVerb::Plan { file, .. } => {
            Some(file::read(file)?.planned(step.name.clone(), BY.to_owned()))
        }
        _ => None,
    };
    let options = database::options(settings)?;
    let clock = Clock::real();
    let url = database::url(settings, step.database.db.as_deref());
    let store = match Store::open_beside(&url, &options).await {
        Ok(store) => store,
        // There is no database yet, or one of an earlier release.
        Err(_) => open(&url, &options, &clock, false).await?,
    };
    let control = Control::open(store.clone(), clock.clone())
        .await?
        .acting_as(BY);
    let changed = match planned {
        Some(new) => control.create_experiment(new).await,
        None => act(&control, verb, step).await,
    };
    let read = read_experiment(&store, &step.name, clock.now()).await;
    drop(control);
    store.close().await?;
    if let Err(Error::Problems(problems)) = &changed {
        for problem in problems {
            out::note(problem.to_string());
        }
        return Err(out::Reported.into());
    }
    changed?;
    match read? {
        Some((experiment, readout)) => print(&experiment, &readout, output),
        None => Ok(()),
    }
}

async fn act(
    control: &Control,
    verb: &ExperimentVerb,
    step: &ExperimentStep,
) -> Result<Experiment, Error> {
    let asked = pointsman_control::ExperimentStep {
        name: step.name.clone(),
        expected_revision: None,
        note: step.note.clone(),
        by: BY.to_owned(),
    };
    match verb {
        ExperimentVerb::Pause(_) => control.pause_experiment(asked).await,
        ExperimentVerb::Conclude {
            ship,
            keep,
            promote,
            ..
        } => {
            let decision = match ship {
                Some(arm) => Decision::Ship { arm: arm.clone() },
                None if *keep => Decision::Keep,
                None => Decision::Inconclusive,
            };
            control.conclude_experiment(asked, decision, *promote).await
        }
        ExperimentVerb::Start(_)
        | ExperimentVerb::Plan { .. }
        | ExperimentVerb::List(_)
        | ExperimentVerb::Report { .. } => control.start_experiment(asked).await,
    }
}
