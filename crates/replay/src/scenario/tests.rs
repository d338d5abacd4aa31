use std::fmt::Write as _;

use super::*;

const CANDIDATE: &str = r#"{"flow": "auto", "vertical": "auto", "currency": "USD", "root": "by-hour", "nodes": {
    "by-hour": {"kind": "when", "if": "hour(received_at, \"UTC\") < 9", "then": "graded", "otherwise": "by-state"},
    "burden": {"kind": "derive", "value": "amount / 100", "default": 0},
    "quality": {"kind": "scorecard", "points": [{"if": "age >= 40", "points": 20}, {"if": "burden > 200", "points": 40}]},
    "graded": {"kind": "when", "if": "quality >= 40", "then": "acme-first", "otherwise": "learnt"},
    "by-state": {"kind": "switch", "on": "state", "cases": [{"in": ["CA", "TX"], "to": "acme-first"}], "otherwise": "learnt"},
    "acme-first": {"kind": "waterfall", "to": ["acme", "zenith", "harbor"]},
    "learnt": {"kind": "bandit", "segment_by": ["device"], "explore_ppm": 100000, "arms": [{"to": "acme"}, {"to": "zenith"}]},
    "acme": {"kind": "destination"}, "zenith": {"kind": "destination"}, "harbor": {"kind": "destination"}}}"#;

const BASELINE: &str = r#"{"flow": "auto", "vertical": "auto", "currency": "USD", "root": "even", "nodes": {
    "even": {"kind": "split", "arms": [{"weight_ppm": 400000, "to": "acme"}, {"weight_ppm": 600000, "to": "zenith"}]},
    "acme": {"kind": "destination"}, "zenith": {"kind": "destination"}}}"#;

const CATALOG: &str = r#"{"currency": "USD", "schema": {"vertical": "auto", "fields": [
    {"name": "state", "kind": "text", "max_chars": 10}, {"name": "device", "kind": "text", "max_chars": 20},
    {"name": "age", "kind": "integer"}, {"name": "amount", "kind": "integer"}]},
    "destinations": {"acme": {"caps": [{"kind": "accepted", "max": 90, "window": "day"}]}, "zenith": {}, "harbor": {
        "schedule": {"zone": "America/Chicago", "open": [{"days": ["mon", "tue", "wed"], "from": "08:00", "to": "18:00"}]}}}}"#;

/// Leads of one row and of several, some of nobody, with gaps in every column that may have them.
fn log(has_names: bool) -> String {
    let mut text =
        "id,at,state,device,age,amount,buyer,p,answer,paid,paid_at,free,person\n".to_owned();
    let mut state = 7_u64;
    let mut draw = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % n
    };
    for lead in 0..6_000_usize {
        let at = 1_772_000_000_000_000 + lead * 431_000_000;
        let n_rows = if has_names && draw(9) == 0 { 2 } else { 1 };
        let first = draw(3);
        let person = draw(1_500);
        let (state, device) = (
            ["CA", "TX", "NY", ""][draw(4)],
            ["phone", "desktop"][draw(2)],
        );
        let (age, amount) = (
            18 + draw(60),
            if draw(20) == 0 {
                String::new()
            } else {
                (draw(90_000) * 7).to_string()
            },
        );
        for row in 0..n_rows {
            let buyer = ["acme", "zenith", ""][(first + row) % 3];
            let answer = if row + 1 < n_rows {
                "rejected"
            } else {
                ["accepted", "rejected", ""][draw(3)]
            };
            let paid = if answer == "rejected" || buyer.is_empty() {
                0
            } else {
                draw(4) * 5
            };
            let p = ["0.25", "0.5", "0.75"][draw(3)];
            let paid_at = if draw(2) == 0 {
                String::new()
            } else {
                (at + draw(40) * 86_400_000_000).to_string()
            };
            let free = ["acme|zenith", "acme|zenith|harbor", ""][draw(3)];
            let person = if person < 300 {
                String::new()
            } else {
                format!("p{person}")
            };
            let p = if buyer.is_empty() { "" } else { p };
            writeln!(text, "lead-{lead},{at},{state},{device},{age},{amount},{buyer},{p},{answer},{paid},{paid_at},{free},{person}").unwrap();
        }
    }
    text
}

fn scenario(has_names: bool) -> String {
    let named = if has_names { "lead_id = \"id\"\n" } else { "" };
    format!(
        r#"log = "log.csv"
candidate = "candidate.json"
baseline = "baseline.json"
catalog = "catalog.json"
allocation = "prior"
time_unit = "us"
attribution_window = "20 days"
sweep = "even.arms.acme.weight_ppm=200000..800000:3"
[columns]
{named}at = "at"
destination = "buyer"
unsold_rows = true
propensity = "p"
answer = "answer"
reward = "paid"
converted_at = "paid_at"
available = "free"
cluster = "person"
fields = {{ state = "state", device = "device", age = "age", amount = "amount" }}
"#
    )
}

/// The same report by leads that were read whole, one by one.
fn report_by_whole_leads(run: &Run) -> Report {
    let mut evaluation = Evaluation::new(&run.candidate, &run.baseline, run.options());
    let log = &run.log;
    log.read(&run.schema, &run.survey, &mut |leads, _| {
        evaluation.add(&leads);
        Ok(())
    })
    .unwrap();
    evaluation.finish()
}

#[test]
fn leads_that_are_alike_come_to_the_very_report_of_leads_one_by_one() {
    for has_names in [true, false] {
        for [candidate, baseline] in [[CANDIDATE, BASELINE], [BASELINE, CANDIDATE]] {
            let folder = tempfile::tempdir().unwrap();
            let text = scenario(has_names);
            let text = if candidate == BASELINE {
                text
            } else {
                text.replace("sweep", "# sweep")
            };
            for (name, text) in [
                ("log.csv", log(has_names).as_str()),
                ("candidate.json", candidate),
                ("baseline.json", baseline),
                ("catalog.json", CATALOG),
                ("scenario.toml", &text),
            ] {
                std::fs::write(folder.path().join(name), text).unwrap();
            }
            let scenario = Scenario::load(folder.path()).unwrap();
            let mut reports = scenario.run(&mut |_| ()).unwrap();
            reports[0].sweep = None;
            let whole = report_by_whole_leads(&scenario.runs[0]);
            assert!(whole.candidate.n > 1_000, "{whole:?}");
            let json = |report: &Report| serde_json::to_string(report).unwrap();
            assert_eq!(json(&reports[0]), json(&whole));
        }
    }
}
