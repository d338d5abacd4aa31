//! What every destination had to do with a step: told in one way, whoever took the step.

use std::collections::BTreeMap;

use pointsman_flow::{Asked, DestinationIdx, Mask, NodeIdx, Op, ProgramDestination, Readings};
use pointsman_lead::Timestamp;
use pointsman_ledger::Unavailability;
use pointsman_router::{Answer, Choice, Context, Draw, Trace};

use super::{
    Candidate, CandidateOutcome, ChoiceExplanation, StepExplanation, Turn, bids, choices,
    diverted::{DivertedBy, diverted_by, reached},
    rotations, words,
};
use crate::{
    record::{BidRecord, OutlookRecord, TraceRecord},
    rotation::RotationRecord,
};

/// A step as it was taken.
pub(super) struct TakenStep {
    pub(super) n: i64,
    pub(super) at: Timestamp,
    pub(super) kind: Turn,
    pub(super) free: Mask,
    /// Why destinations were not free, by name.
    pub(super) unavailable: BTreeMap<String, Vec<Unavailability>>,
    /// Whether the time of the lead was up.
    pub(super) expired: bool,
    pub(super) trace: Trace,
    pub(super) path: Vec<TraceRecord>,
    pub(super) draws: Vec<Draw>,
    pub(super) propensity: f64,
    pub(super) outlook: OutlookRecord,
    pub(super) destination: Option<DestinationIdx>,
    /// The auction that asks.
    pub(super) node: Option<NodeIdx>,
    pub(super) asked: Mask,
    /// What was bid; empty while it is waited for.
    pub(super) bids: Vec<BidRecord>,
    /// What came of the offer.
    pub(super) answer: Option<Answer>,
    pub(super) rotations: Vec<RotationRecord>,
    /// How the walk ended, for its last step.
    pub(super) end: Option<&'static str>,
}

/// A walk that is being told, step by step.
pub(super) struct WalkExplainer<'a> {
    context: Context<'a>,
    readings: &'a Readings,
    reached: Vec<bool>,
    /// The choices from the root down to where the walk stands.
    path: Vec<Choice>,
    offered: BTreeMap<DestinationIdx, (i64, Option<Answer>)>,
    /// What was bid before, each with the step that asked.
    bids: Vec<(i64, bids::BidExplanation)>,
}

impl<'a> WalkExplainer<'a> {
    pub(super) fn new(context: Context<'a>, readings: &'a Readings) -> Self {
        Self {
            context,
            readings,
            reached: reached(context),
            path: Vec::new(),
            offered: BTreeMap::new(),
            bids: Vec::new(),
        }
    }

    /// Every rule that some way of the lead comes to.
    pub(super) fn rules(&self) -> Vec<ChoiceExplanation> {
        let program = self.context.program;
        let is_met =
            |(node, op): &(NodeIdx, &Op)| self.reached[usize::from(node.0)] && op.is_rule();
        let met = program.nodes().filter(is_met);
        let codes = self.context.subject.codes();
        let picked = met.map(|(node, _)| Choice(node, program.pick(node, codes)));
        let picked: Vec<Choice> = picked.collect();
        choices::explained(self.context, self.readings, &picked, &[], &[])
    }

    /// Tells the next step.
    pub(super) fn step(&mut self, taken: TakenStep) -> StepExplanation {
        self.follow(&taken.trace);
        let program = self.context.program;
        let destinations = (0..).map(DestinationIdx).zip(program.destinations());
        let candidates = destinations
            .map(|(idx, destination)| self.candidate(&taken, idx, destination))
            .collect();
        let before: Vec<bids::BidExplanation> =
            self.bids.iter().map(|(_, bid)| bid.clone()).collect();
        let choices = choices::explained(
            self.context,
            self.readings,
            &taken.trace,
            &taken.draws,
            &before,
        );
        let bids = taken.node.map_or(Vec::new(), |node| {
            bids::explained(program, node, &taken.bids)
        });
        self.bids
            .extend(bids.iter().map(|bid| (taken.n, bid.clone())));
        if let Some(destination) = taken.destination {
            self.offered.insert(destination, (taken.n, taken.answer));
        }
        StepExplanation {
            n: taken.n,
            at: taken.at,
            kind: taken.kind,
            propensity: taken.propensity,
            path: taken.path,
            choices,
            rotations: rotations::explained(program, taken.rotations, taken.at),
            candidates,
            bids,
        }
    }

    /// A step goes back to a node of the path and on from there.
    fn follow(&mut self, trace: &[Choice]) {
        let Some(Choice(first, _)) = trace.first() else {
            return;
        };
        if let Some(at) = self.path.iter().position(|Choice(node, _)| node == first) {
            self.path.truncate(at);
        }
        self.path.extend(trace);
    }

    fn candidate(
        &self,
        taken: &TakenStep,
        idx: DestinationIdx,
        destination: &ProgramDestination,
    ) -> Candidate {
        let mut offers = taken.outlook.offers.iter();
        let offer = offers.find(|(name, _)| *name == destination.name);
        let probability = offer.map_or(0.0, |(_, probability)| *probability);
        let criteria = self.context.program.why_wanted(idx, self.readings);
        let unavailable = taken.unavailable.get(&destination.name);
        let unavailable = unavailable.cloned().unwrap_or_default();
        let outcome = self.outcome(taken, idx, &unavailable, probability);
        let diverted_by = match outcome {
            CandidateOutcome::NotReached | CandidateOutcome::NotDrawn => {
                diverted_by(self.context, self.readings, &self.reached, &self.path, idx)
            }
            _ => Vec::new(),
        };
        let facts = CandidateFacts {
            outcome,
            probability,
            criteria: &criteria,
            unavailable: &unavailable,
            diverted_by: &diverted_by,
        };
        Candidate {
            detail: self.detail(taken, idx, &destination.name, &facts),
            destination: destination.name.clone(),
            outcome,
            probability,
            criteria,
            unavailable,
            diverted_by,
        }
    }

    /// Whether a rule about duplicates may keep a lead from a destination.
    fn is_deduped(&self, idx: DestinationIdx) -> bool {
        let program = self.context.program;
        let destination = &program.destinations()[usize::from(idx.0)];
        destination.settings.dedupe.is_some() || program.document().dedupe.is_some()
    }

    fn outcome(
        &self,
        taken: &TakenStep,
        idx: DestinationIdx,
        unavailable: &[Unavailability],
        probability: f64,
    ) -> CandidateOutcome {
        if taken.destination == Some(idx) {
            return CandidateOutcome::Offered;
        }
        if taken.asked.get(idx) {
            return CandidateOutcome::Pinged;
        }
        if self.offered.contains_key(&idx) {
            return CandidateOutcome::AlreadyOffered;
        }
        if taken.expired {
            return CandidateOutcome::DeadlinePassed;
        }
        match unavailable.first() {
            Some(Unavailability::Inactive) => CandidateOutcome::Inactive,
            Some(Unavailability::Schedule { .. }) => CandidateOutcome::Schedule,
            Some(Unavailability::Breaker { .. }) => CandidateOutcome::Breaker,
            Some(Unavailability::Cap { .. }) => CandidateOutcome::Cap,
            None if !taken.free.get(idx) && self.is_deduped(idx) => CandidateOutcome::Duplicate,
            None if !taken.free.get(idx) => CandidateOutcome::CapOrBreaker,
            None if !self.context.subject.criteria().get(idx) => CandidateOutcome::Criteria,
            None if probability > 0.0 => CandidateOutcome::NotDrawn,
            None => CandidateOutcome::NotReached,
        }
    }

    fn detail(
        &self,
        taken: &TakenStep,
        idx: DestinationIdx,
        name: &str,
        facts: &CandidateFacts<'_>,
    ) -> String {
        let CandidateFacts {
            outcome,
            probability,
            criteria,
            unavailable,
            diverted_by,
        } = facts;
        let led = diverted_by.iter().map(|it| it.detail.as_str());
        let led = led.collect::<Vec<_>>().join("; ");
        match outcome {
            CandidateOutcome::Offered => {
                let answer = taken.answer.map(words::answer);
                let answer = answer.map_or(String::new(), |answer| format!("; {answer}"));
                format!("offered, with probability {probability:.6}{answer}")
            }
            CandidateOutcome::AlreadyOffered => match self.offered.get(&idx) {
                Some((n, Some(answer))) => {
                    format!("offered at step {n}, and {}", words::answer(*answer))
                }
                _ => "offered at an earlier step".to_owned(),
            },
            CandidateOutcome::Inactive
            | CandidateOutcome::Schedule
            | CandidateOutcome::Cap
            | CandidateOutcome::Breaker => {
                let unavailable: Vec<String> =
                    unavailable.iter().map(words::unavailability).collect();
                unavailable.join("; ")
            }
            CandidateOutcome::Duplicate => {
                "the lead is like one that came before and was sold, or may still be".to_owned()
            }
            CandidateOutcome::CapOrBreaker => {
                "a cap was used up, or it rested after failures".to_owned()
            }
            CandidateOutcome::DeadlinePassed => "the time of the lead was up".to_owned(),
            CandidateOutcome::Criteria => {
                format!(
                    "the lead does not meet its criteria: {}",
                    words::failing(criteria)
                )
            }
            CandidateOutcome::NotReached => match self.bid_of(name) {
                _ if Self::is_over(taken) => {
                    format!("the walk was over: {}", taken.end.unwrap_or("done"))
                }
                Some((n, bid)) => format!("asked at step {n}: {}", bid.detail),
                _ if led.is_empty() => "no way leads to it for this lead".to_owned(),
                _ => led,
            },
            CandidateOutcome::Pinged => "asked what it would pay".to_owned(),
            CandidateOutcome::NotDrawn if led.is_empty() => {
                format!("another was drawn; its chance was {probability:.6}")
            }
            CandidateOutcome::NotDrawn => {
                format!("another was drawn; its chance was {probability:.6}; {led}")
            }
        }
    }

    fn bid_of(&self, name: &str) -> Option<&(i64, bids::BidExplanation)> {
        self.bids.iter().find(|(_, bid)| bid.destination == name)
    }

    /// Whether the last answer ended the walk, so that nothing could come of this step.
    fn is_over(taken: &TakenStep) -> bool {
        let OutlookRecord {
            offers,
            pings,
            declined,
            unsold,
        } = &taken.outlook;
        let nothing = offers.is_empty() && pings.is_empty();
        taken.kind == Turn::Done && nothing && *declined == 0.0 && *unsold == 0.0
    }
}

/// What is known of a destination at a step.
struct CandidateFacts<'a> {
    outcome: CandidateOutcome,
    probability: f64,
    criteria: &'a [Asked],
    unavailable: &'a [Unavailability],
    diverted_by: &'a [DivertedBy],
}
