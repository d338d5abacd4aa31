//! Rows that stand in a log twice, and clusters that do not stand everywhere.

use pointsman_replay::Report;

use crate::cells::{COLUMNS, refused, replayed, told};

const LEADS: &str = "lead_id = \"lead\"\n";

/// Leads with a row each, and the rows as a text.
fn leads(n: usize) -> Vec<String> {
    let row = |lead: usize| {
        let name = if lead.is_multiple_of(2) { "a" } else { "b" };
        format!(
            "{lead},{name},0.5,{},2026-01-31T09:30:{:02}.{lead:06}Z\n",
            lead % 7,
            lead % 60
        )
    };
    (0..n).map(row).collect()
}

fn text(rows: &[String]) -> String {
    format!("lead,b,p,r,at\n{}", rows.concat())
}

#[test]
fn a_log_that_was_written_twice_is_refused_with_its_first_rows() {
    let rows = leads(1_000);
    let twice = [rows.clone(), rows].concat();
    let columns = format!("{COLUMNS}{LEADS}");
    let found = refused(replayed("log.csv", text(&twice).as_bytes(), "", &columns));
    assert!(found.starts_with("offer_repeated log.rows: row 1001 has the lead `0` and the destination `a` of row 1 again; first in row 1001, in all 1000 rows"), "{found}");
    assert!(found.contains("repeated_offers = \"first\""), "{found}");
}

#[test]
fn repeated_offers_are_one_offer_where_the_scenario_says_so() {
    let rows = leads(1_000);
    let once = replayed(
        "log.csv",
        text(&rows).as_bytes(),
        "",
        &format!("{COLUMNS}{LEADS}"),
    )
    .unwrap();
    let twice = [rows.clone(), rows].concat();
    let of = |above: &str| {
        replayed(
            "log.csv",
            text(&twice).as_bytes(),
            above,
            &format!("{COLUMNS}{LEADS}"),
        )
        .unwrap()
    };
    let first = of("repeated_offers = \"first\"");
    assert_eq!(first.candidate, once.candidate);
    assert_eq!((first.candidate.n, first.n_offers), (1_000, 1_000));
    let sums = of("repeated_offers = \"sum_rewards\"");
    assert!((sums.candidate.ips - 2.0 * once.candidate.ips).abs() < 1e-9);
    let warning = "1000 rows repeat an offer of an earlier row, first in rows 1001, 1002, 1003; the first row of an offer counts, and the others are left out";
    assert!(
        first.warnings.iter().any(|told| told == warning),
        "{:?}",
        first.warnings
    );
}

#[test]
fn rows_that_repeat_without_a_lead_are_told_where_times_tell_them_apart() {
    let rows = leads(1_000);
    let twice = [rows.clone(), rows.clone()].concat();
    let columns = format!("{COLUMNS}at = \"at\"\n");
    let report = replayed("log.csv", text(&twice).as_bytes(), "", &columns).unwrap();
    let warning = "1000 rows are like an earlier one in every column that is read, first in rows 1001, 1002, 1003: row 1001 is row 1 again.";
    assert!(
        report.warnings.iter().any(|told| told.starts_with(warning)),
        "{:?}",
        report.warnings
    );
    let report = replayed("log.csv", text(&rows).as_bytes(), "", &columns).unwrap();
    assert!(
        !report
            .warnings
            .iter()
            .any(|told| told.contains("earlier one")),
        "{:?}",
        report.warnings
    );
}

#[test]
fn a_lead_of_our_own_format_stands_in_one_row() {
    let text = "lead_id,received_at,offer_destination,offer_propensity,offer_answer\n\
                x,2026-01-31T09:30:00Z,\"[\"\"a\"\"]\",[0.5],\"[\"\"accepted\"\"]\"\n\
                y,2026-01-31T09:30:00Z,\"[\"\"a\"\",\"\"a\"\"]\",\"[0.5,1]\",\"[\"\"rejected\"\",\"\"accepted\"\"]\"\n\
                x,2026-01-31T09:30:00Z,\"[\"\"a\"\"]\",[0.5],\"[\"\"accepted\"\"]\"\n";
    let lines = told(&replayed("log.csv", text.as_bytes(), "", "").unwrap_err());
    assert!(lines[0].starts_with("lead_repeated log.lead_id: lead `x` stands in row 1 already; first in row 3, in all 1 row"), "{lines:?}");
    assert!(lines[1].starts_with("offer_repeated log.offer_destination: lead `y` is offered to `a` twice; first in row 2, in all 1 row"), "{lines:?}");
}

/// A log whose first half lacks clusters, and one whose second half does.
fn halves() -> (Report, Report) {
    let row = |lead: usize, cluster: &str| {
        let name = if lead.is_multiple_of(2) { "a" } else { "b" };
        format!("{name},0.5,{},{cluster}\n", lead % 5)
    };
    let bare: String = (0..10_000).map(|lead| row(lead, "")).collect();
    let named: String = (0..10_000)
        .map(|lead| row(lead, &format!("c{}", lead % 40)))
        .collect();
    let of = |first: &str, second: &str| {
        let text = format!("b,p,r,c\n{first}{second}");
        replayed(
            "log.csv",
            text.as_bytes(),
            "",
            &format!("{COLUMNS}cluster = \"c\"\n"),
        )
        .unwrap()
    };
    (of(&bare, &named), of(&named, &bare))
}

#[test]
fn missing_clusters_give_one_answer_whatever_the_order_and_are_named() {
    let (bare_first, named_first) = halves();
    assert_eq!(bare_first.n_clusters, Some(10_040));
    assert_eq!(named_first.n_clusters, bare_first.n_clusters);
    assert_eq!(bare_first.verdict.kind, named_first.verdict.kind);
    let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
    assert!(close(
        bare_first.difference.se_paired,
        named_first.difference.se_paired
    ));
    assert!(close(
        bare_first.candidate.ips_se,
        named_first.candidate.ips_se
    ));
    let told = |report: &Report, places: &str| {
        let warning = format!(
            "10000 of 20000 rows have no cluster, {places}; each of their leads counts as a cluster of its own"
        );
        assert!(report.warnings.contains(&warning), "{:?}", report.warnings);
    };
    told(&bare_first, "first in rows 1, 2, 3");
    told(&named_first, "first in rows 10001, 10002, 10003");
}
