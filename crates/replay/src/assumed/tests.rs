use std::sync::Arc;

use pointsman_bandit::Allocation;
use pointsman_flow::{Document, check};
use pointsman_lead::{Field, FieldKind, Fields, Required, Timestamp, Value};
use pointsman_router::UnitHashes;

use super::*;
use crate::{log::LogOffer, policy::FlowPolicy, verdict::VerdictKind};

/// A repeatable draw in [0, 1).
fn draw(lead: u64, salt: u64) -> f64 {
    let mut z = lead.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(salt);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    #[expect(clippy::cast_precision_loss, reason = "a draw needs no more")]
    let draw = (z >> 11) as f64 / (1_u64 << 53) as f64;
    draw
}

fn schema() -> Schema {
    let field = |name: &str| Field {
        name: name.to_owned(),
        kind: FieldKind::text(40),
        required: Required::Never,
        pii: false,
    };
    Schema::new("v", vec![field("grade"), field("noise")]).unwrap()
}

/// A flow that gives `acme` this share of the leads, and `zenith` the others.
fn flow(acme_ppm: u32) -> Policy {
    let zenith_ppm = 1_000_000 - acme_ppm;
    let text = format!(
        r#"{{"flow": "f", "vertical": "v", "currency": "USD", "root": "s", "nodes": {{
        "s": {{"kind": "split", "arms": [{{"weight_ppm": {acme_ppm}, "to": "acme"}}, {{"weight_ppm": {zenith_ppm}, "to": "zenith"}}]}},
        "acme": {{"kind": "destination"}}, "zenith": {{"kind": "destination"}}}}}}"#
    );
    let document = Document::from_json(&text).unwrap();
    let catalog = pointsman_flow::Catalog {
        schema: schema(),
        currency: document.currency,
        destinations: ["acme", "zenith"]
            .map(|name| (name.to_owned(), pointsman_flow::Destination::default()))
            .into(),
        subflows: std::collections::BTreeMap::new(),
        lists: std::collections::BTreeMap::new(),
    };
    let program = check(&document, &catalog).unwrap().program;
    Policy::Flow(Box::new(FlowPolicy::frozen(program, Allocation::prior())))
}

/// Good leads bring 10 at `acme` and 8 at `zenith`, poor ones 2 and 1; a seventh of that is noise.
///
/// * `of_acme`: probability that `acme` gets a lead, by whether it is a good one.
fn leads(n: u64, of_acme: impl Fn(bool) -> f64) -> Vec<LogLead> {
    let schema = schema();
    let [grade, noise] = ["grade", "noise"].map(|name| usize::from(schema.find(name).unwrap().0));
    (0..n)
        .map(|lead| {
            let is_good = draw(lead, 1) < 0.5;
            let is_acme = draw(lead, 2) < of_acme(is_good);
            let mean = match (is_good, is_acme) {
                (true, true) => 10.0,
                (true, false) => 8.0,
                (false, true) => 2.0,
                (false, false) => 1.0,
            };
            let mut values = vec![None; schema.fields().len()];
            values[grade] = Some(Value::Text(
                if is_good { "good" } else { "poor" }.to_owned(),
            ));
            values[noise] = Some(Value::Text(format!("{}", lead % 3)));
            LogLead {
                lead_id: lead.to_string(),
                received_at: Timestamp(0),
                unit_key: lead.to_string(),
                unit_hashes: UnitHashes::new(),
                cluster: None,
                epoch: None,
                fields: Fields::new(values),
                offers: vec![LogOffer {
                    payments: Vec::new(),
                    destination: Arc::from(if is_acme { "acme" } else { "zenith" }),
                    propensity: f64::NAN,
                    answer: Answer::Accepted,
                    reward: mean * (1.0 + (draw(lead, 3) - 0.5) / 3.5),
                    available: None,
                    outlook: None,
                    orders: None,
                }],
                pings: Vec::new(),
                end: None,
                timeline: None,
            }
        })
        .collect()
}

fn assumed(leads: &[LogLead], candidate: &Policy, fields: &[&str]) -> Assumed {
    let known = BTreeSet::new();
    let fields: Vec<String> = fields.iter().map(|&name| name.to_owned()).collect();
    let mut gathering = Gathering::new(candidate, &Policy::Logged, &known, &schema(), &fields);
    gathering.add(leads);
    gathering.finish()
}

/// The log gives its good leads to `zenith`, so that `acme` looks the worse one, and is the better.
fn skewed(is_good: bool) -> f64 {
    if is_good { 0.2 } else { 0.8 }
}

#[test]
fn leads_alike_tell_what_the_log_as_a_whole_hides() {
    let leads = leads(20_000, skewed);
    let found = assumed(&leads, &flow(1_000_000), &["grade", "noise"]);
    // All to `acme`: half of 10 and half of 2. By the means of the log alone it were 0.2·10 + 0.8·2 = 3.6.
    let value = found.candidate;
    let ([lower, upper], se) = (value.matched_ci95.unwrap(), value.matched_se.unwrap());
    let far = (value.matched.unwrap() - 6.0).abs() / se;
    assert!(far < 3.0 && upper - lower < 0.4, "{value:?}");
    assert!((value.direct.unwrap() - 6.0).abs() < 0.15, "{value:?}");
    assert_eq!(found.matched_by, ["grade", "noise"]);
    assert!(value.unmatched_share.abs() < 1e-12);
    let difference = found.difference.matched.unwrap();
    let [lower, _] = found.difference.matched_ci95.unwrap();
    assert!(difference > 0.5 && lower > 0.0, "{:?}", found.difference);
    let blind = assumed(&leads, &flow(1_000_000), &[]);
    assert!(
        blind.candidate.matched.unwrap() < 4.0,
        "{:?}",
        blind.candidate
    );
    assert!(
        blind.assumption.contains("as by chance"),
        "{}",
        blind.assumption
    );
}

#[test]
fn intervals_cover_the_truth_as_often_as_they_say() {
    let candidate = flow(500_000);
    let n_runs = 200;
    let all = leads(400 * n_runs, skewed);
    let covering = all.chunks(400).filter(|leads| {
        let found = assumed(leads, &candidate, &["grade"]);
        let [lower, upper] = found.candidate.matched_ci95.unwrap();
        lower < 5.25 && 5.25 < upper
    });
    let covering = covering.count();
    // 190 are expected; 181 is three standard deviations below.
    assert!((181..=200).contains(&covering), "{covering}");
}

#[test]
fn a_flow_that_does_what_the_log_did_gets_its_mean() {
    let leads = leads(5_000, |_| 0.5);
    let found = assumed(&leads, &flow(500_000), &["grade"]);
    let difference = found.difference;
    let [lower, upper] = difference.matched_ci95.unwrap();
    assert!(lower < 0.0 && 0.0 < upper && upper < 0.05, "{difference:?}");
}

#[test]
fn where_the_log_never_goes_there_is_no_value() {
    let leads = leads(5_000, |is_good| f64::from(u8::from(is_good)));
    let found = assumed(&leads, &flow(500_000), &["grade"]);
    let value = found.candidate;
    assert!((value.unmatched_share - 0.5).abs() < 0.01, "{value:?}");
    assert_eq!(
        (value.matched, value.direct, value.matched_ci95),
        (None, None, None)
    );
    let because = found.verdict("USD").because.join("\n");
    assert!(
        because.contains("50.0 % of the choices have no match"),
        "{because}"
    );
}

#[test]
fn the_verdict_never_says_ship() {
    let leads = leads(20_000, skewed);
    for (candidate, fields) in [(1_000_000, &["grade"][..]), (0, &["grade"]), (500_000, &[])] {
        let verdict = assumed(&leads, &flow(candidate), fields).verdict("USD");
        assert_eq!(verdict.kind, VerdictKind::NotEnoughEvidence);
        assert!(
            verdict.because[1].starts_with("under the assumption that"),
            "{verdict:?}"
        );
        assert!(
            verdict
                .because
                .iter()
                .any(|because| because.contains("no buyer that refused")),
            "{verdict:?}"
        );
    }
}

#[test]
fn leads_of_a_cluster_count_as_one() {
    let mut leads = leads(2_000, |_| 0.5);
    let alone = assumed(&leads, &flow(1_000_000), &["grade"]).candidate;
    for (lead, n) in leads.iter_mut().zip(0..) {
        lead.cluster = Some((n / 4).to_string());
    }
    let clustered = assumed(&leads, &flow(1_000_000), &["grade"]).candidate;
    assert_eq!(alone.matched, clustered.matched);
    let ratio = clustered.matched_se.unwrap() / alone.matched_se.unwrap();
    assert!((0.8..1.3).contains(&ratio), "{ratio}");
    for lead in &mut leads {
        lead.cluster = Some("all".to_owned());
    }
    assert_eq!(
        assumed(&leads, &flow(1_000_000), &["grade"])
            .candidate
            .matched_ci95,
        None
    );
}
