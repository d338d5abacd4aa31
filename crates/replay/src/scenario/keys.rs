//! Reads a TOML table key by key, and reports every key that nobody asked for.

use pointsman_lead::{Problem, closest};
use toml::{Table, Value};

/// A table that is being read. Each key is taken once; what is left over is unknown.
#[derive(Debug)]
pub(super) struct Keys {
    table: Table,
    // Prefix of paths, ending with a point unless empty.
    prefix: String,
    asked: Vec<&'static str>,
    pub(super) problems: Vec<Problem>,
}

impl Keys {
    pub(super) fn new(table: Table, prefix: &str) -> Self {
        Self {
            table,
            prefix: prefix.to_owned(),
            asked: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Where a key is, for problems.
    pub(super) fn path(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    pub(super) fn value(&mut self, key: &'static str) -> Option<Value> {
        self.asked.push(key);
        self.table.remove(key)
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        match self.value(key)? {
            Value::String(text) => Some(text),
            other => {
                self.wrong_kind(key, "a text", &other);
                None
            }
        }
    }

    /// Whether a key is true; one that is not there is false.
    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        match self.value(key) {
            Some(Value::Boolean(flag)) => flag,
            Some(other) => {
                self.wrong_kind(key, "true or false", &other);
                false
            }
            None => false,
        }
    }

    /// A text that must be there.
    pub(super) fn needed(&mut self, key: &'static str, hint: &str) -> Option<String> {
        if !self.table.contains_key(key) {
            self.asked.push(key);
            self.problem(
                Problem::new("key_missing", self.path(key), format!("`{key}` is missing"))
                    .hint(hint),
            );
            return None;
        }
        self.text(key)
    }

    pub(super) fn table(&mut self, key: &'static str) -> Option<Keys> {
        match self.value(key)? {
            Value::Table(table) => Some(Self::new(table, &format!("{}{key}.", self.prefix))),
            other => {
                self.wrong_kind(key, "a table", &other);
                None
            }
        }
    }

    /// A table of texts with keys of any name.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<(String, String)> {
        let Some(keys) = self.table(key) else {
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (name, value) in keys.table {
            match value {
                Value::String(text) => texts.push((name, text)),
                other => self.wrong_kind(&format!("{key}.{name}"), "a text", &other),
            }
        }
        texts
    }

    /// True or false; false where nothing is said.
    pub(super) fn truth(&mut self, key: &'static str) -> bool {
        match self.value(key) {
            None => false,
            Some(Value::Boolean(truth)) => truth,
            Some(other) => {
                self.wrong_kind(key, "true or false", &other);
                false
            }
        }
    }

    /// A whole number from 0 on.
    pub(super) fn count(&mut self, key: &'static str) -> Option<u64> {
        let value = self.value(key)?;
        let count = value
            .as_integer()
            .and_then(|count| u64::try_from(count).ok());
        if count.is_none() {
            self.wrong_kind(key, "a whole number from 0 on", &value);
        }
        count
    }

    /// A finite number.
    pub(super) fn number(&mut self, key: &'static str) -> Option<f64> {
        let value = self.value(key)?;
        #[expect(clippy::cast_precision_loss, reason = "an amount needs no more")]
        let number = value
            .as_float()
            .or(value.as_integer().map(|integer| integer as f64))
            .filter(|number| number.is_finite());
        if number.is_none() {
            self.wrong_kind(key, "a number", &value);
        }
        number
    }

    /// A list of texts.
    pub(super) fn list(&mut self, key: &'static str) -> Vec<String> {
        let entries = match self.value(key) {
            None => return Vec::new(),
            Some(Value::Array(entries)) => entries,
            Some(other) => {
                self.wrong_kind(key, "a list of texts", &other);
                return Vec::new();
            }
        };
        let mut texts = Vec::new();
        for (position, entry) in entries.into_iter().enumerate() {
            match entry {
                Value::String(text) => texts.push(text),
                other => self.wrong_kind(&format!("{key}[{position}]"), "a text", &other),
            }
        }
        texts
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn wrong_kind(&mut self, key: &str, wanted: &str, found: &Value) {
        let message = format!("`{key}` is {}, but must be {wanted}", kind(found));
        self.problem(Problem::new("wrong_kind", self.path(key), message));
    }

    /// The problems so far, and one for each key that nobody asked for.
    pub(super) fn finish(self) -> Vec<Problem> {
        self.finish_below(&[])
    }

    /// The same for a table behind keys that TOML would take for its own.
    ///
    /// * `above`: keys that belong above the table.
    pub(super) fn finish_below(mut self, above: &[&str]) -> Vec<Problem> {
        let unknown: Vec<String> = self.table.keys().cloned().collect();
        for key in unknown {
            let message = format!(
                "`{key}` is not a key here; known are {}",
                self.asked.join(", ")
            );
            let problem = Problem::new("unknown_key", self.path(&key), message);
            let problem = if above.contains(&key.as_str()) {
                problem
                    .hint("it is a key of the run: write it above the first table of scenario.toml")
            } else {
                match closest(&key, self.asked.iter().copied()) {
                    Some(near) => problem.hint(format!("did you mean `{near}`?")),
                    None => problem,
                }
            };
            self.problem(problem);
        }
        self.problems
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a time",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}
