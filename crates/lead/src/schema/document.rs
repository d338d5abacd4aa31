//! A lead schema as JSON: read with all mistakes at once, hashed, and told to other programs.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Field, FieldKind, Required, Schema, check, default_max_chars};
use crate::{Problem, json, number::SCALE_MAX, suggest::did_you_mean};

const KINDS: [&str; 14] = [
    "enum",
    "text",
    "integer",
    "decimal",
    "boolean",
    "timestamp",
    "date",
    "country",
    "region",
    "postal_code",
    "phone",
    "email",
    "ip",
    "url",
];

impl Schema {
    /// Reads a schema such as
    /// `{"vertical": "solar", "fields": [{"name": "roof", "kind": "enum", "labels": ["flat", "steep"]}]}`.
    ///
    /// # Errors
    ///
    /// Every mistake at once: JSON that does not parse or says something twice, unknown kinds and
    /// keys, and what [`Schema::new`] refuses.
    pub fn from_json(text: &str) -> Result<Self, Vec<Problem>> {
        Self::from_value(&json::read(text)?)
    }

    /// Reads a schema that is already parsed as JSON, as [`Schema::from_json`] does.
    ///
    /// # Errors
    ///
    /// Every mistake at once.
    pub fn from_value(value: &Value) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::default();
        let Some((vertical, fields)) = reader.schema(value) else {
            return Err(reader.problems);
        };
        let mut problems = reader.problems;
        problems.extend(check::problems(&vertical, &fields));
        if problems.is_empty() {
            Ok(Self::of(
                &vertical,
                fields.into_iter().map(|(_, field)| field),
            ))
        } else {
            Err(problems)
        }
    }

    /// SHA-256 of the schema's canonical JSON, in 64 lower-case hex digits.
    ///
    /// Equal for schemas that treat every lead alike: defaults count as if they were written out.
    ///
    /// # Panics
    ///
    /// Never: a schema is made of texts and numbers.
    pub fn hash(&self) -> String {
        let value = serde_json::to_value(self).expect("a schema is made of texts and numbers");
        let mut canonical = String::new();
        write_canonical(&value, &mut canonical);
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(canonical.as_bytes()) {
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }
}

/// JSON with sorted keys and without spaces, whatever order the map keeps.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|&(key, _)| key);
            let mut mark = '{';
            for (key, value) in entries {
                let _ = write!(out, "{mark}{}:", Value::from(key.as_str()));
                write_canonical(value, out);
                mark = ',';
            }
            out.push_str(if mark == '{' { "{}" } else { "}" });
        }
        Value::Array(values) => {
            let mut mark = '[';
            for value in values {
                out.push(mark);
                write_canonical(value, out);
                mark = ',';
            }
            out.push_str(if mark == '[' { "[]" } else { "]" });
        }
        scalar => {
            let _ = write!(out, "{scalar}");
        }
    }
}

#[derive(Default)]
struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn report(&mut self, problem: Problem, hint: Option<String>) {
        self.problems.push(Problem { hint, ..problem });
    }

    /// `None` only where nothing can be said about the fields themselves.
    fn schema(&mut self, value: &Value) -> Option<(String, Vec<(usize, Field)>)> {
        let map = self.object(value, "")?;
        self.keys(map, "", &["vertical", "fields"]);
        let vertical = self.text(map, "", "vertical");
        let Some(fields) = map.get("fields").and_then(Value::as_array) else {
            let problem =
                Problem::new("missing_key", "fields", "`fields` must be a list of fields");
            self.report(problem, None);
            return None;
        };
        let fields = fields
            .iter()
            .enumerate()
            .filter_map(|(position, field)| {
                let field = self.field(field, &format!("fields[{position}]"))?;
                Some((position, field))
            })
            .collect();
        Some((vertical?, fields))
    }

    fn field(&mut self, value: &Value, path: &str) -> Option<Field> {
        let map = self.object(value, path)?;
        let name = self.text(map, path, "name");
        let required = match map.get("required").map(Value::as_str) {
            None | Some(Some("never")) => Required::Never,
            Some(Some("ping")) => Required::Ping,
            Some(Some("post")) => Required::Post,
            Some(_) => {
                let wanted = "`required` is \"ping\", \"post\" or \"never\"";
                self.wrong(path, "required", wanted);
                Required::Never
            }
        };
        let pii = self.flag(map, path, "pii", false);
        let kind = self.kind(map, path);
        Some(Field {
            name: name?,
            kind: kind?,
            required,
            pii,
        })
    }

    fn kind(&mut self, map: &Map<String, Value>, path: &str) -> Option<FieldKind> {
        let kind = self.text(map, path, "kind")?;
        let (kind, own): (_, &[&str]) = match kind.as_str() {
            "enum" => (
                FieldKind::Enum {
                    labels: self.labels(map, path)?,
                },
                &["labels"],
            ),
            "text" => {
                let max_chars = self.number(map, path, "max_chars", 0, u32::MAX.into());
                let max_chars = max_chars.map(|most| u32::try_from(most).unwrap_or(u32::MAX));
                let max_chars = max_chars.unwrap_or_else(default_max_chars);
                let multiline = self.flag(map, path, "multiline", true);
                let kind = FieldKind::Text {
                    max_chars,
                    multiline,
                };
                (kind, &["max_chars", "multiline"])
            }
            "integer" => {
                let min = self.number(map, path, "min", i64::MIN, i64::MAX);
                let max = self.number(map, path, "max", i64::MIN, i64::MAX);
                (FieldKind::Integer { min, max }, &["min", "max"])
            }
            "decimal" => {
                if !map.contains_key("scale") {
                    let message = "a decimal needs `scale`, its digits after the point";
                    self.report(
                        Problem::new("missing_key", format!("{path}.scale"), message),
                        None,
                    );
                }
                let scale = self.number(map, path, "scale", 0, SCALE_MAX.into())?;
                let scale = u8::try_from(scale).unwrap_or(SCALE_MAX);
                (FieldKind::Decimal { scale }, &["scale"])
            }
            "boolean" => (FieldKind::Boolean, &[]),
            "timestamp" => (FieldKind::Timestamp, &[]),
            "date" => (FieldKind::Date, &[]),
            "country" => (FieldKind::Country, &[]),
            "region" => (FieldKind::Region, &[]),
            "postal_code" => (FieldKind::PostalCode, &[]),
            "phone" => (FieldKind::Phone, &[]),
            "email" => (FieldKind::Email, &[]),
            "ip" => (FieldKind::Ip, &[]),
            "url" => (FieldKind::Url, &[]),
            unknown => {
                let problem = Problem::new(
                    "unknown_kind",
                    format!("{path}.kind"),
                    format!("`{unknown}` is not a kind of field"),
                );
                let hint = did_you_mean(unknown, KINDS)
                    .unwrap_or_else(|| format!("kinds are {}", KINDS.join(", ")));
                self.report(problem, Some(hint));
                return None;
            }
        };
        let known: Vec<&str> = ["name", "kind", "required", "pii"]
            .into_iter()
            .chain(own.iter().copied())
            .collect();
        self.keys(map, path, &known);
        Some(kind)
    }

    fn flag(&mut self, map: &Map<String, Value>, path: &str, key: &str, unsaid: bool) -> bool {
        match map.get(key) {
            None => unsaid,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.wrong(path, key, &format!("`{key}` is true or false"));
                unsaid
            }
        }
    }

    fn labels(&mut self, map: &Map<String, Value>, path: &str) -> Option<Vec<String>> {
        let labels = map
            .get("labels")
            .and_then(Value::as_array)
            .and_then(|labels| {
                labels
                    .iter()
                    .map(|label| label.as_str().map(str::to_owned))
                    .collect()
            });
        if labels.is_none() {
            self.wrong(path, "labels", "an enum needs `labels`, a list of texts");
        }
        labels
    }

    fn number(
        &mut self,
        map: &Map<String, Value>,
        path: &str,
        key: &str,
        min: i64,
        max: i64,
    ) -> Option<i64> {
        let value = map.get(key).filter(|value| !value.is_null())?;
        let number = value.as_i64().filter(|number| (min..=max).contains(number));
        if number.is_none() {
            self.wrong(
                path,
                key,
                &format!("`{key}` is a whole number from {min} to {max}"),
            );
        }
        number
    }

    fn object<'a>(&mut self, value: &'a Value, path: &str) -> Option<&'a Map<String, Value>> {
        let map = value.as_object();
        if map.is_none() {
            let problem = Problem::new("wrong_type", path, "this must be a JSON object");
            self.report(problem, None);
        }
        map
    }

    fn text(&mut self, map: &Map<String, Value>, path: &str, key: &str) -> Option<String> {
        let text = map.get(key).and_then(Value::as_str).map(str::to_owned);
        if text.is_none() {
            self.wrong(path, key, &format!("`{key}` is needed, and is a text"));
        }
        text
    }

    fn wrong(&mut self, path: &str, key: &str, message: &str) {
        self.report(Problem::new("wrong_type", join(path, key), message), None);
    }

    fn keys(&mut self, map: &Map<String, Value>, path: &str, known: &[&str]) {
        let mut unknown: Vec<&String> = map
            .keys()
            .filter(|key| !known.contains(&key.as_str()))
            .collect();
        unknown.sort_unstable();
        for key in unknown {
            let problem = Problem::new(
                "unknown_key",
                join(path, key),
                format!("`{key}` means nothing here"),
            );
            let hint = did_you_mean(key, known.iter().copied())
                .unwrap_or_else(|| format!("keys are {}", known.join(", ")));
            self.report(problem, Some(hint));
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
