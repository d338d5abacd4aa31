//! Explanations of decisions.

use async_graphql::{Enum, SimpleObject};
use pointsman_history as history;

use super::decision::{StepKind, TraceChoice};
use crate::graphql::scalars::{Epoch, Money, Timestamp};

mod bandit;
mod choice;
mod rule;
mod unavailability;

use bandit::ExplainedBandit;
use choice::ExplainedChoice;
use rule::{ConditionResult, InputValue};
pub(in crate::graphql) use unavailability::Unavailability;

/// Why a destination was offered a lead or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::CandidateOutcome")]
pub(in crate::graphql) enum CandidateOutcome {
    /// It was offered the lead.
    Offered,
    /// It had been offered the lead before.
    AlreadyOffered,
    /// It is inactive by its settings.
    Inactive,
    /// Its schedule was closed.
    Schedule,
    /// A cap was used up.
    Cap,
    /// Its circuit breaker was open.
    Breaker,
    /// The lead is a duplicate in its flow, or of a lead that the destination has.
    Duplicate,
    /// It was unavailable; the retained history does not tell whether by a cap or the breaker.
    CapOrBreaker,
    /// The deadline of the lead had passed.
    DeadlinePassed,
    /// The lead does not meet its criteria.
    Criteria,
    /// The walk did not reach it.
    NotReached,
    /// Another arm was drawn.
    NotDrawn,
    /// It was pinged for a bid.
    Pinged,
}

/// Rank of a bid in its auction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::BidRank")]
pub(in crate::graphql) enum BidRank {
    /// The highest net bid: it is offered the lead first.
    Best,
    /// It is offered the lead if no higher bidder accepts.
    RunnerUp,
    /// It is below the reserve price.
    BelowReserve,
    /// There is no bid.
    NoBid,
}

/// The full explanation of a decision.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Explanation {
    /// Name of the flow.
    flow: String,
    /// Hash of the version of the flow.
    version_hash: String,
    /// Hash of the catalog: schema, destinations, prices, caps and schedules that the flow uses.
    catalog_hash: String,
    /// Epoch of the allocation.
    epoch: Epoch,
    /// What the draws of this lead are made from: its source and idempotency key, or its id if it has no key. Leads
    /// with equal unit keys draw alike.
    unit_key: String,
    /// All inputs that rules and criteria read from the lead.
    inputs: Vec<InputValue>,
    /// Every rule on any possible path of this lead, taken or not.
    rules: Vec<ExplainedChoice>,
    /// Steps in order.
    steps: Vec<ExplainedStep>,
    /// End of the walk; null while it is under way, or if it depends on bids that were not given.
    end: Option<ExplainedEnd>,
    /// The bandits on any possible path of this lead.
    bandits: Vec<ExplainedBandit>,
    /// Whether running the decision again gave the stored walk; always true for a what-if lead.
    is_reproduced: bool,
    /// The explanation as text for people.
    text: String,
}

/// End of a walk.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedEnd {
    /// `sold`, `declined`, `unsold` or `held`.
    state: String,
    /// Reason, if there is one.
    reason: Option<String>,
}

/// One step of a walk, with every destination as a candidate.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedStep {
    /// Position in the walk, from 0.
    number: i64,
    /// Time of the step.
    at: Timestamp,
    /// Kind of step.
    kind: StepKind,
    /// Probability of this step given all steps before it, in (0, 1].
    propensity: f64,
    /// Choices on the path from the root, in order; `DecisionStep.trace` of a stored decision.
    path: Vec<TraceChoice>,
    /// The same choices, each with its inputs and its draw.
    choices: Vec<ExplainedChoice>,
    /// Each rotation of the flow, with the reason for the order of its arms.
    rotations: Vec<ExplainedRotation>,
    /// All destinations of the flow, by name.
    candidates: Vec<Candidate>,
    /// Bids of the step, best first; empty if there were none, or they are pending.
    bids: Vec<ExplainedBid>,
}

/// The bid of one destination in an auction, and its rank.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedBid {
    /// Name of the destination.
    destination: String,
    /// Amount; null without a bid.
    bid: Option<Money>,
    /// The bid less the expected returns; the auction compares net bids.
    net: Option<Money>,
    /// Rank of the bid.
    rank: BidRank,
    /// Explanation in words.
    detail: String,
}

/// State of a rotation before a step.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedRotation {
    /// Name of the node.
    node: String,
    /// Arms in the order in which they are tried.
    arms: Vec<ExplainedTurn>,
    /// Arm to which the offer of this step was counted; null if the step made no offer or its path did not pass this
    /// rotation.
    charged: Option<String>,
}

/// The reason for the position of an arm in a rotation.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedTurn {
    /// Name of the arm.
    arm: String,
    /// Leads that the arm had received by then, in words.
    detail: String,
}

/// One destination as a candidate for one step of a walk.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Candidate {
    /// Name of the destination.
    destination: String,
    /// Why the destination was offered the lead or not.
    outcome: CandidateOutcome,
    /// Probability that this step offered the lead to this destination.
    probability: f64,
    /// Its criteria, evaluated part by part; empty if it has none.
    criteria: Vec<ConditionResult>,
    /// Why the destination could take no lead at this step: it was inactive, its schedule was closed, its circuit
    /// breaker was open, or a cap was used up. Empty if it could take one, or if the deadline had passed. For a stored
    /// decision, caps and breaker are given only if it was active and open.
    unavailable: Vec<Unavailability>,
    /// The nodes that routed the lead elsewhere.
    diverted_by: Vec<DivertedBy>,
    /// Explanation in words.
    detail: String,
}

/// A node that could have routed the lead to a destination, but chose another child.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DivertedBy {
    /// Name.
    node: String,
    /// The chosen child node, if there was one.
    to: Option<String>,
    /// Explanation in words.
    detail: String,
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
            inputs: seen.into_iter().map(InputValue::from).collect(),
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
            bid: bid.map(Money::from),
            net: net.map(Money::from),
            rank: rank.into(),
            detail,
        }
    }
}

impl From<history::Candidate> for Candidate {
    fn from(candidate: history::Candidate) -> Self {
        let history::Candidate {
            destination,
            outcome,
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
            outcome: outcome.into(),
            probability,
            criteria: criteria.into_iter().map(ConditionResult::from).collect(),
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
