//! Arms compared stratum by stratum, such as by the periods between changes of a bandit's weights.
//!
//! When more leads go to an arm in a good week, that week makes the arm look good. Within a period weights were constant: each period is
//! compared with itself, and counts by its share of all leads.

use super::{Error, Mean, SampleMoments, count};

/// One arm over all strata: the mean that it would have had if it had got the same leads as the others.
///
/// `Σ (nₑ / n) ȳₑ`, with the variance `Σ (nₑ / n)² s²ₑ / nₑₖ`.
///
/// * `strata`: of each the arm's own units, and the units of *all* arms together.
///
/// # Errors
///
/// [`Error::TooFew`] where the arm has fewer than two units in a stratum that has any: what it would have done there is not known.
///
/// # Source
///
/// Cochran, *Sampling Techniques*, 1977, on post-stratified means; for experiments whose weights change, the same as Optimizely's
/// *Epoch Stats Engine*.
pub fn mean(strata: &[(SampleMoments<1>, u64)]) -> Result<Mean, Error> {
    let mut means = Vec::with_capacity(strata.len());
    for (own, n) in strata.iter().filter(|(own, n)| *n > 0 || own.n() > 0) {
        if *n < own.n() {
            return Err(Error::TooFew {
                n: *n,
                needed: own.n(),
            });
        }
        means.push((Mean::of(own)?, *n));
    }
    of_means(&means)
}

/// The same of means that are known already, such as those of ratios or of clusters.
///
/// * `strata`: of each the arm's own mean, and how much it counts: the leads of *all* arms together.
///
/// # Errors
///
/// [`Error::TooFew`] where nothing counts.
pub fn of_means(strata: &[(Mean, u64)]) -> Result<Mean, Error> {
    let all: u64 = strata.iter().map(|(_, n)| n).sum();
    if all == 0 {
        return Err(Error::TooFew { n: 0, needed: 2 });
    }
    let (mut value, mut variance, mut uncertainty) = (0.0, 0.0, 0.0);
    for (stratum, n) in strata {
        let weight = count(*n) / count(all);
        let part = weight * weight * stratum.variance();
        value += weight * stratum.value();
        variance += part;
        uncertainty += part * part / stratum.degrees_of_freedom();
    }
    // Welch and Satterthwaite.
    let degrees_of_freedom = if uncertainty > 0.0 {
        variance * variance / uncertainty
    } else {
        f64::INFINITY
    };
    Mean::new(value, variance, degrees_of_freedom)
}

/// As [`of_means`], where strata may share units, such as people who come again after weights have changed.
///
/// Their means then depend on each other, nobody knows how strongly. The standard error is the sum of those of the strata: as large as it is
/// where they go up and down together, and never too small.
///
/// # Errors
///
/// As [`of_means`].
///
/// # Source
///
/// Cauchy and Schwarz: `sd(Σ aₑ) ≤ Σ sd(aₑ)`.
pub fn of_shared_units(strata: &[(Mean, u64)]) -> Result<Mean, Error> {
    let value = of_means(strata)?.value();
    let all: u64 = strata.iter().map(|(_, n)| n).sum();
    let errors = strata
        .iter()
        .map(|(stratum, n)| count(*n) / count(all) * stratum.se());
    let error: f64 = errors.sum();
    let degrees = strata
        .iter()
        .map(|(stratum, _)| stratum.degrees_of_freedom());
    Mean::new(value, error * error, degrees.fold(f64::INFINITY, f64::min))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ArmDifference;

    /// So many units of which so many are 1.
    fn shares(n: u32, ones: u32) -> SampleMoments<1> {
        let mut moments = SampleMoments::default();
        for i in 0..n {
            moments.add([f64::from(u8::from(i < ones))]).unwrap();
        }
        moments
    }

    #[test]
    fn a_change_of_weights_in_a_better_week_is_no_difference() {
        // Both arms sell 10 % in the first week and 20 % in the second, when the treatment gets more leads.
        let control = [(shares(900, 90), 1_000), (shares(100, 20), 1_000)];
        let treatment = [(shares(100, 10), 1_000), (shares(900, 180), 1_000)];
        let naive = |strata: &[(SampleMoments<1>, u64)]| {
            let mut all = SampleMoments::default();
            for (units, _) in strata {
                all.merge(units);
            }
            Mean::of(&all).unwrap()
        };
        let misled = ArmDifference::between(naive(&control), naive(&treatment)).unwrap();
        assert!(misled.p_two_sided() < 1e-5);
        let fair =
            ArmDifference::between(mean(&control).unwrap(), mean(&treatment).unwrap()).unwrap();
        assert!(fair.value().abs() < 1e-12, "{fair:?}");
    }

    #[test]
    fn one_stratum_is_the_plain_mean() {
        let units = shares(50, 20);
        let [one, plain] = [mean(&[(units, 100)]).unwrap(), Mean::of(&units).unwrap()];
        assert!((one.value() - plain.value()).abs() < 1e-15);
        assert!((one.variance() - plain.variance()).abs() < 1e-15);
        assert!((one.degrees_of_freedom() - 49.0).abs() < 1e-9);
    }

    #[test]
    fn a_stratum_without_the_arm_is_refused() {
        let units = shares(50, 20);
        let missing = [(units, 100), (SampleMoments::default(), 40)];
        assert_eq!(mean(&missing), Err(Error::TooFew { n: 0, needed: 2 }));
        assert!(mean(&[]).is_err());
    }

    #[test]
    fn strata_of_the_same_units_are_no_surer_than_one_of_them() {
        let mean = Mean::new(2.0, 0.25, 40.0).unwrap();
        let one = of_shared_units(&[(mean, 100)]).unwrap();
        assert_eq!(one, mean);
        // Twice the same people: nothing is known better.
        let twice = of_shared_units(&[(mean, 100), (mean, 300)]).unwrap();
        assert!((twice.value() - 2.0).abs() < 1e-15 && (twice.se() - 0.5).abs() < 1e-15);
        assert!(of_means(&[(mean, 100), (mean, 300)]).unwrap().se() < 0.45);
        assert!(of_shared_units(&[]).is_err());
    }
}
