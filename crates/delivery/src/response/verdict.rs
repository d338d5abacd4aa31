//! From an answer to its class.

use pointsman_lead::{Amount, Currency, Micros};
use serde_json::Value;

use super::{Body, PriceUnit, ResponseMap, Rule, body::Found, path::Path};
use crate::{NotSent, Outcome, Unknown};

/// Status line and headers of an answer, as far as they matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Whether there is a `Retry-After`, in seconds or as a date.
    pub(crate) asks_to_wait: bool,
    /// Its seconds, if it is in seconds.
    pub(crate) retry_after_s: Option<u64>,
}

impl Head {
    fn is_busy(self) -> bool {
        self.status == 429 || (self.status == 503 && self.asks_to_wait)
    }
}

/// Longest id of a destination that is kept, in characters.
const REFERENCE_CHARS_MAX: usize = 200;

/// What the answer says, and a note to the owner where part of it could not be read.
///
/// * `currency`: what the flow counts in.
pub(crate) fn verdict(
    map: &ResponseMap,
    head: Head,
    body: &Body,
    currency: Currency,
) -> (Outcome, Option<String>) {
    let status = head.status;
    let is_usual = is_success(status) || is_refusal(status);
    if any(&map.not_sent, |rule| holds(rule, is_usual, status, body)) == Some(true) {
        return (not_taken(map, head, body), body.note());
    }
    let no = any(&map.rejected, |rule| holds(rule, is_usual, status, body));
    let yes = any(&map.accepted, |rule| {
        holds(rule, is_success(status), status, body)
    });
    let outcome = match (no, yes) {
        (Some(true), _) => rejected(map, head, body),
        // A yes while a no cannot be ruled out is not a yes.
        (Some(false), Some(true)) => return accepted(map, body, currency),
        _ if !map.rules_alone && (head.is_busy() || is_refusal(status)) => {
            rejected(map, head, body)
        }
        _ if !is_success(status) => unknown(Unknown::Status(status)),
        (Some(false), Some(false)) => unreadable("no rule matches it"),
        _ if body.cut => unreadable("it is longer than what is read of it"),
        _ if !body.doubled.is_empty() => unreadable("it names a member twice that a rule reads"),
        _ => unreadable("it is not in the form that the rules read"),
    };
    (outcome, body.note())
}

/// The destination says that it did not take the lead, and that it may be offered it again.
fn not_taken(map: &ResponseMap, head: Head, body: &Body) -> Outcome {
    Outcome::NotSent {
        why: NotSent::Deferred {
            reason: reason(map, head, body),
            retry_after_s: head.retry_after_s,
        },
    }
}

/// The destination's own id of the lead, if its answer has one that can be kept.
pub(crate) fn reference(map: &ResponseMap, body: &Body) -> Option<String> {
    let text = match find(body, map.reference.as_ref())? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let fits = text.chars().count() <= REFERENCE_CHARS_MAX && !text.chars().any(char::is_control);
    (fits && !text.is_empty()).then_some(text)
}

fn unknown(why: Unknown) -> Outcome {
    Outcome::Unknown { why }
}

fn unreadable(detail: &str) -> Outcome {
    unknown(Unknown::Unreadable {
        detail: detail.to_owned(),
    })
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

fn is_refusal(status: u16) -> bool {
    (400..500).contains(&status)
}

/// Three-valued: true if one is, else unknown if one is.
fn any<T>(several: &[T], holds: impl Fn(&T) -> Option<bool>) -> Option<bool> {
    let answers: Vec<Option<bool>> = several.iter().map(holds).collect();
    if answers.contains(&Some(true)) {
        Some(true)
    } else if answers.contains(&None) {
        None
    } else {
        Some(false)
    }
}

/// Three-valued: false if one condition is, else unknown if one is.
///
/// * `usual_status`: whether the rule speaks of this status although it names none.
fn holds(rule: &Rule, usual_status: bool, status: u16, body: &Body) -> Option<bool> {
    let Rule {
        status: statuses,
        path,
        equals,
        one_of,
        exists,
        contains,
    } = rule;
    let in_status = statuses
        .as_ref()
        .map_or(usual_status, |statuses| statuses.holds(status));
    let mut conditions = vec![Some(in_status)];
    if let Some(path) = path {
        let found = Path::parse(path).map_or(Found::NotRead, |path| body.find(&path));
        let is = |wanted: &Value| match found {
            Found::Value(value) => body.same(value, wanted),
            Found::Nothing | Found::NotRead => found.exists(),
        };
        conditions.extend(equals.as_ref().map(is));
        conditions.extend(one_of.as_ref().map(|several| any(several, is)));
        conditions.extend(exists.map(|wanted| found.exists().map(|exists| exists == wanted)));
    }
    conditions.extend(contains.as_ref().map(|text| body.contains(text)));
    if conditions.contains(&Some(false)) {
        Some(false)
    } else if conditions.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn find<'a>(body: &'a Body, path: Option<&String>) -> Option<&'a Value> {
    body.value_at(&Path::parse(path?)?)
}

fn reason(map: &ResponseMap, head: Head, body: &Body) -> String {
    find(body, map.reason.as_ref()).map_or_else(
        || format!("status {}", head.status),
        |value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        },
    )
}

fn rejected(map: &ResponseMap, head: Head, body: &Body) -> Outcome {
    Outcome::Rejected {
        reason: reason(map, head, body),
        busy: head.is_busy(),
        retry_after_s: head.retry_after_s.filter(|_| head.is_busy()),
    }
}

fn accepted(map: &ResponseMap, body: &Body, currency: Currency) -> (Outcome, Option<String>) {
    let mut notes: Vec<String> = body.note().into_iter().collect();
    let price = map.price.as_ref().and_then(|path| {
        let Some(value) = find(body, Some(path)) else {
            notes.push(format!("accepted, but there is no amount at `{path}`"));
            return None;
        };
        amount(value, map.price_unit, currency)
            .map_err(|why| {
                notes.push(format!(
                    "accepted, but the amount at `{path}` does not count: {why}"
                ));
            })
            .ok()
    });
    let redirect_url = find(body, map.redirect_url.as_ref()).and_then(|value| {
        let address = value.as_str().filter(|text| is_web_address(text));
        if address.is_none() {
            notes.push("accepted, but its redirect is not an http or https address".to_owned());
        }
        address.map(str::to_owned)
    });
    let note = (!notes.is_empty()).then(|| notes.join("; "));
    (
        Outcome::Accepted {
            price,
            redirect_url,
        },
        note,
    )
}

/// Longest address that browsers take, in bytes.
const ADDRESS_BYTES_MAX: usize = 2_048;

/// Whether a browser may be sent there as it stands. A parser of addresses drops line breaks without a
/// word; whoever writes the address into a header does not.
fn is_web_address(text: &str) -> bool {
    let is_plain = |char: char| !char.is_control() && !char.is_whitespace();
    text.len() <= ADDRESS_BYTES_MAX
        && text.chars().all(is_plain)
        && url::Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host().is_some_and(|host| !host.to_string().is_empty())
        })
}

/// A price that is not negative, by its digits: an amount never becomes a float of ours.
///
/// # Errors
///
/// Why it does not count, for the owner of the destination.
fn amount(value: &Value, unit: PriceUnit, currency: Currency) -> Result<Micros, String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return Err("it is neither a number nor a text".to_owned()),
    };
    let decimals = match unit {
        PriceUnit::Main => 6,
        PriceUnit::Cents => 4,
        PriceUnit::Micros => 0,
    };
    let Amount { micros, mark } =
        Amount::read_in(&text, decimals).map_err(|error| error.to_string())?;
    if mark.is_some_and(|mark| !mark.allows(currency)) {
        return Err(format!("`{text}` is not in {currency}"));
    }
    if micros.0 < 0 {
        return Err(format!("`{text}` is negative"));
    }
    Ok(micros)
}
