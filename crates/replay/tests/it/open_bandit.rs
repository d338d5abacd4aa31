//! Real logs with published propensities: every figure equals one computed apart from the router.

use std::path::{Path, PathBuf};

use pointsman_replay::{Overrides, Scenario, VerdictKind, to_json};
use serde_json::Value;

/// Figures are the same up to the order of additions.
const RELATIVE: f64 = 1e-9;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../simulations")
        .join(name)
}

/// Fails unless everything in `expected` is in `found` as well, numbers up to rounding.
fn assert_contains(path: &str, found: &Value, expected: &Value) {
    match expected {
        Value::Object(members) => {
            for (name, expected) in members {
                assert_contains(&format!("{path}.{name}"), &found[name], expected);
            }
        }
        Value::Array(entries) => {
            for (position, expected) in entries.iter().enumerate() {
                assert_contains(&format!("{path}[{position}]"), &found[position], expected);
            }
        }
        Value::Number(number) => {
            let (found, expected) = (found.as_f64().unwrap_or(f64::NAN), number.as_f64().unwrap());
            let off = (found - expected).abs();
            assert!(
                off <= RELATIVE * expected.abs(),
                "{path}: {found} instead of {expected}"
            );
        }
        other => assert_eq!(found, other, "{path}"),
    }
}

fn assert_as_expected(name: &str) {
    let folder = folder(name);
    let expected = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    // Both passes are counted: how much there is to do is known before the first row is read.
    let mut seen = Vec::new();
    let scenario = Scenario::load_with(&folder, &Overrides::default(), &mut |progress| {
        seen.push((progress.n_done, progress.n_all));
    })
    .unwrap();
    let reports = scenario
        .run(&mut |progress| seen.push((progress.n_done, progress.n_all)))
        .unwrap();
    assert!(seen.iter().all(|(_, n_all)| *n_all == seen[0].1));
    assert!(seen[0].0 == 0 && seen.is_sorted());
    assert_eq!(seen.last().unwrap().0, seen[0].1);
    let found = to_json(&reports);
    let runs = expected["runs"].as_object().unwrap();
    assert_eq!(runs.len(), reports.len());
    for (position, report) in reports.iter().enumerate() {
        assert_contains(&report.run, &found[position], &runs[&report.run]);
    }
}

#[test]
fn the_mens_campaign_gives_the_figures_that_numpy_gave() {
    assert_as_expected("open-bandit-men");
}

#[test]
fn the_campaign_over_all_items_gives_the_figures_that_numpy_gave() {
    assert_as_expected("open-bandit-all");
}

#[test]
fn the_logged_policy_is_worth_what_was_logged() {
    let scenario = Scenario::load(&folder("open-bandit-men")).unwrap();
    let reports = scenario.run(&mut |_| ()).unwrap();
    let logged = &reports[1].baseline;
    assert!((logged.ips - 0.0069).abs() < 1e-12, "{}", logged.ips);
    assert!((logged.ess - 10_000.0).abs() < 1e-6);
    assert_eq!(logged.unsupported_share, Some(0.0));
}

#[test]
fn what_a_log_without_full_probabilities_ever_does_is_learnt_and_told() {
    let scenario = Scenario::load(&folder("open-bandit-men")).unwrap();
    let reports = scenario.run(&mut |_| ()).unwrap();
    let candidate = &reports[0].candidate;
    assert_eq!(candidate.unsupported_share, Some(0.0));
    let reason = candidate.unsupported_reason.as_ref().unwrap();
    assert!(reason.contains("10000 of 10000 leads"), "{reason}");
    // Clicks are too few for more.
    assert_eq!(reports[0].verdict.kind, VerdictKind::NotEnoughEvidence);
    assert_eq!(reports[2].verdict.kind, VerdictKind::Canary);
    assert!(reports[2].verdict.because[0].starts_with("no difference"));
}

#[test]
fn a_replay_is_the_same_to_the_bit_each_time() {
    let scenario = Scenario::load(&folder("open-bandit-all")).unwrap();
    let once = to_json(&scenario.run(&mut |_| ()).unwrap()).to_string();
    let again = to_json(&scenario.run(&mut |_| ()).unwrap()).to_string();
    assert_eq!(once, again);
}
