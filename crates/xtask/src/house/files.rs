//! A file is one thought: it says at the top what it is for, has a name that says the same, and is short.

use super::{assert_none, source};

/// Most lines of a file, tests not counted.
const LINES_MAX: usize = 400;

/// Files that may be longer: path and reason.
const LONGER: &[(&str, &str)] = &[];

/// Names under which anything could be put.
const VAGUE: &[&str] = &[
    "utils", "util", "helpers", "helper", "common", "manager", "data", "info", "misc",
];

/// `foo/tests.rs` is passed over: a sentence would only repeat its name.
#[test]
fn every_file_says_first_what_it_is_for() {
    let mut offences = Vec::new();
    for source in source::rust() {
        let head = source.text.lines().next().unwrap_or_default();
        let says = head
            .strip_prefix("//! ")
            .is_some_and(|it| it.trim().len() > 10);
        if !says && source.stem() != "tests" {
            offences.push(source.path);
        }
    }
    assert_none(
        "the first line of a file is a `//!` sentence about it",
        &offences,
    );
}

#[test]
fn no_file_is_long() {
    let mut offences = Vec::new();
    for source in source::rust() {
        let excused = LONGER.iter().any(|(path, _)| *path == source.path);
        let n_lines = source.code().len();
        if !source.is_tests() && !excused && n_lines > LINES_MAX {
            offences.push(format!("{}: {n_lines} lines", source.path));
        }
    }
    assert_none(
        "more lines than a reader follows; split by thought",
        &offences,
    );
}

#[test]
fn excuses_for_long_files_are_needed() {
    let sources = source::rust();
    let is_long = |path: &str| {
        sources
            .iter()
            .any(|it| it.path == path && it.code().len() > LINES_MAX)
    };
    let idle = LONGER
        .iter()
        .filter(|(path, reason)| !is_long(path) || reason.is_empty());
    let offences: Vec<String> = idle.map(|(path, _)| (*path).to_owned()).collect();
    assert_none("these need no excuse any more", &offences);
}

#[test]
fn a_module_is_named_after_its_thought() {
    let mut offences = Vec::new();
    for source in source::rust() {
        if VAGUE.contains(&source.stem()) || source.stem() == "mod" {
            offences.push(source.path);
        }
    }
    assert_none("a vague name, or foo/mod.rs instead of foo.rs", &offences);
}

#[test]
fn each_migration_has_its_own_file() {
    let sources = source::rust();
    let list = sources
        .iter()
        .find(|it| it.path == "migrations/src/lib.rs")
        .unwrap();
    let files = sources
        .iter()
        .filter(|it| it.path.starts_with("migrations/src/"));
    let mut offences = Vec::new();
    for it in files {
        let n_here = it.text.matches("MigrationTrait for ").count();
        let is_migration = it.stem().starts_with('m') && it.stem().contains('_');
        if n_here != usize::from(is_migration) {
            offences.push(format!("{}: {n_here} migrations", it.path));
        }
        if is_migration && !list.text.contains(&format!("{}::", it.stem())) {
            offences.push(format!("{}: not in the list of lib.rs", it.path));
        }
    }
    assert_none("one migration a file, each in the list", &offences);
}
