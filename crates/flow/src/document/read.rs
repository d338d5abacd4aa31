//! From text to a document, with every mistake of shape at once.

mod node;

use std::fmt;

use pointsman_lead::{Currency, Problem, json};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub(crate) use node::ReadNode;

use crate::{
    Diagnostic, Document, Place,
    diagnostic::{note, note_more},
    suggest,
};

/// Most members without a meaning that are told of in one place: a hostile document has a million.
const UNKNOWN_MAX: usize = 100;
/// Largest document, in bytes.
const MAX_BYTES: usize = 16 * 1024 * 1024;

impl Document {
    /// Reads a document in JSON.
    ///
    /// # Errors
    ///
    /// Everything that is not the shape of a document, all at once, also names that stand twice and
    /// numbers that are not kept as written.
    pub fn from_json(text: &str) -> Result<Self, Vec<Diagnostic>> {
        size(text)?;
        let text = json::without_mark(text);
        let flaws = || json::flaws(text).into_iter().map(flaw);
        // What is right is read at once; only what is wrong is worth a second, closer look.
        if let Ok(document) = serde_json::from_str(text)
            && flaws().next().is_none()
        {
            return Ok(document);
        }
        let value = serde_json::from_str(text).map_err(|error| {
            let message = format!("this is not JSON: {error}");
            vec![Diagnostic::error("not_json", Place::default(), message)]
        })?;
        Self::from_value(value, flaws().collect())
    }

    /// Reads a document in TOML.
    ///
    /// # Errors
    ///
    /// Everything that is not the shape of a document, all at once.
    pub fn from_toml(text: &str) -> Result<Self, Vec<Diagnostic>> {
        size(text)?;
        let text = json::without_mark(text);
        let value = toml::from_str::<toml::Table>(text).map_err(|error| {
            let span = error.span().map_or((0, 0), |span| (span.start, span.end));
            let message = format!("this is not TOML: {}", error.message().replace('\n', ", "));
            vec![Diagnostic::error(
                "not_toml",
                Place::default().span(span),
                message,
            )]
        })?;
        Self::from_value(from_toml(toml::Value::Table(value)), Vec::new())
    }

    fn from_value(value: Value, found: Vec<Diagnostic>) -> Result<Self, Vec<Diagnostic>> {
        let Value::Object(members) = value else {
            let message =
                "a flow is an object with `flow`, `vertical`, `currency`, `root`, `nodes`";
            let error = Diagnostic::error("wrong_shape", Place::default(), message);
            return Err(found.into_iter().chain([error]).collect());
        };
        let mut reader = Reader {
            place: Place::default(),
            prefix: String::new(),
            members,
            found,
        };
        let (flow, vertical) = (reader.required("flow"), reader.required("vertical"));
        let currency = reader.required::<Currency>("currency");
        let root = reader.required("root");
        let max_sold = reader.optional("max_sold");
        let dedupe = reader.optional("dedupe");
        let (title, notes) = (reader.optional("title"), reader.optional("notes"));
        let nodes = reader.nodes();
        let known = [
            "flow", "vertical", "currency", "root", "max_sold", "dedupe", "title", "notes", "nodes",
        ];
        let mut found = reader.finish(&known);
        note_more(&mut found);
        let document = || {
            Some(Self {
                flow: flow?,
                vertical: vertical?,
                currency: currency?,
                root: root?,
                max_sold: max_sold.unwrap_or_else(super::one),
                dedupe,
                nodes: nodes?,
                title,
                notes,
            })
        };
        match document() {
            Some(document) if found.is_empty() => Ok(document),
            _ => Err(found),
        }
    }
}

/// What JSON says twice, or not as it would be read.
fn flaw(problem: Problem) -> Diagnostic {
    let Problem {
        code,
        path,
        message,
        hint,
    } = problem;
    let place = Place::default().part(path);
    let error = match code.as_str() {
        "duplicate_name" => Diagnostic::error("duplicate_name", place, message),
        _ => Diagnostic::error("too_precise", place, message),
    };
    Diagnostic { hint, ..error }
}

fn size(text: &str) -> Result<(), Vec<Diagnostic>> {
    if text.len() <= MAX_BYTES {
        return Ok(());
    }
    let message = format!(
        "this document has {} bytes; {MAX_BYTES} is the limit",
        text.len()
    );
    Err(vec![Diagnostic::error(
        "too_large",
        Place::default(),
        message,
    )])
}

/// TOML as JSON; points in time become texts.
fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(integer) => integer.into(),
        toml::Value::Float(float) => float.into(),
        toml::Value::Boolean(boolean) => boolean.into(),
        toml::Value::Datetime(datetime) => datetime.to_string().into(),
        toml::Value::Array(entries) => entries.into_iter().map(from_toml).collect(),
        toml::Value::Table(members) => {
            let members = members.into_iter();
            members
                .map(|(name, value)| (name, from_toml(value)))
                .collect()
        }
    }
}

/// An entry of a list, as a part of what the list is in. Written out only where something is wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    list: &'a str,
    idx: usize,
}

impl fmt::Display for Entry<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { list, idx } = self;
        write!(formatter, "{list}[{idx}]")
    }
}

/// Takes the members out of one object and remembers all that is wrong with them.
pub(crate) struct Reader {
    place: Place,
    /// Path of the object within its place, such as `rows[3].`.
    prefix: String,
    members: Map<String, Value>,
    found: Vec<Diagnostic>,
}

impl Reader {
    pub(crate) fn report(
        &mut self,
        code: &'static str,
        part: &str,
        message: String,
        hint: Option<String>,
    ) {
        let place = self.place.clone().part(format!("{}{part}", self.prefix));
        let mut diagnostic = Diagnostic::error(code, place, message);
        diagnostic.hint = hint;
        note(&mut self.found, diagnostic);
    }

    pub(crate) fn parse<T: DeserializeOwned>(
        &mut self,
        part: impl fmt::Display,
        value: Value,
    ) -> Option<T> {
        self.parse_with(part, value, serde_json::from_value)
    }

    pub(crate) fn parse_with<T>(
        &mut self,
        part: impl fmt::Display,
        value: Value,
        read: impl Fn(Value) -> Result<T, serde_json::Error>,
    ) -> Option<T> {
        match read(value) {
            Ok(value) => Some(value),
            Err(error) => {
                let message = json::in_words(&error.to_string());
                self.report("wrong_type", &part.to_string(), message, None);
                None
            }
        }
    }

    /// A member that may be left out; null is as good as that.
    pub(crate) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let value = self.members.remove(name).filter(|value| !value.is_null())?;
        self.parse(name, value)
    }

    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        if self.members.get(name).is_none_or(Value::is_null) {
            self.members.remove(name);
            self.missing(name);
            return None;
        }
        self.optional(name)
    }

    /// A member as it is written, or null.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    /// Whether there is such a member.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A list of plain values; `None` if something is wrong with it.
    pub(crate) fn plain_list<T: DeserializeOwned>(&mut self, name: &str) -> Option<Vec<T>> {
        self.list(name, |reader, part, value| reader.parse(part, value))
    }

    fn missing(&mut self, name: &str) {
        let hint = Some(format!("add `{name}`"));
        self.report("missing_member", name, format!("`{name}` is missing"), hint);
    }

    /// A list whose entries are read one by one, so that each bad one is reported.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        read: impl Fn(&mut Self, Entry<'_>, Value) -> Option<T>,
    ) -> Option<Vec<T>> {
        match self.members.remove(name) {
            Some(Value::Array(values)) => {
                let n_values = values.len();
                let values = values.into_iter().enumerate();
                let entries: Vec<T> = values
                    .filter_map(|(idx, value)| read(self, Entry { list: name, idx }, value))
                    .collect();
                (entries.len() == n_values).then_some(entries)
            }
            None => {
                self.missing(name);
                None
            }
            Some(_) => {
                self.report("wrong_type", name, format!("`{name}` is a list"), None);
                None
            }
        }
    }

    /// An object as a member that may be left out; `read` takes its members, `known` are all it may have.
    pub(crate) fn inner<T>(
        &mut self,
        name: &str,
        known: &[&str],
        read: impl Fn(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let value = self.members.remove(name).filter(|value| !value.is_null())?;
        self.object(name, value, known, read)
    }

    /// A part that is an object; `read` takes its members, `known` are all it may have.
    pub(crate) fn object<T>(
        &mut self,
        part: impl fmt::Display,
        value: Value,
        known: &[&str],
        read: impl Fn(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let Value::Object(members) = value else {
            let message = format!("this is an object with {}", names(known));
            self.report("wrong_type", &part.to_string(), message, None);
            return None;
        };
        let mut inner = Self {
            place: self.place.clone(),
            prefix: format!("{}{part}.", self.prefix),
            members,
            found: Vec::new(),
        };
        let value = read(&mut inner);
        inner
            .finish(known)
            .into_iter()
            .for_each(|finding| note(&mut self.found, finding));
        value
    }

    /// Everything wrong, also members that should not be there.
    fn finish(mut self, known: &[&str]) -> Vec<Diagnostic> {
        let unknown: Vec<String> = self.members.keys().take(UNKNOWN_MAX).cloned().collect();
        for name in unknown {
            let message = format!("`{name}` has no meaning here");
            let hint = suggest::hint(&name, known.iter().copied());
            self.report("unknown_member", &name, message, hint);
        }
        self.found
    }
}

fn names(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
