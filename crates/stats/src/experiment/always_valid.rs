//! Intervals and p-values that stay right however often one looks, and whenever one stops.
//!
//! A p-value for one look, taken at each of 99 looks, ends below 5 % in more than a third of all experiments without a difference. The
//! ones here do so in at most 5 %, over all looks together.

use super::{ArmDifference, Error, boundary, count, inside, positive};
use boundary::{OneSidedNormal, TwoSidedNormal};

/// A confidence sequence for a difference of means: asymptotic, as every interval by a standard error is.
///
/// Where the error of a difference has few degrees of freedom, the interval is widened as the t distribution widens that of one look.
///
/// # Example
///
/// ```
/// use pointsman_stats::experiment::{ArmDifference, Mean, always_valid::ConfidenceSequence};
/// use pointsman_stats::proportion::Proportion;
///
/// let of = |successes| Mean::of_share(Proportion::new(successes, 1_000).unwrap());
/// let difference = ArmDifference::between(of(200)?, of(250)?)?.as_normal();
/// let sequence = ConfidenceSequence::new(0.95, 5_000)?;
/// let [low, high] = sequence.interval(difference, 2_000)?;
/// assert!((low + 0.008_231_465).abs() < 1e-9 && (high - 0.108_231_465).abs() < 1e-9);
/// assert!(difference.p_two_sided() < 0.01 && sequence.p_two_sided(difference, 2_000)? > 0.1);
/// # Ok::<(), pointsman_stats::experiment::Error>(())
/// ```
///
/// # Source
///
/// Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, *Time-uniform central limit theory and asymptotic confidence sequences*, 2021.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConfidenceSequence {
    alpha: f64,
    two_sided: TwoSidedNormal,
    one_sided: OneSidedNormal,
}

impl ConfidenceSequence {
    /// The sequence that is tightest when there are about so many units.
    ///
    /// * `confidence`: in (½, 1), such as 0.95.
    /// * `n_tight`: independent units of both arms together, such as the planned size; at least 1. A wrong guess costs width only.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for arguments outside these ranges.
    pub fn new(confidence: f64, n_tight: u64) -> Result<Self, Error> {
        let alpha = 1.0 - inside("the confidence", confidence)?;
        Ok(Self {
            alpha,
            two_sided: TwoSidedNormal::tuned(count(n_tight), alpha)?,
            one_sided: OneSidedNormal::tuned(count(n_tight), alpha)?,
        })
    }

    /// The interval after `n` units of both arms together; all intervals of all looks hold the difference with the confidence.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for no units.
    pub fn interval(&self, difference: ArmDifference, n: u64) -> Result<[f64; 2], Error> {
        Ok(difference.around(difference.widened(self.reach(n)?)))
    }

    /// Probability of being as far from no difference at any look, either way, if there is none.
    ///
    /// The smallest of all looks so far is one too.
    ///
    /// # Errors
    ///
    /// As [`Self::interval`].
    pub fn p_two_sided(&self, difference: ArmDifference, n: u64) -> Result<f64, Error> {
        let n = some(n)?;
        Ok((-self.two_sided.ln_mixture(difference.z() * n.sqrt(), n))
            .exp()
            .min(1.0))
    }

    /// The value that the difference exceeds at all looks with the confidence: for guardrails, where one side counts.
    ///
    /// # Errors
    ///
    /// As [`Self::interval`].
    pub fn lower(&self, difference: ArmDifference, n: u64) -> Result<f64, Error> {
        let n = some(n)?;
        let reach = self.one_sided.bound(n, self.alpha) / n.sqrt();
        Ok(difference.around(difference.widened(reach))[0])
    }

    /// As [`Self::p_two_sided`], for a difference above 0.
    ///
    /// # Errors
    ///
    /// As [`Self::interval`].
    pub fn p_greater(&self, difference: ArmDifference, n: u64) -> Result<f64, Error> {
        let n = some(n)?;
        Ok((-self.one_sided.ln_mixture(difference.z() * n.sqrt(), n))
            .exp()
            .min(1.0))
    }

    /// How many standard errors the interval reaches to either side after `n` units.
    ///
    /// # Errors
    ///
    /// As [`Self::interval`].
    pub fn reach(&self, n: u64) -> Result<f64, Error> {
        let n = some(n)?;
        Ok(self.two_sided.bound(n, self.alpha) / n.sqrt())
    }
}

fn some(n: u64) -> Result<f64, Error> {
    if n == 0 {
        return Err(Error::TooFew { n, needed: 1 });
    }
    Ok(count(n))
}

/// The mixture sequential probability ratio test of a difference being 0, against one drawn from a normal law about 0.
///
/// # Source
///
/// Johari, Pekelis, Walsh, *Always Valid Inference: Continuous Monitoring of A/B Tests*, 2015.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureTest {
    mixture: TwoSidedNormal,
}

impl MixtureTest {
    /// The test against differences of about this size.
    ///
    /// * `tau`: standard deviation of the differences that are expected, in their unit, above 0. A wrong guess costs power only.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a `tau` that is not above 0.
    pub fn new(tau: f64) -> Result<Self, Error> {
        let tau = positive("tau", tau)?;
        Ok(Self {
            mixture: TwoSidedNormal::with_rho(1.0 / (tau * tau))?,
        })
    }

    /// Logarithm of the likelihood ratio: how much better the data fits a difference than none.
    pub fn ln_ratio(&self, difference: ArmDifference) -> f64 {
        let (s, v) = Self::sum(difference);
        self.mixture.ln_mixture(s, v)
    }

    /// Probability of a likelihood ratio as large at any look, if there is no difference. The smallest of all looks so far is one too.
    pub fn p_two_sided(&self, difference: ArmDifference) -> f64 {
        (-self.ln_ratio(difference)).exp().min(1.0)
    }

    /// The interval; all of all looks hold the difference with the confidence.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a confidence that is not inside (0, 1).
    pub fn interval(&self, difference: ArmDifference, confidence: f64) -> Result<[f64; 2], Error> {
        let alpha = 1.0 - inside("the confidence", confidence)?;
        let (_, v) = Self::sum(difference);
        let reach = self.mixture.bound(v, alpha) / v.sqrt();
        Ok(difference.around(difference.widened(reach)))
    }

    /// The difference as a sum of steps whose variances sum to `1 / se²`.
    fn sum(difference: ArmDifference) -> (f64, f64) {
        (
            difference.z() / difference.se(),
            1.0 / (difference.se() * difference.se()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(value: f64, degrees_of_freedom: f64) -> ArmDifference {
        ArmDifference::new(value, 1.0, degrees_of_freedom).unwrap()
    }

    #[test]
    fn an_interval_excludes_zero_just_when_its_p_is_below_alpha() {
        let sequence = ConfidenceSequence::new(0.95, 5_000).unwrap();
        let test = MixtureTest::new(0.7).unwrap();
        for degrees_of_freedom in [4.0, 48.0, f64::INFINITY] {
            for n in [10, 5_000, 1_000_000] {
                for tenth in 0..120_u32 {
                    let difference = difference(f64::from(tenth) / 10.0, degrees_of_freedom);
                    let p = sequence.p_two_sided(difference, n).unwrap();
                    assert_eq!(sequence.interval(difference, n).unwrap()[0] > 0.0, p < 0.05);
                    let p = sequence.p_greater(difference, n).unwrap();
                    assert_eq!(sequence.lower(difference, n).unwrap() > 0.0, p < 0.05);
                    let p = test.p_two_sided(difference);
                    assert_eq!(test.interval(difference, 0.95).unwrap()[0] > 0.0, p < 0.05);
                }
            }
        }
    }

    #[test]
    fn looking_always_costs_width_and_few_clusters_more() {
        let sequence = ConfidenceSequence::new(0.95, 5_000).unwrap();
        assert!((3.0..3.1).contains(&sequence.reach(5_000).unwrap()));
        assert!(sequence.reach(100).unwrap() > 4.0);
        let low = |degrees| sequence.interval(difference(0.0, degrees), 5_000).unwrap()[0];
        assert!(low(48.0) < 1.05 * low(f64::INFINITY) && low(4.0) < 2.0 * low(48.0));
    }

    #[test]
    fn arguments_are_checked() {
        assert!(ConfidenceSequence::new(0.95, 0).is_err());
        assert!(ConfidenceSequence::new(1.0, 10).is_err());
        assert!(MixtureTest::new(f64::NAN).is_err());
        let sequence = ConfidenceSequence::new(0.95, 10).unwrap();
        assert!(sequence.interval(difference(0.0, 3.0), 0).is_err());
    }
}
