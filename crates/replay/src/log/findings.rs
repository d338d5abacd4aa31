//! What is wrong with the rows of a log: each kind once, with its first row and how often.

use std::collections::BTreeMap;

use pointsman_lead::Problem;

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
    hint: Option<&'static str>,
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
        self.found
            .entry((code, column.to_owned()))
            .and_modify(|finding| finding.count += 1)
            .or_insert_with(|| Finding {
                first_row: row,
                count: 1,
                message: message(),
                hint,
            });
    }

    /// Nothing, or the problems in a fixed order.
    pub(crate) fn to_result(&self) -> Result<(), Error> {
        if self.found.is_empty() {
            Ok(())
        } else {
            Err(Error::Problems(self.problems()))
        }
    }

    fn problems(&self) -> Vec<Problem> {
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
                format!("log.{column}"),
                format!("{message}; first in row {first_row}, in all {rows}"),
            );
            match hint {
                Some(hint) => problem.hint(*hint),
                None => problem,
            }
        };
        self.found.iter().map(problem).collect()
    }
}
