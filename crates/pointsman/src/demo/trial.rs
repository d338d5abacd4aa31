//! The experiment of the demonstration: does the bandit earn more than the order that people chose?

use anyhow::Context as _;
use pointsman_control::{Control, ExperimentStep, NewExperiment};
use pointsman_experiment::{Guardrail, Metric, Plan, Subject};

use super::flows::{FLOW, TRIAL, TRIAL_ARMS};

/// Name of the experiment.
const NAME: &str = "learned-or-by-hand";
/// A lead counts a week after its draw: most conversions have come by then.
const WINDOW_HOURS: u32 = 7 * 24;

/// Plans the experiment and starts it. It reads what the split of the live version does, and changes nothing.
pub(super) async fn start(control: &Control) -> anyhow::Result<()> {
    let by = "demo".to_owned();
    let new = NewExperiment {
        name: NAME.to_owned(),
        flow: FLOW.to_owned(),
        plan: Plan {
            hypothesis: "what is learned earns more than the order that people chose".to_owned(),
            subject: Subject::Split {
                node: TRIAL.to_owned(),
                arms: TRIAL_ARMS.map(str::to_owned).to_vec(),
            },
            primary: Metric::Revenue,
            smallest_effect_ppm: 100_000,
            guardrails: vec![Guardrail {
                metric: Metric::AcceptRate,
                worst_ppm: 200_000,
            }],
            secondary: vec![Metric::ConversionRate],
            covariates: Vec::new(),
            slow_ms: pointsman_experiment::SLOW_MS,
            sticky: None,
            layer: None,
            window_hours: WINDOW_HOURS,
            confidence_ppm: 950_000,
        },
        candidate: None,
        share_ppm: 0,
        by: by.clone(),
    };
    control
        .create_experiment(new)
        .await
        .context("planning the experiment")?;
    let step = ExperimentStep {
        name: NAME.to_owned(),
        expected_revision: None,
        note: None,
        by,
    };
    control
        .start_experiment(step)
        .await
        .context("starting the experiment")?;
    Ok(())
}
