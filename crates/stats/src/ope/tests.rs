//! The estimators beside those of other software, on its logs.

use serde_json::Value;

use super::*;

mod open_bandit;
mod small;

/// A log without a model: leads of decisions, each a weight and a reward.
pub(super) fn log(leads: &[&[(f64, f64)]]) -> Log {
    let mut log = Log::default();
    for lead in leads {
        let decisions: Vec<Decision> = lead
            .iter()
            .map(|&(weight, reward)| Decision {
                weight,
                reward,
                ..Decision::default()
            })
            .collect();
        log.add(&decisions, None).unwrap();
    }
    log
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// Asserts that two numbers agree to a relative tolerance.
fn agree(found: f64, expected: f64, tolerance: f64, what: &str) {
    let error = (found - expected).abs() / expected.abs();
    assert!(
        error <= tolerance,
        "{what}: {found} is not {expected}, off by {error:e}"
    );
}
