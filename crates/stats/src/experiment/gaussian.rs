//! What is believed of a difference, given a normal law of what is usual: for metrics whose posterior is not known exactly.
//!
//! For conversion rates use [`super::rates`], which is exact: an arm without a conversion has no standard error to go by.

use super::{ArmDifference, Error, finite, inside, positive};
use crate::normal;

/// A normal law of a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gaussian {
    mean: f64,
    sd: f64,
}

impl Gaussian {
    /// What is usual: differences of this mean and standard deviation, in the unit of the difference.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] for a mean that is no number; [`Error::Argument`] for a deviation that is not above 0.
    pub fn new(mean: f64, sd: f64) -> Result<Self, Error> {
        Ok(Self {
            mean: finite(mean)?,
            sd: positive("the standard deviation", sd)?,
        })
    }

    /// What is believed of a difference where nothing is usual.
    pub fn of(difference: ArmDifference) -> Self {
        Self {
            mean: difference.value(),
            sd: difference.se(),
        }
    }

    /// What is believed of a difference after it was seen, if this was believed before.
    #[must_use]
    pub fn after(self, difference: ArmDifference) -> Self {
        let prior = 1.0 / (self.sd * self.sd);
        let data = 1.0 / (difference.se() * difference.se());
        Self {
            mean: (prior * self.mean + data * difference.value()) / (prior + data),
            sd: (prior + data).sqrt().recip(),
        }
    }

    /// Its mean.
    pub fn mean(self) -> f64 {
        self.mean
    }

    /// Its standard deviation.
    pub fn sd(self) -> f64 {
        self.sd
    }

    /// Probability that the difference is above 0: the treatment wins.
    pub fn chance_to_win(self) -> f64 {
        normal::cdf(self.mean / self.sd)
    }

    /// What is lost on average by choosing the control, and by choosing the treatment; in the unit of the difference.
    pub fn expected_loss(self) -> [f64; 2] {
        // E max(0, d) = σ (φ(z) + z Φ(z)), and the same of −d.
        let above = |z: f64| {
            let gain = normal::ln_density(z).exp() + z * normal::cdf(z);
            // Far out both terms are equal, and only rounding could lead below.
            self.sd * gain.max(0.0)
        };
        let z = self.mean / self.sd;
        [above(z), above(-z)]
    }

    /// The interval with this probability in its middle.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a probability that is not inside (0, 1).
    pub fn interval(self, probability: f64) -> Result<[f64; 2], Error> {
        let half = -normal::quantile(0.5 - 0.5 * inside("the probability", probability)?) * self.sd;
        Ok([self.mean - half, self.mean + half])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_differ_by_the_mean() {
        for (mean, sd) in [(0.3, 0.2), (-4.0, 1.0), (1.0, 50.0)] {
            let [control, treatment] = Gaussian::new(mean, sd).unwrap().expected_loss();
            assert!((control - treatment - mean).abs() < 1e-14 && treatment >= 0.0);
        }
    }

    #[test]
    fn what_is_usual_pulls_and_what_is_vague_does_not() {
        let seen = ArmDifference::new(1.0, 0.5, f64::INFINITY).unwrap();
        let pulled = Gaussian::new(0.0, 0.5).unwrap().after(seen);
        assert!((pulled.mean() - 0.5).abs() < 1e-15);
        let vague = Gaussian::new(0.0, 1e9).unwrap().after(seen);
        assert!((vague.mean() - Gaussian::of(seen).mean()).abs() < 1e-12);
        assert!(Gaussian::new(0.0, 0.0).is_err() && Gaussian::new(f64::NAN, 1.0).is_err());
    }
}
