//! `cargo xtask bench replay`: how many leads a second a replay values, beside a scan of the same columns by polars.
//!
//! Each measurement is a process of its own, so that its peak of memory is its own. All read the same file, which is made first.

mod engine;
mod made;
mod measured;
mod peers;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, ValueEnum};

use crate::{
    engine::{Engine, Task},
    measured::Measured,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How the results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Json,
}

#[derive(Debug, Parser)]
#[command(about = "Leads a second that a replay values, beside a scan of the same columns")]
struct Arguments {
    /// Leads of the log.
    #[arg(long, default_value_t = 10_000_000)]
    rows: usize,
    /// One tenth of that, and one measurement each.
    #[arg(long)]
    quick: bool,
    /// How often each engine runs, in turns; the fastest counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Where the logs are made, and kept.
    #[arg(long, default_value = "target/bench-replay")]
    folder: PathBuf,
    /// A Python with packages of peers; those that it lacks are told and left out.
    #[arg(long)]
    python: Option<PathBuf>,
    /// How the results are printed.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// Measures one engine and nothing else: what the program starts itself with.
    #[arg(long, hide = true, num_args = 2, value_names = ["TASK", "ENGINE"])]
    measure: Option<Vec<String>>,
}

fn main() -> Result<()> {
    let mut arguments = Arguments::parse();
    if arguments.quick {
        arguments.rows /= 10;
        arguments.rounds = 1;
    }
    if let Some(names) = &arguments.measure {
        let (task, engine) = (Task::named(&names[0])?, Engine::named(&names[1])?);
        let measured = engine.measure(task, &arguments.folder, arguments.rows)?;
        return measured::print_line(&measured);
    }
    made::files(&arguments.folder, arguments.rows)?;
    let mut all: Vec<Measured> = Vec::new();
    for round in 0..arguments.rounds.max(1) {
        for (task, engine) in engine::MEASURED {
            eprintln!("round {}: {} by {}", round + 1, task.word(), engine.word());
            let measured = measured::in_a_process(task, engine, &arguments.folder, arguments.rows)?;
            measured::keep_fastest(&mut all, measured);
        }
    }
    if let Some(python) = &arguments.python {
        for measured in peers::measure(python, &arguments.folder, arguments.rows)? {
            measured::keep_fastest(&mut all, measured);
        }
    }
    measured::print(&all, arguments.output == Output::Json)
}
