//! What a log cannot know is unsupported, and what it cannot tell apart is no verdict.

use std::fmt::Write as _;

use pointsman_replay::{
    Options, Policy, Report, Scenario, VerdictKind, evaluate, render_html, render_text, to_json,
};

use crate::world::{A_FIRST, MIXED, logged, policy};

pub(crate) const COLUMNS: &str =
    "[columns]\ndestination = \"b\"\npropensity = \"p\"\nreward = \"r\"\n";
const A_OR_B: [(&str, u32); 2] = [("A", 500_000), ("B", 500_000)];

/// Uniform numbers from a seed (Steele, Lea, Flood, 2014).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn hits(&mut self, probability: f64) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let upper = u32::try_from((z ^ (z >> 31)) >> 32).unwrap();
        f64::from(upper) < probability * 4_294_967_296.0
    }
}

pub(crate) fn split(arms: &[(&str, u32)]) -> String {
    let list: Vec<String> = arms
        .iter()
        .map(|(name, ppm)| format!(r#"{{"weight_ppm": {ppm}, "to": "{name}"}}"#))
        .collect();
    let nodes: String = arms.iter().fold(String::new(), |mut nodes, (name, _)| {
        let _ = write!(nodes, r#", "{name}": {{"kind": "destination"}}"#);
        nodes
    });
    format!(
        r#"{{"flow": "f", "vertical": "v", "currency": "USD", "root": "s", "nodes": {{"s": {{"kind": "split", "arms": [{}]}}{nodes}}}}}"#,
        list.join(", ")
    )
}

const A_THEN_B: &str = r#"{"flow": "f", "vertical": "v", "currency": "USD", "root": "w", "nodes": {
    "w": {"kind": "waterfall", "to": ["A", "B"]}, "A": {"kind": "destination"}, "B": {"kind": "destination"}}}"#;
const ONLY_A: &str = r#"{"flow": "two", "vertical": "test", "currency": "USD", "root": "a", "nodes": {"a": {"kind": "destination"}}}"#;
/// Asks `b` as well for six of ten leads that `a` refused.
const OFTEN_STOPS: &str = r#"{"flow": "two", "vertical": "test", "currency": "USD", "root": "either", "nodes": {
    "either": {"kind": "split", "arms": [{"weight_ppm": 600000, "to": "ab"}, {"weight_ppm": 400000, "to": "an"}]},
    "ab": {"kind": "waterfall", "to": ["a", "b"]}, "an": {"kind": "waterfall", "to": ["a", "no"]},
    "no": {"kind": "reject", "reason": "enough"}, "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;

pub(crate) fn load(
    log: &str,
    more: &str,
    candidate: &str,
    baseline: Option<&str>,
) -> Result<Report, Vec<pointsman_lead::Problem>> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let named = if baseline.is_some() {
        "baseline = \"baseline.json\"\n"
    } else {
        ""
    };
    write("log.csv", log);
    write("candidate.json", candidate);
    write("baseline.json", baseline.unwrap_or_default());
    write(
        "scenario.toml",
        &format!("log = \"log.csv\"\ncandidate = \"candidate.json\"\n{named}{more}"),
    );
    let scenario = Scenario::load(folder.path())?;
    Ok(scenario.run(&mut |_| ()).unwrap().remove(0))
}

pub(crate) fn run(log: &str, more: &str, candidate: &str) -> Report {
    load(log, more, candidate, None).unwrap()
}

/// A flat log of two arms.
fn flat(seed: u64, n: u32, share_of_b: f64, sells: [f64; 2], pays: [u32; 2]) -> String {
    let mut chance = Chance(seed);
    let mut log = "b,p,r,who\n".to_owned();
    for lead in 0..n {
        let is_b = chance.hits(share_of_b);
        let (name, p) = if is_b {
            ("B", share_of_b)
        } else {
            ("A", 1.0 - share_of_b)
        };
        let reward = if chance.hits(sells[usize::from(is_b)]) {
            pays[usize::from(is_b)]
        } else {
            0
        };
        let _ = writeln!(log, "{name},{p},{reward},{}", lead % 3);
    }
    log
}

#[test]
fn what_the_log_never_offered_is_unsupported_and_not_zero() {
    let log = flat(1, 6_000, 0.05, [0.1, 0.3], [10, 10]);
    let candidate = split(&[("A", 400_000), ("B", 500_000), ("C", 100_000)]);
    let report = run(&log, COLUMNS, &candidate);
    assert!((report.candidate.unsupported_share.unwrap() - 0.1).abs() < 1e-9);
    assert!(
        report
            .candidate
            .unsupported_reason
            .as_ref()
            .unwrap()
            .starts_with("learnt from the log")
    );
    assert_eq!(
        report.verdict.kind,
        VerdictKind::NotEnoughEvidence,
        "{:?}",
        report.verdict
    );
    assert_eq!(report.candidate.ips_ci95, None);
    let text = render_text(std::slice::from_ref(&report));
    assert!(text.contains("unsupported  10.00 %"), "{text}");
    assert!(text.contains("no interval  candidate: "), "{text}");
    assert!(
        text.contains("% of its decisions go where the log never goes"),
        "{text}"
    );
    let page = render_html("replay", std::slice::from_ref(&report));
    assert!(page.contains("no interval for the candidate"), "{page}");
    assert!(to_json(&[report])["candidate"]["ips_ci95"].is_null());
}

#[test]
fn what_the_log_never_offered_to_some_leads_is_unsupported_there() {
    // `B` was offered in the north alone; the candidate sends the south to it.
    let mut chance = Chance(5);
    let mut log = "b,p,r,region\n".to_owned();
    for lead in 0..6_000 {
        let is_north = lead % 2 == 0;
        let is_b = is_north && chance.hits(0.5);
        let (name, p) = if is_b {
            ("B", 0.5)
        } else {
            ("A", if is_north { 0.5 } else { 1.0 })
        };
        let region = if is_north { "north" } else { "south" };
        let _ = writeln!(log, "{name},{p},{},{region}", u8::from(chance.hits(0.2)));
    }
    let candidate = r#"{"flow": "f", "vertical": "v", "currency": "USD", "root": "s", "nodes": {
        "s": {"kind": "switch", "on": "region", "cases": [{"in": ["south"], "to": "B"}], "otherwise": "A"},
        "A": {"kind": "destination"}, "B": {"kind": "destination"}}}"#;
    let report = run(
        &log,
        &format!("{COLUMNS}fields = {{ region = \"region\" }}\n"),
        candidate,
    );
    assert!((report.candidate.unsupported_share.unwrap() - 0.5).abs() < 1e-9);
    assert_eq!(report.verdict.kind, VerdictKind::NotEnoughEvidence);
}

#[test]
fn what_follows_a_refusal_that_ended_a_logged_walk_is_unknown() {
    for always_a in [false, true] {
        let mut chance = Chance(2);
        let mut log = "b,p,r,answer\n".to_owned();
        for _ in 0..8_000 {
            let is_a = always_a || chance.hits(0.5);
            let took = chance.hits(0.5);
            let (name, pays) = if is_a { ("A", 10) } else { ("B", 7) };
            let p = if always_a { "1" } else { "0.5" };
            let (reward, answer) = if took {
                (pays, "accepted")
            } else {
                (0, "rejected")
            };
            let _ = writeln!(log, "{name},{p},{reward},{answer}");
        }
        let columns = format!("{COLUMNS}answer = \"answer\"\n");
        let report = run(&log, &columns, A_THEN_B);
        let share = report.candidate.unsupported_share.unwrap();
        assert!((share - 0.5).abs() < 0.03, "{share}");
        assert_eq!(
            report.verdict.kind,
            VerdictKind::NotEnoughEvidence,
            "{:?}",
            report.verdict
        );
        // Where a refusal ends the lead whatever the flow says, nothing is unknown.
        let report = run(
            &log,
            &format!("{columns}last_offer_ends = true\n"),
            A_THEN_B,
        );
        assert_eq!(report.candidate.unsupported_share, Some(0.0));
        assert_ne!(
            report.verdict.kind,
            VerdictKind::NotEnoughEvidence,
            "{:?}",
            report.verdict
        );
        // A flow that stops there as well needs not know.
        let only_a = r#"{"flow": "f", "vertical": "v", "currency": "USD", "root": "A", "nodes": {"A": {"kind": "destination"}}}"#;
        assert_eq!(
            run(&log, &columns, only_a).candidate.unsupported_share,
            Some(0.0)
        );
    }
}

#[test]
fn a_flow_that_stops_earlier_than_the_log_has_a_known_value() {
    let log = logged(MIXED, 7, 20_000);
    let options = || Options {
        destinations: ["a", "b"].map(std::sync::Arc::from).into(),
        ..Options::default()
    };
    // `a` takes half at 10; `b` takes four fifths of the rest at 6.
    for (candidate, truth) in [(ONLY_A, 5.0), (OFTEN_STOPS, 5.0 + 0.6 * 0.5 * 0.8 * 6.0)] {
        let report = evaluate(
            log.iter().cloned(),
            &policy(candidate),
            &Policy::Logged,
            options(),
        );
        let estimate = &report.candidate;
        assert_eq!(estimate.unsupported_share, Some(0.0));
        assert!(
            (estimate.mean_weight - 1.0).abs() <= 3.0 * estimate.mean_weight_se,
            "{estimate:?}"
        );
        for [lower, upper] in [estimate.ips_ci95.unwrap(), estimate.snips_ci95.unwrap()] {
            assert!(
                (lower..upper).contains(&truth),
                "{truth} is not in {lower}..{upper}"
            );
        }
        assert_eq!(
            report.verdict.kind,
            VerdictKind::DoNotShip,
            "{:?}",
            report.verdict
        );
    }
    // The same by a flat log, which does not say that a walk ends.
    let mut flat = "lead,n,b,p,r,answer\n".to_owned();
    for lead in &log {
        for (n, offer) in lead.offers.iter().enumerate() {
            let answer = if offer.reward > 0.0 {
                "accepted"
            } else {
                "rejected"
            };
            let _ = writeln!(
                flat,
                "{},{n},{},{},{},{answer}",
                lead.lead_id, offer.destination, offer.propensity, offer.reward
            );
        }
    }
    let columns = format!("{COLUMNS}lead_id = \"lead\"\noffer = \"n\"\nanswer = \"answer\"\n");
    let report = run(&flat, &columns, ONLY_A);
    let [lower, upper] = report.candidate.ips_ci95.unwrap();
    assert!((lower..upper).contains(&5.0), "{lower}..{upper}");
    assert_eq!(report.candidate.unsupported_share, Some(0.0));
}

#[test]
fn a_propensity_that_no_log_can_hold_is_a_finding() {
    let log = format!(
        "{}A,1e-160,1,0\n",
        flat(3, 1_000, 0.5, [0.5, 0.5], [10, 10])
    );
    let problems = load(&log, COLUMNS, &split(&A_OR_B), None).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].code, "propensity_tiny");
}

#[test]
fn two_equal_policies_are_exactly_as_good_as_each_other() {
    let log = flat(4, 3_000, 0.3, [0.2, 0.3], [10, 10]);
    let own = split(&[("A", 700_000), ("B", 300_000)]);
    for (candidate, baseline) in [(&own, None), (&split(&A_OR_B), Some(split(&A_OR_B)))] {
        let report = load(&log, COLUMNS, candidate, baseline.as_deref()).unwrap();
        assert_eq!(report.difference.diff.to_bits(), 0.0_f64.to_bits());
        assert_eq!(report.difference.ci95, Some([0.0, 0.0]));
        assert_eq!(report.verdict.kind, VerdictKind::Canary);
        assert!(
            report.verdict.because[0].starts_with("no difference"),
            "{:?}",
            report.verdict
        );
    }
    let log = logged(MIXED, 7, 2_000);
    let report = evaluate(
        log.iter().cloned(),
        &policy(MIXED),
        &Policy::Logged,
        Options::default(),
    );
    assert_eq!(report.difference.diff.to_bits(), 0.0_f64.to_bits());
    assert_eq!(report.verdict.kind, VerdictKind::Canary);
}

#[test]
fn three_sources_are_three_draws_however_many_leads_they_sent() {
    let log = flat(6, 30_000, 0.5, [0.2, 0.3], [10, 10]);
    let b = split(&[("A", 100_000), ("B", 900_000)]);
    assert_eq!(run(&log, COLUMNS, &b).verdict.kind, VerdictKind::Ship);
    let report = run(&log, &format!("{COLUMNS}cluster = \"who\"\n"), &b);
    assert_eq!(report.n_clusters, Some(3));
    assert_eq!(report.verdict.kind, VerdictKind::NotEnoughEvidence);
    assert!(
        report.verdict.because[0].contains("3 clusters"),
        "{:?}",
        report.verdict
    );
}

#[test]
fn a_log_that_does_not_know_its_own_probabilities_is_a_canary_at_most() {
    let mut log = logged(MIXED, 7, 20_000);
    let report = |log: &[pointsman_replay::log::LogLead]| {
        let options = Options::default();
        evaluate(
            log.iter().cloned(),
            &policy(A_FIRST),
            &Policy::Logged,
            options,
        )
    };
    assert_eq!(report(&log).verdict.kind, VerdictKind::Ship);
    for lead in &mut log {
        for offer in &mut lead.offers {
            offer.outlook = None;
        }
    }
    let report = report(&log);
    assert_eq!(report.candidate.unsupported_share, None);
    assert_eq!(report.verdict.kind, VerdictKind::Canary);
}
