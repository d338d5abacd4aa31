//! The direct method: `z = v₀`, what the model expects of the first decision and all that follow it.
//!
//! As wrong as the model is. Its standard error is that of the fields alone and says nothing of the model: no interval of it is
//! honest.
//!
//! # Source
//!
//! Dudík, Langford, Li, *Doubly robust policy evaluation and learning*, ICML 2011.

use crate::ope::Decision;

/// v₀; a lead that is offered to nobody brings nothing.
pub(super) fn of_lead(decisions: &[Decision]) -> f64 {
    decisions.first().map_or(0.0, |decision| decision.mean)
}

pub(super) fn weight() -> f64 {
    0.0
}

#[cfg(test)]
mod tests {
    use crate::ope::{Decision, Estimator, Log};

    #[test]
    fn the_model_alone_counts() {
        let mut log = Log::default();
        for mean in [2.0, 4.0] {
            let decision = Decision {
                weight: 3.0,
                reward: 100.0,
                expected: 50.0,
                mean,
            };
            let later = Decision {
                mean: 70.0,
                ..decision
            };
            log.add(&[decision, later], None).unwrap();
        }
        log.add(&[], None).unwrap();
        let found = Estimator::Dm.estimate(&log).unwrap();
        assert!((found.value() - 2.0).abs() < 1e-12);
    }
}
