//! How often a verdict is wrong, and how often an interval misses, in worlds whose truth is known: a table.
//!
//! `cargo xtask worlds verdict` runs it. With `--quick` each cell has a twentieth of the logs, and nothing above 20,000 leads.
//! `--only TEXT` leaves out the worlds without that in their name.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a table for people, and how far it is"
)]

#[path = "../tests/worlds/cell.rs"]
mod cell;
#[path = "../tests/worlds/chance.rs"]
mod chance;

use std::{
    process::ExitCode,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use cell::{EVIDENCE, Outcomes, World, misses_95, share, worlds};
use chance::{at_least, seed};

/// Leads of a log, and how many such logs a world has.
const SIZES: [(u64, u64); 3] = [(2_000, 2_000), (20_000, 2_000), (100_000, 400)];
/// Probability of a false alarm over the whole table.
const ALARM: f64 = 1e-3;

struct Cell {
    world: World,
    n: u64,
    n_logs: u64,
    outcomes: Mutex<Outcomes>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    let is_quick = words.iter().any(|word| word == "--quick");
    let only = words.iter().skip_while(|word| *word != "--only").nth(1);
    let cells: Vec<Cell> = worlds()
        .iter()
        .flat_map(|world| SIZES.map(|(n, n_logs)| (world.clone(), n, n_logs)))
        .filter(|(_, n, _)| !is_quick || *n <= 20_000)
        .map(|(world, n, n_logs)| Cell {
            n,
            n_logs: match only {
                Some(only) if !world.name.contains(only.as_str()) => 0,
                _ if is_quick => n_logs / 20,
                _ => n_logs,
            },
            world,
            outcomes: Mutex::default(),
        })
        .collect();
    run(&cells);
    let mut is_sound = true;
    println!(
        "| world | leads | logs | verdict given | `ship` | `canary` | `do_not_ship` | wrong `ship` | wrong `do_not_ship` | difference shown / covers | candidate (IPS) | candidate (SNIPS) | baseline |"
    );
    println!(
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    );
    for cell in cells.iter().filter(|cell| cell.n_logs > 0) {
        is_sound &= print(cell, cells.len());
    }
    if is_sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Judges all logs on all cores, and says how far it is.
fn run(cells: &[Cell]) {
    let jobs: Vec<(usize, u64)> = cells
        .iter()
        .enumerate()
        .flat_map(|(position, cell)| (0..cell.n_logs).map(move |log| (position, log)))
        .collect();
    let leads: u64 = cells.iter().map(|cell| cell.n * cell.n_logs).sum();
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let started = Instant::now();
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                loop {
                    let job = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&(position, log)) =
                        usize::try_from(job).ok().and_then(|job| jobs.get(job))
                    else {
                        break;
                    };
                    let cell = &cells[position];
                    let found = cell.world.judge(cell.n, seed(position as u64, log));
                    // Counts commute: the table is the same on any number of cores.
                    cell.outcomes.lock().expect("no thread panics").add(found);
                    let before = done.fetch_add(cell.n, Ordering::Relaxed);
                    let percent = |leads_done: u64| 100 * leads_done / leads;
                    if percent(before) != percent(before + cell.n) {
                        eprint!(
                            "\r{:3} % of {} million leads, {:.0} s",
                            percent(before + cell.n),
                            leads / 1_000_000,
                            started.elapsed().as_secs_f64()
                        );
                    }
                }
            });
        }
    });
    eprintln!();
}

/// Prints a row, and tells whether all in it is as promised.
fn print(cell: &Cell, n_cells: usize) -> bool {
    let outcomes = *cell.outcomes.lock().expect("no thread panics");
    let Outcomes {
        logs,
        ship,
        canary,
        do_not_ship,
        shown,
        covers,
    } = outcomes;
    let percent = |k: u64| format!("{:.1} %", 100.0 * share(k, logs));
    let mut is_sound = true;
    #[expect(clippy::cast_precision_loss, reason = "cells are few")]
    let alarm = ALARM / n_cells as f64;
    let wrong = outcomes.wrong(&cell.world).map(|wrong| {
        let is_wrong = at_least(wrong, logs, 0.025) < alarm;
        is_sound &= !is_wrong;
        format!(
            "{}{}",
            percent(wrong),
            if is_wrong { " **too often**" } else { "" }
        )
    });
    let coverage: Vec<String> = (0..4)
        .map(|k| {
            if shown[k] == 0 {
                return "none".to_owned();
            }
            let is_off = misses_95(covers[k], shown[k]);
            is_sound &= !is_off;
            format!(
                "{} / {:.1} %{}",
                percent(shown[k]),
                100.0 * share(covers[k], shown[k]),
                if is_off { " **off**" } else { "" }
            )
        })
        .collect();
    println!(
        "| {} | {} | {logs} | {}{} | {} | {} | {} | {} | {} |",
        cell.world.name,
        cell.n,
        percent(ship + canary + do_not_ship),
        if outcomes.evidence() < EVIDENCE {
            " (no evidence)"
        } else {
            ""
        },
        percent(ship),
        percent(canary),
        percent(do_not_ship),
        wrong.join(" | "),
        coverage.join(" | ")
    );
    is_sound
}
