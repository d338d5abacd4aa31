//! Names that people give to flows, destinations, stages and tokens.

use pointsman_lead::{Problem, unstorable};

/// Most bytes of a name.
const MAX_BYTES: usize = 64;

/// What is wrong with the name of a flow, destination or stage.
///
/// * `path`: where the name stands in the input.
pub(crate) fn check(path: &str, name: &str) -> Option<Problem> {
    let mut bytes = name.bytes();
    let first_fits = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let rest_fits = bytes.all(|byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
    });
    if first_fits && rest_fits && name.len() <= MAX_BYTES {
        return None;
    }
    let message = format!("`{}` cannot be a name", shortened(name));
    Some(Problem::new("bad_name", path, message).hint(
        "use lower-case letters, digits, `-` and `_`; begin with a letter or digit; at most 64",
    ))
}

/// What is wrong with a text for people.
pub(crate) fn check_text(path: &str, text: &str, max_chars: usize) -> Option<Problem> {
    unstorable(path, text, max_chars)
}

fn shortened(text: &str) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(MAX_BYTES).collect();
    if chars.next().is_some() {
        format!("{head}…")
    } else {
        head
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_short_lower_case_words() {
        for name in ["acme", "auto-insurance", "7_days", &"a".repeat(64)] {
            assert_eq!(super::check("name", name), None, "{name}");
        }
        for name in ["", "Acme", "a b", "-a", "a/b", "ä", &"a".repeat(65)] {
            assert_eq!(
                super::check("name", name).unwrap().code,
                "bad_name",
                "{name}"
            );
        }
    }
}
