//! The repository's own commands: `cargo xtask` names them all.

mod bench;
mod cargo;
mod console;
mod demo;
mod docs;
mod fuzz;
mod generate;
mod graph;
mod house;
mod metadata;
mod say;
mod soak;
mod steps;
mod worlds;

use std::process::ExitCode;

pub(crate) const HELP: &str = "\
The repository's own commands.

  cargo xtask [graph]               the crates, and who uses whom
  cargo xtask demo [ARGS…]          build and run `pointsman demo ARGS…`
  cargo xtask test [--only STEP]…   every check that a change must pass; CI runs just this
  cargo xtask ci                    the same as `test`
  cargo xtask docs                  check the links of all documents, and build the book if mdbook is installed
  cargo xtask generate [--check]    write (or compare) the files that the code writes
  cargo xtask console               build the web console anew into console/dist, which is committed; needs Node.js
  cargo xtask bench engines [ARGS…] time our engine beside its peers; `bench engines --help`
  cargo xtask bench start [ARGS…]   time starts and commits on a database with a year of history; `bench start --help`
  cargo xtask bench intake [ARGS…]  time the intake of leads beside a bare insert of the same rows; `bench intake --help`
  cargo xtask bench learning [ARGS…] what bandits earn in worlds whose truth is known; `bench learning --help`
  cargo xtask bench replay [ARGS…]  leads a second that a replay values, beside a scan of the same columns; `bench replay --help`
  cargo xtask soak [ARGS…]          the fault suite at full size: `soak --only R1 --rounds 100 --seed 7 --output json`; `soak --help`
  cargo xtask fuzz TARGET [ARGS…]   feed `document`, `predicate`, `lead`, `graphql` or `log` with made-up bytes; ARGS are libFuzzer's
  cargo xtask worlds experiment [ARGS…] how often what is said of an experiment is right, where the truth is known
  cargo xtask worlds policies [ARGS…] how often intervals of a policy's value miss, and how far estimators are off
  cargo xtask worlds verdict [ARGS…] how often verdicts are wrong and intervals miss, where the truth is known
  cargo xtask house --report        how the code is kept: crates, circles of files, node kinds, long functions, names, words
  cargo xtask help                  this text
";

/// Exit code for a command line that nobody understands, as everywhere in Pointsman.
const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        [] | ["graph"] => graph::run(),
        ["demo", rest @ ..] => demo::run(rest),
        ["test" | "ci", rest @ ..] => match steps::parse(rest) {
            Ok(chosen) => Ok(steps::run(&chosen)),
            Err(why) => return misused(&why),
        },
        ["generate"] => generate::write(),
        ["generate", "--check"] => generate::check(),
        ["bench", "engines", rest @ ..] => bench::engines(rest),
        ["bench", "start", rest @ ..] => bench::start(rest),
        ["bench", "intake", rest @ ..] => bench::intake(rest),
        ["bench", "learning", rest @ ..] => bench::learning(rest),
        ["bench", "replay", rest @ ..] => bench::replay(rest),
        ["soak", rest @ ..] => soak::run(rest),
        ["fuzz", target, rest @ ..] if !target.starts_with('-') => fuzz::run(target, rest),
        ["worlds", "experiment", rest @ ..] => worlds::run("experiment_worlds", rest),
        ["worlds", "policies", rest @ ..] => worlds::run("ope_worlds", rest),
        ["worlds", "verdict", rest @ ..] => worlds::run("verdict_worlds", rest),
        ["docs"] => docs::run(),
        ["console"] => console::build(),
        ["house", "--report"] => house::report(),
        ["help" | "--help" | "-h"] => {
            say::out(HELP.trim_end());
            say::out(format_args!("\nSteps of `test`: {}", steps::names()));
            Ok(ExitCode::SUCCESS)
        }
        other => return misused(&format!("no such command: `{}`", other.join(" "))),
    };
    outcome.unwrap_or_else(|error| {
        say::err(format_args!("error: {error:#}"));
        ExitCode::FAILURE
    })
}

fn misused(why: &str) -> ExitCode {
    say::err(format_args!("error: {why}\n\n{HELP}"));
    ExitCode::from(MISUSED)
}
