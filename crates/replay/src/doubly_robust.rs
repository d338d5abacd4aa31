//! Doubly robust values of a policy: each lead is expected by what the leads before it taught.

use std::{collections::HashMap, ops::Range};

use foldhash::fast::RandomState;
use pointsman_flow::DestinationIdx;
use pointsman_stats::{
    ope::progressive::{Cell, CellId, Followed, Progressive},
    weighted::{Error, Estimate},
};

use crate::weigh::{Brought, Decision, LeadWeight, Likely, WeightIdx};

/// The first leads, which nothing is expected of: few, since they vary as by weights alone and are put together with others that do not.
const BATCH_MIN: usize = 256;
/// The most leads that are expected by the same table.
const BATCH_MAX: usize = 4_096;
/// As how many leads the mean of a destination counts, where the kind of lead is not known well.
const STRENGTH: f64 = 20.0;
/// Kinds of leads that are told apart; a flow that tells more apart has one kind for the rest.
const KINDS_MAX: usize = 4_096;
/// The kind of all others.
const REST: u64 = u64::MAX;

/// The sums of one policy. Memory grows with destinations, kinds and clusters, not with the leads.
#[derive(Debug)]
pub(crate) struct DoublyRobust {
    sums: Progressive,
    kinds: Kinds,
    /// Where the decisions of each weight that is kept stand in the table.
    places: Vec<Option<Vec<Place>>>,
    waiting: Waiting,
    /// Leads of all batches before.
    n_done: usize,
    refused: Option<Error>,
}

impl Default for DoublyRobust {
    fn default() -> Self {
        Self {
            sums: Progressive::new(STRENGTH),
            kinds: Kinds::default(),
            places: Vec::new(),
            waiting: Waiting::default(),
            n_done: 0,
            refused: None,
        }
    }
}

/// The leads of the batch to come.
#[derive(Debug, Default)]
struct Waiting {
    decisions: Vec<Followed>,
    /// The decisions of each lead, and its cluster.
    leads: Vec<(Range<usize>, Option<u64>)>,
}

/// Where a decision stands in the table.
#[derive(Debug, Clone, PartialEq)]
struct Place {
    cell: Option<CellId>,
    options: Options,
}

#[derive(Debug, Clone, PartialEq)]
enum Options {
    /// Those of a kind.
    Known(usize),
    /// Of leads whose kind is not told apart.
    Own(Vec<(CellId, f64)>),
}

impl DoublyRobust {
    /// Takes in a lead.
    ///
    /// * `idx`: the number of its weight; weights of one number that is kept are equal.
    /// * `brought`: by its offers.
    /// * `cluster`: as for the weighted sums.
    pub(crate) fn add(
        &mut self,
        (idx, weight): (WeightIdx, &LeadWeight),
        brought: &Brought<'_>,
        cluster: Option<u64>,
    ) {
        let Self { sums, kinds, .. } = self;
        let own;
        let places = if let Some(place) = idx.kept() {
            if place >= self.places.len() {
                self.places.resize_with(place + 1, || None);
            }
            self.places[place].get_or_insert_with(|| kinds.places(weight, sums))
        } else {
            own = kinds.places(weight, sums);
            &own
        };
        let begin = self.waiting.decisions.len();
        for (decision, place) in weight.decisions.iter().zip(places) {
            self.waiting.decisions.push(Followed {
                weight: decision.weight,
                reward: decision.brought(brought),
                reached: decision.reached,
                cell: place.cell,
                expected: kinds.expected(&place.options, sums),
            });
        }
        let range = begin..self.waiting.decisions.len();
        self.waiting.leads.push((range, cluster));
        // Counted here, so that the figures do not depend on how a log is read. Each batch is as large as all before it, up to the most.
        if self.waiting.leads.len() >= self.n_done.clamp(BATCH_MIN, BATCH_MAX) {
            self.add_batch();
        }
    }

    fn add_batch(&mut self) {
        let Waiting { decisions, leads } = &self.waiting;
        let walks = leads.iter();
        let walks = walks.map(|(range, cluster)| (&decisions[range.clone()], *cluster));
        if let Err(error) = self.sums.add(walks) {
            self.refused.get_or_insert(error);
        }
        self.n_done += leads.len();
        self.kinds.forget_means();
        self.waiting.decisions.clear();
        self.waiting.leads.clear();
    }

    /// What all leads say: `ips` is the doubly robust value, `snips` the one with weights over their mean.
    ///
    /// # Errors
    ///
    /// As [`Progressive::add`] and [`Progressive::estimate`].
    pub(crate) fn finish(mut self) -> Result<Estimate, Error> {
        self.add_batch();
        match self.refused {
            Some(error) => Err(error),
            None => self.sums.estimate(),
        }
    }
}

/// Numbers for what a policy may do: leads are alike that it decides alike.
#[derive(Debug, Default)]
struct Kinds {
    numbers: HashMap<(usize, Likely), usize, RandomState>,
    options: Vec<Vec<(CellId, f64)>>,
    /// What the options of each kind are expected to bring, as far as it was asked for since the last batch.
    means: Vec<Option<f64>>,
}

impl Kinds {
    fn places(&mut self, weight: &LeadWeight, sums: &mut Progressive) -> Vec<Place> {
        let decisions = weight.decisions.iter();
        decisions.map(|it| self.place(it, sums)).collect()
    }

    fn place(&mut self, decision: &Decision, sums: &mut Progressive) -> Place {
        let Decision {
            n_before,
            destination,
            ..
        } = *decision;
        let (kind, options) = self.of(n_before, &decision.likely, sums);
        Place {
            cell: destination.map(|destination| sums.cell(cell(n_before, destination, kind))),
            options,
        }
    }

    fn of(&mut self, n_before: usize, likely: &Likely, sums: &mut Progressive) -> (u64, Options) {
        let key = (n_before, likely.clone());
        if let Some(number) = self.numbers.get(&key) {
            return (*number as u64, Options::Known(*number));
        }
        let number = self.options.len();
        let is_rest = number >= KINDS_MAX;
        let kind = if is_rest { REST } else { number as u64 };
        let options = likely.iter().map(|(destination, probability)| {
            let cell = sums.cell(cell(n_before, *destination, kind));
            (cell, f64::from_bits(*probability))
        });
        let options = options.collect();
        if is_rest {
            return (kind, Options::Own(options));
        }
        self.options.push(options);
        self.means.push(None);
        self.numbers.insert(key, number);
        (kind, Options::Known(number))
    }

    fn expected(&mut self, options: &Options, sums: &Progressive) -> f64 {
        match options {
            Options::Own(options) => sums.expected(options),
            Options::Known(number) => {
                let options = &self.options[*number];
                *self.means[*number].get_or_insert_with(|| sums.expected(options))
            }
        }
    }

    fn forget_means(&mut self) {
        self.means.fill(None);
    }
}

fn cell(n_before: usize, destination: DestinationIdx, kind: u64) -> Cell {
    Cell {
        group: (n_before as u64) << 16 | u64::from(destination.0),
        kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One offer by a policy that takes the first of two destinations with this probability; the log drew them evenly.
    fn weight(n: u32, share: f64) -> LeadWeight {
        let probability = if n.is_multiple_of(2) {
            share
        } else {
            1.0 - share
        };
        LeadWeight {
            decisions: vec![Decision {
                weight: 2.0 * probability,
                reached: 1.0,
                n_before: 0,
                is_offer: true,
                destination: Some(DestinationIdx(u16::from(n % 2 == 1))),
                likely: vec![
                    (DestinationIdx(0), share.to_bits()),
                    (DestinationIdx(1), (1.0 - share).to_bits()),
                ],
            }],
            ..LeadWeight::default()
        }
    }

    fn add(sums: &mut DoublyRobust, n: u32, share: f64, reward: f64) {
        let brought = Brought::Once(reward);
        sums.add((WeightIdx::of_batch(0), &weight(n, share)), &brought, None);
    }

    /// What the two destinations pay.
    fn paid(n: u32) -> f64 {
        if n.is_multiple_of(2) { 5.0 } else { 1.0 }
    }

    #[test]
    fn what_earlier_batches_taught_leaves_little_to_weights() {
        let mut sums = DoublyRobust::default();
        for n in 0..20_000 {
            add(&mut sums, n, 0.9, paid(n));
        }
        let found = sums.finish().unwrap();
        assert!(
            (found.ips - (0.9 * 5.0 + 0.1)).abs() < 0.02,
            "{}",
            found.ips
        );
        // By weights alone it would be 4.4 / √20,000.
        assert!(
            found.ips_se < 0.6 * 4.4 / 20_000_f64.sqrt(),
            "{}",
            found.ips_se
        );
    }

    #[test]
    fn kinds_beyond_the_most_share_one_and_keep_nothing() {
        let mut sums = DoublyRobust::default();
        for n in 0..20_000 {
            add(&mut sums, n, f64::from(n) / 20_000.0, paid(n));
        }
        assert_eq!(
            (sums.kinds.numbers.len(), sums.kinds.options.len()),
            (KINDS_MAX, KINDS_MAX)
        );
        let found = sums.finish().unwrap();
        assert!((found.ips - 3.0).abs() < 4.0 * found.ips_se);
    }

    #[test]
    fn a_residual_beyond_all_measure_is_no_value() {
        let mut sums = DoublyRobust::default();
        for reward in [0.0, 2e30] {
            add(&mut sums, 0, 0.5, reward);
        }
        assert!(matches!(sums.finish(), Err(Error::Reward { .. })));
    }
}
