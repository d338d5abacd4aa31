//! What a report tells beside values: sums over leads that need no more than one lead at a time.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use super::{Options, batch_weights::BatchWeights};
use crate::{
    decidable::Pace, histogram::Histogram, load::Loads, log::LogLead, policy::Policy, rules::Rules,
    support::Support, unsupported::Unsupported,
};

/// Sums over all leads so far.
#[derive(Debug)]
pub(super) struct Totals<'a> {
    candidate: &'a Policy,
    /// Of the candidate and of the baseline.
    pub(super) supports: [Support; 2],
    pub(super) pace: Pace,
    pub(super) rules: Rules,
    pub(super) unsupported: Unsupported,
    pub(super) histogram: Histogram,
    pub(super) loads: Loads,
    pub(super) n_offers: u64,
    pub(super) n_allocations_missing: u64,
    pub(super) n_orders_missing: u64,
    /// Offers to destinations that the candidate does not have.
    pub(super) unknown_destinations: BTreeMap<Arc<str>, u64>,
}

impl<'a> Totals<'a> {
    pub(super) fn new(candidate: &'a Policy, options: &Options) -> Self {
        Self {
            candidate,
            supports: <[Support; 2]>::default(),
            pace: Pace::default(),
            rules: Rules::new(candidate, &options.dead_rules),
            unsupported: Unsupported::default(),
            histogram: Histogram::default(),
            loads: Loads::new(candidate),
            n_offers: 0,
            n_allocations_missing: 0,
            n_orders_missing: 0,
            unknown_destinations: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, leads: &[Cow<'_, LogLead>], batch: &BatchWeights) {
        let weights = batch.pairs().zip(&batch.loads);
        for (lead, ([candidate, baseline], load)) in leads.iter().zip(weights) {
            let [of_candidate, of_baseline] = &mut self.supports;
            of_candidate.add(&candidate.asked);
            of_baseline.add(&baseline.asked);
            self.histogram.add(candidate.weight());
            self.pace.add(lead.received_at);
            self.rules.add(&candidate.rules);
            self.unsupported.add(lead, candidate);
            self.loads.add(load, lead.received_at);
            self.n_offers += lead.offers.len() as u64;
            let is_missing = candidate.allocation_missing || baseline.allocation_missing;
            self.n_allocations_missing += u64::from(is_missing);
            let is_missing = candidate.orders_missing || baseline.orders_missing;
            self.n_orders_missing += u64::from(is_missing);
            self.see_unknown_destinations(lead);
        }
    }

    fn see_unknown_destinations(&mut self, lead: &LogLead) {
        let Policy::Flow(flow) = self.candidate else {
            return;
        };
        for offer in &lead.offers {
            if flow.program.destination_idx(&offer.destination).is_none() {
                let name = Arc::clone(&offer.destination);
                *self.unknown_destinations.entry(name).or_default() += 1;
            }
        }
    }
}
