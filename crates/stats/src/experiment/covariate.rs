//! CUPED: what was known of a unit before the experiment takes out the variance that it explains.
//!
//! A covariate must not be able to depend on the arm: fields of the lead itself, or what its source did earlier.
//!
//! # Source
//!
//! Deng, Xu, Kohavi, Walker, *Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data*, 2013.

use super::{
    Error, Mean, SampleMoments, count,
    means::{ratio, variance_of},
};

/// Both arms with the covariate taken out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adjusted {
    /// The control's mean, as if it had the covariate of both arms together.
    pub control: Mean,
    /// The treatment's mean, likewise.
    pub treatment: Mean,
    /// What one unit of the covariate is worth: the covariance over the variance, of both arms together.
    pub slope: f64,
    /// Share of the variance that is left, in `[0, 1]`: so many times fewer units are needed.
    pub variance_left: f64,
}

/// Adjusts two means.
///
/// * `control`, `treatment`: of each unit the value, then its covariate.
///
/// # Errors
///
/// [`Error::TooFew`] for fewer than two units in an arm; [`Error::NoSpread`] where all covariates are equal.
pub fn adjust(control: &SampleMoments<2>, treatment: &SampleMoments<2>) -> Result<Adjusted, Error> {
    let arms = [*control, *treatment];
    let mut both = *control;
    both.merge(treatment);
    let (means, covariances) = both.checked()?;
    let adjusted = |slope: f64| {
        let arm = |units: &SampleMoments<2>| -> Result<Mean, Error> {
            let ([y, x], [[yy, yx], [_, xx]]) = units.checked()?;
            let variance = variance_of([1.0, -slope], [[yy, yx], [yx, xx]]);
            Mean::new(
                y - slope * (x - means[1]),
                variance / count(units.n()),
                count(units.n() - 1),
            )
        };
        Ok([arm(&arms[0])?, arm(&arms[1])?])
    };
    finish(covariances[0][1], covariances[1][1], adjusted)
}

/// Adjusts two ratios of means by another ratio, such as revenue per lead by that of the month before.
///
/// * `control`, `treatment`: of each unit numerator and denominator of the value, then those of the covariate.
///
/// # Errors
///
/// As [`adjust`], and [`Error::NoDenominator`] where a mean denominator is 0.
pub fn adjust_ratio(
    control: &SampleMoments<4>,
    treatment: &SampleMoments<4>,
) -> Result<Adjusted, Error> {
    let arms = [*control, *treatment];
    let mut both = *control;
    both.merge(treatment);
    let whole = Linear::of(&both)?;
    let adjusted = |slope: f64| {
        let arm = |units: &SampleMoments<4>| -> Result<Mean, Error> {
            let it = Linear::of(units)?;
            let variance = variance_of([1.0, -slope], [[it.yy, it.yx], [it.yx, it.xx]]);
            Mean::new(
                it.y - slope * (it.x - whole.x),
                variance / count(units.n()),
                count(units.n() - 1),
            )
        };
        Ok([arm(&arms[0])?, arm(&arms[1])?])
    };
    finish(whole.yx, whole.xx, adjusted)
}

fn finish(
    covariance: f64,
    variance: f64,
    adjusted: impl Fn(f64) -> Result<[Mean; 2], Error>,
) -> Result<Adjusted, Error> {
    if variance <= 0.0 {
        return Err(Error::NoSpread);
    }
    let slope = covariance / variance;
    let [control, treatment] = adjusted(slope)?;
    let plain = adjusted(0.0)?;
    let before = plain[0].variance() + plain[1].variance();
    if before <= 0.0 {
        return Err(Error::NoSpread);
    }
    Ok(Adjusted {
        control,
        treatment,
        slope,
        variance_left: (control.variance() + treatment.variance()) / before,
    })
}

/// A ratio and its covariate, and the variances and the covariance of a unit's linear part of both.
struct Linear {
    y: f64,
    x: f64,
    yy: f64,
    yx: f64,
    xx: f64,
}

impl Linear {
    fn of(units: &SampleMoments<4>) -> Result<Self, Error> {
        let ([y, y_per, x, x_per], covariances) = units.checked()?;
        let (y, x) = (ratio(y, y_per)?, ratio(x, x_per)?);
        // A unit moves the ratio by (numerator − ratio · denominator) / mean denominator.
        let y_parts = [1.0 / y_per, -y / y_per, 0.0, 0.0];
        let x_parts = [0.0, 0.0, 1.0 / x_per, -x / x_per];
        let product = |one: [f64; 4], other: [f64; 4]| {
            let rows = covariances.iter().zip(one);
            let row = |(row, factor): (&[f64; 4], f64)| {
                let sum: f64 = row.iter().zip(other).map(|(it, other)| it * other).sum();
                factor * sum
            };
            rows.map(row).sum::<f64>()
        };
        Ok(Self {
            y,
            x,
            yy: product(y_parts, y_parts),
            yx: product(y_parts, x_parts),
            xx: product(x_parts, x_parts),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_covariate_that_explains_all_leaves_nothing() {
        let mut arms = [SampleMoments::<2>::default(); 2];
        for i in 0..20_u32 {
            let x = f64::from(i * i % 17);
            let arm = usize::from(i % 2 == 1);
            arms[arm].add([3.0 * x + 1.0, x]).unwrap();
        }
        let adjusted = adjust(&arms[0], &arms[1]).unwrap();
        assert!((adjusted.slope - 3.0).abs() < 1e-12);
        assert!(adjusted.variance_left < 1e-12);
        assert!((adjusted.control.value() - adjusted.treatment.value()).abs() < 1e-12);
    }

    #[test]
    fn a_ratio_over_ones_is_a_mean() {
        let (mut plain, mut ratios) = (
            [SampleMoments::<2>::default(); 2],
            [SampleMoments::<4>::default(); 2],
        );
        for i in 0..40_u32 {
            let [y, x] = [f64::from(i * 7 % 13), f64::from(i * 3 % 11)];
            let arm = usize::from(i % 3 == 0);
            plain[arm].add([y, x]).unwrap();
            ratios[arm].add([y, 1.0, x, 1.0]).unwrap();
        }
        let one = adjust(&plain[0], &plain[1]).unwrap();
        let other = adjust_ratio(&ratios[0], &ratios[1]).unwrap();
        assert!((one.slope - other.slope).abs() < 1e-12);
        assert!((one.treatment.variance() - other.treatment.variance()).abs() < 1e-12);
    }

    #[test]
    fn equal_covariates_and_lone_units_are_refused() {
        let mut arm = SampleMoments::<2>::default();
        arm.add([1.0, 5.0]).unwrap();
        let one = arm;
        arm.add([2.0, 5.0]).unwrap();
        assert_eq!(adjust(&arm, &arm), Err(Error::NoSpread));
        arm.add([2.0, 6.0]).unwrap();
        assert_eq!(adjust(&arm, &one), Err(Error::TooFew { n: 1, needed: 2 }));
    }
}
