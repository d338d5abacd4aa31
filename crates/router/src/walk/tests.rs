use std::collections::BTreeMap;

use pointsman_bandit::Allocation;
use pointsman_flow::{Catalog, Destination, Document, Mask, Program, check};
use pointsman_lead::{Envelope, Schema, Stage, Timestamp};
use serde_json::{Value, json};

use super::Walk;
use crate::{Answer, Conditions, Context, Event, Filter, HashKey, Orders, Step, Subject, Unit};

mod subflows;

/// The one place that knows how a program is made: destinations `a` to `f` take every lead.
pub(crate) fn program(nodes: &Value, root: &str, max_sold: u8) -> Program {
    program_with(nodes, root, max_sold, "hold")
}

fn program_with(nodes: &Value, root: &str, max_sold: u8, on_unknown: &str) -> Program {
    let mut nodes = nodes.clone();
    for name in ["a", "b", "c", "d", "e", "f"] {
        nodes[name] = json!({"kind": "destination"});
    }
    let document = json!({
        "flow": "test", "vertical": "test", "currency": "USD", "root": root, "max_sold": max_sold, "nodes": nodes,
    });
    let document = Document::from_json(&document.to_string()).unwrap();
    let schema = json!({"vertical": "test", "fields": [{"name": "age", "kind": "integer"}]});
    let settings = json!({"on_unknown": on_unknown}).to_string();
    let settings = Destination::from_stored(&settings).unwrap();
    let destinations =
        ["a", "b", "c", "d", "e", "f"].map(|name| (name.to_owned(), settings.clone()));
    let catalog = Catalog {
        schema: Schema::from_value(&schema).unwrap(),
        currency: "USD".parse().unwrap(),
        destinations: destinations.into(),
        subflows: BTreeMap::new(),
        lists: BTreeMap::new(),
    };
    check(&document, &catalog).unwrap().program
}

pub(crate) fn subject(program: &Program, age: Option<i64>, unit: &str) -> Subject {
    let fields = json!({"age": age});
    let envelope = Envelope {
        source: "seo",
        sub_ids: [const { None }; 5],
        received_at: Timestamp(0),
        is_test: false,
        stage: Stage::Post,
    };
    let fields = program
        .schema()
        .parse(fields.as_object().unwrap(), &envelope)
        .unwrap();
    Subject::new(
        program,
        &Allocation::prior(),
        &fields,
        Unit::new(unit, HashKey::default()),
    )
}

pub(crate) fn all_free(program: &Program) -> Conditions {
    Mask::full(u16::try_from(program.destinations().len()).unwrap()).into()
}

/// Walks with the given answers and tells each step: `a 0.5` for an offer, the word for an end.
fn told(program: &Program, age: Option<i64>, unit: &str, answers: &[Answer]) -> Vec<String> {
    let subject = subject(program, age, unit);
    let context = Context {
        program,
        subject: &subject,
    };
    let free = all_free(program);
    let mut walk = Walk::new(context);
    let mut events = answers.iter().map(|&answer| Event::Answer(answer));
    let mut told = Vec::new();
    let mut event = Some(Event::Start);
    while let Some(next) = event {
        match walk.next(context, &free, next) {
            Step::Ping(ping) => panic!("no auction is in these flows: {ping:?}"),
            Step::Offer(offer) => {
                let name = &program.destinations()[usize::from(offer.destination.0)].name;
                told.push(format!("{name} {:.3}", offer.propensity));
            }
            Step::Done(done) => {
                told.push(format!("{} {:.3}", done.end.word(), done.propensity));
                break;
            }
        }
        event = events.next();
    }
    told
}

use Answer::{Accepted, NotSent, Rejected, Unknown};

#[test]
fn a_waterfall_offers_in_order_until_nobody_is_left() {
    let program = program(
        &json!({"falls": {"kind": "waterfall", "to": ["b", "a"]}}),
        "falls",
        1,
    );
    assert_eq!(
        told(&program, None, "u", &[Rejected, NotSent]),
        ["b 1.000", "a 1.000", "unsold 1.000"]
    );
    assert_eq!(
        told(&program, None, "u", &[Rejected, Accepted]),
        ["b 1.000", "a 1.000", "sold 1.000"]
    );
}

#[test]
fn a_rule_has_no_second_choice_and_passes_a_rejection_up() {
    let nodes = json!({
        "young": {"kind": "when", "if": "age < 30", "then": "a", "otherwise": "b"},
        "falls": {"kind": "waterfall", "to": ["young", "c"]},
    });
    let program = program(&nodes, "falls", 1);
    assert_eq!(
        told(&program, Some(20), "u", &[Rejected]),
        ["a 1.000", "c 1.000"]
    );
    assert_eq!(
        told(&program, Some(40), "u", &[Rejected]),
        ["b 1.000", "c 1.000"]
    );
    assert_eq!(
        told(&program, None, "u", &[Rejected]),
        ["b 1.000", "c 1.000"],
        "a missing age is not young"
    );
}

#[test]
fn a_reject_ends_the_walk() {
    let nodes = json!({
        "no": {"kind": "reject", "reason": "too far"},
        "falls": {"kind": "waterfall", "to": ["a", "no", "b"]},
    });
    let program = program(&nodes, "falls", 1);
    assert_eq!(
        told(&program, None, "u", &[Rejected]),
        ["a 1.000", "declined 1.000"]
    );
}

#[test]
fn an_unknown_answer_holds_or_passes_on_by_policy() {
    let nodes = json!({"falls": {"kind": "waterfall", "to": ["a", "b"]}});
    let holding = program_with(&nodes, "falls", 1, "hold");
    assert_eq!(
        told(&holding, None, "u", &[Unknown]),
        ["a 1.000", "held 1.000"]
    );
    let passing = program_with(&nodes, "falls", 1, "pass_on");
    assert_eq!(
        told(&passing, None, "u", &[Unknown]),
        ["a 1.000", "b 1.000"]
    );
}

#[test]
fn a_shared_lead_goes_on_until_it_is_sold_often_enough() {
    let nodes = json!({"falls": {"kind": "waterfall", "to": ["a", "b", "c"]}});
    let program = program(&nodes, "falls", 2);
    assert_eq!(
        told(&program, None, "u", &[Accepted, Rejected, Accepted]),
        ["a 1.000", "b 1.000", "c 1.000", "sold 1.000"]
    );
    assert_eq!(
        told(&program, None, "u", &[Accepted, Rejected, Rejected])
            .last()
            .unwrap(),
        "sold 1.000"
    );
}

#[test]
fn a_split_draws_again_among_the_rest() {
    let nodes = json!({"split": {"kind": "split", "arms": [
        {"weight_ppm": 500_000, "to": "a"}, {"weight_ppm": 300_000, "to": "b"}, {"weight_ppm": 200_000, "to": "c"},
    ]}});
    let program = program(&nodes, "split", 1);
    let second = BTreeMap::from([
        ("a 0.500", ["b 0.600", "c 0.400"]),
        ("b 0.300", ["a 0.714", "c 0.286"]),
        ("c 0.200", ["a 0.625", "b 0.375"]),
    ]);
    for unit in 0..50 {
        let told = told(
            &program,
            None,
            &format!("u{unit}"),
            &[Rejected, Rejected, Rejected],
        );
        assert!(
            second[told[0].as_str()].contains(&told[1].as_str()),
            "{told:?}"
        );
        assert!(told[2].ends_with(" 1.000"), "{told:?}");
        assert_eq!(told[3], "unsold 1.000");
    }
}

/// Two paths lead to `a`, and only one of them goes on to `b` after a rejection.
fn crossing() -> Program {
    let nodes = json!({
        "one": {"kind": "waterfall", "to": ["a", "b"]},
        "two": {"kind": "waterfall", "to": ["a", "c"]},
        "split": {"kind": "split", "arms": [
            {"weight_ppm": 700_000, "to": "one"}, {"weight_ppm": 100_000, "to": "two"}, {"weight_ppm": 200_000, "to": "d"},
        ]},
    });
    program(&nodes, "split", 1)
}

#[test]
fn the_propensity_of_an_offer_sums_over_all_paths_to_it() {
    let program = crossing();
    for unit in 0..30 {
        let told = told(&program, None, &format!("u{unit}"), &[Rejected]);
        assert!(
            ["a 0.800", "d 0.200"].contains(&told[0].as_str()),
            "{told:?}"
        );
        if told[0] == "a 0.800" {
            assert!(
                ["b 0.875", "c 0.125"].contains(&told[1].as_str()),
                "{told:?}"
            );
        }
    }
}

#[test]
fn the_filter_tells_how_often_walks_go_where() {
    let program = crossing();
    let free = all_free(&program);
    let mut counts: BTreeMap<Vec<u16>, f64> = BTreeMap::new();
    let mut claimed: BTreeMap<Vec<u16>, f64> = BTreeMap::new();
    let n_walks = 20_000;
    for unit in 0..n_walks {
        let subject = subject(&program, None, &format!("unit-{unit}"));
        let context = Context {
            program: &program,
            subject: &subject,
        };
        let (mut walk, mut filter) = (Walk::new(context), Filter::new(context));
        let (mut way, mut likelihood, mut event) = (Vec::new(), 1.0, Event::Start);
        while let Step::Offer(offer) = walk.next(context, &free, event) {
            likelihood *= filter.outlook(context, &free).of(offer.destination);
            assert_eq!(
                filter.observe(offer.destination).to_bits(),
                offer.propensity.to_bits()
            );
            filter.answer(context, Rejected);
            way.push(offer.destination.0);
            event = Event::Answer(Rejected);
        }
        *counts.entry(way.clone()).or_default() += 1.0 / f64::from(n_walks);
        claimed.insert(way, likelihood);
    }
    assert_eq!(counts.len(), claimed.len());
    assert!(
        (claimed.values().sum::<f64>() - 1.0).abs() < 1e-9,
        "every way was walked: {claimed:?}"
    );
    for (way, share) in &counts {
        let wanted = claimed[way];
        let se = (wanted * (1.0 - wanted) / f64::from(n_walks)).sqrt();
        assert!(
            (share - wanted).abs() < 4.0 * se,
            "{way:?}: {share} of walks, {wanted} claimed"
        );
    }
}

#[test]
fn an_arm_whose_every_leaf_is_closed_is_not_drawn() {
    let nodes = json!({
        "old": {"kind": "when", "if": "age >= 65", "then": "a", "otherwise": "b"},
        "split": {"kind": "split", "arms": [{"weight_ppm": 900_000, "to": "old"}, {"weight_ppm": 100_000, "to": "c"}]},
    });
    let program = program(&nodes, "split", 1);
    let subject = subject(&program, Some(30), "u");
    let context = Context {
        program: &program,
        subject: &subject,
    };
    let mut conditions = all_free(&program);
    // `a` is free, but this lead would go to `b`, which is not.
    conditions.free.clear(program.destination_idx("b").unwrap());
    let Step::Offer(offer) = Walk::new(context).next(context, &conditions, Event::Start) else {
        panic!("an offer")
    };
    assert_eq!(
        program.destinations()[usize::from(offer.destination.0)].name,
        "c"
    );
    assert!((offer.propensity - 1.0).abs() < f64::EPSILON);
}

#[test]
fn nothing_free_is_unsold_at_once() {
    let program = crossing();
    let subject = subject(&program, None, "u");
    let context = Context {
        program: &program,
        subject: &subject,
    };
    let none = Conditions::closed(&program);
    let Step::Done(done) = Walk::new(context).next(context, &none, Event::Start) else {
        panic!("an end")
    };
    assert_eq!((done.end.word(), done.propensity), ("unsold", 1.0));
}

#[test]
fn a_ladder_of_shared_nodes_is_decided_in_no_time() {
    // 40 levels of two ports to the same child have 2^40 paths; liveness must not walk them all.
    let mut nodes = json!({});
    for level in 0..40 {
        let child = if level == 39 {
            "a".to_owned()
        } else {
            format!("level-{}", level + 1)
        };
        nodes[format!("level-{level}")] = json!({"kind": "waterfall", "to": [child, "b"]});
    }
    let program = program(&nodes, "level-0", 1);
    assert_eq!(
        told(&program, None, "u", &[Rejected, Rejected]),
        ["a 1.000", "b 1.000", "unsold 1.000"]
    );
}

/// A rotation of `a`, of `b` and then `c`, and of `d`, below a split with `e`.
fn rotation() -> Program {
    let nodes = json!({
        "both": {"kind": "waterfall", "to": ["b", "c"]},
        "turns": {"kind": "rotate", "by": "least_recently_sold", "arms": [{"to": "a"}, {"to": "both"}, {"to": "d"}]},
        "split": {"kind": "split", "arms": [{"weight_ppm": 750_000, "to": "turns"}, {"weight_ppm": 250_000, "to": "e"}]},
    });
    program(&nodes, "split", 1)
}

fn ordered(program: &Program, order: &[&str]) -> Conditions {
    let order = order.iter().map(|arm| (*arm).to_owned()).collect();
    Conditions {
        orders: Orders::from_names(program, &[("turns".to_owned(), order)].into()),
        ..all_free(program)
    }
}

#[test]
fn a_rotation_offers_in_its_order_and_after_a_rejection_to_the_next() {
    let program = rotation();
    let subject = subject(&program, None, "u");
    let context = Context {
        program: &program,
        subject: &subject,
    };
    let conditions = ordered(&program, &["both", "d", "a"]);
    let mut walk = Walk::new(context);
    let (mut told, mut event) = (Vec::new(), Event::Start);
    while let Step::Offer(offer) = walk.next(context, &conditions, event) {
        let name = &program.destinations()[usize::from(offer.destination.0)].name;
        let turns: Vec<String> = offer
            .turns
            .iter()
            .map(|choice| format!("{}/{}", program.node_name(choice.0), choice.1))
            .collect();
        told.push(format!(
            "{name} {:.2} {}",
            offer.propensity,
            turns.join(" ")
        ));
        event = Event::Answer(Rejected);
    }
    // The second offer below `both` is below the same arm: its choice is no part of that step's trace.
    assert_eq!(
        told,
        [
            "b 0.75 turns/1",
            "c 1.00 turns/1",
            "d 1.00 turns/2",
            "a 1.00 turns/0",
            "e 1.00 "
        ]
    );
}

#[test]
fn each_step_asks_for_the_order_of_its_own_moment() {
    let program = rotation();
    let subject = subject(&program, None, "u");
    let context = Context {
        program: &program,
        subject: &subject,
    };
    let mut walk = Walk::new(context);
    let mut next =
        |order: &[&str], event| match walk.next(context, &ordered(&program, order), event) {
            Step::Ping(ping) => panic!("no auction is in this flow: {ping:?}"),
            Step::Offer(offer) => program.destinations()[usize::from(offer.destination.0)]
                .name
                .clone(),
            Step::Done(done) => done.end.word().to_owned(),
        };
    assert_eq!(next(&["d", "both", "a"], Event::Start), "d");
    assert_eq!(next(&["d", "a", "both"], Event::Answer(Rejected)), "a");
}

#[test]
fn a_rotation_whose_order_is_not_known_draws_its_arms_alike() {
    let nodes = json!({"turns": {"kind": "rotate", "by": "least_recently_sold", "arms": [{"to": "a"}, {"to": "b"}, {"to": "c"}, {"to": "d"}]}});
    let program = program(&nodes, "turns", 1);
    let mut firsts = BTreeMap::new();
    for unit in 0..400 {
        let told = told(&program, None, &format!("u{unit}"), &[Rejected]);
        assert!(
            told[0].ends_with(" 0.250") && told[1].ends_with(" 0.333"),
            "{told:?}"
        );
        *firsts.entry(told[0].clone()).or_insert(0) += 1;
    }
    assert!(
        firsts.len() == 4 && firsts.values().all(|&n| n > 70),
        "{firsts:?}"
    );
}

#[test]
fn an_order_is_known_only_if_every_arm_has_a_place_in_it() {
    let program = rotation();
    let (node, _) = program
        .nodes()
        .find(|(node, _)| program.node_name(*node) == "turns")
        .unwrap();
    let order = |names: &[&str]| {
        ordered(&program, names)
            .orders
            .of(node)
            .map(<[u16]>::to_vec)
    };
    assert_eq!(order(&["d", "a", "both"]), Some(vec![2, 0, 1]));
    assert_eq!(order(&["d", "gone", "a", "both"]), Some(vec![2, 0, 1]));
    assert_eq!(order(&["d", "a"]), None);
    assert_eq!(order(&["d", "d", "a"]), None);
}
