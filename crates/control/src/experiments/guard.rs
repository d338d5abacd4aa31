//! Stops experiments that break what they must not harm.

use std::{
    sync::Weak,
    time::{Duration, Instant},
};

use pointsman_store::{ExperimentRow, ExperimentState as StoredState};

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
        let control = Control {
            inner,
            author: None,
            reason: None,
        };
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
            let name = row.name.clone();
            // One that cannot be read must not keep the others from being stopped.
            if let Err(error) = self.stop_if_harmful(row).await {
                tracing::error!(experiment = name, error = %error, "its guardrails could not be looked at");
            }
        }
        Ok(())
    }

    async fn stop_if_harmful(&self, row: ExperimentRow) -> Result<(), Error> {
        let experiment = Experiment::of(row)?;
        if experiment.plan.guardrails.is_empty() {
            return Ok(());
        }
        let readout = self.readout_of(&experiment).await?;
        let Some(broken) = readout.broken_guardrail() else {
            return Ok(());
        };
        tracing::warn!(
            experiment = experiment.name,
            broken,
            "an experiment is paused"
        );
        let step = ExperimentStep {
            name: experiment.name,
            expected_revision: Some(experiment.revision),
            note: Some(broken),
            by: GUARD.to_owned(),
        };
        match self.stop_experiment(step).await {
            // Another process was faster, or a person.
            Ok(_) | Err(Error::Conflict { .. } | Error::Problems(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
