//! The start of a rollout: its experiment, its first step, and all that is wrong with it.

use pointsman_experiment::Exposure;
use pointsman_lead::Problem;
use pointsman_store::{
    CatalogRow, ExperimentRow, ExperimentState, ExperimentUpdate, NewShadow as NewShadowRow,
    RolloutRow, RolloutState as StoredState,
};

use super::{NewRollout, Rollout, WHOLE_PPM, reading::rollout_said};
use crate::{
    Control, Error, NewShadow,
    changes::{ChangeRecord, SettingsChangeKind},
    experiments::{Experiment, NewExperiment, TEXT_MAX_CHARS},
    names,
};

impl NewRollout {
    /// The experiment that watches the version.
    fn experiment(&self) -> NewExperiment {
        let mut canaries = self.steps.steps.iter().filter_map(|it| match it.exposure {
            Exposure::Canary(share) => Some(share),
            Exposure::Shadow => None,
        });
        let share = canaries.next();
        NewExperiment {
            name: self.name.clone(),
            flow: self.flow.clone(),
            plan: self.watched.clone(),
            candidate: Some(self.version.clone()),
            // What is wrong with it, the steps say. One that is only looked at has no share before it is live.
            share_ppm: share.filter(|it| (1..WHOLE_PPM).contains(it)).unwrap_or(1),
            by: self.by.clone(),
        }
    }
}

/// All that is stored when a rollout starts.
#[derive(Debug, Clone)]
struct Start {
    experiment: ExperimentRow,
    running: Option<ExperimentUpdate>,
    shadow: Option<(NewShadowRow, CatalogRow)>,
    rollout: RolloutRow,
    reason: String,
}

impl Control {
    /// Starts the rollout of a version: makes its experiment, and begins the first step.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] with everything that is wrong with it, [`Error::Flow`] if the version would not run,
    /// [`Error::NotFound`] for an unknown flow or version, [`Error::Conflict`] if the name is taken.
    pub async fn start_rollout(&self, new: NewRollout) -> Result<Rollout, Error> {
        self.change(new, |control, new| async move {
            control.start_rollout_in_turn(new).await
        })
        .await
    }

    async fn start_rollout_in_turn(&self, new: NewRollout) -> Result<Rollout, Error> {
        let known = self.inner.routes.revision();
        let start = self.start_of(new).await?;
        let row = start.rollout.clone();
        let change = ChangeRecord::new(SettingsChangeKind::RolloutStarted, &row.name)
            .by(&row.created_by)
            .because(Some(&start.reason))
            .to(rollout_said(&row));
        let stored = self.store_routed(known, change, move |tx| {
            Box::pin(async move {
                let Start {
                    experiment,
                    running,
                    shadow,
                    rollout,
                    reason,
                } = start;
                tx.insert_experiment(experiment).await?;
                if let Some(update) = running {
                    tx.update_experiment(update).await?;
                }
                if let Some((row, catalog)) = shadow {
                    tx.put_catalog(catalog).await?;
                    tx.set_shadow(row).await?;
                }
                tx.insert_rollout(rollout, reason).await
            })
        });
        stored.await?;
        self.catch_up_in_turn().await?;
        Rollout::of(row)
    }

    /// Checks a rollout, and makes the rows of its start.
    async fn start_of(&self, new: NewRollout) -> Result<Start, Error> {
        let now = self.inner.clock.now();
        let experiment = new.experiment();
        let problems = self.rollout_problems(&new, &experiment).await?;
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        let experiment = experiment.into_row(now);
        let shadow = match new.steps.steps.first().map(|step| step.exposure) {
            Some(Exposure::Shadow) => {
                let shadow = NewShadow {
                    flow: new.flow.clone(),
                    version: new.version.clone(),
                    share_ppm: WHOLE_PPM,
                    note: Some(format!("rollout {}", new.name)),
                    by: new.by.clone(),
                };
                Some(self.rolled_out_shadow(shadow).await?)
            }
            _ => None,
        };
        let reason = new.reason.unwrap_or_else(|| "started".to_owned());
        let running = shadow.is_none().then(|| ExperimentUpdate {
            name: new.name.clone(),
            expected_revision: 1,
            state: ExperimentState::Running,
            plan_body: experiment.plan_body.clone(),
            share_ppm: experiment.share_ppm,
            conclusion_body: None,
            at: now.0,
            by: new.by.clone(),
            note: Some(reason.clone()),
        });
        let rollout = RolloutRow {
            name: new.name,
            flow: new.flow,
            revision: 1,
            state: StoredState::Running,
            // Plain records become JSON without fail.
            plan_body: serde_json::to_string(&new.steps).unwrap_or_default(),
            candidate_hash: new.version,
            step: 0,
            step_since_at: now.0,
            // The transaction gives it.
            step_since_seq: 0,
            created_at: now.0,
            created_by: new.by,
            ended_at: None,
        };
        Ok(Start {
            experiment,
            running,
            shadow,
            rollout,
            reason,
        })
    }

    /// Everything that is wrong with a rollout to be started.
    async fn rollout_problems(
        &self,
        new: &NewRollout,
        experiment: &NewExperiment,
    ) -> Result<Vec<Problem>, Error> {
        let mut problems = new.steps.problems(&new.watched);
        let reason = new.reason.as_deref();
        problems.extend(reason.and_then(|it| names::check_text("reason", it, TEXT_MAX_CHARS)));
        let mut more = self.plan_problems(experiment).await?;
        more.extend(self.other_rollout(&new.flow).await?);
        let row = experiment.clone().into_row(self.inner.clock.now());
        more.extend(self.start_problems(&Experiment::of(row)?).await?);
        for mut problem in more {
            // What an experiment calls its candidate.
            if problem.path == "candidate" {
                "version".clone_into(&mut problem.path);
            }
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        Ok(problems)
    }

    /// The rows of a rollout's shadow.
    pub(super) async fn rolled_out_shadow(
        &self,
        new: NewShadow,
    ) -> Result<(NewShadowRow, CatalogRow), Error> {
        let live = self.live_document(&new.flow).await?;
        let live = live.ok_or_else(|| Error::not_found("stage", "live"))?;
        let shadow = self.shadow_of(&live, &new).await?;
        shadow.map_err(Error::Problems)
    }

    /// The rollout of a flow that has not ended, as a problem.
    async fn other_rollout(&self, flow: &str) -> Result<Option<Problem>, Error> {
        let open = self.inner.store.read().open_rollouts().await?;
        let other = open.into_iter().find(|row| row.flow == flow);
        Ok(other.map(|other| {
            let message = format!("rollout `{}` of this flow has not ended", other.name);
            let problem = Problem::new("rollout_running", "flow", message);
            problem.hint("let it come to its end, or roll it back")
        }))
    }
}
