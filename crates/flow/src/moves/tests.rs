use std::collections::BTreeMap;

use insta::assert_snapshot;

use super::{Version, moves};
use crate::{Document, Semantics, Subflow, fixture};

fn document(nodes: &str) -> Document {
    let leaves = r#""acme": {"kind": "destination"}, "zenith": {"kind": "destination"}, "harbor": {"kind": "destination"}"#;
    fixture::document(&format!("{nodes}, {leaves}")).unwrap()
}

fn split(weights: &[(&str, u32)]) -> String {
    let arms = weights
        .iter()
        .map(|(to, weight)| format!(r#"{{"to": "{to}", "weight_ppm": {weight}}}"#));
    let arms: Vec<String> = arms.collect();
    format!(r#"{{"kind": "split", "arms": [{}]}}"#, arms.join(", "))
}

fn said_under(old: (&str, Semantics), new: (&str, Semantics)) -> String {
    let (before, after) = (document(old.0), document(new.0));
    let subflows = BTreeMap::new();
    let version = |document, semantics| Version {
        document,
        subflows: &subflows,
        semantics,
    };
    let (old, new) = (version(&before, old.1), version(&after, new.1));
    let found = moves(&old, &new);
    let lines = found.into_iter().map(|moves| moves.message);
    lines.collect::<Vec<_>>().join("\n")
}

fn said(old: &str, new: &str) -> String {
    let old = format!(r#""start": {old}"#);
    let new = format!(r#""start": {new}"#);
    said_under((&old, Semantics::V2), (&new, Semantics::V2))
}

#[test]
fn an_edit_says_how_many_people_change_arm() {
    let thirds = split(&[("acme", 100_000), ("zenith", 100_000), ("harbor", 800_000)]);
    let cases = [
        (
            split(&[("acme", 200_000), ("zenith", 200_000), ("harbor", 600_000)]),
            "20 %",
        ),
        (
            split(&[("acme", 300_000), ("zenith", 150_000), ("harbor", 550_000)]),
            "25.9 %",
        ),
        // Who leaves an arm that is gone goes to the others by their shares, which are as they were.
        (split(&[("zenith", 111_111), ("harbor", 888_889)]), "10 %"),
    ];
    for (after, percent) in cases {
        let expected = format!("{percent} of the people who draw at `start` change arm");
        assert_eq!(said(&thirds, &after), expected);
    }
    let (halves, joined) = (
        split(&[("acme", 500_000), ("zenith", 500_000)]),
        split(&[("acme", 340_000), ("zenith", 330_000), ("harbor", 330_000)]),
    );
    assert_snapshot!(said(&halves, &joined), @"33.3 % of the people who draw at `start` change arm");
}

#[test]
fn arms_in_another_order_say_nothing() {
    let (one, other) = (
        split(&[("acme", 100_000), ("harbor", 900_000)]),
        split(&[("harbor", 900_000), ("acme", 100_000)]),
    );
    assert_eq!(said(&one, &other), "");
}

#[test]
fn a_node_says_nothing_if_nobody_changes_arm_and_little_if_few_do() {
    let only = format!(r#""start": {}"#, split(&[("acme", 1_000_000)]));
    assert_eq!(
        said_under((&only, Semantics::V1), (&only, Semantics::V2)),
        ""
    );
    let halves = split(&[("acme", 500_000), ("zenith", 500_000)]);
    let almost = split(&[("acme", 500_200), ("zenith", 499_800)]);
    assert_snapshot!(said(&halves, &almost), @"less than 0.1 % of the people who draw at `start` change arm");
}

#[test]
fn the_sorted_sum_is_the_sum_over_all_pairs() {
    let arms = [
        (0.1, 0.3),
        (0.25, 0.05),
        (0.4, 0.4),
        (0.25, 0.0),
        (0.0, 0.25),
    ];
    let both = arms.iter().filter(|(x, y)| *x > 0.0 && *y > 0.0);
    let pairs: f64 = both
        .map(|(xi, yi)| {
            let rates = arms.iter().map(|(xj, yj)| f64::max(xj / xi, yj / yi));
            1.0 / rates.sum::<f64>()
        })
        .sum();
    assert!((super::staying(arms.to_vec()) - pairs).abs() < 1e-12);
}

#[test]
fn another_sticky_field_draws_everybody_anew() {
    let halves = split(&[("acme", 500_000), ("zenith", 500_000)]);
    let sticky = halves.replace(r#""arms""#, r#""sticky": "phone", "arms""#);
    assert_eq!(said(&sticky, &sticky), "");
    assert_snapshot!(said(&halves, &sticky), @"50 % of the people who draw at `start` change arm");
}

#[test]
fn version_1_draws_by_the_ranges_of_arms_in_their_order() {
    let said = |old: &str, new: &str| {
        let (old, new) = (format!(r#""start": {old}"#), format!(r#""start": {new}"#));
        said_under((&old, Semantics::V1), (&new, Semantics::V1))
    };
    let old = split(&[("acme", 100_000), ("zenith", 100_000), ("harbor", 800_000)]);
    let new = split(&[("acme", 200_000), ("zenith", 200_000), ("harbor", 600_000)]);
    assert_eq!(said(&old, &old), "");
    assert_snapshot!(said(&old, &new), @"30 % of the people who draw at `start` change arm");
    let turned = split(&[("harbor", 800_000), ("acme", 100_000), ("zenith", 100_000)]);
    assert_snapshot!(said(&old, &turned), @"40 % of the people who draw at `start` change arm");
    let keyed = new.replacen(r#"{"to""#, r#"{"key": "other", "to""#, 1);
    assert_eq!(said(&new, &keyed), "");
}

#[test]
fn a_renamed_node_is_known_by_its_salt_and_another_salt_draws_anew() {
    let drawn = split(&[("acme", 500_000), ("zenith", 500_000)]);
    let salted = drawn.replace(r#""arms""#, r#""salt": "test/start", "arms""#);
    let salt = format!(r#""start": {{"kind": "waterfall", "to": ["best"]}}, "best": {salted}"#);
    let old = format!(r#""start": {drawn}"#);
    assert_eq!(
        said_under((&old, Semantics::V2), (&salt, Semantics::V2)),
        ""
    );
    let anew = drawn.replace(r#""arms""#, r#""salt": "spring", "arms""#);
    assert_snapshot!(said(&drawn, &anew), @"50 % of the people who draw at `start` change arm");
}

#[test]
fn other_semantics_draw_everybody_anew() {
    let halves = format!(
        r#""start": {}"#,
        split(&[("acme", 500_000), ("zenith", 500_000)])
    );
    assert_snapshot!(said_under((&halves, Semantics::V1), (&halves, Semantics::V2)), @"50 % of the people who draw at `start` change arm");
    let bandit = r#""start": {"kind": "bandit", "explore_ppm": 20000, "arms": [{"to": "acme"}, {"to": "zenith"}, {"to": "harbor"}]}"#;
    assert_snapshot!(said_under((bandit, Semantics::V1), (bandit, Semantics::V2)), @"66.7 % of the people who draw at `start` change arm, if its arms weigh the same");
}

#[test]
fn thousands_of_arms_are_compared_at_once() {
    let arms = |n: usize, weight: u32| {
        let arm =
            |at: usize| format!(r#"{{"name": "a{at}", "to": "acme", "weight_ppm": {weight}}}"#);
        let arms: Vec<String> = (0..n).map(arm).collect();
        format!(r#"{{"kind": "split", "arms": [{}]}}"#, arms.join(", "))
    };
    assert_snapshot!(said(&arms(20_000, 50), &arms(10_000, 100)), @"50 % of the people who draw at `start` change arm");
}

#[test]
fn flows_that_no_check_would_pass_are_compared_without_harm() {
    let halves = split(&[("acme", 500_000), ("zenith", 500_000)]);
    let key = |key: &str| halves.replacen(r#"{"to""#, &format!(r#"{{"key": "{key}", "to""#), 1);
    let odd = [
        // Weights of nothing, or of more than everything.
        split(&[]),
        split(&[("acme", 0), ("zenith", 0)]),
        split(&[
            ("acme", u32::MAX),
            ("zenith", u32::MAX),
            ("harbor", u32::MAX),
        ]),
        // Two arms of one name, and of one key.
        split(&[("acme", 500_000), ("acme", 500_000)]),
        key("zenith"),
        key(""),
        key(r"a\u0000"),
        key(&"x".repeat(10_000)),
        // A node that leads to itself, to nowhere, or is of another kind.
        split(&[("start", 500_000), ("lost", 500_000)]),
        r#"{"kind": "waterfall", "to": ["acme"]}"#.to_owned(),
        r#"{"kind": "subflow", "flow": "test"}"#.to_owned(),
    ];
    for one in &odd {
        for other in odd.iter().chain([&halves]) {
            for message in [said(one, other), said(other, one)] {
                assert!(
                    message.is_empty() || message.contains("% of the people"),
                    "{message}"
                );
            }
        }
    }
}

#[test]
fn flows_that_contain_each_other_are_compared_as_far_as_they_are_flows() {
    let document = document(r#""start": {"kind": "subflow", "flow": "test"}"#);
    let mut subflow = Subflow::default();
    subflow.publish(document.clone());
    let subflows = BTreeMap::from([("test".to_owned(), subflow)]);
    let version = Version {
        document: &document,
        subflows: &subflows,
        semantics: Semantics::V2,
    };
    assert!(moves(&version, &version).is_empty());
}
