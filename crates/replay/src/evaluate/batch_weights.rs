//! Leads of a batch under both policies.

use crate::weigh::{LeadWeight, WeightIdx, WeightTable};

/// The weights of a batch, lead by lead.
pub(super) struct BatchWeights<'a, 'p> {
    /// Of the candidate and of the baseline.
    pub(super) tables: [&'a WeightTable<'p>; 2],
    /// The same.
    pub(super) weights: [Vec<WeightIdx>; 2],
}

impl BatchWeights<'_, '_> {
    /// Numbers of the weights of one lead after the other, of the candidate and of the baseline.
    pub(super) fn both(&self) -> impl Iterator<Item = [WeightIdx; 2]> {
        let [candidate, baseline] = &self.weights;
        let both = candidate.iter().zip(baseline);
        both.map(|(candidate, baseline)| [*candidate, *baseline])
    }

    /// The weights of these numbers.
    pub(super) fn weights(&self, [candidate, baseline]: [WeightIdx; 2]) -> [&LeadWeight; 2] {
        let [of_candidate, of_baseline] = self.tables;
        [of_candidate.get(candidate), of_baseline.get(baseline)]
    }
}
