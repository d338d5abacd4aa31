//! Leads of a batch under both policies.

use super::ripe::{Leads, Ripe};
use crate::{
    log::{LogLead, lead_batch::KindOfLead},
    weigh::{LeadWeight, Reading, WeightIdx, WeightTable},
};

/// The weights of a batch, lead by lead.
pub(super) struct BatchWeights<'a, 'p> {
    /// Of the candidate and of the baseline.
    pub(super) tables: [&'a WeightTable<'p>; 2],
    /// Of each lead, under the candidate and under the baseline.
    pub(super) weights: Vec<[WeightIdx; 2]>,
}

impl BatchWeights<'_, '_> {
    /// Numbers of the weights of one lead after the other, of the candidate and of the baseline.
    pub(super) fn both(&self) -> impl Iterator<Item = [WeightIdx; 2]> {
        self.weights.iter().copied()
    }

    /// The weights of these numbers.
    pub(super) fn weights(&self, [candidate, baseline]: [WeightIdx; 2]) -> [&LeadWeight; 2] {
        let [of_candidate, of_baseline] = self.tables;
        [of_candidate.get(candidate), of_baseline.get(baseline)]
    }
}

/// The numbers of weights by the number of a kind of leads, for those that stay the same to the end.
#[derive(Debug, Default)]
pub(super) struct KnownKinds(Vec<Option<[WeightIdx; 2]>>);

impl KnownKinds {
    /// Weighs the leads of a batch, and of those that are alike one.
    pub(super) fn weigh(
        &mut self,
        leads: Leads<'_>,
        ripe: &[Ripe<'_>],
        tables: &mut [WeightTable<'_>; 2],
        reading: Reading<'_>,
    ) -> Vec<[WeightIdx; 2]> {
        let kinds = match leads {
            Leads::Whole(_) => [].as_slice(),
            Leads::Batch(batch) => &batch.kinds,
        };
        let mut found: Vec<Option<Found>> = kinds.iter().map(|kind| self.find(kind)).collect();
        let mut to_weigh: Vec<&LogLead> = Vec::new();
        let mut of_leads = Vec::with_capacity(ripe.len());
        for lead in ripe {
            let place = lead.own.map(|own| own.kind);
            let known = place.and_then(|place| found[place]);
            let of_lead = known.unwrap_or_else(|| {
                to_weigh.push(lead.like);
                Found::New(to_weigh.len() - 1)
            });
            if let Some(place) = place {
                found[place] = Some(of_lead);
            }
            of_leads.push(of_lead);
        }
        let [candidate, baseline] = tables;
        let weighed: Vec<[WeightIdx; 2]> = candidate
            .weigh(&to_weigh, reading)
            .into_iter()
            .zip(baseline.weigh(&to_weigh, reading))
            .map(<[WeightIdx; 2]>::from)
            .collect();
        for (kind, found) in kinds.iter().zip(&found) {
            if let (Some(number), Some(Found::New(place))) = (kind.number, found) {
                self.keep(number, weighed[*place]);
            }
        }
        let of_lead = |found| match found {
            Found::Known(both) => both,
            Found::New(place) => weighed[place],
        };
        of_leads.into_iter().map(of_lead).collect()
    }

    fn find(&self, kind: &KindOfLead) -> Option<Found> {
        let known = kind.number.and_then(|number| *self.0.get(number)?);
        known.map(Found::Known)
    }

    fn keep(&mut self, number: usize, both: [WeightIdx; 2]) {
        if both.iter().any(|idx| idx.kept().is_none()) {
            return;
        }
        if number >= self.0.len() {
            self.0.resize(number + 1, None);
        }
        self.0[number] = Some(both);
    }
}

/// What is known of the weights of a kind.
#[derive(Debug, Clone, Copy)]
enum Found {
    Known([WeightIdx; 2]),
    /// Its place among those that are weighed.
    New(usize),
}
