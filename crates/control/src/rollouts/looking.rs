//! What is known of a rollout at its step, and what follows from that.

use pointsman_experiment::{
    CANDIDATE_ARM, Exposure, GateEvidence, GateVerdict, Readout, RolloutStep,
};
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
    /// Leads that the version has had in all, whether they count or not.
    pub(super) all_leads: u64,
}

impl Control {
    /// Looks at a rollout that has not ended.
    pub(super) async fn look(&self, row: &RolloutRow) -> Result<Look, Error> {
        let plan = steps_of(row)?;
        let step = plan.steps.get(position(row.step));
        let step = step.ok_or_else(|| Error::Stored {
            what: format!("the step of rollout {}", row.name),
        })?;
        let before = u64::try_from(row.step_leads).unwrap_or(0);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a span of time, to be compared with hours"
        )]
        let hours = (self.inner.clock.now().0 - row.step_since_at).max(0) as f64 / HOUR;
        let mut stopped = None;
        let (evidence, all_leads) = match step.exposure {
            Exposure::Shadow => {
                let shadow = self.latest_shadow(&row.flow).await?;
                let shadow = shadow.filter(|it| it.version == row.candidate_hash);
                let counts = shadow.map(|it| ShadowCounts {
                    leads: it.leads,
                    moved: it.moved,
                    undecided: it.undecided,
                });
                let leads = counts.map_or(0, |counts| counts.leads);
                let evidence = RolloutEvidence {
                    leads: leads.saturating_sub(before),
                    hours,
                    shadow: counts,
                    readout: None,
                };
                (evidence, leads)
            }
            Exposure::Canary(_) => {
                let found = self.inner.store.read().find_experiment(&row.name).await?;
                let found = found.ok_or_else(|| Error::not_found("experiment", &row.name))?;
                stopped = self.stopped(row, &found).await?;
                let readout = self.readout_of(&Experiment::of(found)?).await?;
                let (counted, all) = candidate_leads(&readout);
                let evidence = RolloutEvidence {
                    leads: counted.saturating_sub(before),
                    hours,
                    shadow: None,
                    readout: Some(readout),
                };
                (evidence, all)
            }
        };
        let verdict = match stopped {
            Some(why) => GateVerdict::RollBack(why),
            None => self.judged(step, &evidence).await?,
        };
        Ok(Look {
            evidence,
            verdict,
            all_leads,
        })
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

/// Leads of the candidate that count, and all of them.
fn candidate_leads(readout: &Readout) -> (u64, u64) {
    let arm = readout.arms.iter().find(|arm| arm.arm == CANDIDATE_ARM);
    arm.map_or((0, 0), |arm| {
        (arm.leads, arm.leads + arm.waiting + arm.not_comparable)
    })
}
