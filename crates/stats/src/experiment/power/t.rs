//! Power of the t test, by the noncentral t distribution.

use super::{Design, Error, apart, positive};
use crate::gamma_law::Gamma;
use crate::legendre::Rule;
use crate::{normal, student};

/// Nodes of a panel of half a standard deviation.
const ORDER: usize = 12;

/// As [`super::means_power`], by the t test of two independent samples with one variance.
///
/// # Errors
///
/// As [`super::means_power`]; [`Error::Argument`] for fewer than three units in both arms together.
pub fn means_power_t(design: Design, effect: f64, n_control: f64) -> Result<f64, Error> {
    let n = positive("the number of units", n_control)?;
    let degrees_of_freedom = n * (1.0 + design.ratio()) - 2.0;
    if degrees_of_freedom < 1.0 {
        return Err(Error::Argument {
            name: "the number of units of the control",
            value: n,
            rule: "at least 3 with the treatment's",
        });
    }
    let effect = super::finite(effect)? * (n / (1.0 + design.ratio().recip())).sqrt();
    Ok(beyond(
        student::upper_quantile(0.5 * design.alpha(), degrees_of_freedom),
        effect,
        degrees_of_freedom,
    ))
}

/// As [`super::means`], by the t test of two independent samples with one variance: a unit or two more.
///
/// # Errors
///
/// As [`super::means`]; [`Error::Argument`] for an effect that three units would find.
pub fn means_t(design: Design, effect: f64) -> Result<f64, Error> {
    apart(effect)?;
    let power = |n: f64| means_power_t(design, effect, n);
    let mut low = 3.0 / (1.0 + design.ratio());
    let mut high = super::means(design, effect)?.max(low);
    if power(low)? >= design.power() {
        return Err(Error::Argument {
            name: "the effect",
            value: effect,
            rule: "smaller, so that more than three units are needed",
        });
    }
    while power(high)? < design.power() {
        low = high;
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if power(middle)? < design.power() {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(0.5 * (low + high))
}

/// Probability of a noncentral t beyond ±`t`.
///
/// A noncentral t is a normal about `effect` over the root of a mean square W: the tails of the normal, averaged over W.
fn beyond(t: f64, effect: f64, degrees_of_freedom: f64) -> f64 {
    // Panels over ln W; for few degrees of freedom its lower tail is long.
    const BELOW: i32 = 60;
    const ABOVE: i32 = 30;
    let law = Gamma::new(0.5 * degrees_of_freedom, 2.0 / degrees_of_freedom);
    let (mean, half) = (law.ln_mean(), 0.25 * law.ln_sd());
    let rule = Rule::<ORDER>::new();
    let mut sum = 0.0;
    for panel in -BELOW..ABOVE {
        let middle = mean + half * f64::from(2 * panel + 1);
        for (node, weight) in rule.nodes.iter().zip(rule.weights) {
            let square = (middle + half * node).exp();
            let limit = t * square.sqrt();
            let tails = normal::upper_tail(limit - effect) + normal::upper_tail(limit + effect);
            sum += half * weight * law.ln_kernel(square).exp() * tails;
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_effect_the_test_finds_alpha() {
        for degrees_of_freedom in [1.0, 3.0, 50.0, 1e6] {
            let t = student::upper_quantile(0.025, degrees_of_freedom);
            let found = beyond(t, 0.0, degrees_of_freedom);
            assert!((found - 0.05).abs() < 1e-9, "{degrees_of_freedom}: {found}");
        }
    }

    #[test]
    fn sizes_find_what_they_promise() {
        for (effect, ratio) in [(0.1, 1.0), (0.9, 0.5), (-0.4, 3.0)] {
            let design = Design::new(0.01, 0.95, ratio).unwrap();
            let n = means_t(design, effect).unwrap();
            let found = means_power_t(design, effect, n).unwrap();
            assert!((found - 0.95).abs() < 1e-9);
            let normal = super::super::means(design, effect).unwrap();
            assert!(n > normal && n < normal + 5.0, "{n} is not near {normal}");
        }
        let design = Design::new(0.05, 0.8, 1.0).unwrap();
        assert!(means_t(design, 1e9).is_err());
    }
}
