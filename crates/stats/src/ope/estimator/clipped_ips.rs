//! Weights above a limit count as the limit: `z = Σₖ min(wₖ, λ) rₖ`, with a model as [`dr`](super::dr).
//!
//! # Source
//!
//! Ionides, *Truncated importance sampling*, 2008; Bottou and others, *Counterfactual reasoning and learning systems*, 2013.

pub(super) fn weight(weight: f64, limit: f64) -> f64 {
    weight.min(limit)
}

#[cfg(test)]
mod tests {
    use crate::ope::{Estimator, tests::log};

    #[test]
    fn a_limit_cuts_the_heavy_and_spares_the_light() {
        let log = log(&[&[(9.0, 1.0)], &[(0.5, 1.0)], &[(2.0, 1.0)]]);
        let value = |limit| {
            let found = Estimator::ClippedIps { limit }.estimate(&log).unwrap();
            3.0 * found.value()
        };
        assert!((value(2.0) - 4.5).abs() < 1e-12);
        assert!((value(f64::INFINITY) - 11.5).abs() < 1e-12);
    }
}
