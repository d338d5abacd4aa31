//! Numbers as people and spreadsheets write them.

use std::borrow::Cow;

/// How the numbers of a log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Numbers {
    /// As programs do: `1234.56`, and nothing else.
    #[default]
    Plain,
    /// With a decimal point; commas, apostrophes and spaces between thousands, and signs of currencies: `$1,234.56`.
    Point,
    /// With a decimal comma; points, apostrophes and spaces between thousands, and signs of currencies: `1.234,56 €`.
    Comma,
}

impl Numbers {
    /// Each with its word in scenarios: an example.
    pub const WORDS: [(Self, &'static str); 3] = [
        (Self::Plain, "1234.56"),
        (Self::Point, "1,234.56"),
        (Self::Comma, "1.234,56"),
    ];

    /// The style of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        let known = Self::WORDS.iter().find(|(_, known)| *known == word);
        known.map(|(numbers, _)| *numbers)
    }

    /// The word for it in scenarios.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "1234.56",
            Self::Point => "1,234.56",
            Self::Comma => "1.234,56",
        }
    }

    /// The same number as programs write it; `None` if it is written in another way, which may stand for another number.
    pub(crate) fn plain(self, text: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Plain => Some(Cow::Borrowed(text)),
            Self::Point => spelled(text, '.', ',').map(Cow::Owned),
            Self::Comma => spelled(text, ',', '.').map(Cow::Owned),
        }
    }
}

/// What stands around an amount: its currency, if it is one that we know. Longer ones first.
const CURRENCIES: [(&str, &str); 20] = [
    ("US$", "USD"),
    ("R$", "BRL"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("USD", "USD"),
    ("EUR", "EUR"),
    ("GBP", "GBP"),
    ("BRL", "BRL"),
    ("CHF", "CHF"),
    ("CAD", "CAD"),
    ("AUD", "AUD"),
    ("MXN", "MXN"),
    ("PLN", "PLN"),
    ("SEK", "SEK"),
    ("JPY", "JPY"),
    ("INR", "INR"),
    ("COP", "COP"),
];

/// An amount without its currency, and the code of that.
pub(crate) fn without_currency(text: &str) -> (&str, Option<&'static str>) {
    let text = text.trim();
    for (sign, code) in CURRENCIES {
        let rest = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign));
        if let Some(rest) = rest {
            return (rest.trim(), Some(code));
        }
    }
    // A minus, or the bracket of a loss, may stand before the sign.
    (text, None)
}

/// A number with a mark before its fraction and perhaps others between thousands; `None` for anything else.
fn spelled(text: &str, mark: char, group: char) -> Option<String> {
    let text = text.trim();
    let in_brackets = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'));
    let (text, mut is_negative) = match in_brackets {
        Some(text) => (text, true),
        None => (text, false),
    };
    let mut bare = text;
    if let Some(rest) = bare.strip_prefix('-') {
        (bare, is_negative) = (rest.trim(), true);
    }
    bare = without_currency(bare).0;
    if let Some(rest) = bare.strip_prefix('-') {
        (bare, is_negative) = (rest.trim(), true);
    }
    let (whole, fraction) = bare.split_once(mark).unwrap_or((bare, ""));
    let is_group = |char: char| char == group || "' \u{2019}\u{a0}\u{202f}".contains(char);
    let groups: Vec<&str> = whole.split(is_group).collect();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (first, others) = groups.split_first()?;
    let is_whole = is_digits(first)
        && others
            .iter()
            .all(|group| group.len() == 3 && is_digits(group))
        && (others.is_empty() || (1..=3).contains(&first.len()));
    if !is_whole || !is_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let sign = if is_negative { "-" } else { "" };
    let digits = groups.concat();
    let digits = if digits.is_empty() { "0" } else { &digits };
    Some(if fraction.is_empty() {
        format!("{sign}{digits}")
    } else {
        format!("{sign}{digits}.{fraction}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (numbers, text, expected) in [
            (Numbers::Plain, "1234.56", "1234.56"),
            (Numbers::Point, "1,234.56", "1234.56"),
            (Numbers::Point, "$12.50", "12.50"),
            (Numbers::Point, "-$12.50", "-12.50"),
            (Numbers::Point, "($1,012.50)", "-1012.50"),
            (Numbers::Point, ".5", "0.5"),
            (Numbers::Point, "USD 7", "7"),
            (Numbers::Comma, "12,50", "12.50"),
            (Numbers::Comma, "1.234,50 €", "1234.50"),
            (Numbers::Comma, "R$ 1.234,50", "1234.50"),
            (Numbers::Comma, "1 234,5", "1234.5"),
            (Numbers::Comma, "1\u{202f}234", "1234"),
            (Numbers::Point, "1'234.50 CHF", "1234.50"),
        ] {
            assert_eq!(numbers.plain(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_would_be_another_number_elsewhere_is_none_here() {
        // A decimal point where a comma is said: 12 and a half must not become 1250.
        for (numbers, text) in [
            (Numbers::Comma, "12.50"),
            (Numbers::Point, "12,50"),
            (Numbers::Point, "1,2,3"),
            (Numbers::Point, "12 items"),
            (Numbers::Point, ""),
            (Numbers::Comma, "1234.567,8"),
        ] {
            assert_eq!(numbers.plain(text), None, "{text}");
        }
    }
}
