//! Doubly robust values of a policy: each lead is expected by what the leads before it taught.

use std::collections::HashMap;

use pointsman_flow::DestinationIdx;
use pointsman_stats::{
    ope::progressive::{Cell, Followed, FollowedWalk, Progressive},
    weighted::{Error, Estimate},
};

use crate::weigh::{Choice, LeadWeight, Likely};

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
    waiting: Vec<Walk>,
    /// Leads of all batches before.
    n_done: usize,
    refused: Option<Error>,
}

impl Default for DoublyRobust {
    fn default() -> Self {
        Self {
            sums: Progressive::new(STRENGTH),
            kinds: Kinds::default(),
            waiting: Vec::new(),
            n_done: 0,
            refused: None,
        }
    }
}

/// A lead of the batch to come.
#[derive(Debug)]
struct Walk {
    decisions: Vec<Decision>,
    cluster: Option<u64>,
}

#[derive(Debug)]
struct Decision {
    weight: f64,
    reward: f64,
    reached: f64,
    cell: Option<Cell>,
    options: Options,
}

#[derive(Debug)]
enum Options {
    /// Those of a kind.
    Known(usize),
    /// Of leads whose kind is not told apart.
    Own(Vec<(Cell, f64)>),
}

impl DoublyRobust {
    /// Takes in a lead.
    ///
    /// * `cluster`: as for the weighted sums.
    pub(crate) fn add(&mut self, lead: LeadWeight, cluster: Option<u64>) {
        let LeadWeight { steps, choices, .. } = lead;
        let decisions = steps
            .iter()
            .zip(choices)
            .map(|(step, choice)| self.kinds.decision(step.weight, choice))
            .collect();
        self.waiting.push(Walk { decisions, cluster });
        // Counted here, so that the figures do not depend on how a log is read. Each batch is as large as all before it, up to the most.
        if self.waiting.len() >= self.n_done.clamp(BATCH_MIN, BATCH_MAX) {
            self.add_batch();
        }
    }

    fn add_batch(&mut self) {
        let followed: Vec<(Vec<Followed<'_>>, Option<u64>)> = self
            .waiting
            .iter()
            .map(|walk| {
                let decisions = walk.decisions.iter();
                let decisions = decisions.map(|decision| Followed {
                    weight: decision.weight,
                    reward: decision.reward,
                    reached: decision.reached,
                    cell: decision.cell,
                    options: self.kinds.options(&decision.options),
                });
                (decisions.collect(), walk.cluster)
            })
            .collect();
        let walks: Vec<FollowedWalk<'_>> = followed
            .iter()
            .map(|(decisions, cluster)| (&decisions[..], *cluster))
            .collect();
        if let Err(error) = self.sums.add(&walks) {
            self.refused.get_or_insert(error);
        }
        self.n_done += self.waiting.len();
        self.waiting.clear();
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
    numbers: HashMap<(usize, Likely), usize>,
    options: Vec<Vec<(Cell, f64)>>,
}

impl Kinds {
    fn decision(&mut self, weight: f64, choice: Choice) -> Decision {
        let Choice {
            n_before,
            destination,
            likely,
            reward,
            reached,
        } = choice;
        let (kind, options) = self.of(n_before, likely);
        Decision {
            weight,
            reward,
            reached,
            cell: destination.map(|destination| cell(n_before, destination, kind)),
            options,
        }
    }

    fn of(&mut self, n_before: usize, likely: Likely) -> (u64, Options) {
        let key = (n_before, likely);
        if let Some(number) = self.numbers.get(&key) {
            return (*number as u64, Options::Known(*number));
        }
        let number = self.options.len();
        let is_rest = number >= KINDS_MAX;
        let kind = if is_rest { REST } else { number as u64 };
        let options = key.1.iter().map(|(destination, probability)| {
            let cell = cell(n_before, *destination, kind);
            (cell, f64::from_bits(*probability))
        });
        let options = options.collect();
        if is_rest {
            return (kind, Options::Own(options));
        }
        self.options.push(options);
        self.numbers.insert(key, number);
        (kind, Options::Known(number))
    }

    fn options<'a>(&'a self, options: &'a Options) -> &'a [(Cell, f64)] {
        match options {
            Options::Known(number) => self.options.get(*number).map_or(&[], Vec::as_slice),
            Options::Own(options) => options,
        }
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
    use pointsman_stats::weighted::Step;

    use super::*;

    /// One offer by a policy that takes the first of two destinations with this probability; the log drew them evenly.
    fn lead(n: u32, share: f64) -> LeadWeight {
        let destination = DestinationIdx(u16::from(n % 2 == 1));
        let probability = if n.is_multiple_of(2) {
            share
        } else {
            1.0 - share
        };
        let reward = if n.is_multiple_of(2) { 5.0 } else { 1.0 };
        let weight = 2.0 * probability;
        LeadWeight {
            steps: vec![Step { weight, reward }],
            choices: vec![Choice {
                n_before: 0,
                destination: Some(destination),
                likely: vec![
                    (DestinationIdx(0), share.to_bits()),
                    (DestinationIdx(1), (1.0 - share).to_bits()),
                ],
                reward,
                reached: 1.0,
            }],
            ..LeadWeight::default()
        }
    }

    #[test]
    fn what_earlier_batches_taught_leaves_little_to_weights() {
        let mut sums = DoublyRobust::default();
        for n in 0..20_000 {
            sums.add(lead(n, 0.9), None);
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
            sums.add(lead(n, f64::from(n) / 20_000.0), None);
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
            let mut lead = lead(0, 0.5);
            lead.choices[0].reward = reward;
            sums.add(lead, None);
        }
        assert!(matches!(sums.finish(), Err(Error::Reward { .. })));
    }
}
