//! Predicates and derived values as CEL text: read, printed, read again, and reduced to what decides.

use std::{collections::BTreeMap, sync::LazyLock};

use pointsman_cel::canonical;
use pointsman_flow::{Catalog, DeriveNode, Destination, Document, Literal, Node, Program, WhenNode, compile};
use pointsman_lead::{Currency, Envelope, Field, Fields, Schema, Stage, Timestamp};
use serde_json::{Value as Json, json};

/// Reads a predicate. All of its spellings share one text, which is its own, and decides as it does.
///
/// The same text is taken for the value of a `derive` node, and for the criteria of a destination.
pub fn predicate(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let one = canonical(text);
    let program = program(text, "1");
    if let Some(one) = &one {
        // Escapes may make it longer than what may be read.
        if one.len() <= 65_536 {
            assert_eq!(canonical(one).as_ref(), Some(one), "{text:?}");
            decides_alike(program, self::program(one, "1"), text);
        }
    } else {
        assert!(program.is_none(), "{text:?}");
    }
    derived(text);
}

/// Two spellings of one predicate: both compile or neither does, to flows with one hash that send
/// every lead the same way.
fn decides_alike(one: Option<Program>, other: Option<Program>, text: &str) {
    assert_eq!(one.is_some(), other.is_some(), "{text:?}");
    let (Some(one), Some(other)) = (one, other) else {
        return;
    };
    assert_eq!(one.flow_hash(), other.flow_hash(), "{text:?}");
    for lead in LEADS.iter() {
        assert_eq!(ways(&one, lead), ways(&other, lead), "{text:?}");
    }
}

/// A value that can be computed: nothing wraps, whatever the lead.
fn derived(text: &str) {
    if let Some(program) = program("has(amount)", text) {
        for lead in LEADS.iter() {
            ways(&program, lead);
        }
    }
}

/// The ports that a lead takes, and whether the destination wants it.
fn ways(program: &Program, lead: &Fields) -> (Vec<u16>, String) {
    let codes = program.encode(lead);
    let nodes = program.nodes().map(|(node, _)| program.pick(node, &codes));
    (nodes.collect(), program.criteria(&codes).to_hex())
}

/// A flow that asks a predicate everywhere where one may stand; `None` if it cannot be.
fn program(predicate: &str, value: &str) -> Option<Program> {
    let when = WhenNode {
        condition: predicate.to_owned(),
        then: "table".to_owned(),
        otherwise: "acme".to_owned(),
    };
    let table = json!({"kind": "table", "columns": ["age", "credit"], "otherwise": "acme", "rows": [
        {"cells": [{"from": 18}, null], "if": predicate, "to": "picky"},
        {"cells": [null, ["good"]], "to": "no"}]});
    let score = json!({"kind": "scorecard", "points": [{"if": predicate, "points": 2}, {"if": "amount > 3", "points": 1}]});
    let node = |value: Json| serde_json::from_value::<Node>(value).expect("it is written so");
    let amount = DeriveNode {
        value: value.to_owned(),
        default: Some(Literal::Integer(0)),
        scale: None,
    };
    let nodes = [
        (
            "start",
            node(
                json!({"kind": "switch", "on": "score", "cases": [{"in": [2], "to": "when"}], "otherwise": "table"}),
            ),
        ),
        ("when", when.into()),
        ("table", node(table)),
        ("score", node(score)),
        ("amount", amount.into()),
        ("acme", node(json!({"kind": "destination"}))),
        ("picky", node(json!({"kind": "destination"}))),
        ("no", node(json!({"kind": "reject", "reason": "no"}))),
    ];
    let document = Document {
        flow: "fuzz".to_owned(),
        vertical: "fuzz".to_owned(),
        currency: Currency::USD,
        root: "start".to_owned(),
        max_sold: 1,
        dedupe: None,
        nodes: nodes.map(|(name, node)| (name.to_owned(), node)).into(),
        title: None,
        notes: None,
    };
    // What reads a computed value cannot be asked of a destination. A comment reads nothing.
    let read = canonical(predicate).unwrap_or_else(|| predicate.to_owned());
    let picky = Destination {
        criteria: (!read.contains("score") && !read.contains("amount"))
            .then(|| predicate.to_owned()),
        ..Destination::default()
    };
    let destinations = [("acme", Destination::default()), ("picky", picky)];
    let catalog = Catalog {
        schema: schema(),
        currency: Currency::USD,
        destinations: destinations
            .map(|(name, settings)| (name.to_owned(), settings))
            .into(),
        subflows: BTreeMap::new(),
        lists: BTreeMap::new(),
    };
    compile(&document, &catalog).ok()
}

fn schema() -> Schema {
    let fields: Vec<Field> =
        serde_json::from_str(include_str!("fields.json")).expect("it is written so");
    Schema::new("fuzz", fields).expect("it is written so")
}

/// Leads at the edges of what fields hold, and one of which nothing is known.
static LEADS: LazyLock<Vec<Fields>> = LazyLock::new(|| {
    let leads = [
        json!({}),
        json!({"state": "CA", "credit": "good", "age": 18, "roof": i64::MAX, "debt": i64::MIN, "income": "0", "home_owner": true}),
        json!({"state": "TX", "credit": "poor", "age": 120, "roof": 0, "debt": 7, "income": "92233720368547758.07", "rate": "-0.01", "home_owner": false, "zip": "94103"}),
        json!({"age": 0, "price": "9.999999999", "rate": "12.50", "company": "Café", "country": "US", "since": "2026-03-08T07:00:00Z"}),
        json!({"roof": i64::MIN, "debt": -1, "company": "a \"b\" \\ c", "since": "-009998-01-02T00:00:00Z", "ip": "::1", "page": "https://example.org/"}),
        json!({"credit": "fair", "age": 65, "debt": 1, "income": "-92233720368547758.08", "since": "9999-12-30T00:00:00Z", "email": "a@example.org", "phone": "+14155550100"}),
    ];
    let lead = |(lead, at): (Json, i64)| {
        let envelope = Envelope {
            source: if at % 2 == 0 { "seo" } else { "" },
            sub_ids: [const { None }; 5],
            received_at: Timestamp(at * 1_772_953_200_000_000 / 5),
            is_test: at == 3,
            stage: Stage::Post,
        };
        let fields = lead.as_object().expect("it is written so");
        schema().parse(fields, &envelope).expect("it is written so")
    };
    leads.into_iter().zip(0..).map(lead).collect()
});
