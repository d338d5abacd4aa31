//! Importance sampling, decision by decision: `z = Σₖ wₖ rₖ`.
//!
//! # Source
//!
//! Precup, Sutton, Singh, *Eligibility traces for off-policy policy evaluation*, ICML 2000.

pub(super) fn weight(weight: f64) -> f64 {
    weight
}

#[cfg(test)]
mod tests {
    use crate::ope::{Estimator, tests::log};

    #[test]
    fn a_reward_counts_by_the_decisions_up_to_it_alone() {
        let log = log(&[&[(2.0, 3.0), (0.0, 5.0)], &[(0.5, 1.0)]]);
        let found = Estimator::Ips.estimate(&log).unwrap();
        assert!((found.value() - 3.25).abs() < 1e-12);
        // Half the difference of two leads.
        assert!((found.se() - 2.75).abs() < 1e-12);
    }
}
