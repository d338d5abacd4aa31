//! The changes of a rollout: each is one transaction.

use pointsman_experiment::{CANDIDATE_ARM, Exposure, GateVerdict, RolloutPlan};
use pointsman_lead::Problem;
use pointsman_store::{
    CatalogRow, Expected, ExpectedStage, ExperimentRow, ExperimentState, ExperimentUpdate,
    NewShadow as NewShadowRow, RolloutCause, RolloutRow, RolloutState as StoredState, ShadowEnd,
    StageTarget,
};

use super::{
    Rollout, RolloutAsk, WHOLE_PPM, looking::Look, position, reading::rollout_said, steps_of,
};
use crate::{
    Control, Decision, Error, ExperimentStep, NewShadow,
    changes::{ChangeRecord, SettingsChangeKind},
    experiments::Experiment,
};

/// Where a rollout is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// To its next step; from the last one, to all leads.
    On,
    /// Nowhere, and no lead to the version.
    Pause,
    /// On with its step, which begins anew.
    Resume,
    /// To no lead.
    Back,
}

/// All that is stored when a rollout changes.
#[derive(Debug, Default)]
struct Changes {
    experiment: Option<ExperimentUpdate>,
    shadow: Option<(NewShadowRow, CatalogRow)>,
    shadow_end: Option<ShadowEnd>,
    live: Option<(Vec<CatalogRow>, StageTarget)>,
}

impl Control {
    /// Begins the next step of a rollout before its gate is open; after the last step the version is live.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Conflict`] for another revision, [`Error::Problems`] if it does not run, or a
    /// guardrail is broken; [`Error::Flow`] if the version would not run.
    pub async fn advance_rollout(&self, ask: RolloutAsk) -> Result<Rollout, Error> {
        self.move_rollout(ask, Way::On).await
    }

    /// Keeps a rollout at its step and all leads with the live version.
    ///
    /// # Errors
    ///
    /// As [`Control::advance_rollout`].
    pub async fn pause_rollout(&self, ask: RolloutAsk) -> Result<Rollout, Error> {
        self.move_rollout(ask, Way::Pause).await
    }

    /// Lets a rollout go on after a pause. Its step begins anew.
    ///
    /// # Errors
    ///
    /// As [`Control::advance_rollout`].
    pub async fn resume_rollout(&self, ask: RolloutAsk) -> Result<Rollout, Error> {
        self.move_rollout(ask, Way::Resume).await
    }

    /// Takes a version back for good: all leads go to the live one, and its experiment ends with the decision to keep that.
    ///
    /// # Errors
    ///
    /// As [`Control::advance_rollout`].
    pub async fn roll_back_rollout(&self, ask: RolloutAsk) -> Result<Rollout, Error> {
        self.move_rollout(ask, Way::Back).await
    }

    pub(super) async fn move_rollout(&self, ask: RolloutAsk, way: Way) -> Result<Rollout, Error> {
        self.change((ask, way), |control, (ask, way)| async move {
            control.move_rollout_in_turn(ask, way).await
        })
        .await
    }

    async fn move_rollout_in_turn(&self, ask: RolloutAsk, way: Way) -> Result<Rollout, Error> {
        let known = self.inner.routes.revision();
        let row = self.inner.store.read().find_rollout(&ask.name).await?;
        let row = row.ok_or_else(|| Error::not_found("rollout", &ask.name))?;
        let expected = ask.expected_revision;
        if expected.is_some_and(|expected| expected != row.revision) {
            return Err(Error::conflict("the rollout"));
        }
        let mut problems: Vec<Problem> = ask.problems().into_iter().collect();
        problems.extend(wrong_state(&row, way));
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        let plan = steps_of(&row)?;
        let look = self.look(&row).await?;
        if matches!(way, Way::On | Way::Resume) {
            refuse_harm(&look)?;
        }
        let before = rollout_said(&row);
        let after = after(row, way, &plan, self.inner.clock.now().0);
        let reason = ask.reason.unwrap_or_else(|| way.word().to_owned());
        let cause = RolloutCause {
            at: self.inner.clock.now().0,
            by: ask.by,
            reason,
            // Plain records become JSON without fail.
            evidence_body: Some(serde_json::to_string(&look.evidence).unwrap_or_default()),
        };
        let changes = self.changes_with(&after, way, &plan, &cause).await?;
        let change = ChangeRecord::new(SettingsChangeKind::RolloutMoved, &after.name)
            .by(&cause.by)
            .because(Some(&cause.reason))
            .from(Some(before))
            .to(rollout_said(&after));
        let stored = self.store_routed(known, change, move |tx| {
            Box::pin(async move {
                let Changes {
                    experiment,
                    shadow,
                    shadow_end,
                    live,
                } = changes;
                if let Some((catalogs, target)) = live {
                    for catalog in catalogs {
                        tx.put_catalog(catalog).await?;
                    }
                    tx.move_stage(target, ExpectedStage::Row(Expected::Any))
                        .await?;
                }
                if let Some(update) = experiment {
                    tx.update_experiment(update).await?;
                }
                if let Some((row, catalog)) = shadow {
                    tx.put_catalog(catalog).await?;
                    tx.set_shadow(row).await?;
                }
                if let Some(end) = shadow_end {
                    tx.end_shadow(end).await?;
                }
                tx.update_rollout(after, cause).await
            })
        });
        let (row, _) = stored.await?;
        // The version takes other leads from now on.
        self.catch_up_in_turn().await?;
        Rollout::of(row)
    }

    /// What changes together with a rollout.
    ///
    /// * `after`: the rollout after the change.
    async fn changes_with(
        &self,
        after: &RolloutRow,
        way: Way,
        plan: &RolloutPlan,
        cause: &RolloutCause,
    ) -> Result<Changes, Error> {
        let found = self.inner.store.read().find_experiment(&after.name).await?;
        let experiment = found.ok_or_else(|| Error::not_found("experiment", &after.name))?;
        let step = plan.steps.get(position(after.step));
        let exposure = step.map(|step| step.exposure);
        let shadow_end = self.shadow_end(after, cause).await?;
        let mut changes = Changes::default();
        match (way, exposure) {
            (Way::On, Some(Exposure::Canary(share))) if after.state == StoredState::Running => {
                changes.experiment = Some(self.run(experiment, share, cause).await?);
                changes.shadow_end = shadow_end;
            }
            (Way::On, _) => {
                let now = (cause.at, cause.by.as_str());
                let hash = after.candidate_hash.clone();
                changes.live = Some(self.promoting(&after.flow, hash, now).await?);
                changes.experiment = Some(self.end(experiment, true, cause).await?);
                changes.shadow_end = shadow_end;
            }
            (Way::Pause, _) => {
                if experiment.state == ExperimentState::Running {
                    let share = experiment.share_ppm;
                    changes.experiment =
                        Some(update(experiment, (ExperimentState::Paused, share), cause));
                }
            }
            (Way::Resume, Some(Exposure::Canary(share))) => {
                changes.experiment = Some(self.run(experiment, share, cause).await?);
            }
            (Way::Resume, _) => {
                // A new one, of which no lead is known yet, also where the one of before goes on.
                changes.shadow = Some(self.rolled_out_shadow(shadow_of(after, cause)).await?);
            }
            (Way::Back, _) => {
                if experiment.state != ExperimentState::Concluded {
                    changes.experiment = Some(self.end(experiment, false, cause).await?);
                }
                changes.shadow_end = shadow_end;
            }
        }
        Ok(changes)
    }

    /// The end of a rollout's shadow, if it goes on.
    async fn shadow_end(
        &self,
        row: &RolloutRow,
        cause: &RolloutCause,
    ) -> Result<Option<ShadowEnd>, Error> {
        let open = self.inner.store.read().open_shadows().await?;
        let own = open
            .into_iter()
            .find(|it| it.flow == row.flow && it.version_hash == row.candidate_hash);
        Ok(own.map(|own| ShadowEnd {
            flow: own.flow,
            at: cause.at,
            by: cause.by.clone(),
            note: Some(format!("rollout {}: {}", row.name, cause.reason)),
        }))
    }

    /// Lets a share of leads take part in the experiment.
    async fn run(
        &self,
        row: ExperimentRow,
        share_ppm: u32,
        cause: &RolloutCause,
    ) -> Result<ExperimentUpdate, Error> {
        if row.state != ExperimentState::Running {
            let problems = self.start_problems(&Experiment::of(row.clone())?).await?;
            if !problems.is_empty() {
                return Err(Error::Problems(problems));
            }
        }
        let running = (ExperimentState::Running, i64::from(share_ppm));
        Ok(update(row, running, cause))
    }

    /// Ends the experiment with a decision.
    async fn end(
        &self,
        row: ExperimentRow,
        ships: bool,
        cause: &RolloutCause,
    ) -> Result<ExperimentUpdate, Error> {
        let decision = if ships {
            let arm = CANDIDATE_ARM.to_owned();
            Decision::Ship { arm }
        } else {
            Decision::Keep
        };
        let promoted = row.candidate_hash.clone().filter(|_| ships);
        let step = ExperimentStep {
            name: row.name.clone(),
            expected_revision: Some(row.revision),
            note: Some(cause.reason.clone()),
            by: cause.by.clone(),
        };
        self.concluding(row, step, decision, promoted).await
    }
}

impl Way {
    fn word(self) -> &'static str {
        match self {
            Self::On => "advanced",
            Self::Pause => "paused",
            Self::Resume => "resumed",
            Self::Back => "rolled back",
        }
    }
}

/// A rollout after a change, with the revision that it has before.
fn after(row: RolloutRow, way: Way, plan: &RolloutPlan, now: i64) -> RolloutRow {
    let ended = |state, row| RolloutRow {
        state,
        ended_at: Some(now),
        ..row
    };
    match way {
        Way::Pause => RolloutRow {
            state: StoredState::Paused,
            ..row
        },
        Way::Resume => RolloutRow {
            state: StoredState::Running,
            ..row
        },
        Way::Back => ended(StoredState::RolledBack, row),
        Way::On if position(row.step) + 1 < plan.steps.len() => RolloutRow {
            step: row.step + 1,
            ..row
        },
        Way::On => ended(StoredState::Live, row),
    }
}

fn wrong_state(row: &RolloutRow, way: Way) -> Option<Problem> {
    let why = match (row.state, way) {
        (StoredState::Live, _) => "its version is live",
        (StoredState::RolledBack, _) => "it was rolled back",
        (StoredState::Running, Way::Resume) => "it runs already",
        (StoredState::Paused, Way::On) => "it is paused",
        (StoredState::Paused, Way::Pause) => "it is paused already",
        (StoredState::Running, Way::On | Way::Pause | Way::Back)
        | (StoredState::Paused, Way::Resume | Way::Back) => return None,
    };
    let message = format!("rollout `{}` cannot be changed like this: {why}", row.name);
    let problem = Problem::new("wrong_state", "name", message);
    Some(match row.state {
        StoredState::Live => problem.hint("roll the stage `live` back instead"),
        StoredState::Paused => problem.hint("resume it first"),
        StoredState::Running | StoredState::RolledBack => problem,
    })
}

/// Nobody may send more leads to what harms.
fn refuse_harm(look: &Look) -> Result<(), Error> {
    match &look.verdict {
        GateVerdict::RollBack(why) | GateVerdict::Pause(why) => {
            let message = format!("it must not go on: {why}");
            let problem = Problem::new("gate_closed", "name", message);
            Err(Error::problem(problem.hint("roll it back")))
        }
        GateVerdict::Open(_) | GateVerdict::Wait(_) => Ok(()),
    }
}

fn shadow_of(row: &RolloutRow, cause: &RolloutCause) -> NewShadow {
    NewShadow {
        flow: row.flow.clone(),
        version: row.candidate_hash.clone(),
        share_ppm: WHOLE_PPM,
        note: Some(format!("rollout {}: {}", row.name, cause.reason)),
        by: cause.by.clone(),
    }
}

fn update(
    row: ExperimentRow,
    (state, share_ppm): (ExperimentState, i64),
    cause: &RolloutCause,
) -> ExperimentUpdate {
    ExperimentUpdate {
        name: row.name,
        expected_revision: row.revision,
        state,
        plan_body: row.plan_body,
        share_ppm,
        conclusion_body: None,
        at: cause.at,
        by: cause.by.clone(),
        note: Some(cause.reason.clone()),
    }
}
