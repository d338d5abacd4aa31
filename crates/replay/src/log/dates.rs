//! Dates as people and spreadsheets write them.

use pointsman_lead::{LocalTime, Timestamp};

/// Which of two numbers of a date is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/01/2026`.
    DayFirst,
    /// `01/31/2026`.
    MonthFirst,
}

impl DateOrder {
    /// Each with its word in scenarios.
    pub const WORDS: [(Self, &'static str); 2] = [
        (Self::DayFirst, "day_first"),
        (Self::MonthFirst, "month_first"),
    ];

    /// The order of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        let known = Self::WORDS.iter().find(|(_, known)| *known == word);
        known.map(|(order, _)| *order)
    }

    /// The word for it in scenarios.
    pub fn word(self) -> &'static str {
        match self {
            Self::DayFirst => "day_first",
            Self::MonthFirst => "month_first",
        }
    }
}

/// What a date says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelled {
    /// With an offset.
    Instant(Timestamp),
    /// As a local clock shows it.
    Local(LocalTime),
    /// It is a date, but either number may be the day.
    NoOrder,
}

/// The two numbers of a date before its year; one of them is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) first: u32,
    pub(crate) second: u32,
    pub(crate) separator: char,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads a date, with or without a time of day; `None` if it is none.
///
/// * `order`: what the first of two numbers is. Where the name of the month is written, nobody need say.
pub(crate) fn spelled(text: &str, order: Option<DateOrder>) -> Option<Spelled> {
    let text = text.trim();
    let (year, date, rest) = match of_numbers(text) {
        Some((pair, year, rest)) => {
            let Some(order) = order else {
                time_of_day(rest)?;
                return (pair.first <= 31 && pair.second <= 31).then_some(Spelled::NoOrder);
            };
            let date = match order {
                DateOrder::DayFirst => (pair.second, pair.first),
                DateOrder::MonthFirst => (pair.first, pair.second),
            };
            (year, date, rest)
        }
        None => of_words(text).or_else(|| of_year_first(text))?,
    };
    let (month, day) = date;
    let (clock, offset) = time_of_day(rest)?;
    let shown = format!("{year:04}-{month:02}-{day:02}T{clock}");
    match offset {
        Some(offset) => {
            let at = format!("{shown}{offset}").parse().ok()?;
            Some(Spelled::Instant(at))
        }
        None => shown.parse().ok().map(Spelled::Local),
    }
}

/// The numbers of a date that its separators alone tell: `2/3/2026`, `31.01.26`.
pub(crate) fn pair(text: &str) -> Option<Pair> {
    let (pair, _, rest) = of_numbers(text.trim())?;
    time_of_day(rest).map(|_| pair)
}

/// Day and month, year, and what comes behind.
fn of_numbers(text: &str) -> Option<(Pair, u32, &str)> {
    let (first, rest) = number(text, 2)?;
    let separator = rest.chars().next().filter(|char| "/.-".contains(*char))?;
    let (second, rest) = number(&rest[1..], 2)?;
    let rest = rest.strip_prefix(separator)?;
    let (year, behind) = number(rest, 4)?;
    let year = year_of(year, rest.len() - behind.len())?;
    let pair = Pair {
        first,
        second,
        separator,
    };
    Some((pair, year, behind))
}

/// `31 Jan 2026`, `Jan 31, 2026`, `Tue, 31 Jan 2026`.
fn of_words(text: &str) -> Option<(u32, (u32, u32), &str)> {
    let text = match text.split_once(", ") {
        Some((day, rest)) if day.len() <= 9 && day.chars().all(char::is_alphabetic) => rest,
        _ => text,
    };
    let (day, month, rest) = if let Some((day, rest)) = number(text, 2) {
        let (month, rest) = month(rest.trim_start_matches([' ', '-']))?;
        (day, month, rest)
    } else {
        let (month, rest) = month(text)?;
        let (day, rest) = number(rest.trim_start_matches([' ', '-']), 2)?;
        (day, month, rest)
    };
    let rest = rest.trim_start_matches([' ', ',', '-']);
    let (year, behind) = number(rest, 4)?;
    let year = year_of(year, rest.len() - behind.len())?;
    Some((year, (month, day), behind))
}

/// `2026/01/31`, and `2026-01-31` with what RFC 3339 does not allow behind it.
fn of_year_first(text: &str) -> Option<(u32, (u32, u32), &str)> {
    let (year, rest) = number(text, 4)?;
    let separator = rest.chars().next().filter(|char| "/.-".contains(*char))?;
    let (month, rest) = number(&rest[1..], 2)?;
    let (day, rest) = number(rest.strip_prefix(separator)?, 2)?;
    (year >= 1_000).then_some((year, (month, day), rest))
}

fn year_of(year: u32, n_digits: usize) -> Option<u32> {
    match n_digits {
        4 => Some(year),
        2 if year < 70 => Some(2_000 + year),
        2 => Some(1_900 + year),
        _ => None,
    }
}

/// The number that a text begins with, of at most so many digits.
fn number(text: &str, n_digits_max: usize) -> Option<(u32, &str)> {
    let n_digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if n_digits == 0 || n_digits > n_digits_max {
        return None;
    }
    Some((text[..n_digits].parse().ok()?, &text[n_digits..]))
}

/// The month whose English name a text begins with.
fn month(text: &str) -> Option<(u32, &str)> {
    let n_letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let name = text.get(..3)?.to_ascii_lowercase();
    let position = MONTHS.iter().position(|month| *month == name)?;
    let rest = text[n_letters..].trim_start_matches('.');
    Some((u32::try_from(position).ok()? + 1, rest))
}

/// A time of day as `hh:mm:ss`, and an offset where one is written. Nothing at all is midnight.
fn time_of_day(text: &str) -> Option<(String, Option<String>)> {
    let text = text.trim_start_matches([' ', ',', 'T', '\u{a0}', '\u{202f}']);
    let text = text.strip_prefix("at ").unwrap_or(text);
    if text.is_empty() {
        return Some(("00:00:00".to_owned(), None));
    }
    let (hour, rest) = number(text, 2)?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => number(rest, 2)?,
        None => (0, rest),
    };
    let (fraction, rest) = match rest.strip_prefix(['.', ',']) {
        Some(rest) => {
            let n_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            (format!(".{}", &rest[..n_digits.min(6)]), &rest[n_digits..])
        }
        None => (String::new(), rest),
    };
    let (hour, rest) = half_of_day(hour, rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']))?;
    let offset = match rest {
        "" => None,
        "Z" | "UTC" | "GMT" => Some("Z".to_owned()),
        rest => Some(offset(rest)?),
    };
    Some((
        format!("{hour:02}:{minute:02}:{second:02}{fraction}"),
        offset,
    ))
}

/// The hour of 24, and what stands behind `AM` or `PM`.
fn half_of_day(hour: u32, text: &str) -> Option<(u32, &str)> {
    let lower = text.to_ascii_lowercase();
    for (word, from) in [("am", 0), ("a.m.", 0), ("pm", 12), ("p.m.", 12)] {
        if lower.starts_with(word) {
            let hour = (1..=12).contains(&hour).then_some(hour % 12 + from)?;
            return Some((hour, text[word.len()..].trim_start()));
        }
    }
    Some((hour, text))
}

/// `+0100` and `+01:00` as RFC 3339 writes them.
fn offset(text: &str) -> Option<String> {
    let text = text
        .strip_prefix("UTC")
        .or(text.strip_prefix("GMT"))
        .unwrap_or(text);
    let sign = text.chars().next().filter(|char| "+-".contains(*char))?;
    let digits: String = text[1..].chars().filter(|char| *char != ':').collect();
    let is_whole = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| format!("{sign}{}:{}", &digits[..2], &digits[2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, order: Option<DateOrder>) -> String {
        match spelled(text, order) {
            Some(Spelled::Instant(at)) => format!("at {at}"),
            Some(Spelled::Local(shown)) => format!("{shown:?}"),
            Some(Spelled::NoOrder) => "either".to_owned(),
            None => "no date".to_owned(),
        }
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        let (day, month) = (Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst));
        let local = |text: &str| format!("{:?}", text.parse::<LocalTime>().unwrap());
        for (text, order, expected) in [
            ("02/03/2026", None, "either".to_owned()),
            ("02/03/2026", day, local("2026-03-02")),
            ("02/03/2026", month, local("2026-02-03")),
            ("31.01.26 9:05", day, local("2026-01-31 09:05:00")),
            ("1/31/2026 12:05:09 AM", month, local("2026-01-31 00:05:09")),
            ("1/31/2026, 1:05 p.m.", month, local("2026-01-31 13:05:00")),
            ("Jan 31, 2026 9:30 PM", None, local("2026-01-31 21:30:00")),
            (
                "Sat, 31 Jan 2026 09:30:00 GMT",
                None,
                "at 2026-01-31T09:30:00Z".to_owned(),
            ),
            (
                "2026-01-31 09:30:00 +0100",
                None,
                "at 2026-01-31T08:30:00Z".to_owned(),
            ),
            ("2026/01/31 09:30", None, local("2026-01-31 09:30:00")),
            (
                "2026-01-31 09:30:00 UTC",
                None,
                "at 2026-01-31T09:30:00Z".to_owned(),
            ),
            (
                "31.01.2026 09:30,250",
                day,
                local("2026-01-31 09:30:00.250"),
            ),
        ] {
            assert_eq!(read(text, order), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "31/01",
            "1.2.3",
            "31/31/2026/1",
            "10.5",
            "2026",
            "31.01.2026 25",
            "13:05",
            "32/01/2026",
            "31/13/2026",
            "1/2/2026 13:05 PM",
            "192.168.10.1",
        ] {
            assert_eq!(read(text, Some(DateOrder::DayFirst)), "no date", "{text}");
        }
    }
}
