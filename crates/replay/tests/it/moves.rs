//! What a candidate moves and with which money, which of its rules are cold, and what would decide a question.

use std::fmt::Write as _;

use pointsman_replay::{
    MoneyMoves, Options, Report, VerdictKind, evaluate, render_html, render_text,
};

use crate::{
    evidence::{COLUMNS, Chance, load, split},
    world::{A_FIRST, B_FIRST, MIXED, TRUTH_A_FIRST, TRUTH_B_FIRST, logged, policy},
};

fn judged(candidate: &str, baseline: &str, n: u64) -> Report {
    let log = logged(MIXED, 11, n);
    evaluate(
        log,
        &policy(candidate),
        &policy(baseline),
        Options::default(),
    )
}

fn cell(moves: &MoneyMoves, from: Option<&str>, to: Option<&str>) -> (f64, f64, f64) {
    let is_it = |cell: &&pointsman_replay::MoneyMove| {
        (cell.from.as_deref(), cell.to.as_deref()) == (from, to)
    };
    let cell = moves.cells.iter().find(is_it).unwrap();
    (cell.leads, cell.diff, cell.diff_se.unwrap())
}

#[test]
fn money_goes_with_the_leads_that_move_and_sums_to_the_difference() {
    let report = judged(B_FIRST, A_FIRST, 20_000);
    let moves = report.moves.unwrap();
    assert_eq!((moves.n, moves.n_untold, moves.cells.len()), (20_000, 0, 1));
    let (leads, diff, se) = cell(&moves, Some("a"), Some("b"));
    assert!((leads - 20_000.0).abs() < 1e-6 && (moves.n_moved - leads).abs() < 1e-6);
    assert!((diff - report.difference.diff).abs() < 1e-9);
    // Lead by lead, as the paired difference is.
    assert!(
        (se - report.difference.se_paired).abs() < 1e-3 * se,
        "{se} {}",
        report.difference.se_paired
    );
    assert!((diff - (TRUTH_B_FIRST - TRUTH_A_FIRST)).abs() < 4.0 * se);
    let report = judged(MIXED, A_FIRST, 20_000);
    let moves = report.moves.unwrap();
    let (leads, moved, se) = cell(&moves, Some("a"), Some("b"));
    assert!((leads - 8_000.0).abs() < 1e-6);
    assert!(
        (moved - 0.4 * (TRUTH_B_FIRST - TRUTH_A_FIRST)).abs() < 4.0 * se,
        "{moved}"
    );
    let (leads, stayed, _) = cell(&moves, Some("a"), Some("a"));
    assert!((leads - 12_000.0).abs() < 1e-6 && stayed.abs() < 1e-9);
    assert!((moved + stayed - report.difference.diff).abs() < 1e-9);
}

#[test]
fn nobody_is_a_place_to_go() {
    let stop = r#"{"flow": "two", "vertical": "test", "currency": "USD", "root": "either", "nodes": {
        "either": {"kind": "split", "arms": [{"weight_ppm": 750000, "to": "ab"}, {"weight_ppm": 250000, "to": "no"}]},
        "ab": {"kind": "waterfall", "to": ["a", "b"]}, "no": {"kind": "reject", "reason": "enough"},
        "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;
    let report = judged(stop, A_FIRST, 20_000);
    let moves = report.moves.clone().unwrap();
    let (leads, lost, se) = cell(&moves, Some("a"), None);
    assert!((leads - 5_000.0).abs() < 1e-6);
    assert!((lost + 0.25 * TRUTH_A_FIRST).abs() < 4.0 * se, "{lost}");
    let text = render_text(std::slice::from_ref(&report));
    assert!(
        text.contains("5000 of 20000 leads go elsewhere first"),
        "{text}"
    );
    assert!(text.contains("5000  a to nobody: -"), "{text}");
    assert!(render_html("r", &[report]).contains("<td>nobody</td>"));
}

const RULES: &str = r#"{"flow": "f", "vertical": "v", "currency": "USD", "root": "graded", "nodes": {
    "graded": {"kind": "when", "if": "score >= 50", "then": "grid", "otherwise": "B"},
    "grid": {"kind": "table", "columns": ["score"], "rows": [
        {"cells": [{"from": 90, "to": 200}], "to": "A"},
        {"cells": [{"from": 150, "to": 160}], "to": "B"},
        {"cells": [{"from": 60, "to": 89}], "to": "B"},
        {"cells": [{"from": 201, "to": 300}], "to": "A"}], "otherwise": "A"},
    "A": {"kind": "destination"}, "B": {"kind": "destination"}}}"#;

fn scored() -> String {
    let mut chance = Chance(3);
    let mut log = "b,p,r,score\n".to_owned();
    for lead in 0..2_000 {
        let name = if chance.hits(0.5) { "A" } else { "B" };
        let _ = writeln!(
            log,
            "{name},0.5,{},{}",
            u32::from(chance.hits(0.2)),
            lead % 100
        );
    }
    log
}

#[test]
fn rules_that_no_lead_comes_to_are_cold_and_those_that_none_can_come_to_dead() {
    let columns = format!("{COLUMNS}[columns.fields]\nscore = \"score\"\n");
    let report = load(&scored(), &columns, RULES, None).unwrap();
    let cold: Vec<(&str, &str, &str, bool)> = report
        .cold_rules
        .iter()
        .map(|it| (&*it.node, &*it.rule, &*it.to, it.is_dead))
        .collect();
    assert_eq!(
        cold,
        [
            ("grid", "rows[1]", "B", true),
            ("grid", "rows[3]", "A", false)
        ]
    );
    let text = render_text(&[report]);
    assert!(
        text.contains("cold: rows[1] of `grid`, to `B`: no lead can come to it"),
        "{text}"
    );
    assert!(
        text.contains("cold: rows[3] of `grid`, to `A`: no lead of the log comes to it"),
        "{text}"
    );
}

/// 6,000 leads of 25 days, which sell alike at both.
fn alike(seed: u64) -> String {
    let mut chance = Chance(seed);
    let mut log = "b,p,r,at\n".to_owned();
    for lead in 0..6_000 {
        let name = if chance.hits(0.5) { "A" } else { "B" };
        let (day, hour) = (1 + lead / 240, lead / 10 % 24);
        let _ = writeln!(
            log,
            "{name},0.5,{},2026-09-{day:02}T{hour:02}:00:00Z",
            u32::from(chance.hits(0.2))
        );
    }
    log
}

#[test]
fn a_question_that_is_open_says_what_would_decide_it() {
    let columns = format!("{COLUMNS}at = \"at\"\n");
    let c = split(&[("A", 500_000), ("B", 400_000), ("C", 100_000)]);
    let report = load(&alike(9), &columns, &c, None).unwrap();
    let found = &report.unsupported_destinations;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(&*found[0].destination, "C");
    assert!((found[0].share - 0.1).abs() < 1e-9);
    // 200 leads are 3 % of 6,667, of which 240 a day come.
    let told = report.decidable.join("\n");
    assert!(
        told.starts_with("explore 3 % for about 28 days at `C`") && report.decidable.len() == 1,
        "{told}"
    );
    let near = split(&[("A", 350_000), ("B", 650_000)]);
    let mut n_open = 0;
    for seed in 0..5 {
        let report = load(&alike(seed), &columns, &near, None).unwrap();
        assert!(report.unsupported_destinations.is_empty());
        let told = report.decidable.join("\n");
        if report.verdict.kind == VerdictKind::Canary {
            n_open += 1;
            assert!(told.contains("leads like these"), "{told}");
        } else {
            assert_eq!(told, "", "{:?}", report.verdict);
        }
    }
    assert!(n_open > 0);
}
