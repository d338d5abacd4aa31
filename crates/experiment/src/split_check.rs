//! Whether units were split as the weights say.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_stats::experiment::sample_ratio;
use serde::{Deserialize, Serialize};

use crate::{AdaptiveDraws, Assigned, Plan, evidence::count};

/// How near to the weights a broken split is expected to be, in units: what is badly broken is found soon.
const CONCENTRATION: f64 = 100.0;

/// Whether units were split as the weights say, however often one looks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitCheck {
    /// The chance of a split this far from the weights at any look, if nothing is wrong; absent without units.
    pub p_value: Option<f64>,
    /// Whether that is below 0.001.
    pub is_broken: bool,
    /// How many different weights there were.
    pub n_weights: usize,
}

impl SplitCheck {
    /// Looks at all draws of a bandit, each by its own probabilities.
    pub(crate) fn of_bandit(draws: &AdaptiveDraws) -> Self {
        let p_value = draws.split_p();
        Self {
            p_value,
            is_broken: p_value.is_some_and(|p_value| p_value < sample_ratio::ALARM),
            n_weights: 0,
        }
    }
}

/// Looks at the first arms of all units. Under each set of weights the split is a test of its own, and the evidence of all of them
/// multiplies. Where people are kept, most of them are in several of these tests, and the mean of the evidence counts: that is
/// evidence however they depend on each other.
pub(crate) fn check_split(plan: &Plan, assigned: &[Assigned]) -> SplitCheck {
    let arms = plan.subject.arms();
    let strata: BTreeSet<&BTreeMap<String, u32>> = assigned.iter().map(|it| &it.weights).collect();
    let mut evidence: Vec<f64> = Vec::new();
    for weights in &strata {
        // Of units that drew an arm which is not compared nothing is known here.
        let observed: Vec<u64> = arms
            .iter()
            .map(|arm| {
                let own = assigned.iter();
                let own = own.filter(|it| it.weights == **weights && it.arm == *arm);
                own.map(|it| it.units).sum()
            })
            .collect();
        let expected: Vec<f64> = arms
            .iter()
            .map(|arm| weights.get(*arm).map_or(0.0, |weight| f64::from(*weight)))
            .collect();
        if let Ok(found) = sample_ratio::sequential(&observed, &expected, CONCENTRATION) {
            evidence.push(found);
        }
    }
    let ln_evidence = if plan.sticky.is_some() {
        ln_mean(&evidence)
    } else {
        (!evidence.is_empty()).then(|| evidence.iter().sum())
    };
    let p_value = ln_evidence.map(|it: f64| (-it).exp().min(1.0));
    SplitCheck {
        p_value,
        is_broken: p_value.is_some_and(|p_value| p_value < sample_ratio::ALARM),
        n_weights: strata.len(),
    }
}

/// The logarithm of the mean of numbers that are given by their logarithms.
fn ln_mean(ln: &[f64]) -> Option<f64> {
    let largest = ln.iter().copied().reduce(f64::max)?;
    let sum: f64 = ln.iter().map(|it| (it - largest).exp()).sum();
    Some(largest + (sum / count(ln.len() as u64)).ln())
}
