//! Curves that a sum of independent steps crosses only with a small probability, at any time: what always-valid intervals are made of.
//!
//! A sum S with intrinsic time V (the sum of its variances) stays below a curve u(V) forever with probability 1 − α. Each curve here is
//! the level set of a mixture of exponential supermartingales. Where to be tight is chosen by a time `v_opt`: the curve is valid at all
//! times, and narrowest about there.
//!
//! # Source
//!
//! Howard, Ramdas, McAuliffe, Sekhon, *Time-uniform, nonparametric, nonasymptotic confidence sequences*, 2021.

use super::{Error, inside, positive};
use crate::beta::{Beta, Fraction};
use crate::gamma::ln_gamma;
use crate::gamma_law::Gamma;
use crate::normal;

/// Steps of a search; more would change no digit.
const HALVINGS: usize = 200;

/// Normal steps, both sides: the mixture over all drifts, drawn from a normal law about 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoSidedNormal {
    rho: f64,
}

/// Normal steps, upper side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneSidedNormal {
    rho: f64,
}

/// Steps whose upper tails are those of an exponential law of scale `c`, upper side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaExponential {
    rho: f64,
    c: f64,
    /// What the mixture is scaled by, so that it begins at 1.
    ln_constant: f64,
}

/// Steps in `[−g, h]`, such as successes less their probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaBinomial {
    r: f64,
    g: f64,
    h: f64,
    is_one_sided: bool,
    ln_normalizer: f64,
}

/// A curve in pieces that grows as slowly as any can, like `√(V ln ln V)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stitched {
    /// Intrinsic time before which the curve is flat, above 0.
    pub v_min: f64,
    /// Scale of the steps' tails; 0 for normal ones.
    pub c: f64,
    /// Above 1: how fast the pieces' shares of α fall.
    pub s: f64,
    /// Above 1: how much longer each piece is than the one before.
    pub eta: f64,
}

impl TwoSidedNormal {
    /// The mixture that is tight about the time `v_opt` at level `alpha`.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] unless `v_opt` is above 0 and `alpha` inside (0, 1).
    pub fn tuned(v_opt: f64, alpha: f64) -> Result<Self, Error> {
        let v_opt = positive("the time to be tight at", v_opt)?;
        Ok(Self {
            rho: v_opt / tightness(inside("alpha", alpha)?),
        })
    }

    /// The mixture over drifts with this variance; `1 / ρ` is the variance.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] unless ρ is above 0.
    pub fn with_rho(rho: f64) -> Result<Self, Error> {
        Ok(Self {
            rho: positive("rho", rho)?,
        })
    }

    /// Logarithm of the mixture at sum `s` and time `v`; it exceeds ln(1 / α) anywhere with probability α at most.
    pub fn ln_mixture(&self, s: f64, v: f64) -> f64 {
        -0.5 * (v / self.rho).ln_1p() + s * s / (2.0 * (v + self.rho))
    }

    /// The curve for `|S|` at time `v`.
    pub fn bound(&self, v: f64, alpha: f64) -> f64 {
        ((v + self.rho) * ((v / self.rho).ln_1p() - 2.0 * alpha.ln())).sqrt()
    }
}

impl OneSidedNormal {
    /// As [`TwoSidedNormal::tuned`], for one side.
    ///
    /// # Errors
    ///
    /// As there, and for an `alpha` of ½ and more, for which no mixture is tight.
    pub fn tuned(v_opt: f64, alpha: f64) -> Result<Self, Error> {
        Ok(Self {
            rho: one_sided_rho(v_opt, alpha)?,
        })
    }

    /// Logarithm of the mixture at sum `s` and time `v`.
    pub fn ln_mixture(&self, s: f64, v: f64) -> f64 {
        let sum = v + self.rho;
        0.5 * (4.0 * self.rho / sum).ln()
            + s * s / (2.0 * sum)
            + normal::ln_upper_tail(-s / sum.sqrt())
    }

    /// The curve for S at time `v`.
    pub fn bound(&self, v: f64, alpha: f64) -> f64 {
        crossing(|s| self.ln_mixture(s, v), -alpha.ln(), v.sqrt().max(1.0))
    }
}

impl GammaExponential {
    /// As [`TwoSidedNormal::tuned`], for one side and steps of scale `c`, above 0.
    ///
    /// # Errors
    ///
    /// As [`OneSidedNormal::tuned`].
    pub fn tuned(v_opt: f64, alpha: f64, c: f64) -> Result<Self, Error> {
        let rho = one_sided_rho(v_opt, alpha)?;
        let c = positive("c", c)?;
        let shape = rho / (c * c);
        Ok(Self {
            rho,
            c,
            ln_constant: shape * shape.ln()
                - ln_gamma(shape)
                - Gamma::new(shape, 1.0).tails(shape).lower.ln(),
        })
    }

    /// Logarithm of the mixture at sum `s` and time `v`.
    pub fn ln_mixture(&self, s: f64, v: f64) -> f64 {
        let square = self.c * self.c;
        let shape = (v + self.rho) / square;
        let drifted = (self.c * s + v) / square;
        let at = drifted + self.rho / square;
        self.ln_constant + ln_gamma(shape) + Gamma::new(shape, 1.0).tails(at).lower.ln()
            - shape * at.ln()
            + drifted
    }

    /// The curve for S at time `v`.
    pub fn bound(&self, v: f64, alpha: f64) -> f64 {
        crossing(|s| self.ln_mixture(s, v), -alpha.ln(), v.sqrt().max(1.0))
    }
}

impl BetaBinomial {
    /// As [`TwoSidedNormal::tuned`], for steps from `−g` to `h`, both above 0, on both sides or on the upper one.
    ///
    /// # Errors
    ///
    /// As [`TwoSidedNormal::tuned`] or [`OneSidedNormal::tuned`].
    pub fn tuned(
        v_opt: f64,
        alpha: f64,
        [g, h]: [f64; 2],
        is_one_sided: bool,
    ) -> Result<Self, Error> {
        let (g, h) = (positive("g", g)?, positive("h", h)?);
        let rho = if is_one_sided {
            one_sided_rho(v_opt, alpha)?
        } else {
            TwoSidedNormal::tuned(v_opt, alpha)?.rho
        };
        let r = (rho - g * h).max(1e-3 * g * h);
        let mixture = Self {
            r,
            g,
            h,
            is_one_sided,
            ln_normalizer: 0.0,
        };
        Ok(Self {
            ln_normalizer: mixture.ln_incomplete(r / g, r / h),
            ..mixture
        })
    }

    /// Logarithm of the mixture at sum `s`, between `−v / h` and `v / g`, and time `v`.
    pub fn ln_mixture(&self, s: f64, v: f64) -> f64 {
        let Self { r, g, h, .. } = *self;
        let span = g + h;
        let (low, high) = ((v - g * s) / g, (v + h * s) / h);
        (low + high) / span * span.ln() - high / span * g.ln() - low / span * h.ln()
            + self.ln_incomplete(r / g + low, r / h + high)
            - self.ln_normalizer
    }

    /// The curve for S at time `v`; what cannot be crossed is the largest sum there is.
    pub fn bound(&self, v: f64, alpha: f64) -> f64 {
        let (mut low, mut high) = (0.0, v / self.g);
        if self.ln_mixture(high, v) < -alpha.ln() {
            return high;
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if self.ln_mixture(middle, v) < -alpha.ln() {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }

    /// Logarithm of the Beta integral of these parameters over `g + h`, whole or up to `h / (g + h)`.
    fn ln_incomplete(&self, a: f64, b: f64) -> f64 {
        let span = self.g + self.h;
        let law = Beta::new(a / span, b / span);
        let part = if self.is_one_sided {
            law.ln_lower(Fraction::new(self.h / span))
        } else {
            0.0
        };
        law.ln_function() + part
    }
}

impl Stitched {
    /// The curve for S at time `v`.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] unless `v_min` is above 0, and `s` and `eta` above 1, and `alpha` inside (0, 1).
    pub fn bound(&self, v: f64, alpha: f64) -> Result<f64, Error> {
        let Self { v_min, c, s, eta } = *self;
        positive("v_min", v_min)?;
        positive("s − 1", s - 1.0)?;
        positive("eta − 1", eta - 1.0)?;
        let ln_alpha = inside("alpha", alpha)?.ln();
        let v = v.max(v_min);
        let k1 = (eta.powf(0.25) + eta.powf(-0.25)) * std::f64::consts::FRAC_1_SQRT_2;
        let k2 = f64::midpoint(eta.sqrt(), 1.0);
        let ell = s * (eta * v / v_min).ln().ln() + (zeta(s) / eta.ln().powf(s)).ln() - ln_alpha;
        let scaled = k2 * c * ell;
        Ok((k1 * k1 * v * ell + scaled * scaled).sqrt() + scaled)
    }
}

/// How many standard deviations, squared, the two-sided normal mixture needs at the time it is tight at.
pub(super) fn tightness(alpha: f64) -> f64 {
    let twice = -2.0 * alpha.ln();
    twice + twice.ln_1p()
}

fn one_sided_rho(v_opt: f64, alpha: f64) -> Result<f64, Error> {
    Ok(TwoSidedNormal::tuned(v_opt, 2.0 * alpha)?.rho)
}

/// Where a rising function meets a level.
fn crossing(of: impl Fn(f64) -> f64, level: f64, step: f64) -> f64 {
    let (mut low, mut high) = (0.0, step);
    for _ in 0..HALVINGS {
        if of(high) >= level {
            break;
        }
        low = high;
        high *= 2.0;
    }
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if of(middle) < level {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Riemann's zeta function for `s` above 1, by Euler and Maclaurin.
fn zeta(s: f64) -> f64 {
    const DIRECT: u32 = 40;
    let n = f64::from(DIRECT);
    let head: f64 = (1..DIRECT).map(|k| f64::from(k).powf(-s)).sum();
    let power = n.powf(-s);
    let first = s * power / n;
    let third = first * (s + 1.0) * (s + 2.0) / (n * n);
    let fifth = third * (s + 3.0) * (s + 4.0) / (n * n);
    head + power * n / (s - 1.0) + 0.5 * power + first / 12.0 - third / 720.0 + fifth / 30_240.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeta_is_known_at_two_and_four() {
        let pi = std::f64::consts::PI;
        assert!((zeta(2.0) - pi * pi / 6.0).abs() < 1e-14);
        assert!((zeta(4.0) - pi.powi(4) / 90.0).abs() < 1e-14);
    }

    #[test]
    fn a_mixture_is_at_its_level_on_its_curve() {
        for alpha in [0.2_f64, 0.05, 1e-6] {
            for v in [1.0, 40.0, 3e5] {
                let level = -alpha.ln();
                let near = |found: f64| (found - level).abs() < 1e-9 * level.max(1.0);
                let two = TwoSidedNormal::tuned(100.0, alpha).unwrap();
                assert!(near(two.ln_mixture(two.bound(v, alpha), v)));
                let one = OneSidedNormal::tuned(100.0, alpha).unwrap();
                assert!(near(one.ln_mixture(one.bound(v, alpha), v)));
                // One side is tighter than two.
                assert!(one.bound(v, alpha) < two.bound(v, alpha));
                let tailed = GammaExponential::tuned(100.0, alpha, 0.5).unwrap();
                assert!(near(tailed.ln_mixture(tailed.bound(v, alpha), v)));
            }
        }
    }

    #[test]
    fn arguments_are_checked() {
        assert!(TwoSidedNormal::tuned(0.0, 0.05).is_err());
        assert!(TwoSidedNormal::tuned(1.0, f64::NAN).is_err());
        assert!(OneSidedNormal::tuned(1.0, 0.5).is_err());
        assert!(GammaExponential::tuned(1.0, 0.05, 0.0).is_err());
        assert!(BetaBinomial::tuned(1.0, 0.05, [0.5, -1.0], false).is_err());
        let stitched = Stitched {
            v_min: 1.0,
            c: 0.0,
            s: 1.0,
            eta: 2.0,
        };
        assert!(stitched.bound(10.0, 0.05).is_err());
    }
}
