//! Walks that fall back: the value of whole walks is right where that of single offers is not.

use std::sync::Arc;

use pointsman_flow::{Cap, CapKind, Destination, Window};
use pointsman_replay::{
    Estimate, FlowPolicy, Options, Policy, Report, VerdictKind, compare, evaluate, log::LogLead,
    render_html, render_text,
};
use pointsman_router::Answer;

use crate::world::{
    A_FIRST, B_FIRST, MIXED, TRUTH_A_FIRST, TRUTH_B_FIRST, TRUTH_MIXED, logged, policy, program,
    program_with,
};

fn options() -> Options {
    Options {
        run: "two buyers".to_owned(),
        unit: "dollars".to_owned(),
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

fn assert_covers(estimate: &Estimate, truth: f64) {
    let [lower, upper] = estimate.ips_ci95.unwrap();
    assert!(
        (lower..upper).contains(&truth),
        "{truth} is not in {lower}..{upper}"
    );
}

#[test]
fn whole_walks_give_the_true_value_of_every_policy() {
    let log = logged(MIXED, 7, 20_000);
    for (candidate, truth) in [
        (A_FIRST, TRUTH_A_FIRST),
        (B_FIRST, TRUTH_B_FIRST),
        (MIXED, TRUTH_MIXED),
    ] {
        let report = replay(&log, candidate);
        assert_covers(&report.candidate, truth);
        assert!(
            report.candidate.ips_se < 0.12,
            "the test has power: {}",
            report.candidate.ips_se
        );
        assert_eq!(report.candidate.unsupported_share, Some(0.0));
        let off = (report.candidate.mean_weight - 1.0).abs();
        assert!(
            off <= 3.0 * report.candidate.mean_weight_se + 1e-12,
            "{off}"
        );
    }
}

#[test]
fn the_policy_that_was_logged_is_worth_exactly_what_it_earned() {
    let log = logged(MIXED, 7, 20_000);
    let report = replay(&log, MIXED);
    assert!((report.candidate.ips - report.baseline.ips).abs() < 1e-9);
    assert!((report.candidate.ess - 20_000.0).abs() < 1e-6);
    assert!(report.difference.diff.abs() < 1e-9);
}

#[test]
fn weights_of_single_offers_would_miss_the_truth_by_many_standard_errors() {
    let log = logged(MIXED, 7, 20_000);
    // Asking `b` first makes the first offer to `b` and the second to `a`, each for certain. Without
    // the product, the second offer's weight forgets that the walk was a likely one.
    let naive: f64 = log
        .iter()
        .flat_map(|lead| {
            lead.offers
                .iter()
                .enumerate()
                .map(move |(k, offer)| (lead, k, offer))
        })
        .filter(|(lead, k, _)| &*lead.offers[0].destination == "b" && *k < 2)
        .map(|(_, _, offer)| offer.reward / offer.propensity)
        .sum::<f64>()
        / 20_000.0;
    let report = replay(&log, B_FIRST);
    let [lower, upper] = report.candidate.ips_ci95.unwrap();
    let width = upper - lower;
    assert!((naive - TRUTH_B_FIRST).abs() > 3.0 * width, "{naive}");
    assert_covers(&report.candidate, TRUTH_B_FIRST);
}

#[test]
fn intervals_cover_the_truth_as_often_as_they_promise() {
    let (mut shown, mut covered) = (0, 0);
    let (mut sum, mut squares) = (0.0, 0.0);
    for seed in 1_000..1_100 {
        let estimate = replay(&logged(MIXED, seed, 800), B_FIRST).candidate;
        // Where too few sales stand behind an estimate, no interval is promised.
        if let Some([lower, upper]) = estimate.ips_ci95 {
            shown += 1;
            covered += u32::from((lower..upper).contains(&TRUTH_B_FIRST));
        }
        sum += estimate.ips;
        squares += estimate.ips_se * estimate.ips_se;
    }
    assert!(shown >= 90, "only {shown} of 100 logs give an interval");
    assert!(
        (shown * 90 / 100..shown).contains(&covered),
        "{covered} of {shown} intervals cover the truth"
    );
    let (mean, se) = (sum / 100.0, (squares / 100.0 / 100.0).sqrt());
    assert!(
        (mean - TRUTH_B_FIRST).abs() < 3.0 * se,
        "{mean} is biased: the error is {se}"
    );
}

#[test]
fn a_worse_order_is_not_shipped_and_a_better_one_is() {
    let log = logged(MIXED, 7, 20_000);
    let report = evaluate(
        log.iter().cloned(),
        &policy(B_FIRST),
        &policy(A_FIRST),
        options(),
    );
    assert_eq!(
        report.verdict.kind,
        VerdictKind::DoNotShip,
        "{:?}",
        report.verdict
    );
    let report = evaluate(
        log.iter().cloned(),
        &policy(A_FIRST),
        &policy(B_FIRST),
        options(),
    );
    assert_eq!(
        report.verdict.kind,
        VerdictKind::Ship,
        "{:?}",
        report.verdict
    );
}

#[test]
fn a_log_without_chance_says_nothing_about_another_order() {
    let log = logged(A_FIRST, 7, 2_000);
    let report = replay(&log, B_FIRST);
    assert_eq!(report.verdict.kind, VerdictKind::NotEnoughEvidence);
    assert_eq!(report.candidate.unsupported_share, Some(1.0));
    assert!(
        report
            .verdict
            .because
            .iter()
            .any(|reason| reason.contains("no overlap")),
        "{:?}",
        report.verdict
    );
    // The same flow on its own log is another matter.
    assert_eq!(replay(&log, A_FIRST).candidate.unsupported_share, Some(0.0));
}

#[test]
fn leads_of_one_cluster_count_for_less() {
    let log = logged(MIXED, 7, 2_000);
    let doubled = |cluster: bool| {
        log.iter().flat_map(move |lead| {
            let cluster = cluster.then(|| lead.lead_id.clone());
            [
                LogLead {
                    cluster: cluster.clone(),
                    ..lead.clone()
                },
                LogLead {
                    cluster,
                    ..lead.clone()
                },
            ]
        })
    };
    let once = replay(&log, B_FIRST).candidate;
    let clustered = evaluate(doubled(true), &policy(B_FIRST), &Policy::Logged, options());
    let unclustered = evaluate(doubled(false), &policy(B_FIRST), &Policy::Logged, options());
    assert_eq!(clustered.n_clusters, Some(2_000));
    assert!((clustered.candidate.ips_se / once.ips_se - 1.0).abs() < 1e-9);
    assert!((unclustered.candidate.ips_se / once.ips_se - 0.5_f64.sqrt()).abs() < 1e-3);
}

#[test]
fn a_lead_that_nobody_was_offered_to_counts_with_value_nothing() {
    let mut log = logged(MIXED, 7, 1_000);
    let value = replay(&log, MIXED).candidate.ips;
    log.extend(logged(MIXED, 8, 1_000).into_iter().map(|lead| LogLead {
        offers: Vec::new(),
        end: None,
        ..lead
    }));
    assert!((replay(&log, MIXED).candidate.ips - value / 2.0).abs() < 1e-9);
}

#[test]
fn a_policy_that_stops_where_the_log_went_on_keeps_what_it_had_by_then() {
    // The log sold leads twice; the candidate stops at the first sale.
    let mut log = logged(A_FIRST, 7, 1_000);
    let once = replay(&log, A_FIRST).candidate.ips;
    let second = log
        .iter()
        .flat_map(|lead| &lead.offers)
        .find(|offer| &*offer.destination == "b" && offer.reward > 0.0)
        .unwrap()
        .clone();
    for lead in &mut log {
        lead.end = None;
        if lead.offers[0].answer == Answer::Accepted {
            lead.offers.push(second.clone());
        }
    }
    let report = replay(&log, A_FIRST);
    assert!((report.candidate.ips - once).abs() < 1e-9);
    assert!(report.baseline.ips > once + 2.0);
    assert!((report.candidate.mean_weight - 1.0).abs() < 1e-12);
    assert_eq!(report.candidate.unsupported_share, Some(0.0));
}

#[test]
fn a_comparison_shows_which_leads_go_elsewhere_first() {
    let log = logged(MIXED, 7, 500);
    let known = options().destinations;
    let flow =
        |document| FlowPolicy::frozen(program(document), pointsman_bandit::Allocation::prior());
    let moved = compare(&log, &flow(A_FIRST), &flow(B_FIRST), &known);
    assert_eq!((moved.n, moved.n_moved), (500, 500));
    let some = compare(&log, &flow(MIXED), &flow(B_FIRST), &known);
    let a_first = log
        .iter()
        .filter(|lead| &*lead.offers[0].destination == "a")
        .count();
    assert_eq!(some.n_moved, a_first as u64);
    assert_eq!(compare(&log, &flow(MIXED), &flow(MIXED), &known).n_moved, 0);
}

#[test]
fn a_better_order_that_would_overrun_a_cap_is_a_canary() {
    let log = logged(MIXED, 7, 20_000);
    let capped = |max| {
        let cap = Cap::new(CapKind::Offers, max, Window::Day, "UTC");
        let program = program_with(
            A_FIRST,
            &Destination {
                caps: vec![cap],
                ..Destination::default()
            },
        );
        let candidate = Policy::Flow(Box::new(FlowPolicy::frozen(
            program,
            pointsman_bandit::Allocation::prior(),
        )));
        evaluate(log.iter().cloned(), &candidate, &policy(B_FIRST), options()).verdict
    };
    assert_eq!(capped(30_000).kind, VerdictKind::Ship);
    let verdict = capped(15_000);
    assert_eq!(verdict.kind, VerdictKind::Canary);
    assert!(
        verdict.because[2].starts_with("`a` would get "),
        "{:?}",
        verdict.because
    );
}

#[test]
fn reports_are_shown_as_text_and_as_a_page_of_their_own() {
    let log = logged(MIXED, 7, 2_000);
    let mut report = replay(&log, B_FIRST);
    report.warnings.push("<b>bold</b>".to_owned());
    let text = render_text(std::slice::from_ref(&report));
    assert!(text.starts_with("two buyers: "), "{text}");
    assert!(
        text.contains("2000 leads") && text.contains("dollars a lead"),
        "{text}"
    );
    let page = render_html("A & B", &[report]);
    assert!(page.contains("<title>A &amp; B</title>") && page.contains("&lt;b&gt;bold"));
    assert_eq!(page.matches("<svg").count(), 2);
    assert!(!page.contains("http") && !page.contains("<script") && !page.contains("NaN"));
}

#[test]
fn a_bandit_that_no_allocation_knows_is_warned_about() {
    let bandit = A_FIRST.replace(
        r#"{"kind": "waterfall", "to": ["a", "b"]}"#,
        r#"{"kind": "bandit", "arms": [{"to": "a"}, {"to": "b"}], "explore_ppm": 20000}"#,
    );
    let log = logged(MIXED, 7, 1_000);
    let report = replay(&log, &bandit);
    assert!(
        report
            .warnings
            .iter()
            .any(|warning| warning.contains("no allocation knows the bandit `ab`")),
        "{:?}",
        report.warnings
    );
    assert_covers(&report.candidate, 0.5 * (TRUTH_A_FIRST + TRUTH_B_FIRST));
}
