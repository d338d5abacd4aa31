//! A small part of the worlds of `cargo xtask worlds verdict`: enough to notice a verdict that is often wrong.

#[path = "worlds/cell.rs"]
mod cell;
#[path = "worlds/chance.rs"]
mod chance;

use cell::{EVIDENCE, Outcomes, misses_95, worlds};
use chance::{at_least, seed};

/// Logs of each world.
const LOGS: u64 = 120;

fn outcomes(position: usize, n: u64) -> Outcomes {
    let world = &worlds()[position];
    let mut outcomes = Outcomes::default();
    for log in 0..LOGS {
        outcomes.add(world.judge(n, seed(1_000 + position as u64, log)));
    }
    outcomes
}

#[test]
fn a_verdict_on_a_small_log_is_seldom_wrong_and_a_shown_interval_covers() {
    let mut n_with_evidence = 0;
    for (position, world) in worlds().iter().enumerate() {
        let outcomes = outcomes(position, 2_000);
        for wrong in outcomes.wrong(world) {
            assert!(
                at_least(wrong, LOGS, 0.025) > 1e-4,
                "{}: {outcomes:?}",
                world.name
            );
        }
        for (shown, covers) in outcomes.shown.into_iter().zip(outcomes.covers) {
            assert!(!misses_95(covers, shown), "{}: {outcomes:?}", world.name);
        }
        n_with_evidence += u32::from(outcomes.evidence() >= EVIDENCE);
    }
    assert!(
        n_with_evidence >= 8,
        "the worlds are not all too small: {n_with_evidence}"
    );
}

#[test]
fn a_world_has_the_truth_that_its_logs_show() {
    for world in worlds() {
        let [candidate, baseline] = world.truth();
        let compared = world.compare(200_000, 1);
        for (found, truth) in [
            (compared.candidate, candidate),
            (compared.baseline, baseline),
        ] {
            let found = found.estimate.unwrap();
            let off = (found.ips - truth).abs();
            assert!(
                off < 5.0 * found.ips_se,
                "{}: {} is not {truth}",
                world.name,
                found.ips
            );
        }
    }
}
