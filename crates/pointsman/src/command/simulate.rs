//! Replays a scenario, or verifies the decisions of a database.

use indicatif::{ProgressBar, ProgressStyle};
use pointsman_replay::{Overrides, Progress, Scenario, render_html, render_text, to_json};
use pointsman_store::Store;

use super::database;
use crate::{
    cli::{Output, Simulate, StatefulAnswers},
    command::{self, problems},
    out,
    settings::Settings,
};

pub(super) fn run(settings: &Settings, simulate: &Simulate, output: Output) -> anyhow::Result<()> {
    if let Some(database) = &simulate.verify {
        return command::block_on(verify(settings, database, output));
    }
    // The argument parser has seen to it that one of the two is there.
    let Some(path) = &simulate.scenario else {
        return Err(out::Reported.into());
    };
    let bar = ProgressBar::no_length();
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {percent:>3} % of {total_bytes} {msg}, {eta} left",
    )?);
    let mut progress = |progress: Progress<'_>| {
        bar.set_length(progress.n_all);
        bar.set_position(progress.n_done);
        bar.set_message(format!("{} {}", progress.doing.word(), progress.name));
    };
    let overrides = Overrides {
        attribution_window: simulate.attribution_window.clone(),
        as_of: simulate.as_of.clone(),
        sweep: simulate.sweep.clone(),
        stateful: simulate.stateful.map(|answers| {
            let word = match answers {
                StatefulAnswers::Recorded => "recorded",
                StatefulAnswers::Model => "model",
            };
            word.to_owned()
        }),
    };
    let scenario = Scenario::load_with(path, &overrides, &mut progress);
    let scenario = scenario.map_err(|problems| {
        bar.finish_and_clear();
        problems::print(&problems, output)
    })?;
    let reports = scenario
        .run(&mut progress)
        .map_err(|error| problems::print(&error.into_problems(), output));
    bar.finish_and_clear();
    let reports = reports?;
    match output {
        Output::Json => out::json(&to_json(&reports))?,
        Output::Text => out::data(render_text(&reports).trim_end()),
    }
    if let Some(file) = &simulate.html {
        std::fs::write(file, render_html(&path.display().to_string(), &reports))?;
        out::note(format!("report in {}", file.display()));
    }
    Ok(())
}

async fn verify(settings: &Settings, database: &str, output: Output) -> anyhow::Result<()> {
    let url = database::url(settings, Some(database));
    let store = Store::open_read_only(&url, &database::options(settings)?).await?;
    let bar = ProgressBar::no_length();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} steps")?);
    let found = pointsman_history::verify(&store, &mut |steps| bar.set_position(steps)).await?;
    bar.finish_and_clear();
    store.close().await?;
    match output {
        Output::Json => out::json(&found)?,
        Output::Text => {
            for mismatch in &found.mismatches {
                out::data(format!(
                    "{} step {}: {} was {} and is now {}",
                    mismatch.decision_id,
                    mismatch.step,
                    mismatch.what,
                    mismatch.stored,
                    mismatch.computed
                ));
            }
            for number in &found.wrong_ledgers_at {
                out::data(format!(
                    "the caps, breakers and turns that were stored at number {number} are not what the decisions come to"
                ));
            }
            match &found.arms {
                Some(arms) if found.arms_differ => out::data(format!(
                    "what is stored of bandits' arms at number {} is not what the decisions have taught",
                    arms.number
                )),
                Some(arms) => out::data(format!("arms at number {}: {}", arms.number, arms.hash)),
                None => {}
            }
            if found.wrong_holds > 0 {
                out::data(format!(
                    "{} keys of duplicates are not held as the decisions come to",
                    found.wrong_holds
                ));
            }
            out::data(format!(
                "{} steps, {} availability bits, {} stored ledgers",
                found.steps, found.availability_bits, found.ledgers
            ));
            out::data(format!("{} of {}", found.reproduced, found.decisions));
        }
    }
    if found.is_reproduced() {
        Ok(())
    } else {
        Err(out::Reported.into())
    }
}
