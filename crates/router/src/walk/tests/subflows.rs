//! Walks through flows that stand in others.

use pointsman_flow::{Catalog, Document, Program, check};
use serde_json::{Value, json};

use super::{Rejected, told};

fn document(flow: &str, nodes: &Value) -> Document {
    let mut nodes = nodes.clone();
    for name in ["a", "b", "c", "d"] {
        nodes[name] = json!({"kind": "destination"});
    }
    let document = json!({
        "flow": flow, "vertical": "test", "currency": "USD", "root": "start", "nodes": nodes,
    });
    Document::from_json(&document.to_string()).unwrap()
}

/// A flow in which these stand; the last of a name is its live version.
fn program(nodes: &Value, subflows: &[Document]) -> Program {
    let settings = ["a", "b", "c", "d"].map(|name| (name.to_owned(), json!({})));
    let catalog = json!({
        "schema": {"vertical": "test", "fields": [{"name": "age", "kind": "integer"}]},
        "currency": "USD",
        "destinations": settings.into_iter().collect::<serde_json::Map<_, _>>(),
    });
    let mut catalog = Catalog::from_stored(&catalog.to_string()).unwrap();
    for document in subflows {
        let subflow = catalog.subflows.entry(document.flow.clone()).or_default();
        subflow.live = Some(document.hash());
        subflow.versions.insert(document.hash(), document.clone());
    }
    check(document("outer", nodes), &catalog).unwrap().program
}

#[test]
fn what_a_subflow_leaves_goes_back_to_the_flow_around_it() {
    let inner = document(
        "inner",
        &json!({"start": {"kind": "when", "if": "age > 17", "then": "falls", "otherwise": "no"},
            "falls": {"kind": "waterfall", "to": ["b", "c"]},
            "no": {"kind": "reject", "reason": "too young"}}),
    );
    let outer = json!({"start": {"kind": "waterfall", "to": ["a", "in", "d"]},
        "in": {"kind": "subflow", "flow": "inner"}});
    let program = program(&outer, &[inner]);
    assert_eq!(
        told(&program, Some(20), "u", &[Rejected; 4]),
        ["a 1.000", "b 1.000", "c 1.000", "d 1.000", "unsold 1.000"]
    );
    assert_eq!(
        told(&program, Some(3), "u", &[Rejected]),
        ["a 1.000", "declined 1.000"]
    );
}

#[test]
fn two_versions_of_a_subflow_draw_apart() {
    let inner = |one: &str, other: &str| {
        let arms =
            json!([{"weight_ppm": 500_000, "to": one}, {"weight_ppm": 500_000, "to": other}]);
        document("inner", &json!({"start": {"kind": "split", "arms": arms}}))
    };
    let (old, new) = (inner("a", "b"), inner("c", "d"));
    let outer = json!({"start": {"kind": "waterfall", "to": ["old", "new"]},
        "old": {"kind": "subflow", "flow": "inner", "version": old.hash()},
        "new": {"kind": "subflow", "flow": "inner"}});
    let program = program(&outer, &[old, new]);
    let alike = (0..400).filter(|n| {
        let offers = told(&program, None, &format!("unit-{n}"), &[Rejected; 4]);
        // Positions of the first arms drawn in either version.
        offers[0].starts_with('a') == offers[2].starts_with('c')
    });
    let n_alike = alike.count();
    assert!((140..260).contains(&n_alike), "{n_alike} of 400");
}
