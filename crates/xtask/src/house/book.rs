//! The README and the book are true: links lead somewhere, each example is of a kind that a test runs, excerpts are as in the code.

use std::collections::BTreeSet;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::{assert_none, source};
use crate::docs;

/// Kinds of code blocks in the README and the book, each with what runs it.
const RUN: &[(&str, &str)] = &[
    ("console", "`commands_of_the_repository_exist` below"),
    (
        "json",
        "`crates/delivery/tests/book.rs`: the target of a destination",
    ),
    ("json flow", "`crates/flowtest/tests/flows.rs`"),
    ("json schema", "`crates/flowtest/tests/flows.rs`"),
    ("rust", "`excerpts_are_as_in_the_example` below"),
    ("sh", "`tests/it/book.rs`"),
    ("text leads", "`crates/flowtest/tests/flows.rs`"),
    ("toml", "`tests/it/book.rs`: the settings"),
];

/// Blocks of this kind are for readers: formulas, pictures.
const FOR_READERS: &str = "text";

/// A page with its code blocks: the kind and the text of each.
struct Page {
    path: String,
    text: String,
    blocks: Vec<(String, String)>,
}

/// The README, and every page of the book.
fn pages() -> Vec<Page> {
    let mut sources = source::all();
    sources.retain(|it| {
        it.path == "README.md" || it.path.starts_with("docs/src/") && it.extension() == Some("md")
    });
    assert!(sources.len() > 5, "the book is found");
    let page = |it: source::Source| Page {
        blocks: blocks(&it.text),
        path: it.path,
        text: it.text,
    };
    sources.into_iter().map(page).collect()
}

fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut block: Option<(String, String)> = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let kind = match kind {
                    CodeBlockKind::Fenced(kind) => kind.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                block = Some((kind, String::new()));
            }
            Event::Text(it) => {
                if let Some((_, text)) = &mut block {
                    text.push_str(&it);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(block.take()),
            _ => {}
        }
    }
    blocks
}

#[test]
fn every_link_leads_somewhere() {
    assert_none("a link leads nowhere", &docs::broken(&source::all()));
}

#[test]
fn every_example_is_of_a_kind_that_a_test_runs() {
    let mut offences = Vec::new();
    for page in pages() {
        let unknown = page
            .blocks
            .iter()
            .filter(|(kind, _)| kind != FOR_READERS && !RUN.iter().any(|(it, _)| it == kind));
        offences.extend(unknown.map(|(kind, _)| format!("{}: ```{kind}", page.path)));
    }
    assert_none("no test runs such a block", &offences);
}

/// `// …` stands for lines that are left out.
#[test]
fn excerpts_are_as_in_the_example() {
    let mut sources = source::rust();
    sources.retain(|it| it.path.starts_with("examples/"));
    let files: Vec<Vec<&str>> = sources
        .iter()
        .map(|it| it.text.lines().map(str::trim).collect())
        .collect();
    let mut offences = Vec::new();
    for page in pages() {
        for (_, text) in page.blocks.iter().filter(|(kind, _)| kind == "rust") {
            let wanted: Vec<&str> = text
                .lines()
                .map(str::trim)
                .filter(|it| !it.is_empty() && *it != "// …")
                .collect();
            let is_excerpt = |file: &Vec<&str>| {
                let mut lines = file.iter();
                wanted.iter().all(|wanted| lines.any(|it| it == wanted))
            };
            if !files.iter().any(is_excerpt) {
                offences.push(format!("{}: {}", page.path, wanted.first().unwrap_or(&"")));
            }
        }
    }
    assert_none(
        "no file of `examples/` has these lines in this order",
        &offences,
    );
}

#[test]
fn commands_of_the_repository_exist() {
    let mut offences = Vec::new();
    for page in pages() {
        for (_, text) in page.blocks.iter().filter(|(kind, _)| kind == "console") {
            let commands = text.lines().filter_map(|it| it.strip_prefix("$ "));
            let unknown = commands.filter(|it| {
                let command = it.split(" #").next().unwrap_or_default().trim();
                !crate::HELP.contains(command)
            });
            offences.extend(unknown.map(|it| format!("{}: {it}", page.path)));
        }
    }
    assert_none("`cargo xtask help` knows no such command", &offences);
}

#[test]
fn every_setting_is_in_the_book() {
    let sources = source::all();
    let defaults = sources
        .iter()
        .find(|it| it.path == "crates/pointsman/src/defaults.toml")
        .unwrap();
    let keys = defaults
        .text
        .lines()
        .filter(|it| !it.starts_with(['#', '[']));
    let keys: BTreeSet<&str> = keys.filter_map(|it| Some(it.split_once(" =")?.0)).collect();
    let pages = pages();
    let page = pages
        .iter()
        .find(|it| it.path == "docs/src/settings.md")
        .unwrap();
    let rows = page
        .text
        .lines()
        .filter_map(|it| it.strip_prefix("| `")?.split_once('`'));
    let names: BTreeSet<&str> = rows.map(|(name, _)| name).collect();
    assert!(keys.len() > 5, "the settings are found");
    let missing = keys.difference(&names).map(|it| format!("`{it}`"));
    assert_none(
        "a setting is missing in docs/src/settings.md",
        &missing.collect::<Vec<_>>(),
    );
}
