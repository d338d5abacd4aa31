//! How often what is said of an experiment is right, in experiments whose truth is known: a table.
//!
//! `cargo run --release -p pointsman-stats --example experiment_worlds`. With `--quick` it runs what the tests run; `--only TEXT` leaves out
//! the worlds without that in their name.
#![expect(clippy::print_stdout, reason = "a table for people")]

#[path = "../tests/worlds/chance.rs"]
mod chance;
#[path = "../tests/worlds/experiment/worlds.rs"]
mod experiment;

use std::process::ExitCode;

use experiment::{Count, Promise, worlds};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    let is_quick = words.iter().any(|word| word == "--quick");
    let only = words.iter().skip_while(|word| *word != "--only").nth(1);
    let mut is_sound = true;
    println!("| experiments | what happens | runs | happens | promised | kept |");
    println!("| --- | --- | ---: | ---: | ---: | --- |");
    for world in worlds() {
        if only.is_some_and(|only| !world.name.contains(only.as_str())) {
            continue;
        }
        let runs = world.runs[usize::from(is_quick)];
        for (claim, count) in world.claims.iter().zip(world.count(runs)) {
            let percent = |p: f64| format!("{} %", (1e4 * p).round() / 100.0);
            let is_kept = claim.promise.is_kept(count);
            is_sound &= is_kept;
            let (promised, kept) = match claim.promise {
                Promise::Just(p) => (percent(p), is_kept),
                Promise::AtMost(p) => (format!("≤ {}", percent(p)), is_kept),
                Promise::AtLeast(p) => (format!("≥ {}", percent(p)), is_kept),
                Promise::Shown => (String::new(), is_kept),
            };
            let kept = match (claim.promise, kept) {
                (Promise::Shown, true) => "",
                (_, true) => "yes",
                (_, false) => "**no**",
            };
            println!(
                "| {} | {} | {} | {} | {promised} | {kept} |",
                world.name,
                claim.what,
                count.of,
                percent(share(count)),
            );
        }
    }
    if is_sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn share(count: Count) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "runs are few")]
    let share = count.happened as f64 / count.of.max(1) as f64;
    share
}
