//! Two shares of successes, counted once: intervals of their difference and ratio, and the exact test for small counts.
//!
//! The test by the pooled error and the interval to show by default are [`proportion::compare`](crate::proportion::compare) and
//! [`proportion::newcombe`](crate::proportion::newcombe).

use super::{ArmDifference, Error, Mean, count, inside};
use crate::beta::deviance;
use crate::gamma::stirling_error;
use crate::normal;
use crate::proportion::Proportion;

/// Halvings of a search; more would change no digit.
const HALVINGS: usize = 100;

/// The difference by unpooled errors, with a normal law: simple, and too narrow for few successes.
///
/// # Errors
///
/// [`Error::TooFew`] for fewer than two trials; [`Error::NoSpread`] where all of each arm succeeded, or none.
pub fn wald(control: Proportion, treatment: Proportion) -> Result<ArmDifference, Error> {
    let [control, treatment] = [Mean::of_share(control)?, Mean::of_share(treatment)?];
    Ok(ArmDifference::between(control, treatment)?.as_normal())
}

/// The relative difference `treatment / control − 1` by unpooled errors, with a normal law.
///
/// # Errors
///
/// As [`wald`], and [`Error::NoDenominator`] for a control without successes.
pub fn relative(control: Proportion, treatment: Proportion) -> Result<ArmDifference, Error> {
    let [control, treatment] = [Mean::of_share(control)?, Mean::of_share(treatment)?];
    Ok(ArmDifference::relative(control, treatment)?.as_normal())
}

/// `ln(treatment / control)` by unpooled errors, with a normal law.
///
/// # Errors
///
/// As [`wald`], and [`Error::Signs`] for an arm without successes.
pub fn ln_ratio(control: Proportion, treatment: Proportion) -> Result<ArmDifference, Error> {
    let [control, treatment] = [Mean::of_share(control)?, Mean::of_share(treatment)?];
    Ok(ArmDifference::ln_ratio(control, treatment)?.as_normal())
}

/// The interval of `treatment − control` with one success and one failure added to each.
///
/// # Errors
///
/// [`Error::Argument`] for a confidence that is not inside (0, 1).
///
/// # Source
///
/// Agresti and Caffo, *Simple and effective confidence intervals for proportions and differences of proportions*, 2000.
pub fn agresti_caffo(
    control: Proportion,
    treatment: Proportion,
    confidence: f64,
) -> Result<[f64; 2], Error> {
    let arm = |it: Proportion| {
        let n = count(it.trials()) + 2.0;
        let p = (count(it.successes()) + 1.0) / n;
        Mean::new(p, p * (1.0 - p) / n, f64::INFINITY)
    };
    ArmDifference::between(arm(control)?, arm(treatment)?)?.interval(confidence)
}

/// The interval of `treatment − control` that holds each difference which the data does not speak against: slow, and the best of them.
///
/// # Errors
///
/// [`Error::Argument`] for a confidence that is not inside (0, 1).
///
/// # Source
///
/// Mee, *Confidence bounds for the difference between two probabilities*, 1984.
pub fn score(
    control: Proportion,
    treatment: Proportion,
    confidence: f64,
) -> Result<[f64; 2], Error> {
    let z = normal::quantile(0.5 + 0.5 * inside("the confidence", confidence)?);
    let found = treatment.share() - control.share();
    let excess = |difference: f64| {
        let p = likeliest([(-difference).max(0.0), (1.0 - difference).min(1.0)], |p| {
            slope(control, p) + slope(treatment, p + difference)
        });
        let variance = unpooled(control, p, 1.0) + unpooled(treatment, p + difference, 1.0);
        (found - difference).abs() - z * variance.sqrt()
    };
    Ok([edge(found, -1.0, excess), edge(found, 1.0, excess)])
}

/// As [`score`], for `treatment / control`; the upper limit is infinite for a control without successes.
///
/// # Errors
///
/// As [`score`], and [`Error::NoSpread`] where neither has successes.
///
/// # Source
///
/// Koopman, *Confidence intervals for the ratio of two binomial proportions*, 1984.
pub fn score_ratio(
    control: Proportion,
    treatment: Proportion,
    confidence: f64,
) -> Result<[f64; 2], Error> {
    let z = normal::quantile(0.5 + 0.5 * inside("the confidence", confidence)?);
    if control.successes() + treatment.successes() == 0 {
        return Err(Error::NoSpread);
    }
    // On ln R within ±40, beyond which no count of trials reaches.
    let excess = |ln_ratio: f64| {
        let ratio = ln_ratio.exp();
        let p = likeliest([0.0, ratio.recip().min(1.0)], |p| {
            slope(control, p) + ratio * slope(treatment, ratio * p)
        });
        let variance = unpooled(control, p, ratio) + unpooled(treatment, ratio * p, 1.0);
        (treatment.share() - ratio * control.share()).abs() - z * variance.sqrt()
    };
    let found = (treatment.share() / control.share())
        .ln()
        .clamp(-40.0, 40.0);
    Ok([
        if treatment.successes() == 0 {
            0.0
        } else {
            edge(found, -40.0, excess).exp()
        },
        if control.successes() == 0 {
            f64::INFINITY
        } else {
            edge(found, 40.0, excess).exp()
        },
    ])
}

/// Derivative of the log-likelihood of an arm by its rate.
fn slope(arm: Proportion, p: f64) -> f64 {
    let (successes, n) = (count(arm.successes()), count(arm.trials()));
    // An arm without successes (or failures) has no pole there.
    let term = |k: f64, q: f64| if k > 0.0 { k / q } else { 0.0 };
    term(successes, p) - term(n - successes, 1.0 - p)
}

fn unpooled(arm: Proportion, p: f64, factor: f64) -> f64 {
    factor * factor * (p * (1.0 - p)).max(0.0) / count(arm.trials())
}

/// Where a falling slope is 0.
fn likeliest([mut low, mut high]: [f64; 2], slope: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if slope(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The last place, from a found one outwards, that is not in excess.
fn edge(mut inner: f64, mut out: f64, excess: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..HALVINGS {
        let middle = 0.5 * (inner + out);
        if excess(middle) > 0.0 {
            out = middle;
        } else {
            inner = middle;
        }
    }
    0.5 * (inner + out)
}

/// Fisher's exact test: probability of counts at most as likely as these, if the rates are equal; for small counts.
///
/// Work grows with the successes.
///
/// # Source
///
/// Fisher, *The logic of inductive inference*, 1935; Loader, *Fast and Accurate Computation of Binomial Probabilities*, 2000.
pub fn fisher_exact(control: Proportion, treatment: Proportion) -> f64 {
    let [n_c, n_t] = [control, treatment].map(Proportion::trials);
    let successes = control.successes() + treatment.successes();
    let low = successes.saturating_sub(n_t);
    let high = successes.min(n_c);
    // Successes of the control are hypergeometric: three binomials of a common rate.
    let rate = count(successes) / count(n_c + n_t);
    let of = |k: u64| {
        (ln_binomial(k, n_c, rate) + ln_binomial(successes - k, n_t, rate)
            - ln_binomial(successes, n_c + n_t, rate))
        .exp()
    };
    let own = of(control.successes());
    // Equally likely counts differ by rounding.
    let is_counted = |p: f64| p <= own * (1.0 + 1e-9);
    let counted: f64 = (low..=high).map(of).filter(|p| is_counted(*p)).sum();
    counted.min(1.0)
}

/// Logarithm of the probability of `k` successes in `n` trials with rate `p`.
fn ln_binomial(k: u64, n: u64, p: f64) -> f64 {
    let (all, k, rest) = (count(n), count(k), count(n - k));
    if k == 0.0 {
        return all * (-p).ln_1p();
    }
    if rest == 0.0 {
        return all * p.ln();
    }
    let (expected, remaining) = (all * p, all * (1.0 - p));
    stirling_error(all)
        - stirling_error(k)
        - stirling_error(rest)
        - deviance(k, expected - k, (expected / k).ln())
        - deviance(rest, remaining - rest, (remaining / rest).ln())
        + 0.5 * (all / k / rest / std::f64::consts::TAU).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(successes: u64, trials: u64) -> Proportion {
        Proportion::new(successes, trials).unwrap()
    }

    #[test]
    fn the_lady_tasting_tea_is_lucky_one_time_in_seventy() {
        assert!((fisher_exact(of(4, 4), of(0, 4)) - 2.0 / 70.0).abs() < 1e-15);
        assert!((fisher_exact(of(3, 4), of(1, 4)) - 34.0 / 70.0).abs() < 1e-15);
        assert!((fisher_exact(of(2, 4), of(2, 4)) - 1.0).abs() < 1e-15);
        assert!((fisher_exact(of(0, 9), of(0, 5)) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_score_interval_ends_where_the_score_is_the_quantile() {
        let (control, treatment) = (of(5, 40), of(12, 43));
        let z = normal::quantile(0.975);
        for difference in score(control, treatment, 0.95).unwrap() {
            let p = likeliest([(-difference).max(0.0), (1.0 - difference).min(1.0)], |p| {
                slope(control, p) + slope(treatment, p + difference)
            });
            let variance = p * (1.0 - p) / 40.0 + (p + difference) * (1.0 - p - difference) / 43.0;
            let score = (12.0 / 43.0 - 5.0 / 40.0 - difference) / variance.sqrt();
            assert!((score.abs() - z).abs() < 1e-9, "{score}");
        }
    }

    #[test]
    fn arms_that_are_alike_have_mirrored_intervals() {
        let arm = of(500, 10_000);
        let [low, high] = score(arm, arm, 0.95).unwrap();
        assert!((low + high).abs() < 1e-12, "[{low}, {high}]");
        let [low, high] = score_ratio(arm, arm, 0.95).unwrap();
        assert!((low * high - 1.0).abs() < 1e-11, "[{low}, {high}]");
    }

    #[test]
    fn empty_and_full_arms_still_have_score_intervals() {
        let [low, high] = score(of(0, 20), of(20, 20), 0.95).unwrap();
        assert!(low > 0.7 && (high - 1.0).abs() < 1e-9, "[{low}, {high}]");
        let [low, high] = score(of(0, 20), of(0, 20), 0.95).unwrap();
        assert!((low + high).abs() < 1e-9 && (0.1..0.3).contains(&high));
        let [low, high] = score_ratio(of(0, 50), of(10, 50), 0.95).unwrap();
        assert!(low > 1.5 && high == f64::INFINITY, "[{low}, {high}]");
        let [low, high] = score_ratio(of(10, 50), of(0, 50), 0.95).unwrap();
        assert!(low == 0.0 && high < 0.7, "[{low}, {high}]");
    }

    #[test]
    fn what_has_no_spread_or_no_base_is_refused() {
        assert_eq!(wald(of(0, 9), of(9, 9)), Err(Error::NoSpread));
        assert_eq!(
            wald(of(0, 1), of(2, 9)),
            Err(Error::TooFew { n: 1, needed: 2 })
        );
        assert_eq!(relative(of(0, 9), of(2, 9)), Err(Error::NoDenominator));
        assert_eq!(ln_ratio(of(0, 9), of(2, 9)), Err(Error::Signs));
        assert_eq!(score_ratio(of(0, 9), of(0, 9), 0.9), Err(Error::NoSpread));
        assert!(score(of(1, 9), of(2, 9), 1.0).is_err());
    }
}
