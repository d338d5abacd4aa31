//! Rotations: in the logged order where the log says it, as an even draw where it does not.

use std::sync::Arc;

use pointsman_replay::{
    Options, Policy, Report, compare, evaluate,
    log::{Format, Log, LogLead, Mapping, write_parquet},
};

use crate::world::{A_FIRST, MIXED, TRUTH_A_FIRST, TRUTH_B_FIRST, logged, policy, schema};

const IN_TURN: &str = r#"{"flow": "two", "vertical": "test", "currency": "USD", "root": "turns", "nodes": {
    "turns": {"kind": "rotate", "by": "least_recently_sold", "arms": [{"to": "ab"}, {"to": "ba"}]},
    "ab": {"kind": "waterfall", "to": ["a", "b"]}, "ba": {"kind": "waterfall", "to": ["b", "a"]},
    "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;

fn replay(log: &[LogLead], candidate: &str) -> Report {
    let options = Options {
        run: "rotation".to_owned(),
        destinations: ["a", "b"].map(Arc::from).into(),
        ..Options::default()
    };
    evaluate(
        log.iter().cloned(),
        &policy(candidate),
        &Policy::Logged,
        options,
    )
}

fn warns(report: &Report) -> bool {
    let warning = "the log does not tell the order of a rotation";
    report.warnings.iter().any(|text| text.starts_with(warning))
}

#[test]
fn the_rotation_that_was_logged_replays_itself_with_weight_one() {
    let log = logged(IN_TURN, 7, 5_000);
    let report = replay(&log, IN_TURN);
    assert!((report.candidate.ips - report.baseline.ips).abs() < 1e-9);
    assert!((report.candidate.ess - 5_000.0).abs() < 1e-6);
    assert!((report.candidate.max_weight - 1.0).abs() < 1e-12);
    assert_eq!(report.candidate.unsupported_share, Some(0.0));
    assert!(!warns(&report), "{:?}", report.warnings);
}

#[test]
fn a_rotation_that_the_log_does_not_know_is_an_even_draw_and_says_so() {
    let log = logged(MIXED, 7, 20_000);
    let report = replay(&log, IN_TURN);
    let truth = 0.5 * TRUTH_A_FIRST + 0.5 * TRUTH_B_FIRST;
    let [lower, upper] = report.candidate.ips_ci95;
    assert!(
        (lower..upper).contains(&truth),
        "{truth} is not in {lower}..{upper}"
    );
    assert!((report.candidate.mean_weight - 1.0).abs() < 3.0 * report.candidate.mean_weight_se);
    let warning = "the log does not tell the order of a rotation for 20000 leads; they draw its eligible arms alike";
    assert!(
        report.warnings.iter().any(|text| text == warning),
        "{:?}",
        report.warnings
    );
}

#[test]
fn a_log_of_a_rotation_cannot_speak_for_a_flow_that_takes_no_turns() {
    let report = replay(&logged(IN_TURN, 7, 5_000), A_FIRST);
    assert!(report.candidate.unsupported_share.unwrap() > 0.4);
    assert!(!warns(&report), "the candidate has no rotation");
}

#[test]
fn a_lead_moves_only_where_the_logged_order_is_not_the_candidates() {
    let log = logged(IN_TURN, 7, 1_000);
    let (Policy::Flow(turns), Policy::Flow(a_first)) = (policy(IN_TURN), policy(A_FIRST)) else {
        panic!("two flows")
    };
    let known = ["a", "b"].map(Arc::from).into();
    assert_eq!(compare(&log, &turns, &turns, &known).n_moved, 0);
    assert_eq!(compare(&log, &turns, &a_first, &known).n_moved, 500);
}

#[test]
fn orders_are_read_back_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    let mut written = logged(IN_TURN, 7, 100);
    written[3].offers[0].orders = None;
    written[4].end.as_mut().unwrap().orders = None;
    write_parquet(&path, &schema(), written.iter().cloned()).unwrap();
    let log = Log::open(&path, Mapping::Own, Format::default()).unwrap();
    let survey = log.survey(Some(&schema())).unwrap();
    let mut found = Vec::new();
    log.read(&schema(), &survey, &mut |batch, _| {
        found.extend(batch);
        Ok(())
    })
    .unwrap();
    assert_eq!(found, written);
    assert!(found[0].offers[0].orders.is_some());
}
