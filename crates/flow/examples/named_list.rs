//! What a named list costs a decision: a table by the length of the list.
//!
//! `cargo run --release -p pointsman-flow --example named_list`. Each lead is put into the terms of two flows, of which one also asks a
//! list; half of the leads are in it. Leads come in an order in which no value is near the one before.
#![expect(clippy::print_stdout, reason = "a table for people")]
#![expect(
    clippy::unwrap_used,
    reason = "what is made up here cannot be without it"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "time is what is measured; the crate itself knows none"
)]

use std::{collections::BTreeMap, hint::black_box, sync::Arc, time::Instant};

use pointsman_flow::{Catalog, Document, ListKind, ListReader, NamedList, Program, check};
use pointsman_lead::{Envelope, Fields, Schema, Stage, Timestamp};
use serde_json::json;

/// Leads that are decided, over and over.
const LEADS: usize = 65_536;
const ROUNDS: usize = 20;

fn main() {
    println!("| values | without | with the list | more |");
    println!("| ---: | ---: | ---: | ---: |");
    for n_values in [1_000, 100_000, 1_000_000] {
        let list = list(n_values);
        let leads: Vec<Fields> = (0..LEADS).map(|at| lead(at, n_values)).collect();
        let without = program("home_owner && !phone.startsWith('+1800')", &list);
        let with = program(
            "home_owner && !phone.startsWith('+1800') && !(phone in list('ours'))",
            &list,
        );
        // Alternating, so that what else the machine does falls on both.
        let (mut plain, mut asking) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..ROUNDS {
            plain = plain.min(nanos(&without, &leads));
            asking = asking.min(nanos(&with, &leads));
        }
        let more = asking - plain;
        println!("| {n_values} | {plain:.0} ns | {asking:.0} ns | {more:.0} ns |");
    }
}

/// Time of one lead, from its fields to the port that it takes.
fn nanos(program: &Program, leads: &[Fields]) -> f64 {
    let started = Instant::now();
    for lead in leads {
        let codes = program.encode(black_box(lead));
        black_box(program.pick(program.root(), &codes));
    }
    let n_leads = u32::try_from(leads.len()).unwrap();
    started.elapsed().as_secs_f64() * 1e9 / f64::from(n_leads)
}

/// A telephone number; those below the length of the list are in it.
fn phone(n: usize) -> String {
    format!("+1{:010}", 2_000_000_000 + n)
}

fn list(n_values: usize) -> NamedList {
    let mut reader = ListReader::new(ListKind::Phone);
    (0..n_values).for_each(|n| reader.add("", &phone(n)));
    reader.finish().unwrap()
}

/// A lead that is in the list at even places, far from the one before.
fn lead(at: usize, n_values: usize) -> Fields {
    let n = at.wrapping_mul(2_654_435_761) % n_values + n_values * (at % 2);
    let fields = json!({"home_owner": true, "phone": phone(n)});
    let envelope = Envelope {
        source: "web",
        sub_ids: Default::default(),
        received_at: Timestamp(0),
        is_test: false,
        stage: Stage::Post,
    };
    schema()
        .parse(fields.as_object().unwrap(), &envelope)
        .unwrap()
}

fn schema() -> Schema {
    let fields =
        json!([{"name": "home_owner", "kind": "boolean"}, {"name": "phone", "kind": "phone"}]);
    Schema::new("bench", serde_json::from_value(fields).unwrap()).unwrap()
}

fn program(predicate: &str, list: &NamedList) -> Program {
    let document = json!({
        "flow": "bench", "vertical": "bench", "currency": "USD", "root": "asks",
        "nodes": {
            "asks": {"kind": "when", "if": predicate, "then": "acme", "otherwise": "nobody"},
            "acme": {"kind": "destination"}, "nobody": {"kind": "reject", "reason": "no"},
        },
    });
    let document = Arc::new(Document::from_json(&document.to_string()).unwrap());
    let mut catalog = Catalog::assumed(&document, BTreeMap::new());
    catalog.schema = schema();
    catalog.lists.insert("ours".to_owned(), list.clone());
    check(document, &catalog).unwrap().program
}
