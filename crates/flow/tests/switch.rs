//! A switch finds its port by the class of a value, however many values it names.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use pointsman_flow::{Catalog, Destination, Document, Op, Program, check};
use pointsman_lead::{Envelope, Schema, Stage, Timestamp};
use serde_json::{Map, json};

/// Just below what one field can tell apart.
const N_VALUES: usize = 60_000;

const PORTS: [&str; 4] = ["acme", "zenith", "nobody", "later"];

/// Sources in cases: the one at `i` goes to the port `i % 3`, and all others to the last port.
fn program() -> Program {
    let case = |port: usize| {
        let values = (port..N_VALUES).step_by(3).map(|at| format!("source-{at}"));
        json!({"in": values.collect::<Vec<_>>(), "to": PORTS[port]})
    };
    let document = json!({
        "flow": "sources", "vertical": "any", "currency": "USD", "root": "start", "nodes": {
            "start": {"kind": "switch", "on": "source", "otherwise": "later", "cases": [case(0), case(1), case(2)]},
            "acme": {"kind": "destination"}, "zenith": {"kind": "destination"}, "later": {"kind": "destination"},
            "nobody": {"kind": "reject", "reason": "no buyer wants it"},
        },
    });
    let document = Document::from_json(&document.to_string()).unwrap();
    let destinations = ["acme", "zenith", "later"].map(str::to_owned);
    let catalog = Catalog {
        schema: Schema::new("any", Vec::new()).unwrap(),
        currency: document.currency,
        destinations: destinations
            .map(|name| (name, Destination::default()))
            .into(),
        subflows: std::collections::BTreeMap::new(),
        lists: std::collections::BTreeMap::new(),
    };
    check(&document, &catalog).unwrap().program
}

fn port<'a>(program: &'a Program, source: &str) -> &'a str {
    let envelope = Envelope {
        source,
        sub_ids: [const { None }; 5],
        received_at: Timestamp(0),
        is_test: false,
        stage: Stage::Post,
    };
    let fields = program.schema().parse(&Map::new(), &envelope).unwrap();
    let Op::Rule { ports } = program.node(program.root()) else {
        panic!("the root is a switch");
    };
    let pick = program.pick(program.root(), &program.encode(&fields));
    program.node_name(ports[usize::from(pick)])
}

#[test]
fn sixty_thousand_values_each_go_their_way() {
    let program = program();
    for at in 0..N_VALUES {
        assert_eq!(port(&program, &format!("source-{at}")), PORTS[at % 3]);
    }
    for source in ["", "source-", "source-60000", "source-00"] {
        assert_eq!(port(&program, source), "later");
    }
}
