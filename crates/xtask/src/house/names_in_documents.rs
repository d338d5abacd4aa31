//! What the documents for contributors name is there: files, types, functions, tests.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser};

use super::{assert_none, source};

/// Documents that name code.
const DOCUMENTS: &[&str] = &["ARCHITECTURE.md", "CONTRIBUTING.md"];

/// Ends of names of files.
const FILES: &[&str] = &[".rs", ".md", ".json", ".toml"];

/// Stand for names of the reader's choice, or for files that are not committed.
const PLACEHOLDERS: &[&str] = &[
    "auto/premium",
    "crates/NAME/Cargo.toml",
    "foo/tests.rs",
    "fuzz/corpus/",
    "mYYYYMMDD_NNNNNN_what_it_does.rs",
    "mod.rs",
];

/// The names between backticks in the text of a document, with their lines; code blocks are no text.
fn names(text: &str) -> Vec<(usize, String)> {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    let names = events.filter_map(|(event, range)| {
        let Event::Code(name) = event else {
            return None;
        };
        let line = text[..range.start].matches('\n').count() + 1;
        Some((line, name.into_string()))
    });
    names.collect()
}

/// Whether a file, or a folder, has such a path or such an end of its path.
fn is_path(name: &str, files: &BTreeSet<&str>) -> bool {
    let (name, is_folder) = name
        .strip_suffix('/')
        .map_or((name, false), |it| (it, true));
    let end = format!("/{name}");
    let inside = [format!("{name}/"), format!("/{name}/")];
    files.iter().any(|it| {
        let file = !is_folder && (*it == name || it.ends_with(&end));
        file || it.starts_with(&inside[0]) || it.contains(&inside[1])
    })
}

/// `a::b` and `A` are names; `--flag`, `x = 1` and `a b` are not.
fn parts(name: &str) -> Option<Vec<&str>> {
    let name = name.trim_end_matches("()").trim_end_matches('!');
    let is_word =
        |it: &str| !it.is_empty() && it.chars().all(|it| it.is_alphanumeric() || it == '_');
    let parts: Vec<&str> = name.split("::").flat_map(|it| it.split('.')).collect();
    parts.iter().all(|it| is_word(it)).then_some(parts)
}

#[test]
fn documents_name_what_is_there() {
    let sources = source::all();
    let files: BTreeSet<&str> = sources.iter().map(|it| it.path.as_str()).collect();
    let code = sources.iter().filter(|it| it.extension() != Some("md"));
    let inside = |it: char| it.is_alphanumeric() || it == '_';
    let words: BTreeSet<&str> = code
        .flat_map(|it| it.text.split(move |it| !inside(it)))
        .collect();
    let mut offences = Vec::new();
    for document in sources
        .iter()
        .filter(|it| DOCUMENTS.contains(&it.path.as_str()))
    {
        for (line, name) in names(&document.text) {
            let is_shorthand =
                name.contains(['…', '*', ' ', '{']) || name.starts_with(['/', '-', '.']);
            let names_a_file =
                !is_shorthand && (name.contains('/') || FILES.iter().any(|it| name.ends_with(it)));
            let missing = if names_a_file {
                !is_path(&name, &files)
            } else {
                !is_shorthand
                    && parts(&name).is_some_and(|it| it.iter().any(|it| !words.contains(it)))
            };
            if missing && !PLACEHOLDERS.contains(&&*name) {
                offences.push(format!("{}:{line}: `{name}`", document.path));
            }
        }
    }
    assert_none("a document names what is not there", &offences);
}
