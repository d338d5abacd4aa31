//! The language of flows by example: every page of `tests/flows` comes out as written.

#![expect(clippy::unwrap_used, reason = "a page that cannot be read has failed")]

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use pointsman_flow::{Diagnostic, Place};
use pointsman_flowtest::{Outcome, run};

/// Least number of broken flows on show.
const BROKEN_MIN: usize = 20;

/// The pages of a folder below `tests/flows`, by name. The explanation of the format is one too: its
/// examples are run where they are not quoted.
fn pages(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/flows")
        .join(folder);
    let entries = std::fs::read_dir(&folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    assert!(!pages.is_empty(), "{} has pages", folder.display());
    pages
}

/// Runs pages on all cores and gives what became of each, in order.
fn outcomes(pages: &[PathBuf]) -> Vec<(String, Outcome)> {
    let n_threads = thread::available_parallelism().map_or(1, NonZero::get);
    let outcomes = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for share in pages.chunks(pages.len().div_ceil(n_threads)) {
            let outcomes = &outcomes;
            scope.spawn(move || {
                for page in share {
                    let text = std::fs::read_to_string(page).unwrap();
                    let name = page.file_name().unwrap().to_string_lossy().into_owned();
                    outcomes.lock().unwrap().push((name, run(&text)));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap();
    outcomes.sort_by(|a, b| a.0.cmp(&b.0));
    outcomes
}

/// Fails with everything that is not as written, on all pages.
fn assert_as_written(outcomes: &[(String, Outcome)]) {
    let failures = outcomes.iter().flat_map(|(name, outcome)| {
        let failures = outcome.failures.iter();
        failures.map(move |failure| format!("{name}:{failure}\n"))
    });
    let failures: Vec<String> = failures.collect();
    assert!(
        failures.is_empty(),
        "look at each, then let `pointsman flow test --update` write what is right:\n\n{}",
        failures.join("\n")
    );
}

/// The README, and the pages of the book that show flows.
#[test]
fn flows_in_the_readme_and_the_book_come_out_as_written() {
    let mut pages = pages("../../docs/src");
    pages.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md"));
    assert_as_written(&outcomes(&pages));
}

#[test]
fn every_page_comes_out_as_written() {
    assert_as_written(&outcomes(&pages("")));
}

#[test]
fn every_broken_flow_is_found_out() {
    let outcomes = outcomes(&pages("broken"));
    assert_as_written(&outcomes);
    assert!(outcomes.len() >= BROKEN_MIN, "{} pages", outcomes.len());
    for (name, outcome) in &outcomes {
        assert!(!outcome.findings.is_empty(), "{name}: nothing is found");
        for Diagnostic {
            code, place, hint, ..
        } in &outcome.findings
        {
            assert_ne!(*place, Place::default(), "{name}: `{code}` has a place");
            assert!(hint.is_some(), "{name}: `{code}` has a hint");
        }
    }
}
