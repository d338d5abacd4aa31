//! The document of a source: where its leads go, and how its payloads are read.

use std::collections::BTreeMap;

use pointsman_lead::{Problem, Schema, closest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    payout::PayoutTerms,
    place::Place,
    postback::{POSTBACK_SECRETS, SourcePostback},
    preset::Preset,
    rule::FieldRule,
    secrets::Secrets,
};

mod reader;

use reader::Reader;

/// Most rules for fields, and most origins.
const RULES_MAX: usize = 300;
const ORIGINS_MAX: usize = 100;
/// Most leads a minute that a source may be limited to.
const PER_MINUTE_MAX: u32 = 1_000_000;
/// Longest secret, in bytes.
const SECRET_BYTES_MAX: usize = 1_024;

/// The members of a document.
const MEMBERS: [&str; 14] = [
    "flow",
    "preset",
    "accept",
    "origins",
    "country",
    "fields",
    "idempotency_key",
    "unknown",
    "wait",
    "secrets",
    "active",
    "per_minute",
    "payout",
    "postbacks",
];

/// How a source sends its leads, and how they are read.
///
/// ```
/// use pointsman_source::SourceDocument;
/// use serde_json::json;
///
/// let document = json!({
///     "flow": "auto-insurance",
///     "country": "US",
///     "fields": {"state": ["st", "state"], "credit": {"from": "score", "words": {"A": "excellent"}}},
/// });
/// let document = SourceDocument::from_value(&document).unwrap();
/// assert_eq!(document.flow(), "auto-insurance");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceDocument {
    pub(crate) flow: String,
    #[serde(default)]
    pub(crate) preset: Preset,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accept: Option<Vec<Accepts>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    origins: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) country: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) fields: BTreeMap<String, FieldRule>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) idempotency_key: Vec<Place>,
    #[serde(default)]
    pub(crate) unknown: Unknown,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    wait: bool,
    #[serde(default, skip_serializing_if = "Secrets::is_empty")]
    secrets: Secrets,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per_minute: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payout: Option<PayoutTerms>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    postbacks: Vec<SourcePostback>,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_yes(yes: &bool) -> bool {
    *yes
}

/// A form in which a source may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accepts {
    /// A body of JSON.
    Json,
    /// A body as HTML forms send it, `application/x-www-form-urlencoded`.
    Form,
    /// The same as `multipart/form-data`.
    Multipart,
    /// Parameters in the address of a GET.
    Query,
}

impl Accepts {
    const ALL: [Self; 4] = [Self::Json, Self::Form, Self::Multipart, Self::Query];

    /// The word for it, as in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Form => "form",
            Self::Multipart => "multipart",
            Self::Query => "query",
        }
    }
}

/// What happens to an answer that no field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// It is kept with the lead, beside its fields.
    #[default]
    Keep,
    /// The lead is refused.
    Refuse,
}

impl SourceDocument {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// Every mistake at once, with its place in the document.
    pub fn from_value(value: &Value) -> Result<Self, Vec<Problem>> {
        match Self::look(value) {
            (Some(document), problems) if problems.is_empty() => Ok(document),
            (_, problems) => Err(problems),
        }
    }

    /// The same for whoever looks for mistakes of further kinds: what could be read, though there are some.
    pub fn look(value: &Value) -> (Option<Self>, Vec<Problem>) {
        let mut reader = Reader::default();
        let document = reader.document(value);
        (document, reader.problems)
    }

    /// The flow that its leads go to.
    pub fn flow(&self) -> &str {
        &self.flow
    }

    /// Whose payloads it sends.
    pub fn preset(&self) -> Preset {
        self.preset
    }

    /// Whether it may send in this form. Platforms send JSON; everybody else a form or JSON, and GET only where it is said.
    pub fn accepts(&self, form: Accepts) -> bool {
        match (&self.accept, self.preset) {
            (Some(accept), _) => accept.contains(&form),
            (None, Preset::Form) => form != Accepts::Query,
            (None, _) => form == Accepts::Json,
        }
    }

    /// Whether pages of this origin may send from a browser.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed == origin)
    }

    /// Whether its leads are taken.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// The same document, of a source whose leads are taken or not.
    #[must_use]
    pub fn with_active(self, active: bool) -> Self {
        Self { active, ..self }
    }

    /// Leads that it may send in a minute; `None`: as many as it likes.
    pub fn per_minute(&self) -> Option<u32> {
        self.per_minute
    }

    /// What it is paid; `None`: nothing.
    pub fn payout(&self) -> Option<&PayoutTerms> {
        self.payout.as_ref()
    }

    /// What its tracker is told.
    pub fn postbacks(&self) -> &[SourcePostback] {
        &self.postbacks
    }

    /// Whether the answer to it waits until the lead is settled.
    pub fn waits(&self) -> bool {
        self.wait
    }

    /// What it and its platform know and nobody else does.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The same without the values of its secrets.
    #[must_use]
    pub fn redacted(&self) -> Self {
        Self {
            secrets: self.secrets.redacted(),
            ..self.clone()
        }
    }

    /// The same, with the secrets of `known` in place of those that came back as they were shown.
    ///
    /// # Errors
    ///
    /// A problem for each secret that reads `[secret]` and is not known.
    pub fn with_secrets_of(self, known: Option<&Self>) -> Result<Self, Vec<Problem>> {
        let none = Secrets::default();
        let secrets = self.secrets.with_known(known.map_or(&none, Self::secrets));
        let unsaid = secrets.unsaid().map(|name| {
            let message = format!("there is no secret `{name}` yet that could be kept");
            Problem::new("missing_member", format!("secrets.{name}"), message).hint("say its value")
        });
        let unsaid: Vec<Problem> = unsaid.collect();
        if unsaid.is_empty() {
            Ok(Self { secrets, ..self })
        } else {
            Err(unsaid)
        }
    }

    /// Names of the secrets that it may have.
    pub fn secret_names(&self) -> Vec<&'static str> {
        let of_preset = self.preset.secrets().iter();
        of_preset.chain(&POSTBACK_SECRETS).copied().collect()
    }

    /// Rules for fields that a schema does not have, and postbacks with fields that it does not have or that are personal.
    pub fn unknown_fields(&self, schema: &Schema) -> Vec<Problem> {
        let unknown = self
            .fields
            .keys()
            .filter(|name| schema.find(name).is_none());
        let problems = unknown.map(|name| {
            let message = format!("`{name}` is not a field of {}", schema.vertical());
            let problem = Problem::new("unknown_field", format!("fields.{name}"), message);
            let declared = schema.fields().iter().map(|field| field.name.as_str());
            match closest(name, declared) {
                Some(close) => problem.hint(format!("did you mean `{close}`?")),
                None => problem.hint("add it to the lead schema, or leave the rule out"),
            }
        });
        let postbacks = self.postbacks.iter().enumerate();
        let wrong = postbacks.flat_map(|(position, postback)| {
            postback.wrong_fields(&format!("postbacks[{position}]"), schema)
        });
        problems.chain(wrong).collect()
    }
}

#[cfg(test)]
mod tests;
