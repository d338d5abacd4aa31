use proptest::prelude::*;

use super::*;
use crate::{BUCKET_WIDTH, Observation, Outcome};
use crate::{Limits, Objective, Settings};

mod learning;
mod segment_payouts;
mod settings;

fn spec(arms: &[&str], explore_ppm: u32) -> BanditSpec {
    BanditSpec {
        flow: "auto".to_owned(),
        node: "premium".to_owned(),
        arms: arms.iter().map(|arm| (*arm).to_owned()).collect(),
        explore_ppm,
        objective: Objective::Conversions,
        limits: BTreeMap::new(),
        settings: Settings::default(),
        destinations: BTreeMap::new(),
    }
}

fn key(segment: &str) -> BanditKey {
    BanditKey {
        segment: segment.to_owned(),
        ..BanditKey::unsegmented("auto", "premium")
    }
}

/// Trials at time 0, of which the first succeed at once.
fn give(state: &mut State, segment: &str, arm: &str, trials: u32, successes: u32) {
    for n in 0..trials {
        let (key, arm) = (key(segment), arm.to_owned());
        state.apply(&Observation::Trial {
            key: key.clone(),
            arm: arm.clone(),
            at: 0,
        });
        if n < successes {
            let (before, after) = (
                Outcome::default(),
                Outcome {
                    converted: true,
                    ..Outcome::default()
                },
            );
            state.apply(&Observation::Reward {
                key,
                arm,
                trial_at: 0,
                at: 0,
                before,
                after,
                is_later: true,
            });
        }
    }
}

const LATER: i64 = 10_000 * BUCKET_WIDTH;

#[test]
fn exploration_is_added_and_not_clipped() {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/golden/delay.json")).unwrap();
    let numbers = |name: &str| -> Vec<f64> {
        file["floor"][name]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value.as_f64().unwrap())
            .collect()
    };
    // The reference's floor is per arm, ours for all four together.
    let weights = mix(&numbers("w"), 120_000);
    for (weight, reference) in weights.iter().zip(numbers("additive")) {
        assert!(
            (f64::from(*weight) - 1e6 * reference).abs() < 1.0,
            "{weights:?}"
        );
    }
}

#[test]
fn a_new_epoch_brings_only_what_has_changed() {
    let config = Config::default();
    let spec = [spec(&["a", "b"], 20_000)];
    let mut state = State::default();
    let Published {
        allocation,
        changes,
        ..
    } = publish(&Allocation::prior(), &state, LATER, &config, &spec);
    assert_eq!((allocation, changes), (Allocation::prior(), vec![]));

    give(&mut state, "state=CA", "a", 100, 20);
    give(&mut state, "state=TX", "b", 100, 10);
    let Published {
        allocation,
        changes,
        ..
    } = publish(&Allocation::prior(), &state, LATER, &config, &spec);
    let changed = |changes: &[Change]| -> Vec<String> {
        changes
            .iter()
            .map(|change| change.key.segment.clone())
            .collect()
    };
    assert_eq!(
        (allocation.epoch, changed(&changes)),
        (
            1,
            vec![String::new(), "state=CA".to_owned(), "state=TX".to_owned()]
        )
    );
    assert_eq!(changes[1].entry, allocation.entries[&key("state=CA")]);
    assert_eq!(changes[1].posteriors["a"].trials, 100);

    let again = publish(&allocation, &state, LATER + 1, &config, &spec);
    assert_eq!((again.allocation, again.changes), (allocation, vec![]));
}

#[test]
fn a_changed_set_of_arms_is_published_at_once() {
    let mut state = State::default();
    give(&mut state, "", "a", 100, 20);
    let config = Config::default();
    let allocation = publish(
        &Allocation::prior(),
        &state,
        LATER,
        &config,
        &[spec(&["a", "b"], 0)],
    )
    .allocation;
    let Published {
        allocation: next,
        changes,
        ..
    } = publish(
        &allocation,
        &state,
        LATER,
        &config,
        &[spec(&["a", "b", "c"], 0)],
    );
    assert_eq!((next.epoch, changes.len()), (2, 1));
    assert!(next.entries[&key("")].arms.contains_key("c"));
}

#[test]
fn what_a_flow_forgets_to_ask_for_stays_in_the_allocation() {
    let mut state = State::default();
    give(&mut state, "", "a", 100, 20);
    let allocation = publish(
        &Allocation::prior(),
        &state,
        LATER,
        &Config::default(),
        &[spec(&["a", "b"], 0)],
    )
    .allocation;
    let next = publish(&allocation, &state, LATER, &Config::default(), &[]).allocation;
    assert_eq!(next, allocation);
}

#[test]
fn a_segment_whose_weights_cannot_be_found_keeps_its_own_and_holds_nobody_up() {
    let mut state = State::default();
    give(&mut state, "", "a", 100, 20);
    let bad = BanditSpec {
        node: "empty".to_owned(),
        ..spec(&[], 0)
    };
    for segment in ["state=CA", "state=TX"] {
        let key = BanditKey {
            node: bad.node.clone(),
            ..key(segment)
        };
        let arm = "a".to_owned();
        state.apply(&Observation::Trial { key, arm, at: 0 });
    }
    let before = Entry {
        arms: [("a".to_owned(), TOTAL_PPM)].into(),
        ..Entry::default()
    };
    let kept = BanditKey {
        node: bad.node.clone(),
        ..key("state=CA")
    };
    let previous = Allocation {
        entries: [(kept.clone(), before.clone())].into(),
        ..Allocation::prior()
    };
    let published = publish(
        &previous,
        &state,
        LATER,
        &Config::default(),
        &[bad, spec(&["a", "b"], 0)],
    );
    let failed: Vec<(&str, &str)> = published
        .failures
        .iter()
        .map(|(key, _)| (key.node.as_str(), key.segment.as_str()))
        .collect();
    assert_eq!(
        failed,
        [("empty", ""), ("empty", "state=CA"), ("empty", "state=TX")]
    );
    assert_eq!(published.failures[0].1, arms::Error::Empty);
    assert_eq!(published.allocation.entries[&kept], before);
    assert!(published.allocation.entries.contains_key(&key("")));
    assert_eq!(published.changes.len(), 1);
}

#[test]
fn the_arm_with_more_successes_gets_more_weight() {
    let mut state = State::default();
    give(&mut state, "", "good", 300, 45);
    give(&mut state, "", "bad", 300, 30);
    let allocation = publish(
        &Allocation::prior(),
        &state,
        LATER,
        &Config::default(),
        &[spec(&["bad", "good"], 20_000)],
    )
    .allocation;
    let weights = allocation.weights(&key(""), &["good", "bad"]);
    assert!(weights[0] > 900_000 && weights[1] >= 10_000, "{weights:?}");
}

#[test]
fn an_arm_that_hardly_ever_succeeds_has_weights_too() {
    let mut state = State::default();
    give(&mut state, "state=CA", "a", 200_000, 0);
    give(&mut state, "state=CA", "b", 10, 0);
    give(&mut state, "state=TX", "a", 10, 0);
    let published = publish(
        &Allocation::prior(),
        &state,
        LATER,
        &Config::default(),
        &[spec(&["a", "b"], 0)],
    );
    assert_eq!(published.failures, []);
    assert_eq!(published.changes.len(), 3);
}

#[test]
fn a_segment_that_has_not_been_seen_is_drawn_by_what_the_others_have_taught() {
    let mut state = State::default();
    give(&mut state, "state=CA", "good", 300, 90);
    give(&mut state, "state=CA", "bad", 300, 30);
    let spec = [spec(&["bad", "good"], 20_000)];
    let allocation = publish(
        &Allocation::prior(),
        &state,
        LATER,
        &Config::default(),
        &spec,
    )
    .allocation;
    let weights = allocation.weights(&key("state=TX"), &["good", "bad"]);
    assert!(weights[0] > 800_000, "{weights:?}");
}

#[test]
fn only_the_busiest_segments_have_weights_of_their_own() {
    let mut state = State::default();
    give(&mut state, "state=CA", "a", 30, 9);
    give(&mut state, "state=TX", "b", 20, 1);
    give(&mut state, "state=NY", "b", 10, 5);
    let config = Config {
        segments: 2,
        ..Config::default()
    };
    let soon = 10 * BUCKET_WIDTH;
    let spec = [spec(&["a", "b"], 0)];
    let first = publish(&Allocation::prior(), &state, soon, &config, &spec).allocation;
    let segments = |allocation: &Allocation| -> Vec<String> {
        allocation
            .entries
            .keys()
            .map(|key| key.segment.clone())
            .collect()
    };
    assert_eq!(segments(&first), ["", "state=CA", "state=TX"]);
    // NY overtakes TX, which is then drawn as all others are.
    give(&mut state, "state=NY", "b", 20, 5);
    let next = publish(&first, &state, soon, &config, &spec).allocation;
    assert_eq!(segments(&next), ["", "state=CA", "state=NY", "state=TX"]);
    assert_eq!(next.entries[&key("state=TX")], next.entries[&key("")]);
    assert_ne!(next.entries[&key("state=NY")], next.entries[&key("")]);
    let again = publish(&next, &state, soon, &config, &spec);
    assert_eq!((again.allocation, again.changes), (next, vec![]));
}

#[test]
fn segments_that_are_not_looked_at_keep_their_weights() {
    let mut state = State::default();
    give(&mut state, "state=CA", "a", 100, 20);
    give(&mut state, "state=TX", "b", 100, 10);
    let (config, spec) = (Config::default(), [spec(&["a", "b"], 20_000)]);
    let some = |previous: &Allocation, state: &State, segment: &str| {
        publish_some(previous, state, LATER, &config, &spec, |key| {
            key.segment == segment
        })
        .allocation
    };
    let first = some(&Allocation::prior(), &state, "state=CA");
    assert!(!first.entries.contains_key(&key("state=TX")));
    let second = some(&first, &state, "state=TX");
    assert_eq!(
        second,
        Allocation {
            epoch: 2,
            ..publish(&Allocation::prior(), &state, LATER, &config, &spec).allocation
        }
    );
}

#[test]
fn weights_follow_the_chances_sharpened() {
    assert_eq!(weights_ppm(&[0.75, 0.25], 1.0, 0), [750_000, 250_000]);
    assert_eq!(weights_ppm(&[0.75, 0.25], 2.0, 0), [900_000, 100_000]);
    assert_eq!(weights_ppm(&[0.75, 0.25], 2.0, 100_000), [860_000, 140_000]);
    assert_eq!(weights_ppm(&[0.75, 0.25], 0.0, 0), [500_000, 500_000]);
}

proptest! {
    #[test]
    fn weights_sum_to_a_million_and_keep_the_exploration(
        chances in proptest::collection::vec(0.0..1.0_f64, 1..20),
        focus in 0.0..8.0_f64,
        explore_ppm in 0..=1_000_000_u32,
    ) {
        let weights = weights_ppm(&chances, focus, explore_ppm);
        prop_assert_eq!(weights.iter().sum::<u32>(), TOTAL_PPM);
        let floor = explore_ppm / u32::try_from(weights.len()).unwrap();
        prop_assert!(weights.iter().all(|weight| *weight >= floor.max(1)), "{weights:?}");
    }
}
