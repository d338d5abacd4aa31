//! Replays from the command line.

use serde_json::Value;

use crate::program::{pointsman, root, stdout_of};

/// Figures are the same up to the order of additions.
const RELATIVE: f64 = 1e-9;

/// Fails unless everything in `expected` is in `found` as well, numbers up to rounding, and gives how
/// many numbers were compared.
#[track_caller]
fn assert_contains(path: &str, found: &Value, expected: &Value) -> usize {
    match expected {
        Value::Object(members) => members
            .iter()
            .map(|(name, expected)| {
                assert_contains(&format!("{path}.{name}"), &found[name], expected)
            })
            .sum(),
        Value::Array(entries) => entries
            .iter()
            .enumerate()
            .map(|(idx, expected)| {
                assert_contains(&format!("{path}[{idx}]"), &found[idx], expected)
            })
            .sum(),
        Value::Number(number) => {
            let (found, expected) = (found.as_f64().unwrap_or(f64::NAN), number.as_f64().unwrap());
            let off = (found - expected).abs();
            assert!(
                off <= RELATIVE * expected.abs(),
                "{path}: {found} instead of {expected}"
            );
            1
        }
        other => {
            assert_eq!(found, other, "{path}");
            0
        }
    }
}

#[track_caller]
fn assert_as_expected(name: &str) {
    let scenario = root().join("simulations").join(name);
    let expected = std::fs::read_to_string(scenario.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let mut simulate = pointsman();
    simulate.arg("simulate").arg(&scenario);
    simulate.args(["--output", "json"]);
    let found: Value = serde_json::from_str(&stdout_of(&mut simulate)).unwrap();
    let runs = expected["runs"].as_object().unwrap();
    let found = found.as_array().unwrap();
    assert_eq!((runs.len(), found.len()), (3, 3));
    let mut n_numbers = 0;
    for report in found {
        let run = report["run"].as_str().unwrap();
        n_numbers += assert_contains(run, report, &runs[run]);
    }
    assert!(n_numbers >= 50, "{n_numbers} numbers");
}

#[test]
fn the_mens_campaign_gives_the_expected_figures() {
    assert_as_expected("open-bandit-men");
}

#[test]
fn the_campaign_over_all_items_gives_the_expected_figures() {
    assert_as_expected("open-bandit-all");
}

#[test]
fn a_scenario_that_is_not_there_fails_with_a_hint_and_a_misused_verb_with_its_own_code() {
    let mut missing = pointsman();
    let missing = missing.args(["simulate", "no/such/scenario"]).output();
    let missing = missing.unwrap();
    assert_eq!(missing.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&missing.stderr);
    assert!(stderr.contains("no/such/scenario"), "{stderr}");
    let mut misused = pointsman();
    let misused = misused.arg("simulate").output().unwrap();
    assert_eq!(misused.status.code(), Some(2));
}
