//! The Gamma distribution at any shape: density, tail probabilities, quantiles.

use crate::beta::{Tails, deviance};
use crate::gamma::{digamma, stirling_error, trigamma};
use crate::normal;

/// From this shape on, the expansion for large shapes is exact to double precision.
const LARGE: f64 = 1e8;

/// A Gamma distribution of an amount, with what its density needs computed once.
///
/// Its shape says how certain it is: the standard deviation over the mean is `1 / √shape`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gamma {
    shape: f64,
    scale: f64,
    /// Logarithm of `shapeˢʰᵃᵖᵉ e⁻ˢʰᵃᵖᵉ / Γ(shape)`.
    ln_peak: f64,
}

impl Gamma {
    /// The distribution with density proportional to `x^(shape − 1) e^(−x / scale)` on `x > 0`.
    ///
    /// * `shape`: no unit, above 0.
    /// * `scale`: in the unit of the amount, above 0; 1 for the incomplete gamma function.
    ///
    /// # Panics
    ///
    /// When a parameter is not a finite number above 0.
    pub fn new(shape: f64, scale: f64) -> Self {
        assert!(
            shape > 0.0 && shape.is_finite() && scale > 0.0 && scale.is_finite(),
            "Gamma({shape}, {scale}) needs finite parameters above 0"
        );
        Self {
            shape,
            scale,
            ln_peak: 0.5 * (shape / std::f64::consts::TAU).ln() - stirling_error(shape),
        }
    }

    /// The distribution with this mean and standard deviation, both above 0 and in the unit of the amount.
    ///
    /// # Panics
    ///
    /// As [`Gamma::new`].
    pub fn with_moments(mean: f64, sd: f64) -> Self {
        Self::new((mean / sd).powi(2), sd * sd / mean)
    }

    /// No unit.
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// In the unit of the amount.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// `shape · scale`.
    pub fn mean(&self) -> f64 {
        self.shape * self.scale
    }

    /// `shape · scale²`.
    pub fn variance(&self) -> f64 {
        self.shape * self.scale * self.scale
    }

    /// Mean of the logarithm of the amount.
    pub fn ln_mean(&self) -> f64 {
        digamma(self.shape) + self.scale.ln()
    }

    /// Standard deviation of the logarithm of the amount.
    pub fn ln_sd(&self) -> f64 {
        trigamma(self.shape).sqrt()
    }

    /// `ln[zˢʰᵃᵖᵉ e⁻ᶻ / Γ(shape)]` with `z = x / scale`: the density of the logarithm of the amount.
    ///
    /// Written about its peak, so that no large logarithms cancel, as [`crate::beta::Beta::ln_kernel`] is.
    ///
    /// * `x`: in the unit of the amount; 0 or less has no density.
    ///
    /// # Source
    ///
    /// Loader, *Fast and Accurate Computation of Binomial Probabilities*, 2000.
    pub fn ln_kernel(&self, x: f64) -> f64 {
        let z = x / self.scale;
        if z.is_nan() || z <= 0.0 {
            return f64::NEG_INFINITY;
        }
        self.ln_peak - deviance(self.shape, z - self.shape, (z / self.shape).ln())
    }

    /// Probabilities of a smaller and of a larger amount than `x`: the regularised incomplete gamma functions P and Q.
    ///
    /// The absolute error is below 1e-13 for shapes from 1e-3 on, and a small tail keeps 11 digits.
    ///
    /// * `x`: in the unit of the amount.
    ///
    /// # Source
    ///
    /// Series 8.7.1 and continued fraction 8.9.2 of the *NIST Digital Library of Mathematical Functions*; for large
    /// shapes Temme, *The Asymptotic Expansion of the Incomplete Gamma Functions*, 1979.
    pub fn tails(&self, x: f64) -> Tails {
        let z = x / self.scale;
        if z.is_nan() || z <= 0.0 {
            return Tails {
                lower: 0.0,
                upper: 1.0,
            };
        }
        if z == f64::INFINITY {
            return Tails {
                lower: 1.0,
                upper: 0.0,
            };
        }
        if self.shape >= LARGE {
            return self.tails_of_large(z);
        }
        let kernel = self.ln_kernel(x).exp();
        if z < self.shape + 1.0 {
            let lower = (kernel * series(self.shape, z)).min(1.0);
            Tails {
                lower,
                upper: 1.0 - lower,
            }
        } else {
            let upper = (kernel * continued_fraction(self.shape, z)).min(1.0);
            Tails {
                lower: 1.0 - upper,
                upper,
            }
        }
    }

    /// Two terms of the uniform expansion; the third is below 1e-16 at these shapes.
    fn tails_of_large(&self, z: f64) -> Tails {
        let shape = self.shape;
        let far = (z - shape) / shape;
        let half_square = deviance(shape, z - shape, (z / shape).ln()) / shape;
        let eta = (2.0 * half_square).sqrt().copysign(far);
        // 1/(λ − 1) − 1/η about λ = 1; beyond a tenth the kernel has long vanished at these shapes.
        let first = -1.0 / 3.0 + eta * (1.0 / 12.0 - eta * (2.0 / 135.0 - eta / 864.0));
        let second = -1.0 / 540.0 - eta / 288.0;
        let kernel = (-shape * half_square).exp() / (std::f64::consts::TAU * shape).sqrt();
        let correction = kernel * (first + second / shape);
        let at = eta * shape.sqrt();
        Tails {
            lower: (normal::cdf(at) - correction).clamp(0.0, 1.0),
            upper: (normal::upper_tail(at) + correction).clamp(0.0, 1.0),
        }
    }

    /// The amount with probability `p` below it, to 12 digits; in the unit of the amount.
    ///
    /// * `p`: in `[0, 1]`; values outside are taken as the nearer end.
    pub fn quantile(&self, p: f64) -> f64 {
        if p <= 0.0 || p >= 1.0 {
            return if p <= 0.0 { 0.0 } else { f64::INFINITY };
        }
        let (mean, sd) = (digamma(self.shape), self.ln_sd());
        // The logarithm is skewed to the left: a small shape leaves e^(−1/shape) far below the mean.
        let (mut low, mut high) = (mean - 800.0 * sd, mean + 80.0 * sd);
        let mut ln_z = mean;
        let unit = Self {
            scale: 1.0,
            ..*self
        };
        // Newton on the logarithm, halving the bracket whenever a step would leave it.
        for _ in 0..200 {
            let z = ln_z.exp();
            let Tails { lower, upper } = unit.tails(z);
            let above = if p < 0.5 {
                lower - p
            } else {
                (1.0 - p) - upper
            };
            if above > 0.0 {
                high = ln_z;
            } else {
                low = ln_z;
            }
            let step = above / unit.ln_kernel(z).exp();
            let next = if step.is_finite() && (low..=high).contains(&(ln_z - step)) {
                ln_z - step
            } else {
                0.5 * (low + high)
            };
            if (next - ln_z).abs() <= 1e-15 * ln_z.abs().max(1e-3) {
                break;
            }
            ln_z = next;
        }
        self.scale * ln_z.exp()
    }
}

/// `Σ zᵏ / (shape (shape + 1) … (shape + k))`, which turns the kernel into the lower tail.
fn series(shape: f64, z: f64) -> f64 {
    let mut term = 1.0 / shape;
    let mut sum = term;
    let mut k = 1.0;
    // The terms fall once k is above z − shape, and after about 10 √shape more nothing is added.
    while term > 1e-17 * sum {
        term *= z / (shape + k);
        sum += term;
        k += 1.0;
    }
    sum
}

/// The continued fraction that turns the kernel into the upper tail, by the modified Lentz method.
fn continued_fraction(shape: f64, z: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guarded = |value: f64| if value.abs() < TINY { TINY } else { value };
    let terms_max = 1000.0 + 100.0 * shape.sqrt();
    let mut b = z + 1.0 - shape;
    let mut ratio = 1.0 / TINY;
    let mut inverse = 1.0 / guarded(b);
    let mut value = inverse;
    let mut k = 1.0;
    while k <= terms_max {
        let a = -k * (k - shape);
        b += 2.0;
        inverse = 1.0 / guarded(a * inverse + b);
        ratio = guarded(b + a / ratio);
        let factor = inverse * ratio;
        value *= factor;
        if (factor - 1.0).abs() < 1e-16 {
            break;
        }
        k += 1.0;
    }
    value
}

#[cfg(test)]
mod tests;
