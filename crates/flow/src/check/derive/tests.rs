use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use crate::{
    Document, Op, Program, check, diff,
    fixture::{catalog, checked, document, findings, lead, program},
    mermaid,
};

/// A flow that asks `predicate` about the derived values, which are members of an object of nodes.
fn asking(values: &str, predicate: &str) -> String {
    let predicate = Json::from(predicate);
    format!(
        r#""start": {{"kind": "when", "if": {predicate}, "then": "acme", "otherwise": "zenith"}}, {values}"#
    )
}

fn derive(value: &str, default: &str) -> String {
    let value = Json::from(value);
    format!(r#""x": {{"kind": "derive", "value": {value}, "default": {default}}}"#)
}

fn holds(program: &Program, members: &Json) -> bool {
    let codes = program.encode(&lead(members));
    let Op::Rule { ports } = program.node(program.root()) else {
        panic!("the root is a rule");
    };
    let port = ports[usize::from(program.pick(program.root(), &codes))];
    program.node_name(port) == "acme"
}

/// Whether the value `x` of a lead is `expected`, and nothing else.
fn is(values: &str, members: &Json, expected: &str) -> bool {
    let with = |predicate: &str| holds(&program(&asking(values, predicate)), members);
    match expected {
        "missing" => !with("has(x)"),
        expected => {
            with(&format!("x == {expected}"))
                && !with(&format!("x < {expected}"))
                && !with(&format!("x > {expected}"))
        }
    }
}

#[test]
fn a_value_is_what_its_expression_says() {
    let members = json!({ "age": 30, "price": 1_250, "received_at": "2026-01-31T23:30:00Z" });
    for (value, expected) in [
        ("age * 100 / 7", "428"),
        ("-age / 7", "-4"),
        ("-age % 7", "-2"),
        ("age - 40 - 5", "-15"),
        ("age - (40 - 5)", "-5"),
        ("max(age, 31, 4) - min(age, 31)", "1"),
        ("price + age", "42.5"),
        ("price * price", "156.25"),
        ("price / age", "0.41"),
        ("age / price", "2"),
        ("price / 1.25", "10"),
        ("price % 5", "2.5"),
        ("min(price, 12.501)", "12.5"),
        ("hour(received_at, 'Asia/Tokyo') * 60", "480"),
        ("weekday(received_at, 'Asia/Tokyo')", "7"),
        ("2 * (3 + 4)", "14"),
        ("0.125 * 8", "1"),
    ] {
        let values = derive(value, "null");
        assert!(is(&values, &members, expected), "{value} is {expected}");
    }
}

#[test]
fn a_declared_scale_cuts_off_and_gives_quotients_their_digits() {
    let members = json!({ "age": 30, "price": 1_299 });
    for (value, scale, expected) in [
        ("age / 7", 3, "4.285"),
        ("-age / 7", 1, "-4.2"),
        ("price", 0, "12"),
        ("price * price", 3, "168.740"),
        ("age", 2, "30"),
        ("age / 7 * 100", 2, "428"),
    ] {
        let values = format!(
            r#""x": {{"kind": "derive", "value": "{value}", "default": null, "scale": {scale}}}"#
        );
        assert!(
            is(&values, &members, expected),
            "{value} at {scale} is {expected}"
        );
    }
}

#[test]
fn what_cannot_be_computed_is_the_default() {
    let empty = json!({});
    let zero = json!({ "age": 0 });
    let most = "9223372036854775807";
    for (value, members) in [
        ("age + 1", &empty),
        ("min(age, 3)", &empty),
        ("0 * age", &empty),
        ("hour(received_at, 'UTC')", &empty),
        ("100 / age", &zero),
        ("100 % age", &zero),
        (&format!("{most} + (age + 1)"), &zero),
        (&format!("-{most} - age - 2"), &zero),
        (&format!("{most} * (age + 2)"), &zero),
        (&format!("({most} + age) * 1.5"), &zero),
    ] {
        assert!(is(&derive(value, "77"), members, "77"), "{value}");
        assert!(is(&derive(value, "null"), members, "missing"), "{value}");
    }
}

#[test]
fn values_read_scorecards_and_each_other_in_any_order_of_names() {
    let values = r#"
        "x": {"kind": "derive", "value": "z * 2 + score", "default": null},
        "z": {"kind": "derive", "value": "a - 1", "default": 5},
        "a": {"kind": "derive", "value": "age", "default": null},
        "score": {"kind": "scorecard", "points": [{"if": "a > 20", "points": 100}, {"if": "has(z)", "points": 1000}]}
    "#;
    assert!(is(values, &json!({ "age": 30 }), "1158"));
    assert!(is(values, &json!({ "age": 3 }), "1004"));
    assert!(is(values, &json!({}), "1010"));
}

#[test]
fn a_switch_and_a_table_read_derived_values() {
    let program = program(
        r#"
        "start": {"kind": "table", "columns": ["cents", "decade"], "otherwise": "by-decade", "rows": [
            {"cells": [{"from": "12.50", "to": 20}, null], "to": "acme"}]},
        "by-decade": {"kind": "switch", "on": "decade", "cases": [{"in": [3], "to": "zenith"}], "otherwise": "nobody"},
        "cents": {"kind": "derive", "value": "price", "default": "0.00"},
        "decade": {"kind": "derive", "value": "age / 10", "default": null}
    "#,
    );
    let reached = |members: Json| {
        let codes = program.encode(&lead(&members));
        let mut at = program.root();
        while let Op::Rule { ports } = program.node(at) {
            at = ports[usize::from(program.pick(at, &codes))];
        }
        program.node_name(at)
    };
    assert_eq!(reached(json!({ "price": 1_250 })), "acme");
    assert_eq!(reached(json!({ "price": 1_249, "age": 39 })), "zenith");
    assert_eq!(reached(json!({})), "nobody");
}

fn found(nodes: &str) -> String {
    match checked(nodes) {
        Ok(checked) => findings(&checked.warnings),
        Err(found) => findings(&found),
    }
}

#[test]
fn every_mistake_of_a_value_is_reported_at_once() {
    let values = r#"
        "a": {"kind": "derive", "value": "agee + state * credit - received_at", "default": 0},
        "b": {"kind": "derive", "value": "age / 0 + age % (1 - 1)", "default": 0},
        "c": {"kind": "derive", "value": "900000000000000000 * 100", "default": 0},
        "d": {"kind": "derive", "value": "hour(age, 'Mars/Base')", "default": 0},
        "e": {"kind": "derive", "value": "price * price", "default": "1.23456"},
        "f": {"kind": "derive", "value": "age", "default": "young"},
        "g": {"kind": "derive", "value": "age", "default": true, "scale": 10},
        "h": {"kind": "derive", "value": "price * price * price * price * price", "default": 0},
        "i": {"kind": "derive", "value": "0.123456789 * 0.123456789 * 0.1", "default": 0},
        "j": {"kind": "derive", "value": "age > 3", "default": 0},
        "k": {"kind": "derive", "value": "acme + start", "default": 0},
        "age": {"kind": "derive", "value": "1", "default": 0}
    "#;
    let predicate = "a > 3 && b > 3 && c > 3 && d > 3 && e > 3 && f > 3 && g > 3 && h > 3 && i > 3 && j > 3 && k > 3";
    assert_snapshot!(found(&asking(values, predicate)), @r#"
    unknown_field a:value 0..4: leads of `auto-insurance` have no field `agee` | did you mean `age`?
    type_mismatch a:value 7..12: `state` is a text, not a number | count points for it in a scorecard
    type_mismatch a:value 15..21: `credit` is one of its labels, not a number | count points for it in a scorecard
    ambiguous_name age:: `age` is also a field, so predicates could not tell them apart | rename the derived value
    division_by_zero b:value 6..7: this is always 0 | every lead would get the default
    division_by_zero b:value 17..22: this is always 0 | every lead would get the default
    overflow c:value 0..24: this number has more than 64 bits | every lead would get the default
    unknown_zone d:value 10..21: `Mars/Base` is not an IANA time zone | write it like America/New_York
    type_mismatch d:value 5..8: `age` is not a point in time
    scale_range e:default: `e` has 4 digits after the point, and 64 bits in all | write a value that fits
    type_mismatch f:default: `f` is a whole number, but is compared with a text | drop the quotes
    scale_range g:scale: a value has at most 9 digits after the point, not 10
    scale_range h:value 0..37: this value has 10 digits after the point; 9 is the limit | declare a `scale`, like "scale": 2
    scale_range i:value 0..31: this product has 19 digits after the point; 18 is the limit | put one factor into a `derive` node with a smaller `scale`
    not_in_subset j:value 4..5: CEL has tests, but derived values do not | ask in a predicate, or count points in a scorecard
    unknown_field k:value 0..4: leads of `auto-insurance` have no field `acme`
    unknown_field k:value 7..12: leads of `auto-insurance` have no field `start`
    unreachable nobody:: no lead can reach this node | connect it, or delete it
    "#);
}

#[test]
fn a_value_is_no_step_and_may_not_need_itself() {
    let values = r#"
        "x": {"kind": "derive", "value": "y + 1", "default": 0},
        "y": {"kind": "derive", "value": "s * 2", "default": 0},
        "s": {"kind": "scorecard", "points": [{"if": "x > 3", "points": 1}]},
        "w": {"kind": "waterfall", "to": ["x"]},
        "n": {"kind": "derive", "value": "age", "default": null},
        "b": {"kind": "split", "sticky": "n", "arms": [{"weight_ppm": 1000000, "to": "acme"}]}
    "#;
    assert_snapshot!(found(&asking(values, "x > 3")), @"
    unreachable b:: no lead can reach this node | connect it, or delete it
    type_mismatch b:sticky: `n` is a derived value, but a field is needed here
    unreachable n:: nothing that leads reach reads this derived value | connect it, or delete it
    unreachable nobody:: no lead can reach this node | connect it, or delete it
    port_to_derive w:to[0]: `x` is a derived value; no lead goes to it | read it in a predicate, a switch or a table
    unreachable w:: no lead can reach this node | connect it, or delete it
    cycle x:: these values need each other: `x` → `y` → `s` → `x` | remove one of these edges
    ");
    let root = document(&derive("age", "0")).map(|mut document| {
        document.root = "x".to_owned();
        findings(&check(&document, &catalog()).unwrap_err())
    });
    assert_snapshot!(root.unwrap(), @"port_to_derive :root: the flow starts at `x`, which is a derived value");
}

#[test]
fn the_default_must_be_written() {
    let without = document(r#""x": {"kind": "derive", "value": "age", "scale": 300}"#);
    assert_snapshot!(findings(&without.unwrap_err()), @"
    missing_member x:default: `default` is missing | write what stands in for a missing input, an overflow or a division by zero, or null
    wrong_type x:scale: this is the number `300`, but should be a whole number from 0 to 255
    ");
    let wrong = document(r#""x": {"kind": "derive", "default": [1, 2], "defualt": 0}"#);
    assert_snapshot!(findings(&wrong.unwrap_err()), @r#"
    missing_member x:value: `value` is missing | add `value`
    wrong_type x:default: a default is a value, null, or {"missing": true}
    unknown_member x:defualt: `defualt` has no meaning here | did you mean `default`?
    "#);
}

#[test]
fn documents_with_values_read_back_from_json_and_toml() {
    for default in ["null", "3", "\"1.50\"", "{\"missing\": true}"] {
        let document = document(&derive("price * 2", default)).unwrap();
        let json = Document::from_json(&document.to_json());
        assert_eq!(json.as_ref(), Ok(&document));
        let toml = document.to_toml();
        assert_eq!(Document::from_toml(&toml).as_ref(), Ok(&document), "{toml}");
        let plain = serde_json::from_str::<Document>(&document.to_json());
        assert_eq!(plain.unwrap(), document);
    }
}

#[test]
fn the_spelling_does_not_count_and_the_meaning_does() {
    let hash = |values: &str| {
        let mut document = document(&asking(values, "x > 3")).unwrap();
        document.title = Some("a title".to_owned());
        document.hash()
    };
    let base = derive("age * 100 / 7", "0");
    assert_eq!(hash(&base), hash(&derive("(lead.age*100)/7", "0")));
    let others = [
        derive("age * (100 / 7)", "0"),
        derive("age * 100 / 7", "1"),
        derive("age * 100 / 7", "null"),
        base.replace('}', r#", "scale": 2}"#),
    ];
    for other in others {
        assert_ne!(hash(&base), hash(&other), "{other}");
    }
}

#[test]
fn a_change_of_a_value_is_told_in_words() {
    let flow = |values: &str| document(&asking(values, "x > 3")).unwrap();
    let (old, new) = (flow(&derive("age*2", "0")), flow(&derive("age*3", "null")));
    let changes = diff(&old, &new);
    let lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
    assert_snapshot!(lines.join("\n"), @"
    default of derive `x`: 0 → missing
    value of derive `x`: age * 2 → age * 3
    ");
    assert!(mermaid(&new).contains(r#"[/"derive x<br/>age*3"/]"#));
}
