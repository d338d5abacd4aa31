//! Sentences about what was asked, seen and closed.

use pointsman_flow::{Asked, Seen, Why, Window};
use pointsman_ledger::Unavailability;
use pointsman_router::Answer;

/// `age is 30`.
pub(super) fn seen(Seen { name, value }: &Seen) -> String {
    format!("{name} is {}", value.as_deref().unwrap_or("missing"))
}

/// `` `age >= 25` is false (age is 24) ``.
pub(super) fn asked(asked: &Asked) -> String {
    let Asked {
        text,
        answer,
        seen: read,
    } = asked;
    let answer = match answer {
        Some(true) => "true",
        Some(false) => "false",
        None => "unknown",
    };
    let read: Vec<String> = read.iter().map(seen).collect();
    if read.is_empty() {
        return format!("`{text}` is {answer}");
    }
    format!("`{text}` is {answer} ({})", read.join(", "))
}

/// What kept something from being true.
pub(super) fn failing(questions: &[Asked]) -> String {
    let failing = questions.iter().filter(|asked| asked.answer != Some(true));
    failing.map(asked).collect::<Vec<_>>().join("; ")
}

/// Why a rule took its port.
pub(super) fn rule(why: &Why) -> String {
    match why {
        Why::When {
            value: Some(true),
            parts,
            ..
        } => parts.iter().map(asked).collect::<Vec<_>>().join("; "),
        Why::When { parts, .. } => failing(parts),
        Why::Switch {
            on,
            case: Some(case),
        } => format!("{}, case {}", seen(on), case + 1),
        Why::Switch { on, case: None } => format!("{}, which is no case", seen(on)),
        Why::Table {
            row: Some(row),
            n_rows,
            cells,
            ..
        } => {
            let cells: Vec<String> = cells.iter().map(asked).collect();
            let cells = if cells.is_empty() {
                String::new()
            } else {
                format!(": {}", cells.join("; "))
            };
            format!("row {} of {n_rows} matches{cells}", row + 1)
        }
        Why::Table {
            row: None, n_rows, ..
        } => format!("none of {n_rows} rows matches"),
    }
}

/// Why a destination was not free.
pub(super) fn unavailability(unavailability: &Unavailability) -> String {
    match unavailability {
        Unavailability::Inactive => "switched off".to_owned(),
        Unavailability::Schedule { zone, opens_at } => match opens_at {
            Some(at) => format!("outside its opening hours ({zone}); it opens at {at}"),
            None => format!("outside its opening hours ({zone}); it never opens"),
        },
        Unavailability::Breaker {
            failures,
            until: _,
            probing: true,
        } => format!("it failed {failures} times in a row, and one offer at a time may try it"),
        Unavailability::Breaker {
            failures, until, ..
        } => format!("it failed {failures} times in a row and rests until {until}"),
        Unavailability::Cap {
            name,
            kind,
            max,
            by_now,
            used,
            window,
            zone,
            until,
        } => {
            let what = kind.units();
            let pace = if by_now < max {
                format!(", paced to {} by then", kind.shown(*by_now))
            } else {
                String::new()
            };
            let (max, used) = (kind.shown(*max), kind.shown(*used));
            let window = match window {
                Window::Minute => "a minute",
                Window::Hour => "an hour",
                Window::Day => "a day",
                Window::Week => "a week",
                Window::Month => "a month",
                Window::Lifetime => "in all",
            };
            let name = name.as_ref().map(|name| format!(" `{name}`"));
            let name = name.unwrap_or_default();
            match until {
                Some(until) => format!(
                    "its cap{name} of {max} {what} {window} ({zone}) is used up, {used} of {max}{pace}, until {until}"
                ),
                None => {
                    format!("its cap{name} of {max} {what} {window} is used up, {used} of {max}")
                }
            }
        }
    }
}

/// What a destination made of an offer.
pub(super) fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Accepted => "it took the lead",
        Answer::Rejected => "it said no",
        Answer::NotSent => "it could not be reached",
        Answer::Unknown => "its answer is unknown",
    }
}

/// A number of parts per million, in groups of three digits.
pub(super) fn ppm(parts: u32) -> String {
    let digits = parts.to_string();
    let mut text = String::with_capacity(digits.len() + 1);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn parts_per_million_are_grouped() {
        let texts = [0, 999, 1_000, 50_000, 1_000_000].map(super::ppm);
        assert_eq!(texts, ["0", "999", "1,000", "50,000", "1,000,000"]);
    }
}
