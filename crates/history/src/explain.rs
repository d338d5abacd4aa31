//! Why a lead went where it went, and why not elsewhere.
//!
//! A stored decision is walked again with its own program, allocation, catalog and availability, by the same
//! step machine; a lead that was never sent is walked with those of today. Both are told by the same
//! [`WalkExplainer`], so that an explanation and a decision cannot differ without [`Explanation::mismatches`]
//! saying so.

use pointsman_flow::{Asked, Seen};
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_ledger::Unavailability;
use serde::Serialize;

use crate::{Mismatch, record::TraceRecord};

mod bandits;
mod bids;
mod choices;
mod diverted;
mod past;
mod rotations;
mod step;
mod stored;
mod text;
mod what_if;
mod words;

pub use bandits::BanditExplanation;
pub use bids::{BidExplanation, BidRank};
pub use choices::{ArmShare, ChoiceExplanation, DrawExplanation, Point};
pub use diverted::DivertedBy;
pub use rotations::{RotationExplanation, TurnExplanation};
pub use stored::explain;
pub use what_if::{Present, WhatIf, WhatIfLead, WhatIfVersion, what_if};

use step::{TakenStep, WalkExplainer};

/// Everything that led to a decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Which decision; none for a what-if lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<Id<kinds::Decision>>,
    /// Name of the flow.
    pub flow: String,
    /// Hash of its version.
    pub version_hash: String,
    /// Hash of everything that the flow refers to.
    pub catalog_hash: String,
    /// The allocation of weights.
    pub epoch: u64,
    /// What draws depend on.
    pub unit_key: String,
    /// Everything that rules and criteria read of the lead.
    pub seen: Vec<Seen>,
    /// Every rule that some way of this lead comes to, whether it was taken or not.
    pub rules: Vec<ChoiceExplanation>,
    /// Its steps, in order.
    pub steps: Vec<StepExplanation>,
    /// How it ended; none while it is under way, or where it depends on bids that are not assumed.
    pub end: Option<EndExplanation>,
    /// The bandits that this lead could meet, with the weights that it would be drawn by.
    pub bandits: Vec<BanditExplanation>,
    /// Where the walk that was made again differs from what was stored; empty unless somebody changed
    /// what is stored.
    pub mismatches: Vec<Mismatch>,
}

/// How a walk ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndExplanation {
    /// `sold`, `declined`, `unsold` or `held`.
    pub state: &'static str,
    /// Why, where there is a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Destinations are asked what they would pay.
    Ping,
    /// The lead is offered to a destination.
    Offer,
    /// The walk ends.
    Done,
}

/// One step, and what every destination had to do with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepExplanation {
    /// Its number, from 0.
    pub n: i64,
    /// When it was taken.
    pub at: Timestamp,
    /// Where it leads.
    pub kind: Turn,
    /// The probability of this step, given all before it; in (0, 1].
    pub propensity: f64,
    /// The choices made, as they are stored.
    pub path: Vec<TraceRecord>,
    /// The same with what each of them saw.
    pub choices: Vec<ChoiceExplanation>,
    /// Each rotation of the flow; empty where no order mattered.
    pub rotations: Vec<RotationExplanation>,
    /// Each destination of the flow, by name.
    pub candidates: Vec<Candidate>,
    /// The bids that it asked for, the best first; empty where it asked for none, or waits for them.
    pub bids: Vec<BidExplanation>,
}

/// What one destination had to do with one step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Its name.
    pub destination: String,
    /// Why it was offered the lead or not.
    pub outcome: CandidateOutcome,
    /// Probability that it was next.
    pub probability: f64,
    /// What its criteria asked of the lead, part by part; empty if it wants every lead.
    pub criteria: Vec<Asked>,
    /// What kept it from being free; empty if it was. Of a stored decision, caps and breakers are looked up
    /// where switch and schedule do not say it already.
    pub unavailable: Vec<Unavailability>,
    /// The nodes that led the lead away from it.
    pub diverted_by: Vec<DivertedBy>,
    /// The whole story, in words.
    pub detail: String,
}

/// Why a destination was offered a lead or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateOutcome {
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
    /// It has a lead like this one already, or the lead is a duplicate in its flow.
    Duplicate,
    /// It was not free, and the history that is left does not say why.
    CapOrBreaker,
    /// The time of the lead was up.
    DeadlinePassed,
    /// The lead does not meet its criteria.
    Criteria,
    /// The walk did not come to it.
    NotReached,
    /// It could have been drawn, and another was.
    NotDrawn,
    /// It was asked for a bid.
    Pinged,
}
