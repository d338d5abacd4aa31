//! What a report tells beside values: sums over leads that need no more than one lead at a time.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Options,
    batch_weights::BatchWeights,
    ripe::{Leads, Ripe},
};
use crate::{
    decidable::Pace,
    histogram::Histogram,
    load::Loads,
    log::{LogLead, LogOffer},
    policy::Policy,
    rules::Rules,
    support::Support,
    unsupported::Unsupported,
    weigh::{LeadWeight, WeightTable},
};

/// Sums over all leads so far.
#[derive(Debug)]
pub(super) struct Totals<'a> {
    candidate: &'a Policy,
    /// Leads of each weight that is kept, of the candidate and of the baseline: what depends on weights alone is added up in the end.
    n_leads: [Vec<u64>; 2],
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
    /// Every destination of the log's offers: whether the candidate has it, and the offers.
    destinations: Vec<(Arc<str>, bool, u64)>,
}

impl<'a> Totals<'a> {
    pub(super) fn new(candidate: &'a Policy, options: &Options) -> Self {
        Self {
            candidate,
            n_leads: <[Vec<u64>; 2]>::default(),
            supports: <[Support; 2]>::default(),
            pace: Pace::default(),
            rules: Rules::new(candidate, &options.dead_rules),
            unsupported: Unsupported::default(),
            histogram: Histogram::default(),
            loads: Loads::new(candidate),
            n_offers: 0,
            n_allocations_missing: 0,
            n_orders_missing: 0,
            destinations: Vec::new(),
        }
    }

    /// * `leads`: of the batch, as they came.
    pub(super) fn add(
        &mut self,
        leads: Leads<'_>,
        ripe: &[Ripe<'_>],
        batch: &BatchWeights<'_, '_>,
    ) {
        for (lead, both) in ripe.iter().zip(batch.both()) {
            let [candidate, baseline] = batch.weights(both);
            for (side, (idx, weight)) in both.into_iter().zip([candidate, baseline]).enumerate() {
                let Some(place) = idx.kept() else {
                    self.add_weight(side, weight, 1);
                    continue;
                };
                let n_leads = &mut self.n_leads[side];
                if place >= n_leads.len() {
                    n_leads.resize(place + 1, 0);
                }
                n_leads[place] += 1;
            }
            self.pace.add(lead.received_at);
            self.unsupported.add(candidate, || leads.name(lead));
            self.loads.add(&candidate.load, lead.received_at);
            self.n_offers += lead.like.offers.len() as u64;
            let is_missing = candidate.allocation_missing || baseline.allocation_missing;
            self.n_allocations_missing += u64::from(is_missing);
            let is_missing = candidate.orders_missing || baseline.orders_missing;
            self.n_orders_missing += u64::from(is_missing);
            self.see_destinations(lead.like);
        }
    }

    /// Adds up what depends on weights alone.
    ///
    /// * `tables`: of the candidate and of the baseline.
    pub(super) fn finish(&mut self, tables: [&WeightTable<'_>; 2]) {
        let n_leads = std::mem::take(&mut self.n_leads);
        for (side, (table, n_leads)) in tables.into_iter().zip(n_leads).enumerate() {
            for (weight, n_leads) in table.kept().iter().zip(n_leads) {
                self.add_weight(side, weight, n_leads);
            }
        }
    }

    fn add_weight(&mut self, side: usize, weight: &LeadWeight, n_leads: u64) {
        if n_leads == 0 {
            return;
        }
        self.supports[side].add(&weight.asked, n_leads);
        if side == 0 {
            self.histogram.add(weight.weight(), n_leads);
            self.rules.add(&weight.rules, n_leads);
        }
    }

    fn see_destinations(&mut self, lead: &LogLead) {
        let Policy::Flow(flow) = self.candidate else {
            return;
        };
        for LogOffer { destination, .. } in &lead.offers {
            // A log has few destinations, and most names are where they were before.
            let same = |known: &&mut (Arc<str>, bool, u64)| {
                Arc::ptr_eq(&known.0, destination) || known.0 == *destination
            };
            if let Some((_, _, n_offers)) = self.destinations.iter_mut().find(same) {
                *n_offers += 1;
            } else {
                let is_known = flow.program.destination_idx(destination).is_some();
                self.destinations
                    .push((Arc::clone(destination), is_known, 1));
            }
        }
    }

    /// Offers to destinations that the candidate does not have, by name.
    pub(super) fn unknown_destinations(&self) -> BTreeMap<&str, u64> {
        let unknown = self
            .destinations
            .iter()
            .filter(|(_, is_known, _)| !is_known);
        unknown
            .map(|(name, _, n_offers)| (&**name, *n_offers))
            .collect()
    }
}
