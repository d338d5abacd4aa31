//! Programs against a second, naive reading of the same documents.

use insta::assert_snapshot;
use pointsman_cel as cel;
use pointsman_lead::{FieldIdx, Fields, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::{
    OfKind as _, Op, Program, TableNode, check,
    fixture::{catalog, lead, program},
};
use naive::{age_cell, any_lead, cell, naive, predicate, state_cell};

pub(super) mod naive;

/// Name of the node that a lead comes to from the root by rules alone.
fn reached(program: &Program, fields: &Fields) -> String {
    let codes = program.encode(fields);
    let mut at = program.root();
    while let Op::Rule { ports } = program.node(at) {
        at = ports[usize::from(program.pick(at, &codes))];
    }
    program.node_name(at).to_owned()
}

pub(super) fn when(predicate: &str) -> Program {
    let predicate = Json::from(predicate);
    program(&format!(
        r#""start": {{"kind": "when", "if": {predicate}, "then": "acme", "otherwise": "zenith"}}"#
    ))
}

/// `t` if the predicate is true, `f` if it is false, `u` if it is unknown, for each lead.
fn values(predicate: &str, leads: &[Json]) -> String {
    let (is, is_not) = (when(predicate), when(&format!("!({predicate})")));
    let value = |members| {
        let fields = lead(members);
        match (
            reached(&is, &fields).as_str(),
            reached(&is_not, &fields).as_str(),
        ) {
            ("acme", "zenith") => 't',
            ("zenith", "acme") => 'f',
            ("zenith", "zenith") => 'u',
            both => panic!("true and not true at once: {both:?}"),
        }
    };
    leads.iter().map(value).collect()
}

#[test]
fn a_missing_field_makes_a_predicate_unknown() {
    let leads = [
        json!({}),
        json!({ "age": 30 }),
        json!({ "state": "CA" }),
        json!({ "age": 30, "state": "CA" }),
        json!({ "age": 31, "state": "TX", "home_owner": true }),
    ];
    let predicates = [
        "age == 30",
        "age != 30",
        "age == 30 || state == 'CA'",
        "age == 30 && state == 'CA'",
        "has(age) && age == 30",
        "!has(age) || age == 30",
        "age in [30, 32]",
        "age < 31 || age >= 31",
        "home_owner",
        "home_owner == false",
        "state.startsWith('C')",
        "state.startsWith('')",
        "true || age == 30",
        "false && age == 30",
    ];
    let lines = predicates.map(|predicate| format!("{} {predicate}", values(predicate, &leads)));
    assert_snapshot!(lines.join("\n"), @"
    ututf age == 30
    ufuft age != 30
    utttf age == 30 || state == 'CA'
    uuutf age == 30 && state == 'CA'
    ftftf has(age) && age == 30
    ttttf !has(age) || age == 30
    ututf age in [30, 32]
    ututt age < 31 || age >= 31
    uuuut home_owner
    uuuuf home_owner == false
    uuttf state.startsWith('C')
    uuttt state.startsWith('')
    ttttt true || age == 30
    fffff false && age == 30
    ");
}

#[test]
fn hours_and_weekdays_are_local() {
    let leads = [
        json!({ "received_at": "2026-03-08T06:59:59Z" }), // Sunday 01:59:59 in New York, before the clocks change
        json!({ "received_at": "2026-03-08T07:00:00Z" }), // Sunday 03:00
        json!({ "received_at": "2026-03-09T03:59:59Z" }), // still Sunday there
        json!({ "received_at": "2026-03-09T04:00:00Z" }), // Monday
        json!({}),
    ];
    let predicates = [
        "hour(received_at, 'America/New_York') == 1",
        "hour(received_at, 'America/New_York') == 2",
        "hour(received_at, 'America/New_York') >= 3",
        "weekday(received_at, 'America/New_York') == 7",
        "weekday(received_at, 'UTC') == 7",
        "weekday(received_at, 'America/New_York') in [1, 2]",
    ];
    let lines = predicates.map(|predicate| format!("{} {predicate}", values(predicate, &leads)));
    assert_snapshot!(lines.join("\n"), @"
    tfffu hour(received_at, 'America/New_York') == 1
    ffffu hour(received_at, 'America/New_York') == 2
    fttfu hour(received_at, 'America/New_York') >= 3
    tttfu weekday(received_at, 'America/New_York') == 7
    ttffu weekday(received_at, 'UTC') == 7
    ffftu weekday(received_at, 'America/New_York') in [1, 2]
    ");
}

#[test]
fn decimals_compare_by_value_whatever_their_digits() {
    let leads = [149, 150, 151].map(|price| json!({ "price": price }));
    let predicates = [
        "price == 1.5",
        "price < 1.505",
        "price <= 1.495",
        "price > 1.5000",
        "price >= 1.495",
        "price < 2",
        "price == 1.505",
    ];
    let lines = predicates.map(|predicate| format!("{} {predicate}", values(predicate, &leads)));
    assert_snapshot!(lines.join("\n"), @"
    ftf price == 1.5
    ttf price < 1.505
    tff price <= 1.495
    fft price > 1.5000
    ftt price >= 1.495
    ttt price < 2
    fff price == 1.505
    ");
}

#[test]
fn scorecards_count_what_is_true_and_may_read_one_another() {
    let program = program(
        r#"
        "start": {"kind": "table", "columns": ["total", "credit"], "otherwise": "nobody", "rows": [
            {"cells": [{"from": 60}, null], "to": "acme"},
            {"cells": [{"from": 0, "to": 60}, ["good", "fair"]], "to": "zenith"}]},
        "total": {"kind": "scorecard", "points": [
            {"if": "base >= 40", "points": 30}, {"if": "home_owner", "points": 20}, {"if": "age < 25", "points": -50}]},
        "base": {"kind": "scorecard", "points": [
            {"if": "credit == 'good'", "points": 40}, {"if": "state == 'CA'", "points": 10}]}
    "#,
    );
    let reached = |members: Json| reached(&program, &lead(&members));
    assert_eq!(reached(json!({})), "nobody");
    assert_eq!(reached(json!({ "credit": "fair" })), "zenith");
    assert_eq!(
        reached(json!({ "credit": "good", "home_owner": true })),
        "zenith"
    );
    assert_eq!(reached(json!({ "credit": "fair", "age": 20 })), "nobody");
}

#[test]
fn points_are_held_at_the_ends_of_64_bits() {
    let max = i64::MAX;
    let program = program(&format!(
        r#"
        "start": {{"kind": "when", "if": "score >= {max}", "then": "acme", "otherwise": "zenith"}},
        "score": {{"kind": "scorecard", "points": [
            {{"if": "true", "points": {max}}}, {{"if": "true", "points": {max}}}, {{"if": "home_owner", "points": -{max}}}]}}
    "#
    ));
    assert_eq!(reached(&program, &lead(&json!({}))), "acme");
    assert_eq!(
        reached(&program, &lead(&json!({ "home_owner": true }))),
        "acme"
    );
}

#[test]
fn criteria_hold_only_where_they_are_true() {
    let program = program(
        r#"
        "start": {"kind": "waterfall", "to": ["p", "acme", "zenith"]},
        "p": {"kind": "destination", "destination": "picky"}
    "#,
    );
    let wanted_by = |members: Json| {
        let mask = program.criteria(&program.encode(&lead(&members)));
        let names = mask
            .iter()
            .map(|idx| program.destinations()[usize::from(idx.0)].name.clone());
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(wanted_by(json!({})), "acme zenith");
    assert_eq!(wanted_by(json!({ "credit": "good" })), "acme zenith");
    assert_eq!(
        wanted_by(json!({ "credit": "good", "age": 24 })),
        "acme zenith"
    );
    assert_eq!(
        wanted_by(json!({ "credit": "good", "age": 25 })),
        "acme picky zenith"
    );
}

#[test]
fn nodes_know_what_lies_below() {
    let program = program(
        r#"
        "start": {"kind": "waterfall", "to": ["split", "when"]},
        "split": {"kind": "split", "arms": [{"weight_ppm": 1000000, "to": "acme"}], "sticky": "email"},
        "when": {"kind": "when", "if": "home_owner", "then": "zenith", "otherwise": "nobody"}
    "#,
    );
    let lines = program.nodes().map(|(idx, op)| {
        let leaves = program.leaves(idx);
        let (name, mask, salt) = (
            program.node_name(idx),
            leaves.mask.to_hex(),
            match op {
                Op::Split { salt, .. } => format!(" salt {:02x?}", &salt.0[..4]),
                _ => String::new(),
            },
        );
        format!(
            "{} {name}: {mask} reject {} exact {}{salt}",
            idx.0, leaves.can_reject, leaves.exact
        )
    });
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    0 start: 03 reject true exact false
    1 when: 02 reject true exact false
    2 nobody: 00 reject true exact true
    3 zenith: 02 reject false exact true
    4 split: 01 reject false exact true salt [f8, da, b6, f4]
    5 acme: 01 reject false exact true
    ");
}

#[test]
fn a_change_of_other_destinations_changes_no_program() {
    let program = program(
        r#""start": {"kind": "when", "if": "home_owner", "then": "acme", "otherwise": "nobody"}"#,
    );
    assert_eq!(program.destinations().len(), 1);
    let mut catalog = catalog();
    catalog.destinations.remove("zenith");
    let mut document = program.document().clone();
    document.nodes.remove("zenith");
    let again = check(&document, &catalog).unwrap().program;
    assert_eq!(again.catalog_hash(), program.catalog_hash());
    assert_eq!(again.flow_hash(), program.flow_hash());
    let acme = catalog.destinations.get_mut("acme").unwrap();
    acme.active = false;
    let stopped = check(&document, &catalog).unwrap().program;
    assert_ne!(stopped.catalog_hash(), program.catalog_hash());
}

proptest! {
    /// Values of which a program is told the same may stand for each other.
    #[test]
    fn values_that_are_told_alike_have_the_same_codes(text in predicate(), a in any_lead(), b in any_lead()) {
        let program = when(&text);
        let fields = (0..).map(FieldIdx).zip(program.schema().fields());
        let values = fields.map(|(field, _)| {
            let told = |lead: &Fields| program.classes_of_value(field, lead.get(field).map(Value::borrowed));
            let is_alike = told(&a).is_some() && told(&a) == told(&b);
            (if is_alike { &b } else { &a }).get(field).cloned()
        });
        let mixed = Fields::new(values.collect());
        prop_assert_eq!(program.encode(&mixed), program.encode(&a));
    }

    #[test]
    fn predicates_mean_what_their_trees_say(text in predicate(), fields in any_lead()) {
        let schema = catalog().schema;
        let expected = naive(&cel::parse(&text).unwrap(), &schema, &fields);
        let reached = reached(&when(&text), &fields);
        prop_assert_eq!(reached == "acme", expected == Some(true));
        // The canonical text means the same.
        let normal = cel::normal_form(&cel::parse(&text).unwrap());
        prop_assert_eq!(naive(&cel::parse(&normal).unwrap(), &schema, &fields), expected);
        prop_assert_eq!(cel::normal_form(&cel::parse(&normal).unwrap()), normal);
    }

    #[test]
    fn tables_take_the_first_row_that_a_linear_scan_finds(
        rows in prop::collection::vec((age_cell(), state_cell(), prop::option::weighted(0.2, predicate()), 0..3_usize), 1..90),
        leads in prop::collection::vec(any_lead(), 1..8),
    ) {
        let ports = ["acme", "zenith", "nobody"];
        let rows: Vec<Json> = rows
            .iter()
            .map(|(age, state, condition, port)| json!({ "cells": [age, state], "if": condition, "to": ports[*port] }))
            .collect();
        let table = json!({ "kind": "table", "columns": ["age", "state"], "rows": rows, "otherwise": "end" });
        let program = program(&format!(r#""start": {table}, "end": {{"kind": "reject", "reason": "end"}}"#));
        let start = program.document().nodes.get("start");
        let Some(TableNode { rows, .. }) = start.and_then(TableNode::of) else {
            unreachable!("it was written so");
        };
        for fields in leads {
            let schema = program.schema();
            let first = rows.iter().find(|row| {
                let condition = row.condition.as_deref().map(|text| cel::parse(text).unwrap());
                cell(schema, "age", &row.cells[0], &fields)
                    && cell(schema, "state", &row.cells[1], &fields)
                    && condition.is_none_or(|expr| naive(&expr, schema, &fields) == Some(true))
            });
            let expected = first.map_or("end", |row| row.to.as_str());
            prop_assert_eq!(reached(&program, &fields), expected);
        }
    }
}
