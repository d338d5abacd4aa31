//! The document of a source: where its leads go, and how its payloads are read.

use std::collections::BTreeMap;

use pointsman_lead::{Problem, Schema, closest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    place::Place,
    preset::Preset,
    rule::{FieldRule, places, unknown_member},
    secrets::Secrets,
};

/// Most rules for fields, and most origins.
const RULES_MAX: usize = 300;
const ORIGINS_MAX: usize = 100;
/// Longest secret, in bytes.
const SECRET_BYTES_MAX: usize = 1_024;

/// The members of a document.
const MEMBERS: [&str; 11] = [
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
        let mut reader = Reader::default();
        let document = reader.document(value);
        match document {
            Some(document) if reader.problems.is_empty() => Ok(document),
            _ => Err(reader.problems),
        }
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

    /// Rules for fields that a schema does not have.
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
        problems.collect()
    }
}

#[derive(Default)]
struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn report(&mut self, code: &str, path: &str, message: String, hint: &str) {
        let problem = Problem::new(code, path, message);
        self.problems.push(problem.hint(hint));
    }

    fn document(&mut self, value: &Value) -> Option<SourceDocument> {
        let Some(members) = value.as_object() else {
            self.report(
                "wrong_type",
                "",
                "the document of a source is an object".to_owned(),
                r#"write {"flow": "…"}"#,
            );
            return None;
        };
        let mut document = SourceDocument {
            flow: String::new(),
            preset: Preset::default(),
            accept: None,
            origins: Vec::new(),
            country: None,
            fields: BTreeMap::new(),
            idempotency_key: Vec::new(),
            unknown: Unknown::default(),
            wait: true,
            secrets: Secrets::default(),
            active: true,
        };
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            self.member(&mut document, name, value);
        }
        if document.flow.is_empty() {
            self.report(
                "missing_member",
                "flow",
                "`flow` is missing".to_owned(),
                "name the flow that its leads go to",
            );
        }
        self.secret_names(&document);
        Some(document)
    }

    fn member(&mut self, document: &mut SourceDocument, name: &str, value: &Value) {
        match name {
            "flow" => document.flow = self.text(name, value),
            "preset" => {
                let words = Preset::ALL.map(|it| (it.word(), it));
                document.preset = self.word(name, value, &words).unwrap_or_default();
            }
            "accept" => document.accept = Some(self.accept(value)),
            "origins" => document.origins = self.origins(value),
            "country" => document.country = self.country(value),
            "fields" => document.fields = self.fields(value),
            "idempotency_key" => {
                document.idempotency_key = places(name, value, &mut self.problems);
            }
            "unknown" => {
                let words = [("keep", Unknown::Keep), ("refuse", Unknown::Refuse)];
                document.unknown = self.word(name, value, &words).unwrap_or_default();
            }
            "wait" => document.wait = self.flag(name, value),
            "active" => document.active = self.flag(name, value),
            "secrets" => match serde_json::from_value(value.clone()) {
                Ok(secrets) => document.secrets = secrets,
                Err(_) => self.report(
                    "wrong_type",
                    name,
                    "`secrets` holds texts by name".to_owned(),
                    "see the preset for their names",
                ),
            },
            _ => self
                .problems
                .push(unknown_member(name.to_owned(), name, &MEMBERS)),
        }
    }

    fn text(&mut self, path: &str, value: &Value) -> String {
        if let Some(text) = value.as_str() {
            return text.to_owned();
        }
        self.report(
            "wrong_type",
            path,
            format!("`{path}` is a text"),
            "write it in quotes",
        );
        // Something was said, so that it is not missing too.
        "?".to_owned()
    }

    fn flag(&mut self, path: &str, value: &Value) -> bool {
        value.as_bool().unwrap_or_else(|| {
            self.report(
                "wrong_type",
                path,
                format!("`{path}` is true or false"),
                "leave it out for true",
            );
            true
        })
    }

    fn word<T: Copy>(&mut self, path: &str, value: &Value, words: &[(&str, T)]) -> Option<T> {
        let said = value.as_str().unwrap_or_default();
        let found = words.iter().find(|(word, _)| *word == said);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let hint = match closest(said, known.iter().copied()) {
                Some(close) => format!("did you mean `{close}`?"),
                None => format!("one of {}", known.join(", ")),
            };
            self.report(
                "unknown_label",
                path,
                format!("{value} is no {path}"),
                &hint,
            );
        }
        found.map(|(_, meant)| *meant)
    }

    fn accept(&mut self, value: &Value) -> Vec<Accepts> {
        let words = Accepts::ALL.map(|it| (it.word(), it));
        let Some(entries) = value.as_array().filter(|entries| !entries.is_empty()) else {
            self.report(
                "wrong_type",
                "accept",
                "`accept` is a list of forms".to_owned(),
                "of json, form, multipart, query",
            );
            return Vec::new();
        };
        let read = entries.iter().take(Accepts::ALL.len());
        read.filter_map(|entry| self.word("accept", entry, &words))
            .collect()
    }

    fn origins(&mut self, value: &Value) -> Vec<String> {
        let texts: Option<Vec<String>> = value.as_array().and_then(|entries| {
            let texts = entries
                .iter()
                .map(|entry| entry.as_str().map(str::to_owned));
            texts.collect()
        });
        let Some(origins) = texts.filter(|origins| origins.len() <= ORIGINS_MAX) else {
            let message = format!("`origins` is a list of at most {ORIGINS_MAX} texts");
            self.report(
                "wrong_type",
                "origins",
                message,
                r#"write ["https://www.example.com"]"#,
            );
            return Vec::new();
        };
        for (position, origin) in origins.iter().enumerate() {
            if !is_origin(origin) {
                let path = format!("origins[{position}]");
                let message = format!("`{origin}` is not the origin of a page");
                self.report(
                    "malformed",
                    &path,
                    message,
                    "write scheme, host and port alone, like https://www.example.com",
                );
            }
        }
        origins
    }

    fn country(&mut self, value: &Value) -> Option<String> {
        let country = self.text("country", value);
        if pointsman_lead::is_country(&country) {
            return Some(country);
        }
        let message = format!("`{country}` is no country");
        self.report(
            "malformed",
            "country",
            message,
            "write the two letters of ISO 3166-1, like US",
        );
        None
    }

    fn fields(&mut self, value: &Value) -> BTreeMap<String, FieldRule> {
        let Some(members) = value
            .as_object()
            .filter(|members| members.len() <= RULES_MAX)
        else {
            let message =
                format!("`fields` holds at most {RULES_MAX} rules by the names of fields");
            self.report(
                "wrong_type",
                "fields",
                message,
                r#"write {"email": "user_email"}"#,
            );
            return BTreeMap::new();
        };
        let mut rules = BTreeMap::new();
        for (name, value) in members {
            let path = format!("fields.{name}");
            if matches!(name.as_str(), "source" | "received_at") {
                let message = format!("`{name}` is set by the platform");
                self.report("reserved_field", &path, message, "leave it out");
                continue;
            }
            let rule = FieldRule::read(&path, value, &mut self.problems);
            rules.extend(rule.map(|rule| (name.clone(), rule)));
        }
        rules
    }

    fn secret_names(&mut self, document: &SourceDocument) {
        let known = document.preset.secrets();
        let unknown: Vec<Problem> = document
            .secrets
            .iter()
            .filter_map(|(name, value)| {
                let path = format!("secrets.{name}");
                if !known.contains(&name) {
                    let of = document.preset.word();
                    let message = format!("a source of preset `{of}` has no secret `{name}`");
                    let problem = Problem::new("unknown_member", path, message);
                    return Some(problem.hint(match known {
                        [] => "leave it out".to_owned(),
                        known => format!("its secrets are {}", known.join(", ")),
                    }));
                }
                let fits = (1..=SECRET_BYTES_MAX).contains(&value.len());
                (!fits).then(|| {
                    let message = format!("a secret has 1 to {SECRET_BYTES_MAX} bytes");
                    Problem::new("malformed", path, message).hint("take it from the platform")
                })
            })
            .collect();
        self.problems.extend(unknown);
    }
}

/// Whether a text is an origin as browsers send it: nothing behind the host and its port.
fn is_origin(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
    })
}

#[cfg(test)]
mod tests;
