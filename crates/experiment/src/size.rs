//! How many leads an experiment needs, from what leads of before were like.

use pointsman_stats::experiment::power::{self, Design};
use serde::{Deserialize, Serialize};

use crate::{Metric, evidence::count};

/// What leads of before came to in one metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PastLeads {
    /// Leads.
    pub leads: u64,
    /// Days in which they came, above 0.
    pub days: f64,
    /// What they come to: successes of a rate, or money in units of the currency.
    pub sum: f64,
    /// The same, squared before it is added up.
    pub squared: f64,
}

/// What an experiment is to find.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sought {
    /// The metric.
    pub metric: Metric,
    /// The smallest change that matters, as a share of the mean.
    pub effect: f64,
    /// Shares of all leads that the first arm and the other one get, with sum 1 at most.
    pub shares: [f64; 2],
    /// How sure a statement has to be, such as 0.95.
    pub confidence: f64,
    /// The probability that the change is found where it is there, such as 0.8.
    pub power: f64,
    /// How long after its draw a lead counts, in days.
    pub window_days: f64,
}

/// How many leads an experiment needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// The mean of leads of before.
    pub mean: f64,
    /// The smallest difference that matters: of a rate in shares of leads, else in units of the currency per lead.
    pub difference: f64,
    /// Leads of both arms, for one who looks whenever they like.
    pub leads: u64,
    /// Days until they have come and count, at the rate of before.
    pub days: f64,
    /// Leads of both arms, for one who looks once, at the end.
    pub leads_for_one_look: u64,
    /// Days until these have come and count.
    pub days_for_one_look: f64,
}

/// The size of an experiment whose arms vary as leads of before did.
///
/// # Errors
///
/// In words, why there is none: too few leads of before, none of them with a success, or arguments out of range.
pub fn size(past: &PastLeads, sought: &Sought) -> Result<Size, String> {
    const LEADS_MIN: u64 = 100;
    if past.leads < LEADS_MIN {
        return Err(format!(
            "{} leads of before say too little; {LEADS_MIN} are needed",
            past.leads
        ));
    }
    let n = count(past.leads);
    let mean = past.sum / n;
    let variance = ((past.squared - past.sum * mean) / (n - 1.0)).max(0.0);
    let difference = mean * sought.effect;
    if difference <= 0.0 || variance <= 0.0 {
        return Err(format!(
            "the {} of the leads of before does not vary, so no number of leads follows from it",
            sought.metric.words()
        ));
    }
    let found = || -> Result<Size, pointsman_stats::experiment::Error> {
        let design = Design::new(1.0 - sought.confidence, sought.power, 1.0)?;
        let variances = [variance; 2];
        let leads = power::total_always_valid(design, variances, difference, sought.shares)?;
        let once = power::total(design, variances, difference, sought.shares)?;
        let share = sought.shares[0] + sought.shares[1];
        let per_day = n / past.days * share;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive number of leads"
        )]
        let leads_for_one_look = once.ceil() as u64;
        Ok(Size {
            mean,
            difference,
            leads,
            days: power::days(count(leads), 0, per_day, sought.window_days)?,
            leads_for_one_look,
            days_for_one_look: power::days(once, 0, per_day, sought.window_days)?,
        })
    };
    found().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought() -> Sought {
        Sought {
            metric: Metric::AcceptRate,
            effect: 0.25,
            shares: [0.5, 0.5],
            confidence: 0.95,
            power: 0.8,
            window_days: 7.0,
        }
    }

    #[test]
    fn a_size_is_that_of_the_usual_formula_and_looking_costs_more() {
        // A rate of 20 % that rises to 25 %; 1,000 leads in ten days.
        let past = PastLeads {
            leads: 1_000,
            days: 10.0,
            sum: 200.0,
            squared: 200.0,
        };
        let found = size(&past, &sought()).unwrap();
        // (1.96 + 0.8416)² · 0.16 · 4 / 0.05² = 2,009.
        assert!(found.leads_for_one_look.abs_diff(2_011) < 5, "{found:?}");
        assert!((found.days_for_one_look - 27.1).abs() < 0.1, "{found:?}");
        let ratio = count(found.leads) / count(found.leads_for_one_look);
        assert!((1.5..2.1).contains(&ratio), "{found:?}");
    }

    #[test]
    fn what_says_nothing_gives_no_size() {
        let few = PastLeads {
            leads: 99,
            days: 1.0,
            sum: 20.0,
            squared: 20.0,
        };
        assert!(size(&few, &sought()).unwrap_err().contains("99 leads"));
        let none = PastLeads {
            leads: 1_000,
            sum: 0.0,
            squared: 0.0,
            ..few
        };
        assert!(
            size(&none, &sought())
                .unwrap_err()
                .contains("does not vary")
        );
        let bad = Sought {
            power: 2.0,
            ..sought()
        };
        let some = PastLeads {
            leads: 1_000,
            ..few
        };
        assert!(size(&some, &bad).is_err());
    }
}
