//! Time and chance are arguments: the pure crates read no clock, file, socket, environment, thread or generator.

use std::fs;

use super::layers::pure;
use super::{assert_none, source};
use crate::cargo;

/// What `clippy.toml` must forbid at least once in a pure crate, by the start of its path.
const FORBIDDEN_CALLS: &[&str] = &[
    "std::time::SystemTime::now",
    "std::time::Instant::now",
    "std::env::",
    "std::fs::",
    "std::net::",
    "std::process::",
    "std::thread::",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "rand::rng",
];

/// What the code of a pure crate does not even name: clippy's list has functions alone, and the standard library has many.
const FORBIDDEN_NAMES: &[&str] = &[
    "std::env",
    "std::fs",
    "TcpListener",
    "TcpStream",
    "UdpSocket",
    "std::process",
    "std::thread",
    "Instant::now",
    "SystemTime",
    "Timestamp::now(",
    "Zoned::now(",
    "Uuid::new_v4",
    "Uuid::now_v7",
    "RandomState",
];

#[test]
fn every_pure_crate_denies_impure_calls() {
    let mut offences = Vec::new();
    for name in pure() {
        let path = format!("crates/{name}/src/lib.rs");
        let text = fs::read_to_string(cargo::root().join(&path)).unwrap_or_default();
        let packed: String = text.split_whitespace().collect();
        if !packed.contains("#![deny(clippy::disallowed_methods,reason=") {
            offences.push(path);
        }
    }
    assert_none(
        "a pure crate starts with #![deny(clippy::disallowed_methods, reason = \"…\")]",
        &offences,
    );
}

#[test]
fn clippy_knows_the_impure_calls() {
    let text = fs::read_to_string(cargo::root().join("clippy.toml")).unwrap();
    let missing = FORBIDDEN_CALLS
        .iter()
        .filter(|it| !text.contains(&format!("path = \"{it}")));
    let offences: Vec<String> = missing.map(|it| (*it).to_owned()).collect();
    assert_none(
        "clippy.toml does not forbid these in pure crates",
        &offences,
    );
}

#[test]
fn no_pure_crate_names_an_impure_module() {
    let folders: Vec<String> = pure().map(|name| format!("crates/{name}/src/")).collect();
    let mut offences = Vec::new();
    for source in source::rust() {
        if source.is_tests() || !folders.iter().any(|it| source.path.starts_with(it)) {
            continue;
        }
        let named = impure_names(&source.code()).into_iter();
        offences.extend(named.map(|(number, it)| format!("{}:{number}: {it}", source.path)));
    }
    assert_none(
        "pure crates take time, chance and text as arguments",
        &offences,
    );
}

/// Impure names in lines of code, each with its line. Names in a `use std::{…}` are read as if each stood alone.
fn impure_names(code: &[(usize, &str)]) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    let mut in_group = false;
    for (number, line) in code {
        let line = line.trim();
        if line.starts_with("//") {
            continue;
        }
        in_group |= line.starts_with("use std::{");
        for name in FORBIDDEN_NAMES {
            let module = name.strip_prefix("std::").filter(|_| in_group);
            let in_use = module.is_some_and(|it| words(line).any(|word| word == it));
            if in_use || line.contains(name) {
                found.push((*number, *name));
            }
        }
        in_group &= !line.ends_with("};");
    }
    found
}

/// The names between punctuation: `{fs, io}` is `fs` and `io`.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|it: char| !it.is_alphanumeric() && it != '_')
}

#[test]
fn impure_names_are_found_in_paths_and_in_groups() {
    let found = |text: &str| {
        let code: Vec<(usize, &str)> = text.lines().zip(1..).map(|(line, n)| (n, line)).collect();
        impure_names(&code)
    };
    assert_eq!(found("let text = std::fs::read(path);"), [(1, "std::fs")]);
    assert_eq!(
        found("use std::{\n    fmt,\n    fs::File,\n};\nfs"),
        [(3, "std::fs")]
    );
    assert_eq!(found("use std::{env, fmt};"), [(1, "std::env")]);
    assert_eq!(
        found("// std::fs is not for us\nuse std::{fmt, slice};"),
        []
    );
}
