//! Counts the allocations of every decision and prints them as JSON; `engines` starts it.

use std::{alloc::System, io::Write as _};

use anyhow::Result;
use engines::{count::Counter, plan::Plan, workloads};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<()> {
    let full = if std::env::args().any(|word| word == "--quick") {
        Plan::quick()
    } else {
        Plan::full()
    };
    // The same tables; leads are only needed for a few decisions.
    let plan = Plan {
        n_leads: 1_024,
        n_timed: 1_024,
        ..full
    };
    let mut counter = Counter::new(&INSTRUMENTED_SYSTEM);
    workloads::visit(&plan, &mut counter)?;
    let mut stdout = std::io::stdout().lock();
    serde_json::to_writer(&mut stdout, &counter.counts)?;
    stdout.flush()?;
    Ok(())
}
