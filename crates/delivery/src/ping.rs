//! Asking a destination what it would pay, before it gets the lead.

use std::collections::BTreeMap;

use pointsman_lead::{Currency, Required, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    AnswerFormat, Auth, Format, Method, Offer, PriceUnit, ResponseMap, Rule, Target,
    response::{Body, is_default, path::Path},
};

mod check;
mod quote;

pub use quote::{Quote, QuoteEnd};

/// Longest ping id that is kept, in characters.
const PING_ID_CHARS_MAX: usize = 200;

/// How a destination is asked for a bid. It shares the secrets of the [`Target`] that it belongs to.
///
/// The same placeholders as in a target, but only for fields that may be sent before a sale:
/// fields that do not say who a person is, `{{source}}` and the sub ids, `{{lead_id}}`,
/// `{{destination}}` and `{{secret.<name>}}`.
///
/// ```
/// let target: pointsman_delivery::Target = serde_json::from_str(r#"{
///     "url": "https://acme.example/leads",
///     "body": {"ping": "{{ping_id}}", "phone": "{{lead.phone}}"},
///     "ping": {
///         "url": "https://acme.example/bids",
///         "body": {"region": "{{lead.state}}"},
///         "response": {"accepted": [{"path": "$.wanted", "equals": true}], "bid": "$.price", "ping_id": "$.id"}
///     }
/// }"#).unwrap();
/// assert_eq!(target.ping.unwrap().response.bid, "$.price");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PingTarget {
    /// The HTTP method.
    #[serde(default)]
    pub method: Method,
    /// Where to, http or https; without user, password, fragment and placeholders.
    pub url: String,
    /// How the body is written.
    #[serde(default)]
    pub format: Format,
    /// The template, as of a target. Absent: the fields that are required at the ping and do not say
    /// who a person is, under their own names, with `lead_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Headers of ours, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// How a request shows that it is from us. Absent: by what `headers` and `body` say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
    /// Milliseconds for the whole exchange, 100 to 30,000; the auction's own deadline may be shorter.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u32,
    /// How the answer reads.
    #[serde(default)]
    pub response: PingMap,
}

fn default_timeout_ms() -> u32 {
    2_000
}

/// The rules by which the answer to a ping is read.
///
/// A no outweighs a yes. The default takes 2xx as a bid and 4xx as none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PingMap {
    /// Any of these that holds makes the answer a bid, if no rule makes it none.
    pub accepted: Vec<Rule>,
    /// Any of these that holds makes the answer no bid. A 4xx is none without a rule too.
    pub rejected: Vec<Rule>,
    /// Reads a plain text answer as the list of its parts between this separator. Absent: JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// How the body is written, as in a response map.
    #[serde(skip_serializing_if = "is_default")]
    pub format: AnswerFormat,
    /// Regular expressions that read a plain text answer, as in a response map.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// Path of the bid.
    pub bid: String,
    /// What the bid counts.
    pub bid_unit: PriceUnit,
    /// Path of what the post shall name as `{{ping_id}}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ping_id: Option<String>,
    /// Path of the reason for not bidding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Default for PingMap {
    fn default() -> Self {
        let ResponseMap {
            accepted, rejected, ..
        } = ResponseMap::default();
        Self {
            accepted,
            rejected,
            split: None,
            format: AnswerFormat::Json,
            patterns: Vec::new(),
            bid: "$.bid".to_owned(),
            bid_unit: PriceUnit::default(),
            ping_id: None,
            reason: None,
        }
    }
}

/// One ping about one lead, without anything that says who the person is.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Our id of the lead.
    pub lead_id: String,
    /// Our name of the destination.
    pub destination: String,
    /// The fields that may be sent, by name.
    fields: Map<String, Value>,
    /// Those of them that are sent if the target has no template of its own.
    needed: Vec<String>,
    /// What the flow counts in.
    currency: Currency,
}

impl Ask {
    /// A ping about a lead of this schema. What is personal is left behind here, so that no template
    /// can send it, whatever the checks have let pass.
    ///
    /// * `fields`: all fields of the lead by name.
    /// * `currency`: what the flow counts in.
    pub fn new(
        schema: &Schema,
        fields: &Map<String, Value>,
        lead_id: &str,
        destination: &str,
        currency: Currency,
    ) -> Self {
        let may_be_sent = schema.fields().iter().filter(|field| !field.pii);
        let sent = may_be_sent.clone().filter_map(|field| {
            let value = fields.get(&field.name)?;
            Some((field.name.clone(), value.clone()))
        });
        Self {
            lead_id: lead_id.to_owned(),
            destination: destination.to_owned(),
            fields: sent.collect(),
            needed: may_be_sent
                .filter(|field| field.required == Required::Ping)
                .map(|field| field.name.clone())
                .collect(),
            currency,
        }
    }

    /// As an offer that says no more than this.
    pub(crate) fn offer(&self) -> Offer {
        Offer {
            // The same at every ping of this lead to this destination.
            delivery_id: format!("{}.{}", self.lead_id, self.destination),
            click_id: String::new(),
            lead_id: self.lead_id.clone(),
            destination: self.destination.clone(),
            fields: self.fields.clone(),
            price: None,
            bid: None,
            ping_id: None,
            reference: None,
            currency: self.currency,
        }
    }
}

impl PingTarget {
    /// The same as a target: a ping is a request like any other, and the bid is its price.
    ///
    /// * `of`: the target that it belongs to.
    pub(crate) fn as_target(&self, of: &Target, ask: &Ask) -> Target {
        let plain = self.plain_target(of);
        Target {
            body: plain.body.or_else(|| {
                Some(if self.format.is_xml() {
                    default_xml(&ask.needed).into()
                } else {
                    default_body(&ask.needed)
                })
            }),
            ..plain
        }
    }

    /// Without a body where there is no template.
    fn plain_target(&self, of: &Target) -> Target {
        let Self {
            method,
            url,
            format,
            body,
            headers,
            auth,
            timeout_ms,
            response,
        } = self;
        Target {
            method: *method,
            url: url.clone(),
            format: *format,
            body: body.clone(),
            computed: of.computed.clone(),
            headers: headers.clone(),
            auth: auth.clone(),
            secrets: of.secrets.clone(),
            timeout_ms: *timeout_ms,
            response: response.as_response_map(),
            concurrency: of.concurrency,
            ..Target::new("")
        }
    }
}

fn default_xml(needed: &[String]) -> String {
    let elements: Vec<String> = needed
        .iter()
        .map(|name| format!("<{name}>{{{{lead.{name}}}}}</{name}>"))
        .collect();
    let elements = elements.concat();
    format!("<lead>{elements}<lead_id>{{{{lead_id}}}}</lead_id></lead>")
}

fn default_body(needed: &[String]) -> Value {
    let names = needed.iter();
    let mut members: Map<String, Value> = names
        .map(|name| (name.clone(), format!("{{{{lead.{name}}}}}").into()))
        .collect();
    members.insert("lead_id".to_owned(), "{{lead_id}}".into());
    Value::Object(members)
}

impl PingMap {
    fn as_response_map(&self) -> ResponseMap {
        let Self {
            accepted,
            rejected,
            split,
            format,
            patterns,
            bid,
            bid_unit,
            ping_id: _,
            reason,
        } = self.clone();
        ResponseMap {
            accepted,
            rejected,
            not_sent: Vec::new(),
            format,
            split,
            patterns,
            price: Some(bid),
            price_unit: bid_unit,
            redirect_url: None,
            reason,
            reference: None,
            rules_alone: false,
        }
    }

    /// The ping id in an answer, if it is a text or a number that can be handed back.
    fn ping_id(&self, body: &Body) -> Option<String> {
        let found = body.value_at(&Path::parse(self.ping_id.as_ref()?)?)?;
        let text = match found {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let fits = text.chars().count() <= PING_ID_CHARS_MAX && !text.chars().any(char::is_control);
        fits.then_some(text)
    }
}

#[cfg(test)]
mod tests;
