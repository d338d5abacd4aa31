//! How far two arms are apart.

use super::{Error, Mean, finite, inside, positive};
use crate::{normal, student};

/// A difference between two arms with its standard error: for one look that was planned.
///
/// # Example
///
/// ```
/// use pointsman_stats::experiment::{ArmDifference, Mean};
///
/// let control = Mean::new(10.0, 0.04, 99.0)?;
/// let treatment = Mean::new(10.5, 0.044, 109.0)?;
/// let difference = ArmDifference::between(control, treatment)?;
/// assert!((difference.p_two_sided() - 0.085_983_257).abs() < 1e-9);
/// # Ok::<(), pointsman_stats::experiment::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArmDifference {
    value: f64,
    se: f64,
    degrees_of_freedom: f64,
}

impl ArmDifference {
    /// A difference whose error is known from elsewhere.
    ///
    /// * `se`: its standard error, above 0.
    /// * `degrees_of_freedom`: of the standard error, above 0; infinite for a normal error.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] for a standard error of 0; as [`Mean::new`] for numbers outside their ranges.
    pub fn new(value: f64, se: f64, degrees_of_freedom: f64) -> Result<Self, Error> {
        finite(value)?;
        if finite(se)? == 0.0 {
            return Err(Error::NoSpread);
        }
        positive("the standard error", se)?;
        if degrees_of_freedom.is_nan() || degrees_of_freedom <= 0.0 {
            return Err(Error::Argument {
                name: "the number of degrees of freedom",
                value: degrees_of_freedom,
                rule: "above 0",
            });
        }
        Ok(Self {
            value,
            se,
            degrees_of_freedom,
        })
    }

    /// Treatment minus control, with the degrees of freedom of Welch and Satterthwaite.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] where neither arm varies.
    ///
    /// # Source
    ///
    /// Welch, *The generalization of "Student's" problem when several different population variances are involved*, 1947.
    pub fn between(control: Mean, treatment: Mean) -> Result<Self, Error> {
        let variance = control.variance() + treatment.variance();
        Self::new(
            treatment.value() - control.value(),
            variance.sqrt(),
            satterthwaite([control, treatment].map(|it| (it.variance(), it.degrees_of_freedom()))),
        )
    }

    /// `treatment / control − 1`, symmetric, by the delta method.
    ///
    /// # Errors
    ///
    /// As [`Self::between`], and [`Error::NoDenominator`] where the control is 0.
    pub fn relative(control: Mean, treatment: Mean) -> Result<Self, Error> {
        let degrees_of_freedom = Self::between(control, treatment)?.degrees_of_freedom;
        let base = control.value();
        let ratio = super::means::ratio(treatment.value(), base)?;
        let variance = (treatment.variance() + ratio * ratio * control.variance()) / (base * base);
        Self::new(ratio - 1.0, finite(variance)?.sqrt(), degrees_of_freedom)
    }

    /// `ln(treatment / control)`, whose interval [`Self::relative_interval`] turns into one of the relative difference.
    ///
    /// Better than [`Self::relative`] where the control is known badly: the interval cannot fall below −100 %.
    ///
    /// # Errors
    ///
    /// As [`Self::between`], and [`Error::Signs`] unless both means are above 0, or both below.
    pub fn ln_ratio(control: Mean, treatment: Mean) -> Result<Self, Error> {
        if control.value() * treatment.value() <= 0.0 {
            return Err(Error::Signs);
        }
        let parts = [control, treatment].map(|it| {
            let relative = it.variance() / (it.value() * it.value());
            (relative, it.degrees_of_freedom())
        });
        Self::new(
            (treatment.value() / control.value()).ln(),
            finite(parts[0].0 + parts[1].0)?.sqrt(),
            satterthwaite(parts),
        )
    }

    /// The same difference with a normal error.
    #[must_use]
    pub fn as_normal(self) -> Self {
        Self {
            degrees_of_freedom: f64::INFINITY,
            ..self
        }
    }

    /// The difference.
    pub fn value(self) -> f64 {
        self.value
    }

    /// Its standard error, above 0.
    pub fn se(self) -> f64 {
        self.se
    }

    /// Degrees of freedom of the standard error; infinite for a normal error.
    pub fn degrees_of_freedom(self) -> f64 {
        self.degrees_of_freedom
    }

    /// The difference in standard errors: t, or z where the error is normal.
    pub fn t(self) -> f64 {
        self.value / self.se
    }

    /// Probability of a difference at least this large, either way, if there is none.
    pub fn p_two_sided(self) -> f64 {
        (2.0 * self.tail(self.t().abs())).min(1.0)
    }

    /// Its logarithm, which does not underflow where the difference is beyond doubt.
    pub fn ln_p_two_sided(self) -> f64 {
        (std::f64::consts::LN_2 + self.ln_tail(self.t().abs())).min(0.0)
    }

    /// Probability of a difference at least as far up, if there is none.
    pub fn p_greater(self) -> f64 {
        self.tail(self.t())
    }

    /// The interval that holds the true difference with this confidence, at one look.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a confidence that is not inside (0, 1).
    pub fn interval(self, confidence: f64) -> Result<[f64; 2], Error> {
        let tail = 0.5 * (1.0 - inside("the confidence", confidence)?);
        Ok(self.around(self.reach(tail)))
    }

    /// As [`Self::interval`], for a [`Self::ln_ratio`]: limits of `treatment / control − 1`.
    ///
    /// # Errors
    ///
    /// As [`Self::interval`].
    pub fn relative_interval(self, confidence: f64) -> Result<[f64; 2], Error> {
        Ok(self.interval(confidence)?.map(f64::exp_m1))
    }

    /// The difference in standard errors of a normal law that is as unlikely as t.
    pub(super) fn z(self) -> f64 {
        if self.degrees_of_freedom.is_infinite() {
            return self.t();
        }
        normal::upper_quantile_of_ln(self.ln_tail(self.t().abs())).copysign(self.t())
    }

    /// How many standard errors a normal law's `z` are here: more, where the standard error is uncertain.
    pub(super) fn widened(self, z: f64) -> f64 {
        if self.degrees_of_freedom.is_infinite() {
            return z;
        }
        self.reach(normal::upper_tail(z))
    }

    /// The interval of so many standard errors on either side.
    pub(super) fn around(self, reach: f64) -> [f64; 2] {
        [self.value - reach * self.se, self.value + reach * self.se]
    }

    fn reach(self, tail: f64) -> f64 {
        if self.degrees_of_freedom.is_infinite() {
            normal::upper_quantile_of_ln(tail.ln())
        } else {
            student::upper_quantile(tail, self.degrees_of_freedom)
        }
    }

    fn tail(self, t: f64) -> f64 {
        if self.degrees_of_freedom.is_infinite() {
            normal::upper_tail(t)
        } else {
            student::upper_tail(t, self.degrees_of_freedom)
        }
    }

    fn ln_tail(self, t: f64) -> f64 {
        if self.degrees_of_freedom.is_infinite() {
            normal::ln_upper_tail(t)
        } else {
            student::ln_upper_tail(t, self.degrees_of_freedom)
        }
    }
}

/// Degrees of freedom of a sum of independent variances, each with its own.
pub(super) fn satterthwaite<const N: usize>(parts: [(f64, f64); N]) -> f64 {
    let sum: f64 = parts.iter().map(|part| part.0).sum();
    // As shares of the sum, so that small variances do not underflow when squared.
    let uncertainty: f64 = parts
        .iter()
        .map(|(variance, degrees)| (variance / sum).powi(2) / degrees)
        .sum();
    if uncertainty > 0.0 {
        1.0 / uncertainty
    } else {
        f64::INFINITY
    }
}

#[cfg(test)]
mod tests;
