use insta::assert_snapshot;

use crate::{Document, Hash, fixture::document};

const BASE: &str = r#"
    "start": {"kind": "when", "if": "state in ['CA', 'TX'] && (age > 3 && has(zip))", "then": "split", "otherwise": "no"},
    "split": {"kind": "split", "arms": [{"weight_ppm": 400000, "to": "a"}, {"weight_ppm": 600000, "to": "zenith"}]},
    "a": {"kind": "destination", "destination": "acme"},
    "zenith": {"kind": "destination"},
    "no": {"kind": "switch", "on": "credit", "cases": [{"in": ["good", "fair"], "to": "a"}], "otherwise": "r"},
    "r": {"kind": "reject", "reason": "Café"}
"#;

fn base() -> Document {
    document(BASE).unwrap()
}

fn hash_with(from: &str, to: &str) -> Hash {
    assert!(BASE.contains(from), "{from} is in the base");
    document(&BASE.replace(from, to)).unwrap().hash()
}

/// A change that alters what the flow means would show here; a release must not.
#[test]
fn the_hash_of_a_known_flow_is_pinned() {
    assert_snapshot!(base().hash(), @"38118e3d9b94038e438cd126f5b4bd4af7ee57908080a7d35cbbb85a8a42290c");
}

#[test]
fn presentation_does_not_count() {
    let same = [
        ("['CA', 'TX']", "[\\\"TX\\\",'CA','CA']"),
        ("(age > 3 && has(zip))", "3 < lead.age && has(zip)"),
        (
            r#""weight_ppm": 400000, "to""#,
            r#""name": "acme", "weight_ppm": 400000, "to""#,
        ),
        (r#"["good", "fair"]"#, r#"["fair", "good", "fair"]"#),
        (
            r#""zenith": {"kind": "destination"}"#,
            r#""zenith": {"kind": "destination", "destination": "zenith"}"#,
        ),
        (
            r#""r": {"#,
            r#""lost": {"kind": "reject", "reason": "never"}, "r": {"#,
        ),
    ];
    for (from, to) in same {
        assert_eq!(hash_with(from, to), base().hash(), "{from} → {to}");
    }
    let mut titled = base();
    titled.title = Some("A title".to_owned());
    titled.notes = Some("Notes".to_owned());
    assert_eq!(titled.hash(), base().hash());
}

#[test]
fn meaning_counts() {
    let mut hashes = vec![base().hash()];
    let other = [
        ("'CA'", "'NY'"),
        ("age > 3", "age >= 3"),
        ("400000", "400001"),
        (r#""otherwise": "r""#, r#""otherwise": "a""#),
        ("\"good\", ", ""),
        ("Café", "Cafe"),
        (
            r#"{"weight_ppm": 400000, "to": "a"}, {"weight_ppm": 600000, "to": "zenith"}"#,
            r#"{"weight_ppm": 600000, "to": "zenith"}, {"weight_ppm": 400000, "to": "a"}"#,
        ),
        (
            r#""weight_ppm": 400000, "to""#,
            r#""name": "other", "weight_ppm": 400000, "to""#,
        ),
    ];
    hashes.extend(other.map(|(from, to)| hash_with(from, to)));
    let renamed = BASE.replace("\"split\": {", "\"test\": {");
    let renamed = renamed.replace("\"then\": \"split\"", "\"then\": \"test\"");
    hashes.push(document(&renamed).unwrap().hash());
    let mut several = base();
    several.max_sold = 2;
    hashes.push(several.hash());
    let n_hashes = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), n_hashes);
}

#[test]
fn a_change_alters_the_hashes_above_it_and_no_others() {
    let (before, after) = (
        base().node_hashes(),
        document(&BASE.replace("Café", "no")).unwrap().node_hashes(),
    );
    let changed = before
        .iter()
        .filter(|(name, hash)| after.get(*name) != Some(hash));
    let changed: Vec<&str> = changed.map(|(name, _)| name.as_str()).collect();
    assert_eq!(changed, ["no", "r", "start"]);
}

#[test]
fn a_chain_of_a_hundred_thousand_nodes_has_a_hash() {
    let nodes =
        (0..100_000).map(|n| format!(r#""n{n}": {{"kind": "waterfall", "to": ["n{}"]}}"#, n + 1));
    let nodes = nodes.collect::<Vec<_>>().join(",");
    let mut deep = document(&nodes).unwrap();
    deep.root = "n0".to_owned();
    let _ = deep.hash();
}

#[test]
fn cells_and_predicates_of_rows_count() {
    let hash = |row: &str| {
        let table = r#""start": {"kind": "table", "columns": ["zip"], "otherwise": "no", "rows": [ROW]},
            "no": {"kind": "reject", "reason": "no"}"#;
        document(&table.replace("ROW", row)).unwrap().hash()
    };
    let mut hashes = vec![
        hash(r#"{"cells": [["9", "8"]], "to": "no"}"#),
        hash(r#"{"cells": [{"not_in": ["9", "8"]}], "to": "no"}"#),
        hash(r#"{"cells": [{"starts_with": ["9", "8"]}], "to": "no"}"#),
        hash(r#"{"cells": [null], "if": "age > 3", "to": "no"}"#),
        hash(r#"{"cells": [null], "to": "no"}"#),
    ];
    assert_eq!(
        hash(r#"{"cells": [{"not_in": ["8", "9", "8"]}], "to": "no"}"#),
        hashes[1]
    );
    assert_eq!(
        hash(r#"{"cells": [null], "if": "3 < age", "to": "no"}"#),
        hashes[3]
    );
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 5);
}

#[test]
fn a_rotation_counts_with_its_order_its_targets_and_their_zone() {
    let hash = |start: &str| {
        let nodes = format!(
            r#""start": {start}, "a": {{"kind": "destination", "destination": "acme"}}, "b": {{"kind": "destination"}}"#
        );
        document(&nodes).unwrap().hash()
    };
    let base = r#"{"kind": "rotate", "by": "deficit", "arms": [{"to": "a", "daily": 5}, {"to": "b", "monthly": 7}]}"#;
    let same = r#"{"kind": "rotate", "by": "deficit", "zone": "UTC", "arms": [{"name": "acme", "to": "a", "daily": 5}, {"to": "b", "monthly": 7}]}"#;
    assert_eq!(hash(base), hash(same));
    let others = [
        (r#""deficit""#, r#""least_recently_sold""#),
        (r#""deficit""#, r#""deficit", "zone": "Europe/Berlin""#),
        ("5", "6"),
        ("daily", "monthly"),
        (r#""to": "a""#, r#""name": "a", "to": "a""#),
    ];
    let mut hashes: Vec<Hash> = others
        .iter()
        .map(|(from, to)| hash(&base.replace(from, to)))
        .collect();
    hashes.push(hash(base));
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), others.len() + 1);
}

#[test]
fn an_auction_is_known_by_its_prices_and_not_by_their_spelling() {
    let nodes = r#""start": {"kind": "auction", "reserve": "12.5", "deadline_ms": 500, "bidders": [{"to": "a", "penalty_ppm": 7}, {"to": "b"}]},
        "a": {"kind": "destination"}, "b": {"kind": "destination"}"#;
    let hash = |from: &str, to: &str| document(&nodes.replace(from, to)).unwrap().hash();
    let base = hash("", "");
    for (from, to) in [
        ("12.5", "12.50"),
        (r#" "deadline_ms": 500,"#, ""),
        (r#""b"}"#, r#""b", "penalty_ppm": 0}"#),
    ] {
        assert_eq!(hash(from, to), base, "{from} → {to}");
    }
    let others = [
        ("12.5", "12.51"),
        ("500", "501"),
        ("7", "8"),
        (r#""reserve": "12.5", "#, ""),
    ];
    for (from, to) in others {
        assert_ne!(hash(from, to), base, "{from} → {to}");
    }
}
