//! What is known of a rollout at its step, and what follows from that.

use pointsman_experiment::{CANDIDATE_ARM, Exposure, GateEvidence, GateVerdict, RolloutStep};
use pointsman_store::{ExperimentRow, ExperimentState, RolloutRow, RolloutState};

use super::{RolloutEvidence, ShadowCounts, position, steps_of};
use crate::{Control, Decision, Error, experiments::Experiment};

/// Microseconds of an hour.
const HOUR: f64 = 3_600e6;

/// What is known of a rollout, and what follows from it.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) evidence: RolloutEvidence,
    pub(super) verdict: GateVerdict,
}

impl Control {
    /// Looks at a rollout that has not ended.
    pub(super) async fn look(&self, row: &RolloutRow) -> Result<Look, Error> {
        let plan = steps_of(row)?;
        let step = plan.steps.get(position(row.step));
        let step = step.ok_or_else(|| Error::Stored {
            what: format!("the step of rollout {}", row.name),
        })?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "a span of time, to be compared with hours"
        )]
        let hours = (self.inner.clock.now().0 - row.step_since_at).max(0) as f64 / HOUR;
        let mut stopped = None;
        let evidence = match step.exposure {
            Exposure::Shadow => {
                let shadow = self.latest_shadow(&row.flow).await?;
                let shadow = shadow.filter(|it| it.version == row.candidate_hash);
                let counts = shadow.map(|it| ShadowCounts {
                    leads: it.leads,
                    moved: it.moved,
                    undecided: it.undecided,
                });
                RolloutEvidence {
                    leads: counts.map_or(0, |counts| counts.leads),
                    hours,
                    shadow: counts,
                    readout: None,
                }
            }
            Exposure::Canary(_) => {
                let found = self.inner.store.read().find_experiment(&row.name).await?;
                let found = found.ok_or_else(|| Error::not_found("experiment", &row.name))?;
                stopped = self.stopped(row, &found).await?;
                let experiment = Experiment::of(found)?;
                RolloutEvidence {
                    leads: self.leads_of_step(row, &experiment).await?,
                    hours,
                    shadow: None,
                    readout: Some(self.readout_of(&experiment).await?),
                }
            }
        };
        let verdict = match stopped {
            Some(why) => GateVerdict::RollBack(why),
            None => self.judged(step, &evidence).await?,
        };
        Ok(Look { evidence, verdict })
    }

    /// Leads that the version was given since its step began, and that count.
    async fn leads_of_step(&self, row: &RolloutRow, experiment: &Experiment) -> Result<u64, Error> {
        let now = self.inner.clock.now().0;
        let mature_until = now.saturating_sub(experiment.plan.window_micros());
        let read = self.inner.store.read();
        let since = (row.step_since_seq, mature_until);
        let n_leads = read.experiment_leads_after(&row.name, CANDIDATE_ARM, since);
        Ok(n_leads.await?)
    }

    /// Why the experiment of a rollout that runs does not: a guardrail was broken. That counts also where later leads make
    /// up for it.
    async fn stopped(
        &self,
        row: &RolloutRow,
        experiment: &ExperimentRow,
    ) -> Result<Option<String>, Error> {
        let is_stopped = experiment.state == ExperimentState::Paused;
        if !is_stopped || row.state != RolloutState::Running {
            return Ok(None);
        }
        let changes = self.experiment_changes(&experiment.name).await?;
        let note = changes.into_iter().next_back().and_then(|last| last.note);
        Ok(Some(
            note.unwrap_or_else(|| "its experiment was paused".to_owned()),
        ))
    }

    async fn judged(
        &self,
        step: &RolloutStep,
        evidence: &RolloutEvidence,
    ) -> Result<GateVerdict, Error> {
        let has_shipped = match &step.gate.requires_experiment {
            Some(name) => {
                let found = self.find_experiment(name).await?;
                let conclusion = found.and_then(|it| it.conclusion);
                conclusion.is_some_and(|it| matches!(it.decision, Decision::Ship { .. }))
            }
            None => false,
        };
        Ok(step.gate.judge(GateEvidence {
            leads: evidence.leads,
            hours: evidence.hours,
            readout: evidence.readout.as_ref(),
            has_shipped,
        }))
    }
}
