//! The results: as data for programs, and as tables for people.

use anyhow::{Result, ensure};
use serde::Serialize;

use crate::{
    compare,
    count::Count,
    engine::{Boundary, Name},
    machine::Machine,
    plan::{Build, Case, Plan, Visitor, Work},
    time::{self, Timing},
};

pub mod markdown;

/// Everything that a run found out.
#[derive(Debug, Serialize)]
pub struct Results {
    /// What it was measured on and with.
    pub machine: Machine,
    /// Decisions.
    pub decisions: Vec<Decision>,
    /// Engines made from text.
    pub builds: Vec<Built>,
}

/// An engine at one boundary of one workload.
#[derive(Debug, Clone, Serialize)]
pub struct Decision {
    /// What everybody wants to know.
    #[serde(flatten)]
    pub line: Line,
    /// Decisions in a sample; where there are several, a sample is their mean.
    pub n_batch: usize,
    /// How many samples were taken.
    pub n_samples: usize,
    /// Leads on which the answers were compared.
    pub n_compared: usize,
    /// Share of the leads that no row matches, or that nobody gets.
    pub fall_through: f64,
}

/// What everybody wants to know.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Name of the workload.
    pub workload: String,
    /// Rows of its tables, all together.
    pub rows: usize,
    /// Where the clock starts.
    pub boundary: Boundary,
    /// Who it is.
    pub engine: Name,
    /// Half of the decisions take no longer.
    pub p50_ns: f64,
    /// 99 of 100 decisions take no longer.
    pub p99_ns: f64,
    /// Allocations of a decision, the mean.
    pub allocations: f64,
}

/// An engine made from text.
#[derive(Debug, Clone, Serialize)]
pub struct Built {
    /// Name of the workload.
    pub workload: String,
    /// Rows of its tables.
    pub rows: usize,
    /// Who it is.
    pub engine: Name,
    /// How much was done.
    pub work: Work,
    /// Half of the times it took no longer.
    pub p50_ms: f64,
    /// The longest that it took.
    pub max_ms: f64,
    /// Allocations on the way.
    pub allocations: f64,
    /// Bytes that the engine takes.
    pub bytes_kept: usize,
}

/// Takes the time of all cases.
#[derive(Debug)]
pub struct Timer<'a> {
    plan: &'a Plan,
    /// Says how far it is.
    say: fn(&str),
    decisions: Vec<Decision>,
    builds: Vec<Built>,
}

impl<'a> Timer<'a> {
    /// * `say`: is told how far it is.
    pub fn new(plan: &'a Plan, say: fn(&str)) -> Self {
        Self {
            plan,
            say,
            decisions: Vec::new(),
            builds: Vec::new(),
        }
    }

    /// The results, once everything has been timed and counted.
    ///
    /// # Errors
    ///
    /// If something else was counted than was timed.
    pub fn finish(self, machine: Machine, counts: &[Count]) -> Result<Results> {
        let (built, decided): (Vec<&Count>, Vec<&Count>) =
            counts.iter().partition(|count| count.boundary.is_none());
        ensure!(
            built.len() == self.builds.len() && decided.len() == self.decisions.len(),
            "as much must be counted as is timed"
        );
        let builds = self
            .builds
            .into_iter()
            .zip(built)
            .map(|(built, count)| Built {
                allocations: count.allocations,
                bytes_kept: count.bytes_kept,
                ..built
            });
        let mut decisions: Vec<Decision> = Vec::new();
        for (mut decision, count) in self.decisions.into_iter().zip(decided) {
            decision.line.allocations = count.allocations;
            let same = |known: &&mut Decision| known.line.is_about_the_same(&decision.line);
            // Of several ways of one engine, the faster one counts.
            match decisions.iter_mut().find(same) {
                Some(known) if known.line.p50_ns <= decision.line.p50_ns => {}
                Some(known) => *known = decision,
                None => decisions.push(decision),
            }
        }
        Ok(Results {
            machine,
            decisions,
            builds: builds.collect(),
        })
    }
}

impl Visitor for Timer<'_> {
    fn build(&mut self, build: &Build<'_>) -> Result<()> {
        let mut times = Vec::new();
        for _ in 0..self.plan.n_turns {
            let start = std::time::Instant::now();
            let built = (build.make)()?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
            drop(built);
        }
        times.sort_unstable_by(f64::total_cmp);
        self.builds.push(Built {
            workload: build.workload.to_owned(),
            rows: build.rows,
            engine: build.engine,
            work: build.work,
            p50_ms: time::quantile(&times, 50),
            max_ms: time::quantile(&times, 100),
            allocations: 0.0,
            bytes_kept: 0,
        });
        Ok(())
    }

    fn case(&mut self, case: &Case<'_>) -> Result<()> {
        let Case {
            workload,
            rows,
            n_leads: _,
            contenders,
        } = case;
        (self.say)(&format!("{workload}, {rows} rows: comparing answers"));
        let compared = compare::compare(case, self.plan)?;
        (self.say)(&format!("{workload}, {rows} rows: taking times"));
        let timings = time::time(contenders, self.plan);
        let both = timings.iter().zip(compared.n_compared);
        for (contender, (timing, n_compared)) in contenders.iter().zip(both) {
            let Timing {
                p50_ns,
                p99_ns,
                n_batch,
                n_samples,
            } = *timing;
            self.decisions.push(Decision {
                line: Line {
                    workload: (*workload).to_owned(),
                    rows: *rows,
                    boundary: contender.boundary,
                    engine: contender.engine,
                    p50_ns,
                    p99_ns,
                    allocations: 0.0,
                },
                n_batch,
                n_samples,
                n_compared,
                fall_through: compared.fall_through,
            });
        }
        Ok(())
    }
}

impl Results {
    /// Everything as lines for programs; what is done with a text is the workload `W1-compile`,
    /// `W1-check` and so on.
    pub fn lines(&self) -> Vec<Line> {
        let decisions = self.decisions.iter().map(|decision| decision.line.clone());
        let builds = self.builds.iter().map(|built| Line {
            workload: format!("{}-{}", built.workload, built.work),
            rows: built.rows,
            boundary: Boundary::Json,
            engine: built.engine,
            p50_ns: built.p50_ms * 1e6,
            p99_ns: built.max_ms * 1e6,
            allocations: built.allocations,
        });
        decisions.chain(builds).collect()
    }

    /// One engine at one boundary of one workload.
    pub fn find(
        &self,
        (workload, rows, boundary): (&str, usize, Boundary),
        engine: Name,
    ) -> Option<&Line> {
        let mut lines = self.decisions.iter().map(|decision| &decision.line);
        lines.find(|line| {
            (line.workload.as_str(), line.rows, line.boundary) == (workload, rows, boundary)
                && line.engine == engine
        })
    }
}

impl Line {
    fn is_about_the_same(&self, other: &Self) -> bool {
        (&self.workload, self.rows, self.boundary, self.engine)
            == (&other.workload, other.rows, other.boundary, other.engine)
    }
}
