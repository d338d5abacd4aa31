//! Replays in the order of time, against figures by hand and against a world whose truth is known.

use std::{fmt::Write as _, path::Path};

use pointsman_replay::{Overrides, Report, Scenario, render_html, render_text, to_json};

/// A folder with a scenario.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn run(folder: &Path) -> Report {
    let scenario = Scenario::load(folder).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let mut reports = scenario.run(&mut |_| ()).unwrap();
    reports.remove(0)
}

fn codes(folder: &Path) -> Vec<String> {
    let problems = Scenario::load(folder).unwrap_err();
    problems.into_iter().map(|problem| problem.code).collect()
}

const WATERFALL: &str = r#"{"flow": "test", "vertical": "test", "currency": "USD", "root": "turns", "nodes": {
    "turns": {"kind": "waterfall", "to": ["a", "b"]},
    "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;

/// `a` takes two leads a day.
const CATALOG: &str = r#"{"schema": {"vertical": "test", "fields": []}, "currency": "USD", "destinations": {
    "a": {"caps": [{"kind": "accepted", "max": 2, "window": "day"}]}, "b": {}}}"#;

const SCENARIO: &str = r#"
log = "log.csv"
candidate = "flow.json"
catalog = "catalog.json"
attribution_window = 0
[columns]
destination = "to"
propensity = "p"
reward = "paid"
at = "at"
[stateful]
"#;

/// Four leads went to `a` for 3 each, and two to `b` for 2 each.
fn capped_log() -> String {
    let mut log = "at,to,p,paid\n".to_owned();
    for (minute, (to, paid)) in [("a", 3), ("a", 3), ("a", 3), ("a", 3), ("b", 2), ("b", 2)]
        .into_iter()
        .enumerate()
    {
        let _ = writeln!(log, "2026-03-01T12:0{minute}:00Z,{to},0.5,{paid}");
    }
    log
}

#[test]
fn caps_fill_as_leads_come_and_what_was_never_offered_is_not_known() {
    let folder = folder(&[
        ("log.csv", &capped_log()),
        ("flow.json", WATERFALL),
        ("catalog.json", CATALOG),
        ("scenario.toml", SCENARIO),
    ]);
    let report = run(folder.path());
    let stateful = report.stateful.as_ref().unwrap();
    // Two leads fill the cap of `a`. The next two would go to `b`, which was never offered them; the last two did go there.
    let candidate = &stateful.candidate;
    assert_eq!((candidate.leads, candidate.not_known_leads), (6, 2));
    assert_eq!((candidate.revenue, candidate.sold), (10.0, 4));
    assert!((candidate.not_known_money_share - 6.0 / 16.0).abs() < 1e-12);
    assert!((stateful.logged_revenue - 16.0).abs() < 1e-12);
    // Alone, each of the last four would have gone to `a`.
    let differs = candidate.differs_from_stateless.unwrap();
    assert_eq!((differs.leads, differs.availability), (4, 4));
    assert_eq!(candidate.limited[0].destination, "a");
    assert_eq!(candidate.limited[0].steps, 4);
    let difference = stateful.difference.as_ref().unwrap();
    assert_eq!((difference.leads, difference.not_compared), (4, 2));
    assert_eq!((difference.candidate, difference.baseline), (10.0, 10.0));
    let text = render_text(std::slice::from_ref(&report));
    assert!(
        text.contains("2 leads (33.33 %) depend on an answer that nobody knows"),
        "{text}"
    );
    let page = render_html("caps", std::slice::from_ref(&report));
    assert!(page.contains("In the order of time"));
}

#[test]
fn a_log_out_of_order_is_put_in_order_and_gives_the_same() {
    let log = capped_log();
    let mut lines: Vec<&str> = log.lines().collect();
    lines[1..].reverse();
    let reversed = lines.join("\n");
    let files = |log| {
        folder(&[
            ("log.csv", log),
            ("flow.json", WATERFALL),
            ("catalog.json", CATALOG),
            ("scenario.toml", SCENARIO),
        ])
    };
    let (sorted, reversed) = (files(&log), files(&reversed));
    let sorted = run(sorted.path()).stateful.unwrap();
    let mut found = run(reversed.path()).stateful.unwrap();
    assert!(found.notes.remove(0).contains("held in memory"));
    assert_eq!(found, sorted);
}

#[test]
fn mistakes_of_the_table_come_together() {
    let wrong = SCENARIO.replace(
        "[stateful]",
        "[stateful]\nanswers = \"guessed\"\nseeds = 3\nlearning = \"soon\"\nsegment_by = [\"state\"]\nmore = 1",
    );
    let folder = folder(&[
        ("log.csv", &capped_log()),
        ("flow.json", WATERFALL),
        ("catalog.json", CATALOG),
        ("scenario.toml", &wrong),
    ]);
    let found = codes(folder.path());
    for code in [
        "answers_unknown",
        "model_not_asked",
        "learning_invalid",
        "unknown_key",
        "field_unknown",
    ] {
        assert!(found.iter().any(|known| known == code), "{code}: {found:?}");
    }
    let scenario = SCENARIO.replace("candidate = \"flow.json\"", "candidate = \"logged\"");
    std::fs::write(folder.path().join("scenario.toml"), scenario).unwrap();
    assert_eq!(codes(folder.path()), ["candidate_is_logged"]);
    let scenario = SCENARIO
        .replace("at = \"at\"\n", "")
        .replace("attribution_window = 0\n", "");
    std::fs::write(folder.path().join("scenario.toml"), scenario).unwrap();
    assert_eq!(codes(folder.path()), ["at_missing"]);
}

const BANDIT: &str = r#"{"flow": "test", "vertical": "test", "currency": "USD", "root": "best", "nodes": {
    "best": {"kind": "bandit", "explore_ppm": 100000, "arms": [{"to": "a"}, {"to": "b"}]},
    "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;
const EVEN: &str = r#"{"flow": "test", "vertical": "test", "currency": "USD", "root": "even", "nodes": {
    "even": {"kind": "split", "arms": [{"to": "a", "weight_ppm": 500000}, {"to": "b", "weight_ppm": 500000}]},
    "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;

/// Leads of the world.
const LEADS: u64 = 4_000;

/// Chance drew `a` or `b`. Each takes four of five; `a` pays 1 and `b` pays 3 of each.
fn drawn_log() -> String {
    let mut log = "at,to,p,answer,paid\n".to_owned();
    // Even numbers of a generator by Lehmer, so that the log is the same everywhere.
    let mut state = 42_u64;
    let mut draw = |below: u64| {
        state = state * 48_271 % 2_147_483_647;
        state * below / 2_147_483_647
    };
    for n in 0..LEADS {
        let at = 1_772_000_000_000_000 + n * 600_000_000;
        let (to, pays) = if draw(2) == 0 { ("a", 1) } else { ("b", 3) };
        let (answer, paid) = if draw(5) > 0 {
            ("accepted", pays)
        } else {
            ("rejected", 0)
        };
        let _ = writeln!(log, "{at},{to},0.5,{answer},{paid}");
    }
    log
}

fn bandit_scenario(answers: &str) -> tempfile::TempDir {
    let scenario = format!(
        r#"
log = "log.csv"
candidate = "bandit.json"
baseline = "even.json"
attribution_window = 0
allocation = "prior"
time_unit = "us"
[columns]
destination = "to"
propensity = "p"
answer = "answer"
reward = "paid"
at = "at"
[stateful]
learning = "6 hours"
{answers}
"#
    );
    folder(&[
        ("log.csv", &drawn_log()),
        ("bandit.json", BANDIT),
        ("even.json", EVEN),
        ("scenario.toml", &scenario),
    ])
}

#[test]
fn a_candidate_that_learns_earns_what_learning_earns_in_a_fitted_model() {
    let folder = bandit_scenario("answers = \"model\"\nseeds = 12");
    let report = run(folder.path());
    let stateful = report.stateful.as_ref().unwrap();
    let seeds = stateful.seeds.as_ref().unwrap();
    let n = f64::from(u32::try_from(LEADS).unwrap());
    // Who refuses leaves the lead to the other. First to `a` it earns 0.8 · 1 + 0.2 · 0.8 · 3 = 1.28, first to `b` 2.56: an even split
    // earns 1.92, and who gives nineteen of twenty to `b` 2.496. The log itself is a sample of that.
    let baseline = seeds.baseline.unwrap();
    let [low, high] = baseline.range95.unwrap();
    assert!((low..high).contains(&(1.92 * n)), "{baseline:?}");
    let candidate = seeds.candidate;
    assert!(
        candidate.mean > 2.38 * n && candidate.mean < 2.56 * n,
        "{candidate:?}"
    );
    let [low, _] = seeds.difference.unwrap().range95.unwrap();
    assert!(low > 0.4 * n, "{seeds:?}");
    let weights = &stateful.candidate.weights[0];
    let last = weights.points.last().unwrap();
    assert_eq!(weights.arms, ["a", "b"]);
    assert!(last.weights[1] > 940_000, "{last:?}");
    let differs = stateful.candidate.differs_from_stateless.unwrap();
    assert!(
        differs.weights > LEADS / 3 && differs.availability == 0,
        "{differs:?}"
    );
    assert!(stateful.service.is_none() && stateful.meaning.contains("never decides"));
    // The same inputs give the same bytes.
    let again = run(folder.path());
    assert_eq!(to_json(&[again]), to_json(&[report]));
}

#[test]
fn what_a_learning_candidate_would_have_met_is_known_for_the_offers_that_were_made() {
    let folder = bandit_scenario("");
    let report = run(folder.path());
    let stateful = report.stateful.unwrap();
    let candidate = &stateful.candidate;
    // Half of the first answers are not there, and none of the second ones.
    assert!(
        (candidate.not_known_share - 0.6).abs() < 0.04,
        "{candidate:?}"
    );
    assert!(candidate.revenue > stateful.baseline.unwrap().revenue);
    let overrides = Overrides {
        stateful: Some("model".to_owned()),
        ..Overrides::default()
    };
    let scenario = Scenario::load_with(folder.path(), &overrides, &mut |_| ()).unwrap();
    let reports = scenario.run(&mut |_| ()).unwrap();
    assert_eq!(reports[0].stateful.as_ref().unwrap().answers, "model");
    // And the other way round: what says how to draw answers does not count then.
    let folder = bandit_scenario("answers = \"model\"\nseeds = 3");
    let overrides = Overrides {
        stateful: Some("recorded".to_owned()),
        ..Overrides::default()
    };
    let scenario = Scenario::load_with(folder.path(), &overrides, &mut |_| ()).unwrap();
    let reports = scenario.run(&mut |_| ()).unwrap();
    assert_eq!(reports[0].stateful.as_ref().unwrap().answers, "recorded");
}

#[test]
fn the_bar_knows_how_much_there_is_to_read() {
    let folder = bandit_scenario("answers = \"model\"\nseeds = 2");
    let mut seen = Vec::new();
    let scenario = Scenario::load_with(folder.path(), &Overrides::default(), &mut |progress| {
        seen.push((progress.n_done, progress.n_all));
    });
    let reports = scenario.unwrap().run(&mut |progress| {
        seen.push((progress.n_done, progress.n_all));
    });
    reports.unwrap();
    // Looked through, evaluated, fitted and replayed: four readings.
    let size = std::fs::metadata(folder.path().join("log.csv"))
        .unwrap()
        .len();
    assert!(seen.iter().all(|(_, all)| *all == 4 * size), "{seen:?}");
    assert!(seen.is_sorted_by_key(|(done, _)| *done));
    assert_eq!(seen.last().unwrap().0, 4 * size);
}

/// Two buyers: `a` takes nine of ten and pays 1 at once, `b` takes half and pays 8 for every second of these, days later.
const WORLD: &str = r#"
[[arms]]
name = "a"
accept = 0.9
at_once = 1.0
[[arms]]
name = "b"
accept = 0.5
[[arms.conversions]]
rate = 0.5
payout = 8.0
delay = { law = "exponential", mean_days = 2.0 }
"#;

#[test]
fn a_world_answers_whatever_it_is_asked_and_money_comes_to_its_truth() {
    let folder = bandit_scenario("answers = \"world.toml\"\nseeds = 10");
    std::fs::write(folder.path().join("world.toml"), WORLD).unwrap();
    let stateful = run(folder.path()).stateful.unwrap();
    let seeds = stateful.seeds.unwrap();
    let n = f64::from(u32::try_from(LEADS).unwrap());
    // First to `a` a lead earns 0.9 + 0.1 · 2 = 1.1, first to `b` 2 + 0.5 · 0.9 = 2.45: 1.775 for an even split.
    let [low, high] = seeds.baseline.unwrap().range95.unwrap();
    assert!((low..high).contains(&(1.775 * n)), "{seeds:?}");
    // Nineteen of twenty to `b` would earn 2.3825. What comes days later is not taken for nothing.
    let candidate = seeds.candidate.mean / n;
    assert!((2.25..2.42).contains(&candidate), "{candidate}");
    assert_eq!(stateful.answers, "world");
    assert_eq!(stateful.candidate.not_known_leads, 0);
}

#[test]
fn a_world_that_does_not_fit_is_refused() {
    let folder = bandit_scenario("answers = \"world.toml\"\nsegment_by = [\"source\"]");
    assert_eq!(codes(folder.path()), ["file_unreadable"]);
    std::fs::write(folder.path().join("world.toml"), WORLD).unwrap();
    assert_eq!(codes(folder.path()), ["world_invalid"]);
    std::fs::write(folder.path().join("world.toml"), "arms = []").unwrap();
    assert_eq!(codes(folder.path()), ["world_invalid"]);
}
