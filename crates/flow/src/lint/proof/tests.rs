use insta::assert_snapshot;
use serde_json::json;

use super::example::fields;
use crate::{
    Catalog, Diagnostic, Document, check,
    fixture::{catalog, findings},
};

/// All that is found about some nodes, which stand beside `acme`, `zenith` and `nobody`. Every
/// example must be a lead that the schema takes.
fn found(nodes: &str) -> String {
    findings(&all(nodes, &catalog()))
}

fn all(nodes: &str, catalog: &Catalog) -> Vec<Diagnostic> {
    let leaves = r#""acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
        "nobody": {"kind": "reject", "reason": "no buyer wants it"}"#;
    let text = format!(
        r#"{{"flow": "test", "vertical": "auto-insurance", "currency": "USD", "root": "start", "nodes": {{{nodes}, {leaves}}}}}"#
    );
    let document = Document::from_json(&text).unwrap();
    let found = match check(&document, catalog) {
        Ok(checked) => checked.warnings,
        Err(found) => found,
    };
    for finding in &found {
        if let Some(example) = &finding.example {
            let members = example.as_object().unwrap();
            assert!(fields(&catalog.schema, members).is_some(), "{finding}");
        }
    }
    found
}

#[test]
fn contradictions_are_found_wherever_predicates_stand() {
    let nodes = r#"
        "start": {"kind": "when", "if": "state == 'CA' && (age < 18 && age > 65 || home_owner)", "then": "rated", "otherwise": "whole"},
        "rated": {"kind": "when", "if": "score >= 200", "then": "acme", "otherwise": "both"},
        "both": {"kind": "when", "if": "!(has(zip) && !has(zip))", "then": "zenith", "otherwise": "nobody"},
        "whole": {"kind": "when", "if": "age < 50 || age >= 50", "then": "acme", "otherwise": "zenith"},
        "score": {"kind": "scorecard", "points": [{"if": "credit == 'good'", "points": 60},
            {"if": "credit == 'good' && credit == 'fair'", "points": 50}, {"if": "home_owner", "points": 40}]}
    "#;
    assert_snapshot!(found(nodes), @r#"
    always_true both:if 0..24: `!(has(zip) && !has(zip))` is true of every lead | drop it, or correct it | {"zip":"000"}
    unreachable nobody:: no lead can get here: the rules above leave none, or decline all before | correct the rules above, or delete it
    never_true rated:if 0..12: `score >= 200` is true of no lead | correct it, or drop it | {}
    never_true score:points[1].if 0..36: `credit == "good"` and `credit == "fair"` are never both true | join alternatives with `||`, or correct one of them | {"credit":"good"}
    never_true start:if 18..38: `age < 18` and `age > 65` are never both true | join alternatives with `||`, or correct one of them | {"age":0}
    always_true whole:if 0..21: `age < 50 || age >= 50` is true of every lead whose fields are known | ask `has(field)` if that is meant | {"age":0}
    "#);
}

#[test]
fn several_rows_together_hide_one() {
    let nodes = r#"
        "start": {"kind": "table", "columns": ["age", "credit", "home_owner"], "otherwise": "nobody", "rows": [
            {"cells": [{"to": 30}, null, null], "to": "acme"},
            {"cells": [{"from": 30, "to": 60}, ["good"], null], "to": "zenith"},
            {"cells": [{"from": 40, "to": 60}, ["fair", "poor"], null], "to": "zenith"},
            {"cells": [{"from": 30, "to": 50}, ["poor", "fair"], null], "to": "acme"},
            {"cells": [{"from": 20, "to": 60}, ["fair", "good", "poor"], true], "to": "acme"},
            {"cells": [{"from": 20, "to": 61}, ["fair", "good", "poor"], true], "to": "acme"},
            {"cells": [{"to": 60}, null, [true, false]], "to": "acme"},
            {"cells": [{"to": 60}, null, {"missing": true}], "to": "acme"}]}
    "#;
    assert_snapshot!(found(nodes), @r#"shadowed_row start:rows[4]: row 5 never decides: rows 1, 2, 3 and 4 together take all of its leads | move it up, or delete it | {"age":20,"credit":"good","home_owner":true}"#);
}

#[test]
fn double_rows_and_rows_without_leads_are_named() {
    let nodes = r#"
        "start": {"kind": "table", "columns": ["age", "state"], "otherwise": "nobody", "rows": [
            {"cells": [[30, 31], ["CA"]], "to": "acme"},
            {"cells": [{"from": 30, "to": 32}, "CA"], "to": "zenith"},
            {"cells": [{"from": 200}, null], "to": "acme"},
            {"cells": [[10], null], "if": "age > 12 && home_owner", "to": "acme"},
            {"cells": [[20], ["TX"]], "if": "credit == 'good' && credit != 'good'", "to": "acme"}]}
    "#;
    assert_snapshot!(found(nodes), @r#"
    out_of_range start:rows[2].cells[0]: `age` is from 0 to 120, so this never holds | {"age":120}
    never_true start:rows[2]: no lead matches row 3 | its cells and its predicate leave no value; correct or delete it
    never_true start:rows[3]: no lead matches row 4 | its cells and its predicate leave no value; correct or delete it
    never_true start:rows[4]: no lead matches row 5 | its cells and its predicate leave no value; correct or delete it
    duplicate_row start:rows[1]: row 1 asks the same as row 2 and comes first | they lead to different nodes; delete the one that is wrong | {"age":30,"state":"CA"}
    "#);
}

#[test]
fn rows_with_predicates_hide_nobody() {
    let nodes = r#"
        "start": {"kind": "table", "columns": ["age"], "otherwise": "nobody", "rows": [
            {"cells": [null], "if": "home_owner", "to": "acme"},
            {"cells": [{"from": 20}], "to": "zenith"},
            {"cells": [{"from": 30}], "if": "home_owner", "to": "acme"}]}
    "#;
    assert_snapshot!(found(nodes), @r#"shadowed_row start:rows[2]: row 3 never decides: row 2 takes all of its leads | move it up, or delete it | {"age":30,"home_owner":true}"#);
}

#[test]
fn predicates_of_rows_keep_them_apart() {
    let nodes = r#"
        "start": {"kind": "table", "hit": "unique", "columns": ["age"], "rows": [
            {"cells": [null], "if": "home_owner", "to": "acme"},
            {"cells": [{"from": 20}], "if": "!home_owner", "to": "zenith"},
            {"cells": [{"to": 20}], "if": "home_owner == false || credit == 'good'", "to": "nobody"}]}
    "#;
    assert_snapshot!(found(nodes), @r#"
    overlap start:rows[2]: row 3 overlaps row 1, and only one row may match | narrow one of them, or take the `first` hit | {"age":0,"credit":"good","home_owner":true}
    gap start:otherwise: some leads match no row, and there is no `otherwise` | add `otherwise` | {"age":0,"credit":"fair","home_owner":null}
    "#);
}

#[test]
fn nodes_below_contradicting_rules_are_found() {
    let nodes = r#"
        "start": {"kind": "when", "if": "state == 'CA' && age < 30", "then": "old", "otherwise": "split"},
        "old": {"kind": "when", "if": "age >= 40", "then": "far", "otherwise": "geo"},
        "far": {"kind": "waterfall", "to": ["acme", "zenith"]},
        "geo": {"kind": "switch", "on": "state", "otherwise": "nobody", "cases": [
            {"in": ["CA"], "to": "table"}, {"in": ["TX", "NY"], "to": "acme"}]},
        "table": {"kind": "table", "columns": ["age"], "otherwise": "nobody", "rows": [
            {"cells": [{"to": 20}], "to": "acme"}, {"cells": [{"from": 30}], "to": "zenith"}]},
        "split": {"kind": "split", "arms": [{"weight_ppm": 1000000, "to": "p"}, {"name": "none", "weight_ppm": 0, "to": "zenith"}]},
        "p": {"kind": "when", "if": "credit == 'poor'", "then": "wants", "otherwise": "nobody"},
        "wants": {"kind": "waterfall", "to": ["pick", "acme"]},
        "pick": {"kind": "destination", "destination": "picky"}
    "#;
    assert_snapshot!(found(nodes), @r#"
    unreachable far:: no lead can get here: the rules above leave none, or decline all before | correct the rules above, or delete it
    never_taken geo:cases[1]: no lead that comes here takes `cases[1]`: the rules above leave none | correct the rules above, or delete what is never taken | {"age":0,"state":"CA"}
    never_taken geo:otherwise: no lead that comes here takes `otherwise`: the rules above leave none | correct the rules above, or delete what is never taken | {"age":0,"state":"CA"}
    never_taken old:then: no lead that comes here takes `then`: the rules above leave none | correct the rules above, or delete what is never taken | {"age":0,"state":"CA"}
    unreachable_destination pick:: `picky` is never offered a lead here: its criteria refuse all that come | compare the criteria of `picky` with the rules above | {"age":30,"credit":"poor"}
    zero_weight split:arms[1].weight_ppm: arm 2 has no weight, so no lead takes it | give it some weight, or take it out
    never_taken table:rows[1]: no lead that comes here takes `rows[1]`: the rules above leave none | correct the rules above, or delete what is never taken | {"age":0,"state":"CA"}
    "#);
}

#[test]
fn arms_that_do_the_same_and_second_offers_are_found() {
    let nodes = r#"
        "start": {"kind": "waterfall", "to": ["split", "again", "end"]},
        "split": {"kind": "split", "arms": [{"name": "a", "weight_ppm": 500000, "to": "one"}, {"name": "b", "weight_ppm": 500000, "to": "two"}]},
        "one": {"kind": "when", "if": "home_owner", "then": "acme", "otherwise": "zenith"},
        "two": {"kind": "when", "if": "home_owner", "then": "acme2", "otherwise": "zenith"},
        "acme2": {"kind": "destination", "destination": "acme"},
        "again": {"kind": "waterfall", "to": ["acme", "zenith", "acme2"]},
        "end": {"kind": "waterfall", "to": ["no", "zenith"]},
        "no": {"kind": "reject", "reason": "no"}
    "#;
    assert_snapshot!(found(nodes), @"
    duplicate_destination again:to[2]: `acme` was offered the lead by the ports before, and nobody is offered it twice | delete this port, or lead it to somebody else | {}
    unreachable nobody:: no lead can reach this node | connect it, or delete it
    same_arms split:arms[1]: arms `a` and `b` do the same, so nothing tells them apart | join their weights, or lead one elsewhere | {}
    ");
}

#[test]
fn a_split_without_weights_draws_nobody() {
    let nodes = r#"
        "start": {"kind": "split", "arms": [{"weight_ppm": 0, "to": "acme"}, {"weight_ppm": 0, "to": "zenith"}]},
        "old": {"kind": "when", "if": "home_owner", "then": "nobody", "otherwise": "nobody"}
    "#;
    assert_snapshot!(found(nodes), @"
    unreachable nobody:: no lead can reach this node | connect it, or delete it
    unreachable old:: no lead can reach this node | connect it, or delete it
    pointless old:otherwise: both ports lead to `nobody`
    no_weight start:arms: no arm has a weight | share 1000000 among the arms
    ");
}

#[test]
fn ranges_of_cells_and_cases_are_held_against_the_schema() {
    let nodes = r#"
        "start": {"kind": "switch", "on": "age", "otherwise": "table", "cases": [{"in": [130], "to": "acme"}, {"in": [7], "to": "zenith"}]},
        "table": {"kind": "table", "hit": "unique", "columns": ["age"], "rows": [
            {"cells": [{"from": 0}], "to": "acme"},
            {"cells": [{"missing": true}], "to": "nobody"}]}
    "#;
    assert_snapshot!(found(nodes), @r#"
    out_of_range start:cases[0].in[0]: `age` is from 0 to 120, so this never holds | {"age":120}
    "#);
}

#[test]
fn a_search_that_is_given_up_is_named() {
    // Nine pigeons in eight holes: two are always in the same one, which takes long to see.
    let holes: Vec<String> = (0..8).map(|hole| format!("h{hole}")).collect();
    let fields: Vec<_> = (0..9)
        .map(|n| json!({ "name": format!("f{n}"), "kind": "enum", "labels": holes, "required": "ping" }))
        .collect();
    let mut catalog = catalog();
    catalog.schema =
        serde_json::from_value(json!({ "vertical": "auto-insurance", "fields": fields })).unwrap();
    let columns: Vec<String> = (0..9).map(|n| format!("f{n}")).collect();
    let mut rows = Vec::new();
    for (a, b) in (0..9).flat_map(|a| (0..a).map(move |b| (a, b))) {
        for hole in &holes {
            let mut cells = vec![json!(null); 9];
            cells[a] = json!([hole]);
            cells[b] = json!([hole]);
            rows.push(json!({ "cells": cells, "to": "acme" }));
        }
    }
    rows.push(json!({ "cells": vec![json!(null); 9], "to": "zenith" }));
    let table = json!({ "kind": "table", "columns": columns, "rows": rows, "otherwise": "nobody" });
    let found = all(&format!(r#""start": {table}"#), &catalog);
    let codes: Vec<&str> = found.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["checks_incomplete", "never_taken"]);
}

#[test]
fn what_ends_unsold_for_everybody_is_found() {
    let mut catalog = catalog();
    let asleep = serde_json::from_value(json!({ "active": false })).unwrap();
    catalog.destinations.insert("asleep".to_owned(), asleep);
    let nodes = r#"
        "start": {"kind": "when", "if": "home_owner", "then": "closed", "otherwise": "nobody"},
        "closed": {"kind": "waterfall", "to": ["asleep", "tired"]},
        "asleep": {"kind": "destination"},
        "tired": {"kind": "when", "if": "age > 30", "then": "asleep", "otherwise": "dozing"},
        "dozing": {"kind": "destination", "destination": "asleep"}
    "#;
    assert_snapshot!(findings(&all(nodes, &catalog)), @r#"
    unreachable acme:: no lead can reach this node | connect it, or delete it
    duplicate_destination closed:to[1]: `asleep` was offered the lead by the ports before, and nobody is offered it twice | delete this port, or lead it to somebody else | {"home_owner":true}
    dead_end closed:: every lead that comes here ends unsold: no active destination below takes any | add a destination or a `reject`, or make one active | {"home_owner":true}
    unreachable zenith:: no lead can reach this node | connect it, or delete it
    "#);
}

#[test]
fn a_lead_that_passes_a_rule_because_a_field_is_missing_is_shown() {
    let when = |predicate: &str| {
        let nodes = format!(
            r#""start": {{"kind": "when", "if": "{predicate}", "then": "nobody", "otherwise": "order"}},
            "order": {{"kind": "waterfall", "to": ["acme", "zenith"]}}"#
        );
        found(&nodes)
    };
    assert_snapshot!(when("!(state in ['CA', 'TX'])"), @r#"missing_passes start:if: a lead without `state` passes this rule, which declines | of a missing value nothing is true, also no `!`: ask `!has(field) || …`, or require the field | {"state":null}"#);
    assert!(when("state != 'CA'").contains("a lead without `state` passes"));
    assert!(when("home_owner && !(age >= 25)").contains("a lead without `age` passes"));
    // What is asked as it is meant, and what a missing value is simply not.
    for sound in [
        "!has(state) || !(state in ['CA', 'TX'])",
        "!(has(state) && state in ['CA', 'TX'])",
        "state in ['AK', 'HI']",
        "age < 18",
        "!(received_at < timestamp('2026-01-01T00:00:00Z'))",
    ] {
        assert_eq!(when(sound), "", "{sound}");
    }
}

#[test]
fn a_lead_that_passes_a_row_because_a_field_is_missing_is_shown() {
    let table = |rows: &str, otherwise: &str| {
        found(&format!(
            r#""start": {{"kind": "table", "columns": ["state", "age"], "otherwise": "{otherwise}", "rows": [{rows}]}},
            "order": {{"kind": "waterfall", "to": ["acme", "zenith", "nobody"]}}"#
        ))
    };
    let row = r#"{"cells": [{"not_in": ["CA", "TX"]}, null], "to": "nobody"}"#;
    assert_snapshot!(table(row, "order"), @r#"missing_passes start:rows[0].cells[0]: a lead without `state` passes this rule, which declines | of a missing value nothing is true, also no `!`: ask `!has(field) || …`, or require the field | {"state":null}"#);
    let asked = format!(r#"{row}, {{"cells": [{{"missing": true}}, null], "to": "nobody"}}"#);
    assert_eq!(table(&asked, "order"), "");
}

#[test]
fn a_field_that_every_lead_has_when_it_is_sold_is_not_missing() {
    let mut catalog = catalog();
    let fields = json!([{ "name": "state", "kind": "region", "required": "post" }]);
    let schema = json!({ "vertical": "auto-insurance", "fields": fields });
    catalog.schema = serde_json::from_value(schema).unwrap();
    catalog.destinations.remove("picky");
    let nodes = r#""start": {"kind": "when", "if": "!(state in ['CA', 'TX'])", "then": "nobody", "otherwise": "order"},
        "order": {"kind": "waterfall", "to": ["acme", "zenith"]}"#;
    assert_eq!(findings(&all(nodes, &catalog)), "");
}

#[test]
fn ports_beyond_the_last_offer_are_told() {
    let order = |n: usize| {
        let mut catalog = catalog();
        let names: Vec<String> = (1..=n).map(|number| format!("b{number}")).collect();
        for name in &names {
            catalog
                .destinations
                .insert(name.clone(), crate::Destination::default());
        }
        let ports = names
            .iter()
            .map(|name| format!("\"{name}\""))
            .collect::<Vec<_>>()
            .join(", ");
        let buyers = names
            .iter()
            .map(|name| format!(r#""{name}": {{"kind": "destination"}}"#));
        let buyers = buyers.collect::<Vec<_>>().join(", ");
        let nodes = format!(
            r#""start": {{"kind": "when", "if": "home_owner", "then": "order", "otherwise": "rest"}},
            "rest": {{"kind": "waterfall", "to": ["acme", "zenith", "nobody"]}},
            "order": {{"kind": "waterfall", "to": [{ports}]}}, {buyers}"#
        );
        findings(&all(&nodes, &catalog))
    };
    assert_snapshot!(order(20), @"beyond_offers order:to[16]: a lead is offered 16 times at most, and the ports before this one make as many: 4 of 20 ports are tried only for leads that ports before do not want | put the best first, or choose among them before, by a rule or an `auction`");
    assert_eq!(order(16), "");
}

#[test]
fn a_predicate_of_thousands_of_alternatives_is_proved_whole() {
    let predicate = |join: &str, part: &dyn Fn(usize) -> String| {
        let parts: Vec<String> = (0..2_000).map(part).collect();
        let when =
            json!({ "kind": "when", "if": parts.join(join), "then": "acme", "otherwise": "rest" });
        found(&format!(
            r#""start": {when}, "rest": {{"kind": "waterfall", "to": ["zenith", "nobody"]}}"#
        ))
    };
    assert_eq!(
        predicate(" || ", &|n| format!("email == 'p{n}@x.example'")),
        ""
    );
    assert_eq!(
        predicate(" && ", &|n| format!("!zip.startsWith('Z{n}')")),
        ""
    );
    // Whatever is odd is found in them as in short ones.
    let always = predicate(" || ", &|n| match n {
        0 => "age < 50".to_owned(),
        n => format!("age >= {}", 50 + n % 10),
    });
    assert!(always.contains("always_true start:if"), "{always}");
}

#[test]
fn a_cell_of_many_beginnings_is_one_test() {
    let beginnings: Vec<String> = (0..20_000).map(|n| format!("p{n}@x")).collect();
    let table = json!({ "kind": "table", "columns": ["email"], "otherwise": "rest",
        "rows": [{ "cells": [{ "starts_with": beginnings }], "to": "acme" }] });
    let nodes =
        format!(r#""start": {table}, "rest": {{"kind": "waterfall", "to": ["zenith", "nobody"]}}"#);
    assert_eq!(found(&nodes), "");
}
