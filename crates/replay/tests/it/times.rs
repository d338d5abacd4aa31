//! Times of foreign logs: neither unit nor zone is ever assumed.

use crate::cells::{COLUMNS, FLOW, refused, replayed, run, told};

const AT: &str = "at = \"at\"\n";

fn log(at: &str) -> String {
    format!("b,p,r,at\na,0.5,1,{at}\nb,0.5,0,{at}\n")
}

#[test]
fn numbers_that_say_no_unit_are_told_with_the_unit_that_they_look_like() {
    for (at, unit) in [
        ("1769851800", "s"),
        ("1769851800000", "ms"),
        ("1769851800000000000", "ns"),
    ] {
        let columns = format!("{COLUMNS}{AT}");
        let told = refused(replayed("log.csv", log(at).as_bytes(), "", &columns));
        let expected = format!(
            "time_unit_missing log.at: `{at}` does not say what it counts; in {unit} it would be 2026-01-31T09:30:00Z; first in row 1, in all 2 rows | if it is, write time_unit = \"{unit}\" above"
        );
        assert!(told.starts_with(&expected), "{told}");
        let key = format!("time_unit = \"{unit}\"");
        assert!(replayed("log.csv", log(at).as_bytes(), &key, &columns).is_ok());
    }
    let columns = format!("{COLUMNS}{AT}");
    let told = refused(replayed("log.csv", log("17").as_bytes(), "", &columns));
    assert!(told.starts_with("time_unit_missing log.at: `17` does not say what it counts, and is a time of our days in no unit"), "{told}");
}

#[test]
fn a_unit_that_the_scenario_names_decides() {
    // Open from nine to ten in UTC: only a time read in the right unit is eligible.
    let flow = FLOW.replace(r#""root": "s", "nodes": {"#, r#""root": "w", "nodes": {"w": {"kind": "when", "if": "hour(received_at, 'UTC') == 9", "then": "a", "otherwise": "b"},"#);
    let folder = tempfile::tempdir().unwrap();
    let mut values = Vec::new();
    for (at, above) in [
        ("1769851800", "time_unit = \"s\""),
        ("1769851800000", "time_unit = \"ms\""),
        ("1769851800000000", ""),
        ("1769851800000000", "time_unit = \"us\""),
        ("1769851800000000000", "time_unit = \"ns\""),
        ("2026-01-31T09:30:00Z", ""),
        ("2026-01-31 09:30:00", "time_zone = \"UTC\""),
        ("2026-01-31 04:30:00", "time_zone = \"America/New_York\""),
    ] {
        std::fs::write(folder.path().join("log.csv"), log(at)).unwrap();
        let columns = format!("{COLUMNS}{AT}");
        let report = run(folder.path(), "log.csv", &flow, above, &columns).unwrap();
        values.push(report.candidate.mean_weight.to_string());
    }
    // `a` for sure, where the log says a half: the weights are 2 and 0.
    assert_eq!(values, ["1"; 8]);
}

#[test]
fn times_without_an_offset_need_a_zone_from_the_scenario() {
    let columns = format!("{COLUMNS}{AT}");
    for at in ["2026-01-31 09:30:00", "2026-01-31T09:30", "2026-01-31"] {
        let told = refused(replayed("log.csv", log(at).as_bytes(), "", &columns));
        assert!(told.starts_with(&format!("time_zone_missing log.at: `{at}` does not say its zone; first in row 1, in all 2 rows | write time_zone = \"UTC\"")), "{told}");
        let above = "time_zone = \"Europe/Berlin\"";
        let report = replayed("log.csv", log(at).as_bytes(), above, &columns).unwrap();
        assert_eq!(
            report
                .warnings
                .iter()
                .filter(|warning| warning.contains("local clock"))
                .count(),
            0
        );
    }
    let zone = "time_zone = \"EST5\"";
    let lines =
        told(&replayed("log.csv", log("2026-01-31").as_bytes(), zone, &columns).unwrap_err());
    assert!(
        lines[0].starts_with("format_invalid time_zone: `EST5` is not a value of `time_zone`"),
        "{lines:?}"
    );
}

#[test]
fn times_that_the_clock_showed_twice_or_never_are_told() {
    let columns = format!("{COLUMNS}{AT}");
    for at in ["2026-11-01 01:30:00", "2026-03-08 02:30:00"] {
        let above = "time_zone = \"America/New_York\"";
        let report = replayed("log.csv", log(at).as_bytes(), above, &columns).unwrap();
        let told = "2 times fall into an hour that the local clock showed twice or never, first in rows 1, 2; the first of two is taken";
        assert!(
            report.warnings.iter().any(|warning| warning == told),
            "{:?}",
            report.warnings
        );
    }
}

#[test]
fn a_time_that_is_none_is_told_with_value_and_row() {
    let columns = format!("{COLUMNS}{AT}");
    let lines = told(&replayed("log.csv", log("soon").as_bytes(), "", &columns).unwrap_err());
    assert!(
        lines[0].starts_with("not_a_time log.at: `soon` is not a point in time; first in row 1"),
        "{lines:?}"
    );
}
