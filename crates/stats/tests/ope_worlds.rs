//! A small part of the worlds of the example `ope_worlds`: enough to notice an interval that often misses.

#[path = "worlds/logs.rs"]
mod logs;

use logs::{Outcomes, Twist, misses_95, seed, worlds};

/// Logs of each world.
const LOGS: u64 = 60;
/// Leads of a log.
const LEADS: usize = 4_000;

#[test]
fn honest_intervals_cover_and_a_model_does_not_cost_precision() {
    for (position, world) in worlds().iter().enumerate() {
        let mut outcomes = Outcomes::default();
        for log in 0..LOGS {
            let found = world.find(LEADS, seed(3_000 + position as u64, log));
            outcomes.add(found, world.truth());
        }
        for (shown, covers) in outcomes.shown.into_iter().zip(outcomes.covers) {
            assert!(!misses_95(covers, shown), "{}: {outcomes:?}", world.name);
        }
        assert!(outcomes.shown[4] > 0, "{}: {outcomes:?}", world.name);
        let z = outcomes.bias_z();
        for unbiased in [z[0], z[2]] {
            assert!(unbiased.abs() < 4.0, "{}: {outcomes:?}", world.name);
        }
        let [ips, _, dr, _] = outcomes.rmse();
        let most = if world.twist == Twist::Explained {
            0.8
        } else {
            1.1
        };
        assert!(dr <= most * ips, "{}: {dr} beside {ips}", world.name);
    }
}
