//! Whom an edit of a flow moves: 20,000 people, sticky by their e-mail address.

use pointsman_flow::Program;
use pointsman_router::Conditions;
use serde_json::{Value as Json, json};

use crate::{first, program, subject, without};

const PEOPLE: u32 = 20_000;
const BUYERS: [&str; 3] = ["acme", "harbor", "zenith"];

/// Where everybody goes first.
fn all(program: &Program, conditions: &Conditions) -> Vec<String> {
    let person = |n: u32| {
        let email = format!("person{n}@example.com");
        let subject = subject(program, Some(&email), &format!("lead_{n}"));
        first(program, conditions, &subject).to_owned()
    };
    (0..PEOPLE).map(person).collect()
}

fn split(arms: &Json) -> Json {
    json!({"kind": "split", "sticky": "email", "arms": arms})
}

fn of(node: &Json) -> Program {
    program("test", "start", &json!({"start": node}), &BUYERS)
}

/// The share of people who go elsewhere.
fn moved(before: &Program, after: &Program) -> f64 {
    let free = without(before, &[]);
    let pairs = all(before, &free)
        .into_iter()
        .zip(all(after, &without(after, &[])));
    let moved = pairs.filter(|(before, after)| before != after).count();
    f64::from(u32::try_from(moved).unwrap()) / f64::from(PEOPLE)
}

fn thirds() -> Json {
    split(&json!([
        {"weight_ppm": 100_000, "to": "acme"}, {"weight_ppm": 100_000, "to": "zenith"}, {"weight_ppm": 800_000, "to": "harbor"},
    ]))
}

#[test]
fn a_change_of_weights_moves_no_more_people_than_it_must() {
    let weights = |weights: &[u32]| {
        let arms = weights.iter().zip(BUYERS);
        let arms = arms.map(|(weight, to)| json!({"weight_ppm": weight, "to": to}));
        of(&split(&Json::from(arms.collect::<Vec<_>>())))
    };
    let cases: [(&[u32], &[u32], f64); 3] = [
        (
            &[100_000, 100_000, 800_000],
            &[200_000, 200_000, 600_000],
            0.2,
        ),
        (&[500_000, 500_000], &[340_000, 330_000, 330_000], 0.333_366),
        (
            &[100_000, 100_000, 800_000],
            &[300_000, 150_000, 550_000],
            0.259_091,
        ),
    ];
    for (before, after, wanted) in cases {
        let found = moved(&weights(before), &weights(after));
        let three_se = 3.0 * (wanted * (1.0 - wanted) / f64::from(PEOPLE)).sqrt();
        println!(
            "{before:?} -> {after:?}: {found:.4} move, {wanted:.4} by the formula, ± {three_se:.4}"
        );
        assert!((found - wanted).abs() < three_se, "{found} is not {wanted}");
    }
}

#[test]
fn arms_in_another_order_move_nobody() {
    let elsewhere = split(&json!([
        {"weight_ppm": 800_000, "to": "harbor"}, {"weight_ppm": 100_000, "to": "zenith"}, {"weight_ppm": 100_000, "to": "acme"},
    ]));
    assert_eq!(moved(&of(&thirds()), &of(&elsewhere)), 0.0);
}

#[test]
fn a_node_that_is_renamed_and_names_its_old_salt_moves_nobody() {
    let mut renamed = thirds();
    renamed["salt"] = json!("test/start");
    let after = program("other", "best", &json!({"best": renamed}), &BUYERS);
    assert_eq!(moved(&of(&thirds()), &after), 0.0);
    let without_salt = program("test", "best", &json!({"best": thirds()}), &BUYERS);
    let found = moved(&of(&thirds()), &without_salt);
    // As independent draws do: 1 - (0.01 + 0.01 + 0.64).
    assert!((found - 0.34).abs() < 0.011, "{found}");
}

#[test]
fn a_destination_that_is_renamed_and_keeps_its_key_moves_nobody() {
    let renamed = split(&json!([
        {"weight_ppm": 100_000, "to": "acme-2", "key": "acme"}, {"weight_ppm": 100_000, "to": "zenith"}, {"weight_ppm": 800_000, "to": "harbor"},
    ]));
    let after = program(
        "test",
        "start",
        &json!({"start": renamed}),
        &["acme-2", "harbor", "zenith"],
    );
    let before = of(&thirds());
    let pairs = all(&before, &without(&before, &[]))
        .into_iter()
        .zip(all(&after, &without(&after, &[])));
    for (before, after) in pairs {
        assert_eq!(before, after.trim_end_matches("-2"));
    }
}

#[test]
fn a_subtree_whose_nodes_are_renamed_moves_nobody_if_its_arm_has_a_key() {
    let tree = |subtree: &str, key: Option<&str>| {
        let nodes = json!({
            "start": split(&json!([
                {"weight_ppm": 500_000, "to": subtree, "key": key}, {"weight_ppm": 500_000, "to": "harbor"},
            ])),
            subtree: {"kind": "waterfall", "to": ["acme", "zenith"]},
        });
        program("test", "start", &nodes, &BUYERS)
    };
    assert_eq!(
        moved(&tree("first", Some("west")), &tree("second", Some("west"))),
        0.0
    );
    assert_eq!(
        moved(&tree("first", None), &tree("second", Some("first"))),
        0.0
    );
    assert!(moved(&tree("first", None), &tree("second", None)) > 0.3);
}

#[test]
fn a_closed_arm_moves_its_own_people_alone() {
    let program = of(&thirds());
    let (before, after) = (
        all(&program, &without(&program, &[])),
        all(&program, &without(&program, &["zenith"])),
    );
    let n_moved = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after)
        .count();
    let n_of_zenith = before.iter().filter(|first| *first == "zenith").count();
    println!("{n_moved} of {PEOPLE} people move, and {n_of_zenith} were of the arm that closed");
    assert_eq!(n_moved, n_of_zenith);
    assert!(n_of_zenith > 1_800);
    assert!(
        before
            .iter()
            .zip(&after)
            .all(|(before, after)| before == after || before == "zenith")
    );
}

#[test]
fn an_arm_that_joins_takes_its_share_and_an_arm_that_leaves_gives_it_back() {
    let two = split(&json!([
        {"weight_ppm": 500_000, "to": "acme"}, {"weight_ppm": 500_000, "to": "harbor"},
    ]));
    let three = split(&json!([
        {"weight_ppm": 400_000, "to": "acme"}, {"weight_ppm": 400_000, "to": "harbor"}, {"weight_ppm": 200_000, "to": "zenith"},
    ]));
    let (two, three) = (of(&two), of(&three));
    let (before, after) = (
        all(&two, &without(&two, &[])),
        all(&three, &without(&three, &[])),
    );
    let movers: Vec<&String> = before
        .iter()
        .zip(&after)
        .filter(|(a, b)| a != b)
        .map(|(_, b)| b)
        .collect();
    assert!(movers.iter().all(|after| *after == "zenith"));
    assert_eq!(
        movers.len(),
        after.iter().filter(|first| *first == "zenith").count()
    );
}

#[test]
fn a_person_is_one_person_however_the_address_is_spelled() {
    let program = of(&thirds());
    let free = without(&program, &[]);
    for n in 0..2_000 {
        let by = |email: String| {
            first(&program, &free, &subject(&program, Some(&email), &email)).to_owned()
        };
        assert_eq!(
            by(format!("Person{n}@X.Example")),
            by(format!("person{n}@x.example"))
        );
    }
}

#[test]
fn a_hash_that_was_stored_stands_in_for_an_address_that_is_erased() {
    use pointsman_bandit::Allocation;
    use pointsman_router::{HashKey, Subject, Unit};
    let program = of(&thirds());
    let free = without(&program, &[]);
    for n in 0..500 {
        let known = subject(&program, Some(&format!("person{n}@example.com")), "lead_1");
        let hashes = known.unit_hashes(&program);
        assert_eq!(hashes.len(), 1);
        let unit = Unit {
            hashes: Some(&hashes),
            ..Unit::new("lead_1", HashKey([7; 16]))
        };
        let erased = Subject::new(
            &program,
            &Allocation::prior(),
            &crate::fields(&program, None),
            unit,
        );
        assert_eq!(
            first(&program, &free, &known),
            first(&program, &free, &erased)
        );
    }
}
