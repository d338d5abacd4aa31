//! What destinations report later: the field's names and words, read into ours at the rim.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Amount, AmountError, ConversionEvent, ConversionKind, Currency, CurrencyMark, Id, Micros,
    Problem, Timestamp, kinds,
};

mod names;
mod status;

use names::{CLICK_ID, CURRENCY, HAPPENED_AT, REVENUE, TXID, canonical};

/// Longest click id, transaction id and status word, in bytes.
const TEXT_BYTES_MAX: usize = 255;
/// Most parameters that may name the click.
const CLICKS_MAX: usize = 8;

/// One postback in our words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postback {
    /// What may name the offer, the likeliest first; never empty. Which of them does, the database knows.
    pub clicks: Vec<String>,
    /// The destination's ids of the event, the one that names its transaction first; the click may be
    /// among them.
    ids: Vec<String>,
    /// What it says.
    pub kind: ConversionKind,
    /// The word that it used; `sale` where it used none.
    pub original_status: String,
    /// What we earn, or give back, if it says so. The field calls this `payout`.
    pub revenue: Option<Micros>,
    /// The currency of the revenue, if it says so.
    pub currency: Option<CurrencyMark>,
    /// When it happened, if it says so.
    pub happened_at: Option<Timestamp>,
    /// Everything it sent, for the record.
    pub raw: BTreeMap<String, String>,
}

/// A postback whose click is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The destination's id of the transaction, if it sent one.
    pub txid: Option<String>,
    /// What it says of it.
    pub event: ConversionEvent,
}

impl Postback {
    /// Reads the parameters of a postback under all the names that trackers give them, in any case and
    /// with or without underscores.
    ///
    /// A postback without a status is a sale, as everywhere in this field. One with a status that cannot
    /// be read never is, under whatever name it comes. Other unknown parameters are kept and ignored.
    ///
    /// # Errors
    ///
    /// All problems at once: no click id, an amount that is none, an unknown status or currency.
    pub fn from_params(params: &BTreeMap<String, String>) -> Result<Self, Vec<Problem>> {
        let params_read: Vec<Param<'_>> = params
            .iter()
            .map(|(name, value)| Param {
                name,
                canonical: canonical(name),
                value: value.trim(),
            })
            .collect();
        let params_read = params_read.as_slice();
        let mut problems = Vec::new();
        let clicks = clicks(params_read, &mut problems);
        let ids = ids(params_read, &mut problems);
        let said = status::read(params_read, &mut problems);
        let amount = amount(params_read, said.kind, &mut problems);
        let currency = currency(params_read, amount, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let is_refund = said.kind == ConversionKind::Refunded;
        let revenue = amount.map(|amount| amount.micros);
        // Nothing, given back, says that it was taken back whole.
        let gives_back = is_refund && revenue.is_some_and(|amount| amount.0 > 0);
        Ok(Self {
            clicks,
            ids,
            kind: if is_refund && !gives_back {
                ConversionKind::Cancelled
            } else {
                said.kind
            },
            original_status: said.word,
            revenue,
            currency,
            happened_at: find(params_read, HAPPENED_AT).and_then(|param| moment(param.value)),
            raw: params.clone(),
        })
    }

    /// What a return says of its delivery: that nothing of it counts any more, or that it counts again.
    ///
    /// * `name`: the id of the return.
    /// * `word`: for the record, such as `returned`.
    pub fn of_return(click: String, is_reversed: bool, name: String, word: &str) -> Self {
        Self {
            clicks: vec![click],
            ids: vec![name],
            kind: if is_reversed {
                ConversionKind::Reinstated
            } else {
                ConversionKind::Returned
            },
            original_status: word.to_owned(),
            revenue: None,
            currency: None,
            happened_at: None,
            raw: BTreeMap::new(),
        }
    }

    /// Whether it asks for the lead to be taken back, in a word that means nothing else.
    pub fn is_return(&self) -> bool {
        let word = canonical(&self.original_status);
        self.kind == ConversionKind::Cancelled && matches!(word.as_str(), "return" | "returned")
    }

    /// Why the lead is returned, if it says so.
    pub fn return_reason(&self) -> Option<&str> {
        let params = self.raw.iter();
        let mut reasons = params.filter(|(name, value)| {
            let name = canonical(name);
            matches!(name.as_str(), "reason" | "returnreason") && !value.trim().is_empty()
        });
        reasons.next().map(|(_, value)| value.trim())
    }

    /// Its own id of the event, if it has one.
    pub fn event_id(&self, click_id: &str) -> Option<&str> {
        let mut ids = self.ids.iter();
        ids.find(|id| *id != click_id).map(String::as_str)
    }

    /// What it says, now that its click is known.
    ///
    /// * `usual`: what a sale is worth that names no amount.
    pub fn about(&self, click_id: &str, usual: Option<Micros>) -> Reported {
        let mut ids = self.ids.iter().filter(|id| *id != click_id);
        // A return is about the delivery as a whole.
        let is_whole = matches!(
            self.kind,
            ConversionKind::Returned | ConversionKind::Reinstated
        );
        let txid = ids.next().filter(|_| !is_whole).cloned();
        let number: Vec<&str> = ids.map(String::as_str).collect();
        let (amount, assumed) = match self.kind {
            ConversionKind::Sale => match self.revenue {
                Some(revenue) => (revenue, false),
                None => (usual.unwrap_or_default(), true),
            },
            ConversionKind::Declined
            | ConversionKind::Cancelled
            | ConversionKind::Returned
            | ConversionKind::Reinstated => (Micros(0), false),
            ConversionKind::Pending | ConversionKind::Rebill | ConversionKind::Refunded => {
                (self.revenue.unwrap_or_default(), false)
            }
        };
        let mark = match self.kind {
            // Each time counts, so their own numbers tell them apart.
            ConversionKind::Rebill | ConversionKind::Refunded => {
                (!number.is_empty()).then(|| number.join(" "))
            }
            // Told apart for the record alone: rejected and then refunded are two events.
            ConversionKind::Cancelled => Some(canonical(&self.original_status)),
            ConversionKind::Returned | ConversionKind::Reinstated => self.ids.first().cloned(),
            ConversionKind::Pending | ConversionKind::Sale | ConversionKind::Declined => None,
        };
        Reported {
            txid,
            event: ConversionEvent {
                kind: self.kind,
                amount,
                assumed,
                happened_at: self.happened_at,
                mark,
                round: 0,
            },
        }
    }
}

/// A parameter as it came, and its name without the ways in which names are written.
struct Param<'a> {
    name: &'a str,
    canonical: String,
    value: &'a str,
}

/// The first parameter of these names that says something.
fn find<'p, 'a>(params: &'p [Param<'a>], names: &[&str]) -> Option<&'p Param<'a>> {
    all(params, names).next()
}

/// The parameters of these names that say something, in the order of the names.
fn all<'p, 'a: 'p>(params: &'p [Param<'a>], names: &[&str]) -> impl Iterator<Item = &'p Param<'a>> {
    names.iter().flat_map(move |name| {
        let named = params.iter().filter(move |param| param.canonical == *name);
        named.filter(|param| !param.value.is_empty())
    })
}

/// Whether a value is a click id of ours by its form, under whatever name it comes back.
fn is_ours(value: &str) -> bool {
    value.parse::<Id<kinds::Click>>().is_ok()
}

fn clicks(params: &[Param<'_>], problems: &mut Vec<Problem>) -> Vec<String> {
    let named: Vec<&Param<'_>> = all(params, CLICK_ID).collect();
    let others = params.iter().filter(|param| is_ours(param.value));
    let mut clicks: Vec<String> = Vec::new();
    let ours = named.iter().copied().filter(|param| is_ours(param.value));
    for param in ours.chain(others).chain(named.iter().copied()) {
        let fits =
            param.value.len() <= TEXT_BYTES_MAX && param.value.chars().all(|char| !odd(char));
        if fits && clicks.len() < CLICKS_MAX && !clicks.iter().any(|known| known == param.value) {
            clicks.push(param.value.to_owned());
        }
    }
    if clicks.is_empty() {
        problems.push(match named.first() {
            None => Problem::new("missing_click_id", "click_id", "no click id")
                .hint("send the {click_id} of the delivery back as click_id"),
            Some(param) if param.value.len() > TEXT_BYTES_MAX => {
                Problem::new("too_long", "click_id", "a click id has at most 255 bytes")
                    .hint("send the {click_id} of the delivery back as it came")
            }
            Some(param) => {
                let message = format!("`{}` is no click id", shown(param.value));
                Problem::new("malformed", "click_id", message)
                    .hint("let the tracker put the {click_id} of the delivery in its place")
            }
        });
    }
    clicks
}

/// What no id of anybody holds: a control character, a space, or the brace of a macro that was not filled in.
fn odd(char: char) -> bool {
    char.is_control() || char.is_whitespace() || matches!(char, '{' | '}' | '[' | ']' | '"')
}

fn ids(params: &[Param<'_>], problems: &mut Vec<Problem>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut ids = Vec::new();
    for param in all(params, TXID).filter(|param| seen.insert(param.value)) {
        if param.value.len() > TEXT_BYTES_MAX {
            let message = "a transaction id has at most 255 bytes";
            problems.push(Problem::new("too_long", param.name, message).hint("shorten it"));
        } else if param
            .value
            .chars()
            .any(|char| char.is_control() || matches!(char, '{' | '}'))
        {
            let message = format!("`{}` is no transaction id", shown(param.value));
            let hint = "let the tracker put an id in its place, or leave it out";
            problems.push(Problem::new("malformed", param.name, message).hint(hint));
        } else {
            ids.push(param.value.to_owned());
        }
    }
    ids
}

fn amount(
    params: &[Param<'_>],
    kind: ConversionKind,
    problems: &mut Vec<Problem>,
) -> Option<Amount> {
    let param = find(params, REVENUE)?;
    let takes_back = matches!(
        kind,
        ConversionKind::Declined | ConversionKind::Cancelled | ConversionKind::Refunded
    );
    match Amount::read(param.value) {
        Ok(amount) if amount.micros.0 < 0 && !takes_back => {
            let message = format!("`{}` is negative", shown(param.value));
            problems.push(
                Problem::new("out_of_range", "payout", message)
                    .hint("send status=refunded to take a payout back"),
            );
            None
        }
        Ok(Amount { micros, mark }) => Some(Amount {
            micros: Micros(micros.0.abs()),
            mark,
        }),
        Err(error @ AmountError::TooLarge(_)) => {
            problems.push(
                Problem::new("out_of_range", "payout", error.to_string())
                    .hint("send main units, such as 12.50, and not cents or micro-units"),
            );
            None
        }
        Err(error) => {
            problems.push(
                Problem::new("malformed", "payout", error.to_string())
                    .hint("send main units with a point, such as 12.50, and the currency apart"),
            );
            None
        }
    }
}

/// The currency that is named, or else the one that stands beside the amount.
fn currency(
    params: &[Param<'_>],
    amount: Option<Amount>,
    problems: &mut Vec<Problem>,
) -> Option<CurrencyMark> {
    let beside = amount.and_then(|amount| amount.mark);
    let Some(param) = find(params, CURRENCY) else {
        return beside;
    };
    let Ok(named) = param.value.to_ascii_uppercase().parse::<Currency>() else {
        let message = format!("`{}` is not a currency code", shown(param.value));
        let problem = Problem::new("malformed", "currency", message);
        problems.push(problem.hint("use an ISO 4217 code, such as USD"));
        return None;
    };
    if beside.is_some_and(|mark| !mark.allows(named)) {
        let message = format!("the amount is in another currency than `{named}`");
        let problem = Problem::new("ambiguous_currency", "currency", message);
        problems.push(problem.hint("name the currency once"));
    }
    Some(CurrencyMark::One(named))
}

/// A time as trackers write it: seconds, milliseconds or microseconds since 1970, or RFC 3339. Another
/// form tells nothing, and the postback stands without it.
fn moment(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let number: i64 = text.parse().ok()?;
    let scale = match text.len() {
        9..=11 => 1_000_000,
        12..=14 => 1_000,
        15..=17 => 1,
        _ => return None,
    };
    number.checked_mul(scale).map(Timestamp)
}

/// A value as a message shows it.
fn shown(value: &str) -> String {
    let visible = value
        .chars()
        .map(|char| if char.is_control() { '\u{fffd}' } else { char });
    visible.take(60).collect()
}

#[cfg(test)]
mod tests;
