//! Money against one number of a flow, where the truth is known.

use std::fmt::Write as _;

use pointsman_replay::{Sweep, SweepPoint, render_html, render_text, to_json};

use crate::evidence::{Chance, load};

const COLUMNS: &str = "[columns]\ndestination = \"b\"\npropensity = \"p\"\nreward = \"r\"\n[columns.fields]\nscore = \"score\"\n";
/// Good leads to `B`, which pays by their score, and the others to `A`, which pays four for each.
const GRADED: &str = r#"{"flow": "f", "vertical": "v", "currency": "USD", "root": "graded", "nodes": {
    "graded": {"kind": "when", "if": "score >= 55", "then": "B", "otherwise": "A"},
    "A": {"kind": "destination"}, "B": {"kind": "destination"}}}"#;

/// Scores from 0 to 99, drawn evenly; `B` gets half of those from `least` up, and none below.
fn scored(seed: u64, n: u32, least: u32) -> String {
    let mut chance = Chance(seed);
    let mut log = "b,p,r,score\n".to_owned();
    for _ in 0..n {
        let bits: u32 = (0..16).map(|bit| u32::from(chance.hits(0.5)) << bit).sum();
        let score = bits % 100;
        let has_choice = score >= least;
        let is_b = has_choice && chance.hits(0.5);
        let p = if has_choice { 0.5 } else { 1.0 };
        let pays = if is_b { f64::from(score) / 10.0 } else { 4.0 };
        let reward = if chance.hits(0.5) { 2.0 * pays } else { 0.0 };
        let name = if is_b { "B" } else { "A" };
        let _ = writeln!(log, "{name},{p},{reward},{score}");
    }
    log
}

/// What sending scores from `threshold` up to `B` brings, over the very scores of the log.
fn truth(log: &str, threshold: u32) -> f64 {
    let scores = log
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap());
    let scores: Vec<u32> = scores.map(|score| score.parse().unwrap()).collect();
    let pays = |score: &u32| {
        if *score >= threshold {
            f64::from(*score) / 10.0
        } else {
            4.0
        }
    };
    scores.iter().map(pays).sum::<f64>() / f64::from(u32::try_from(scores.len()).unwrap())
}

fn swept(log: &str, sweep: &str) -> (Sweep, pointsman_replay::Report) {
    let report = load(
        log,
        &format!("sweep = \"{sweep}\"\n{COLUMNS}"),
        GRADED,
        None,
    )
    .unwrap();
    (report.sweep.clone().unwrap(), report)
}

fn known(point: &SweepPoint) -> (f64, [f64; 2]) {
    (point.ips.unwrap(), point.ips_ci95.unwrap())
}

#[test]
fn a_sweep_finds_the_threshold_that_earns_most() {
    for seed in [11, 222, 3_333] {
        let log = scored(seed, 20_000, 0);
        let (sweep, _) = swept(&log, "graded.if=20..80:7");
        assert_eq!(
            (sweep.parameter.as_str(), sweep.present.as_str()),
            ("graded.if", "55")
        );
        let values: Vec<&str> = sweep
            .points
            .iter()
            .map(|point| point.value.as_str())
            .collect();
        assert_eq!(values, ["20", "30", "40", "50", "60", "70", "80"]);
        for point in &sweep.points {
            let (ips, [lower, upper]) = known(point);
            let truth = truth(&log, point.value.parse().unwrap());
            // Four standard errors; how often intervals hold the truth is measured in worlds.
            let reach = 4.0 * (upper - lower) / 3.92;
            assert!((ips - truth).abs() < reach, "{seed} {point:?} {truth}");
            let [narrow, band] = [point.diff_ci95.unwrap(), point.diff_band95.unwrap()];
            assert!(band[0] < narrow[0] && narrow[1] < band[1]);
        }
        let best = sweep
            .points
            .iter()
            .max_by(|a, b| known(a).0.total_cmp(&known(b).0));
        assert!(
            ["30", "40", "50"].contains(&best.unwrap().value.as_str()),
            "{:?}",
            sweep.findings
        );
    }
}

#[test]
fn a_sweep_says_what_the_replay_of_each_value_says() {
    let log = scored(3, 5_000, 0);
    let (sweep, report) = swept(&log, "graded.if=50..60:3");
    let present = &sweep.points[1];
    assert_eq!(present.value, "55");
    assert_eq!(
        present.ips.map(f64::to_bits),
        Some(report.candidate.ips.to_bits())
    );
    assert_eq!(present.diff_ci95, report.difference.ci95);
    for (value, point) in [("50", 0), ("60", 2)] {
        let flow = GRADED.replace("55", value);
        let other = load(&log, COLUMNS, &flow, None).unwrap();
        assert_eq!(
            sweep.points[point].ips.map(f64::to_bits),
            Some(other.candidate.ips.to_bits())
        );
        assert_eq!(sweep.points[point].sndr_ci95, other.candidate.sndr_ci95);
    }
}

#[test]
fn a_sweep_stops_where_the_log_supports_nothing() {
    // The log never gave `B` a score below 45: what it would pay for them, nobody knows.
    let log = scored(4, 20_000, 45);
    let (sweep, report) = swept(&log, "graded.if=20..80:7");
    for point in &sweep.points {
        let is_supported = point.value.parse::<u32>().unwrap() >= 45;
        assert_eq!(point.ips.is_some(), is_supported, "{point:?}");
        assert_eq!(point.reason.is_none(), is_supported, "{point:?}");
    }
    let told = sweep.findings.join("\n");
    assert!(told.contains("does not support 3 of 7 values"), "{told}");
    assert!(told.contains("20, 30, 40"), "{told}");
    let json = to_json(std::slice::from_ref(&report));
    assert!(json["sweep"]["points"][0]["ips"].is_null());
    assert!(json["sweep"]["points"][6]["ips"].is_number());
    let text = render_text(std::slice::from_ref(&report));
    assert!(text.contains("          20 not supported: "), "{text}");
    let page = render_html("r", std::slice::from_ref(&report));
    for part in [
        "Sweep of graded.if, which is 55",
        "<polygon",
        "20 is not supported",
        ">baseline<",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_number_that_only_gains_has_a_band_too() {
    // Below 55 `A` gets nothing any more: whoever moves on to `B` brings more, and nobody less.
    let mut log = "b,p,r,score\n".to_owned();
    let mut chance = Chance(5);
    for n in 0..20_000_u32 {
        let is_b = chance.hits(0.5);
        let reward = u32::from(is_b && chance.hits(0.3));
        let _ = writeln!(
            log,
            "{},0.5,{reward},{}",
            if is_b { "B" } else { "A" },
            n % 100
        );
    }
    let text = format!("sweep = \"graded.if=35..75:3\"\n{COLUMNS}");
    let report = load(&log, &text, GRADED, Some(GRADED)).unwrap();
    let sweep = report.sweep.unwrap();
    let [more, less] = [&sweep.points[0], &sweep.points[2]];
    let [lower, upper] = more.diff_band95.unwrap();
    assert!(0.0 < lower && lower < 0.06 && 0.06 < upper, "{more:?}");
    let [lower, upper] = less.diff_band95.unwrap();
    assert!(lower < -0.06 && -0.06 < upper && upper < 0.0, "{less:?}");
    assert_eq!(sweep.points[1].diff_band95, Some([0.0; 2]));
    assert_eq!(sweep.points[1].value, "55");
}

#[test]
fn the_best_of_equal_values_is_not_said_to_be_better() {
    let mut n_claims = 0;
    for seed in 0..10 {
        let mut chance = Chance(700 + seed);
        let mut log = "b,p,r,score\n".to_owned();
        for _ in 0..1_500 {
            let name = if chance.hits(0.5) { "A" } else { "B" };
            let score: u32 = (0..7).map(|bit| u32::from(chance.hits(0.5)) << bit).sum();
            let _ = writeln!(log, "{name},0.5,{},{score}", u32::from(chance.hits(0.2)));
        }
        let (sweep, _) = swept(&log, "graded.if=0..120:13");
        let told = sweep.findings.join("\n");
        n_claims += u32::from(
            told.contains("more than the baseline\n") || told.ends_with("more than the baseline"),
        );
    }
    assert!(n_claims <= 1, "{n_claims} of 10");
}

#[test]
fn what_cannot_be_swept_is_refused_before_anything_is_replayed() {
    let log = scored(5, 300, 0);
    let problems = |sweep: &str, flow: &str| {
        let problems =
            load(&log, &format!("sweep = \"{sweep}\"\n{COLUMNS}"), flow, None).unwrap_err();
        let told: Vec<String> = problems
            .iter()
            .map(|it| format!("{} {}: {}", it.code, it.path, it.message))
            .collect();
        told.join("\n")
    };
    assert!(problems("graded.if", GRADED).contains("sweep_malformed"));
    assert!(problems("graded.unless=1..2:2", GRADED).contains("sweep_parameter_unknown"));
    let split = r#"{"flow": "f", "vertical": "v", "currency": "USD", "root": "s", "nodes": {
        "s": {"kind": "split", "arms": [{"weight_ppm": 500000, "to": "A"}, {"weight_ppm": 500000, "to": "B"}]},
        "A": {"kind": "destination"}, "B": {"kind": "destination"}}}"#;
    let told = problems("s.arms.A.weight_ppm=900000..1100000:3", split);
    assert!(told.contains("00000 for `s.arms.A.weight_ppm`: "), "{told}");
}
