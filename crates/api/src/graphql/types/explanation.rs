//! Why a lead went where it went, and why not elsewhere.

use async_graphql::{Enum, SimpleObject};
use pointsman_history as history;

use super::{
    bandit_weights::ArmPosterior,
    decision::{StepKind, TraceChoice},
};
use crate::graphql::scalars::{Epoch, Micros, Timestamp};

mod choice;
mod rule;
mod unavailability;

use choice::ExplainedChoice;
use rule::{Asked, SeenValue};
use unavailability::Unavailability;

/// Why a destination was offered a lead or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::Why")]
pub(in crate::graphql) enum Why {
    /// It was offered the lead.
    Offered,
    /// It had been offered the lead before.
    AlreadyOffered,
    /// Its settings say that it takes nothing.
    Inactive,
    /// Its schedule was closed.
    Schedule,
    /// A cap was used up.
    Cap,
    /// It rested after failures.
    Breaker,
    /// It was not free, and the history that is left does not say why.
    CapOrBreaker,
    /// The time of the lead was up.
    TimeUp,
    /// The lead does not meet its criteria.
    Criteria,
    /// The walk did not come to it.
    NotReached,
    /// It could have been drawn, and another was.
    NotDrawn,
    /// It was asked for a bid.
    Asked,
}

/// How a bid compares with the others of its auction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::BidRank")]
pub(in crate::graphql) enum BidRank {
    /// The highest net bid: it is offered the lead first.
    Best,
    /// It is offered the lead if those above it do not take it.
    RunnerUp,
    /// It is below the reserve price.
    BelowReserve,
    /// There is no bid.
    NoBid,
}

/// Everything that led to a decision.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Explanation {
    /// Name of the flow.
    flow: String,
    /// Hash of the version of the flow.
    version_hash: String,
    /// Hash of everything that the flow refers to: schema, destinations, prices, caps, schedules.
    catalog_hash: String,
    /// The allocation of weights.
    epoch: Epoch,
    /// What draws depend on.
    unit_key: String,
    /// Everything that rules and criteria read of the lead.
    seen: Vec<SeenValue>,
    /// Every rule that some way of this lead comes to, whether it was taken or not.
    rules: Vec<ExplainedChoice>,
    /// Its steps, in order.
    steps: Vec<ExplainedStep>,
    /// How it ends; absent while it is under way, or where it depends on bids that nobody supposed.
    end: Option<ExplainedEnd>,
    /// The bandits that this lead could meet.
    bandits: Vec<ExplainedBandit>,
    /// Whether the walk came out as it was stored when it was made again; always true of a what-if lead.
    is_reproduced: bool,
    /// All of it in sentences, for a person to read.
    text: String,
}

/// How a walk ends.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedEnd {
    /// `sold`, `declined`, `unsold` or `held`.
    state: String,
    /// Why, where there is a reason.
    reason: Option<String>,
}

/// One step, and what every destination had to do with it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedStep {
    /// Position in the walk, from 0.
    number: i64,
    /// When it was taken.
    at: Timestamp,
    /// Whether it asks for bids, offers or ends.
    kind: StepKind,
    /// The probability of this step, given all before it. In (0, 1].
    propensity: f64,
    /// The choices made.
    path: Vec<TraceChoice>,
    /// The same, each with what it saw and how it was made.
    choices: Vec<ExplainedChoice>,
    /// Each rotation of the flow, and why its arms stand in this order.
    rotations: Vec<ExplainedRotation>,
    /// Each destination of the flow, by name.
    candidates: Vec<Candidate>,
    /// The bids that it asked for, the best first; empty where it asked for none, or waits for them.
    bids: Vec<ExplainedBid>,
}

/// What one destination bid in an auction, and how it compares.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedBid {
    /// Name of the destination.
    destination: String,
    /// What it would pay; absent where it did not bid.
    bid: Option<Micros>,
    /// What the auction compares: the bid less the returns that are expected.
    net: Option<Micros>,
    /// Whether it could be taken.
    rank: BidRank,
    /// The rest of the story, in words.
    detail: String,
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
    /// What its criteria asked of the lead, part by part; empty if it wants every lead.
    criteria: Vec<Asked>,
    /// What kept it from being free; empty if it was. Of a stored decision, caps and breakers are looked up where
    /// switch and schedule do not say it already.
    unavailable: Vec<Unavailability>,
    /// The nodes that led the lead away from it.
    diverted_by: Vec<DivertedBy>,
    /// The whole story, in words.
    detail: String,
}

/// A node that could have led to a destination, and led elsewhere.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DivertedBy {
    /// Its name.
    node: String,
    /// The node that it led to instead, if it led anywhere.
    to: Option<String>,
    /// Why, in words.
    detail: String,
}

/// A bandit as this lead saw it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedBandit {
    /// Name of the node.
    node: String,
    /// The segment of the lead; empty where the bandit has none.
    segment: String,
    /// The allocation that the lead was decided by.
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

impl From<history::Explanation> for Explanation {
    fn from(explanation: history::Explanation) -> Self {
        let text = explanation.to_text();
        let history::Explanation {
            decision_id: _,
            flow,
            version_hash,
            catalog_hash,
            epoch,
            unit_key,
            seen,
            rules,
            steps,
            end,
            bandits,
            mismatches,
        } = explanation;
        let end = end.map(|end| {
            let history::EndExplanation { state, reason } = end;
            ExplainedEnd {
                state: state.to_owned(),
                reason,
            }
        });
        Self {
            flow,
            version_hash,
            catalog_hash,
            epoch: Epoch(i64::try_from(epoch).unwrap_or(i64::MAX)),
            unit_key,
            seen: seen.into_iter().map(SeenValue::from).collect(),
            rules: rules.into_iter().map(ExplainedChoice::from).collect(),
            steps: steps.into_iter().map(ExplainedStep::from).collect(),
            end,
            bandits: bandits.into_iter().map(ExplainedBandit::from).collect(),
            is_reproduced: mismatches.is_empty(),
            text,
        }
    }
}

impl From<history::StepExplanation> for ExplainedStep {
    fn from(step: history::StepExplanation) -> Self {
        let history::StepExplanation {
            n,
            at,
            kind,
            propensity,
            path,
            choices,
            rotations,
            candidates,
            bids,
        } = step;
        Self {
            number: n,
            at: at.into(),
            kind: match kind {
                history::Turn::Ping => StepKind::Ping,
                history::Turn::Offer => StepKind::Offer,
                history::Turn::Done => StepKind::Done,
            },
            propensity,
            path: path.into_iter().map(TraceChoice::from).collect(),
            choices: choices.into_iter().map(ExplainedChoice::from).collect(),
            rotations: rotations.into_iter().map(ExplainedRotation::from).collect(),
            candidates: candidates.into_iter().map(Candidate::from).collect(),
            bids: bids.into_iter().map(ExplainedBid::from).collect(),
        }
    }
}

impl From<history::BidExplanation> for ExplainedBid {
    fn from(bid: history::BidExplanation) -> Self {
        let history::BidExplanation {
            destination,
            bid,
            net,
            rank,
            detail,
        } = bid;
        Self {
            destination,
            bid: bid.map(Micros::from),
            net: net.map(Micros::from),
            rank: rank.into(),
            detail,
        }
    }
}

impl From<history::Candidate> for Candidate {
    fn from(candidate: history::Candidate) -> Self {
        let history::Candidate {
            destination,
            why,
            probability,
            criteria,
            unavailable,
            diverted_by,
            detail,
        } = candidate;
        let diverted_by = diverted_by.into_iter().map(|turned| {
            let history::DivertedBy { node, to, detail } = turned;
            DivertedBy { node, to, detail }
        });
        Self {
            destination,
            why: why.into(),
            probability,
            criteria: criteria.into_iter().map(Asked::from).collect(),
            unavailable: unavailable.into_iter().map(Unavailability::from).collect(),
            diverted_by: diverted_by.collect(),
            detail,
        }
    }
}

impl From<history::RotationExplanation> for ExplainedRotation {
    fn from(rotation: history::RotationExplanation) -> Self {
        let history::RotationExplanation {
            node,
            arms,
            charged,
        } = rotation;
        let arms = arms.into_iter().map(|turn| {
            let history::TurnExplanation { arm, detail } = turn;
            ExplainedTurn { arm, detail }
        });
        Self {
            node,
            arms: arms.collect(),
            charged,
        }
    }
}

impl From<history::BanditExplanation> for ExplainedBandit {
    fn from(bandit: history::BanditExplanation) -> Self {
        let history::BanditExplanation {
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
