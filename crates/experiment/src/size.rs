//! How many leads an experiment needs, from what leads of before were like.

use pointsman_stats::experiment::{
    Mean, SampleMoments,
    clusters::ClusterSums,
    power::{self, Design},
};
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
    /// How many times more leads are needed since leads of a person are alike; 1 where each lead is a unit.
    pub design_effect: f64,
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
    /// How many times more leads that is than if no two leads were of one person; 1 where each lead is a unit.
    #[serde(default = "one")]
    pub design_effect: f64,
}

fn one() -> f64 {
    1.0
}

/// What leads of before came to by the person that each is of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PastUnits {
    units: ClusterSums,
    leads: SampleMoments<1>,
}

impl PastUnits {
    /// Adds a lead.
    ///
    /// * `unit`: a number of the person.
    /// * `value`: 1 or 0 of a rate, or money in units of the currency; one that is no number is passed over.
    pub fn add(&mut self, unit: u64, value: f64) {
        if self.leads.add([value]).is_ok() {
            // The same value was taken a line before.
            let _ = self.units.add(unit, value);
        }
    }

    /// Leads so far.
    pub fn leads(&self) -> u64 {
        self.leads.n()
    }

    /// People so far.
    pub fn units(&self) -> u64 {
        self.units.n()
    }

    /// How many times more leads are needed than if each were a unit: the variance of the mean by people over that by leads. At
    /// least 1, since a few people may look more alike than they are.
    ///
    /// # Errors
    ///
    /// In words, why that is not known.
    pub fn design_effect(&self) -> Result<f64, String> {
        const UNITS_MIN: u64 = 50;
        if self.units() < UNITS_MIN {
            return Err(format!(
                "the leads of before are of {} people, and {UNITS_MIN} are needed to tell how alike leads of one are",
                self.units()
            ));
        }
        let found = || -> Result<f64, pointsman_stats::experiment::Error> {
            let by_units = self.units.mean()?.variance();
            let by_leads = Mean::of(&self.leads)?.variance();
            Ok(by_units / by_leads)
        };
        let found = found().map_err(|error| error.to_string())?;
        if found.is_finite() {
            Ok(found.max(1.0))
        } else {
            Err("the leads of before do not vary".to_owned())
        }
    }
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
        let variances = [variance * past.design_effect; 2];
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
            design_effect: past.design_effect,
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
            design_effect: 1.0,
        };
        let found = size(&past, &sought()).unwrap();
        // (1.96 + 0.8416)² · 0.16 · 4 / 0.05² = 2,009.
        assert!(found.leads_for_one_look.abs_diff(2_011) < 5, "{found:?}");
        assert!((found.days_for_one_look - 27.1).abs() < 0.1, "{found:?}");
        let ratio = count(found.leads) / count(found.leads_for_one_look);
        assert!((1.5..2.1).contains(&ratio), "{found:?}");
    }

    #[test]
    fn leads_that_are_alike_within_people_need_as_many_times_more() {
        let (mut alike, mut apart) = (PastUnits::default(), PastUnits::default());
        for n in 0..3_000_u64 {
            // Ten leads a person, all of them sold or none.
            let person = n / 10;
            alike.add(person, if person % 5 == 0 { 1.0 } else { 0.0 });
            apart.add(person, if n % 5 == 0 { 1.0 } else { 0.0 });
        }
        let found = alike.design_effect().unwrap();
        assert!((found - 10.0).abs() < 0.1, "{found}");
        // People who are all the same tell no more than leads, as far as is believed.
        assert!((apart.design_effect().unwrap() - 1.0).abs() < 1e-12);
        let past = |design_effect| PastLeads {
            leads: 3_000,
            days: 10.0,
            sum: 600.0,
            squared: 600.0,
            design_effect,
        };
        let [one, ten] = [1.0, found].map(|it| size(&past(it), &sought()).unwrap());
        let ratio = count(ten.leads_for_one_look) / count(one.leads_for_one_look);
        assert!((ratio - found).abs() < 0.02, "{ratio}");
        let mut few = PastUnits::default();
        (0..400).for_each(|n| few.add(n % 40, 1.0));
        assert!(few.design_effect().unwrap_err().contains("40 people"));
    }

    #[test]
    fn what_says_nothing_gives_no_size() {
        let few = PastLeads {
            leads: 99,
            days: 1.0,
            sum: 20.0,
            squared: 20.0,
            design_effect: 1.0,
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
