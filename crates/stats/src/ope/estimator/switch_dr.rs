//! Doubly robust up to a limit, and the model alone beyond: weights are `w` where `w ≤ λ`, and 0 elsewhere.
//!
//! # Source
//!
//! Wang, Agarwal, Dudík, *Optimal and adaptive off-policy evaluation in contextual bandits*, ICML 2017.

pub(super) fn weight(weight: f64, limit: f64) -> f64 {
    if weight <= limit { weight } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use crate::ope::{Decision, Estimator, Log};

    #[test]
    fn beyond_the_limit_the_model_decides() {
        let mut log = Log::default();
        for weight in [1.0, 4.0] {
            let decision = Decision {
                weight,
                reward: 3.0,
                expected: 1.0,
                mean: 0.5,
            };
            log.add(&[decision], None).unwrap();
        }
        let value = |limit| {
            let found = Estimator::SwitchDr { limit }.estimate(&log).unwrap();
            found.value()
        };
        assert!((value(0.9) - 0.5).abs() < 1e-12);
        assert!((value(1.0) - 1.5).abs() < 1e-12);
        assert!((value(4.0) - 5.5).abs() < 1e-12);
    }
}
