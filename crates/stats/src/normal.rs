//! The normal distribution, as far as intervals and tests need it.

use statrs::distribution::{ContinuousCDF, Normal};

/// The 97.5 % quantile: what a 95 % interval spans on either side, in standard errors.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// Probability of a standard normal above `z`; relative error below 1e-10 up to z = 30.
pub fn upper_tail(z: f64) -> f64 {
    standard().sf(z)
}

/// Probability of a standard normal below `z`.
pub fn cdf(z: f64) -> f64 {
    standard().cdf(z)
}

/// The value with probability `p` below it, for `p` in `(0, 1)`; infinite at the ends.
///
/// # Panics
///
/// When `p` is outside `[0, 1]` or not a number.
pub fn quantile(p: f64) -> f64 {
    standard().inverse_cdf(p)
}

fn standard() -> Normal {
    Normal::standard()
}
