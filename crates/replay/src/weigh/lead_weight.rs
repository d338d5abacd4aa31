//! What a policy makes of a lead.

use pointsman_flow::{DestinationIdx, NodeIdx};
use pointsman_stats::weighted::Step;

use super::{Brought, Likely};
use crate::load::Load;

/// A lead under one policy, and with it every other one that the policy cannot tell from it: all but what its offers brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct LeadWeight {
    /// Each ping, each offer and the end of the walk.
    pub(crate) decisions: Vec<Decision>,
    /// Probability of going where the log never goes, weighted; `None` if the log does not tell. Without `asked`.
    pub(crate) unsupported: Option<f64>,
    /// Destinations to which the policy would have offered where the log never goes, each with that probability, weighted.
    pub(crate) unsupported_at: Vec<(DestinationIdx, f64)>,
    /// The rules that decide for the lead, of a candidate alone: node, and place among its rules.
    pub(crate) rules: Vec<(NodeIdx, u16)>,
    /// What the policy would have done at steps of which the log tells only what was done: whether the log ever does that
    /// is learnt from all leads.
    pub(crate) asked: Vec<Asked>,
    /// Whether the allocation that the lead was decided by is missing.
    pub(crate) allocation_missing: bool,
    /// Whether a rotation drew its arms alike, because the log does not tell its order.
    pub(crate) orders_missing: bool,
    /// What the policy would ask of capped destinations, of a candidate alone.
    pub(crate) load: Load,
}

/// A logged decision, and what the policy could have done in its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decision {
    /// How much likelier the policy is to come this far than the logged one was.
    pub(crate) weight: f64,
    /// The part of the weight that is of walks which made this decision; the rest had stopped before.
    pub(crate) reached: f64,
    /// Offers of the lead before.
    pub(crate) n_before: usize,
    /// Whether it is an offer, which may bring something; pings and the end bring nothing by themselves.
    pub(crate) is_offer: bool,
    /// Who got the lead, if the policy knows them.
    pub(crate) destination: Option<DestinationIdx>,
    /// The offers that the policy would have made here; none where what it would have done is what was done.
    pub(crate) likely: Likely,
}

/// The offers that a policy would have made at a step of a log that tells only what was done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// Offers of the lead before.
    pub(crate) n_before: usize,
    /// Each with its probability.
    pub(crate) offers: Vec<(DestinationIdx, f64)>,
    /// How much likelier the policy was to come here than the logged one.
    pub(crate) reach: f64,
    /// Who got the lead in the log, if the policy knows them.
    pub(crate) logged: Option<DestinationIdx>,
}

impl LeadWeight {
    /// How much likelier the policy is to make this whole walk than the logged one was.
    pub(crate) fn weight(&self) -> f64 {
        self.decisions.last().map_or(1.0, |last| last.weight)
    }

    /// The decisions with what they brought in the log.
    ///
    /// * `brought`: by the lead that was weighed, or one that the policy cannot tell from it.
    pub(crate) fn steps<'a>(&'a self, brought: &'a Brought<'_>) -> impl Iterator<Item = Step> + 'a {
        self.decisions.iter().map(|decision| Step {
            weight: decision.weight,
            // Walks that have stopped count, but this reward is none of theirs.
            reward: decision.brought(brought) * decision.reached,
        })
    }
}

impl Decision {
    /// A decision of whoever decided when the log was written: what they would have done is what they did, and nothing is expected.
    pub(super) fn of_log(n_before: usize) -> Self {
        Self {
            weight: 1.0,
            reached: 1.0,
            n_before,
            is_offer: true,
            destination: None,
            likely: Likely::new(),
        }
    }

    /// What it brought, whatever share of its weight is of walks that came to it.
    pub(crate) fn brought(&self, brought: &Brought<'_>) -> f64 {
        if self.is_offer {
            brought.by(self.n_before)
        } else {
            0.0
        }
    }
}
