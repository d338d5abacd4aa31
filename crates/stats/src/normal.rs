//! The normal distribution, as far as intervals and tests need it.

use statrs::distribution::{ContinuousCDF, Normal};

/// The 97.5 % quantile: what a 95 % interval spans on either side, in standard errors.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// Probability of a standard normal above `z`; relative error below 1e-13 up to z = 30.
///
/// `½ erfc(z / √2)`, with the error function of `libm`: that of `statrs` has 10 digits only.
pub fn upper_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Probability of a standard normal below `z`, as precise as [`upper_tail`] is at `−z`.
pub fn cdf(z: f64) -> f64 {
    upper_tail(-z)
}

/// The value with probability `p` below it, for `p` in `(0, 1)`; infinite at the ends.
///
/// # Panics
///
/// When `p` is outside `[0, 1]` or not a number.
pub fn quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn tails_and_quantiles_agree_with_arb() {
        let file: Value =
            serde_json::from_str(include_str!("../tests/golden/special_functions.json")).unwrap();
        let cases = |section: &str| file[section].as_array().unwrap().clone();
        for case in cases("norm") {
            let [z, sf] = ["z", "sf"].map(|name| case[name].as_f64().unwrap());
            assert!((upper_tail(z) / sf - 1.0).abs() < 1e-13, "{case}");
            assert!((cdf(-z) / sf - 1.0).abs() < 1e-13, "{case}");
        }
        for case in cases("ppf") {
            let [p, z] = ["p", "z"].map(|name| case[name].as_f64().unwrap());
            assert!((quantile(p) - z).abs() < 1e-12 * z.abs().max(1.0), "{case}");
        }
        assert!((quantile(0.975) - Z_95).abs() < 1e-14);
    }
}
