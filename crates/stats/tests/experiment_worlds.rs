//! A small part of the worlds of `cargo run --release -p pointsman-stats --example experiment_worlds`: enough to notice what is often
//! wrong.

#[path = "worlds/chance.rs"]
mod chance;
#[path = "worlds/experiment/worlds.rs"]
mod experiment;

use experiment::{Count, Promise, worlds};

#[test]
fn what_is_said_of_an_experiment_is_right_as_often_as_promised() {
    for world in worlds() {
        for (claim, count) in world.claims.iter().zip(world.count(world.runs[1])) {
            assert!(
                claim.promise.is_kept(count),
                "{}: {}, {:?}: {count:?}",
                world.name,
                claim.what,
                claim.promise
            );
        }
    }
}

#[test]
fn a_broken_promise_is_noticed() {
    let count = |happened, of| Count { happened, of };
    assert!(Promise::Just(0.95).is_kept(count(1_900, 2_000)));
    assert!(!Promise::Just(0.95).is_kept(count(1_860, 2_000)));
    assert!(!Promise::Just(0.95).is_kept(count(1_940, 2_000)));
    assert!(Promise::AtMost(0.05).is_kept(count(0, 2_000)));
    assert!(!Promise::AtMost(0.05).is_kept(count(140, 2_000)));
    assert!(!Promise::AtLeast(0.95).is_kept(count(1_860, 2_000)));
    assert!(!Promise::Just(0.001).is_kept(count(25, 10_000)));
    // What was never asked is not kept.
    assert!(!Promise::Shown.is_kept(count(0, 0)));
}
