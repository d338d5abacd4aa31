use proptest::prelude::*;

use super::*;

const MINUTE: i64 = 60_000_000;

fn key(segment: &str) -> BanditKey {
    BanditKey {
        segment: segment.to_owned(),
        ..BanditKey::unsegmented("auto", "premium")
    }
}

fn trial(segment: &str, arm: &str, at: i64) -> Observation {
    Observation::Trial {
        key: key(segment),
        arm: arm.to_owned(),
        at,
    }
}

fn reward(
    arm: &str,
    trial_at: i64,
    at: i64,
    before: (bool, i64),
    after: (bool, i64),
) -> Observation {
    let outcome = |(converted, revenue)| Outcome {
        converted,
        revenue,
        ..Outcome::default()
    };
    Observation::Reward {
        key: key(""),
        arm: arm.to_owned(),
        trial_at,
        at,
        before: outcome(before),
        after: outcome(after),
    }
}

fn bucket(state: &State, arm: &str, start: i64) -> Bucket {
    state.node("auto", "premium").unwrap().segments[""][arm].buckets[&start]
}

#[test]
fn a_late_reward_counts_in_the_hour_of_its_trial() {
    let at = BUCKET_WIDTH + 5 * MINUTE;
    let state: State = [
        &trial("", "acme", at),
        &reward("acme", at, 9 * BUCKET_WIDTH, (false, 0), (true, 50)),
    ]
    .into_iter()
    .collect();
    let expected = Bucket {
        trials: 1,
        offsets: 300_000_000,
        successes: Successes {
            net_revenue: 1,
            conversions: 1,
            accepted: 0,
        },
        revenue: 50,
        revenue_sq: 2_500,
    };
    assert_eq!(bucket(&state, "acme", BUCKET_WIDTH), expected);
}

#[test]
fn a_sale_that_is_rebilled_and_then_cancelled_leaves_only_its_trial() {
    let history = [
        trial("", "acme", 0),
        reward("acme", 0, 10, (false, 0), (true, 50)),
        reward("acme", 0, 20, (true, 50), (true, 80)),
        reward("acme", 0, 30, (true, 80), (false, 0)),
    ];
    let bucket = bucket(&history.iter().collect(), "acme", 0);
    assert_eq!(
        (
            bucket.trials,
            bucket.successes.conversions,
            bucket.revenue,
            bucket.revenue_sq
        ),
        (1, 0, 0, 0)
    );
}

#[test]
fn a_revenue_beyond_all_reason_cannot_overflow() {
    let history = [
        reward("acme", 0, 1, (false, 0), (true, i64::MAX)),
        reward("acme", 0, 2, (true, i64::MAX), (false, i64::MIN)),
    ];
    let bucket = bucket(&history.iter().collect(), "acme", 0);
    assert_eq!(
        (bucket.revenue, bucket.revenue_sq),
        (-1_000_000_000_000_000, 10_i128.pow(30))
    );
}

#[test]
fn times_before_1970_have_hours_too() {
    let state: State = [&trial("", "acme", -1)].into_iter().collect();
    assert_eq!(bucket(&state, "acme", -BUCKET_WIDTH).offsets, 3_599_999_999);
}

/// Histories of a few trials, each with the changes of its outcome.
fn histories() -> impl Strategy<Value = Vec<Observation>> {
    let change = (
        any::<(bool, bool)>(),
        -1_000_000_i64..1_000_000,
        0..50 * BUCKET_WIDTH,
    );
    let trial_with_changes = (
        "[ab]",
        "[xy]?",
        0..50 * BUCKET_WIDTH,
        proptest::collection::vec(change, 0..4),
    );
    proptest::collection::vec(trial_with_changes, 0..20).prop_map(|trials| {
        let mut history = Vec::new();
        for (arm, segment, trial_at, changes) in trials {
            let key = key(&segment);
            history.push(Observation::Trial {
                key: key.clone(),
                arm: arm.clone(),
                at: trial_at,
            });
            let mut before = Outcome::default();
            for ((accepted, converted), revenue, delay) in changes {
                let after = Outcome {
                    accepted,
                    converted,
                    revenue,
                };
                history.push(Observation::Reward {
                    key: key.clone(),
                    arm: arm.clone(),
                    trial_at,
                    at: trial_at + delay,
                    before,
                    after,
                });
                before = after;
            }
        }
        history
    })
}

proptest! {
    #[test]
    fn a_history_leads_to_one_state_in_any_order(
        (history, shuffled) in histories().prop_flat_map(|history| (Just(history.clone()), Just(history).prop_shuffle())),
    ) {
        prop_assert_eq!(history.iter().collect::<State>(), shuffled.iter().collect::<State>());
    }

    #[test]
    fn merging_parts_is_observing_the_whole(a in histories(), b in histories(), c in histories()) {
        let [of_a, of_b, of_c] = [&a, &b, &c].map(|history| history.iter().collect::<State>());
        let merged = |left: &State, right: &State| { let mut state = left.clone(); state.merge(right); state };
        prop_assert_eq!(merged(&of_a, &of_b), merged(&of_b, &of_a));
        prop_assert_eq!(merged(&merged(&of_a, &of_b), &of_c), merged(&of_a, &merged(&of_b, &of_c)));
        prop_assert_eq!(merged(&of_a, &State::default()), of_a.clone());
        let whole: State = a.iter().chain(&b).collect();
        prop_assert_eq!(merged(&of_a, &of_b), whole);
    }

    #[test]
    fn a_state_survives_json(history in histories()) {
        let state: State = history.iter().collect();
        let json = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(serde_json::from_str::<State>(&json).unwrap(), state);
    }
}
