//! The χ² distribution: how often a sum of squares is as large by chance.

use crate::gamma_law::Gamma;

/// Probability of a larger value than `x`, accurate when small: `Q(ν/2, x/2)`.
///
/// * `x`: a sum of squares of standard normals; 1 for 0 or less.
/// * `degrees_of_freedom`: ν, above 0, need not be whole.
///
/// # Panics
///
/// When the degrees of freedom are not a finite number above 0.
pub fn upper_tail(x: f64, degrees_of_freedom: f64) -> f64 {
    Gamma::new(0.5 * degrees_of_freedom, 2.0).tails(x).upper
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn tails_agree_with_arb() {
        let file: Value =
            serde_json::from_str(include_str!("../tests/golden/special_functions.json")).unwrap();
        for case in file["chi2"].as_array().unwrap() {
            let [df, x, sf] = ["df", "x", "sf"].map(|name| case[name].as_f64().unwrap());
            let error = upper_tail(x, df) / sf - 1.0;
            assert!(error.abs() < 1e-12, "{case}: off by {error:e}");
        }
    }
}
