//! What is believed of two conversion rates: exact, and in money.
//!
//! Looking often is no sin against what is believed, but a rule that stops at a chance to win errs as often as its prior is wrong.

use super::{Error, inside};
use crate::arms::{self, Arm};
use crate::beta::Beta;
use crate::pair;
use crate::proportion::Proportion;

/// What is believed of the rate of a control and of a treatment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    control: Beta,
    treatment: Beta,
    payouts: [f64; 2],
}

/// Who is better, and what a mistake costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Odds {
    /// Probability that the treatment earns more than the control.
    pub chance_to_win: f64,
    /// What is lost on average, per trial, by choosing the control, and by choosing the treatment; in the unit of the payouts.
    pub expected_loss: [f64; 2],
}

impl Rates {
    /// The beliefs after successes among trials.
    ///
    /// * `prior`: successes and failures that one begins with, each from 1 to 1e7; one of each if nothing is known.
    /// * `payouts`: what a success of the control and of the treatment is worth, above 0; both 1 to compare rates.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for numbers outside these ranges.
    pub fn after(
        control: Proportion,
        treatment: Proportion,
        prior: [f64; 2],
        payouts: [f64; 2],
    ) -> Result<Self, Error> {
        for value in prior {
            if !(1.0..=1e7).contains(&value) {
                return Err(Error::Argument {
                    name: "a count of the prior",
                    value,
                    rule: "from 1 to 1e7",
                });
            }
        }
        for value in payouts {
            super::positive("a payout", value)?;
        }
        let law = |it: Proportion| {
            let failures = it.trials() - it.successes();
            Beta::new(
                prior[0] + super::count(it.successes()),
                prior[1] + super::count(failures),
            )
        };
        Ok(Self {
            control: law(control),
            treatment: law(treatment),
            payouts,
        })
    }

    /// Who is better, and what a mistake costs; to 1e-12 of the larger payout.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for payouts too far apart to be compared.
    pub fn odds(&self) -> Result<Odds, Error> {
        let [control, treatment] = [
            (self.control, self.payouts[0]),
            (self.treatment, self.payouts[1]),
        ]
        .map(|(law, payout)| Arm {
            a: law.a(),
            b: law.b(),
            payout,
        });
        let best = arms::best(&[control, treatment]).map_err(|_| self.too_far())?;
        Ok(Odds {
            chance_to_win: best.probabilities[1],
            expected_loss: [
                best.expected_loss[0].max(0.0),
                best.expected_loss[1].max(0.0),
            ],
        })
    }

    /// Probability that the treatment's rate exceeds the control's by more than a difference, in [−1, 1]; payouts do not count.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a difference outside its range.
    pub fn exceeds_by(&self, difference: f64) -> Result<f64, Error> {
        if !(-1.0..=1.0).contains(&difference) {
            return Err(Error::Argument {
                name: "the difference",
                value: difference,
                rule: "in [−1, 1]",
            });
        }
        Ok(pair::exceeds_by(&self.control, &self.treatment, difference))
    }

    /// The relative difference of the rates, `treatment / control − 1`, that has the middle of this probability; payouts do not count.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a probability that is not inside (0, 1).
    pub fn uplift_interval(&self, probability: f64) -> Result<[f64; 2], Error> {
        let tail = 0.5 - 0.5 * inside("the probability", probability)?;
        Ok([
            self.uplift_quantile(tail)?,
            self.uplift_quantile(1.0 - tail)?,
        ])
    }

    /// The relative difference of the rates with probability `p` below it; payouts do not count.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a probability that is not inside (0, 1).
    pub fn uplift_quantile(&self, p: f64) -> Result<f64, Error> {
        pair::uplift_quantile(&self.control, &self.treatment, inside("p", p)?)
            .map_err(|_| self.too_far())
    }

    /// What is believed of the control's rate, and of the treatment's.
    pub fn laws(&self) -> [Beta; 2] {
        [self.control, self.treatment]
    }

    fn too_far(&self) -> Error {
        Error::Argument {
            name: "the ratio of the payouts",
            value: self.payouts[1] / self.payouts[0],
            rule: "near enough to 1 to compare by",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(successes: u64, trials: u64) -> Proportion {
        Proportion::new(successes, trials).unwrap()
    }

    #[test]
    fn a_lower_rate_that_pays_more_wins_in_money() {
        let rates = |payouts| Rates::after(of(100, 1_000), of(50, 1_000), [1.0; 2], payouts);
        let plain = rates([1.0, 1.0]).unwrap().odds().unwrap();
        assert!(plain.chance_to_win < 1e-4 && plain.expected_loss[0] < 1e-6);
        let paid = rates([10.0, 40.0]).unwrap().odds().unwrap();
        assert!(paid.chance_to_win > 0.999 && paid.expected_loss[1] < 1e-3);
        // 1.00 a lead for the control, 2.00 for the treatment.
        assert!((paid.expected_loss[0] - 1.0).abs() < 0.05);
    }

    #[test]
    fn an_arm_without_conversions_does_not_win_by_having_no_error() {
        let odds = Rates::after(of(0, 500), of(25, 500), [1.0; 2], [1.0; 2]);
        assert!(odds.unwrap().odds().unwrap().chance_to_win > 0.999_999);
    }

    #[test]
    fn arguments_are_checked() {
        let (c, t) = (of(1, 10), of(2, 10));
        assert!(Rates::after(c, t, [0.5, 1.0], [1.0; 2]).is_err());
        assert!(Rates::after(c, t, [1.0; 2], [1.0, f64::NAN]).is_err());
        let rates = Rates::after(c, t, [1.0; 2], [1.0; 2]).unwrap();
        assert!(rates.exceeds_by(1.5).is_err() && rates.uplift_quantile(0.0).is_err());
        let [low, high] = rates.uplift_interval(0.9).unwrap();
        assert!(low < rates.uplift_quantile(0.5).unwrap() && high > low);
    }
}
