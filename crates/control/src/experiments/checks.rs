//! What keeps an experiment from being made or started.

use pointsman_experiment::Subject;
use pointsman_flow::{BanditNode, Document, Node, OfKind as _, SplitNode};
use pointsman_lead::{Problem, closest};
use pointsman_store::CatalogRow;

use super::{Experiment, ExperimentState, NewExperiment, WHOLE_PPM};
use crate::{
    Control, Error,
    compile::catalog_row,
    routes::{LIVE, read_document, semantics_of},
    stages::Changed,
};

impl Control {
    /// What is wrong with what an experiment compares, given the flow as it is now.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown flow or version, [`Error::Flow`] if the candidate would not run,
    /// [`Error::Stored`] and [`Error::Store`].
    pub(super) async fn subject_problems(
        &self,
        new: &NewExperiment,
    ) -> Result<Vec<Problem>, Error> {
        self.flow_row(&new.flow).await?;
        let Some(live) = self.live_document(&new.flow).await? else {
            return Ok(vec![no_live(&new.flow)]);
        };
        match &new.plan.subject {
            Subject::Split { node, arms } | Subject::Bandit { node, arms } => {
                Ok(arm_problems(&live, &new.plan.subject, node, arms))
            }
            // It compares all leads of the flow, whatever decides them.
            Subject::HoldOut => Ok(Vec::new()),
            Subject::Version => {
                let mut problems: Vec<Problem> = bad_share(new.share_ppm).into_iter().collect();
                let Some(candidate) = &new.candidate else {
                    let message = "the version to try out is missing";
                    let problem = Problem::new("required", "candidate", message);
                    problems.push(problem.hint("publish it first, then name its hash"));
                    return Ok(problems);
                };
                problems.extend(self.candidate_problems(&live, candidate).await?);
                Ok(problems)
            }
        }
    }

    /// What is wrong with trying out a version beside the live one.
    async fn candidate_problems(
        &self,
        live: &Document,
        candidate: &str,
    ) -> Result<Vec<Problem>, Error> {
        let compiled = self.candidate_catalog(live, candidate).await?;
        Ok(compiled.err().unwrap_or_default())
    }

    /// The catalog that a version decides by beside the live one, or what is wrong with trying it out.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown version, [`Error::Flow`] if it would not run, [`Error::Stored`] and
    /// [`Error::Store`].
    pub(crate) async fn candidate_catalog(
        &self,
        live: &Document,
        candidate: &str,
    ) -> Result<Result<CatalogRow, Vec<Problem>>, Error> {
        let row = self.version_row(candidate).await?;
        if row.flow != live.flow {
            return Err(Error::not_found("version of this flow", candidate));
        }
        let document = read_document(&row.hash, &row.body)?;
        let mut problems = Vec::new();
        if document.hash() == live.hash() {
            let message = "this is the live version itself";
            problems.push(Problem::new("same_version", "candidate", message));
        }
        if document.vertical != live.vertical || document.currency != live.currency {
            let message = "it has another vertical or currency than the live version";
            problems.push(Problem::new("not_comparable", "candidate", message));
        }
        if !problems.is_empty() {
            return Ok(Err(problems));
        }
        let flow = row.flow.clone();
        let Changed { routes, .. } = self
            .changed_routes(document, Some(semantics_of(&row)?), false)
            .await?;
        let route = routes.find(&flow);
        let route = route.ok_or_else(|| Error::not_found("version of this flow", candidate))?;
        catalog_row(&route.program, self.inner.clock.now().0).map(Ok)
    }

    /// What keeps an experiment from being started at this moment.
    pub(crate) async fn start_problems(
        &self,
        experiment: &Experiment,
    ) -> Result<Vec<Problem>, Error> {
        let Some(live) = self.live_document(&experiment.flow).await? else {
            return Ok(vec![no_live(&experiment.flow)]);
        };
        let Some(candidate) = &experiment.candidate else {
            let subject = &experiment.plan.subject;
            let (Subject::Split { node, arms } | Subject::Bandit { node, arms }) = subject else {
                return Ok(Vec::new());
            };
            return Ok(arm_problems(&live, subject, node, arms));
        };
        let mut problems = self.candidate_problems(&live, candidate).await?;
        let open = self.inner.store.read().open_experiments().await?;
        let other = open.into_iter().find(|it| {
            it.flow == experiment.flow && it.candidate_hash.is_some() && it.name != experiment.name
        });
        if let Some(other) = other {
            let message = format!("experiment `{}` tries out a version already", other.name);
            let problem = Problem::new("experiment_running", "name", message);
            problems.push(problem.hint("conclude it first"));
        }
        Ok(problems)
    }

    /// The document of a flow's live version, if it has one.
    pub(crate) async fn live_document(&self, flow: &str) -> Result<Option<Document>, Error> {
        let stage = self.inner.store.read().find_stage(flow, LIVE).await?;
        match stage {
            Some(stage) => self.version_document(&stage.version_hash).await.map(Some),
            None => Ok(None),
        }
    }

    /// The experiment that tries out a version of a flow, if one does: the live version stays as it is until that is
    /// decided.
    pub(crate) async fn refuse_while_tried_out(&self, flow: &str) -> Result<(), Error> {
        let open = self.inner.store.read().open_experiments().await?;
        let trying = open
            .into_iter()
            .find(|it| it.flow == flow && it.candidate_hash.is_some());
        let Some(trying) = trying else {
            return Ok(());
        };
        let message = format!(
            "experiment `{}` compares a version with the live one",
            trying.name
        );
        let problem = Problem::new("experiment_running", "stage", message);
        Err(Error::problem(problem.hint(
            "conclude the experiment first; that can make its version live at once",
        )))
    }
}

pub(crate) fn no_live(flow: &str) -> Problem {
    let message = format!("flow `{flow}` has no live version");
    let problem = Problem::new("no_live_version", "flow", message);
    problem.hint("an experiment asks leads: move the stage `live` to a version first")
}

fn bad_share(share_ppm: u32) -> Option<Problem> {
    if (1..WHOLE_PPM).contains(&share_ppm) {
        return None;
    }
    let message = format!("{share_ppm} is not within 1 to 999,999 parts per million");
    let problem = Problem::new("out_of_range", "share_ppm", message);
    Some(problem.hint("10,000 are 1 %; some leads have to stay with the live version"))
}

/// What is wrong with another share of leads for an experiment's candidate.
pub(super) fn share_problem(experiment: &Experiment, share_ppm: u32) -> Option<Problem> {
    if experiment.candidate.is_some() || experiment.state == ExperimentState::Concluded {
        return bad_share(share_ppm);
    }
    let message = "it compares arms of a node, whose weights are those of the flow";
    let problem = Problem::new("no_candidate", "share_ppm", message);
    Some(problem.hint("edit the weights of the split, or the settings of the bandit, instead"))
}

/// What is wrong with comparing arms of a split or a bandit.
fn arm_problems(live: &Document, subject: &Subject, node: &str, arms: &[String]) -> Vec<Problem> {
    let is_bandit = matches!(subject, Subject::Bandit { .. });
    let kind = if is_bandit { "bandit" } else { "split" };
    let is_meant = |it: &Node| {
        if is_bandit {
            BanditNode::of(it).is_some()
        } else {
            SplitNode::of(it).is_some()
        }
    };
    if !live.nodes.get(node).is_some_and(is_meant) {
        let meant = live.nodes.iter().filter(|(_, it)| is_meant(it));
        let names: Vec<&str> = meant.map(|(name, _)| name.as_str()).collect();
        let message = format!("the live version has no {kind} `{node}`");
        let problem = Problem::new("unknown_node", "node", message);
        let hint = match closest(node, names.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None if names.is_empty() => format!("publish a version with a {kind} first"),
            None => format!("its {kind}s are {}", names.join(", ")),
        };
        return vec![problem.hint(hint)];
    }
    let found = live.nodes.get(node).and_then(Node::arms);
    let found = found.unwrap_or_default().into_iter();
    let names: Vec<&str> = found.map(|arm| live.arm_name(arm.name, arm.to)).collect();
    let unknown = arms
        .iter()
        .enumerate()
        .filter(|(_, arm)| !names.contains(&arm.as_str()));
    let unknown = unknown.map(|(idx, arm)| {
        let message = format!("{kind} `{node}` has no arm `{arm}`");
        let problem = Problem::new("unknown_arm", format!("arms[{idx}]"), message);
        problem.hint(format!("its arms are {}", names.join(", ")))
    });
    unknown.collect()
}
