//! The keys that say how the cells of a log are written.

use pointsman_lead::{Problem, Zone};

use super::keys::Keys;
use crate::log::{DateOrder, Dialect, Encoding, Format, Numbers, RepeatedOffers, TimeUnit};

/// Reads them; what is wrong with one is a problem, and its default is taken.
pub(super) fn read(keys: &mut Keys) -> Format {
    let usual = Dialect::default();
    let dialect = Dialect {
        separator: byte(keys, "separator", Some(usual.separator)).unwrap_or(usual.separator),
        quote: byte(keys, "quote", usual.quote),
        comment: byte(keys, "comment", None),
        has_line_breaks: keys.truth("line_breaks_in_quotes"),
        encoding: word(
            keys,
            "encoding",
            "write utf-8, windows-1252 (which latin-1 is part of) or utf-16le",
            Encoding::from_word,
        )
        .unwrap_or_default(),
        skip_lines: keys.count("skip_lines").unwrap_or_default(),
        not_rows: keys.list("not_rows"),
    };
    let is_ambiguous = dialect.quote == Some(dialect.separator)
        || dialect.comment == Some(dialect.separator)
        || (dialect.comment.is_some() && dialect.comment == dialect.quote);
    if is_ambiguous {
        let message = "separator, quote and comment must differ";
        keys.problem(Problem::new("format_ambiguous", "separator", message));
    }
    Format {
        dialect,
        null_values: keys.list("null_values"),
        time_unit: word(
            keys,
            "time_unit",
            "write s, ms, us or ns",
            TimeUnit::from_word,
        ),
        time_zone: word(
            keys,
            "time_zone",
            "write an IANA name, such as America/New_York or UTC",
            |name| Zone::parse(name).ok(),
        ),
        date_order: word(
            keys,
            "date_order",
            "write day_first or month_first",
            DateOrder::from_word,
        ),
        numbers: word(
            keys,
            "numbers",
            "write one of the examples \"1234.56\", \"1,234.56\" and \"1.234,56\"",
            Numbers::from_word,
        )
        .unwrap_or_default(),
        repeated_offers: word(
            keys,
            "repeated_offers",
            "write refuse, first or sum_rewards",
            |word| {
                let found = RepeatedOffers::WORDS
                    .iter()
                    .find(|(_, known)| *known == word);
                found.map(|(repeated, _)| *repeated)
            },
        )
        .unwrap_or_default(),
    }
}

/// One byte, or none for the empty text.
///
/// * `usual`: where the key is not there.
fn byte(keys: &mut Keys, key: &'static str, usual: Option<u8>) -> Option<u8> {
    let Some(text) = keys.text(key) else {
        return usual;
    };
    match text.as_bytes() {
        [] => None,
        [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) => Some(*byte),
        _ => {
            let message = format!("`{key}` must be one ASCII character");
            let problem = Problem::new("format_invalid", keys.path(key), message);
            keys.problem(problem.hint("such as \";\" or \"\\t\"; an empty text means none"));
            usual
        }
    }
}

/// One of some words.
fn word<T>(
    keys: &mut Keys,
    key: &'static str,
    hint: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let text = keys.text(key)?;
    let value = read(&text);
    if value.is_none() {
        let message = format!("`{text}` is not a value of `{key}`");
        let problem = Problem::new("format_invalid", keys.path(key), message);
        keys.problem(problem.hint(hint));
    }
    value
}
