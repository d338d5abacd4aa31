//! Student's t distribution: tail probabilities and quantiles at any number of degrees of freedom.

use crate::beta::{Beta, Fraction, Tails};

/// Probability of a larger value than `t`, accurate when small.
///
/// `½ I_x(ν/2, ½)` with `x = ν / (ν + t²)` for positive `t`. Relative error below 1e-11 for ν up to 1e8.
///
/// * `t`: any number.
/// * `degrees_of_freedom`: ν, above 0, need not be whole.
///
/// # Panics
///
/// When the degrees of freedom are not a finite number above 0.
///
/// # Source
///
/// Abramowitz and Stegun, *Handbook of Mathematical Functions*, 1964, 26.7.1.
pub fn upper_tail(t: f64, degrees_of_freedom: f64) -> f64 {
    let law = Beta::new(0.5 * degrees_of_freedom, 0.5);
    let beyond = 0.5 * beyond(&law, t, degrees_of_freedom).lower;
    if t >= 0.0 { beyond } else { 1.0 - beyond }
}

/// Logarithm of [`upper_tail`], which does not underflow.
///
/// # Panics
///
/// As [`upper_tail`].
pub fn ln_upper_tail(t: f64, degrees_of_freedom: f64) -> f64 {
    if t <= 0.0 {
        return upper_tail(t, degrees_of_freedom).ln();
    }
    let law = Beta::new(0.5 * degrees_of_freedom, 0.5);
    law.ln_lower(fraction(t, degrees_of_freedom)) - std::f64::consts::LN_2
}

/// The value with probability `p` below it.
///
/// * `p`: in `[0, 1]`; infinite at the ends.
/// * `degrees_of_freedom`: as in [`upper_tail`].
///
/// # Panics
///
/// When `p` is outside `[0, 1]` or not a number, and as [`upper_tail`].
pub fn quantile(p: f64, degrees_of_freedom: f64) -> f64 {
    assert!((0.0..=1.0).contains(&p), "{p} is no probability");
    upper_quantile(p.min(1.0 - p), degrees_of_freedom).copysign(p - 0.5)
}

/// The value with probability `tail` above it: a small tail keeps the digits that one minus it would lose.
///
/// * `tail`: in `[0, ½]`; infinite at 0.
/// * `degrees_of_freedom`: as in [`upper_tail`].
///
/// # Panics
///
/// When `tail` is outside `[0, ½]` or not a number, and as [`upper_tail`].
pub fn upper_quantile(tail: f64, degrees_of_freedom: f64) -> f64 {
    assert!((0.0..=0.5).contains(&tail), "{tail} is no upper tail");
    if tail >= 0.5 {
        return 0.0;
    }
    if tail <= 0.0 {
        return f64::INFINITY;
    }
    let law = Beta::new(0.5 * degrees_of_freedom, 0.5);
    // On ln t, where the tail is close to a straight line at either end, by Newton within a bracket.
    let (mut low, mut high) = (-800.0_f64, 800.0_f64);
    let mut ln_t = 0.0_f64;
    for _ in 0..300 {
        let t = ln_t.exp();
        let found = 0.5 * beyond(&law, t, degrees_of_freedom).lower;
        if found > tail {
            low = ln_t;
        } else {
            high = ln_t;
        }
        // The kernel is the density of the log-odds of x, which is ln(ν) − 2 ln(t).
        let slope = law.ln_kernel(fraction(t, degrees_of_freedom)).exp();
        let next = ln_t + (found - tail) / slope;
        let next = if next.is_finite() && (low..=high).contains(&next) {
            next
        } else {
            0.5 * (low + high)
        };
        let moved = (next - ln_t).abs();
        ln_t = next;
        // Below this the steps are rounding, and could go to and fro for ever.
        if moved <= 1e-15 * ln_t.abs().max(1.0) {
            break;
        }
    }
    ln_t.exp()
}

/// Both tails of `ν / (ν + t²)`; its lower one is the probability beyond ±t.
fn beyond(law: &Beta, t: f64, degrees_of_freedom: f64) -> Tails {
    law.tails(fraction(t, degrees_of_freedom))
}

fn fraction(t: f64, degrees_of_freedom: f64) -> Fraction {
    Fraction::from_logit(degrees_of_freedom.ln() - 2.0 * t.abs().ln())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn golden(section: &str) -> Vec<Value> {
        let file: Value =
            serde_json::from_str(include_str!("../tests/golden/special_functions.json")).unwrap();
        file[section].as_array().unwrap().clone()
    }

    #[test]
    fn tails_and_quantiles_agree_with_arb() {
        for case in golden("t") {
            let [df, t, sf] = ["df", "t", "sf"].map(|name| case[name].as_f64().unwrap());
            let error = upper_tail(t, df) / sf - 1.0;
            assert!(error.abs() < 1e-11, "{case}: off by {error:e}");
            assert!((upper_tail(-t, df) - (1.0 - sf)).abs() < 1e-15, "{case}");
        }
        for case in golden("tppf") {
            let [df, p, x] = ["df", "p", "x"].map(|name| case[name].as_f64().unwrap());
            let error = quantile(p, df) / x - 1.0;
            assert!(error.abs() < 1e-12, "{case}: off by {error:e}");
        }
    }

    #[test]
    fn one_degree_of_freedom_is_the_cauchy_law() {
        let pi = std::f64::consts::PI;
        for t in [1e-9_f64, 0.3, 1.0, 7.0, 1e9] {
            let exact = (1.0 / t).atan() / pi;
            assert!((upper_tail(t, 1.0) / exact - 1.0).abs() < 1e-12, "{t}");
            assert!(
                (quantile(1.0 - exact, 1.0) / t - 1.0).abs() < 1e-5 + 1e-16 * t,
                "{t}"
            );
        }
        assert!(quantile(1.0, 3.0).is_infinite() && quantile(0.0, 3.0) < 0.0);
    }
}
