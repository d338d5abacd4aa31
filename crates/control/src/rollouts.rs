//! Versions on their way from no lead to all of them, step by step, each behind a gate.
//!
//! A rollout is an experiment with a candidate and a plan of its shares. In a first step the version may be a shadow. Each
//! change of a rollout is one transaction together with what it changes of its experiment, shadow and live stage, so that a
//! process that is killed leaves it before the change or after it.

use pointsman_experiment::{Exposure, Plan, Readout, RolloutPlan};
use pointsman_lead::{Problem, Timestamp};
use pointsman_store::{RolloutChangeRow, RolloutRow, RolloutState as StoredState};
use serde::{Deserialize, Serialize};

use crate::{Control, Error, experiments::TEXT_MAX_CHARS, names};

mod looking;
mod moving;
mod reading;
mod starting;
mod watching;

/// The share of leads that a shadow decides: nothing is sent, so nothing speaks for less.
const WHOLE_PPM: u32 = 1_000_000;

/// A version to be rolled out.
#[derive(Debug, Clone)]
pub struct NewRollout {
    /// Its name, which is that of its experiment, too.
    pub name: String,
    /// The flow.
    pub flow: String,
    /// Hash of the version.
    pub version: String,
    /// The steps.
    pub steps: RolloutPlan,
    /// What the version is watched by.
    pub watched: Plan,
    /// Why.
    pub reason: Option<String>,
    /// Who starts it.
    pub by: String,
}

/// Whether a version goes on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RolloutState {
    /// It does.
    Running,
    /// All leads go to the live version, and it stays at its step.
    Paused,
    /// It is the live version.
    Live,
    /// It was taken back.
    RolledBack,
}

impl From<StoredState> for RolloutState {
    fn from(state: StoredState) -> Self {
        match state {
            StoredState::Running => Self::Running,
            StoredState::Paused => Self::Paused,
            StoredState::Live => Self::Live,
            StoredState::RolledBack => Self::RolledBack,
        }
    }
}

/// A version on its way.
#[derive(Debug, Clone)]
pub struct Rollout {
    /// Its name.
    pub name: String,
    /// The flow.
    pub flow: String,
    /// Hash of the version.
    pub version: String,
    /// One more with each change, from 1.
    pub revision: i64,
    /// Its state and step.
    pub place: RolloutPlace,
    /// The steps.
    pub steps: RolloutPlan,
    /// When the step began.
    pub step_since: Timestamp,
    /// When it was started.
    pub created_at: Timestamp,
    /// Who started it.
    pub created_by: String,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// How far a rollout has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolloutPlace {
    /// Its state.
    pub state: RolloutState,
    /// Position of its step, from 0.
    pub step: usize,
}

impl Rollout {
    fn of(row: RolloutRow) -> Result<Self, Error> {
        Ok(Self {
            steps: steps_of(&row)?,
            place: RolloutPlace {
                state: row.state.into(),
                step: position(row.step),
            },
            name: row.name,
            flow: row.flow,
            version: row.candidate_hash,
            revision: row.revision,
            step_since: Timestamp(row.step_since_at),
            created_at: Timestamp(row.created_at),
            created_by: row.created_by,
            ended_at: row.ended_at.map(Timestamp),
        })
    }
}

fn steps_of(row: &RolloutRow) -> Result<RolloutPlan, Error> {
    serde_json::from_str(&row.plan_body).map_err(|_| Error::Stored {
        what: format!("the steps of rollout {}", row.name),
    })
}

fn position(stored: i64) -> usize {
    usize::try_from(stored).unwrap_or(0)
}

/// What was known when a rollout was changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RolloutEvidence {
    /// Leads of the version that counted since the step began.
    pub leads: u64,
    /// Hours since the step began.
    pub hours: f64,
    /// What its shadow came to, in a step of that kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<ShadowCounts>,
    /// The readout of its experiment, in other steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readout: Option<Readout>,
}

/// What a shadow came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowCounts {
    /// Leads that it decided.
    pub leads: u64,
    /// Those that it sends elsewhere first.
    pub moved: u64,
    /// Those of which it cannot be known.
    pub undecided: u64,
}

/// A change of a rollout.
#[derive(Debug, Clone)]
pub struct RolloutChange {
    /// When.
    pub at: Timestamp,
    /// Who made it.
    pub by: String,
    /// Before it; absent where the rollout was started.
    pub before: Option<RolloutPlace>,
    /// After it.
    pub after: RolloutPlace,
    /// Why.
    pub reason: String,
    /// What it was changed by.
    pub evidence: Option<RolloutEvidence>,
}

impl RolloutChange {
    fn of(row: RolloutChangeRow) -> Result<Self, Error> {
        let evidence = row.evidence_body.as_deref().map(serde_json::from_str);
        let evidence = evidence.transpose().map_err(|_| Error::Stored {
            what: format!("a change of rollout {}", row.rollout),
        })?;
        let place = |state: StoredState, step| RolloutPlace {
            state: state.into(),
            step: position(step),
        };
        let before = row.before_state.zip(row.before_step);
        Ok(Self {
            at: Timestamp(row.at),
            by: row.by_whom,
            before: before.map(|(state, step)| place(state, step)),
            after: place(row.after_state, row.after_step),
            reason: row.reason,
            evidence,
        })
    }
}

/// What is asked of a rollout that is there.
#[derive(Debug, Clone)]
pub struct RolloutAsk {
    /// Its name.
    pub name: String,
    /// The revision that it must have; `None`: any.
    pub expected_revision: Option<i64>,
    /// Why.
    pub reason: Option<String>,
    /// Who asks.
    pub by: String,
}

impl RolloutAsk {
    fn problems(&self) -> Option<Problem> {
        let reason = self.reason.as_deref()?;
        names::check_text("reason", reason, TEXT_MAX_CHARS)
    }
}

impl Control {
    /// Refuses to change an experiment whose steps are those of a rollout.
    pub(crate) async fn refuse_of_rollout(&self, experiment: &str) -> Result<(), Error> {
        let row = self.inner.store.read().find_rollout(experiment).await?;
        match row {
            Some(row) if row.ended_at.is_none() => {
                let message =
                    format!("experiment `{experiment}` belongs to the rollout of its name");
                let problem = Problem::new("rollout_running", "name", message);
                Err(Error::problem(
                    problem.hint("advance, pause or roll back the rollout instead"),
                ))
            }
            _ => Ok(()),
        }
    }

    /// Refuses to change the shadow of a flow that a rollout looks at.
    pub(crate) async fn refuse_while_rolled_out(&self, flow: &str) -> Result<(), Error> {
        let open = self.inner.store.read().open_rollouts().await?;
        let Some(row) = open.into_iter().find(|row| row.flow == flow) else {
            return Ok(());
        };
        let steps = steps_of(&row)?.steps;
        match steps.get(position(row.step)).map(|step| step.exposure) {
            Some(Exposure::Shadow) => {
                let message = format!("rollout `{}` looks at the shadow of this flow", row.name);
                let problem = Problem::new("rollout_running", "flow", message);
                Err(Error::problem(
                    problem.hint("let the rollout go on, or roll it back"),
                ))
            }
            _ => Ok(()),
        }
    }
}
