//! The mean of an arm, with how well it is known.

use super::{Error, SampleMoments, count, finite};
use crate::proportion::Proportion;

/// A difference of large numbers that is smaller than this part of them is rounding.
pub(super) const ROUNDING: f64 = 1e-13;

/// An estimated mean of one arm, per whatever it is a mean per.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    value: f64,
    variance: f64,
    degrees_of_freedom: f64,
}

impl Mean {
    /// A mean whose error is known from elsewhere.
    ///
    /// * `variance`: of the mean and not of a unit: the square of its standard error, at least 0.
    /// * `degrees_of_freedom`: of that variance, above 0; infinite for a normal error.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] and [`Error::Argument`] for numbers outside these ranges.
    pub fn new(value: f64, variance: f64, degrees_of_freedom: f64) -> Result<Self, Error> {
        finite(value)?;
        if finite(variance)? < 0.0 {
            return Err(Error::Argument {
                name: "the variance",
                value: variance,
                rule: "at least 0",
            });
        }
        if degrees_of_freedom.is_nan() || degrees_of_freedom <= 0.0 {
            return Err(Error::Argument {
                name: "the number of degrees of freedom",
                value: degrees_of_freedom,
                rule: "above 0",
            });
        }
        Ok(Self {
            value,
            variance,
            degrees_of_freedom,
        })
    }

    /// The mean of independent units.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for fewer than two.
    pub fn of(units: &SampleMoments<1>) -> Result<Self, Error> {
        let (means, [[variance]]) = units.checked()?;
        Self::new(means[0], variance / count(units.n()), count(units.n() - 1))
    }

    /// The share of successes, with the variance `p (1 − p) / n`.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for fewer than two trials.
    pub fn of_share(share: Proportion) -> Result<Self, Error> {
        let n = share.trials();
        if n < 2 {
            return Err(Error::TooFew { n, needed: 2 });
        }
        let p = share.share();
        Self::new(p, p * (1.0 - p) / count(n), count(n - 1))
    }

    /// A ratio of means, such as revenue per lead where the independent units are people: `Ȳ / X̄`.
    ///
    /// Its variance is `(s_Y² − 2 R s_XY + R² s_X²) / (n X̄²)`.
    ///
    /// * `units`: numerator Y, then denominator X.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for fewer than two units; [`Error::NoDenominator`] where the mean of X is 0.
    ///
    /// # Source
    ///
    /// Deng, Knoblich, Lu, *Applying the Delta Method in Metric Analytics*, 2018.
    pub fn of_ratio(units: &SampleMoments<2>) -> Result<Self, Error> {
        let ([y, x], [[yy, yx], [_, xx]]) = units.checked()?;
        let ratio = ratio(y, x)?;
        let variance = variance_of([1.0, -ratio], [[yy, yx], [yx, xx]]);
        Self::new(
            ratio,
            variance / (count(units.n()) * x * x),
            count(units.n() - 1),
        )
    }

    /// The estimate.
    pub fn value(self) -> f64 {
        self.value
    }

    /// The square of its standard error.
    pub fn variance(self) -> f64 {
        self.variance
    }

    /// Its standard error.
    pub fn se(self) -> f64 {
        self.variance.sqrt()
    }

    /// Degrees of freedom of the variance; infinite for a normal error.
    pub fn degrees_of_freedom(self) -> f64 {
        self.degrees_of_freedom
    }
}

/// Variance of `Σ factorᵢ · valueᵢ`; 0 where only rounding is left of it, which would pass for certainty.
pub(super) fn variance_of<const K: usize>(factors: [f64; K], covariances: [[f64; K]; K]) -> f64 {
    let (mut sum, mut size) = (0.0, 0.0);
    for (row, factor) in covariances.iter().zip(factors) {
        for (covariance, other) in row.iter().zip(factors) {
            let part = factor * other * covariance;
            sum += part;
            size += part.abs();
        }
    }
    if sum > ROUNDING * size { sum } else { 0.0 }
}

/// `y / x`, where that is a number.
pub(super) fn ratio(y: f64, x: f64) -> Result<f64, Error> {
    if x == 0.0 {
        return Err(Error::NoDenominator);
    }
    finite(y / x)
}
