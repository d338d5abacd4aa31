//! Why a lead went where it went, and why not elsewhere.

use async_graphql::{Enum, SimpleObject};
use pointsman_service as service;

use super::{allocation::ArmPosterior, decision::TraceChoice};
use crate::graphql::scalars::{Epoch, Timestamp};

/// Why a destination was offered a lead or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "service::Why")]
pub(in crate::graphql) enum Why {
    /// It was offered the lead.
    Offered,
    /// It had been offered the lead before.
    AlreadyOffered,
    /// Its settings say that it takes nothing.
    Inactive,
    /// Its schedule was closed.
    Schedule,
    /// A cap was used up, or it rested after failures.
    CapOrBreaker,
    /// The lead does not meet its criteria.
    Criteria,
    /// The walk did not come to it.
    NotReached,
    /// It could have been drawn, and another was.
    NotDrawn,
}

/// Everything that led to a decision.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Explanation {
    /// Its steps, in order.
    steps: Vec<ExplainedStep>,
    /// The bandits that this lead could meet.
    bandits: Vec<ExplainedBandit>,
}

/// One step, and what every destination had to do with it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedStep {
    /// Position in the walk, from 0.
    number: i64,
    /// When it was taken.
    at: Timestamp,
    /// The choices made.
    path: Vec<TraceChoice>,
    /// Each rotation of the flow, and why its arms stand in this order.
    rotations: Vec<ExplainedRotation>,
    /// Each destination of the flow, by name.
    candidates: Vec<Candidate>,
}

/// A rotation as a step found it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedRotation {
    /// Name of the node.
    node: String,
    /// Its arms, the first to try first.
    arms: Vec<ExplainedTurn>,
    /// The arm that the step's offer is charged to; absent where the offer is not below this rotation.
    charged: Option<String>,
}

/// Why an arm of a rotation stands where it does.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedTurn {
    /// Name of the arm.
    arm: String,
    /// What it had got by then, in words.
    detail: String,
}

/// What one destination had to do with one step.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Candidate {
    /// Name of the destination.
    destination: String,
    /// Why it was offered the lead or not.
    why: Why,
    /// Probability that it was next.
    probability: f64,
    /// The rest of the story, in words.
    detail: String,
}

/// A bandit as this lead saw it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedBandit {
    /// Name of the node.
    node: String,
    /// The segment of the lead; empty where the bandit has none.
    segment: String,
    /// The book that the lead was decided by.
    epoch: Epoch,
    /// Its arms, as declared.
    arms: Vec<ExplainedArm>,
}

/// An arm as this lead saw it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedArm {
    /// Its name.
    name: String,
    /// Share of draws, in parts per million.
    weight_ppm: u32,
    /// What was believed of it; absent before anything was learned.
    posterior: Option<ArmPosterior>,
}

impl From<service::Explanation> for Explanation {
    fn from(explanation: service::Explanation) -> Self {
        let service::Explanation {
            decision_id: _,
            steps,
            bandits,
        } = explanation;
        Self {
            steps: steps.into_iter().map(ExplainedStep::from).collect(),
            bandits: bandits.into_iter().map(ExplainedBandit::from).collect(),
        }
    }
}

impl From<service::StepExplanation> for ExplainedStep {
    fn from(step: service::StepExplanation) -> Self {
        let service::StepExplanation {
            n,
            at,
            path,
            rotations,
            candidates,
        } = step;
        let candidate = |candidate: service::Candidate| {
            let service::Candidate {
                destination,
                why,
                probability,
                detail,
            } = candidate;
            Candidate {
                destination,
                why: why.into(),
                probability,
                detail,
            }
        };
        Self {
            number: n,
            at: at.into(),
            path: path.into_iter().map(TraceChoice::from).collect(),
            rotations: rotations.into_iter().map(ExplainedRotation::from).collect(),
            candidates: candidates.into_iter().map(candidate).collect(),
        }
    }
}

impl From<service::RotationExplanation> for ExplainedRotation {
    fn from(rotation: service::RotationExplanation) -> Self {
        let service::RotationExplanation {
            node,
            arms,
            charged,
        } = rotation;
        let arms = arms.into_iter().map(|turn| {
            let service::TurnExplanation { arm, detail } = turn;
            ExplainedTurn { arm, detail }
        });
        Self {
            node,
            arms: arms.collect(),
            charged,
        }
    }
}

impl From<service::BanditExplanation> for ExplainedBandit {
    fn from(bandit: service::BanditExplanation) -> Self {
        let service::BanditExplanation {
            node,
            segment,
            epoch,
            weights,
            mut posteriors,
        } = bandit;
        let arms = weights.into_iter().map(|(name, weight_ppm)| {
            let posterior = posteriors.remove(&name).map(ArmPosterior::from);
            ExplainedArm {
                name,
                weight_ppm,
                posterior,
            }
        });
        let epoch = Epoch(i64::try_from(epoch).unwrap_or(i64::MAX));
        Self {
            node,
            segment,
            epoch,
            arms: arms.collect(),
        }
    }
}
