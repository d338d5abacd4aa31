//! Doubly robust with weights over their mean: `mean(v₀) + Σₖ mean(wₖ eₖ) / mean(wₖ)`, with residuals `e` as in [`dr`](super::dr).
//!
//! # Source
//!
//! Thomas and Brunskill, *Data-efficient off-policy policy evaluation for reinforcement learning*, ICML 2016 (weighted doubly robust).

pub(super) fn weight(weight: f64) -> f64 {
    weight
}

#[cfg(test)]
mod tests {
    use crate::ope::{Decision, Estimator, Log};

    #[test]
    fn an_error_of_the_model_that_is_the_same_everywhere_is_mended() {
        let mut log = Log::default();
        for (weight, reward) in [(0.3, 2.0), (1.1, 5.0), (0.9, 3.0)] {
            let decision = Decision {
                weight,
                reward,
                expected: reward - 10.0,
                mean: -6.0,
            };
            log.add(&[decision], None).unwrap();
        }
        let found = Estimator::Sndr.estimate(&log).unwrap();
        assert!((found.value() - 4.0).abs() < 1e-12 && found.se() < 1e-12);
    }
}
