//! Times that can be computed while a predicate is read: `timestamp(…)`, `duration(…)`, and sums; and days.

use pointsman_lead::Timestamp;

use super::{Narrow, Operand, arithmetic};
use crate::{
    Error, Span, Spanned, Value,
    lex::{hinted, outside, syntax},
    syntax::{Tree, TreeKind},
};

/// The times that CEL has, in nanoseconds: the years 1 to 9999.
const TIMES: std::ops::Range<i128> =
    -62_135_596_800 * NANOS_PER_SECOND..253_402_300_800 * NANOS_PER_SECOND;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// Longest duration of CEL, in nanoseconds: about 10,000 years.
const LONGEST: i128 = 315_576_000_000 * NANOS_PER_SECOND;

impl Narrow {
    /// `timestamp("2026-01-31T09:30:00Z")`, or seconds since 1970.
    pub(super) fn timestamp(&mut self, argument: &Tree) -> Option<Operand> {
        let nanos = match &argument.kind {
            TreeKind::Text(text) => match text.parse::<jiff::Timestamp>() {
                Ok(instant) => instant.as_nanosecond(),
                Err(_) => return self.fail(no_time(text, argument.span)),
            },
            _ => match self.operand(argument)? {
                Operand::Literal(Value::Integer(seconds)) => i128::from(seconds) * NANOS_PER_SECOND,
                Operand::Literal(Value::Timestamp(_)) => return self.operand(argument),
                Operand::Subject(_) => {
                    let hint = "a field of kind timestamp is compared as it is";
                    return self.fail(outside(argument.span, "conversions of fields", hint));
                }
                _ => {
                    let message = "a time in quotes should be here".to_owned();
                    return self.fail(syntax(argument.span, message));
                }
            },
        };
        self.time(nanos, argument.span)
    }

    /// `date("1990-01-31")`.
    pub(super) fn date(&mut self, argument: &Tree) -> Option<Operand> {
        let TreeKind::Text(text) = &argument.kind else {
            let error = match self.operand(argument)? {
                Operand::Subject(_) => {
                    let hint = "a field of kind date is compared as it is";
                    outside(argument.span, "conversions of fields", hint)
                }
                _ => syntax(argument.span, "a day in quotes should be here".to_owned()),
            };
            return self.fail(error);
        };
        if let Ok(date) = text.parse() {
            return Some(Operand::Literal(Value::Date(date)));
        }
        let error = syntax(argument.span, format!("`{text}` is not a day"));
        self.fail(hinted(error, "write it like 1990-01-31"))
    }

    fn time(&mut self, nanos: i128, span: Span) -> Option<Operand> {
        if !TIMES.contains(&nanos) {
            let error = syntax(span, "this time is out of range".to_owned());
            return self.fail(hinted(error, "times are of the years 1 to 9999"));
        }
        let micros = i64::try_from(nanos / 1_000).ok();
        if let Some(micros) = micros.filter(|_| nanos % 1_000 == 0) {
            return Some(Operand::Literal(Value::Timestamp(Timestamp(micros))));
        }
        let hint = "leads keep whole microseconds; write at most six digits";
        self.fail(outside(span, "times finer than a microsecond", hint))
    }

    /// `duration("1h30m")`.
    pub(super) fn duration(&mut self, argument: &Tree) -> Option<Operand> {
        let TreeKind::Text(text) = &argument.kind else {
            self.operand(argument)?;
            let message = "a duration in quotes should be here".to_owned();
            let error = syntax(argument.span, message);
            return self.fail(hinted(error, "write it like duration(\"1h30m\")"));
        };
        if let Some(nanos) = nanoseconds(text) {
            return Some(Operand::Duration(nanos));
        }
        let error = syntax(argument.span, format!("`{text}` is not a duration"));
        self.fail(hinted(error, "write it like 1h30m, 1.5h, 90s or 250ms"))
    }

    /// A sum of one time and durations is a time; all else is for a `derive` node.
    pub(super) fn arithmetic(
        &mut self,
        first: &Tree,
        further: &[(Spanned<&'static str>, Tree)],
        span: Span,
    ) -> Option<Operand> {
        let plus = Spanned {
            value: "+",
            span: first.span,
        };
        let parts = || std::iter::once((&plus, first)).chain(further.iter().map(|(s, t)| (s, t)));
        let sign = further.first().map_or(span, |(sign, _)| sign.span);
        let is_sum = parts().all(|(sign, _)| matches!(sign.value, "+" | "-"));
        if !is_sum || !parts().any(|(_, term)| is_time(term)) {
            return self.fail(hyphened(first, further).unwrap_or_else(|| arithmetic(sign)));
        }
        let (mut times, mut total) = (0, 0);
        for (sign, term) in parts() {
            let factor = if sign.value == "-" { -1 } else { 1 };
            match self.operand(term)? {
                Operand::Duration(nanos) => total += factor * nanos,
                Operand::Literal(Value::Timestamp(time)) => {
                    times += factor;
                    total += factor * i128::from(time.0) * 1_000;
                }
                Operand::Literal(Value::Date(_)) => {
                    let hint = "write the day itself, or compare `days(field, zone)`";
                    return self.fail(outside(sign.span, "arithmetic with days", hint));
                }
                _ => {
                    let hint = "put the field alone on one side, like `received_at > \
                                timestamp(\"2026-01-31T09:30:00Z\") + duration(\"36h\")`";
                    return self.fail(outside(sign.span, "arithmetic with fields", hint));
                }
            }
        }
        match times {
            1 => self.time(total, span),
            0 if (-LONGEST..=LONGEST).contains(&total) => Some(Operand::Duration(total)),
            _ => self.fail(arithmetic(sign)),
        }
    }
}

/// Names with hyphens between them and no space: one name that was meant, and is not written so.
fn hyphened(first: &Tree, further: &[(Spanned<&'static str>, Tree)]) -> Option<Error> {
    let TreeKind::Name(name) = &first.kind else {
        return None;
    };
    let (mut meant, mut end) = (name.clone(), first.span.1);
    for (sign, term) in further {
        let TreeKind::Name(name) = &term.kind else {
            return None;
        };
        if sign.value != "-" || (sign.span.0, sign.span.1) != (end, term.span.0) {
            return None;
        }
        meant.push('_');
        meant.push_str(name);
        end = term.span.1;
    }
    let message = format!(
        "`{}` is a difference, for names have no hyphens",
        meant.replace('_', "-")
    );
    Some(Error {
        code: "not_in_subset",
        span: (first.span.0, end),
        message,
        hint: Some(format!(
            "write `{meant}` if that is the field; compute a difference in a `derive` node"
        )),
    })
}

fn is_time(term: &Tree) -> bool {
    match &term.kind {
        TreeKind::Call(name, _) => matches!(name.value.as_str(), "timestamp" | "duration"),
        TreeKind::Arithmetic(first, further) => {
            is_time(first) || further.iter().any(|(_, term)| is_time(term))
        }
        _ => false,
    }
}

fn no_time(text: &str, span: Span) -> Error {
    let error = syntax(span, format!("`{text}` is not a point in time"));
    hinted(error, "write it like 2026-01-31T09:30:00Z")
}

/// The nanoseconds of a duration such as `-1h30m` or `1.5s`.
fn nanoseconds(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1 } else { 1 };
    if unsigned == "0" {
        return Some(0);
    }
    let (mut total, mut rest) = (0_i128, unsigned);
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, after) = rest.split_at(end);
        let unit_end = after.find(|letter: char| letter.is_ascii_digit() || letter == '.');
        let (unit, next) = after.split_at(unit_end.unwrap_or(after.len()));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{fraction}");
        if digits.len() > 18 || fraction.contains('.') {
            return None;
        }
        let power = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
        total += digits.parse::<i128>().ok()? * unit_nanos(unit)? / power;
        rest = next;
    }
    (!unsigned.is_empty() && total <= LONGEST).then_some(sign * total)
}

fn unit_nanos(unit: &str) -> Option<i128> {
    Some(match unit {
        "h" => 3_600 * NANOS_PER_SECOND,
        "m" => 60 * NANOS_PER_SECOND,
        "s" => NANOS_PER_SECOND,
        "ms" => 1_000_000,
        "us" | "µs" | "μs" => 1_000,
        "ns" => 1,
        _ => return None,
    })
}
