//! The end of an experiment: what was decided, and what follows from it.

use pointsman_experiment::{Readout, Subject};
use pointsman_flow::{Document, OfKind as _, SplitNode};
use pointsman_lead::{Problem, Timestamp};
use pointsman_store::{
    CatalogRow, ExpectedStage, ExperimentRow, ExperimentState as StoredState, ExperimentUpdate,
    StageTarget,
};
use serde::{Deserialize, Serialize};

use super::{Experiment, ExperimentState, ExperimentStep, cannot, json};
use crate::{
    Control, Error, Publication,
    edit::{self, Edit},
    routes::{LIVE, read_document, semantics_of},
    stages::Changed,
};

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Decision {
    /// An arm takes the place of the first one.
    Ship {
        /// The arm.
        arm: String,
    },
    /// The first arm stays.
    Keep,
    /// Nothing could be said.
    Inconclusive,
}

/// What was decided, and by what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conclusion {
    /// What was decided.
    pub decision: Decision,
    /// Why, in its author's words.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Hash of the version that became live with it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promoted: Option<String>,
    /// The readout of that moment.
    pub readout: Readout,
}

impl Control {
    /// Ends an experiment with a decision, and keeps the readout of this moment with it.
    ///
    /// * `promote`: makes the arm that is shipped live at once: the candidate becomes the live version, or a new version
    ///   gives the arm the weights of all arms that were compared.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Conflict`], [`Error::Problems`] if it was not started, or the arm is none of its
    /// own; [`Error::Flow`] if the version to be live would not run.
    pub async fn conclude_experiment(
        &self,
        step: ExperimentStep,
        decision: Decision,
        promote: bool,
    ) -> Result<Experiment, Error> {
        self.refuse_of_rollout(&step.name).await?;
        let asked = (step, decision, promote);
        self.change(asked, |control, (step, decision, promote)| async move {
            control.conclude_in_turn(step, decision, promote).await
        })
        .await
    }

    async fn conclude_in_turn(
        &self,
        step: ExperimentStep,
        decision: Decision,
        promote: bool,
    ) -> Result<Experiment, Error> {
        let row = self.experiment_row(&step).await?;
        let experiment = Experiment::of(row.clone())?;
        let mut problems = conclusion_problems(&experiment, &step, &decision);
        if promote {
            problems.extend(no_promotion(&experiment));
        }
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        let promoted = match (&decision, promote) {
            (Decision::Ship { arm }, true) => {
                Some(self.promotion(&experiment, arm, &step.by).await?)
            }
            _ => None,
        };
        let update = self
            .concluding(row, step, decision, promoted.clone())
            .await?;
        match promoted {
            None => self.update_experiment(update).await,
            Some(hash) => self.update_and_promote(update, experiment.flow, hash).await,
        }
    }

    /// The change that ends an experiment with a decision and the readout of this moment.
    ///
    /// * `promoted`: hash of the version that becomes live with it.
    pub(crate) async fn concluding(
        &self,
        row: ExperimentRow,
        step: ExperimentStep,
        decision: Decision,
        promoted: Option<String>,
    ) -> Result<ExperimentUpdate, Error> {
        let readout = self.readout_of(&Experiment::of(row.clone())?).await?;
        let conclusion = Conclusion {
            decision,
            reason: step.note.clone().unwrap_or_default(),
            by: step.by.clone(),
            at: self.inner.clock.now(),
            promoted,
            readout,
        };
        Ok(concluded(row, step, &conclusion))
    }

    /// What makes a version live, to be stored with something else.
    pub(crate) async fn promoting(
        &self,
        flow: &str,
        hash: String,
        (at, by): (i64, &str),
    ) -> Result<(Vec<CatalogRow>, StageTarget), Error> {
        let version = self.version_row(&hash).await?;
        let document = read_document(&version.hash, &version.body)?;
        let Changed { catalogs, .. } = self
            .changed_routes(document, Some(semantics_of(&version)?), true)
            .await?;
        let target = StageTarget {
            flow: flow.to_owned(),
            stage: LIVE.to_owned(),
            version_hash: hash,
            at,
            by: by.to_owned(),
        };
        Ok((catalogs, target))
    }

    /// The hash of the version that is to be live.
    async fn promotion(
        &self,
        experiment: &Experiment,
        arm: &str,
        by: &str,
    ) -> Result<String, Error> {
        let Subject::Split { node, arms } = &experiment.plan.subject else {
            return Ok(experiment.candidate.clone().unwrap_or_default());
        };
        let live = self.live_document(&experiment.flow).await?;
        let mut document = live.ok_or_else(|| Error::not_found("stage", LIVE))?;
        let weights = shifted(&document, node, arms, arm);
        let edit = Edit::SetWeights {
            node: node.clone(),
            weights,
        };
        edit::apply(&mut document, &[edit]).map_err(Error::Problems)?;
        let publication = Publication {
            flow: experiment.flow.clone(),
            message: format!("Experiment {}: all of {node} to {arm}", experiment.name),
            author: by.to_owned(),
            expected_revision: None,
            set_live_if_first: false,
        };
        let published = self.publish_document(document, publication).await?;
        Ok(published.version.hash)
    }

    /// Stores a conclusion together with the move of the live stage.
    async fn update_and_promote(
        &self,
        update: ExperimentUpdate,
        flow: String,
        hash: String,
    ) -> Result<Experiment, Error> {
        let known = self.inner.routes.revision();
        let now = (update.at, update.by.as_str());
        let (catalogs, target) = self.promoting(&flow, hash, now).await?;
        let change = self.updated(&update).await?;
        let stored = self.store_routed(known, change, move |tx| {
            Box::pin(async move {
                for catalog in catalogs {
                    tx.put_catalog(catalog).await?;
                }
                let any = ExpectedStage::Row(pointsman_store::Expected::Any);
                tx.move_stage(target, any).await?;
                tx.update_experiment(update).await
            })
        });
        let (row, _) = stored.await?;
        self.catch_up_in_turn().await?;
        Experiment::of(row)
    }
}

/// The weights of the compared arms when one of them gets all that they have together.
fn shifted(document: &Document, node: &str, arms: &[String], winner: &str) -> Vec<(String, u32)> {
    let Some(split) = document.nodes.get(node).and_then(SplitNode::of) else {
        return Vec::new();
    };
    let weights = split.arms.iter().map(|arm| {
        let name = document.arm_name(arm.name.as_deref(), &arm.to).to_owned();
        (name, arm.weight_ppm)
    });
    let mut weights: Vec<(String, u32)> = weights.collect();
    let compared: u32 = weights
        .iter()
        .filter(|(name, _)| arms.contains(name))
        .map(|(_, weight)| weight)
        .sum();
    for (name, weight) in &mut weights {
        if arms.contains(name) {
            *weight = if name == winner { compared } else { 0 };
        }
    }
    weights
}

/// Why no arm becomes live with a decision.
fn no_promotion(experiment: &Experiment) -> Option<Problem> {
    let problem = |message: String| Problem::new("wrong_subject", "promote", message);
    match &experiment.plan.subject {
        Subject::Split { .. } | Subject::Version => None,
        Subject::Bandit { node, .. } => {
            let problem = problem(format!(
                "the weights of `{node}` follow what it learns, and not a decision"
            ));
            Some(problem.hint("conclude without it; to end the learning, publish a version that leads to the arm in place of the bandit"))
        }
        Subject::HoldOut => {
            let problem = problem("a hold-out tries nothing out that could be live".to_owned());
            Some(problem.hint("conclude without it"))
        }
    }
}

fn conclusion_problems(
    experiment: &Experiment,
    step: &ExperimentStep,
    decision: &Decision,
) -> Vec<Problem> {
    let mut problems: Vec<Problem> = step.problems().into_iter().collect();
    match experiment.state {
        ExperimentState::Running | ExperimentState::Paused => {}
        ExperimentState::Draft => problems.push(cannot(&step.name, "it was not started")),
        ExperimentState::Concluded => problems.push(cannot(&step.name, "it is concluded")),
    }
    if let Decision::Ship { arm } = decision {
        let arms = experiment.plan.subject.arms();
        if !arms.iter().skip(1).any(|known| known == arm) {
            let message = format!("`{arm}` is no arm that is compared with `{}`", arms[0]);
            let problem = Problem::new("unknown_arm", "decision.ship", message);
            problems.push(problem.hint(format!("name one of {}", arms[1..].join(", "))));
        }
    }
    problems
}

fn concluded(
    row: ExperimentRow,
    step: ExperimentStep,
    conclusion: &Conclusion,
) -> ExperimentUpdate {
    ExperimentUpdate {
        name: step.name,
        expected_revision: row.revision,
        state: StoredState::Concluded,
        plan_body: row.plan_body,
        share_ppm: row.share_ppm,
        conclusion_body: Some(json(conclusion)),
        at: conclusion.at.0,
        by: step.by,
        note: step.note,
    }
}
