//! Stops experiments that break what they must not harm.

use std::{
    sync::Weak,
    time::{Duration, Instant},
};

use pointsman_store::ExperimentState as StoredState;

use super::{Experiment, ExperimentStep};
use crate::{Control, Error, Inner};

/// Real time between two looks.
const EVERY: Duration = Duration::from_secs(5);
/// A look at large experiments takes a while: the wait is at least so many times as long.
const REST: u32 = 10;
/// Who makes the changes, where people are named.
const GUARD: &str = "guardrail";

/// Looks at the guardrails of running experiments until nobody configures any more.
pub(crate) async fn watch(inner: Weak<Inner>) {
    let mut wait = EVERY;
    loop {
        tokio::time::sleep(wait).await;
        let began = Instant::now();
        let Some(inner) = inner.upgrade() else {
            return;
        };
        let control = Control { inner };
        if let Err(error) = control.stop_harmful().await {
            tracing::warn!(error = %error, "the guardrails of experiments could not be looked at");
        }
        wait = EVERY.max(began.elapsed() * REST);
    }
}

impl Control {
    /// Pauses each running experiment of which an arm is beyond doubt worse than a guardrail allows. Where a version is
    /// tried out, all leads go to the live one from then on.
    ///
    /// Safe to call at any time and from several processes: the revision of the experiment says whether another one was
    /// faster.
    async fn stop_harmful(&self) -> Result<(), Error> {
        let open = self.inner.store.read().open_experiments().await?;
        for row in open {
            if row.state != StoredState::Running {
                continue;
            }
            let experiment = Experiment::of(row.clone())?;
            if experiment.plan.guardrails.is_empty() {
                continue;
            }
            let readout = self.readout_of(&experiment).await?;
            let Some(broken) = readout.broken_guardrail() else {
                continue;
            };
            tracing::warn!(experiment = row.name, broken, "an experiment is paused");
            let step = ExperimentStep {
                name: row.name,
                expected_revision: Some(row.revision),
                note: Some(broken),
                by: GUARD.to_owned(),
            };
            match self.pause_experiment(step).await {
                // Another process was faster, or a person.
                Ok(_) | Err(Error::Conflict { .. } | Error::Problems(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
