//! Doubly robust values of whole walks: right where weights alone are, equal where there is nothing to expect, and narrower where there is.

use std::sync::Arc;

use pointsman_replay::{
    Estimate, Evaluation, Options, Policy, Readout, Report, evaluate, log::LogLead, render_html,
    render_text, to_json,
};

use crate::world::{
    A_FIRST, AUCTION, B_FIRST, MIXED, TRUTH_A_FIRST, TRUTH_AUCTION, TRUTH_B_FIRST, TRUTH_MIXED,
    logged, policy,
};

/// Asks `b` as well for six of ten leads that `a` refused.
const OFTEN_STOPS: &str = r#"{"flow": "two", "vertical": "test", "currency": "USD", "root": "either", "nodes": {
    "either": {"kind": "split", "arms": [{"weight_ppm": 600000, "to": "ab"}, {"weight_ppm": 400000, "to": "an"}]},
    "ab": {"kind": "waterfall", "to": ["a", "b"]}, "an": {"kind": "waterfall", "to": ["a", "no"]},
    "no": {"kind": "reject", "reason": "enough"}, "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;
const TRUTH_OFTEN_STOPS: f64 = 0.5 * 10.0 + 0.6 * 0.5 * 0.8 * 6.0;

fn options() -> Options {
    Options {
        run: "two buyers".to_owned(),
        unit: "dollars".to_owned(),
        destinations: ["a", "b"].map(Arc::from).into(),
        ..Options::default()
    }
}

fn replay(log: &[LogLead], candidate: &Policy) -> Report {
    evaluate(log.iter().cloned(), candidate, &Policy::Logged, options())
}

fn assert_equal(estimate: &Estimate, tolerance: f64) {
    let pairs = [
        (estimate.dr, estimate.ips),
        (estimate.dr_se, estimate.ips_se),
        (estimate.sndr, estimate.snips),
        (estimate.sndr_se_linearised, estimate.snips_se_linearised),
    ];
    let ends =
        |dr: Option<[f64; 2]>, ips: Option<[f64; 2]>| dr.unwrap().into_iter().zip(ips.unwrap());
    let ends = ends(estimate.dr_ci95, estimate.ips_ci95)
        .chain(ends(estimate.sndr_ci95, estimate.snips_ci95));
    for (found, expected) in pairs.into_iter().chain(ends) {
        assert!(
            (found - expected).abs() <= tolerance,
            "{found} is not {expected}"
        );
    }
}

#[test]
fn what_was_decided_is_worth_what_it_brought() {
    // Many batches, so that there is something to expect.
    let report = replay(&logged(MIXED, 3, 9_000), &policy(B_FIRST));
    assert_equal(&report.baseline, 1e-9);
    assert_eq!(report.baseline.default_readout, Some(Readout::Sndr));
}

#[test]
fn a_flow_that_decides_as_the_log_did_for_sure_is_worth_what_it_brought() {
    let report = replay(&logged(A_FIRST, 3, 9_000), &policy(A_FIRST));
    assert!(report.candidate.ips_se > 0.0);
    assert_equal(&report.candidate, 1e-9);
}

#[test]
fn doubly_robust_values_are_true_for_fallbacks_auctions_and_early_ends() {
    for (of_log, candidate, truth) in [
        (MIXED, A_FIRST, TRUTH_A_FIRST),
        (MIXED, B_FIRST, TRUTH_B_FIRST),
        (MIXED, MIXED, TRUTH_MIXED),
        (AUCTION, AUCTION, TRUTH_AUCTION),
        // The log goes on for sure where the flow may stop, and the other way round.
        (A_FIRST, OFTEN_STOPS, TRUTH_OFTEN_STOPS),
        (OFTEN_STOPS, A_FIRST, TRUTH_A_FIRST),
    ] {
        let logs = 4_u32;
        let (mut dr, mut sndr, mut variance) = (0.0, 0.0, 0.0);
        for seed in 0..logs {
            let log = logged(of_log, 100 + u64::from(seed), 9_000);
            let found = replay(&log, &policy(candidate)).candidate;
            dr += found.dr / f64::from(logs);
            sndr += found.sndr / f64::from(logs);
            variance += found.dr_se.powi(2) / f64::from(logs * logs);
        }
        let se = variance.sqrt();
        assert!(se < 0.055, "the test has power: {se}");
        for value in [dr, sndr] {
            assert!(
                (value - truth).abs() < 3.3 * se,
                "{value} is not {truth}, se {se}"
            );
        }
    }
}

#[test]
fn expectations_make_intervals_of_other_policies_narrower() {
    let report = replay(&logged(MIXED, 7, 20_000), &policy(B_FIRST));
    let found = &report.candidate;
    assert!(
        found.dr_se < 0.97 * found.ips_se,
        "{} {}",
        found.dr_se,
        found.ips_se
    );
    assert_eq!(found.default_readout, Some(Readout::Sndr));
    assert_eq!(
        to_json(std::slice::from_ref(&report))["candidate"]["default_readout"],
        "sndr"
    );
    let text = render_text(std::slice::from_ref(&report));
    let html = render_html("a page", std::slice::from_ref(&report));
    for value in [found.dr, found.sndr] {
        assert!(text.contains(&format!("{value:.6}")) && html.contains(&format!("{value:.6}")));
    }
    assert!(
        text.lines()
            .any(|line| line.trim_start().starts_with("candidate") && line.ends_with(" SNDR"))
    );
    assert!(html.contains("<td>SNDR</td>"));
    // The verdict and the difference are those of weights alone.
    assert!((report.difference.diff - (found.ips - report.baseline.ips)).abs() < 1e-9);
}

#[test]
fn how_a_log_is_read_does_not_matter() {
    let log = logged(MIXED, 5, 9_000);
    let candidate = policy(B_FIRST);
    let mut evaluation = Evaluation::new(&candidate, &Policy::Logged, options());
    for leads in log.chunks(701) {
        evaluation.add(leads);
    }
    let apart = to_json(&[evaluation.finish()]);
    assert_eq!(apart, to_json(&[replay(&log, &candidate)]));
}

#[test]
fn a_lead_that_cannot_be_weighed_is_left_out_here_too() {
    let mut log = logged(MIXED, 5, 6_000);
    let without = replay(&log[1..], &Policy::Logged).candidate;
    log[0].offers[0].reward = f64::INFINITY;
    let found = replay(&log, &Policy::Logged).candidate;
    assert_eq!((found.n, found.dr_reason), (5_999, None));
    assert!((found.dr - without.dr).abs() < 1e-12);
}

#[test]
fn without_an_interval_there_is_no_default() {
    let report = replay(&logged(MIXED, 5, 20), &policy(B_FIRST));
    let found = &report.candidate;
    assert_eq!(
        (found.ips_ci95, found.dr_ci95, found.sndr_ci95),
        (None, None, None)
    );
    assert_eq!(found.default_readout, None);
    assert!(found.interval_reason.is_some() && found.dr.is_finite());
    let nothing = replay(&[], &policy(B_FIRST)).candidate;
    assert!(nothing.dr.is_nan() && nothing.default_readout.is_none());
}
