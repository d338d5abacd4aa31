//! Doubly robust with optimistic shrinkage: weights are `λ w / (w² + λ)`, which is `w` where it is small and falls where it is large.
//!
//! # Source
//!
//! Su, Dimakopoulou, Krishnamurthy, Dudík, *Doubly robust off-policy evaluation with shrinkage*, ICML 2020.

pub(super) fn weight(weight: f64, lambda: f64) -> f64 {
    // The quotient of infinities; and a square that would overflow.
    if lambda.is_infinite() {
        return weight;
    }
    weight / (weight * weight / lambda + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_shrunk_by_how_large_they_are() {
        for (found, expected) in [
            (weight(2.0, 4.0), 1.0),
            (weight(0.0, 4.0), 0.0),
            (weight(7.0, f64::INFINITY), 7.0),
            (weight(1e60, 1.0), 1e-60),
        ] {
            assert!(
                (found - expected).abs() <= 1e-12 * expected,
                "{found} {expected}"
            );
        }
        assert!(weight(0.01, 1.0) > 0.009_99);
    }
}
