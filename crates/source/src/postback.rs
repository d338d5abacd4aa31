//! What the tracker of a source is told of its leads.
//!
//! A [`SourcePostback`] is a request as its source writes it, with macros such as `{click_id}` in the way of the field. What
//! is sent is a pure function of it and of [`PostbackValues`], so that both can be stored before anything is sent.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_lead::{Problem, Schema, closest};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

mod macros;
mod reader;
mod values;

use macros::{Piece, pieces};
pub use values::{PostbackRequest, PostbackValues};

/// The secrets by which a tracker knows us: the key of signatures, and what `{token}` stands for.
pub const POSTBACK_SECRETS: [&str; 2] = [KEY, TOKEN];
const KEY: &str = "postback_key";
const TOKEN: &str = "postback_token";

/// A request to the tracker of a source when something becomes of one of its leads.
///
/// ```
/// use pointsman_source::SourceDocument;
/// use serde_json::json;
///
/// let document = json!({
///     "flow": "solar",
///     "postbacks": [{"on": "sold", "url": "https://tracker.example/postback?cid={click_id}&payout={payout}"}],
/// });
/// let document = SourceDocument::from_value(&document).unwrap();
/// assert_eq!(document.postbacks().len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcePostback {
    /// What it tells of.
    pub on: PostbackEvent,
    /// Where to, with macros in its path and parameters.
    pub url: String,
    /// The HTTP method.
    #[serde(default)]
    pub method: PostbackMethod,
    /// Headers by name, with macros in their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body of a POST, with macros in its texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Map<String, Value>>,
    /// How the body is written.
    #[serde(default, skip_serializing_if = "PostbackFormat::is_json")]
    pub format: PostbackFormat,
    /// Whether it carries a signature of the Standard Webhooks specification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<PostbackSignature>,
}

/// What became of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostbackEvent {
    /// It is sold.
    Sold,
    /// Its walk has ended without a sale.
    Rejected,
    /// A buyer reports a sale.
    Sale,
    /// A reported sale is taken back.
    SaleCancelled,
    /// All that it earned is taken back.
    Returned,
    /// What the source is paid for it changes.
    Payout,
}

impl PostbackEvent {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Sold,
        Self::Rejected,
        Self::Sale,
        Self::SaleCancelled,
        Self::Returned,
        Self::Payout,
    ];

    /// The word for it, as documents and trackers have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Rejected => "rejected",
            Self::Sale => "sale",
            Self::SaleCancelled => "sale_cancelled",
            Self::Returned => "returned",
            Self::Payout => "payout",
        }
    }

    /// The event of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.word() == word)
    }
}

/// Method of a postback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PostbackMethod {
    /// The usual one.
    #[default]
    Get,
    /// With a body or without.
    Post,
}

impl PostbackMethod {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// How the body of a postback is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostbackFormat {
    /// `application/json`.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

impl PostbackFormat {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    fn is_json(&self) -> bool {
        *self == Self::Json
    }
}

/// How a tracker knows that a postback is from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostbackSignature {
    /// The headers of the Standard Webhooks specification, by the secret `postback_key`.
    StandardWebhooks,
}

impl SourcePostback {
    /// The address with something in the place of each macro, for whoever asks about its host.
    pub fn address(&self) -> String {
        filled(&self.url, "x")
    }

    /// The fields of a lead that its macros are filled from.
    pub fn fields(&self) -> BTreeSet<&str> {
        let texts = self.texts().into_iter();
        let pieces = texts.flat_map(|(_, text)| pieces(text));
        let fields = pieces.flat_map(|piece| match piece {
            Piece::Macro(name) => macros::fields_of(name),
            Piece::Text(_) | Piece::Open => Vec::new(),
        });
        fields.collect()
    }

    /// Fields that its macros name and that a schema does not have, or that tell who a person is: a tracker needs to know of
    /// a click, and not of a person.
    ///
    /// * `path`: where it stands in the document.
    pub(crate) fn wrong_fields(&self, path: &str, schema: &Schema) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (place, name) in self.lead_macros() {
            let path = format!("{path}.{place}");
            let Some(found) = schema.find(name) else {
                let message = format!("`{name}` is not a field of {}", schema.vertical());
                let problem = Problem::new("unknown_field", path, message);
                let declared = schema.fields().iter().map(|field| field.name.as_str());
                problems.push(match closest(name, declared) {
                    Some(close) => problem.hint(format!("did you mean `{{lead.{close}}}`?")),
                    None => problem.hint("name a field of the lead schema"),
                });
                continue;
            };
            if schema.field(found).pii {
                let message = format!("`{name}` tells who a person is");
                let problem = Problem::new("postback_pii", path, message);
                problems.push(problem.hint(
                    "send an id of yours as a sub id or as a field that is not personal, and name that",
                ));
            }
        }
        problems
    }

    /// Its texts with macros, each with its place.
    fn texts(&self) -> Vec<(String, &str)> {
        let mut texts = vec![("url".to_owned(), self.url.as_str())];
        for (name, value) in &self.headers {
            texts.push((format!("headers.{name}"), value));
        }
        for (name, value) in self.body.iter().flatten() {
            texts_of(&format!("body.{name}"), value, &mut texts);
        }
        texts
    }

    fn lead_macros(&self) -> impl Iterator<Item = (String, &str)> {
        self.texts().into_iter().flat_map(|(place, text)| {
            let named = pieces(text).into_iter();
            let named = named.filter_map(|piece| match piece {
                Piece::Macro(name) => macros::field_of(name),
                Piece::Text(_) | Piece::Open => None,
            });
            let named: Vec<_> = named.map(|name| (place.clone(), name)).collect();
            named
        })
    }
}

fn texts_of<'a>(place: &str, value: &'a Value, texts: &mut Vec<(String, &'a str)>) {
    match value {
        Value::String(text) => texts.push((place.to_owned(), text)),
        Value::Array(entries) => {
            for (position, value) in entries.iter().enumerate() {
                texts_of(&format!("{place}[{position}]"), value, texts);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                texts_of(&format!("{place}.{name}"), value, texts);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A text with the same in the place of each macro.
fn filled(text: &str, with: &str) -> String {
    let pieces = pieces(text).into_iter();
    let filled = pieces.map(|piece| match piece {
        Piece::Text(text) => text,
        Piece::Macro(_) => with,
        Piece::Open => "",
    });
    filled.collect()
}

/// The origin of an address does not depend on any macro just if it is the same whatever stands in their place.
fn keeps_to_one_origin(url: &str) -> bool {
    let [one, other] = ["a", "b"].map(|with| Url::parse(&filled(url, with)));
    match (one, other) {
        (Ok(one), Ok(other)) => {
            let user = |url: &Url| (url.username().to_owned(), url.password().map(str::to_owned));
            one.origin() == other.origin() && user(&one) == user(&other)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
