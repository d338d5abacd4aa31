use proptest::prelude::*;

use super::*;
use crate::{BUCKET_WIDTH, Bucket, Observation, Outcome};

mod learning;

fn spec(arms: &[&str], explore_ppm: u32) -> BanditSpec {
    BanditSpec {
        flow: "auto".to_owned(),
        node: "premium".to_owned(),
        arms: arms.iter().map(|arm| (*arm).to_owned()).collect(),
        explore_ppm,
        objective: Objective::Conversions,
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
        (1, vec!["state=CA".to_owned(), "state=TX".to_owned()])
    );
    assert_eq!(changes[0].entry, allocation.entries[&key("state=CA")]);
    assert_eq!(changes[0].posteriors["a"].successes, 20);

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
    assert_eq!(failed, [("empty", "state=CA"), ("empty", "state=TX")]);
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
    let hour = |trials| Bucket {
        trials,
        ..Bucket::default()
    };
    let arm = |trials| serde_json::json!({"0": hour(trials)});
    let state: State = serde_json::from_value(serde_json::json!({"flows": {"auto": {"premium": {
        "segments": {
            "state=CA": {"a": arm(5_000_000), "b": arm(10)},
            "state=TX": {"a": arm(10), "b": arm(10)},
        },
        "delays": {},
    }}}}))
    .unwrap();
    let published = publish(
        &Allocation::prior(),
        &state,
        LATER,
        &Config::default(),
        &[spec(&["a", "b"], 0)],
    );
    assert_eq!(published.failures, []);
    assert_eq!(published.changes.len(), 2);
}

proptest! {
    #[test]
    fn weights_sum_to_a_million_and_keep_the_exploration(
        arms in proptest::collection::vec((1.0..500.0_f64, 1.0..5000.0_f64, 0.0..100.0_f64, 0.0..20.0_f64), 1..9),
        explore_ppm in 0..=1_000_000_u32,
    ) {
        let posteriors: Vec<Posterior> = arms
            .iter()
            .map(|&(a, b, payout, payout_se)| Posterior {
                trials: 0, successes: 0, trials_effective: 0.0, a, b, payout, payout_se, mean_value: payout * a / (a + b),
            })
            .collect();
        let weights = weights_ppm(&posteriors, explore_ppm).unwrap();
        prop_assert_eq!(weights.iter().sum::<u32>(), TOTAL_PPM);
        let floor = explore_ppm / u32::try_from(weights.len()).unwrap();
        prop_assert!(weights.iter().all(|weight| *weight >= floor.max(1)), "{weights:?}");
    }
}
