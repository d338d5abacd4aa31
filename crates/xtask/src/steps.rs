//! Every check that a change must pass, quickest first, so that a slip shows within seconds.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::{bench, cargo, console, generate, say};

/// One check with a name for `--only`.
#[derive(Debug)]
pub(crate) struct Step {
    name: &'static str,
    run: fn() -> Result<ExitCode>,
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        run: format,
    },
    Step {
        name: "house-rules",
        run: house_rules,
    },
    Step {
        name: "console",
        run: console::check,
    },
    Step {
        name: "clippy",
        run: clippy,
    },
    Step {
        name: "build",
        run: build,
    },
    Step {
        name: "tests",
        run: tests,
    },
    Step {
        name: "doc-tests",
        run: doc_tests,
    },
    Step {
        name: "rustdoc",
        run: rustdoc,
    },
    Step {
        name: "generated",
        run: generate::check,
    },
    Step {
        name: "benches",
        run: benches,
    },
    Step {
        name: "journeys",
        run: console::journeys,
    },
];

/// Names of all steps, in order.
pub(crate) fn names() -> String {
    let names: Vec<&str> = STEPS.iter().map(|it| it.name).collect();
    names.join(", ")
}

/// Reads `[--only STEP]…`; no choice means all steps.
///
/// # Errors
///
/// A text for the user, when a word is no option or no step.
pub(crate) fn parse(args: &[&str]) -> Result<Vec<&'static Step>, String> {
    let mut chosen = Vec::new();
    let mut rest = args;
    while let [first, tail @ ..] = rest {
        let (name, tail) = match (first.strip_prefix("--only="), *first, tail) {
            (Some(name), _, tail) => (name, tail),
            (None, "--only", [name, tail @ ..]) => (*name, tail),
            (None, "--only", []) => return Err(format!("`--only` needs a step: {}", names())),
            _ => return Err(format!("no such option: `{first}`")),
        };
        let known = STEPS.iter().find(|it| it.name == name);
        chosen.push(known.ok_or_else(|| format!("no step `{name}`; there are: {}", names()))?);
        rest = tail;
    }
    if chosen.is_empty() {
        chosen.extend(STEPS);
    }
    Ok(chosen)
}

/// Runs the steps, all of them even when one fails, and prints the time of each. A step that cannot run has failed.
pub(crate) fn run(steps: &[&Step]) -> ExitCode {
    let results: Vec<(&str, bool, Duration)> = steps
        .iter()
        .map(|step| {
            say::err(format_args!("\n── {}", step.name));
            let start = Instant::now();
            let outcome = (step.run)();
            if let Err(error) = &outcome {
                say::err(format_args!("error: {error:#}"));
            }
            let passed = outcome.is_ok_and(|code| code == ExitCode::SUCCESS);
            (step.name, passed, start.elapsed())
        })
        .collect();
    say::out("");
    for (name, passed, time) in &results {
        let word = if *passed { "ok" } else { "FAILED" };
        say::out(format_args!(
            "{name:<12} {word:<7} {:>7.1} s",
            time.as_secs_f64()
        ));
    }
    let failed = results.iter().any(|(_, passed, _)| !passed);
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn format() -> Result<ExitCode> {
    finish(cargo::command(["fmt", "--all", "--", "--check"]))
}

/// The tests of this package, before anything heavy is compiled.
fn house_rules() -> Result<ExitCode> {
    finish(cargo::command([
        "test",
        "--quiet",
        "--package",
        env!("CARGO_PKG_NAME"),
    ]))
}

/// What clippy is told beyond the lints of the manifest.
const CLIPPY_ARGS: [&str; 2] = ["-D", "warnings"];

fn clippy() -> Result<ExitCode> {
    let mut command = cargo::command(["clippy", "--workspace", "--all-targets", "--"]);
    command.args(CLIPPY_ARGS);
    finish(command)
}

/// All that the tests need, in one call, so that no core waits for the end of another call: the tests, and the program
/// itself, which cargo builds for the tests of its own package only. `--examples` for the reason told at [`cargo::BUILD`].
fn build() -> Result<ExitCode> {
    finish(cargo::command([
        "build",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
    ]))
}

/// With cargo-nextest, where it is installed; else with what cargo brings. The tests of this package ran as
/// [`house_rules`]; they are left out by a filter, since another selection of packages would be another set of features.
fn tests() -> Result<ExitCode> {
    let nextest = cargo::command(["nextest", "--version"])
        .output()
        .is_ok_and(|it| it.status.success());
    if !nextest {
        say::err("cargo-nextest is not installed: `cargo test` takes its place");
        return finish(cargo::command([
            "test",
            "--workspace",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
        ]));
    }
    let profile = if std::env::var_os("CI").is_some() {
        "ci"
    } else {
        "default"
    };
    // One more than there are cores: some tests wait for a server, a time-out or a kill, and need none meanwhile.
    let n_threads = 1 + thread::available_parallelism().map_or(1, usize::from);
    let mut command = cargo::command(["nextest", "run", "--workspace", "--profile", profile]);
    command.arg("--test-threads").arg(n_threads.to_string());
    let others = concat!("not package(", env!("CARGO_PKG_NAME"), ")");
    command.args(["--filterset", others]);
    finish(command)
}

fn doc_tests() -> Result<ExitCode> {
    finish(cargo::command(["test", "--workspace", "--doc", "--quiet"]))
}

/// `--examples` for the reason told at [`cargo::BUILD`]: the checked dependencies of clippy are used again.
fn rustdoc() -> Result<ExitCode> {
    let mut command = cargo::command(["doc", "--workspace", "--no-deps", "--lib", "--examples"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    if let Some(driver) = clippy_driver() {
        check_as_clippy(&mut command, &driver);
    }
    finish(command)
}

/// The benchmarks still compile against our crates. All but `engines`, whose peers bring 400 packages and which uses little of ours.
fn benches() -> Result<ExitCode> {
    finish(cargo::command([
        "check",
        "--manifest-path",
        bench::MANIFEST,
        "--workspace",
        "--exclude",
        "engines",
    ]))
}

/// Where clippy's driver is: beside the compiler, or nowhere.
fn clippy_driver() -> Option<PathBuf> {
    let mut rustc = Command::new("rustc");
    let said = rustc
        .args(["--print", "sysroot"])
        .current_dir(cargo::root())
        .output();
    let sysroot = String::from_utf8(said.ok()?.stdout).ok()?;
    let name = format!("clippy-driver{}", std::env::consts::EXE_SUFFIX);
    let driver = Path::new(sysroot.trim_end()).join("bin").join(name);
    driver.is_file().then_some(driver)
}

/// Lets cargo check our packages just as `cargo clippy` does, with the same driver and the same arguments in the same
/// variables, so that what [`clippy`] has checked is used again: rustdoc needs the checked packages below the one that it
/// documents. Were anything else, they would be checked once more, and nothing worse.
fn check_as_clippy(command: &mut Command, driver: &Path) {
    let args = CLIPPY_ARGS
        .iter()
        .flat_map(|arg| [*arg, "__CLIPPY_HACKERY__"]);
    command.env("RUSTC_WORKSPACE_WRAPPER", driver);
    command.env("CLIPPY_ARGS", args.collect::<String>());
}

/// Runs a command to its end, in sight of the user.
fn finish(mut command: Command) -> Result<ExitCode> {
    let status = command.status().context("cannot start cargo")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of the steps that a command line chooses, or what the user is told.
    fn chosen(args: &[&str]) -> Result<Vec<&'static str>, String> {
        Ok(parse(args)?.into_iter().map(|it| it.name).collect())
    }

    #[test]
    fn without_a_choice_every_step_runs_and_the_quickest_first() {
        let all = chosen(&[]).unwrap();
        assert_eq!(all.first(), Some(&"format"));
        assert_eq!(all.len(), STEPS.len());
    }

    #[test]
    fn steps_can_be_chosen_by_name() {
        assert_eq!(chosen(&["--only", "clippy"]), Ok(vec!["clippy"]));
        assert_eq!(
            chosen(&["--only=rustdoc", "--only", "tests"]),
            Ok(vec!["rustdoc", "tests"])
        );
    }

    #[test]
    fn a_wrong_choice_names_the_right_ones() {
        assert!(chosen(&["--only", "lint"]).unwrap_err().contains("clippy"));
        assert!(chosen(&["--only"]).unwrap_err().contains("needs a step"));
        assert!(chosen(&["--fast"]).unwrap_err().contains("--fast"));
    }
}
