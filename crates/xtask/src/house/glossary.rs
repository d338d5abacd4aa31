//! Words that are not used here, each with the one that is: one word for one thing, and one that its field knows.

use super::source::Source;

/// A word that is not used, and what to say instead.
#[derive(Debug, Clone, Copy)]
pub(super) struct Banned {
    /// The word in lower case, or two or three of them with spaces between.
    pub(super) word: &'static str,
    /// What to say instead.
    pub(super) instead: &'static str,
}

/// A name that no type has.
#[derive(Debug, Clone, Copy)]
pub(super) struct BannedName {
    /// The name, and what to call the type instead.
    pub(super) name: Banned,
    /// The crates that it is banned in: those in which it stood for what has the better name. Empty: all.
    pub(super) crates: &'static [&'static str],
}

/// Not used in code, in the schema, or in documents.
pub(super) const WORDS: &[Banned] = &[
    Banned {
        word: "active flight",
        instead: "active lead",
    },
    Banned {
        word: "bell",
        instead: "wake-up",
    },
    Banned {
        word: "blot",
        instead: "redact",
    },
    Banned {
        word: "chronicle",
        instead: "commit log",
    },
    Banned {
        word: "desk",
        instead: "sequencer",
    },
    Banned {
        word: "door",
        instead: "endpoint",
    },
    Banned {
        word: "doors",
        instead: "endpoints",
    },
    Banned {
        word: "doorway",
        instead: "listener",
    },
    Banned {
        word: "flight",
        instead: "active lead",
    },
    Banned {
        word: "flights",
        instead: "active leads",
    },
    Banned {
        word: "foresee",
        instead: "predict",
    },
    Banned {
        word: "happening",
        instead: "committed event",
    },
    Banned {
        word: "happenings",
        instead: "committed events",
    },
    Banned {
        word: "heard",
        instead: "reported, received",
    },
    Banned {
        word: "news",
        instead: "result",
    },
    Banned {
        word: "patience",
        instead: "time-out",
    },
    Banned {
        word: "standing",
        instead: "conditions",
    },
    Banned {
        word: "standings",
        instead: "conditions",
    },
    Banned {
        word: "strangers",
        instead: "unknown",
    },
    Banned {
        word: "suppose",
        instead: "what if",
    },
    Banned {
        word: "supposed",
        instead: "what-if, expected",
    },
    Banned {
        word: "tally",
        instead: "attribution, count",
    },
    Banned {
        word: "turned away",
        instead: "diverted",
    },
    Banned {
        word: "whither",
        instead: "where to",
    },
];

/// Not the name of a type: each says less than the word beside it.
pub(super) const NAMES: &[BannedName] = &[
    name("Account", "ConversionTotals"),
    name("Book", "Allocation"),
    name("Books", "allocations"),
    name("Closure", "Unavailability"),
    name("Futures", "Continuations"),
    // Elsewhere, a market of mock buyers.
    name_in(
        "Market",
        "AuctionState",
        &["engine", "flowtest", "history", "router"],
    ),
    name("Moment", "the type that says how a step advanced"),
    name("Moved", "the type that says how a step advanced"),
    name("Scene", "Explainer"),
    name("Stand", "the type that says how a step advanced"),
    // Elsewhere, the tail of a distribution.
    name_in(
        "Tail",
        "PathId",
        &["engine", "flowtest", "history", "router"],
    ),
    name("Told", "a plain noun"),
    name("Walked", "LogFollower"),
    name("Ways", "PathForest"),
    name("Weighed", "LeadWeight"),
];

const fn name(word: &'static str, instead: &'static str) -> BannedName {
    name_in(word, instead, &[])
}

const fn name_in(
    word: &'static str,
    instead: &'static str,
    crates: &'static [&'static str],
) -> BannedName {
    BannedName {
        name: Banned { word, instead },
        crates,
    }
}

/// Phrases of the field that hold such a word: caps count offers in flight.
const FIELD: &[&str] = &["in flight"];

/// Files that may say the words: this one.
const EXEMPT: &[&str] = &["crates/xtask/src/house/glossary.rs"];

/// Where people write.
const WRITTEN: &[&str] = &["graphql", "html", "md", "rs", "sh", "toml"];

/// Folders of texts that others wrote.
const FOREIGN: &[&str] = &[
    "crates/flow/tests/cel/spec/",
    "tests/audit/",
    "bench/",
    "simulations/data/",
];

/// The comment above a line whose words are data, which nobody may change.
const GIVEN: &str = "part of the golden inputs";

/// Every place of a word that is not used: `path:line`.
pub(super) fn find(sources: &[Source]) -> Vec<(Banned, Vec<String>)> {
    let words: Vec<Vec<&str>> = WORDS
        .iter()
        .map(|it| it.word.split(' ').collect())
        .collect();
    let mut in_words = vec![Vec::new(); WORDS.len()];
    let mut in_names = vec![Vec::new(); NAMES.len()];
    for source in sources.iter().filter(|it| is_ours(it)) {
        let is_code = matches!(source.extension(), Some("rs" | "graphql"));
        let mut is_given = false;
        for (line, number) in source.text.lines().zip(1..) {
            let is_data = is_given;
            is_given = line.trim_start().starts_with("//") && line.contains(GIVEN);
            if is_data {
                continue;
            }
            let place = || format!("{}:{number}", source.path);
            let parts = parts(line);
            for (_, places) in words
                .iter()
                .zip(&mut in_words)
                .filter(|(word, _)| says(&parts, word))
            {
                places.push(place());
            }
            let names = if is_code { names(line) } else { Vec::new() };
            for (_, places) in NAMES
                .iter()
                .zip(&mut in_names)
                .filter(|(it, _)| it.holds_in(&source.path) && names.contains(&it.name.word))
            {
                places.push(place());
            }
        }
    }
    let all = WORDS.iter().copied().chain(NAMES.iter().map(|it| it.name));
    all.zip(in_words.into_iter().chain(in_names)).collect()
}

impl BannedName {
    /// Whether it is banned in the code of a file. Tests have worlds of their own, with names of their own.
    fn holds_in(&self, path: &str) -> bool {
        let is_of = |name: &&str| path.starts_with(&format!("crates/{name}/src/"));
        self.crates.is_empty() || self.crates.iter().any(is_of)
    }
}

fn is_ours(source: &Source) -> bool {
    source.extension().is_some_and(|it| WRITTEN.contains(&it))
        && !EXEMPT.contains(&source.path.as_str())
        && !FOREIGN.iter().any(|it| source.path.starts_with(it))
}

/// The words of a line in lower case; a name such as `StepKind` or `step_kind` is two.
fn parts(line: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let words = line
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty());
    for mut word in words {
        // A capital behind a small letter starts a word of its own.
        while let Some(at) = capital_after_small(word) {
            parts.push(word[..at].to_lowercase());
            word = &word[at..];
        }
        parts.push(word.to_lowercase());
    }
    parts
}

fn capital_after_small(word: &str) -> Option<usize> {
    let bytes = word.as_bytes().windows(2);
    let mut pairs = bytes.enumerate();
    let (at, _) = pairs.find(|(_, it)| it[0].is_ascii_lowercase() && it[1].is_ascii_uppercase())?;
    Some(at + 1)
}

/// Whether the words stand in the line, one after the other, and not as a phrase of the field.
fn says(parts: &[String], word: &[&str]) -> bool {
    parts.windows(word.len()).enumerate().any(|(at, window)| {
        let found = window.iter().zip(word).all(|(part, word)| part == word);
        found && {
            let before = at.checked_sub(1).map_or("", |it| parts[it].as_str());
            !FIELD.contains(&format!("{before} {}", word.join(" ")).as_str())
        }
    })
}

/// The names in a line of code; none in a comment or beside a text.
fn names(line: &str) -> Vec<&str> {
    if line.trim_start().starts_with("//") || line.contains('"') {
        return Vec::new();
    }
    let names = line.split(|it: char| !it.is_alphanumeric() && it != '_');
    names
        .filter(|it| it.starts_with(char::is_uppercase))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str, word: &str) -> bool {
        says(&parts(line), &word.split(' ').collect::<Vec<_>>())
    }

    #[test]
    fn a_word_is_found_in_prose_and_in_names() {
        for line in [
            "a turned away lead",
            "fn turned_away()",
            "TurnedAway",
            "TURNED_AWAY",
        ] {
            assert!(found(line, "turned away"), "{line}");
        }
        assert!(!found("outstanding", "standing"));
    }

    #[test]
    fn a_phrase_of_the_field_is_no_offence() {
        assert!(!found("offers in flight", "flight"));
        assert!(found("a flight", "flight"));
    }

    #[test]
    fn a_name_of_some_crates_is_free_in_the_others() {
        let tail = name_in("Tail", "PathId", &["router"]);
        assert!(tail.holds_in("crates/router/src/path.rs"));
        assert!(!tail.holds_in("crates/stats/src/weighted/tails.rs"));
        assert!(name("Book", "Allocation").holds_in("crates/stats/src/arms.rs"));
    }

    #[test]
    fn no_word_is_listed_twice() {
        let mut words: Vec<&str> = WORDS
            .iter()
            .copied()
            .chain(NAMES.iter().map(|it| it.name))
            .map(|it| it.word)
            .collect();
        let n = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), n);
    }
}
