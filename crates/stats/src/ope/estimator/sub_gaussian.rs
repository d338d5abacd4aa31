//! Weights bent below a bound: `w / (1 − λ + λ w)`, for a mean whose error has the tails of a normal one.
//!
//! # Source
//!
//! Metelli, Russo, Restelli, *Subgaussian and differentiable importance sampling for off-policy evaluation and learning*, NeurIPS
//! 2021.

pub(super) fn weight(weight: f64, lambda: f64) -> f64 {
    let of = 1.0 - lambda + lambda * weight;
    if of > 0.0 { weight / of } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_stay_below_a_bound_and_1_stays_1() {
        assert!((weight(1.0, 0.3) - 1.0).abs() < 1e-15);
        assert!((weight(1e50, 0.05) - 20.0).abs() < 1e-9);
        assert!((weight(3.0, 0.5) - 1.5).abs() < 1e-15);
        assert!(weight(0.0, 1.0) <= 0.0);
    }
}
