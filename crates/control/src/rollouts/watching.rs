//! Lets rollouts go on by themselves, and takes back what harms.

use pointsman_experiment::GateVerdict;
use pointsman_store::{RolloutRow, RolloutState as StoredState};

use super::{RolloutAsk, moving::Way, steps_of};
use crate::{Control, Error};

/// Who makes the changes, where people are named.
const BY: &str = "rollout";

impl Control {
    /// Looks at each rollout that runs: begins its next step where the gate is open, pauses it where nothing can be
    /// believed, and takes it back where a guardrail is broken. Of what stands in the way of one the others know nothing.
    ///
    /// Safe to call at any time and from several processes: the revision of a rollout says whether another one was faster.
    pub async fn move_rollouts_on(&self) {
        let open = match self.inner.store.read().open_rollouts().await {
            Ok(open) => open,
            Err(error) => {
                tracing::warn!(error = %error, "rollouts could not be looked at");
                return;
            }
        };
        for row in open {
            if row.state != StoredState::Running {
                continue;
            }
            let name = row.name.clone();
            if let Err(error) = self.move_on(row).await {
                tracing::error!(rollout = name, error = %error, "it could not be looked at");
            }
        }
    }

    async fn move_on(&self, row: RolloutRow) -> Result<(), Error> {
        let look = self.look(&row).await?;
        let (way, reason) = match look.verdict {
            GateVerdict::Open(why) if steps_of(&row)?.is_automatic => (Way::On, why),
            GateVerdict::Open(_) | GateVerdict::Wait(_) => return Ok(()),
            GateVerdict::Pause(why) => (Way::Pause, why),
            GateVerdict::RollBack(why) => (Way::Back, why),
        };
        tracing::info!(rollout = row.name, ?way, reason, "a rollout is changed");
        let ask = |reason| RolloutAsk {
            name: row.name.clone(),
            expected_revision: Some(row.revision),
            reason: Some(reason),
            by: BY.to_owned(),
        };
        match self.move_rollout(ask(reason), way).await {
            // Another process was faster, or a person.
            Ok(_) | Err(Error::Conflict { .. }) => Ok(()),
            // It would fail again and again: somebody has to look at it.
            Err(error) if way == Way::On && is_lasting(&error) => {
                let why = format!("the next step cannot begin: {}", words(&error));
                self.move_rollout(ask(why), Way::Pause).await?;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

fn is_lasting(error: &Error) -> bool {
    matches!(
        error,
        Error::Problems(_) | Error::Flow { .. } | Error::Parent { .. } | Error::NotFound { .. }
    )
}

fn words(error: &Error) -> String {
    match error {
        Error::Problems(problems) => {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            told.join("; ")
        }
        other => other.to_string(),
    }
}
