use insta::assert_snapshot;

use super::diff;
use crate::fixture::document;

const BASE: &str = r#"
    "start": {"kind": "when", "if": "age > 3", "then": "split", "otherwise": "geo"},
    "split": {"kind": "split", "arms": [{"weight_ppm": 400000, "to": "acme"}, {"weight_ppm": 600000, "to": "zenith"}]},
    "acme": {"kind": "destination"},
    "zenith": {"kind": "destination"},
    "geo": {"kind": "table", "columns": ["state", "age"], "otherwise": "no", "rows": [
        {"cells": [["CA"], null], "to": "acme"},
        {"cells": [["TX", "NY"], {"from": 3, "to": 9}], "to": "zenith"},
        {"cells": [["WA"], {"missing": true}], "to": "no"}]},
    "no": {"kind": "reject", "reason": "nobody"}
"#;

fn changes(replacements: &[(&str, &str)]) -> String {
    let mut text = BASE.to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "{from} is in the base");
        text = text.replace(from, to);
    }
    let changes = diff(&document(BASE).unwrap(), &document(&text).unwrap());
    let lines = changes.iter().map(|change| {
        let part = change.place.part.clone().unwrap_or_default();
        format!("{part} {:?}: {change}", change.kind)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_cell_is_named_by_row_and_column() {
    assert_snapshot!(changes(&[(r#"["TX", "NY"], {"from": 3, "to": 9}"#, r#"["TX"], {"from": 4}"#)]), @"
    rows[1] Changed: row 2 of table `geo`: column `state`: NY, TX → TX
    rows[1] Changed: row 2 of table `geo`: column `age`: 3..9 → 4..
    ");
}

#[test]
fn a_row_put_in_between_is_one_change() {
    let row = r#"{"cells": [["TX", "NY"]"#;
    assert_snapshot!(changes(&[(row, &format!(r#"{{"cells": [["OR"], 3], "to": "no"}}, {row}"#))]), @"rows[1] Added: row 2 of table `geo` is new: column `state`: OR, column `age`: 3, to: `no`");
    assert_snapshot!(changes(&[(r#"{"cells": [["CA"], null], "to": "acme"},"#, "")]), @"rows[0] Removed: row 1 of table `geo` is gone: column `state`: CA, column `age`: any, to: `acme`");
}

#[test]
fn nodes_come_and_go_and_change() {
    assert_snapshot!(changes(&[
        ("age > 3", "age>3 && home_owner"),
        ("400000", "300000"),
        ("600000, \"to\": \"zenith\"", "700000, \"to\": \"other\""),
        (r#""no": {"kind": "reject", "reason": "nobody"}"#, r#""other": {"kind": "destination", "destination": "zenith"}, "no": {"kind": "waterfall", "to": ["other"]}"#),
    ]), @"
    kind Changed: `no`: reject → waterfall
     Added: destination `other` is new
    arms[0] Changed: arm 1 of split `split`: weight_ppm: 400000 → 300000
    arms[1] Changed: arm 2 of split `split`: weight_ppm: 600000 → 700000
    arms[1] Changed: arm 2 of split `split`: to: `zenith` → `other`
    if Changed: if of when `start`: age > 3 → age > 3 && home_owner
    ");
}

#[test]
fn spelling_is_no_change() {
    assert_snapshot!(changes(&[("age > 3", "3 < lead.age"), (r#"["TX", "NY"]"#, r#"["NY", "TX", "NY"]"#)]), @"");
}

#[test]
fn predicates_of_rows_are_compared() {
    assert_snapshot!(changes(&[(r#"{"cells": [["CA"], null], "to""#, r#"{"cells": [{"not_in": ["CA"]}, null], "if": "home_owner", "to""#)]), @"rows[0] Changed: row 1 of table `geo`: column `state`: CA, column `age`: any, to: `acme` → column `state`: not CA, column `age`: any, if: home_owner, to: `acme`");
}

#[test]
fn targets_of_a_rotation_are_named() {
    let with = |start: &str| {
        document(&format!(
            r#""start": {{"kind": "rotate", {start}}}, "acme": {{"kind": "destination"}}, "zenith": {{"kind": "destination"}}"#
        ))
        .unwrap()
    };
    let old = with(r#""by": "least_recently_sold", "arms": [{"to": "acme"}, {"to": "zenith"}]"#);
    let new = with(
        r#""by": "deficit", "zone": "Europe/Berlin", "arms": [{"to": "acme", "daily": 5}, {"to": "zenith", "monthly": 9}]"#,
    );
    let newer = with(
        r#""by": "deficit", "zone": "Europe/Berlin", "arms": [{"to": "acme", "daily": 6}, {"to": "zenith", "monthly": 9}]"#,
    );
    let words = |old, new| {
        let changes = diff(old, new);
        let words: Vec<String> = changes.iter().map(ToString::to_string).collect();
        words.join("\n")
    };
    assert_snapshot!(words(&old, &new), @"
    by of rotate `start`: least_recently_sold → deficit
    zone of rotate `start`: UTC → Europe/Berlin
    arm 1 of rotate `start`: name: acme, to: `acme` → name: acme, daily: 5, to: `acme`
    arm 2 of rotate `start`: name: zenith, to: `zenith` → name: zenith, monthly: 9, to: `zenith`
    ");
    assert_snapshot!(words(&new, &newer), @"arm 1 of rotate `start`: daily: 5 → 6");
}

#[test]
fn an_auction_is_told_by_its_bidders_and_prices() {
    let before = r#""start": {"kind": "auction", "reserve": "12.5", "bidders": [{"to": "acme"}, {"to": "zenith", "penalty_ppm": 1000}]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"}"#;
    let after = before
        .replace("12.5", "13")
        .replace("1000", "2000")
        .replace(r#"{"to": "acme"}, "#, "");
    let (before, after) = (document(before).unwrap(), document(&after).unwrap());
    let messages = diff(&before, &after)
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>();
    assert_snapshot!(messages.join("\n"), @"
    destination `acme` is gone
    reserve of auction `start`: 12.50 → 13.00
    bidder 1 of auction `start`: to: `acme` → `zenith`
    bidder 1 of auction `start`: penalty_ppm: 0 → 2000
    bidder 2 of auction `start` is gone: to: `zenith`, penalty_ppm: 1000
    ");
}
