use proptest::prelude::*;

use super::*;
use crate::delay_step;
use crate::observation::Outcome;

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
        is_later: true,
    }
}

fn bucket(state: &State, arm: &str, start: i64) -> Bucket {
    let node = state.node("auto", "premium").unwrap();
    node.all()[arm].buckets[&start].clone()
}

/// Events, money and squares of a stream.
fn flow(bucket: &Bucket, place: Place, kind: Kind) -> (u64, i128, i128) {
    let flow = bucket.streams.get(&(place, kind)).cloned();
    let Flow {
        events,
        money,
        squares,
        ..
    } = flow.unwrap_or_default();
    (events, money, squares)
}

#[test]
fn a_late_reward_counts_in_the_hour_of_its_trial_with_its_delay() {
    let at = BUCKET_WIDTH + 5 * MINUTE;
    let history = [
        trial("", "acme", at),
        reward("acme", at, 9 * BUCKET_WIDTH, (false, 0), (true, 50)),
    ];
    let bucket = bucket(&history.iter().collect(), "acme", BUCKET_WIDTH);
    assert_eq!(
        (bucket.trials, bucket.offsets, bucket.converted),
        (1, 300_000_000, 1)
    );
    assert_eq!(flow(&bucket, Place::Own, Kind::Sale), (1, 50, 2_500));
    let delays = &bucket.streams[&(Place::Own, Kind::Sale)].delays;
    assert_eq!(
        delays.keys().copied().collect::<Vec<u8>>(),
        [delay_step::step(8 * BUCKET_WIDTH - 5 * MINUTE)]
    );
}

#[test]
fn a_sale_that_is_rebilled_and_then_cancelled_has_a_stream_for_each() {
    let history = [
        trial("", "acme", 0),
        reward("acme", 0, 10, (false, 0), (true, 50)),
        reward("acme", 0, 20, (true, 50), (true, 80)),
        reward("acme", 0, 30, (true, 80), (false, 0)),
    ];
    let bucket = bucket(&history.iter().collect(), "acme", 0);
    let streams =
        [Kind::Sale, Kind::Rebill, Kind::Return].map(|kind| flow(&bucket, Place::Own, kind));
    assert_eq!(streams, [(1, 50, 2_500), (1, 30, 900), (1, 80, 6_400)]);
    assert_eq!((bucket.trials, bucket.converted), (1, 0));
}

#[test]
fn what_the_walk_earns_elsewhere_is_told_from_what_the_arm_pays() {
    let taken = |accepted, only_elsewhere, revenue, elsewhere| Outcome {
        accepted,
        revenue,
        elsewhere,
        only_elsewhere,
        ..Outcome::default()
    };
    let change = |trial_at, before, after| Observation::Reward {
        key: key(""),
        arm: "acme".to_owned(),
        trial_at,
        at: trial_at,
        before,
        after,
        is_later: false,
    };
    let own = taken(true, false, 7, 0);
    let history = [
        change(0, Outcome::default(), taken(true, true, 30, 30)),
        change(1, Outcome::default(), own),
        change(1, own, taken(true, false, 12, 5)),
    ];
    let bucket = bucket(&history.iter().collect(), "acme", 0);
    assert_eq!((bucket.taken, bucket.accepted), (1, 2));
    assert_eq!(flow(&bucket, Place::Own, Kind::AtOnce), (1, 7, 49));
    assert_eq!(flow(&bucket, Place::Refused, Kind::AtOnce), (1, 30, 900));
    assert_eq!(flow(&bucket, Place::Shared, Kind::AtOnce), (1, 5, 25));
}

#[test]
fn a_revenue_beyond_all_reason_cannot_overflow() {
    let history = [
        reward("acme", 0, 1, (false, 0), (true, i64::MAX)),
        reward("acme", 0, 2, (true, i64::MAX), (false, i64::MIN)),
    ];
    let bucket = bucket(&history.iter().collect(), "acme", 0);
    assert_eq!(
        flow(&bucket, Place::Own, Kind::Sale).1,
        1_000_000_000_000_000
    );
    assert_eq!(
        flow(&bucket, Place::Own, Kind::Return),
        (1, 2_000_000_000_000_000, 4 * 10_i128.pow(30))
    );
}

#[test]
fn times_before_1970_have_hours_too() {
    let state: State = [&trial("", "acme", -1)].into_iter().collect();
    assert_eq!(bucket(&state, "acme", -BUCKET_WIDTH).offsets, 3_599_999_999);
}

#[test]
fn hours_of_long_ago_become_days() {
    let late = 100 * DAY + 3 * BUCKET_WIDTH;
    let mut state = State::default();
    for at in [
        DAY + MINUTE,
        DAY + 5 * BUCKET_WIDTH,
        39 * DAY + 2 * BUCKET_WIDTH,
        40 * DAY + BUCKET_WIDTH,
        late,
    ] {
        state.apply(&trial("x", "acme", at));
    }
    let node = state.node("auto", "premium").unwrap();
    let starts: Vec<i64> = node.all()["acme"].buckets.keys().copied().collect();
    assert_eq!(starts, [DAY, 39 * DAY, 40 * DAY + BUCKET_WIDTH, late]);
    assert_eq!(node.segments()["x"], *node.all());
    let day = bucket(&state, "acme", DAY);
    assert_eq!(
        (day.trials, day.offsets),
        (2, (MINUTE + 5 * BUCKET_WIDTH).unsigned_abs())
    );
}

#[test]
fn the_first_segments_are_counted_apart_and_the_others_together() {
    let mut state = State::default();
    for n in 0..SEGMENTS_MAX + 20 {
        state.apply(&trial(&format!("sub={n}"), "acme", 0));
        state.apply(&trial("sub=7", "acme", 0));
    }
    let node = state.node("auto", "premium").unwrap();
    assert_eq!(node.segments().len(), SEGMENTS_MAX);
    assert!(node.segment("sub=7").is_some() && node.segment("sub=5010").is_none());
    let trials = |arms: &SegmentState| arms["acme"].buckets[&0].trials;
    assert_eq!(trials(node.all()), 2 * (SEGMENTS_MAX as u64 + 20));
    assert_eq!(
        trials(node.segment("sub=7").unwrap()),
        SEGMENTS_MAX as u64 + 21
    );
}

#[test]
fn a_copy_shares_what_does_not_change() {
    let mut state: State = [&trial("x", "acme", 0), &trial("y", "acme", 0)]
        .into_iter()
        .collect();
    let copy = state.clone();
    state.apply(&trial("x", "acme", 0));
    let arm = |state: &State, segment: &str| {
        Arc::clone(&state.node("auto", "premium").unwrap().segments()[segment]["acme"])
    };
    assert!(Arc::ptr_eq(&arm(&state, "y"), &arm(&copy, "y")));
    assert_eq!(arm(&copy, "x").buckets[&0].trials, 1);
}

/// Histories of a few trials, each with the changes of its outcome.
fn histories() -> impl Strategy<Value = Vec<Observation>> {
    let change = (
        any::<(bool, bool, bool, bool)>(),
        (-1_000_000_i64..1_000_000, -1_000_000_i64..1_000_000),
        0..200 * DAY,
    );
    let trial_with_changes = (
        "[ab]",
        "[xy]?",
        0..200 * DAY,
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
            for ((accepted, converted, only_elsewhere, is_later), (revenue, elsewhere), delay) in
                changes
            {
                let after = Outcome {
                    accepted,
                    converted,
                    revenue,
                    elsewhere,
                    only_elsewhere,
                };
                history.push(Observation::Reward {
                    key: key.clone(),
                    arm: arm.clone(),
                    trial_at,
                    at: trial_at + delay,
                    before,
                    after,
                    is_later,
                });
                if is_later {
                    history.push(Observation::Unanswered {
                        key: key.clone(),
                        arm: arm.clone(),
                        at: trial_at,
                        is_over: converted,
                    });
                }
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
        prop_assert_eq!(merged(&State::default(), &of_a), of_a.clone());
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
