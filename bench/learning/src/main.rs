//! What an allocator earns in worlds whose truth is known, beside other ways to allocate.

mod law;
mod options;
mod policy;
mod report;
mod run;
mod score;
mod truth;
mod world;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use options::{HELP, Options};
use run::Outcome;
use score::Row;
use world::World;

/// Exit code for a command line that nobody understands, as everywhere in Pointsman.
const MISUSED: u8 = 2;

/// Runs of a policy in a world that does not say how many.
const REPS: usize = 400;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(options) = options::parse(&words) else {
        report::note(&format!(
            "error: cannot read `{}`\n\n{HELP}  {}",
            words.join(" "),
            policy::NAMES.join(", ")
        ));
        return ExitCode::from(MISUSED);
    };
    let ended = if options.help {
        report::out(&format!("{HELP}  {}\n", policy::NAMES.join(", "))).map(|()| true)
    } else {
        all(&options)
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            report::note("error: an expectation was not met");
            ExitCode::FAILURE
        }
        Err(error) => {
            report::note(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs everything that is asked for; whether no expectation was missed, if that was asked for.
fn all(options: &Options) -> Result<bool> {
    let worlds = read(options)?;
    let policies: Vec<&str> = if options.policies.is_empty() {
        policy::USUAL.to_vec()
    } else {
        options.policies.iter().map(String::as_str).collect()
    };
    let reps = |world: &World, policy: &str| {
        let own = world.reps_of.get(policy).copied();
        options.reps.or(own).or(world.reps).unwrap_or(REPS)
    };
    let of_world = |world| {
        policies
            .iter()
            .map(|policy| reps(world, policy))
            .sum::<usize>()
    };
    let total: usize = worlds.iter().map(of_world).sum();
    let bar = ProgressBar::new(u64::try_from(total)?);
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {pos}/{len} runs, {elapsed} so far, {eta} to go: {msg}",
    )?);
    let mut rows: Vec<Row> = Vec::new();
    for world in &worlds {
        let mut own = Vec::with_capacity(policies.len());
        for policy in &policies {
            bar.set_message(format!("{policy} in {}", world.name));
            let runs = runs(world, policy, reps(world, policy), options, &bar)
                .with_context(|| format!("{policy} in {}", world.name))?;
            own.push(score::row(world, policy, &runs));
        }
        score::compare(world, &mut own);
        rows.extend(own);
    }
    bar.finish_and_clear();
    report::print(&worlds, &rows, options.json)?;
    let met = rows.iter().all(|row| row.expected.iter().all(|it| it.met));
    Ok(met || !options.check)
}

/// The worlds of the folder, in the order of their names.
fn read(options: &Options) -> Result<Vec<World>> {
    let folder = &options.worlds;
    let mut paths = Vec::new();
    find(folder, &mut paths)?;
    paths.sort();
    let worlds = paths.iter().map(|path| World::read(path));
    let mut worlds = worlds.collect::<Result<Vec<World>>>()?;
    for name in &options.only {
        ensure!(
            worlds.iter().any(|world| world.name == *name),
            "there is no world {name} in {}",
            folder.display()
        );
    }
    worlds.retain(|world| options.only.is_empty() || options.only.contains(&world.name));
    ensure!(
        !worlds.is_empty(),
        "there is no world in {}",
        folder.display()
    );
    Ok(worlds)
}

/// Adds the TOML files of a folder and of those within it.
fn find(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)
        .with_context(|| format!("cannot read the folder {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, paths)?;
        } else if path.extension().is_some_and(|it| it == "toml") {
            paths.push(path);
        }
    }
    Ok(())
}

/// All runs of one policy in one world, in order.
fn runs(
    world: &World,
    policy: &str,
    reps: usize,
    options: &Options,
    bar: &ProgressBar,
) -> Result<Vec<Outcome>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<Outcome>)>> = Mutex::new(Vec::with_capacity(reps));
    let work = || {
        loop {
            let rep = next.fetch_add(1, Ordering::Relaxed);
            if rep >= reps {
                return;
            }
            let number = u64::try_from(rep).expect("runs are few");
            let make = |world: &World, truth: &_| policy::make(policy, world, truth);
            let reveal = policy::reveal(policy);
            let outcome = run::run(world, options.seed, number, &make, reveal);
            done.lock()
                .expect("no run panics while it holds this")
                .push((rep, outcome));
            bar.inc(1);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..options.threads.min(reps) {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done
        .into_inner()
        .expect("no run panics while it holds this");
    done.sort_by_key(|it| it.0);
    done.into_iter().map(|it| it.1).collect()
}
