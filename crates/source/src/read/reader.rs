//! One payload on its way to the fields of a lead.

use pointsman_lead::{Envelope, Field, FieldKind, Problem, Schema, Stage, Timestamp, closest};
use serde_json::Value;

use super::{FieldReading, IS_TEST, PayloadReading};
use crate::{
    SourceDocument, Unknown,
    answers::{Answers, Found, is_empty},
    names::{FIRST_NAME, FULL_NAME, LAST_NAME, alike},
    path::JsonPath,
    payload::Payload,
    place::Place,
    reading::{apply, by_kind, first_word, other_words, trimmed, word},
    rule::FieldRule,
};

/// Most unknown answers that are told of.
const UNKNOWN_MAX: usize = 100;
/// Longest id of a lead that is taken for its idempotency key, in bytes.
const ID_BYTES_MAX: usize = 200;
/// Most characters of a sub id.
const SUB_ID_CHARS_MAX: usize = 256;

/// What has been read of a payload so far.
pub(super) struct PayloadReader<'a> {
    pub(super) document: &'a SourceDocument,
    pub(super) payload: &'a Payload,
    pub(super) answers: Answers,
    pub(super) fields: Vec<FieldReading>,
    pub(super) problems: Vec<Problem>,
}

impl PayloadReader<'_> {
    fn country(&self) -> Option<&str> {
        self.document.country.as_deref()
    }

    fn rule(&self, name: &str) -> Option<FieldRule> {
        self.document.fields.get(name).cloned()
    }

    /// What a rule finds, as its steps leave it; the value as it was sent beside it.
    fn by_rule(&mut self, name: &str, rule: &FieldRule) -> (Option<Found>, Option<Value>) {
        if let Some(value) = &rule.value {
            return (None, Some(value.clone()));
        }
        let found = if rule.from.is_empty() {
            self.answers
                .take_exact(name)
                .or_else(|| self.answers.take_alike(name))
        } else {
            let places = rule.from.iter();
            places.clone().find_map(|place| self.answers.take(place))
        };
        let Some(found) = found else {
            return (None, None);
        };
        let mut value = single(found.value.clone());
        if let Some(meant) = value.as_str().and_then(|text| rule.words.get(&word(text))) {
            return (Some(found), Some(meant.clone()));
        }
        for &step in &rule.read {
            value = apply(step, value, self.country());
        }
        (Some(found), Some(value))
    }

    pub(super) fn ruled(&mut self, field: &Field) {
        let Some(rule) = self.rule(&field.name) else {
            return;
        };
        let (found, value) = self.by_rule(&field.name, &rule);
        let is_fixed = rule.value.is_some();
        let read = value.map(|value| {
            if rule.lenient && !is_fixed {
                by_kind(&field.kind, value, self.country())
            } else {
                value
            }
        });
        self.keep(field, found, read);
    }

    /// Whether an answer has the field's own name.
    pub(super) fn by_name(&mut self, field: &Field) -> bool {
        let found = self.answers.take_exact(&field.name);
        let found = found.or_else(|| self.answers.take_alike(&field.name));
        self.found(field, found)
    }

    /// Looks for a field under the names that mean the same. What another field has taken is not taken twice.
    pub(super) fn by_alike(&mut self, field: &Field, schema: &Schema) {
        let names = alike(field, schema);
        let found = names.iter().find_map(|name| self.answers.take_free(name));
        if self.found(field, found) || !matches!(field.kind, FieldKind::Text { .. }) {
            return;
        }
        if names == FIRST_NAME || names == LAST_NAME {
            self.part_of_name(field, names == FIRST_NAME);
        } else if names == FULL_NAME {
            let found = self.whole_name();
            self.found(field, found);
        }
    }

    /// One of the two names of a person, of both together: the first word, or all the others.
    fn part_of_name(&mut self, field: &Field, is_first: bool) {
        let whole = FULL_NAME
            .iter()
            .find_map(|name| self.answers.take_alike(name));
        let Some(whole) = whole else {
            return;
        };
        let text = whole.value.as_str().unwrap_or_default();
        let part = if is_first {
            first_word(text)
        } else {
            other_words(text)
        };
        let part = Value::from(part);
        self.keep(field, Some(whole), Some(part));
    }

    /// Both names of a person, of its two parts.
    fn whole_name(&mut self) -> Option<Found> {
        let first = FIRST_NAME
            .iter()
            .find_map(|name| self.answers.take_alike(name))?;
        let last = LAST_NAME
            .iter()
            .find_map(|name| self.answers.take_alike(name));
        let Some(last) = last else {
            return Some(first);
        };
        let (one, other) = (first.value.as_str()?, last.value.as_str()?);
        Some(Found {
            from: format!("{} {}", first.from, last.from),
            value: format!("{} {}", trimmed(one), trimmed(other)).into(),
        })
    }

    fn found(&mut self, field: &Field, found: Option<Found>) -> bool {
        let is_found = found.is_some();
        if let Some(found) = found {
            let read = by_kind(&field.kind, single(found.value.clone()), self.country());
            self.keep(field, Some(found), Some(read));
        }
        is_found
    }

    fn keep(&mut self, field: &Field, found: Option<Found>, read: Option<Value>) {
        let (from, given) = found.map(|it| (it.from, it.value)).unzip();
        if self.payload.is_form
            && let Some(Value::Array(texts)) = &read
        {
            let message = format!(
                "`{}` was sent {} times, with different values",
                field.name,
                texts.len()
            );
            let problem = Problem::new("contradiction", format!("fields.{}", field.name), message);
            self.problems.push(problem.hint("send it once"));
            self.fields.push(FieldReading {
                field: field.name.clone(),
                from,
                given,
                read: None,
            });
            return;
        }
        self.fields.push(FieldReading {
            field: field.name.clone(),
            from,
            given,
            read: read.filter(|read| !is_empty(read)),
        });
    }

    /// A sub id is a text of any kind of value.
    pub(super) fn sub_id(&mut self, name: &str) {
        let rule = self.rule(name).unwrap_or_default();
        let (found, value) = self.by_rule(name, &rule);
        let value = value.map(|value| by_kind(&FieldKind::text(256), value, None));
        let Some(value) = value.filter(|value| !is_empty(value)) else {
            return;
        };
        let (from, given) = found.map(|it| (it.from, it.value)).unzip();
        let n_chars = value.as_str().map(|text| text.chars().count());
        if n_chars.is_none_or(|n_chars| n_chars > SUB_ID_CHARS_MAX) {
            let message = format!("`{name}` is a text of at most {SUB_ID_CHARS_MAX} characters");
            let code = if n_chars.is_some() {
                "too_long"
            } else {
                "wrong_type"
            };
            self.problems
                .push(Problem::new(code, name, message).hint("shorten it"));
        }
        self.fields.push(FieldReading {
            field: name.to_owned(),
            from,
            given,
            read: Some(value),
        });
    }

    pub(super) fn test(&mut self) {
        let rule = self.rule(IS_TEST);
        let (found, value) = if let Some(rule) = &rule {
            self.by_rule(IS_TEST, rule)
        } else {
            let found = self.at(self.document.preset.tests());
            let value = found.as_ref().map(|found| found.value.clone());
            (found, value)
        };
        let Some(value) = value.map(|value| by_kind(&FieldKind::Boolean, value, None)) else {
            return;
        };
        if !value.is_boolean() {
            let message = "whether it is a test is true or false";
            let problem = Problem::new("wrong_type", IS_TEST, message);
            self.problems
                .push(problem.hint("leave it out for a lead that counts"));
        }
        let (from, given) = found.map(|it| (it.from, it.value)).unzip();
        self.fields.push(FieldReading {
            field: IS_TEST.to_owned(),
            from,
            given,
            read: Some(value),
        });
    }

    /// The first of some places that says something.
    fn at(&mut self, places: &[&str]) -> Option<Found> {
        let answers = &mut self.answers;
        places.iter().find_map(|place| {
            let path = JsonPath::parse(place).ok()?;
            answers.take(&Place::Path(path))
        })
    }

    /// What names the lead: where the document says, else where the platform has it.
    pub(super) fn key(&mut self) -> Option<String> {
        let places = &self.document.idempotency_key;
        let found = if places.is_empty() {
            self.at(self.document.preset.ids())
        } else {
            places.iter().find_map(|place| self.answers.take(place))
        };
        let key = match single(found?.value) {
            Value::String(text) => trimmed(&text).to_owned(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        if key.is_empty() || key.len() > ID_BYTES_MAX || key.chars().any(char::is_control) {
            let message =
                format!("the id of the lead is a text of 1 to {ID_BYTES_MAX} bytes, or a number");
            let problem = Problem::new("malformed", "idempotency_key", message);
            self.problems
                .push(problem.hint("send a short id that no other lead of this source has"));
            return None;
        }
        Some(key)
    }

    pub(super) fn finish(
        mut self,
        schema: &Schema,
        source: &str,
        key: Option<String>,
    ) -> PayloadReading {
        let order = |it: &FieldReading| schema.find(&it.field);
        self.fields.sort_by_key(order);
        let preset = self.document.preset;
        if let Some(shape) = preset.answers()
            && shape.places.iter().all(|place| !self.has(place))
        {
            let place = shape.places[0].trim_start_matches("$.");
            let message = format!(
                "there is no list `{place}`, in which {} has the answers",
                preset.word()
            );
            self.problems.push(Problem::new("missing_member", place, message).hint(
                "send the lead itself; a notification that names it holds no answers, and has to be followed by a look-up",
            ));
        }
        if preset.answers().is_some() && self.entries() > 1 {
            let message = format!("the payload holds {} leads", self.entries());
            let problem = Problem::new("too_many", "entry", message);
            self.problems.push(problem.hint("send each lead by itself"));
        }
        let unknown: Vec<(String, Value)> = self.answers.free().collect();
        if self.document.unknown == Unknown::Refuse {
            let told = unknown.iter().take(UNKNOWN_MAX);
            self.problems
                .extend(told.map(|(key, _)| unknown_answer(key, schema)));
        }
        let mut reading = PayloadReading {
            fields: self.fields,
            unknown,
            idempotency_key: key,
            problems: self.problems,
        };
        let envelope = Envelope {
            source,
            sub_ids: Default::default(),
            received_at: Timestamp(0),
            is_test: false,
            stage: Stage::Post,
        };
        if let Err(wrong) = schema.parse(&reading.declared(), &envelope) {
            // One that was sent twice is not missing.
            let told =
                |problem: &Problem| reading.problems.iter().any(|it| it.path == problem.path);
            let more: Vec<Problem> = wrong.into_iter().filter(|it| !told(it)).collect();
            reading.problems.extend(more);
        }
        reading
    }

    fn has(&self, place: &str) -> bool {
        let whole = Value::Object(self.payload.value.clone());
        JsonPath::parse(place).is_ok_and(|path| path.find(&whole).is_some_and(Value::is_array))
    }

    /// How many leads a webhook brings at once.
    fn entries(&self) -> usize {
        let list = |value: Option<&Value>| value.and_then(Value::as_array).map_or(1, Vec::len);
        let entries = list(self.payload.value.get("entry"));
        let data = list(self.payload.value.get("data"));
        entries.max(data)
    }
}

/// The one entry of a list of one.
fn single(value: Value) -> Value {
    match value {
        Value::Array(mut entries) if entries.len() == 1 => entries.remove(0),
        // A hidden field before a box to tick, or a form that repeats itself.
        Value::Array(entries)
            if entries.windows(2).all(|pair| pair[0] == pair[1]) && !entries.is_empty() =>
        {
            entries.into_iter().next().unwrap_or_default()
        }
        value => value,
    }
}

pub(super) fn unknown_rule(name: &str, schema: &Schema) -> Problem {
    let path = format!("fields.{name}");
    let message = format!(
        "the mapping has a rule for `{name}`, which is not a field of {}",
        schema.vertical()
    );
    Problem::new("unknown_field", path, message).hint("mend the mapping of the source")
}

fn unknown_answer(key: &str, schema: &Schema) -> Problem {
    let shown: String = key.chars().take(100).collect();
    let message = format!("no field takes `{shown}`");
    let declared = schema.declared().iter().map(|field| field.name.as_str());
    let problem = Problem::new("unknown_field", shown, message);
    match closest(key, declared) {
        Some(close) => problem.hint(format!("did you mean `{close}`?")),
        None => problem.hint("leave it out, or add a rule for it to the source"),
    }
}
