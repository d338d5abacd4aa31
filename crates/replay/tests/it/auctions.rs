//! Logs that know pings and bids: they replay themselves, and say what other prices would have brought.

use std::sync::Arc;

use pointsman_replay::{
    FlowPolicy, Options, Policy, Report, VerdictKind, compare, evaluate, log::LogLead,
};

use crate::world::{A_FIRST, AUCTION, MIXED, TRUTH_AUCTION, logged, policy, program};

/// Asks both, and for half of the leads takes nobody who bids less than 8: that is `a`, or nobody.
const TWO_RESERVES: &str = r#"{"flow": "two", "vertical": "test", "currency": "USD", "root": "either", "nodes": {
    "either": {"kind": "split", "arms": [{"weight_ppm": 500000, "to": "market"}, {"weight_ppm": 500000, "to": "dear"}]},
    "market": {"kind": "auction", "bidders": [{"to": "a"}, {"to": "b"}]},
    "dear": {"kind": "waterfall", "to": ["high", "no"]},
    "high": {"kind": "auction", "bidders": [{"to": "a"}, {"to": "b"}], "reserve": "8"},
    "no": {"kind": "reject", "reason": "too cheap"}, "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;
const HIGH: &str = r#"{"flow": "other", "vertical": "test", "currency": "USD", "root": "only", "nodes": {
    "only": {"kind": "auction", "bidders": [{"to": "b"}, {"to": "a"}], "reserve": "8.00"},
    "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;
/// Seven of ten leads get a bid of `a`, who takes half of those.
const TRUTH_HIGH: f64 = 0.7 * 0.5 * 10.0;
const WITHOUT_B: &str = r#"{"flow": "two", "vertical": "test", "currency": "USD", "root": "market", "nodes": {
    "market": {"kind": "auction", "bidders": [{"to": "a"}]}, "a": {"kind": "destination"}}}"#;

fn options() -> Options {
    Options {
        destinations: ["a", "b"].map(Arc::from).into(),
        ..Options::default()
    }
}

fn replay(log: &[LogLead], candidate: &str) -> Report {
    evaluate(
        log.iter().cloned(),
        &policy(candidate),
        &Policy::Logged,
        options(),
    )
}

#[test]
fn a_flow_with_auctions_replays_its_own_history_with_weight_one() {
    for flow in [AUCTION, TWO_RESERVES] {
        let log = logged(flow, 7, 5_000);
        assert!(log.iter().all(|lead| lead.pings.len() == 1));
        let report = replay(&log, flow);
        assert!((report.candidate.ips - report.baseline.ips).abs() < 1e-9);
        assert!((report.candidate.ess - 5_000.0).abs() < 1e-6);
        assert_eq!(report.candidate.unsupported_share, Some(0.0));
    }
}

#[test]
fn other_reserve_prices_are_worth_what_they_would_have_brought() {
    let log = logged(TWO_RESERVES, 7, 20_000);
    for (candidate, truth) in [(AUCTION, TRUTH_AUCTION), (HIGH, TRUTH_HIGH)] {
        let report = replay(&log, candidate);
        let [lower, upper] = report.candidate.ips_ci95.unwrap();
        assert!(
            (lower..upper).contains(&truth),
            "{truth} is not in {lower}..{upper}"
        );
        assert!(report.candidate.ips_se < 0.12, "the test has power");
        assert_eq!(report.candidate.unsupported_share, Some(0.0));
    }
}

#[test]
fn an_auction_that_the_log_did_not_hold_is_not_guessed() {
    let without = logged(MIXED, 7, 1_000);
    let with = logged(AUCTION, 7, 1_000);
    for (log, candidate) in [(&without, AUCTION), (&with, A_FIRST), (&with, WITHOUT_B)] {
        let report = replay(log, candidate);
        let share = report.candidate.unsupported_share.unwrap();
        assert!((share - 1.0).abs() < 1e-9, "{share} for {candidate}");
        assert_eq!(report.verdict.kind, VerdictKind::NotEnoughEvidence);
    }
}

#[test]
fn a_comparison_takes_the_bids_of_the_log() {
    let log = logged(AUCTION, 7, 500);
    let known = options().destinations;
    let flow =
        |document| FlowPolicy::frozen(program(document), pointsman_bandit::Allocation::prior());
    let moved = compare(&log, &flow(AUCTION), &flow(HIGH), &known);
    // Whom only `b` wants goes to nobody under the higher reserve price.
    let only_b = log
        .iter()
        .filter(|lead| lead.pings[0].bids.keys().map(|name| &**name).eq(["b"]));
    assert_eq!(moved.n_moved, only_b.count() as u64);
}
