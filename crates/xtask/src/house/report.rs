//! `cargo xtask house --report`: the measures of the house, for reading.

use std::process::ExitCode;

use anyhow::Result;

use super::{circles, code, glossary, homonyms, kinds, limits, long_functions, source};
use crate::{graph, say};

/// How many of the longest functions are shown.
const FUNCTIONS_SHOWN: usize = 20;

/// Prints the crate graph, circles of files, files by node kind, the longest functions, homonyms, and words of the glossary.
///
/// # Errors
///
/// When a file is not Rust, or cargo cannot tell the crates.
pub(crate) fn run() -> Result<ExitCode> {
    say::out("Crates, and who uses whom\n");
    graph::run()?;
    let crates = code::crates()?;
    circles_of(&crates);
    kinds_of(&crates);
    functions_of(&crates);
    homonyms_of(&crates);
    let sources = source::all();
    words_of(&sources);
    Ok(limits_of(&crates, &sources))
}

fn circles_of(crates: &[code::Crate]) {
    say::out("\nCircles of files across modules\n");
    for it in crates {
        for circle in circles::find(it) {
            say::out(format_args!(
                "{:<10} {:>2}  {}",
                it.name,
                circle.len(),
                circle.join(" ")
            ));
        }
    }
}

fn kinds_of(crates: &[code::Crate]) {
    say::out("\nFiles that name each kind of node\n");
    for (kind, files) in kinds::find(crates) {
        let files: Vec<&str> = files.into_iter().collect();
        say::out(format_args!(
            "{kind:<12} {:>2}  {}",
            files.len(),
            files.join(" ")
        ));
    }
}

fn functions_of(crates: &[code::Crate]) {
    let functions = long_functions::by_length(crates);
    let n_long = functions
        .iter()
        .filter(|(_, it)| it.n_lines > long_functions::LINES_MAX)
        .count();
    say::out(format_args!(
        "\nLongest of {} functions; {n_long} have more than {} lines\n",
        functions.len(),
        long_functions::LINES_MAX
    ));
    for (path, it) in functions.into_iter().take(FUNCTIONS_SHOWN) {
        say::out(format_args!(
            "{:>4}  {path}:{} {}",
            it.n_lines, it.line, it.name
        ));
    }
}

fn homonyms_of(crates: &[code::Crate]) {
    say::out("\nTypes of one name in one crate\n");
    for it in crates {
        for (name, files) in homonyms::find(it) {
            say::out(format_args!(
                "{:<10} {name:<16} {}",
                it.name,
                files.join(" ")
            ));
        }
    }
}

fn words_of(sources: &[source::Source]) {
    say::out("\nWords that the glossary bans, and where they stand\n");
    for (banned, places) in glossary::find(sources)
        .into_iter()
        .filter(|(_, places)| !places.is_empty())
    {
        let shown: Vec<&str> = places.iter().take(3).map(String::as_str).collect();
        let rest = if places.len() > shown.len() {
            " …"
        } else {
            ""
        };
        say::out(format_args!(
            "{:<12} {:>4}  say: {:<28} {}{rest}",
            banned.word,
            places.len(),
            banned.instead,
            shown.join(" ")
        ));
    }
}

/// A limit that is broken makes the command fail.
fn limits_of(crates: &[code::Crate], sources: &[source::Source]) -> ExitCode {
    say::out("\nLimits\n");
    let measures = limits::measure(crates, sources);
    for it in &measures {
        say::out(format_args!(
            "{:>4} of at most {:>3}  {}",
            it.value, it.at_most, it.name
        ));
    }
    let broken = limits::broken(&measures);
    for it in &broken {
        say::err(format_args!("\n{it}"));
    }
    if broken.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
