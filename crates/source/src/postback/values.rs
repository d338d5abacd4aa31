//! What macros stand for, and the requests that come of it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    PostbackFormat, PostbackMethod, SourcePostback,
    macros::fields_of,
    {Piece, pieces},
};

/// What macros stand for: one event of one lead, as it was when it happened. `Debug` shows no more than what to search by.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PostbackValues {
    /// Our id of the postback, the same at every attempt.
    pub postback_id: String,
    /// Our id of the lead.
    pub lead_id: String,
    /// The source.
    pub source: String,
    /// The flow of the lead.
    pub flow: String,
    /// What happened, in a word.
    pub event: String,
    /// How far the lead had come by then, in a word.
    pub status: String,
    /// What the source is paid by this event, in main units; negative for what is taken back. Empty: it has no terms.
    pub payout: String,
    /// What it is paid for the lead in all by then.
    pub payout_total: String,
    /// ISO 4217 code of both; empty: it has no terms.
    pub currency: String,
    /// When it happened, in whole seconds since 1970.
    pub event_time: i64,
    /// Fields of the lead that tell nobody who a person is, by name.
    pub fields: Map<String, Value>,
}

impl fmt::Debug for PostbackValues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PostbackValues")
            .field("postback_id", &self.postback_id)
            .finish_non_exhaustive()
    }
}

impl PostbackValues {
    /// What a macro stands for; empty for what nobody has said.
    ///
    /// * `token`: what the tracker knows us by; `None` leaves the macro as it stands.
    fn find(&self, name: &str, token: Option<&str>) -> String {
        match name {
            "lead_id" => self.lead_id.clone(),
            "source" => self.source.clone(),
            "flow" => self.flow.clone(),
            "event" => self.event.clone(),
            "status" => self.status.clone(),
            "payout" => self.payout.clone(),
            "payout_total" => self.payout_total.clone(),
            "currency" => self.currency.clone(),
            "event_time" => self.event_time.to_string(),
            "postback_id" => self.postback_id.clone(),
            "token" => token.unwrap_or("{token}").to_owned(),
            name => {
                let fields = fields_of(name).into_iter();
                let mut said = fields.filter_map(|field| self.field(field));
                said.find(|text| !text.is_empty()).unwrap_or_default()
            }
        }
    }

    fn field(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    fn text(&self, text: &str, token: Option<&str>, write: impl Fn(&str) -> String) -> String {
        let pieces = pieces(text).into_iter();
        let written = pieces.map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            // Shown as it stands, and not sent.
            Piece::Macro("token") if token.is_none() => "{token}".to_owned(),
            Piece::Macro(name) => write(&self.find(name, token)),
            Piece::Open => String::new(),
        });
        written.collect()
    }

    fn value(&self, value: &Value, token: Option<&str>) -> Value {
        match value {
            Value::String(text) => self.text(text, token, str::to_owned).into(),
            Value::Array(entries) => {
                let entries = entries.iter().map(|entry| self.value(entry, token));
                entries.collect::<Vec<_>>().into()
            }
            Value::Object(members) => {
                let members = members.iter();
                let members = members.map(|(name, it)| (name.clone(), self.value(it, token)));
                members.collect::<Map<_, _>>().into()
            }
            other => other.clone(),
        }
    }
}

/// A request as it is sent, without its signature.
#[derive(Debug, Clone, PartialEq)]
pub struct PostbackRequest {
    /// The HTTP method.
    pub method: PostbackMethod,
    /// Where to.
    pub url: String,
    /// Headers by name.
    pub headers: Vec<(String, String)>,
    /// The body, if it has one.
    pub body: Option<Map<String, Value>>,
    /// How that is written.
    pub format: PostbackFormat,
    /// Whether it is signed.
    pub is_signed: bool,
}

impl SourcePostback {
    /// The request that tells of an event.
    ///
    /// * `token`: what the tracker knows us by; `None` leaves `{token}` as it stands, for whoever only looks.
    pub fn request(&self, values: &PostbackValues, token: Option<&str>) -> PostbackRequest {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, text)| {
            let text = values.text(text, token, one_line);
            (name.clone(), text)
        });
        let body = self.body.as_ref().map(|body| {
            let members = body.iter();
            let members = members.map(|(name, it)| (name.clone(), values.value(it, token)));
            members.collect()
        });
        PostbackRequest {
            method: self.method,
            url: values.text(&self.url, token, encoded),
            headers: headers.collect(),
            body,
            format: self.format,
            is_signed: self.signature.is_some(),
        }
    }
}

/// A value as one parameter or one part of a path, percent-encoded.
fn encoded(value: &str) -> String {
    // Parts of a path that are one or two dots are taken away by whoever reads the address, with what is before them.
    if matches!(value, "." | "..") {
        return String::new();
    }
    let bytes = value.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    });
    bytes.collect()
}

/// A value as a header can have it.
fn one_line(value: &str) -> String {
    value.replace(|letter: char| letter.is_control(), " ")
}
