//! What a log is seen to do, where it tells only what was done and not what else could have been.

use std::collections::{BTreeMap, HashMap};

use pointsman_flow::DestinationIdx;
use smallvec::SmallVec;

use crate::weigh::Asked;

/// Leads from which a destination that was never offered counts as one that never could be.
const LEADS_MIN: u64 = 200;
/// Kinds of leads that are told apart; a flow that tells more apart is judged by the whole log.
const KINDS_MAX: usize = 4_096;

/// A step, and each offer with the bits of its probability.
type KindOfLead = (usize, SmallVec<[(DestinationIdx, u64); 8]>);

/// Learns which destinations a log offers, and adds up what a policy would have offered beside them.
///
/// Leads are alike that the policy decides alike: in each kind of them, and at each step, a destination that was never
/// offered is one that the log says nothing about. Kinds with few leads go by what the whole log does at that step.
#[derive(Debug, Clone, Default)]
pub(crate) struct Support {
    kinds: HashMap<KindOfLead, usize>,
    /// In the order in which they came.
    sums: Vec<(KindOfLead, Kind)>,
    /// All leads by step, and those of the kinds that are too many to keep.
    steps: BTreeMap<usize, Kind>,
    rest: BTreeMap<usize, Kind>,
    n_leads: u64,
}

#[derive(Debug, Clone, Default)]
struct Kind {
    n: u64,
    /// What was asked of each destination, and how often the log offered it.
    destinations: BTreeMap<DestinationIdx, (f64, u64)>,
}

impl Kind {
    #[expect(clippy::cast_precision_loss, reason = "leads are far below 2^53")]
    fn add(&mut self, asked: &Asked, n: u64) {
        self.n += n;
        for (destination, probability) in &asked.offers {
            let (weight, _) = self.destinations.entry(*destination).or_default();
            *weight += asked.reach * probability * n as f64;
        }
        if let Some(logged) = asked.logged {
            self.destinations.entry(logged).or_default().1 += n;
        }
    }

    fn offers(&self, destination: DestinationIdx) -> bool {
        let known = self.destinations.get(&destination);
        known.is_some_and(|(_, n_offered)| *n_offered > 0)
    }
}

impl Support {
    /// Takes in the steps of so many leads.
    pub(crate) fn add(&mut self, asked: &[Asked], n: u64) {
        self.n_leads += if asked.is_empty() { 0 } else { n };
        for asked in asked {
            self.steps.entry(asked.n_before).or_default().add(asked, n);
            let probabilities = asked.offers.iter();
            let probabilities = probabilities
                .map(|(destination, probability)| (*destination, probability.to_bits()));
            let key: KindOfLead = (asked.n_before, probabilities.collect());
            if let Some(kind) = self.kinds.get(&key) {
                self.sums[*kind].1.add(asked, n);
            } else if self.sums.len() < KINDS_MAX {
                let mut kind = Kind::default();
                kind.add(asked, n);
                self.kinds.insert(key.clone(), self.sums.len());
                self.sums.push((key, kind));
            } else {
                self.rest.entry(asked.n_before).or_default().add(asked, n);
            }
        }
    }

    /// Leads of which the log tells only what was done.
    pub(crate) fn n_leads(&self) -> u64 {
        self.n_leads
    }

    /// The weight that the policy would have carried to where the log never goes.
    pub(crate) fn unsupported(&self) -> f64 {
        self.by_destination().values().sum()
    }

    /// The same by destination.
    pub(crate) fn by_destination(&self) -> BTreeMap<DestinationIdx, f64> {
        let kinds = self.sums.iter().map(|((step, _), kind)| (step, kind));
        let mut sums = BTreeMap::new();
        for (step, kind) in kinds.chain(&self.rest) {
            let judge = if kind.n >= LEADS_MIN && !self.rest.contains_key(step) {
                Some(kind)
            } else {
                self.steps.get(step)
            };
            let Some(judge) = judge else { continue };
            let never = kind.destinations.iter();
            let never = never.filter(|(destination, _)| !judge.offers(**destination));
            for (destination, (weight, _)) in never {
                *sums.entry(*destination).or_default() += weight;
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: DestinationIdx = DestinationIdx(0);
    const B: DestinationIdx = DestinationIdx(1);

    fn asked(offers: &[(DestinationIdx, f64)], logged: DestinationIdx) -> Vec<Asked> {
        vec![Asked {
            n_before: 0,
            offers: offers.to_vec(),
            reach: 1.0,
            logged: Some(logged),
        }]
    }

    #[test]
    fn what_the_log_never_offers_is_unsupported_as_a_whole_and_by_kind() {
        let mut everywhere = Support::default();
        let mut by_kind = Support::default();
        for lead in 0..1_000 {
            everywhere.add(&asked(&[(A, 0.9), (B, 0.1)], A), 1);
            // The flow sends one half to `B`, and the log offered `B` only to the other half.
            let is_first = lead % 2 == 0;
            let (wanted, logged) = if is_first {
                (B, A)
            } else {
                (A, if lead % 10 == 1 { A } else { B })
            };
            by_kind.add(&asked(&[(wanted, 1.0)], logged), 1);
        }
        assert!((everywhere.unsupported() - 100.0).abs() < 1e-9);
        assert!((by_kind.unsupported() - 500.0).abs() < 1e-9);
        assert_eq!(by_kind.n_leads(), 1_000);
    }

    #[test]
    fn a_kind_of_few_leads_goes_by_the_whole_log() {
        let mut support = Support::default();
        for lead in 0..400_u32 {
            let share = f64::from(lead) / 400.0;
            let logged = if lead % 2 == 0 { A } else { B };
            support.add(&asked(&[(A, share), (B, 1.0 - share)], logged), 1);
        }
        assert!(support.unsupported().abs() < 1e-9);
    }
}
