//! What a replay adds up.

use std::collections::BTreeMap;

use pointsman_flow::{DestinationIdx, Program};
use pointsman_lead::Timestamp;
use pointsman_ledger::{Conditions, Ledger};
use serde::Serialize;

use super::{
    answers::{micros, units},
    curve::WeightCurve,
    learner::Learned,
    paths::Because,
};
use crate::log::LogLead;

/// What became of a lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fate {
    /// Micro-units.
    pub(super) revenue: i64,
    /// Whether it rests on known answers alone.
    pub(super) is_known: bool,
}

#[derive(Debug)]
pub(super) struct ReplayTotals {
    /// Of each lead, where two replays are compared.
    pub(super) fates: Option<Vec<Fate>>,
    pub(super) leads: u64,
    revenue: i64,
    pub(super) offers: u64,
    pub(super) equal_to_log: u64,
    sold: u64,
    not_known: u64,
    /// What the log paid for leads, and for those whose fate is not known.
    logged: i64,
    logged_of_not_known: i64,
    differences: Differences,
    /// Steps at which a destination was not free although its settings alone would have let it.
    limited: BTreeMap<DestinationIdx, u64>,
    empty: Ledger,
    names: Vec<String>,
}

/// Leads whose way is another than in a replay without a state, by what changed it first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// All of them.
    pub leads: u64,
    /// Others of the destinations were free: caps that other leads had used up, breakers that they had opened.
    pub availability: u64,
    /// A rotation stood at another arm.
    pub turns: u64,
    /// Bandits drew by other weights, which they had learnt from other leads.
    pub weights: u64,
}

/// A destination that was not free because of other leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limited {
    /// Its name.
    pub destination: String,
    /// Steps at which a cap was used up or a breaker open.
    pub steps: u64,
}

/// What a replay of one flow came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatefulOutcome {
    /// Leads.
    pub leads: u64,
    /// Offers that were made.
    pub offers: u64,
    /// Leads that somebody took, of those whose fate is known.
    pub sold: u64,
    /// What leads brought whose fate is known.
    pub revenue: f64,
    /// Leads whose fate depends on an answer that nobody knows.
    pub not_known_leads: u64,
    /// Their share of all leads.
    pub not_known_share: f64,
    /// The share of the log's money that those leads brought in the log.
    pub not_known_money_share: f64,
    /// Leads of which every step is that of the log, to the bit of its probability.
    pub equal_to_log: u64,
    /// Leads whose way is another because of other leads; none where that was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differs_from_stateless: Option<Differences>,
    /// Destinations that were not free because of other leads.
    pub limited: Vec<Limited>,
    /// Number of the last allocation that was learnt.
    pub epoch: u64,
    /// How often weights were looked at.
    pub looks: u64,
    /// Segments that kept old weights because no new ones could be found.
    pub failures: u64,
    /// The weights over time.
    pub weights: Vec<WeightCurve>,
}

impl ReplayTotals {
    /// * `keeps_fates`: whether the fate of each lead is kept, which takes 16 bytes a lead.
    pub(super) fn new(program: &Program, keeps_fates: bool) -> Self {
        let names = program.destinations().iter();
        Self {
            fates: keeps_fates.then(Vec::new),
            leads: 0,
            revenue: 0,
            offers: 0,
            equal_to_log: 0,
            sold: 0,
            not_known: 0,
            logged: 0,
            logged_of_not_known: 0,
            differences: Differences::default(),
            limited: BTreeMap::new(),
            empty: Ledger::new(),
            names: names.map(|destination| destination.name.clone()).collect(),
        }
    }

    /// The position of the next lead.
    pub(super) fn begin(&mut self) -> usize {
        let position = usize::try_from(self.leads).unwrap_or(usize::MAX);
        self.leads += 1;
        if let Some(fates) = &mut self.fates {
            fates.push(Fate::default());
        }
        position
    }

    pub(super) fn end(&mut self, position: usize, fate: Fate, lead: &LogLead, is_sold: bool) {
        if let Some(fates) = &mut self.fates {
            fates[position] = fate;
        }
        let logged: i64 = lead.offers.iter().map(|offer| micros(offer.reward)).sum();
        self.logged += logged;
        if fate.is_known {
            self.sold += u64::from(is_sold);
            self.revenue += fate.revenue;
        } else {
            self.not_known += 1;
            self.logged_of_not_known += logged;
        }
    }

    /// Sees who was free at a step, and who would have been without other leads.
    pub(super) fn see_conditions(
        &mut self,
        program: &Program,
        conditions: &Conditions,
        at: Timestamp,
    ) {
        if conditions.free.count() == u32::from(program.n_destinations()) {
            return;
        }
        let mut closed = self.empty.availability(program, None, at);
        closed.remove(&conditions.free);
        for destination in closed.iter() {
            *self.limited.entry(destination).or_default() += 1;
        }
    }

    pub(super) fn differ(&mut self, because: Option<Because>) {
        let Some(because) = because else { return };
        let differences = &mut self.differences;
        differences.leads += 1;
        *match because {
            Because::Availability => &mut differences.availability,
            Because::Turns => &mut differences.turns,
            Because::Weights => &mut differences.weights,
        } += 1;
    }

    /// What leads brought whose fate is known, in micro-units.
    pub(super) fn revenue(&self) -> i64 {
        self.revenue
    }

    /// Whether the fate of every lead is known.
    pub(super) fn revenue_is_known(&self) -> bool {
        self.not_known == 0
    }

    pub(super) fn finish(&self, learned: &Learned, compares: bool) -> StatefulOutcome {
        let limited = self.limited.iter().map(|(idx, &steps)| Limited {
            destination: self.names[usize::from(idx.0)].clone(),
            steps,
        });
        StatefulOutcome {
            leads: self.leads,
            offers: self.offers,
            sold: self.sold,
            revenue: units(self.revenue()),
            not_known_leads: self.not_known,
            not_known_share: share(self.not_known, self.leads),
            not_known_money_share: units(self.logged_of_not_known) / units(self.logged.max(1)),
            equal_to_log: self.equal_to_log,
            differs_from_stateless: compares.then_some(self.differences),
            limited: limited.collect(),
            epoch: learned.allocation.epoch,
            looks: learned.n_looks,
            failures: learned.n_failures,
            weights: learned.curves.clone(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "leads are far below 2^53")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
