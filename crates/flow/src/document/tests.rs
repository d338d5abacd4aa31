use insta::assert_snapshot;
use proptest::prelude::*;

use crate::{
    AuctionNode, BanditArm, BanditNode, Bidder, Case, Cell, DelayPrior, DeriveNode,
    DestinationNode, Document, Hash, Hit, LearningSettings, Literal, Node, Objective, OfKind as _,
    Points, RatePrior, RejectNode, RotateArm, RotateBy, RotateNode, Row, ScorecardNode, SplitArm,
    SplitNode, SubflowNode, SwitchNode, TableNode, WaterfallNode, WhenNode,
    fixture::{document, findings},
};

fn found(text: &str) -> String {
    findings(&Document::from_json(text).unwrap_err())
}

#[test]
fn every_bad_node_and_member_is_reported_at_once() {
    let text = r#"{
        "flow": "x", "vertical": 3, "currency": "usd", "rooot": "a", "max_sold": 300,
        "nodes": {
            "a": {"kind": "wen", "if": "true"},
            "b": {"kind": "when", "if": 3, "then": "x", "otherwize": "y"},
            "c": {"kind": "switch", "on": "state", "cases": [{"in": "CA", "to": "x"}, {"in": ["CA", null], "too": "x"}], "otherwise": "x"},
            "d": {"kind": "table", "hit": "all", "columns": ["state"], "rows": [
                {"cells": [{"form": 1}], "to": "x"}, {"cells": [{"missing": false}], "to": "x"}, 3]},
            "e": {"kind": "split", "arms": [{"weight_ppm": -1, "to": "x"}, {"weight_ppm": 1.5, "to": 3}]},
            "f": {"kind": "bandit", "arms": {}, "maximize": "money"},
            "g": {"kind": "waterfall", "to": ["x", 3]},
            "h": {"kind": "scorecard", "points": [{"if": "true", "points": "3"}]},
            "i": {"if": "true"},
            "j": []
        }
    }"#;
    assert_snapshot!(found(text), @r#"
    wrong_type :vertical: this is the number `3`, but should be a text
    wrong_type :currency: `usd` is not a currency code; write three capital letters, like USD
    missing_member :root: `root` is missing | add `root`
    wrong_type :max_sold: this is the number `300`, but should be a whole number from 0 to 255
    unknown_kind a:kind: `wen` is not a kind of node | did you mean `when`?
    wrong_type b:if: this is the number `3`, but should be a text
    missing_member b:otherwise: `otherwise` is missing | add `otherwise`
    unknown_member b:otherwize: `otherwize` has no meaning here | did you mean `otherwise`?
    wrong_type c:cases[0].in: `in` is a list
    wrong_type c:cases[1].in[1]: this is null, but should be true, false, a number or a text
    missing_member c:cases[1].to: `to` is missing | add `to`
    unknown_member c:cases[1].too: `too` has no meaning here | did you mean `to`?
    wrong_type d:hit: this is `all`, but should be `first` or `unique`
    wrong_type d:rows[0].cells[0]: this is not a cell; a cell is null, a value, a list of values, {"not_in": [x, y]}, {"from": x, "to": y}, {"starts_with": [x, y]}, {"missing": true} or {"any": true}
    wrong_type d:rows[1].cells[0]: this is not a cell; a cell is null, a value, a list of values, {"not_in": [x, y]}, {"from": x, "to": y}, {"starts_with": [x, y]}, {"missing": true} or {"any": true}
    wrong_type d:rows[2]: this is an object with `cells`, `if`, `to`
    wrong_type e:arms[0].weight_ppm: this is the number `-1`, but should be a whole number from 0 to 4294967295
    wrong_type e:arms[1].weight_ppm: this is the number `1.5`, but should be a whole number from 0 to 4294967295
    wrong_type e:arms[1].to: this is the number `3`, but should be a text
    wrong_type f:arms: `arms` is a list
    wrong_type f:maximize: this is `money`, but should be one of `net_revenue`, `conversions`, `accepted`
    missing_member f:explore_ppm: `explore_ppm` is missing | add `explore_ppm`
    wrong_type g:to[1]: this is the number `3`, but should be a text
    wrong_type h:points[0].points: this is the text "3", but should be a whole number of 64 bits
    missing_member i:kind: `kind` is missing | add `kind`
    wrong_type j:: a node is an object with a `kind`
    unknown_member :rooot: `rooot` has no meaning here | did you mean `root`?
    "#);
}

#[test]
fn names_that_stand_twice_are_an_error() {
    let text = r#"{"flow": "x", "flow": "y", "vertical": "v", "currency": "USD", "root": "a",
        "nodes": {"a": {"kind": "reject", "reason": "r"}, "a": {"kind": "reject", "reason": "s", "reason": "t"}}}"#;
    assert_snapshot!(found(text), @"
    duplicate_name :flow: `flow` is there twice | rename or delete one of them
    duplicate_name :nodes.a: `nodes.a` is there twice | rename or delete one of them
    duplicate_name :nodes.a.reason: `nodes.a.reason` is there twice | rename or delete one of them
    ");
}

#[test]
fn what_is_not_a_document_is_said_so() {
    let deep = "[".repeat(100_000);
    let texts = ["", "[]", "{\"a\": }", "{} {}", &deep];
    let lines =
        texts.map(|text| format!("{:.8}\n    {}", text, found(text).replace('\n', "\n    ")));
    assert_snapshot!(lines.join("\n"), @r#"
        not_json :: this is not JSON: EOF while parsing a value at line 1 column 0
    []
        wrong_shape :: a flow is an object with `flow`, `vertical`, `currency`, `root`, `nodes`
    {"a": }
        not_json :: this is not JSON: expected value at line 1 column 7
    {} {}
        not_json :: this is not JSON: trailing characters at line 1 column 4
    [[[[[[[[
        not_json :: this is not JSON: recursion limit exceeded at line 1 column 128
    "#);
    let errors = Document::from_toml("flow = \"x\"\nroot = ").unwrap_err();
    assert_snapshot!(findings(&errors), @"not_toml : 18..18: this is not TOML: string values must be quoted, expected literal string");
}

#[test]
fn cells_may_be_written_short() {
    let document = document(
        r#""start": {"kind": "table", "columns": ["age"], "rows": [
        {"cells": ["CA", 3, true, 1.5, null, {"any": true}, {"from": 3, "to": null},
            {"not_in": "CA"}, {"not_in": ["CA", 3]}, {"starts_with": "9"}, {"starts_with": ["9", "10"]}], "to": "start"}]}"#,
    );
    let document = document.unwrap();
    let rows = &TableNode::of(&document.nodes["start"]).unwrap().rows;
    assert_snapshot!(serde_json::to_string(&rows[0].cells).unwrap(), @r#"[["CA"],[3],[true],["1.5"],null,null,{"from":3},{"not_in":["CA"]},{"not_in":["CA",3]},{"starts_with":["9"]},{"starts_with":["9","10"]}]"#);
}

#[test]
fn toml_is_the_same_document() {
    let document = document(
        r#""start": {"kind": "table", "columns": ["age", "state"], "otherwise": "acme", "rows": [
            {"cells": [{"from": 3}, ["CA"]], "to": "acme"}, {"cells": [null, {"missing": true}], "to": "acme"}]},
        "acme": {"kind": "destination"}"#,
    )
    .unwrap();
    assert_snapshot!(document.to_toml(), @r#"
    currency = "USD"
    flow = "test"
    max_sold = 1
    root = "start"
    vertical = "auto-insurance"

    [nodes.acme]
    kind = "destination"

    [nodes.start]
    columns = ["age", "state"]
    hit = "first"
    kind = "table"
    otherwise = "acme"

    [[nodes.start.rows]]
    cells = [{ from = 3 }, ["CA"]]
    to = "acme"

    [[nodes.start.rows]]
    to = "acme"

    [[nodes.start.rows.cells]]
    any = true

    [[nodes.start.rows.cells]]
    missing = true
    "#);
    assert_eq!(Document::from_toml(&document.to_toml()), Ok(document));
}

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9-]{0,8}"
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<bool>().prop_map(Literal::Boolean),
        any::<i64>().prop_map(Literal::Integer),
        ".{0,8}".prop_map(Literal::Text),
    ]
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Any),
        Just(Cell::Missing),
        prop::collection::vec(literal(), 0..3).prop_map(Cell::OneOf),
        prop::collection::vec(literal(), 0..3).prop_map(Cell::NoneOf),
        prop::collection::vec(".{0,8}", 0..3).prop_map(Cell::StartsWith),
        (literal(), prop::option::of(literal())).prop_map(|(from, to)| Cell::Range {
            from: Some(from),
            to
        }),
        literal().prop_map(|to| Cell::Range {
            from: None,
            to: Some(to)
        }),
    ]
}

fn rule() -> impl Strategy<Value = Node> {
    let case = (prop::collection::vec(literal(), 0..3), name());
    let case = case.prop_map(|(values, to)| Case { values, to });
    let condition = prop::option::of(".{0,12}");
    let row = (prop::collection::vec(cell(), 0..3), condition, name());
    let row = row.prop_map(|(cells, condition, to)| Row {
        cells,
        condition,
        to,
    });
    let hit = prop::sample::select(vec![Hit::First, Hit::Unique]);
    prop_oneof![
        (".{0,12}", name(), name()).prop_map(|(condition, then, otherwise)| Node::When(WhenNode {
            condition,
            then,
            otherwise,
        })),
        (name(), prop::collection::vec(case, 0..3), name()).prop_map(|(on, cases, otherwise)| {
            Node::Switch(SwitchNode {
                on,
                cases,
                otherwise,
            })
        }),
        (
            hit,
            prop::collection::vec(name(), 0..3),
            prop::collection::vec(row, 0..3),
            prop::option::of(name())
        )
            .prop_map(|(hit, columns, rows, otherwise)| Node::Table(TableNode {
                hit,
                columns,
                rows,
                otherwise
            })),
    ]
}

/// Nodes that no other kind of node is like.
fn reference() -> impl Strategy<Value = Node> {
    let version = prop::option::of(any::<[u8; 32]>().prop_map(Hash::from));
    let default = prop::option::of(prop_oneof![
        any::<i64>().prop_map(Literal::Integer),
        "-?[0-9]{1,3}[.][0-9]{1,2}".prop_map(Literal::Text),
    ]);
    let scale = prop::option::of(any::<u8>());
    prop_oneof![
        (name(), version).prop_map(|(flow, version)| Node::Subflow(SubflowNode { flow, version })),
        (".{0,12}", default, scale).prop_map(|(value, default, scale)| Node::Derive(DeriveNode {
            value,
            default,
            scale,
        })),
    ]
}

fn learning() -> impl Strategy<Value = LearningSettings> {
    let number = || prop::option::of(any::<u32>());
    let pair = || prop::option::of((any::<u32>(), any::<u32>()));
    let numbers = (number(), number(), number(), number());
    (numbers, pair(), pair(), pair()).prop_map(|(numbers, accept, conversion, delay)| {
        let rate = |(rate_ppm, strength)| RatePrior { rate_ppm, strength };
        LearningSettings {
            half_life_hours: numbers.0,
            window_hours: numbers.1,
            attribution_hours: numbers.2,
            accept_prior: accept.map(rate),
            conversion_prior: conversion.map(rate),
            delay_prior: delay.map(|(mean_hours, strength)| DelayPrior {
                mean_hours,
                strength,
            }),
            focus_percent: numbers.3,
        }
    })
}

fn node() -> impl Strategy<Value = Node> {
    let optional = || prop::option::of(name());
    let split_arm = (optional(), optional(), any::<u32>(), name());
    let split_arm = split_arm.prop_map(|(name, key, weight_ppm, to)| SplitArm {
        name,
        key,
        weight_ppm,
        to,
    });
    let limit = || prop::option::of(any::<u32>());
    let bandit_arm = (optional(), optional(), name(), limit(), limit());
    let bandit_arm = bandit_arm.prop_map(|(name, key, to, floor_ppm, ceiling_ppm)| BanditArm {
        name,
        key,
        to,
        floor_ppm,
        ceiling_ppm,
    });
    let bidder = (name(), any::<u32>());
    let bidder = bidder.prop_map(|(to, penalty_ppm)| Bidder { to, penalty_ppm });
    let points = (".{0,12}", any::<i64>());
    let points = points.prop_map(|(condition, points)| Points { condition, points });
    let maximize = prop::sample::select(vec![
        Objective::NetRevenue,
        Objective::Conversions,
        Objective::Accepted,
    ]);
    let target = || prop::option::of(any::<u32>());
    let rotate_arm = (prop::option::of(name()), name(), target(), target());
    let rotate_arm = rotate_arm.prop_map(|(name, to, daily, monthly)| RotateArm {
        name,
        to,
        daily,
        monthly,
    });
    let by = prop::sample::select(vec![
        RotateBy::LeastRecentlySold,
        RotateBy::Deficit,
        RotateBy::CalibratedDeficit,
    ]);
    prop_oneof![
        rule(),
        reference(),
        (
            by,
            prop::option::of(name()),
            prop::collection::vec(rotate_arm, 0..3)
        )
            .prop_map(|(by, zone, arms)| Node::Rotate(RotateNode { by, zone, arms })),
        prop::option::of(name())
            .prop_map(|destination| Node::Destination(DestinationNode { destination })),
        ".{0,12}".prop_map(|reason| Node::Reject(RejectNode { reason })),
        prop::collection::vec(name(), 0..3).prop_map(|to| Node::Waterfall(WaterfallNode { to })),
        (
            prop::collection::vec(bidder, 0..3),
            prop::option::of("[0-9.]{1,6}"),
            any::<u32>()
        )
            .prop_map(
                |(bidders, reserve, deadline_ms)| Node::Auction(AuctionNode {
                    bidders,
                    reserve,
                    deadline_ms,
                })
            ),
        prop::collection::vec(points, 0..3)
            .prop_map(|points| Node::Scorecard(ScorecardNode { points })),
        (
            prop::collection::vec(split_arm, 0..3),
            optional(),
            optional()
        )
            .prop_map(|(arms, sticky, salt)| Node::Split(SplitNode { arms, sticky, salt })),
        (
            prop::collection::vec(bandit_arm, 0..3),
            maximize,
            any::<u32>(),
            prop::collection::vec(name(), 0..3),
            optional(),
            learning()
        )
            .prop_map(
                |(arms, maximize, explore_ppm, segment_by, salt, learning)| Node::Bandit(
                    BanditNode {
                        arms,
                        maximize,
                        explore_ppm,
                        segment_by,
                        salt,
                        learning,
                    }
                )
            ),
    ]
}

/// Texts for people, which have lines, quotes and marks of every kind.
fn words() -> impl Strategy<Value = Option<String>> {
    prop::option::of("([a-z\"'\\\\\n\r\t#=]|\\PC){0,12}")
}

fn any_document() -> impl Strategy<Value = Document> {
    let nodes = prop::collection::btree_map(name(), node(), 0..6);
    let currency = "[A-Z]{3}".prop_map(|code| code.parse().unwrap());
    (name(), currency, nodes, any::<u8>(), words(), words()).prop_map(
        |(root, currency, nodes, max_sold, title, notes)| Document {
            flow: "flow".to_owned(),
            vertical: "solar".to_owned(),
            currency,
            root,
            max_sold,
            dedupe: None,
            nodes,
            title,
            notes,
        },
    )
}

/// A value as text with the members of every object from the last to the first.
fn reversed(value: &serde_json::Value) -> String {
    use serde_json::Value;
    let listed = |parts: Vec<String>| parts.join(" , ");
    match value {
        Value::Object(members) => {
            let members = members.iter().rev();
            let members = members.map(|(name, value)| {
                format!("{} :\n{}", Value::from(name.as_str()), reversed(value))
            });
            format!("{{ {} }}", listed(members.collect()))
        }
        Value::Array(entries) => format!("[{}]", listed(entries.iter().map(reversed).collect())),
        other => other.to_string(),
    }
}

proptest! {
    #[test]
    fn documents_are_read_back_from_json_and_toml(document in any_document()) {
        prop_assert_eq!(Document::from_json(&document.to_json()), Ok(document.clone()));
        prop_assert_eq!(Document::from_toml(&document.to_toml()), Ok(document.clone()));
        let by_serde: Document = serde_json::from_str(&document.to_json()).unwrap();
        prop_assert_eq!(by_serde, document);
    }

    /// Members in another order are the same document, and a document has one text in each form.
    #[test]
    fn a_document_has_one_text(document in any_document()) {
        let text = document.to_json();
        let shuffled = reversed(&serde_json::from_str(&text).unwrap());
        let read = Document::from_json(&shuffled).unwrap();
        prop_assert_eq!(read.to_json(), text);
        prop_assert_eq!(read.hash(), document.hash());
        let read = Document::from_toml(&document.to_toml()).unwrap();
        prop_assert_eq!(read.to_json(), document.to_json());
        prop_assert_eq!(read.to_toml(), document.to_toml());
    }

    #[test]
    fn no_document_makes_the_checks_panic(document in any_document()) {
        let _ = document.hash();
        let _ = crate::check(&document, &crate::fixture::catalog());
    }
}
