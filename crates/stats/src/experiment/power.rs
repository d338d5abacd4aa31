//! How many units an experiment needs to find an effect, and how long that takes.
//!
//! Sizes are units of the control, not rounded; the treatment has `ratio` times as many. Tests are two-sided.

use super::{Error, always_valid::ConfidenceSequence, count, finite, inside, positive};
use crate::normal;

mod t;

pub use t::{means_power_t, means_t};

/// What an experiment promises.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Design {
    alpha: f64,
    power: f64,
    ratio: f64,
}

/// How the size for two proportions is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Formula {
    /// For the test by the pooled error: Fleiss, *Statistical Methods for Rates and Proportions*, 1981, without continuity correction.
    Fleiss,
    /// For the test by unpooled errors.
    Unpooled,
    /// By the angle whose variance does not depend on the rate: Cohen, *Statistical Power Analysis*, 1988.
    Arcsine,
}

impl Design {
    /// A design that errs with probability `alpha` where there is no effect, and finds the planned one with probability `power`.
    ///
    /// * `alpha`: in (0, 1), such as 0.05.
    /// * `power`: in (`alpha`, 1), such as 0.8.
    /// * `ratio`: units of the treatment for each of the control, above 0.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for arguments outside these ranges.
    pub fn new(alpha: f64, power: f64, ratio: f64) -> Result<Self, Error> {
        let alpha = inside("alpha", alpha)?;
        if inside("the power", power)? <= alpha {
            return Err(Error::Argument {
                name: "the power",
                value: power,
                rule: "above alpha",
            });
        }
        Ok(Self {
            alpha,
            power,
            ratio: positive("the ratio", ratio)?,
        })
    }

    /// Probability of a false alarm.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// Probability of finding the planned effect.
    pub fn power(&self) -> f64 {
        self.power
    }

    /// Units of the treatment for each of the control.
    pub fn ratio(&self) -> f64 {
        self.ratio
    }

    fn z_alpha(&self) -> f64 {
        -normal::quantile(0.5 * self.alpha)
    }

    fn z_power(&self) -> f64 {
        normal::quantile(self.power)
    }

    /// The effect in standard errors that a normal test finds with the power, on either side.
    fn noncentrality(&self) -> f64 {
        let z = self.z_alpha();
        let mut effect = z + self.z_power();
        // Newton. The other side adds little, so the first guess is near.
        for _ in 0..50 {
            let found = normal::upper_tail(z - effect) + normal::upper_tail(z + effect);
            let density = |x: f64| normal::ln_density(x).exp();
            let step = (found - self.power) / (density(z - effect) - density(z + effect));
            let next = effect - step;
            // Where the power is hardly above alpha, the slope is 0 at no effect, and a step could pass it.
            effect = if next > 0.0 { next } else { 0.5 * effect };
            if step.abs() < 1e-15 * effect {
                break;
            }
        }
        effect
    }
}

fn apart(difference: f64) -> Result<f64, Error> {
    if finite(difference)? == 0.0 {
        return Err(Error::Argument {
            name: "the difference",
            value: difference,
            rule: "other than 0",
        });
    }
    Ok(difference)
}

/// Units of the control that two proportions need.
///
/// * `control`, `treatment`: the true rates, in (0, 1), different.
///
/// # Errors
///
/// [`Error::Argument`] for rates outside these ranges.
pub fn proportions(
    design: Design,
    control: f64,
    treatment: f64,
    formula: Formula,
) -> Result<f64, Error> {
    let (p, q) = (inside("a rate", control)?, inside("a rate", treatment)?);
    let difference = apart(q - p)?;
    let (under_none, under_effect) = deviations(p, q, design.ratio);
    let needed = match formula {
        Formula::Fleiss => {
            (design.z_alpha() * under_none + design.z_power() * under_effect) / difference
        }
        Formula::Unpooled => (design.z_alpha() + design.z_power()) * under_effect / difference,
        Formula::Arcsine => {
            let h = 2.0 * (q.sqrt().asin() - p.sqrt().asin());
            design.noncentrality() / h * (1.0 + design.ratio.recip()).sqrt()
        }
    };
    Ok(needed * needed)
}

/// Probability that the test by the pooled error finds the difference of two proportions.
///
/// * `n_control`: units of the control, above 0.
///
/// # Errors
///
/// [`Error::Argument`] for arguments outside these ranges.
pub fn proportions_power(
    design: Design,
    control: f64,
    treatment: f64,
    n_control: f64,
) -> Result<f64, Error> {
    let (p, q) = (inside("a rate", control)?, inside("a rate", treatment)?);
    let root = positive("the number of units", n_control)?.sqrt();
    let (under_none, under_effect) = deviations(p, q, design.ratio);
    let limit = design.z_alpha() * under_none / under_effect;
    let effect = (q - p).abs() * root / under_effect;
    Ok(normal::upper_tail(limit - effect) + normal::upper_tail(limit + effect))
}

/// Standard deviations of the difference for one unit of the control: pooled, and unpooled.
fn deviations(p: f64, q: f64, ratio: f64) -> (f64, f64) {
    let pooled = (p + ratio * q) / (1.0 + ratio);
    let none = pooled * (1.0 - pooled) * (1.0 + ratio.recip());
    let effect = p * (1.0 - p) + q * (1.0 - q) / ratio;
    (none.sqrt(), effect.sqrt())
}

/// Units of the control that two means need, by the normal law.
///
/// * `effect`: the difference in standard deviations of a unit, other than 0.
///
/// # Errors
///
/// [`Error::Argument`] and [`Error::NotFinite`] for another effect.
pub fn means(design: Design, effect: f64) -> Result<f64, Error> {
    let needed = design.noncentrality() / apart(effect)?;
    Ok(needed * needed * (1.0 + design.ratio.recip()))
}

/// Probability that a difference of two means is found, by the normal law.
///
/// * `effect`: as for [`means`]; 0 gives alpha.
/// * `n_control`: units of the control, above 0.
///
/// # Errors
///
/// [`Error::Argument`] and [`Error::NotFinite`] for arguments outside these ranges.
pub fn means_power(design: Design, effect: f64, n_control: f64) -> Result<f64, Error> {
    let n = positive("the number of units", n_control)? / (1.0 + design.ratio.recip());
    let effect = finite(effect)? * n.sqrt();
    let z = design.z_alpha();
    Ok(normal::upper_tail(z - effect) + normal::upper_tail(z + effect))
}

/// Units of both arms together that a difference needs, where the variances of a unit are known and arms have any shares.
///
/// * `variances`: of a unit in control and treatment, above 0. Of a ratio, the variance of its linear part.
/// * `difference`: other than 0, in the unit of the metric.
/// * `shares`: of all units that control and treatment get, above 0, with sum 1 at most; the ratio of the design does not count.
///
/// # Errors
///
/// [`Error::Argument`] and [`Error::NotFinite`] for arguments outside these ranges.
pub fn total(
    design: Design,
    variances: [f64; 2],
    difference: f64,
    shares: [f64; 2],
) -> Result<f64, Error> {
    let needed = (design.z_alpha() + design.z_power()) / apart(difference)?;
    Ok(needed * needed * variance_of_total(variances, shares)?)
}

/// The difference that is found with the power by so many units of both arms together: the smallest detectable one.
///
/// # Errors
///
/// As [`total`], and for a number of units that is not above 0.
pub fn smallest_difference(
    design: Design,
    variances: [f64; 2],
    n_total: f64,
    shares: [f64; 2],
) -> Result<f64, Error> {
    let n = positive("the number of units", n_total)?;
    Ok((design.z_alpha() + design.z_power()) * (variance_of_total(variances, shares)? / n).sqrt())
}

/// As [`total`], for an always-valid interval: so many units that it excludes 0 with the power then, if not before.
///
/// The interval is tightest there; [`ConfidenceSequence::new`] takes the result.
///
/// # Errors
///
/// As [`total`].
pub fn total_always_valid(
    design: Design,
    variances: [f64; 2],
    difference: f64,
    shares: [f64; 2],
) -> Result<u64, Error> {
    let unit = variance_of_total(variances, shares)? / (apart(difference)? * difference);
    // At the size it is tuned to, the reach does not depend on that size.
    let reach = ConfidenceSequence::new(1.0 - design.alpha, 1_000_000)?.reach(1_000_000)?;
    let needed = (reach + design.z_power()).powi(2) * unit;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive number of units; one beyond 2⁶⁴ is as far out of reach as 2⁶⁴"
    )]
    Ok(finite(needed)?.ceil() as u64)
}

/// Variance of the difference times the number of units of both arms together.
fn variance_of_total(variances: [f64; 2], shares: [f64; 2]) -> Result<f64, Error> {
    for share in shares {
        positive("a share", share)?;
    }
    let sum = shares[0] + shares[1];
    if sum > 1.0 + 1e-9 {
        return Err(Error::Argument {
            name: "the sum of the shares",
            value: sum,
            rule: "at most 1",
        });
    }
    let mut all = 0.0;
    for (variance, share) in variances.into_iter().zip(shares) {
        all += positive("a variance", variance)? / share;
    }
    finite(all)
}

/// How many times more leads are needed where draws stick to clusters of leads that are alike.
///
/// `1 + ((1 + c²) m − 1) ρ`.
///
/// * `mean_size`: m, leads of a cluster, at least 1.
/// * `variation`: c, the standard deviation of their sizes over the mean, at least 0; 0 where all are equally large.
/// * `correlation`: ρ, of two leads of a cluster (the intra-class correlation), in [0, 1].
///
/// # Errors
///
/// [`Error::Argument`] for arguments outside these ranges.
///
/// # Source
///
/// Kish, *Survey Sampling*, 1965; Eldridge, Ashby, Kerry, *Sample size for cluster randomized trials*, 2006.
pub fn cluster_factor(mean_size: f64, variation: f64, correlation: f64) -> Result<f64, Error> {
    within(
        "the size of clusters",
        mean_size,
        1.0,
        f64::MAX,
        "at least 1",
    )?;
    within(
        "the variation of sizes",
        variation,
        0.0,
        f64::MAX,
        "at least 0",
    )?;
    within("the correlation", correlation, 0.0, 1.0, "in [0, 1]")?;
    Ok(1.0 + ((1.0 + variation * variation) * mean_size - 1.0) * correlation)
}

/// How many times as many units are needed where a covariate is taken out: `1 − ρ²`, at most 1.
///
/// * `correlation`: ρ, of metric and covariate, in [−1, 1].
///
/// # Errors
///
/// [`Error::Argument`] for another correlation.
pub fn covariate_factor(correlation: f64) -> Result<f64, Error> {
    within("the correlation", correlation, -1.0, 1.0, "in [−1, 1]")?;
    Ok(1.0 - correlation * correlation)
}

fn within(
    name: &'static str,
    value: f64,
    low: f64,
    high: f64,
    rule: &'static str,
) -> Result<(), Error> {
    if (low..=high).contains(&value) {
        Ok(())
    } else {
        Err(Error::Argument { name, value, rule })
    }
}

/// Days until enough units have come and are old enough to count.
///
/// * `n_total`: units needed in both arms together, at least 0.
/// * `n_so_far`: units that have come already.
/// * `per_day`: units that come in a day, to these arms, above 0.
/// * `days_to_mature`: how long the outcome of a unit takes, at least 0.
///
/// # Errors
///
/// [`Error::Argument`] for arguments outside these ranges.
pub fn days(n_total: f64, n_so_far: u64, per_day: f64, days_to_mature: f64) -> Result<f64, Error> {
    within("the number of units", n_total, 0.0, f64::MAX, "at least 0")?;
    within(
        "the days to mature",
        days_to_mature,
        0.0,
        f64::MAX,
        "at least 0",
    )?;
    let per_day = positive("the units a day", per_day)?;
    finite((n_total - count(n_so_far)).max(0.0) / per_day + days_to_mature)
}

#[cfg(test)]
mod tests;
