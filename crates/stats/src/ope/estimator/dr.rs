//! Doubly robust: `z = v₀ + Σₖ wₖ (rₖ − qₖ + vₖ₊₁)`, the model and what it leaves unexplained.
//!
//! For one decision it is `v + w (r − q)`. Right weights make it unbiased with any model that did not see the lead, and a right
//! model with any weights.
//!
//! # Source
//!
//! Dudík and others, 2011; Jiang and Li, *Doubly robust off-policy value evaluation for reinforcement learning*, ICML 2016.

use crate::ope::Decision;

pub(super) fn weight(weight: f64) -> f64 {
    weight
}

/// `rₖ − qₖ + vₖ₊₁`: what came, less what was expected, with what is now expected of the rest.
pub(super) fn residual(decisions: &[Decision], k: usize) -> f64 {
    let next = decisions.get(k + 1).map_or(0.0, |next| next.mean);
    decisions[k].reward - decisions[k].expected + next
}

#[cfg(test)]
mod tests {
    use crate::ope::{Decision, Estimator, Log};

    #[test]
    fn a_right_model_is_right_with_wrong_weights() {
        let mut log = Log::default();
        for (weight, mean) in [(7.0, 2.0), (0.1, 4.0)] {
            let decision = Decision {
                weight,
                reward: 1.0,
                expected: 4.0,
                mean,
            };
            let last = Decision {
                weight: 5.0 * weight,
                reward: 3.0,
                expected: 3.0,
                mean: 3.0,
            };
            log.add(&[decision, last], None).unwrap();
        }
        let found = Estimator::Dr.estimate(&log).unwrap();
        assert!((found.value() - 3.0).abs() < 1e-12);
        assert!((found.se() - 1.0).abs() < 1e-12);
    }
}
