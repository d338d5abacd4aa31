//! Draws as people meet them: by name, by salt and key, by e-mail address, and as another language reckons them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(
    clippy::print_stdout,
    reason = "how many people move is worth reading, with --no-capture"
)]
#![expect(
    clippy::float_cmp,
    reason = "probabilities and shares that must be equal are equal to the bit"
)]

mod golden;
mod moves;
mod shares;

use std::collections::BTreeMap;

use pointsman_bandit::Allocation;
use pointsman_flow::{Catalog, Document, Program, Subflow, check};
use pointsman_lead::{Envelope, Fields, Stage, Timestamp};
use pointsman_router::{Conditions, Context, Event, HashKey, Mask, Step, Subject, Unit, Walk};
use serde_json::{Value as Json, json};

/// A program of these nodes, and of destinations that take every lead.
fn program(flow: &str, root: &str, nodes: &Json, destinations: &[&str]) -> Program {
    program_with(flow, root, nodes, destinations, BTreeMap::new())
}

fn program_with(
    flow: &str,
    root: &str,
    nodes: &Json,
    destinations: &[&str],
    subflows: BTreeMap<String, Subflow>,
) -> Program {
    let document = document(flow, root, nodes, destinations);
    let settings = destinations
        .iter()
        .map(|name| ((*name).to_owned(), json!({})));
    let catalog = json!({
        "schema": {"vertical": "test", "fields": [{"name": "email", "kind": "email", "pii": true}]},
        "currency": "USD",
        "destinations": settings.collect::<serde_json::Map<_, _>>(),
    });
    let catalog = Catalog {
        subflows,
        ..Catalog::from_stored(&catalog.to_string()).unwrap()
    };
    check(&document, &catalog).unwrap().program
}

fn document(flow: &str, root: &str, nodes: &Json, destinations: &[&str]) -> Document {
    let mut nodes = nodes.clone();
    for name in destinations {
        nodes[name] = json!({"kind": "destination"});
    }
    let document = json!({
        "flow": flow, "vertical": "test", "currency": "USD", "root": root, "nodes": nodes,
    });
    Document::from_json(&document.to_string()).unwrap()
}

fn fields(program: &Program, email: Option<&str>) -> Fields {
    let envelope = Envelope {
        source: "seo",
        sub_ids: [const { None }; 5],
        received_at: Timestamp(0),
        is_test: false,
        stage: Stage::Post,
    };
    let fields = json!({"email": email});
    let schema = program.schema();
    schema
        .parse(fields.as_object().unwrap(), &envelope)
        .unwrap()
}

fn subject(program: &Program, email: Option<&str>, unit: &str) -> Subject {
    let unit = Unit::new(unit, HashKey([7; 16]));
    Subject::new(program, &Allocation::prior(), &fields(program, email), unit)
}

/// Everybody free but these.
fn without(program: &Program, closed: &[&str]) -> Conditions {
    let mut free = Mask::full(u16::try_from(program.destinations().len()).unwrap());
    for name in closed {
        free.clear(program.destination_idx(name).unwrap());
    }
    free.into()
}

/// The first destination that a lead is offered to.
fn first<'a>(program: &'a Program, conditions: &Conditions, subject: &Subject) -> &'a str {
    let context = Context { program, subject };
    match Walk::new(context).next(context, conditions, Event::Start) {
        Step::Offer(offer) => &program.destinations()[usize::from(offer.destination.0)].name,
        other => panic!("{other:?}"),
    }
}
