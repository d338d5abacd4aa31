//! A postback on its way to the sequencer: what is to be done with it, and what is known of its offer.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_flow::{Cap, Destination, Pays, Returns};
use pointsman_lead::{Currency, Id, Micros, Postback, Problem, Timestamp, kinds};
use pointsman_store::{ParkedPostbackRow, ParkedReason};
use serde::Serialize;

use crate::ident;

/// What a postback did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PostbackOutcome {
    /// It was new, and it counts.
    Applied,
    /// It was known; nothing changed.
    Duplicate,
    /// It is not about an offer that was accepted; it is kept.
    Parked,
}

/// What the sequencer is to do with a postback.
#[derive(Debug)]
pub(crate) enum PreparedPostback {
    /// Apply it, if its offer was accepted.
    Apply(Box<KnownPostback>),
    /// Keep it where a person can see it.
    Park(Box<ParkedPostbackRow>),
}

/// A postback whose click is known.
#[derive(Debug, Clone)]
pub(crate) struct KnownPostback {
    pub(crate) postback: Postback,
    pub(crate) click: Click,
    /// Whose token it came with; `None` for one of all destinations.
    pub(crate) token_of: Option<String>,
    /// Accepted leads that it adds to caps in the window of its offer.
    pub(crate) accepted: i64,
}

/// What never changes of an offer, as far as its postbacks need it.
#[derive(Debug, Clone)]
pub(crate) struct Click {
    pub(crate) id: Id<kinds::Click>,
    pub(crate) delivery_id: Id<kinds::Delivery>,
    pub(crate) lead_id: Id<kinds::Lead>,
    pub(crate) decision_id: Id<kinds::Decision>,
    pub(crate) destination: String,
    pub(crate) terms: Terms,
}

/// What money is counted in, what a sale is worth that names no amount, and which caps count it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) currency: Currency,
    pub(crate) usual: Option<Micros>,
    /// What an acceptance is worth that names no amount.
    pub(crate) at_once: Option<Micros>,
    pub(crate) caps: Arc<[Cap]>,
    /// On which terms leads are returned.
    pub(crate) returns: Option<Returns>,
}

impl Terms {
    /// The terms of a destination with these settings.
    pub(crate) fn new(currency: Currency, settings: &Destination) -> Self {
        let caps = settings.caps.iter();
        let caps = caps.filter(|cap| cap.kind.counts_reports() || cap.kind.counts_returns());
        Self {
            currency,
            usual: settings.price.filter(|_| settings.pays == Pays::Conversion),
            at_once: settings.price.filter(|_| settings.pays == Pays::Accept),
            caps: caps.cloned().collect(),
            returns: settings.returns.clone(),
        }
    }
}

impl PreparedPostback {
    /// The click that it names, and whose token it came with.
    pub(crate) fn subject(&self) -> (String, Option<&str>) {
        match self {
            Self::Apply(report) => (report.click.id.to_string(), report.token_of.as_deref()),
            Self::Park(row) => (row.click_id.clone(), row.destination.as_deref()),
        }
    }
}

impl KnownPostback {
    /// What is wrong with its currency.
    pub(crate) fn wrong_currency(&self) -> Option<Problem> {
        let flow = self.click.terms.currency;
        let named = self.postback.currency.filter(|mark| !mark.allows(flow))?;
        let named = match named {
            pointsman_lead::CurrencyMark::One(named) => named.to_string(),
            pointsman_lead::CurrencyMark::AnyOf(several) => several.join(" or "),
        };
        let message = format!("this lead was sold in {flow}, not in {named}");
        let hint = format!("convert the amount and send currency={flow}");
        Some(Problem::new("wrong_currency", "currency", message).hint(hint))
    }
}

/// A postback to keep where a person can see it.
pub(crate) fn aside(
    params: &BTreeMap<String, String>,
    click_id: &str,
    destination: Option<String>,
    reason: ParkedReason,
    problems: &[Problem],
    at: Timestamp,
) -> ParkedPostbackRow {
    // Plain maps and records become JSON without fail.
    let raw_body = serde_json::to_string(params).unwrap_or_default();
    let owner = destination.as_deref().unwrap_or_default();
    // Whose token it came with is part of the key, so that nobody shuts out another's postback.
    let key = format!("{reason:?}\u{1f}{owner}\u{1f}{raw_body}");
    ParkedPostbackRow {
        id: ident::id::<kinds::Postback>(at).to_string(),
        click_id: click_id.to_owned(),
        natural_key: ident::fingerprint(&key),
        raw_body,
        received_at: at.0,
        destination,
        reason: Some(reason),
        problems_body: (!problems.is_empty())
            .then(|| serde_json::to_string(problems).unwrap_or_default()),
        times: 1,
    }
}
