//! What an import came to.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::results::{REFUSED, RowResult};

/// Rows by what became of them.
#[derive(Debug)]
pub(crate) struct Summary {
    n_rows: u64,
    /// Rows whose end was known before.
    n_known: u64,
    by_status: BTreeMap<String, u64>,
}

impl Summary {
    pub(super) fn new(n_rows: u64) -> Self {
        Self {
            n_rows,
            n_known: 0,
            by_status: BTreeMap::new(),
        }
    }

    pub(super) fn known(&mut self, result: &RowResult) {
        self.n_known += 1;
        self.new_result(result);
    }

    pub(super) fn new_result(&mut self, result: &RowResult) {
        *self
            .by_status
            .entry(result.ended.status.clone())
            .or_default() += 1;
    }

    /// Rows whose end is known.
    pub(super) fn n_ended(&self) -> u64 {
        self.by_status.values().sum()
    }

    /// Whether every row became a lead.
    pub(crate) fn is_whole(&self) -> bool {
        !self.by_status.contains_key(REFUSED)
    }

    /// Such as `12 sold, 3 unsold`.
    pub(super) fn counts(&self) -> String {
        let counts = self.by_status.iter();
        let counts: Vec<String> = counts.map(|(status, n)| format!("{n} {status}")).collect();
        counts.join(", ")
    }

    /// For people.
    pub(crate) fn words(&self) -> String {
        let known = match self.n_known {
            0 => String::new(),
            n_known => format!(" ({n_known} of them before)"),
        };
        format!("{} rows{known}: {}", self.n_rows, self.counts())
    }

    /// For programs.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "rows": self.n_rows, "known_before": self.n_known, "by_status": self.by_status })
    }
}
