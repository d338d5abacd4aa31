//! From what people upload to the values of a list, with every mistake at once.

use std::sync::Arc;

use pointsman_lead::{Field, Problem, Required};
use serde_json::Value as Json;

use super::{LIST_VALUE_BYTES_MAX, LIST_VALUES_MAX, ListKind, ListValues, NamedList};

/// Most mistakes that are told of; there may be a million.
const PROBLEMS_MAX: usize = 100;

/// Takes in a list value by value.
#[derive(Debug)]
pub struct ListReader {
    kind: ListKind,
    field: Field,
    values: Vec<String>,
    /// Whether there are more values than a list may have.
    is_too_large: bool,
    problems: Vec<Problem>,
    n_problems: usize,
}

impl ListReader {
    /// A reader of values of one kind.
    pub fn new(kind: ListKind) -> Self {
        let field = Field {
            name: "value".to_owned(),
            kind: kind.field_kind(),
            required: Required::Never,
            // Messages do not repeat what tells who a person is.
            pii: kind.is_personal(),
        };
        Self {
            kind,
            field,
            values: Vec::new(),
            is_too_large: false,
            problems: Vec::new(),
            n_problems: 0,
        }
    }

    /// Takes in a value as it was written. White space at its ends does not count, and an empty one is
    /// passed over. It is brought to the form in which leads have it, or is a mistake.
    ///
    /// * `path`: where it stands, for the mistake.
    pub fn add(&mut self, path: &str, written: &str) {
        let text = written.trim();
        if text.is_empty() {
            return;
        }
        match self.read(path, text) {
            Ok(_) if self.is_too_large => {}
            Ok(value) => {
                self.values.push(value);
                // Looked at now and then: to look each time would be quadratic where values repeat.
                if self.values.len() >= 2 * LIST_VALUES_MAX {
                    self.compact();
                }
            }
            Err(problem) => self.note(problem),
        }
    }

    fn read(&self, path: &str, text: &str) -> Result<String, Problem> {
        if text.len() > LIST_VALUE_BYTES_MAX {
            let message = format!("a value of a list has at most {LIST_VALUE_BYTES_MAX} bytes");
            return Err(Problem::new("too_long", path, message));
        }
        match self.field.read(&Json::from(text), path)? {
            pointsman_lead::Value::Text(value) if value.len() <= LIST_VALUE_BYTES_MAX => Ok(value),
            _ => {
                let message = format!("a value of a list has at most {LIST_VALUE_BYTES_MAX} bytes");
                Err(Problem::new("too_long", path, message))
            }
        }
    }

    /// Drops values that stand there twice.
    fn compact(&mut self) {
        self.values.sort_unstable();
        self.values.dedup();
        self.is_too_large |= self.values.len() > LIST_VALUES_MAX;
    }

    fn note(&mut self, problem: Problem) {
        self.n_problems += 1;
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }

    /// The list.
    ///
    /// # Errors
    ///
    /// All mistakes, of which the first hundred are told one by one; a list without a value is one, too. Codes: those of
    /// [`Schema::parse`](pointsman_lead::Schema::parse) for a value, `too_large`, `empty`, `more_problems`.
    pub fn finish(mut self) -> Result<NamedList, Vec<Problem>> {
        self.compact();
        if self.is_too_large {
            let message = format!("a list has at most {LIST_VALUES_MAX} values");
            self.note(Problem::new("too_large", "values", message).hint("make two lists of it"));
        }
        if self.n_problems > self.problems.len() {
            let more = self.n_problems - self.problems.len();
            let message = format!("{more} further values have mistakes");
            self.problems
                .push(Problem::new("more_problems", "values", message));
        } else if self.values.is_empty() && self.problems.is_empty() {
            let problem = Problem::new("empty", "values", "the list has no values");
            let hint =
                "write one value a line; a rule that is not to hold is taken out of its flow";
            self.problems.push(problem.hint(hint));
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let values = ListValues::of_sorted(&self.values);
        Ok(NamedList::new(self.kind, Arc::new(values)))
    }
}
