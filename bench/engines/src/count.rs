//! Counting allocations, by a process of its own: the counter makes each allocation dearer.

use std::{
    alloc::System,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use stats_alloc::{Region, StatsAlloc};

use crate::{
    engine::{Answer, Boundary, Name},
    plan::{Build, Case, Visitor},
};

/// Decisions whose allocations are counted together.
const N_COUNTED: usize = 256;

/// What was counted of one engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// Name of the workload.
    pub workload: String,
    /// Rows of its tables.
    pub rows: usize,
    /// Whose it is.
    pub engine: Name,
    /// Where a decision starts; none: the engine was built from text.
    pub boundary: Option<Boundary>,
    /// Allocations of a decision or of the building, moved ones included; the mean.
    pub allocations: f64,
    /// Bytes that are still in use afterwards: what the built engine takes.
    pub bytes_kept: usize,
}

/// Counts with the allocator of this process.
pub struct Counter {
    allocator: &'static StatsAlloc<System>,
    /// What has been counted.
    pub counts: Vec<Count>,
}

impl Counter {
    /// * `allocator`: the global one.
    pub fn new(allocator: &'static StatsAlloc<System>) -> Self {
        Self {
            allocator,
            counts: Vec::new(),
        }
    }
}

impl Visitor for Counter {
    fn build(&mut self, build: &Build<'_>) -> Result<()> {
        let region = Region::new(self.allocator);
        let built = (build.make)()?;
        let change = region.change();
        drop(built);
        self.counts.push(Count {
            workload: build.workload.to_owned(),
            rows: build.rows,
            engine: build.engine,
            boundary: None,
            allocations: (change.allocations + change.reallocations) as f64,
            bytes_kept: change
                .bytes_allocated
                .saturating_sub(change.bytes_deallocated),
        });
        Ok(())
    }

    fn case(&mut self, case: &Case<'_>) -> Result<()> {
        let mut answers: [Answer; N_COUNTED] = [0; N_COUNTED];
        for contender in &case.contenders {
            // What is made once, at the first decision, is not the decision's.
            contender.answer(0..1, &mut answers[..1]);
            let region = Region::new(self.allocator);
            contender.answer(0..N_COUNTED, &mut answers);
            let change = region.change();
            self.counts.push(Count {
                workload: case.workload.to_owned(),
                rows: case.rows,
                engine: contender.engine,
                boundary: Some(contender.boundary),
                allocations: (change.allocations + change.reallocations) as f64 / N_COUNTED as f64,
                bytes_kept: 0,
            });
        }
        Ok(())
    }
}

/// Lets the program `allocations`, which lies beside this one, count.
///
/// # Errors
///
/// If it is not there or fails.
pub fn count_apart(quick: bool) -> Result<Vec<Count>> {
    let program = std::env::current_exe()?.with_file_name("allocations");
    let output = Command::new(&program)
        .args(quick.then_some("--quick"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(output.status.success(), "{} failed", program.display());
    Ok(serde_json::from_slice(&output.stdout)?)
}

impl std::fmt::Debug for Counter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Counter")
            .field(&self.counts)
            .finish()
    }
}
