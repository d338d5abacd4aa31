//! A world as a file: who buys leads, what they pay and when, and how many leads there are.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use pointsman_bandit::Objective;
use serde::Deserialize;

use crate::law::{Delay, Number, Payout};

/// A world of which everything is known. The reference of the format is in the book.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct World {
    /// Name of the file without `.toml`.
    #[serde(skip)]
    pub(crate) name: String,
    /// What the world is for, in a sentence.
    #[serde(default)]
    pub(crate) about: String,
    /// How long a run is.
    pub(crate) days: f64,
    /// Leads a day, evenly over the day.
    pub(crate) leads_a_day: f64,
    /// How often weights are found anew; 0: before each lead.
    #[serde(default = "an_hour")]
    pub(crate) update_minutes: f64,
    /// What our policy maximises; what counts in the results is money all the same.
    #[serde(default = "money")]
    pub(crate) objective: Objective,
    /// Part of the leads that our policy spreads evenly over the arms.
    #[serde(default)]
    pub(crate) explore: f64,
    /// Runs of each policy, unless the command line says otherwise.
    pub(crate) reps: Option<usize>,
    /// The same for policies that are slow here, by their names.
    #[serde(default)]
    pub(crate) reps_of: BTreeMap<String, usize>,
    /// What becomes of refused leads.
    #[serde(default)]
    pub(crate) fallback: Fallback,
    /// Who may get a lead.
    pub(crate) arms: Vec<Arm>,
    /// Kinds of leads; one without a name if there are none.
    #[serde(default)]
    pub(crate) segments: Vec<Segment>,
    /// What changes, and when.
    #[serde(default)]
    pub(crate) drift: Vec<Drift>,
    /// Settings of our bandit that differ from its defaults, by their names there.
    #[serde(default)]
    pub(crate) settings: toml::Table,
    /// What other software or a published study found in this world, and what ours must reach.
    #[serde(default)]
    pub(crate) expect: Vec<Expectation>,
}

fn money() -> Objective {
    Objective::NetRevenue
}

fn an_hour() -> f64 {
    60.0
}

/// What becomes of a lead that its first arm refuses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fallback {
    /// Nothing: it earns nothing.
    #[default]
    None,
    /// The policy draws again, among the arms that are left.
    Redraw,
    /// The other arms get it in even draws.
    Evenly,
    /// The other arms get it in the order of the file.
    Listed,
}

/// An arm: one buyer, or `count` that are alike.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arm {
    /// Name; with `count` a number is added.
    pub(crate) name: String,
    /// How many arms there are with these numbers, each drawn for itself.
    #[serde(default = "one")]
    pub(crate) count: usize,
    /// Part of the leads that it accepts.
    #[serde(default = "always")]
    pub(crate) accept: Number,
    /// Part of the leads on which it never answers: they earn nothing, and nobody else may get them.
    #[serde(default = "never")]
    pub(crate) no_answer: Number,
    /// What it pays on acceptance.
    #[serde(default = "nothing")]
    pub(crate) at_once: Payout,
    /// What else an accepted lead may bring.
    #[serde(default)]
    pub(crate) conversions: Vec<Conversion>,
    /// Most leads a day that it is offered.
    #[serde(default)]
    pub(crate) cap_a_day: Option<u32>,
    /// What differs in a segment, by the segment's name.
    #[serde(default)]
    pub(crate) segments: BTreeMap<String, InSegment>,
}

fn one() -> usize {
    1
}

fn always() -> Number {
    Number::Fixed(1.0)
}

fn never() -> Number {
    Number::Fixed(0.0)
}

fn nothing() -> Payout {
    Payout::Fixed(0.0)
}

/// A kind of conversion: a sale, a rebill, or with a negative payout a return.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conversion {
    /// What it is called.
    #[serde(default = "sale")]
    pub(crate) kind: String,
    /// Part of the accepted leads that have it, each kind for itself.
    pub(crate) rate: Number,
    /// What one pays.
    pub(crate) payout: Payout,
    /// How long it takes.
    pub(crate) delay: Delay,
}

fn sale() -> String {
    "sale".to_owned()
}

/// What differs in a segment; what is not named stays.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InSegment {
    pub(crate) accept: Option<Number>,
    pub(crate) no_answer: Option<Number>,
    pub(crate) at_once: Option<Payout>,
    pub(crate) conversions: Option<Vec<Conversion>>,
}

/// A kind of leads.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Segment {
    /// Name; with `count` a number is added.
    pub(crate) name: String,
    /// How many such segments there are, each with this share.
    #[serde(default = "one")]
    pub(crate) count: usize,
    /// Part of the leads, in any common unit.
    pub(crate) share: f64,
    /// Day on which its first leads come.
    #[serde(default)]
    pub(crate) from_day: f64,
}

/// A change of one arm from a day on, for leads given to it then. Changes multiply.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Drift {
    pub(crate) arm: String,
    pub(crate) day: f64,
    /// Factor of the part that it accepts.
    #[serde(default = "same")]
    pub(crate) accept: f64,
    /// Factor of the rates of its conversions.
    #[serde(default = "same")]
    pub(crate) rate: f64,
    /// Factor of all that it pays.
    #[serde(default = "same")]
    pub(crate) payout: f64,
}

fn same() -> f64 {
    1.0
}

/// A number that a policy is known, or has, to reach.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    /// The policy.
    pub(crate) policy: String,
    /// Of which number: a field of the results.
    pub(crate) of: String,
    /// The least.
    pub(crate) min: Option<f64>,
    /// The most.
    pub(crate) max: Option<f64>,
    /// Where it is from.
    #[serde(default)]
    pub(crate) source: String,
}

impl World {
    /// Reads a world and checks it.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Self::parse(&name, &text).with_context(|| format!("in {}", path.display()))
    }

    pub(crate) fn parse(name: &str, text: &str) -> Result<Self> {
        let mut world: Self = toml::from_str(text)?;
        name.clone_into(&mut world.name);
        world.check()?;
        world.arms = world.arms.into_iter().flat_map(Arm::repeated).collect();
        let segments = world.segments.into_iter();
        world.segments = segments.flat_map(Segment::repeated).collect();
        if world.segments.is_empty() {
            world.segments.push(Segment {
                name: String::new(),
                count: 1,
                share: 1.0,
                from_day: 0.0,
            });
        }
        Ok(world)
    }

    /// How many leads a run has.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it was checked to be at most 10⁸"
    )]
    pub(crate) fn n_leads(&self) -> usize {
        (self.days * self.leads_a_day).round() as usize
    }

    fn check(&self) -> Result<()> {
        let n_leads = self.days * self.leads_a_day;
        ensure!(
            self.days > 0.0 && (1.0..=1e8).contains(&n_leads),
            "{} days of {} leads",
            self.days,
            self.leads_a_day
        );
        ensure!(
            self.update_minutes >= 0.0 && self.update_minutes.is_finite(),
            "update_minutes is {}",
            self.update_minutes
        );
        ensure!(
            (0.0..=1.0).contains(&self.explore),
            "explore is {}, but a part of 1",
            self.explore
        );
        ensure!(!self.arms.is_empty(), "there is no arm");
        for arm in &self.arms {
            arm.check(&self.segments)
                .with_context(|| format!("arm {}", arm.name))?;
        }
        for segment in &self.segments {
            ensure!(
                segment.share > 0.0,
                "segment {} has a share of {}",
                segment.name,
                segment.share
            );
        }
        if !self.segments.is_empty() {
            ensure!(
                self.segments.iter().any(|it| it.from_day <= 0.0),
                "no segment is there from the first day on"
            );
        }
        for drift in &self.drift {
            ensure!(
                self.arms.iter().any(|arm| arm.name == drift.arm),
                "drift of {}, which is no arm",
                drift.arm
            );
        }
        Ok(())
    }
}

impl Segment {
    fn repeated(self) -> Vec<Self> {
        if self.count == 1 {
            return vec![self];
        }
        let numbered = |k| Self {
            name: format!("{}-{k}", self.name),
            count: 1,
            ..self.clone()
        };
        (1..=self.count).map(numbered).collect()
    }
}

impl Arm {
    fn repeated(self) -> Vec<Self> {
        if self.count == 1 {
            return vec![self];
        }
        let numbered = |k| Self {
            name: format!("{}-{k}", self.name),
            count: 1,
            ..self.clone()
        };
        (1..=self.count).map(numbered).collect()
    }

    fn check(&self, segments: &[Segment]) -> Result<()> {
        check_numbers(self.accept, self.no_answer, &self.at_once)?;
        self.conversions.iter().try_for_each(Conversion::check)?;
        for (name, it) in &self.segments {
            if !segments.iter().any(|segment| segment.name == *name) {
                bail!("{name} is no segment");
            }
            check_numbers(
                it.accept.unwrap_or(self.accept),
                it.no_answer.unwrap_or(self.no_answer),
                it.at_once.as_ref().unwrap_or(&self.at_once),
            )?;
            let mut conversions = it.conversions.iter().flatten();
            conversions.try_for_each(Conversion::check)?;
        }
        Ok(())
    }
}

fn check_numbers(accept: Number, no_answer: Number, at_once: &Payout) -> Result<()> {
    let ([least, most], [_, unanswered]) = (accept.range(), no_answer.range());
    ensure!(
        least >= 0.0 && unanswered >= 0.0 && most + unanswered <= 1.0,
        "accept and no_answer are parts of the leads, together at most 1"
    );
    at_once.check()
}

impl Conversion {
    fn check(&self) -> Result<()> {
        let [least, most] = self.rate.range();
        ensure!(
            least >= 0.0 && most <= 1.0,
            "the rate of a {} is a part of 1",
            self.kind
        );
        self.payout.check()?;
        self.delay.check()
    }
}

#[cfg(test)]
mod tests;
