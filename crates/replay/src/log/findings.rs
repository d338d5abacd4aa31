//! What is wrong with the rows of a log: each kind once, with its first row and how often.

use std::collections::BTreeMap;

use pointsman_lead::Problem;

use super::shown;
use crate::Error;

/// Collects mistakes by code and column, so that a million equal ones make one problem.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    found: BTreeMap<(&'static str, String), Finding>,
}

#[derive(Debug, Clone)]
struct Finding {
    first_row: u64,
    count: u64,
    message: String,
    hint: Option<String>,
}

/// Rows with something that a reader of the report should know: how many, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Noted {
    /// How many.
    pub(crate) count: u64,
    first: Vec<u64>,
}

impl Noted {
    pub(crate) fn see(&mut self, row: u64) {
        self.count += 1;
        if self.first.len() < 3 {
            self.first.push(row);
        }
    }

    /// Where they are, such as `first in rows 1, 2, 3`.
    pub(crate) fn places(&self) -> String {
        let rows: Vec<String> = self.first.iter().map(u64::to_string).collect();
        let word = if rows.len() == 1 { "row" } else { "rows" };
        format!("first in {word} {}", rows.join(", "))
    }
}

impl Findings {
    /// Notes a mistake.
    ///
    /// * `row`: counted from 1, the header of a CSV not included.
    /// * `message`: only called for the first of its kind.
    pub(crate) fn note(
        &mut self,
        code: &'static str,
        column: &str,
        row: u64,
        hint: Option<&'static str>,
        message: impl FnOnce() -> String,
    ) {
        self.note_with(code, column, row, || (message(), hint.map(str::to_owned)));
    }

    /// Notes a mistake whose way out depends on the value.
    ///
    /// * `told`: message and hint, only called for the first of its kind.
    pub(crate) fn note_with(
        &mut self,
        code: &'static str,
        column: &str,
        row: u64,
        told: impl FnOnce() -> (String, Option<String>),
    ) {
        self.found
            .entry((code, column.to_owned()))
            .and_modify(|finding| finding.count += 1)
            .or_insert_with(|| {
                let (message, hint) = told();
                Finding {
                    first_row: row,
                    count: 1,
                    message,
                    hint,
                }
            });
    }

    /// Nothing, or the problems in a fixed order.
    ///
    /// * `row_name`: a row as messages name it.
    pub(crate) fn to_result(&self, row_name: impl Fn(u64) -> String) -> Result<(), Error> {
        if self.found.is_empty() {
            Ok(())
        } else {
            Err(Error::Problems(self.problems(&row_name)))
        }
    }

    fn problems(&self, row_name: &dyn Fn(u64) -> String) -> Vec<Problem> {
        let problem = |((code, column), finding): (&(&'static str, String), &Finding)| {
            let Finding {
                first_row,
                count,
                message,
                hint,
            } = finding;
            let rows = match count {
                1 => "1 row".to_owned(),
                count => format!("{count} rows"),
            };
            let problem = Problem::new(
                code,
                format!("log.{}", shown::names([column.as_str()])),
                format!(
                    "{message}; first in {}, in all {rows}",
                    row_name(*first_row)
                ),
            );
            match hint {
                Some(hint) => problem.hint(hint.clone()),
                None => problem,
            }
        };
        self.found.iter().map(problem).collect()
    }
}
