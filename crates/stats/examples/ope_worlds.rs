//! How often the intervals of estimators cover the truth, and how far these are off, in worlds whose truth is known: a table.
//!
//! `cargo run --release -p pointsman-stats --example ope_worlds`: 2,000 logs of 20,000 leads for each world. With `--quick` a
//! tenth of the logs; `--only TEXT` leaves out the worlds without that in their name.
#![expect(clippy::print_stdout, reason = "a table for people")]

#[path = "../tests/worlds/logs.rs"]
mod logs;

use std::process::ExitCode;

use logs::{Outcomes, Twist, World, misses_95, seed, share, worlds};

/// Leads of a log, and how many such logs a world has.
const LEADS: usize = 20_000;
const LOGS: u64 = 2_000;
/// Standard errors that the mean of an unbiased estimator may be from the truth: 1 in 1,000 over all worlds.
const BIAS_MAX: f64 = 4.1;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    let n_logs = if words.iter().any(|word| word == "--quick") {
        LOGS / 10
    } else {
        LOGS
    };
    let only = words.iter().skip_while(|word| *word != "--only").nth(1);
    println!(
        "| world | logs | IPS shown / covers | SNIPS | DR | SNDR | default | RMSE of IPS, % | SNIPS | DR | SNDR | DR / IPS | bias of IPS, se | of DR |"
    );
    println!("| --- |{}", " ---: |".repeat(13));
    let mut is_sound = true;
    for (position, world) in worlds().iter().enumerate() {
        if only.is_some_and(|only| !world.name.contains(only.as_str())) {
            continue;
        }
        let outcomes = run(world, position as u64, n_logs);
        is_sound &= print(world, &outcomes);
    }
    if is_sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Reads all logs of a world on all cores; they are added up in their order, whichever was done first.
fn run(world: &World, position: u64, n_logs: u64) -> Outcomes {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let truth = world.truth();
    let found: Vec<Vec<_>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..n_threads)
            .map(|thread| {
                let own = move |log: &u64| log % n_threads == thread;
                let find = move |log| world.find(LEADS, seed(position, log));
                scope.spawn(move || (0..n_logs).filter(own).map(find).collect())
            })
            .collect();
        let found = workers.into_iter();
        found
            .map(|worker| worker.join().expect("no thread panics"))
            .collect()
    });
    let mut shares: Vec<_> = found.into_iter().map(Vec::into_iter).collect();
    let mut outcomes = Outcomes::default();
    while outcomes.logs < n_logs {
        for found in shares.iter_mut().filter_map(Iterator::next) {
            outcomes.add(found, truth);
        }
    }
    outcomes
}

/// Prints a row, and tells whether all in it is as promised.
fn print(world: &World, outcomes: &Outcomes) -> bool {
    let mut is_sound = true;
    let mut cells = Vec::new();
    for (shown, covers) in outcomes.shown.into_iter().zip(outcomes.covers) {
        let is_off = misses_95(covers, shown);
        // An interval that is hardly ever shown would cover whatever it likes.
        let is_silent = share(shown, outcomes.logs) < 0.8;
        is_sound &= !(is_off || is_silent);
        let [shown, covers] = [share(shown, outcomes.logs), share(covers, shown)];
        let mark = match (is_off, is_silent) {
            (true, _) => " **off**",
            (_, true) => " **silent**",
            _ => "",
        };
        cells.push(format!(
            "{:.1} % / {:.1} %{mark}",
            100.0 * shown,
            100.0 * covers
        ));
    }
    let rmse = outcomes.rmse();
    for rmse in rmse {
        cells.push(format!("{:.2}", 100.0 * rmse / world.truth()));
    }
    let ratio = rmse[2] / rmse[0];
    let most = match world.twist {
        Twist::Explained => 0.8,
        Twist::Plain | Twist::Fallbacks | Twist::YoungTail | Twist::Sources => 1.02,
    };
    is_sound &= ratio <= most;
    let mark = if ratio <= most { "" } else { " **off**" };
    cells.push(format!("{ratio:.3}{mark}"));
    let [of_ips, _, of_dr, _] = outcomes.bias_z();
    for bias in [of_ips, of_dr] {
        let is_biased = bias.abs() > BIAS_MAX;
        is_sound &= !is_biased;
        let mark = if is_biased { " **off**" } else { "" };
        cells.push(format!("{bias:.1}{mark}"));
    }
    println!(
        "| {} | {} | {} |",
        world.name,
        outcomes.logs,
        cells.join(" | ")
    );
    is_sound
}
