//! What a caller asks instead of what the scenario says.

use toml::{Table, Value};

/// Values that stand for keys of every run of a scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// As the key `attribution_window`: `"30 days"`, `"12 hours"`, or a number of days.
    pub attribution_window: Option<String>,
    /// As the key `as_of`: a time.
    pub as_of: Option<String>,
    /// As the key `sweep`: `NODE.PARAMETER=FROM..TO:POINTS`.
    pub sweep: Option<String>,
    /// As the key `answers` of the table `stateful`: `recorded` or `model`.
    pub stateful: Option<String>,
}

impl Overrides {
    /// Puts the values in their places.
    pub(super) fn put(&self, run: &mut Table) {
        let Self {
            attribution_window,
            as_of,
            sweep,
            stateful,
        } = self;
        if let Some(window) = attribution_window {
            let number = window.trim().parse::<i64>();
            let value = number.map_or_else(|_| Value::String(window.clone()), Value::Integer);
            run.insert("attribution_window".to_owned(), value);
        }
        if let Some(sweep) = sweep {
            run.insert("sweep".to_owned(), Value::String(sweep.clone()));
        }
        if let Some(answers) = stateful {
            let table = run
                .entry("stateful")
                .or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(table) = table {
                table.insert("answers".to_owned(), Value::String(answers.clone()));
                if answers == "recorded" {
                    // They say how to draw answers.
                    table.retain(|key, _| !["seeds", "segment_by"].contains(&key));
                }
            }
        }
        if let Some(as_of) = as_of {
            run.insert("as_of".to_owned(), Value::String(as_of.clone()));
            // What was known at a moment is all that counts.
            run.remove("observed_until");
        }
    }
}
