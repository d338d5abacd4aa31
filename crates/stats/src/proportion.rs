//! Shares of successes: their intervals, and whether two of them differ.

use thiserror::Error;

use crate::normal;

/// Successes among trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportion {
    successes: u64,
    trials: u64,
}

/// Why a share or a comparison does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// There was no trial.
    #[error("there is no trial, but a share needs one")]
    NoTrials,
    /// More successes than trials.
    #[error("there are {successes} successes, but only {trials} trials")]
    TooManySuccesses {
        /// The successes.
        successes: u64,
        /// The trials.
        trials: u64,
    },
    /// All trials of both sides succeeded, or all failed: there is no spread to compare by.
    #[error("both shares are 0 or both are 1, so a test has nothing to compare by")]
    NoSpread,
}

/// A test of two shares being equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// Difference in pooled standard errors; positive if the treatment's share is larger.
    pub z: f64,
    /// Probability of a difference at least this large, either way, if there is none.
    pub p_two_sided: f64,
}

impl Proportion {
    /// The share `successes / trials`.
    ///
    /// # Errors
    ///
    /// [`Error::NoTrials`] for no trial; [`Error::TooManySuccesses`] for more successes than trials.
    pub fn new(successes: u64, trials: u64) -> Result<Self, Error> {
        match (trials, successes > trials) {
            (0, _) => Err(Error::NoTrials),
            (_, true) => Err(Error::TooManySuccesses { successes, trials }),
            _ => Ok(Self { successes, trials }),
        }
    }

    /// Successes.
    pub fn successes(self) -> u64 {
        self.successes
    }

    /// Trials, at least one.
    pub fn trials(self) -> u64 {
        self.trials
    }

    /// The share itself, in `[0, 1]`.
    pub fn share(self) -> f64 {
        count(self.successes) / count(self.trials)
    }

    /// Interval of the share that holds it with about the given confidence, also for few trials and at 0 and 1.
    ///
    /// * `confidence`: in `(0, 1)`, such as 0.95.
    ///
    /// # Source
    ///
    /// Wilson, *Probable Inference, the Law of Succession, and Statistical Inference*, 1927.
    pub fn wilson(self, confidence: f64) -> [f64; 2] {
        let (z, n, share) = (z_of(confidence), count(self.trials), self.share());
        let shrink = 1.0 + z * z / n;
        let center = (share + z * z / (2.0 * n)) / shrink;
        let half = z / shrink * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        // At the ends both terms are equal, and only rounding could lead outside.
        let low = if self.successes == 0 {
            0.0
        } else {
            center - half
        };
        let high = if self.successes == self.trials {
            1.0
        } else {
            center + half
        };
        [low, high]
    }
}

/// Interval of `treatment − control` from the Wilson intervals of both.
///
/// * `confidence`: in `(0, 1)`, such as 0.95.
///
/// # Source
///
/// Newcombe, *Interval Estimation for the Difference Between Independent Proportions*, 1998, method 10.
pub fn newcombe(control: Proportion, treatment: Proportion, confidence: f64) -> [f64; 2] {
    let (c, t) = (control.share(), treatment.share());
    let [c_low, c_high] = control.wilson(confidence);
    let [t_low, t_high] = treatment.wilson(confidence);
    [
        t - c - (t - t_low).hypot(c_high - c),
        t - c + (t_high - t).hypot(c - c_low),
    ]
}

/// Tests two shares for being equal, by the pooled standard error.
///
/// # Errors
///
/// [`Error::NoSpread`] when all trials of both succeeded, or all failed.
pub fn compare(control: Proportion, treatment: Proportion) -> Result<Test, Error> {
    let (n_c, n_t) = (count(control.trials), count(treatment.trials));
    let pooled = (count(control.successes) + count(treatment.successes)) / (n_c + n_t);
    let variance = pooled * (1.0 - pooled) * (1.0 / n_c + 1.0 / n_t);
    if variance <= 0.0 {
        return Err(Error::NoSpread);
    }
    let z = (treatment.share() - control.share()) / variance.sqrt();
    Ok(Test {
        z,
        // The upper tail itself: one minus the lower one would be 0 beyond 8 standard errors.
        p_two_sided: 2.0 * normal::upper_tail(z.abs()),
    })
}

fn z_of(confidence: f64) -> f64 {
    normal::quantile(0.5 + 0.5 * confidence)
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2⁵³")]
fn count(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn close(actual: f64, expected: &Value, tolerance: f64) -> bool {
        let expected = expected.as_f64().unwrap();
        (actual - expected).abs() <= tolerance * expected.abs().max(1e-3)
    }

    #[test]
    fn shares_agree_with_the_reference() {
        let file: Value =
            serde_json::from_str(include_str!("../tests/golden/two_proportion.json")).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let side = |name: &str| {
                let whole = |kind: &str| case["input"][format!("{kind}_{name}")].as_u64().unwrap();
                Proportion::new(whole("x"), whole("n")).unwrap()
            };
            let (control, treatment) = (side("control"), side("treat"));
            let test = compare(control, treatment).unwrap();
            assert!(close(test.z, &case["pooled_z"], 1e-12), "{case}");
            assert!(
                close(test.p_two_sided, &case["pooled_p_two_sided"], 1e-10),
                "{case}"
            );
            let both = |actual: [f64; 2], expected: &Value| {
                (0..2).all(|i| close(actual[i], &expected[i], 1e-11))
            };
            assert!(
                both(newcombe(control, treatment, 0.95), &case["ci_diff_newcomb"]),
                "{case}"
            );
            assert!(
                both(control.wilson(0.95), &case["per_arm"]["control"]["wilson"]),
                "{case}"
            );
            assert!(
                both(treatment.wilson(0.95), &case["per_arm"]["treat"]["wilson"]),
                "{case}"
            );
        }
    }

    #[test]
    fn the_ends_are_reached_exactly() {
        let [low, high] = Proportion::new(0, 20).unwrap().wilson(0.95);
        assert!(low.abs() < f64::MIN_POSITIVE && (0.16..0.17).contains(&high));
        assert!(Proportion::new(20, 20).unwrap().wilson(0.95)[1] >= 1.0);
    }

    #[test]
    fn what_has_no_answer_is_an_error() {
        assert_eq!(Proportion::new(0, 0), Err(Error::NoTrials));
        let error = Proportion::new(3, 2).unwrap_err();
        assert_eq!(
            error,
            Error::TooManySuccesses {
                successes: 3,
                trials: 2
            }
        );
        let none = Proportion::new(0, 9).unwrap();
        assert_eq!(compare(none, none), Err(Error::NoSpread));
    }
}
