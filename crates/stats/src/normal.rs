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

/// Logarithm of [`upper_tail`], which does not underflow.
///
/// # Source
///
/// Abramowitz and Stegun, *Handbook of Mathematical Functions*, 1964, 26.2.12, for what is far out.
pub fn ln_upper_tail(z: f64) -> f64 {
    if z < 30.0 {
        return upper_tail(z).ln();
    }
    let per_square = 1.0 / (z * z);
    // 1 − 1/z² + 3/z⁴ − 15/z⁶ + …
    let series = [11.0, 9.0, 7.0, 5.0, 3.0, 1.0]
        .iter()
        .fold(1.0, |sum, factor| 1.0 - factor * per_square * sum);
    -0.5 * z * z - z.ln() - 0.5 * std::f64::consts::TAU.ln() + series.ln()
}

/// Logarithm of the density at `z`.
pub fn ln_density(z: f64) -> f64 {
    -0.5 * z * z - 0.5 * std::f64::consts::TAU.ln()
}

/// The value above which a standard normal is with probability `e^ln_p`, also where that underflows.
///
/// * `ln_p`: at most 0; infinite at the ends.
pub fn upper_quantile_of_ln(ln_p: f64) -> f64 {
    if ln_p >= 0.0 || ln_p == f64::NEG_INFINITY {
        return if ln_p >= 0.0 {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
    }
    let mut z = if ln_p > -700.0 {
        -quantile(ln_p.exp())
    } else {
        (-2.0 * ln_p).sqrt()
    };
    // Newton: the logarithm of an upper tail is nearly a parabola. Below the middle the tail is near 1, and its logarithm has
    // no digits left to improve by.
    for _ in 0..20 {
        if z <= 0.0 {
            break;
        }
        let tail = ln_upper_tail(z);
        let step = (tail - ln_p) / (ln_density(z) - tail).exp();
        z += step;
        if step.abs() <= 1e-15 * z {
            break;
        }
    }
    z
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
