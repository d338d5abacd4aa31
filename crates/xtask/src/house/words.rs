//! Nothing unfinished is committed: an open end is an issue with a reason, not a word in a file.

use super::{assert_none, source};

/// Put together here, or this file would offend.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("dbg", "!"),
    concat!("#[ig", "nore"),
    concat!("#[should", "_panic"),
];

/// Where people write. Lock files and recorded data hold words by chance.
const WRITTEN: &[&str] = &[
    "css", "graphql", "html", "js", "md", "mjs", "rs", "sh", "sql", "toml", "ts", "tsx", "yml",
];

#[test]
fn nothing_unfinished_is_committed() {
    let mut offences = Vec::new();
    for source in source::all() {
        let written = source.extension().is_none_or(|it| WRITTEN.contains(&it));
        if !written {
            continue;
        }
        for (line, number) in source.text.lines().zip(1..) {
            let words = UNFINISHED.iter().filter(|it| has_word(line, it));
            offences.extend(words.map(|it| format!("{}:{number}: {it}", source.path)));
        }
    }
    assert_none("finish it, or leave it out", &offences);
}

/// Whether the word stands alone, not inside a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let inside = |it: char| it.is_alphanumeric() || it == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        let whole_at_end = !word.ends_with(inside) || !after.is_some_and(inside);
        !before.is_some_and(inside) && whole_at_end
    })
}

#[test]
fn a_word_is_found_only_as_a_word() {
    let word = concat!("XX", "X");
    assert!(has_word(&format!("// {word}: look"), word));
    assert!(!has_word(&format!("{word}L"), word));
    assert!(!has_word(&format!("A{word}"), word));
    let call = concat!("dbg", "!");
    assert!(has_word(&format!("{call}(x)"), call));
}
