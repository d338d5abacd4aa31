//! Experiments: planned, started, read, and ended by a decision that is kept with its evidence.

use pointsman_experiment::{Plan, Subject};
use pointsman_lead::{Problem, Timestamp};
use pointsman_store::{
    ExperimentChangeRow, ExperimentRow, ExperimentState as StoredState, ExperimentUpdate,
};
use serde::Serialize;

use crate::{
    Control, Error, SettingsChangeKind,
    changes::{ChangeRecord, said},
    names,
};

mod checks;
mod concluding;
mod covariates;
mod guard;
mod layers;
mod moves;
mod reading;
mod readouts;
mod record;
mod sizes;

pub(crate) use checks::no_live;
pub use concluding::{Conclusion, Decision};
pub(crate) use guard::watch;
use moves::Move;
pub use readouts::read_experiment;
use record::ExperimentSaid;

/// Most characters of a hypothesis or of a reason.
pub(crate) const TEXT_MAX_CHARS: usize = pointsman_experiment::TEXT_MAX_CHARS;
/// Parts per million in a whole.
const WHOLE_PPM: u32 = 1_000_000;

/// How far an experiment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExperimentState {
    /// Planned.
    Draft,
    /// Leads take part.
    Running,
    /// No lead takes part any more; what came before goes on being counted.
    Paused,
    /// Decided.
    Concluded,
}

impl From<StoredState> for ExperimentState {
    fn from(state: StoredState) -> Self {
        match state {
            StoredState::Draft => Self::Draft,
            StoredState::Running => Self::Running,
            StoredState::Paused => Self::Paused,
            StoredState::Concluded => Self::Concluded,
        }
    }
}

/// An experiment to be made.
#[derive(Debug, Clone)]
pub struct NewExperiment {
    /// Its name.
    pub name: String,
    /// The flow.
    pub flow: String,
    /// What it compares, and how it is judged.
    pub plan: Plan,
    /// Hash of the version to try out, where versions are compared.
    pub candidate: Option<String>,
    /// The share of leads that the candidate takes from the start, in parts per million.
    pub share_ppm: u32,
    /// Who makes it.
    pub by: String,
}

impl NewExperiment {
    /// Its row, before it is started.
    pub(crate) fn into_row(self, now: Timestamp) -> ExperimentRow {
        let candidate = match self.plan.subject {
            Subject::Version => self.candidate,
            Subject::Split { .. } | Subject::Bandit { .. } | Subject::HoldOut => None,
        };
        let share_ppm = if candidate.is_some() {
            self.share_ppm
        } else {
            0
        };
        ExperimentRow {
            name: self.name,
            flow: self.flow,
            revision: 1,
            state: StoredState::Draft,
            plan_body: json(&self.plan),
            candidate_hash: candidate,
            share_ppm: i64::from(share_ppm),
            created_at: now.0,
            created_by: self.by,
            started_at: None,
            started_seq: None,
            concluded_at: None,
            conclusion_body: None,
            folded_seq: 0,
        }
    }
}

/// An experiment.
#[derive(Debug, Clone)]
pub struct Experiment {
    /// Its name.
    pub name: String,
    /// The flow.
    pub flow: String,
    /// One more with each change, from 1.
    pub revision: i64,
    /// How far it has come.
    pub state: ExperimentState,
    /// What it compares, and how it is judged.
    pub plan: Plan,
    /// Hash of the version that is tried out, where versions are compared.
    pub candidate: Option<String>,
    /// The share of leads that the candidate takes while it runs, in parts per million.
    pub share_ppm: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// When it was concluded.
    pub concluded_at: Option<Timestamp>,
    /// What was decided.
    pub conclusion: Option<Conclusion>,
}

/// A change of an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExperimentChange {
    /// When.
    pub at: Timestamp,
    /// Who made it.
    pub by: String,
    /// How far the experiment has come since.
    pub state: ExperimentState,
    /// The share of leads that the candidate takes since, in parts per million.
    pub share_ppm: u32,
    /// Why, if somebody said so.
    pub note: Option<String>,
}

impl From<ExperimentChangeRow> for ExperimentChange {
    fn from(row: ExperimentChangeRow) -> Self {
        Self {
            at: Timestamp(row.at),
            by: row.by_whom,
            state: row.state.into(),
            share_ppm: ppm(row.share_ppm),
            note: row.note,
        }
    }
}

impl Experiment {
    pub(crate) fn of(row: ExperimentRow) -> Result<Self, Error> {
        let unreadable = |what: &str| Error::Stored {
            what: format!("the {what} of experiment {}", row.name),
        };
        let plan = serde_json::from_str(&row.plan_body).map_err(|_| unreadable("plan"))?;
        let conclusion = row.conclusion_body.as_deref().map(serde_json::from_str);
        let conclusion = conclusion.transpose();
        Ok(Self {
            conclusion: conclusion.map_err(|_| unreadable("conclusion"))?,
            plan,
            name: row.name,
            flow: row.flow,
            revision: row.revision,
            state: row.state.into(),
            candidate: row.candidate_hash,
            share_ppm: ppm(row.share_ppm),
            created_at: Timestamp(row.created_at),
            created_by: row.created_by,
            started_at: row.started_at.map(Timestamp),
            concluded_at: row.concluded_at.map(Timestamp),
        })
    }
}

fn ppm(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(0)
}

/// What is asked of an experiment that is there.
#[derive(Debug, Clone)]
pub struct ExperimentStep {
    /// Its name.
    pub name: String,
    /// The revision that it must have; `None`: any.
    pub expected_revision: Option<i64>,
    /// Why.
    pub note: Option<String>,
    /// Who asks.
    pub by: String,
}

impl Control {
    /// Plans an experiment. No lead takes part before it is started.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] with everything that is wrong with it, [`Error::Flow`] if the candidate would not run,
    /// [`Error::NotFound`] for an unknown flow or version, [`Error::Conflict`] if the name is taken.
    pub async fn create_experiment(&self, new: NewExperiment) -> Result<Experiment, Error> {
        self.change(new, |control, new| async move {
            control.create_experiment_in_turn(new).await
        })
        .await
    }

    async fn create_experiment_in_turn(&self, new: NewExperiment) -> Result<Experiment, Error> {
        let problems = self.plan_problems(&new).await?;
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        let row = new.into_row(self.inner.clock.now());
        let inserted = row.clone();
        let change = ChangeRecord::new(SettingsChangeKind::ExperimentCreated, &row.name)
            .by(&row.created_by)
            .to(said(&ExperimentSaid::by(&row)));
        let stored = self.store_unrouted(change, move |tx| {
            Box::pin(async move { tx.insert_experiment(inserted).await })
        });
        stored.await?;
        Experiment::of(row)
    }

    /// Everything that is wrong with an experiment to be made.
    pub(crate) async fn plan_problems(&self, new: &NewExperiment) -> Result<Vec<Problem>, Error> {
        let mut problems: Vec<Problem> = names::check("name", &new.name).into_iter().collect();
        let hypothesis = &new.plan.hypothesis;
        problems.extend(names::check_text("hypothesis", hypothesis, TEXT_MAX_CHARS));
        problems.extend(new.plan.problems());
        let layer = new.plan.layer.as_ref();
        problems.extend(layer.and_then(|it| names::check("layer.name", &it.name)));
        problems.extend(self.subject_problems(new).await?);
        problems.extend(self.field_problems(new).await?);
        Ok(problems)
    }

    /// Lets leads take part, for the first time or again.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Conflict`] for another revision or if another experiment tries out a version of the
    /// flow, [`Error::Problems`] if it cannot be started, [`Error::Flow`] if the candidate would not run.
    pub async fn start_experiment(&self, step: ExperimentStep) -> Result<Experiment, Error> {
        self.refuse_of_rollout(&step.name).await?;
        self.move_experiment(step, Move::Start).await
    }

    /// Lets no more leads take part. Where a version is tried out, all leads go to the live one.
    ///
    /// # Errors
    ///
    /// As [`Control::start_experiment`].
    pub async fn pause_experiment(&self, step: ExperimentStep) -> Result<Experiment, Error> {
        self.refuse_of_rollout(&step.name).await?;
        self.move_experiment(step, Move::Pause).await
    }

    /// Sets the share of leads that the candidate takes. A larger share keeps those of a smaller one.
    ///
    /// * `share_ppm`: parts per million.
    ///
    /// # Errors
    ///
    /// As [`Control::start_experiment`].
    pub async fn set_experiment_share(
        &self,
        step: ExperimentStep,
        share_ppm: u32,
    ) -> Result<Experiment, Error> {
        self.refuse_of_rollout(&step.name).await?;
        self.move_experiment(step, Move::Share(share_ppm)).await
    }

    /// Pauses an experiment because of the harm that it does, also one that belongs to a rollout.
    async fn stop_experiment(&self, step: ExperimentStep) -> Result<Experiment, Error> {
        self.move_experiment(step, Move::Pause).await
    }

    async fn move_experiment(&self, step: ExperimentStep, how: Move) -> Result<Experiment, Error> {
        self.change((step, how), |control, (step, how)| async move {
            control.move_experiment_in_turn(step, how).await
        })
        .await
    }

    async fn move_experiment_in_turn(
        &self,
        step: ExperimentStep,
        how: Move,
    ) -> Result<Experiment, Error> {
        let row = self.experiment_row(&step).await?;
        let mut experiment = Experiment::of(row.clone())?;
        let mut problems: Vec<Problem> = step.problems().into_iter().collect();
        if let Move::Share(share) = how {
            problems.extend(checks::share_problem(&experiment, share));
        }
        let moved = how.of(experiment.state, experiment.share_ppm);
        if let Err(why) = moved {
            problems.push(cannot(&step.name, why));
        }
        if how == Move::Start {
            problems.extend(self.start_problems(&experiment).await?);
            problems.extend(self.reserve(&mut experiment).await?);
        }
        let (Ok((state, share_ppm)), true) = (moved, problems.is_empty()) else {
            return Err(Error::Problems(problems));
        };
        let update = ExperimentUpdate {
            name: step.name,
            expected_revision: row.revision,
            state,
            plan_body: json(&experiment.plan),
            share_ppm: i64::from(share_ppm),
            conclusion_body: None,
            at: self.inner.clock.now().0,
            by: step.by,
            note: step.note,
        };
        self.update_experiment(update).await
    }

    /// Stores a change; the caller has the turn.
    async fn update_experiment(&self, update: ExperimentUpdate) -> Result<Experiment, Error> {
        let known = self.inner.routes.revision();
        let change = self.updated(&update).await?;
        let stored = self.store_routed(known, change, move |tx| {
            Box::pin(async move { tx.update_experiment(update).await })
        });
        let (row, _) = stored.await?;
        // The version that is tried out takes leads from now on, or none any more.
        self.catch_up_in_turn().await?;
        Experiment::of(row)
    }

    /// The row of an experiment of the revision that is asked for.
    async fn experiment_row(&self, step: &ExperimentStep) -> Result<ExperimentRow, Error> {
        let row = self.inner.store.read().find_experiment(&step.name).await?;
        let row = row.ok_or_else(|| Error::not_found("experiment", &step.name))?;
        let expected = step.expected_revision;
        if expected.is_some_and(|expected| expected != row.revision) {
            return Err(Error::conflict("the experiment"));
        }
        Ok(row)
    }
}

impl ExperimentStep {
    fn problems(&self) -> Option<Problem> {
        let note = self.note.as_deref()?;
        names::check_text("note", note, TEXT_MAX_CHARS)
    }
}

fn cannot(name: &str, why: &str) -> Problem {
    let message = format!("experiment `{name}` cannot be changed like this: {why}");
    Problem::new("wrong_state", "name", message)
}

fn json<T: Serialize>(value: &T) -> String {
    // Plain records become JSON without fail.
    serde_json::to_string(value).unwrap_or_default()
}
