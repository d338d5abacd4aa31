//! Seeds of the fuzz targets: flows, predicates, leads and operations that stand in pages, tests and simulations anyway.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Folders below which there is something to start from.
const FOLDERS: &[&str] = &[
    "crates/flow/tests/cel/spec",
    "graphql/operations",
    "crates/router/tests/digest",
    "simulations",
    "tests/flows",
];

/// What is apart in an input of several parts.
const APART: &str = "\0";

/// The seeds of a target, each once; none for a target that does not exist.
pub(super) fn of(target: &str, root: &Path) -> Result<BTreeSet<String>> {
    let mut seeds = BTreeSet::new();
    for path in FOLDERS.iter().map(|folder| files(&root.join(folder))) {
        for path in path? {
            let Ok(text) = fs::read_to_string(&path) else {
                continue; // A compressed log, say.
            };
            let extension = path.extension().and_then(|it| it.to_str());
            let blocks = match extension {
                Some("md") => blocks(&text),
                Some("json") => vec![Block::new("flow", &text)],
                Some("toml") if target == "predicate" => expressions(&text),
                Some("graphql") => vec![Block::new("operation", &text)],
                _ => continue,
            };
            match target {
                "document" => documents(&blocks, &mut seeds),
                "predicate" => predicates(&blocks, &mut seeds),
                "lead" => leads(&blocks, &mut seeds),
                "graphql" => operations(&blocks, &mut seeds),
                _ => {}
            }
        }
    }
    Ok(seeds)
}

/// Seeds that stand nowhere else, a file each below `fuzz/seeds`.
pub(super) fn written(target: &str, root: &Path) -> Result<Vec<Vec<u8>>> {
    let folder = root.join("fuzz/seeds").join(target);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let read =
        |path: PathBuf| fs::read(&path).with_context(|| format!("cannot read {}", path.display()));
    files(&folder)?.into_iter().map(read).collect()
}

/// All files below a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// A fenced block of a page: its second word, and what stands in it.
#[derive(Debug, PartialEq)]
struct Block {
    kind: String,
    text: String,
}

impl Block {
    fn new(kind: &str, text: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            text: text.to_owned(),
        }
    }
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let inner: Vec<&str> = lines
            .by_ref()
            .take_while(|line| !line.starts_with("```"))
            .collect();
        if let Some(kind) = info.split_whitespace().nth(1) {
            blocks.push(Block::new(kind, &inner.join("\n")));
        }
    }
    blocks
}

/// The expressions of CEL's own cases.
fn expressions(cases: &str) -> Vec<Block> {
    let quoted = cases
        .lines()
        .filter_map(|line| line.strip_prefix("expr = "));
    let texts = quoted.filter_map(|quoted| serde_json::from_str::<String>(quoted).ok());
    texts.map(|text| Block::new("expression", &text)).collect()
}

/// Each flow with the flows before it on the page that it may refer to.
fn documents(blocks: &[Block], seeds: &mut BTreeSet<String>) {
    let mut subflows = Vec::new();
    for block in blocks {
        match block.kind.as_str() {
            "subflow" => subflows.push(block.text.as_str()),
            "flow" => {
                let parts = [block.text.as_str()]
                    .into_iter()
                    .chain(subflows.iter().copied());
                seeds.insert(parts.collect::<Vec<_>>().join(APART));
            }
            _ => {}
        }
    }
}

/// All that is CEL: expressions themselves, and the texts of documents that stand where one is.
fn predicates(blocks: &[Block], seeds: &mut BTreeSet<String>) {
    for block in blocks {
        if block.kind == "expression" {
            seeds.insert(block.text.clone());
        } else if let Ok(value) = serde_json::from_str(&block.text) {
            asked(&value, seeds);
        }
    }
}

fn asked(value: &Value, seeds: &mut BTreeSet<String>) {
    match value {
        Value::Array(entries) => entries.iter().for_each(|entry| asked(entry, seeds)),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if ["if", "value", "criteria"].contains(&name.as_str()) => {
                        seeds.insert(text.clone());
                    }
                    other => asked(other, seeds),
                }
            }
        }
        _ => {}
    }
}

/// Each operation by itself, and with what its variables could be.
fn operations(blocks: &[Block], seeds: &mut BTreeSet<String>) {
    for block in blocks.iter().filter(|block| block.kind == "operation") {
        seeds.insert(block.text.clone());
        let variables = r#"{"id": "lead_1", "first": 2, "input": {"flow": "solar", "fields": {}}}"#;
        seeds.insert(format!("{}{APART}{variables}", block.text));
        seeds.insert(format!(
            "{} fragment F on Query {{ ...F ...on Query {{ ...F }} }}",
            block.text
        ));
    }
}

/// Each schema with the leads behind it.
fn leads(blocks: &[Block], seeds: &mut BTreeSet<String>) {
    let mut schema = None;
    for block in blocks {
        match block.kind.as_str() {
            "schema" => schema = Some(&block.text),
            "leads" => {
                let sent = block
                    .text
                    .lines()
                    .filter_map(|line| line.strip_prefix("lead "));
                let parts = schema.into_iter().map(String::as_str).chain(sent);
                seeds.insert(parts.collect::<Vec<_>>().join(APART));
            }
            _ => {}
        }
    }
    seeds.extend(schema.cloned());
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "Text.\n```json schema\n{}\n```\n```json subflow\n1\n```\n```json flow\n{\"if\": \"a > 1\"}\n```\n\
        ```text leads\nlead {\"a\": 1}\n  sold\nlead {}\n```\n```sh\nls\n```\n";

    fn seeds(of: fn(&[Block], &mut BTreeSet<String>)) -> Vec<String> {
        let mut seeds = BTreeSet::new();
        of(&blocks(PAGE), &mut seeds);
        seeds.into_iter().collect()
    }

    #[test]
    fn what_stands_on_a_page_is_a_seed() {
        assert_eq!(seeds(documents), ["{\"if\": \"a > 1\"}\u{0}1"]);
        assert_eq!(seeds(predicates), ["a > 1"]);
        assert_eq!(seeds(leads), ["{}", "{}\u{0}{\"a\": 1}\u{0}{}"]);
    }

    #[test]
    fn every_target_has_seeds() {
        for target in ["document", "predicate", "lead", "graphql"] {
            let seeds = of(target, &crate::cargo::root()).unwrap();
            assert!(seeds.len() > 20, "{target}: {} seeds", seeds.len());
        }
        assert!(written("log", &crate::cargo::root()).unwrap().len() > 3);
    }
}
