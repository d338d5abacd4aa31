//! A document of a source, read member by member, so that each mistake is told and not only the first.

use std::collections::BTreeMap;

use pointsman_lead::{Problem, closest};
use serde_json::Value;

use super::{
    Accepts, MEMBERS, ORIGINS_MAX, PER_MINUTE_MAX, RULES_MAX, SECRET_BYTES_MAX, SourceDocument,
    Unknown,
};
use crate::{
    payout::PayoutTerms,
    postback::SourcePostback,
    preset::Preset,
    rule::{FieldRule, places, unknown_member},
    secrets::Secrets,
};

#[derive(Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<Problem>,
}

impl Reader {
    fn report(&mut self, code: &str, path: &str, message: String, hint: &str) {
        let problem = Problem::new(code, path, message);
        self.problems.push(problem.hint(hint));
    }

    /// All of a document; `None` for what is no object.
    pub(super) fn document(&mut self, value: &Value) -> Option<SourceDocument> {
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
            per_minute: None,
            payout: None,
            postbacks: Vec::new(),
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
        let missing = SourcePostback::missing_secrets(&document.postbacks, &document.secrets);
        self.problems.extend(missing);
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
            "per_minute" => document.per_minute = self.rate(name, value),
            "payout" => document.payout = PayoutTerms::read(value, &mut self.problems),
            "postbacks" => {
                document.postbacks = SourcePostback::read_all(value, &mut self.problems);
            }
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

    fn rate(&mut self, path: &str, value: &Value) -> Option<u32> {
        let rate = value.as_u64().and_then(|rate| u32::try_from(rate).ok());
        let rate = rate.filter(|rate| (1..=PER_MINUTE_MAX).contains(rate));
        if rate.is_none() {
            self.report(
                "out_of_range",
                path,
                format!("`{path}` is a whole number from 1 to {PER_MINUTE_MAX}"),
                "leave it out for no limit, and set `active` to false to stop the source",
            );
        }
        rate
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
        let known = document.secret_names();
        let unknown: Vec<Problem> = document
            .secrets
            .iter()
            .filter_map(|(name, value)| {
                let path = format!("secrets.{name}");
                if !known.contains(&name) {
                    let of = document.preset.word();
                    let message = format!("a source of preset `{of}` has no secret `{name}`");
                    let problem = Problem::new("unknown_member", path, message);
                    return Some(problem.hint(format!("its secrets are {}", known.join(", "))));
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
