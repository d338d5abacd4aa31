//! How a destination's answer reads: accepted, rejected, price, redirect, reason.

use pointsman_lead::Currency;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Outcome;

pub(crate) mod body;
pub(crate) mod path;
mod prefix;
mod verdict;

pub(crate) use body::{BODY_BYTES_MAX, Body, Reading};
pub(crate) use verdict::{Head, reference, verdict};

/// The rules by which an answer is read.
///
/// A no outweighs a yes, so that a 200 with `"success": 0` is recognised, and `not_sent` outweighs both. The default
/// takes 2xx as accepted and 4xx as rejected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResponseMap {
    /// Any of these that holds makes the answer a yes, if no rule makes it a no.
    pub accepted: Vec<Rule>,
    /// Any of these that holds makes the answer a no. A 4xx is one without a rule too.
    pub rejected: Vec<Rule>,
    /// Any of these that holds says that the destination surely did not take the lead and may be offered it
    /// again, such as `{"status": 503}`. The lead is not sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_sent: Vec<Rule>,
    /// How the body is written.
    #[serde(skip_serializing_if = "is_default")]
    pub format: AnswerFormat,
    /// Reads a plain text answer such as `ACCEPTED|12.50` as the list of its parts between this
    /// separator, so that the price is at `$[1]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// Reads a plain text answer by these regular expressions: a group `(?<price>[0-9.]+)` is at `$.price`. Of two
    /// patterns with a group of one name the first that matches counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// Path of the price in an accepted answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// What the price counts.
    pub price_unit: PriceUnit,
    /// Path of the address to send the person to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// Path of the reason in a rejected answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Path of the destination's own id of the lead, in whatever it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Whether a status of 4xx or 503 means nothing by itself.
    #[serde(skip)]
    pub(crate) rules_alone: bool,
}

/// How the body of an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerFormat {
    /// As JSON, or as text where there is `split` or `patterns`.
    #[default]
    Json,
    /// As XML. A path goes through the names of elements, without prefixes, from the outermost on:
    /// `$.Envelope.Body.Result.Price`; `@name` is an attribute, and `[0]` the first of several elements of one
    /// name. An empty element counts as none.
    Xml,
    /// As plain text.
    Text,
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Default for ResponseMap {
    fn default() -> Self {
        Self {
            accepted: vec![Rule::status("200-299")],
            rejected: vec![Rule::status("400-499")],
            not_sent: Vec::new(),
            format: AnswerFormat::Json,
            split: None,
            patterns: Vec::new(),
            price: None,
            price_unit: PriceUnit::Main,
            redirect_url: None,
            reason: None,
            reference: None,
            rules_alone: false,
        }
    }
}

impl ResponseMap {
    /// What an answer says by these rules, and a note where part of it does not count.
    ///
    /// * `body`: as it came, of which the first bytes are read.
    /// * `currency`: what the flow counts in.
    pub fn read(&self, status: u16, body: &[u8], currency: Currency) -> (Outcome, Option<String>) {
        let head = Head {
            status,
            asks_to_wait: false,
            retry_after_s: None,
        };
        let part = &body[..body.len().min(BODY_BYTES_MAX)];
        let body = Body::new(part, part.len() < body.len(), self.reading());
        verdict(self, head, &body, currency)
    }
}

/// What a destination's price counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceUnit {
    /// Main units: `12.5` is twelve and a half dollars.
    #[default]
    Main,
    /// Hundredths: `1250` is twelve and a half dollars.
    Cents,
    /// Millionths: `12500000` is twelve and a half dollars.
    Micros,
}

/// Conditions on an answer. The rule holds if all that are given do; it needs at least one.
///
/// Without a `status`, an accepted rule speaks of 2xx only and a rejected rule of 2xx and 4xx, so
/// that a gateway's error page does not count as the buyer's word.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// The answer's status is one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Where in the answer `equals`, `one_of` and `exists` look: `$.result.items[0].ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The value there is this one; numbers compare by value, texts exactly.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub equals: Option<Value>,
    /// The value there is one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<Value>>,
    /// Whether there is a value there; null counts as none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    /// The body holds this text, in any case of ASCII letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
}

/// Reads `"equals": null` as a given null and not as an absent condition.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Rule {
    /// A rule about the status alone, such as `"200-299"`.
    pub fn status(range: &str) -> Self {
        Self {
            status: Some(Status::Range(range.to_owned())),
            ..Self::default()
        }
    }

    /// A rule about one value of the answer.
    pub fn equals(path: &str, value: impl Into<Value>) -> Self {
        Self {
            path: Some(path.to_owned()),
            equals: Some(value.into()),
            ..Self::default()
        }
    }
}

/// A set of HTTP statuses: `200`, `"200-299"` or a list of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Status {
    /// This one.
    Code(u16),
    /// From and to, both included.
    Range(String),
    /// Any of these.
    OneOf(Vec<Status>),
}

impl Status {
    /// Whether `status` is in the set; a malformed range holds none.
    pub fn holds(&self, status: u16) -> bool {
        match self {
            Self::Code(code) => *code == status,
            Self::Range(text) => {
                range(text).is_some_and(|(low, high)| (low..=high).contains(&status))
            }
            Self::OneOf(several) => several.iter().any(|one| one.holds(status)),
        }
    }

    /// The first part that is no status or range, as it was written.
    pub(crate) fn fault(&self) -> Option<String> {
        match self {
            Self::Code(code) => (!(100..=599).contains(code)).then(|| code.to_string()),
            Self::Range(text) => range(text).is_none().then(|| text.clone()),
            Self::OneOf(several) if several.is_empty() => Some("[]".to_owned()),
            Self::OneOf(several) => several.iter().find_map(Self::fault),
        }
    }
}

/// Both ends of `"200-299"`, or of `"200"`.
fn range(text: &str) -> Option<(u16, u16)> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let (low, high) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
    (low >= 100 && low <= high && high <= 599).then_some((low, high))
}

#[cfg(test)]
mod tests;
