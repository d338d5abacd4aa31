//! Feeds the code with bytes that nobody thought of, starting from what the pages and tests say.

mod seeds;

use std::fs;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};

use crate::{cargo, say};

/// The workspace of the targets, from the root of the repository.
const FOLDER: &str = "fuzz";

/// Targets that are built only when they are asked for.
const FEATURES: &[&str] = &["graphql", "log"];

/// Writes the seeds of a target, builds it, and runs it until it finds something or its arguments stop it.
///
/// # Errors
///
/// When there is no such target, the seeds cannot be written, or cargo cannot be started.
pub(crate) fn run(target: &str, args: &[&str]) -> Result<ExitCode> {
    let root = cargo::root();
    let texts = seeds::of(target, &root)?
        .into_iter()
        .map(String::into_bytes);
    let mut seeds: Vec<Vec<u8>> = texts.collect();
    seeds.extend(seeds::written(target, &root)?);
    ensure!(
        !seeds.is_empty(),
        "no target `{target}`; there are document, predicate, lead, graphql, postback, answer and log"
    );
    let corpus = root.join(FOLDER).join("corpus").join(target);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
    for (number, seed) in seeds.iter().enumerate() {
        let path = corpus.join(format!("seed-{number:04}"));
        fs::write(&path, seed).with_context(|| format!("cannot write {}", path.display()))?;
    }
    say::err(format_args!(
        "{} seeds in {}",
        seeds.len(),
        corpus.display()
    ));
    let dictionary = format!("-dict={FOLDER}/{target}.dict");
    // Our own code has no `unsafe`, which is what the sanitizers look for: without one it runs twice as fast.
    let fuzz = ["fuzz", "run", "--fuzz-dir", FOLDER, "--sanitizer", "none"];
    // A target that brings what the others do without is a feature.
    let feature: &[&str] = if FEATURES.contains(&target) {
        &["--features", target]
    } else {
        &[]
    };
    // Inputs to try again stand in the place of the corpus.
    let (options, inputs): (Vec<&str>, Vec<&str>) = args.iter().partition(|it| it.starts_with('-'));
    let all = fuzz
        .into_iter()
        .chain(feature.iter().copied())
        .chain([target])
        .chain(inputs)
        .chain(["--", &dictionary])
        .chain(options);
    let mut command = cargo::command(all);
    // The flags that libFuzzer needs are not stable, and this lets the pinned compiler take them.
    command.env("RUSTC_BOOTSTRAP", "1");
    let status = command.status().context("cannot start cargo")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        say::err("if cargo knows no `fuzz`: cargo install cargo-fuzz");
        ExitCode::FAILURE
    })
}
