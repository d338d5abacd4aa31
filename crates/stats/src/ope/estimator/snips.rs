//! Self-normalised importance sampling: `Σₖ mean(wₖ rₖ) / mean(wₖ)`; a walk that has ended keeps its last weight.
//!
//! # Source
//!
//! Swaminathan and Joachims, *The self-normalized estimator for counterfactual learning*, NeurIPS 2015; Precup and others, 2000, for
//! many decisions.

pub(super) fn weight(weight: f64) -> f64 {
    weight
}

#[cfg(test)]
mod tests {
    use crate::ope::{Estimator, tests::log};

    #[test]
    fn equal_rewards_are_the_value_whatever_the_weights() {
        let log = log(&[&[(9.0, 7.0)], &[(0.5, 7.0)], &[(2.0, 7.0)]]);
        let found = Estimator::Snips.estimate(&log).unwrap();
        assert!((found.value() - 7.0).abs() < 1e-12 && found.se() < 1e-12);
    }

    #[test]
    fn each_decision_has_a_mean_weight_of_its_own() {
        let log = log(&[&[(2.0, 1.0), (4.0, 3.0)], &[(1.0, 0.0)]]);
        let found = Estimator::Snips.estimate(&log).unwrap();
        // 2 / (2 + 1) by the first decision, 12 / (4 + 1) by the second.
        assert!((found.value() - (2.0 / 3.0 + 12.0 / 5.0)).abs() < 1e-12);
    }
}
