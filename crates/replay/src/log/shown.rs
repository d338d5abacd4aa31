//! Values of a log as messages show them: short, on one line, whatever they hold.

/// Characters of a value that a message shows.
const CHARS_MAX: usize = 60;

/// Names that a message lists.
const NAMES_MAX: usize = 20;

/// A value in code quotes, cut where it is long, with control characters spelled out.
pub(crate) fn value(text: &str) -> String {
    let mut shown = String::from("`");
    for (position, char) in text.chars().enumerate() {
        if position == CHARS_MAX {
            shown.push('…');
            break;
        }
        if char.is_control() {
            shown.extend(char.escape_default());
        } else {
            shown.push(char);
        }
    }
    shown.push('`');
    shown
}

/// A text of somebody else, such as a message of a library, cut where it is long.
pub(crate) fn text(text: &str) -> String {
    let quoted = text.chars().take(10 * CHARS_MAX);
    let mut shown: String = quoted
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect();
    if text.chars().nth(10 * CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// Names one after the other; of many only the first.
pub(crate) fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let mut shown: Vec<String> = names
        .by_ref()
        .take(NAMES_MAX)
        .map(|name| {
            let quoted = value(name);
            quoted[1..quoted.len() - 1].to_owned()
        })
        .collect();
    let more = names.count();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_or_cannot_be_printed_is_shown_short() {
        assert_eq!(value("5\" screen"), "`5\" screen`");
        assert_eq!(value("a\nb\0"), "`a\\nb\\u{0}`");
        assert_eq!(value(&"é".repeat(100)).chars().count(), 63);
        assert!(text(&"x".repeat(100_000)).len() < 1_000);
        let many: Vec<String> = (0..1_000).map(|n| format!("column{n}")).collect();
        let shown = names(many.iter().map(String::as_str));
        assert!(shown.ends_with("column19, and 980 more"), "{shown}");
    }
}
