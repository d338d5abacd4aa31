use pointsman_flow::{Cell, Document, LearningSettings, Literal, OfKind as _, Row, SplitNode};
use serde_json::json;

use super::{Edit, apply};

fn document() -> Document {
    let text = json!({
        "flow": "auto", "vertical": "auto", "currency": "USD", "root": "geo",
        "nodes": {
            "acme": { "kind": "destination" },
            "zenith": { "kind": "destination" },
            "nobody": { "kind": "reject", "reason": "no buyer" },
            "halves": { "kind": "split", "arms": [
                { "weight_ppm": 500_000, "to": "acme" },
                { "weight_ppm": 300_000, "to": "zenith" },
                { "weight_ppm": 200_000, "to": "nobody" }
            ] },
            "fair": { "kind": "rotate", "by": "deficit", "arms": [{ "to": "acme", "daily": 5 }, { "to": "zenith", "daily": 3 }] },
            "best": { "kind": "bandit", "explore_ppm": 10_000, "arms": [{ "to": "acme" }, { "to": "zenith" }] },
            "old": { "kind": "when", "if": "age > 60", "then": "best", "otherwise": "halves" },
            "geo": { "kind": "table", "columns": ["state"], "otherwise": "nobody", "rows": [
                { "cells": [["CA"]], "to": "old" }
            ] }
        }
    });
    Document::from_json(&text.to_string()).unwrap()
}

fn weights(document: &Document) -> Vec<u32> {
    let split = SplitNode::of(&document.nodes["halves"]).unwrap();
    split.arms.iter().map(|arm| arm.weight_ppm).collect()
}

fn problems(edits: &[Edit]) -> Vec<String> {
    let found = apply(&mut document(), edits).unwrap_err();
    found
        .into_iter()
        .map(|problem| format!("{} {}", problem.code, problem.path))
        .collect()
}

fn node() -> String {
    "halves".to_owned()
}

#[test]
fn arms_that_are_not_named_share_the_rest_as_before() {
    let mut flow = document();
    let edit = Edit::SetWeights {
        node: node(),
        weights: vec![("acme".to_owned(), 100_000)],
    };
    apply(&mut flow, &[edit]).unwrap();
    assert_eq!(weights(&flow), [100_000, 540_000, 360_000]);
}

#[test]
fn weights_sum_to_a_million_after_an_arm_came_or_went() {
    let mut flow = document();
    let add = Edit::AddArm {
        node: node(),
        name: Some("old".to_owned()),
        to: "old".to_owned(),
        weight_ppm: Some(1),
    };
    apply(&mut flow, &[add]).unwrap();
    assert_eq!(weights(&flow).iter().sum::<u32>(), 1_000_000);
    assert_eq!(weights(&flow)[3], 1);
    apply(
        &mut flow,
        &[Edit::RemoveArm {
            node: node(),
            arm: "acme".to_owned(),
        }],
    )
    .unwrap();
    assert_eq!(weights(&flow).iter().sum::<u32>(), 1_000_000);
}

#[test]
fn rows_ports_and_predicates_can_be_set() {
    let mut flow = document();
    let edits = [
        Edit::InsertRow {
            node: "geo".to_owned(),
            row: Some(0),
            new: Row {
                cells: vec![Cell::OneOf(vec![Literal::Text("TX".to_owned())])],
                condition: None,
                to: "best".to_owned(),
            },
        },
        Edit::SetPort {
            node: "geo".to_owned(),
            port: "rows[1].to".to_owned(),
            to: "halves".to_owned(),
        },
        Edit::SetPort {
            node: "geo".to_owned(),
            port: "otherwise".to_owned(),
            to: "acme".to_owned(),
        },
        Edit::SetPredicate {
            node: "old".to_owned(),
            entry: None,
            cel: "age > 70".to_owned(),
        },
        Edit::SetExplore {
            node: "best".to_owned(),
            explore_ppm: 50_000,
        },
    ];
    apply(&mut flow, &edits).unwrap();
    let ports: Vec<&str> = flow.nodes["geo"]
        .ports()
        .into_iter()
        .map(|(_, to)| to)
        .collect();
    assert_eq!(ports, ["best", "halves", "acme"]);
    assert_eq!(flow.nodes["old"].predicates()[0].1, "age > 70");
}

#[test]
fn every_edit_that_does_not_fit_is_told_at_once() {
    let edits = [
        Edit::SetWeights {
            node: "halfs".to_owned(),
            weights: Vec::new(),
        },
        Edit::SetWeights {
            node: node(),
            weights: vec![("acme".to_owned(), 2_000_000)],
        },
        Edit::RemoveRow {
            node: "geo".to_owned(),
            row: 7,
        },
        Edit::SetExplore {
            node: node(),
            explore_ppm: 1,
        },
        Edit::SetPort {
            node: "old".to_owned(),
            port: "than".to_owned(),
            to: "acme".to_owned(),
        },
        Edit::RemoveArm {
            node: "best".to_owned(),
            arm: "nobody".to_owned(),
        },
    ];
    assert_eq!(
        problems(&edits),
        [
            "unknown_node edits[0].node",
            "weights_sum edits[1].weights",
            "no_such_position edits[2].row",
            "wrong_kind edits[3].node",
            "unknown_port edits[4].port",
            "unknown_arm edits[5].arm",
        ]
    );
}

#[test]
fn an_arm_of_a_rotation_comes_with_its_targets_and_goes() {
    let mut flow = document();
    let fair = || "fair".to_owned();
    let edits = [
        Edit::AddArm {
            node: fair(),
            name: Some("rest".to_owned()),
            to: "best".to_owned(),
            weight_ppm: None,
        },
        Edit::SetTargets {
            node: fair(),
            arm: "rest".to_owned(),
            daily: None,
            monthly: Some(40),
        },
        Edit::RemoveArm {
            node: fair(),
            arm: "zenith".to_owned(),
        },
    ];
    apply(&mut flow, &edits).unwrap();
    let fair = serde_json::to_value(&flow.nodes["fair"]).unwrap();
    let arms =
        json!([{ "to": "acme", "daily": 5 }, { "name": "rest", "to": "best", "monthly": 40 }]);
    assert_eq!(fair["arms"], arms);
    let edit = |node: &str, arm: &str| Edit::SetTargets {
        node: node.to_owned(),
        arm: arm.to_owned(),
        daily: Some(1),
        monthly: None,
    };
    assert_eq!(
        problems(&[edit("fair", "acmee"), edit("halves", "acme")]),
        ["unknown_arm edits[0].arm", "wrong_kind edits[1].node"]
    );
}

#[test]
fn limits_and_settings_of_a_bandit_are_set_and_taken_away_again() {
    let limits = |node: &str, arm: &str, floor_ppm, ceiling_ppm| Edit::SetLimits {
        node: node.to_owned(),
        arm: arm.to_owned(),
        floor_ppm,
        ceiling_ppm,
    };
    let learning = |node: &str, learning| Edit::SetLearning {
        node: node.to_owned(),
        learning,
    };
    let mut flow = document();
    let before = (flow.clone(), flow.hash());
    let some = LearningSettings {
        half_life_hours: Some(336),
        ..LearningSettings::default()
    };
    let edits = [
        limits("best", "acme", Some(100_000), None),
        limits("best", "zenith", None, Some(700_000)),
        learning("best", some),
    ];
    apply(&mut flow, &edits).unwrap();
    let best = serde_json::to_value(&flow.nodes["best"]).unwrap();
    assert_eq!(best["arms"][0]["floor_ppm"], 100_000);
    assert_eq!(best["arms"][1]["ceiling_ppm"], 700_000);
    assert_eq!(best["learning"], json!({"half_life_hours": 336}));
    assert_ne!(flow.hash(), before.1);
    let edits = [
        limits("best", "acme", None, None),
        limits("best", "zenith", None, None),
        learning("best", LearningSettings::default()),
    ];
    apply(&mut flow, &edits).unwrap();
    assert_eq!(
        (flow.to_json(), flow.hash()),
        (before.0.to_json(), before.1)
    );
    assert_eq!(
        problems(&[
            limits("best", "acmee", None, None),
            limits("halves", "acme", None, None),
            learning("halves", some)
        ]),
        [
            "unknown_arm edits[0].arm",
            "wrong_kind edits[1].node",
            "wrong_kind edits[2].node"
        ]
    );
}

#[test]
fn a_salt_and_a_key_are_set_and_taken_away_again() {
    let set = |salt: Option<&str>, key: Option<&str>| {
        let (salt, key) = (salt.map(str::to_owned), key.map(str::to_owned));
        let of_split = Edit::SetKey {
            node: node(),
            arm: "acme".to_owned(),
            key: key.clone(),
        };
        let of_bandit = Edit::SetKey {
            node: "best".to_owned(),
            arm: "zenith".to_owned(),
            key,
        };
        [Edit::SetSalt { node: node(), salt }, of_split, of_bandit]
    };
    let mut flow = document();
    apply(&mut flow, &set(Some("auto/old"), Some("first"))).unwrap();
    let json: serde_json::Value = serde_json::from_str(&flow.to_json()).unwrap();
    assert_eq!(json["nodes"]["halves"]["salt"], "auto/old");
    assert_eq!(json["nodes"]["halves"]["arms"][0]["key"], "first");
    assert_eq!(json["nodes"]["best"]["arms"][1]["key"], "first");
    apply(&mut flow, &set(None, None)).unwrap();
    assert_eq!(flow, document());
}

#[test]
fn only_what_draws_has_a_salt_and_keys() {
    let key = |node: &str, arm: &str| Edit::SetKey {
        node: node.to_owned(),
        arm: arm.to_owned(),
        key: None,
    };
    let salt = Edit::SetSalt {
        node: "geo".to_owned(),
        salt: None,
    };
    let edits = [
        salt,
        key("halves", "acne"),
        key("fair", "acme"),
        key("gone", "acme"),
    ];
    assert_eq!(
        problems(&edits),
        [
            "wrong_kind edits[0].node",
            "unknown_arm edits[1].arm",
            "wrong_kind edits[2].node",
            "unknown_node edits[3].node",
        ]
    );
}

#[test]
fn a_hint_lists_some_of_very_many_arms() {
    let mut flow = document();
    let arm = |at: usize| Edit::AddArm {
        node: "fair".to_owned(),
        name: Some(format!("arm-{at}")),
        to: "acme".to_owned(),
        weight_ppm: None,
    };
    apply(&mut flow, &(0..100).map(arm).collect::<Vec<_>>()).unwrap();
    let edit = Edit::RemoveArm {
        node: "fair".to_owned(),
        arm: "\0".repeat(10_000),
    };
    let problem = apply(&mut flow, &[edit]).unwrap_err().remove(0);
    let hint = problem.hint.unwrap();
    assert!(hint.ends_with(" and 82 more"), "{hint}");
}

#[test]
fn an_arm_gets_one_weight() {
    let weights = [("acme", 100_000), ("zenith", 100_000), ("acme", 800_000)];
    let weights = weights.map(|(arm, weight)| (arm.to_owned(), weight));
    let edit = Edit::SetWeights {
        node: node(),
        weights: weights.to_vec(),
    };
    assert_eq!(problems(&[edit]), ["duplicate_arm edits[0].weights[2].arm"]);
}
