//! How much is measured, and who looks at it.

use std::{any::Any, time::Duration};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::engine::{Contender, Name};

/// How much is measured.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Leads on which all answers are compared.
    pub n_leads: usize,
    /// The first of them, on which time is taken again and again; all distinct.
    pub n_timed: usize,
    /// How often each contender has its turn. The turn with the lowest median counts.
    pub n_turns: usize,
    /// The length of a turn.
    pub turn: Duration,
    /// After so long the answers of a slow contender have been compared enough.
    pub time_limit: Duration,
    /// Rows of the selective grid at which every boundary is measured.
    pub rows: &'static [usize],
    /// Further rows at which only the decision itself is measured, for the plot.
    pub growth: &'static [usize],
}

impl Plan {
    /// For numbers that are quoted.
    pub fn full() -> Self {
        Self {
            n_leads: 100_000,
            n_timed: 16_384,
            n_turns: 5,
            turn: Duration::from_millis(200),
            time_limit: Duration::from_secs(4),
            rows: &[100, 1_000, 10_000],
            growth: &[300, 3_000, 30_000, 65_535, 100_000],
        }
    }

    /// To see that all works, within two minutes or so.
    pub fn quick() -> Self {
        Self {
            n_leads: 20_000,
            n_timed: 10_240,
            n_turns: 2,
            turn: Duration::from_millis(40),
            time_limit: Duration::from_millis(400),
            rows: &[100, 1_000, 10_000],
            growth: &[],
        }
    }
}

/// A workload of one size with all who take part in it.
#[derive(Debug)]
pub struct Case<'a> {
    /// Name of the workload.
    pub workload: &'static str,
    /// Rows of its tables, all together.
    pub rows: usize,
    /// How many leads there are.
    pub n_leads: usize,
    /// Everybody, each at one boundary. The first is the one whose answers the others must give.
    pub contenders: Vec<Contender<'a>>,
}

/// What is done with the text of an engine's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// From the text to an engine that is ready.
    Compile,
    /// The same with everything that can be proved about the rules.
    Check,
}

/// What makes an engine out of a text.
pub struct Build<'a> {
    /// Name of the workload.
    pub workload: &'static str,
    /// Rows of its tables, all together.
    pub rows: usize,
    /// Whose it is.
    pub engine: Name,
    /// How much is done.
    pub work: Work,
    /// Makes it, from text to ready.
    pub make: &'a dyn Fn() -> Result<Box<dyn Any>>,
}

/// Who looks at the cases, one after the other: one takes time, another counts allocations.
pub trait Visitor {
    /// Looks at the building of an engine.
    ///
    /// # Errors
    ///
    /// If it cannot be built.
    fn build(&mut self, build: &Build<'_>) -> Result<()>;

    /// Looks at a case.
    ///
    /// # Errors
    ///
    /// If the answers are not the same everywhere.
    fn case(&mut self, case: &Case<'_>) -> Result<()>;
}

impl std::fmt::Debug for Build<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} rows for {}", self.rows, self.engine)
    }
}

impl std::fmt::Display for Work {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Compile => "compile",
            Self::Check => "check",
        })
    }
}
