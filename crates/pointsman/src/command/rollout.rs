//! Rollouts from the command line, also while a server uses the database.

use std::path::Path;

use anyhow::Context as _;
use pointsman_control::{Control, Error, NewRollout, Rollout, RolloutAsk, RolloutState};
use pointsman_experiment::{Exposure, Guardrail, Metric, Plan, RolloutPlan, RolloutStep, Subject};
use pointsman_history::{Clock, open};
use pointsman_store::Store;
use serde::Deserialize;
use serde_json::{Value, json};

use super::database;
use crate::{
    cli::{Output, RolloutMove, RolloutVerb},
    out,
    settings::Settings,
};

/// Who makes changes from here, where people are named.
const BY: &str = "command line";
/// Rollouts that are listed.
const LISTED_MAX: u64 = 100;

/// A rollout as a file says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    flow: String,
    version: String,
    steps: Vec<RolloutStep>,
    #[serde(default = "yes")]
    is_automatic: bool,
    #[serde(default)]
    hypothesis: String,
    primary: Metric,
    #[serde(default = "smallest_effect")]
    smallest_effect_ppm: u32,
    guardrails: Vec<Guardrail>,
    #[serde(default)]
    secondary: Vec<Metric>,
    #[serde(default)]
    covariates: Vec<String>,
    #[serde(default = "slow")]
    slow_ms: u32,
    sticky: Option<String>,
    #[serde(default)]
    window_hours: u32,
    #[serde(default = "confidence")]
    confidence_ppm: u32,
}

fn yes() -> bool {
    true
}

fn smallest_effect() -> u32 {
    50_000
}

fn slow() -> u32 {
    pointsman_experiment::SLOW_MS
}

fn confidence() -> u32 {
    950_000
}

pub(super) async fn run(
    settings: &Settings,
    verb: &RolloutVerb,
    output: Output,
) -> anyhow::Result<()> {
    match verb {
        RolloutVerb::List(database) => {
            let url = database::url(settings, database.db.as_deref());
            let control = Control::open(
                Store::open_read_only(&url, &database::options(settings)?).await?,
                Clock::real(),
            )
            .await?;
            list(&control, output).await
        }
        RolloutVerb::Start { asked, .. }
        | RolloutVerb::Advance(asked)
        | RolloutVerb::Pause(asked)
        | RolloutVerb::Back(asked) => Box::pin(change(settings, verb, asked, output)).await,
    }
}

async fn list(control: &Control, output: Output) -> anyhow::Result<()> {
    let page = control.rollouts(None, None, LISTED_MAX).await?;
    let found: Vec<Rollout> = page.entries.into_iter().map(|(_, it)| it).collect();
    match output {
        Output::Json => out::json(&found.iter().map(shown).collect::<Vec<_>>()),
        Output::Text => {
            for it in &found {
                out::data(line(it));
            }
            Ok(())
        }
    }
}

fn shown(it: &Rollout) -> Value {
    json!({
        "name": it.name, "flow": it.flow, "version": it.version, "state": word(it.place.state),
        "step": it.place.step, "steps": it.steps.steps, "revision": it.revision,
    })
}

fn line(it: &Rollout) -> String {
    let (name, flow, state) = (&it.name, &it.flow, word(it.place.state));
    let (step, n_steps) = (it.place.step + 1, it.steps.steps.len());
    let exposure = it.steps.steps.get(it.place.step).map(|step| step.exposure);
    let exposure = match exposure {
        Some(Exposure::Canary(share)) => format!("{share} ppm of leads"),
        Some(Exposure::Shadow) => "shadow".to_owned(),
        None => "no step".to_owned(),
    };
    format!("{name}  {flow}  {state}  step {step} of {n_steps}: {exposure}")
}

fn word(state: RolloutState) -> &'static str {
    match state {
        RolloutState::Running => "running",
        RolloutState::Paused => "paused",
        RolloutState::Live => "live",
        RolloutState::RolledBack => "rolled back",
    }
}

async fn change(
    settings: &Settings,
    verb: &RolloutVerb,
    asked: &RolloutMove,
    output: Output,
) -> anyhow::Result<()> {
    let plan = match verb {
        RolloutVerb::Start {
            plan: Some(file), ..
        } => Some(read(file)?),
        _ => None,
    };
    let options = database::options(settings)?;
    let url = database::url(settings, asked.database.db.as_deref());
    let store = match Store::open_beside(&url, &options).await {
        Ok(store) => store,
        // There is no database yet, or one of an earlier release.
        Err(_) => open(&url, &options, &Clock::real(), false).await?,
    };
    let control = Control::open(store.clone(), Clock::real()).await?;
    let changed = act(&control, verb, asked, plan).await;
    drop(control);
    store.close().await?;
    match changed {
        Ok(rollout) if output == Output::Json => out::json(&shown(&rollout)),
        Ok(rollout) => {
            out::data(line(&rollout));
            Ok(())
        }
        Err(Error::Problems(problems)) => {
            for problem in problems {
                out::note(problem.to_string());
            }
            Err(out::Reported.into())
        }
        Err(error) => Err(error.into()),
    }
}

fn read(file: &Path) -> anyhow::Result<PlanFile> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is no plan of a rollout", file.display()))
}

async fn act(
    control: &Control,
    verb: &RolloutVerb,
    asked: &RolloutMove,
    plan: Option<PlanFile>,
) -> Result<Rollout, Error> {
    let ask = RolloutAsk {
        name: asked.name.clone(),
        expected_revision: None,
        reason: asked.reason.clone(),
        by: BY.to_owned(),
    };
    match (verb, plan) {
        (_, Some(plan)) => control.start_rollout(plan.planned(ask)).await,
        (RolloutVerb::Advance(_), None) => control.advance_rollout(ask).await,
        (RolloutVerb::Pause(_), None) => control.pause_rollout(ask).await,
        (RolloutVerb::Back(_), None) => control.roll_back_rollout(ask).await,
        (RolloutVerb::Start { .. } | RolloutVerb::List(_), None) => {
            control.resume_rollout(ask).await
        }
    }
}

impl PlanFile {
    fn planned(self, ask: RolloutAsk) -> NewRollout {
        NewRollout {
            name: ask.name,
            flow: self.flow,
            version: self.version,
            steps: RolloutPlan {
                steps: self.steps,
                is_automatic: self.is_automatic,
            },
            watched: Plan {
                hypothesis: self.hypothesis,
                subject: Subject::Version,
                primary: self.primary,
                smallest_effect_ppm: self.smallest_effect_ppm,
                guardrails: self.guardrails,
                secondary: self.secondary,
                covariates: self.covariates,
                slow_ms: self.slow_ms,
                sticky: self.sticky,
                layer: None,
                window_hours: self.window_hours,
                confidence_ppm: self.confidence_ppm,
            },
            reason: ask.reason,
            by: ask.by,
        }
    }
}
