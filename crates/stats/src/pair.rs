//! Two uncertain rates beside each other: by how much one exceeds the other.

use crate::arms::{self, Arm};
use crate::beta::{Beta, Fraction};
use crate::legendre::Rule;

/// Nodes per panel of half a standard deviation.
const ORDER: usize = 12;

/// Probability that `treatment` exceeds `control` by more than a difference.
///
/// `∫ f_control(x) · P(treatment > x + difference) dx`; absolute error below 1e-12 for parameters of 1 and more.
///
/// * `difference`: of two rates, in `[−1, 1]`.
///
/// # Example
///
/// ```
/// use pointsman_stats::{beta::Beta, pair};
///
/// let (control, treatment) = (Beta::new(201.0, 801.0), Beta::new(251.0, 751.0));
/// assert!((pair::exceeds_by(&control, &treatment, 0.01) - 0.983_863_768_7).abs() < 1e-9);
/// ```
pub fn exceeds_by(control: &Beta, treatment: &Beta, difference: f64) -> f64 {
    let rule = Rule::<ORDER>::new();
    let mut sum = 0.0;
    for [low, high] in panels(control) {
        let half = 0.5 * (high - low);
        for (node, weight) in rule.nodes.iter().zip(rule.weights) {
            let x = Fraction::from_logit(low + half * (node + 1.0));
            let needed = x.value() + difference;
            let beyond = if needed <= 0.0 {
                1.0
            } else if needed >= 1.0 {
                0.0
            } else {
                treatment.tails(Fraction::new(needed)).upper
            };
            sum += half * weight * control.ln_kernel(x).exp() * beyond;
        }
    }
    sum.clamp(0.0, 1.0)
}

/// The relative uplift `treatment / control − 1` with probability `p` below it, to 10 digits.
///
/// * `p`: in `(0, 1)`.
///
/// # Errors
///
/// As [`arms::best`], for parameters out of its range.
///
/// # Panics
///
/// When `p` is not inside `(0, 1)`.
pub fn uplift_quantile(control: &Beta, treatment: &Beta, p: f64) -> Result<f64, arms::Error> {
    assert!(0.0 < p && p < 1.0, "{p} is not inside (0, 1)");
    let arm = |law: &Beta, payout: f64| Arm {
        a: law.a(),
        b: law.b(),
        payout,
    };
    // Whether the ratio is above eᵘ is whether the treatment, paid 1, beats the control, paid eᵘ.
    let above = |u: f64| -> Result<f64, arms::Error> {
        let best = arms::best(&[arm(control, u.exp()), arm(treatment, 1.0)])?;
        Ok(best.probabilities[1])
    };
    let (mut low, mut high) = (-1.0, 1.0);
    while above(low)? < 1.0 - p {
        low *= 2.0;
    }
    while above(high)? > 1.0 - p {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if above(middle)? > 1.0 - p {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok((0.5 * (low + high)).exp_m1())
}

/// Panels over the log-odds of a rate that hold all of its mass that can be seen.
fn panels(law: &Beta) -> impl Iterator<Item = [f64; 2]> {
    const STEPS: i32 = 80;
    let (mean, sd) = (law.logit_mean(), law.logit_sd());
    // 40 standard deviations on either side: for a parameter of 1 the tail is as long as that of an exponential.
    (-STEPS..STEPS).map(move |k| {
        [
            mean + 0.5 * f64::from(k) * sd,
            mean + 0.5 * f64::from(k + 1) * sd,
        ]
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn differences_and_uplifts_agree_with_the_reference() {
        let file: Value =
            serde_json::from_str(include_str!("../tests/golden/bayes_hier.json")).unwrap();
        for case in file["ab"].as_array().unwrap() {
            let law = |name: &str| {
                let [a, b] = [0, 1].map(|i| case[name][i].as_f64().unwrap());
                Beta::new(a, b)
            };
            let (control, treatment) = (law("post_c"), law("post_t"));
            for (difference, expected) in case["p_diff_gt"].as_object().unwrap() {
                let found = exceeds_by(&control, &treatment, difference.parse().unwrap());
                let error = found - expected.as_f64().unwrap();
                assert!(
                    error.abs() < 1e-9,
                    "{case}: {difference} is off by {error:e}"
                );
            }
            for (p, expected) in case["rel_uplift_quantiles"].as_object().unwrap() {
                let found = uplift_quantile(&control, &treatment, p.parse().unwrap()).unwrap();
                let error = found - expected.as_f64().unwrap();
                assert!(error.abs() < 1e-9, "{case}: {p} is off by {error:e}");
            }
            for (name, law) in [("ci_c", control), ("ci_t", treatment)] {
                for (i, p) in [0.025, 0.975].into_iter().enumerate() {
                    let error = law.quantile(p) - case[name][i].as_f64().unwrap();
                    assert!(error.abs() < 1e-9, "{case}: {name} is off by {error:e}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_exceeded_is_not() {
        let law = Beta::new(3.0, 4.0);
        assert!(exceeds_by(&law, &law, 1.0).abs() < 1e-15);
        assert!((exceeds_by(&law, &law, -1.0) - 1.0).abs() < 1e-12);
        assert!((exceeds_by(&law, &law, 0.0) - 0.5).abs() < 1e-12);
    }
}
