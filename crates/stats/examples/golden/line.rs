//! One row of the table, and how golden files are read.

use serde_json::Value;

/// Errors of one quantity.
pub(crate) struct Line {
    pub(crate) file: &'static str,
    pub(crate) quantity: &'static str,
    /// What it has to be below.
    pub(crate) tolerance: f64,
    /// Whether errors are relative.
    pub(crate) is_relative: bool,
    pub(crate) errors: Vec<f64>,
}

impl Line {
    pub(crate) fn new(
        file: &'static str,
        quantity: &'static str,
        tolerance: f64,
        is_relative: bool,
    ) -> Self {
        Self {
            file,
            quantity,
            tolerance,
            is_relative,
            errors: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, found: f64, expected: f64) {
        let error = found - expected;
        self.errors.push(if self.is_relative {
            error / expected
        } else {
            error
        });
    }

    pub(crate) fn worst(&self) -> f64 {
        let worst = |worst: f64, error: &f64| worst.max(error.abs());
        self.errors.iter().fold(0.0, worst)
    }

    pub(crate) fn is_met(&self) -> bool {
        self.errors
            .iter()
            .all(|error| error.abs() <= self.tolerance)
    }
}

/// The cases of a section.
pub(crate) fn cases(file: &Value, section: &str) -> Vec<Value> {
    file[section].as_array().expect("a list").clone()
}

/// A number; those with more digits than a double has are texts.
pub(crate) fn number(value: &Value) -> f64 {
    let text = || value.as_str()?.parse().ok();
    value.as_f64().or_else(text).expect("a number")
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(number)
        .collect()
}

pub(crate) fn file(text: &str) -> Value {
    serde_json::from_str(text).expect("a golden file is JSON")
}
