//! What each lead adds to an estimate: where its value, its standard error and its clusters all come from.

use super::{
    Error, Estimator, Log, Spread,
    intervals::spread,
    log::{Decision, final_weight},
};
use crate::normal::Z_95;

/// An estimate as its value and what moves it, lead by lead.
///
/// The influence of a lead is the derivative of the value with respect to that lead's share of the log, so that the estimate is
/// off by the mean of the influences, up to terms that vanish with the number of leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Influence {
    value: f64,
    of_leads: Vec<f64>,
    spread: Spread,
}

impl Influence {
    /// The value a lead, in the unit of the rewards.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Influence of each lead in the unit of the value, in the order of the log, shape `(n_leads,)`. Their sum is 0.
    pub fn of_leads(&self) -> &[f64] {
        &self.of_leads
    }

    /// Standard error of the value, over clusters if the log has them.
    pub fn se(&self) -> f64 {
        self.spread.se
    }

    /// The standard error with what else is known of it.
    pub fn spread(&self) -> Spread {
        self.spread
    }

    /// This value minus that of another policy on the same leads, in the same order: influences are subtracted lead by lead, since
    /// what both have in common has no part in the error of the difference.
    ///
    /// * `log`: the log of either.
    ///
    /// # Errors
    ///
    /// [`Error::OtherLeads`] when they have different numbers of leads.
    pub fn minus(&self, other: &Self, log: &Log) -> Result<Self, Error> {
        let own = self.of_leads.len();
        for other in [other.of_leads.len(), log.n_leads()] {
            if other != own {
                return Err(Error::OtherLeads { own, other });
            }
        }
        let pairs = self.of_leads.iter().zip(&other.of_leads);
        let of_leads: Vec<f64> = pairs.map(|(own, other)| own - other).collect();
        Ok(Self {
            value: self.value - other.value,
            spread: spread(&of_leads, log, 1.0),
            of_leads,
        })
    }

    /// The 95 % interval of the normal distribution around the value.
    pub fn ci95(&self) -> [f64; 2] {
        let reach = Z_95 * self.se();
        [self.value - reach, self.value + reach]
    }
}

/// Sums of the columns that an estimate is made of, over some of the leads.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Columns {
    pub(crate) n: f64,
    /// What the model says of first decisions.
    pub(crate) base: f64,
    /// Weighted residuals by decision.
    pub(crate) residuals: Vec<f64>,
    /// Weights by decision; a walk that has ended keeps its last one.
    pub(crate) weights: Vec<f64>,
}

impl Columns {
    pub(crate) fn with_len(n_decisions: usize) -> Self {
        Self {
            n: 0.0,
            base: 0.0,
            residuals: vec![0.0; n_decisions],
            weights: vec![0.0; n_decisions],
        }
    }

    /// Adds a lead.
    pub(crate) fn add(&mut self, estimator: Estimator, decisions: &[Decision]) {
        self.n += 1.0;
        self.base += estimator.base(decisions);
        let last = estimator.weight(final_weight(decisions));
        for (k, sum) in self.weights.iter_mut().enumerate() {
            *sum += decisions
                .get(k)
                .map_or(last, |decision| estimator.weight(decision.weight));
        }
        for (sum, residual) in self.residuals.iter_mut().zip(estimator.terms(decisions)) {
            *sum += residual;
        }
    }

    /// Adds sums of other leads.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.base += other.base;
        for (own, other) in [
            (&mut self.residuals, &other.residuals),
            (&mut self.weights, &other.weights),
        ] {
            for (sum, value) in own.iter_mut().zip(other) {
                *sum += value;
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.n = 0.0;
        self.base = 0.0;
        self.residuals.fill(0.0);
        self.weights.fill(0.0);
    }

    /// The value that these sums give.
    pub(crate) fn value(&self, estimator: Estimator) -> f64 {
        let residuals = self.residuals.iter().zip(&self.weights);
        let sum: f64 = residuals
            .map(|(residual, weight)| residual * self.inverse(estimator, *weight))
            .sum();
        self.base / self.n + sum
    }

    /// What a sum of weighted residuals is divided by, inverted; 0 where all weights are 0.
    fn inverse(&self, estimator: Estimator, weights: f64) -> f64 {
        if !estimator.is_normalised() {
            1.0 / self.n
        } else if weights > 0.0 {
            1.0 / weights
        } else {
            0.0
        }
    }
}

impl Estimator {
    /// What the log says by this estimator.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for fewer than two leads or clusters, [`Error::NoOverlap`] when all final weights are 0, and
    /// [`Error::Limit`] for a limit that is none.
    pub fn estimate(self, log: &Log) -> Result<Influence, Error> {
        self.check()?;
        if log.n_independent() < 2 {
            return Err(Error::TooFew {
                n: log.n_independent() as u64,
            });
        }
        if self.uses_weights() && log.leads().all(|lead| final_weight(lead) <= 0.0) {
            return Err(Error::NoOverlap {
                n: log.n_leads() as u64,
            });
        }
        let mut columns = Columns::with_len(log.n_decisions_max());
        for lead in log.leads() {
            columns.add(self, lead);
        }
        let value = columns.value(self);
        let of_leads: Vec<f64> = if self.is_normalised() {
            let factors = Factors::of(self, &columns);
            let mean = columns.base / columns.n;
            log.leads()
                .map(|lead| self.base(lead) - mean + factors.influence(self, lead))
                .collect()
        } else {
            log.leads()
                .map(|lead| self.base(lead) + self.terms(lead).sum::<f64>() - value)
                .collect()
        };
        // A mean takes one degree of freedom. The linearised error of a ratio has none to take: it is that of the regression on a
        // constant (White's HC0), with which its references agree.
        let lost = if self.is_normalised() { 0.0 } else { 1.0 };
        Ok(Influence {
            value,
            spread: spread(&of_leads, log, lost),
            of_leads,
        })
    }
}

/// What a lead's columns are multiplied by in its influence on a self-normalised value.
struct Factors {
    /// n over the sum of weights.
    inverses: Vec<f64>,
    /// Sum of weighted residuals over that of weights.
    ratios: Vec<f64>,
}

impl Factors {
    fn of(estimator: Estimator, columns: &Columns) -> Self {
        let inverses: Vec<f64> = columns
            .weights
            .iter()
            .map(|sum| columns.n * columns.inverse(estimator, *sum))
            .collect();
        let ratios = columns.residuals.iter().zip(&inverses);
        let ratios = ratios.map(|(sum, inverse)| sum * inverse / columns.n);
        Self {
            ratios: ratios.collect(),
            inverses,
        }
    }

    /// `Σₖ (wₖ eₖ − Bₖ wₖ) / w̄ₖ`
    fn influence(&self, estimator: Estimator, decisions: &[Decision]) -> f64 {
        let last = estimator.weight(final_weight(decisions));
        let mut terms = estimator.terms(decisions);
        let mut sum = 0.0;
        for (k, (inverse, ratio)) in self.inverses.iter().zip(&self.ratios).enumerate() {
            let term = terms.next().unwrap_or(0.0);
            let weight = decisions
                .get(k)
                .map_or(last, |decision| estimator.weight(decision.weight));
            sum += (term - ratio * weight) * inverse;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weighted::{Step, Weighted};

    /// Walks of one to three decisions with weights and rewards that vary.
    fn walks() -> Vec<Vec<Decision>> {
        let lead = |i: u32| {
            let decision = |k: u32| Decision {
                weight: f64::from((i * 7 + k * 5) % 11) / 4.0,
                reward: f64::from((i * 3 + k) % 4),
                expected: f64::from((i + k) % 3) * 0.7,
                mean: f64::from((i + 2 * k) % 5) * 0.4,
            };
            (0..=i % 3).map(decision).collect()
        };
        (0..60).map(lead).collect()
    }

    #[test]
    fn a_doubly_robust_value_is_a_weighted_one_of_residuals() {
        let (mut log, mut weighted) = (Log::default(), Weighted::default());
        for (i, walk) in walks().iter().enumerate() {
            let cluster = Some(i as u64 / 4);
            log.add(walk, cluster).unwrap();
            let mut steps = vec![Step {
                weight: 1.0,
                reward: walk[0].mean,
            }];
            for (k, decision) in walk.iter().enumerate() {
                let next = walk.get(k + 1).map_or(0.0, |next| next.mean);
                steps.push(Step {
                    weight: decision.weight,
                    reward: decision.reward - decision.expected + next,
                });
            }
            weighted.add(&steps, cluster).unwrap();
        }
        let expected = weighted.estimate().unwrap();
        for (estimator, value, se) in [
            (Estimator::Dr, expected.ips, expected.ips_se),
            (
                Estimator::Sndr,
                expected.snips,
                expected.snips_se_linearised,
            ),
        ] {
            let found = estimator.estimate(&log).unwrap();
            assert!((found.value() - value).abs() < 1e-12, "{estimator:?}");
            assert!((found.se() - se).abs() < 1e-12, "{estimator:?}");
        }
    }

    #[test]
    fn a_doubly_robust_value_is_its_recursion() {
        let mut log = Log::default();
        let mut sum = 0.0;
        for mut walk in walks() {
            for decision in &mut walk {
                decision.weight += 0.1;
            }
            log.add(&walk, None).unwrap();
            let mut value = 0.0;
            for (k, decision) in walk.iter().enumerate().rev() {
                let before = k.checked_sub(1).map_or(1.0, |before| walk[before].weight);
                value = decision.mean
                    + decision.weight / before * (decision.reward + value - decision.expected);
            }
            sum += value;
        }
        let found = Estimator::Dr.estimate(&log).unwrap().value();
        assert!((found - sum / 60.0).abs() < 1e-12);
    }

    #[test]
    fn influences_sum_to_nothing_and_foretell_what_a_lead_moves() {
        let walks = walks();
        for estimator in [
            Estimator::Ips,
            Estimator::Snips,
            Estimator::Dr,
            Estimator::Sndr,
        ] {
            let of = |copies_of_first: u32| {
                let mut log = Log::default();
                for _ in 0..1_000 {
                    for walk in &walks {
                        log.add(walk, None).unwrap();
                    }
                }
                for _ in 0..copies_of_first {
                    log.add(&walks[3], None).unwrap();
                }
                estimator.estimate(&log).unwrap()
            };
            let (before, after) = (of(0), of(1));
            assert!(before.of_leads().iter().sum::<f64>().abs() < 1e-7);
            let moved = (after.value() - before.value()) * 60_001.0;
            assert!(
                (moved - before.of_leads()[3]).abs() < 1e-3,
                "{estimator:?}: {moved} is not {}",
                before.of_leads()[3]
            );
        }
    }
}
