//! What came of a scenario: its criteria, each with what was found.

use std::{fmt, time::Duration};

use checker::{Counts, Report};
use serde::Serialize;

use crate::plan::Plan;

/// Something that a scenario promises.
#[derive(Debug, Clone, Serialize)]
pub struct Criterion {
    /// What is promised.
    pub promise: String,
    /// What was found.
    pub found: String,
    /// Whether that is as promised.
    pub holds: bool,
}

/// What came of a scenario.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Its name, such as `R1`.
    pub name: String,
    /// On what it was run, such as `SQLite`.
    pub on: String,
    /// From which seed.
    pub seed: u64,
    /// How often something went wrong.
    pub rounds: u64,
    /// How long it took, seconds.
    pub seconds: u64,
    /// All that it promises.
    pub criteria: Vec<Criterion>,
    /// How much the checker has looked at; absent where nothing was stored.
    pub counts: Option<Counts>,
    #[serde(skip)]
    is_whole: bool,
}

impl Outcome {
    /// One of which nothing is known yet.
    pub fn of(name: &str, on: &str, plan: &Plan) -> Self {
        Self {
            name: name.to_owned(),
            on: on.to_owned(),
            seed: plan.seed,
            rounds: plan.rounds,
            seconds: 0,
            criteria: Vec::new(),
            counts: None,
            is_whole: plan.is_whole,
        }
    }

    /// Adds what must hold always.
    pub fn must(&mut self, promise: impl Into<String>, found: impl fmt::Display, holds: bool) {
        self.criteria.push(Criterion {
            promise: promise.into(),
            found: found.to_string(),
            holds,
        });
    }

    /// Adds a time that must not be exceeded; where others share the machine it is only told.
    pub fn within(&mut self, promise: &str, found: Duration, most: Duration) {
        let holds = found <= most || !self.is_whole;
        self.must(
            format!("{promise} within {most:?}"),
            format_args!("{found:?}"),
            holds,
        );
    }

    /// Adds what the checker has found.
    pub fn checked(&mut self, report: &Report) {
        let found: Vec<String> = report
            .violations
            .iter()
            .take(20)
            .map(ToString::to_string)
            .collect();
        let told = match found.len() {
            0 => "nothing".to_owned(),
            _ => format!(
                "{} violations: {}",
                report.violations.len(),
                found.join("; ")
            ),
        };
        self.must("the checker finds nothing", told, found.is_empty());
        let Counts {
            duplicates,
            in_flight_at_kills,
            ..
        } = report.counts;
        self.must(
            "duplicates at buyers are at most what was under way at kills",
            format_args!("{duplicates} of {in_flight_at_kills}"),
            duplicates <= in_flight_at_kills,
        );
        self.counts = Some(report.counts.clone());
    }

    /// Whether everything is as promised.
    pub fn holds(&self) -> bool {
        self.criteria.iter().all(|criterion| criterion.holds)
    }

    /// Fails with everything that is not as promised, and with how to see it again.
    ///
    /// # Panics
    ///
    /// If anything is not as promised.
    pub fn assert_holds(&self) {
        assert!(self.holds(), "{self}");
    }

    /// The command that runs it again.
    pub fn again(&self) -> String {
        let Self {
            name, seed, rounds, ..
        } = self;
        format!("cargo xtask soak --only {name} --rounds {rounds} --seed {seed}")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            on,
            seed,
            rounds,
            seconds,
            ..
        } = self;
        writeln!(
            formatter,
            "{name} on {on}, seed {seed}, {rounds} rounds, {seconds} s"
        )?;
        for Criterion {
            promise,
            found,
            holds,
        } in &self.criteria
        {
            let word = if *holds { "ok" } else { "FAILED" };
            writeln!(formatter, "  {word:<7}{promise}: {found}")?;
        }
        if let Some(counts) = &self.counts {
            writeln!(formatter, "         {counts}")?;
        }
        if !self.holds() {
            writeln!(formatter, "  again: {}", self.again())?;
        }
        Ok(())
    }
}
