//! Texts from outside, as a database and a log can hold them.

/// The text with a mark in the place of each control character but tab and line breaks. A zero byte, for
/// one, is a character to every parser and to no database.
pub fn printable(text: &str) -> String {
    let odd = |char: char| char.is_control() && !matches!(char, '\t' | '\n' | '\r');
    if !text.contains(odd) {
        return text.to_owned();
    }
    text.chars()
        .map(|char| if odd(char) { '\u{fffd}' } else { char })
        .collect()
}

/// The beginning of a text, with what is invisible spelled out.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(64).flat_map(char::escape_debug).collect();
    if text.chars().nth(64).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_no_database_holds_is_marked() {
        assert_eq!(
            printable("a\u{0}b\u{7f}\u{85}c"),
            "a\u{fffd}b\u{fffd}\u{fffd}c"
        );
        assert_eq!(printable("a\r\n\tä"), "a\r\n\tä");
    }
}
