//! Leads that a policy cannot tell apart are weighed once.

use std::{collections::HashMap, thread};

use foldhash::fast::RandomState;

use super::{LeadWeight, Reading, signature::Signature, signature::Signing, weigh};
use crate::{log::LogLead, policy::Policy};

/// Leads that a thread takes at once; fewer are not worth a thread.
const SHARE_MIN: usize = 256;
/// Weights that are kept for leads to come. Those of further leads are found for each of them.
pub(crate) const KEPT_MAX: usize = 1 << 15;

/// The number of a weight in its table. Below [`KEPT_MAX`] it stays the same to the end, from there on for a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct WeightIdx(u32);

impl WeightIdx {
    /// Its place, if it stays the same to the end.
    pub(crate) fn kept(self) -> Option<usize> {
        let place = self.place();
        (place < KEPT_MAX).then_some(place)
    }

    /// One that is of its batch alone.
    #[cfg(test)]
    pub(crate) fn of_batch(place: usize) -> Self {
        idx(KEPT_MAX + place)
    }

    fn place(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// What a policy makes of the leads of a log.
#[derive(Debug)]
pub(crate) struct WeightTable<'a> {
    policy: &'a Policy,
    is_candidate: bool,
    signing: Signing<'a>,
    numbers: HashMap<Signature, WeightIdx, RandomState>,
    kept: Vec<LeadWeight>,
    of_batch: Vec<LeadWeight>,
}

/// What a thread finds for a lead.
enum Found {
    Known(WeightIdx),
    New(Box<(Option<Signature>, LeadWeight)>),
}

impl<'a> WeightTable<'a> {
    /// A table that knows no lead yet.
    ///
    /// * `is_candidate`: as for [`weigh`].
    pub(crate) fn new(policy: &'a Policy, is_candidate: bool) -> Self {
        Self {
            policy,
            is_candidate,
            signing: Signing::new(policy),
            numbers: HashMap::default(),
            kept: Vec::new(),
            of_batch: Vec::new(),
        }
    }

    /// Weighs the leads of a batch on all cores; what comes out does not depend on how many there are. Weights of the batch before
    /// that are not kept are gone then.
    pub(crate) fn weigh(&mut self, leads: &[&LogLead], reading: Reading<'_>) -> Vec<WeightIdx> {
        self.of_batch.clear();
        if leads.is_empty() {
            return Vec::new();
        }
        let n_threads = thread::available_parallelism().map_or(1, usize::from);
        let share = leads.len().div_ceil(n_threads).max(SHARE_MIN);
        let this = &*self;
        let find = |leads: &[&LogLead]| {
            let found = leads.iter().map(|lead| this.find(lead, reading));
            found.collect::<Vec<Found>>()
        };
        let find = &find;
        let shares: Vec<Vec<Found>> = thread::scope(|scope| {
            let workers: Vec<_> = leads
                .chunks(share)
                .map(|leads| scope.spawn(move || find(leads)))
                .collect();
            let shares = workers.into_iter().map(|worker| {
                let share = worker.join();
                share.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            shares.collect()
        });
        let found = shares.into_iter().flatten();
        found.map(|found| self.take(found)).collect()
    }

    /// A weight of the last batch, or one that was kept.
    pub(crate) fn get(&self, idx: WeightIdx) -> &LeadWeight {
        let place = idx.place();
        match place.checked_sub(KEPT_MAX) {
            None => &self.kept[place],
            Some(place) => &self.of_batch[place],
        }
    }

    /// The weights that were kept, in the order of their places.
    pub(crate) fn kept(&self) -> &[LeadWeight] {
        &self.kept
    }

    fn find(&self, lead: &LogLead, reading: Reading<'_>) -> Found {
        let signature = self.signing.of(lead, reading);
        let known = signature.as_ref().and_then(|it| self.numbers.get(it));
        if let Some(idx) = known {
            return Found::Known(*idx);
        }
        let weight = weigh(self.policy, lead, reading, self.is_candidate);
        Found::New(Box::new((signature, weight)))
    }

    fn take(&mut self, found: Found) -> WeightIdx {
        let (signature, weight) = match found {
            Found::Known(idx) => return idx,
            Found::New(new) => *new,
        };
        // Found a moment ago for another lead of the batch.
        let known = signature.as_ref().and_then(|it| self.numbers.get(it));
        if let Some(idx) = known {
            return *idx;
        }
        if let Some(signature) = signature.filter(|_| self.kept.len() < KEPT_MAX) {
            let idx = idx(self.kept.len());
            self.numbers.insert(signature, idx);
            self.kept.push(weight);
            return idx;
        }
        self.of_batch.push(weight);
        idx(KEPT_MAX + self.of_batch.len() - 1)
    }
}

fn idx(place: usize) -> WeightIdx {
    // A batch has a few thousand leads.
    WeightIdx(u32::try_from(place).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
