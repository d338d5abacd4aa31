//! From a value as a publisher writes it to one that a schema takes.
//!
//! A form sends texts alone, and people write one thing in many ways. What is read here without being asked is what cannot
//! mean anything else in a field of its kind; the rest stays as it is, so that the schema says what is wrong with it.

use pointsman_lead::{CalendarDate, FieldKind, us};
use serde_json::{Number, Value};

use crate::{names::folded, phone, rule::Normaliser};

/// Words for yes and no, folded.
const YES: [&str; 10] = ["true", "yes", "y", "1", "on", "t", "ja", "si", "sí", "oui"];
const NO: [&str; 9] = ["false", "no", "n", "0", "off", "f", "nein", "non", "none"];

/// A word without regard to case and to white space around it.
pub(crate) fn word(text: &str) -> String {
    trimmed(text).to_lowercase()
}

/// A text without white space at its ends, and without what is invisible there: marks of byte order, spaces of no width.
pub(crate) fn trimmed(text: &str) -> &str {
    let is_nothing = |mark: char| {
        mark.is_whitespace()
            || matches!(
                mark,
                '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}'
            )
    };
    text.trim_matches(is_nothing)
}

/// Does one thing to a value. What is no text, or none that it is for, stays as it is.
pub(crate) fn apply(step: Normaliser, value: Value, country: Option<&str>) -> Value {
    let text = match &value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return value,
    };
    match step {
        Normaliser::Trim => trimmed(&text).into(),
        Normaliser::Lower => text.to_lowercase().into(),
        Normaliser::Upper => text.to_uppercase().into(),
        Normaliser::Digits => text
            .chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
            .into(),
        Normaliser::YesNo => yes_no(&text).map_or(value, Value::from),
        Normaliser::Phone => phone::read(trimmed(&text), country).into(),
        Normaliser::PostalCode => postal_code(trimmed(&text), country).into(),
        Normaliser::Zip5 => zip5(trimmed(&text)).into(),
        Normaliser::Email => email(trimmed(&text)).to_lowercase().into(),
        Normaliser::DateMdy => in_order(&text, [2, 0, 1]).map_or(value, Value::from),
        Normaliser::DateDmy => in_order(&text, [2, 1, 0]).map_or(value, Value::from),
        Normaliser::FirstWord => first_word(&text).into(),
        Normaliser::OtherWords => other_words(&text).into(),
    }
}

/// Reads a value as forms write values of a kind.
pub(crate) fn by_kind(kind: &FieldKind, value: Value, country: Option<&str>) -> Value {
    if let (FieldKind::Boolean, Value::Number(number)) = (kind, &value) {
        return match number.as_u64() {
            Some(0) => false.into(),
            Some(1) => true.into(),
            _ => value,
        };
    }
    let text = match &value {
        Value::String(text) => trimmed(text).to_owned(),
        // What a schema takes as text came as a number or a flag from a program that knew no better.
        Value::Number(number) if is_text(kind) => number.to_string(),
        Value::Bool(flag) if is_text(kind) => flag.to_string(),
        _ => return value,
    };
    match kind {
        FieldKind::Integer { .. } => integer(&text).map_or_else(|| text.into(), Value::Number),
        FieldKind::Boolean => yes_no(&text).map_or_else(|| text.into(), Value::from),
        FieldKind::Enum { labels } => label(labels, &text)
            .map_or(text.clone(), str::to_owned)
            .into(),
        FieldKind::Country => text.to_uppercase().into(),
        FieldKind::Region => region(&text, country).into(),
        FieldKind::PostalCode => postal_code(&text, country).into(),
        FieldKind::Phone => phone::read(&text, country).into(),
        FieldKind::Email => email(&text).into(),
        FieldKind::Timestamp => time(&text).into(),
        FieldKind::Date => day(&text).unwrap_or(text).into(),
        FieldKind::Text { .. } | FieldKind::Decimal { .. } | FieldKind::Ip | FieldKind::Url => {
            text.into()
        }
    }
}

fn is_text(kind: &FieldKind) -> bool {
    !matches!(
        kind,
        FieldKind::Integer { .. } | FieldKind::Decimal { .. } | FieldKind::Boolean
    )
}

fn yes_no(text: &str) -> Option<bool> {
    let word = word(text);
    if YES.contains(&word.as_str()) {
        return Some(true);
    }
    NO.contains(&word.as_str()).then_some(false)
}

/// A whole number in digits, perhaps with `.0`; no thousands, whose sign is a point to others.
fn integer(text: &str) -> Option<Number> {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|it| it == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    whole.parse::<i64>().ok().map(Number::from)
}

/// The one label that a text means, without regard to case, blanks and signs.
fn label<'a>(labels: &'a [String], text: &str) -> Option<&'a str> {
    if let Some(label) = labels.iter().find(|label| *label == text) {
        return Some(label);
    }
    let meant = folded(text);
    let mut alike = labels.iter().filter(|label| folded(label) == meant);
    let first = alike.next()?;
    // Where two labels are alike, nobody can say which was meant.
    alike.next().is_none().then_some(first)
}

/// A state or province by its code. Those of the United States may be written out.
fn region(text: &str, country: Option<&str>) -> String {
    let upper = text.to_uppercase();
    // As ISO 3166-2 writes it, with the country.
    let bare = country.and_then(|country| upper.strip_prefix(&format!("{country}-")));
    let bare = bare.filter(|bare| !bare.contains('-')).unwrap_or(&upper);
    if country == Some("US")
        && let Some(code) = us::code_of(text)
    {
        return code.to_owned();
    }
    bare.to_owned()
}

/// A postal code as its country writes it; of an unknown country, with capital letters.
fn postal_code(text: &str, country: Option<&str>) -> String {
    let upper = text.to_uppercase();
    let bare: String = upper
        .chars()
        .filter(|mark| mark.is_alphanumeric())
        .collect();
    let n = bare.chars().count();
    let is_digits = bare.bytes().all(|it| it.is_ascii_digit());
    // Where it is cut in two parts, counted from the front.
    let cut = |at: usize, sign: &str| {
        let head: String = bare.chars().take(at).collect();
        let tail: String = bare.chars().skip(at).collect();
        format!("{head}{sign}{tail}")
    };
    match (country, is_digits, n) {
        // A spreadsheet takes zeros away in front of what it holds for a number.
        (Some("US" | "PR"), true, 3..=5)
        | (Some("DE" | "FR" | "ES" | "IT" | "FI"), true, 4..=5) => {
            format!("{bare:0>5}")
        }
        (Some("US" | "PR"), true, 9) | (Some("BR"), true, 8) => cut(5, "-"),
        (Some("CA"), false, 6) | (Some("SE"), true, 5) => cut(3, " "),
        (Some("GB"), false, 5..=7) => cut(n - 3, " "),
        (Some("NL"), false, 6) => cut(4, " "),
        (Some("PL"), true, 5) => cut(2, "-"),
        (Some("PT"), true, 7) => cut(4, "-"),
        _ => upper,
    }
}

/// The first five digits of a ZIP code; what is none stays as it is.
fn zip5(text: &str) -> String {
    let zip = postal_code(text, Some("US"));
    match zip.split_once('-') {
        Some((five, four)) if five.len() == 5 && four.len() == 4 => five.to_owned(),
        _ => zip,
    }
}

/// An e-mail address whose host is in small letters, which mail hosts tell no apart; whether the name before it is, only its
/// host knows.
fn email(text: &str) -> String {
    let mut bare = text;
    while let Some(scheme) = bare.get(..7)
        && scheme.eq_ignore_ascii_case("mailto:")
    {
        bare = &bare[7..];
    }
    match bare.rsplit_once('@') {
        Some((name, host)) => format!("{name}@{}", host.to_lowercase()),
        None => bare.to_owned(),
    }
}

/// A point in time; platforms write zones as `+0000`, and a blank between date and time.
fn time(text: &str) -> String {
    let mut written = text.to_owned();
    if written.is_ascii() && written.get(10..11) == Some(" ") {
        written.replace_range(10..11, "T");
    }
    let n = written.len();
    if written.is_ascii() && n > 5 {
        let (head, zone) = written.split_at(n - 5);
        let is_zone =
            zone.starts_with(['+', '-']) && zone[1..].bytes().all(|it| it.is_ascii_digit());
        if is_zone && head.contains('T') {
            return format!("{head}{}:{}", &zone[..3], &zone[3..]);
        }
    }
    written
}

/// A day that begins with its year, as programs write it: `1990-01-31`, `1990/1/31`, `19900131`, and a point in time by the day
/// that it names. Which of two small numbers is the month, a rule must say.
fn day(text: &str) -> Option<String> {
    let written = text.split(['T', 't', ' ']).next()?;
    if written.len() == 8 && written.bytes().all(|it| it.is_ascii_digit()) {
        return date([&written[..4], &written[4..6], &written[6..]]);
    }
    in_order(written, [0, 1, 2])
}

/// A day of three numbers between signs.
///
/// * `places`: where among them year, month and day stand.
fn in_order(text: &str, places: [usize; 3]) -> Option<String> {
    let numbers: Vec<&str> = trimmed(text)
        .split(['/', '-', '.'])
        .map(str::trim)
        .collect();
    let [_, _, _] = numbers[..] else { return None };
    date(places.map(|place| numbers[place]))
}

/// A day that there is. A year of two digits may be of two centuries, and is none.
fn date([year, month, day]: [&str; 3]) -> Option<String> {
    let is_number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        digits.contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit())
    };
    let is_written = is_number(year, 4..=4) && is_number(month, 1..=2) && is_number(day, 1..=2);
    let text = format!("{year}-{month:0>2}-{day:0>2}");
    (is_written && text.parse::<CalendarDate>().is_ok()).then_some(text)
}

pub(crate) fn first_word(text: &str) -> &str {
    trimmed(text).split_whitespace().next().unwrap_or_default()
}

pub(crate) fn other_words(text: &str) -> &str {
    let text = trimmed(text);
    text.split_once(char::is_whitespace)
        .map_or("", |(_, others)| others.trim_start())
}

#[cfg(test)]
mod tests;
