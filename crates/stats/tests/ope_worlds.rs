//! A small part of the worlds of the example `ope_worlds`: enough to notice an interval that often misses.

#[path = "worlds/logs.rs"]
mod logs;

use logs::{Chance, Outcomes, Twist, misses_95, seed, worlds};
use pointsman_stats::ope::{
    fitted_q,
    progressive::{Cell, CellId, Followed, FollowedWalk, Progressive},
};

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

/// Doubly robust in one pass, over the same walks, in batches of 100 leads.
fn in_one_pass(walks: &[fitted_q::Walk<'_>], _: usize) -> f64 {
    const N_ARMS: usize = 5;
    let cell = |cell: usize| Cell {
        group: (cell % N_ARMS) as u64,
        kind: (cell / N_ARMS) as u64,
    };
    let mut sums = Progressive::new(20.0);
    for batch in walks.chunks(100) {
        let mut followed = |choice: &fitted_q::Choice<'_>| {
            let options = choice.options.iter();
            let options: Vec<(CellId, f64)> =
                options.map(|(at, p)| (sums.cell(cell(*at)), *p)).collect();
            Followed {
                weight: choice.weight,
                reward: choice.reward,
                reached: 1.0,
                cell: choice.cell.map(|at| sums.cell(cell(at))),
                expected: sums.expected(&options),
            }
        };
        let choices: Vec<Vec<Followed>> = batch
            .iter()
            .map(|walk| walk.choices.iter().map(&mut followed).collect())
            .collect();
        let walks: Vec<FollowedWalk<'_>> = choices
            .iter()
            .zip(batch)
            .map(|(choices, walk)| (&choices[..], walk.cluster))
            .collect();
        sums.add(walks).expect("weights and rewards are finite");
    }
    sums.estimate().expect("thousands of leads").ips
}

#[test]
fn one_pass_is_as_unbiased_and_nearly_as_precise_as_folds() {
    for (position, world) in worlds().iter().enumerate() {
        if world.twist == Twist::Explained {
            continue;
        }
        let mut outcomes = Outcomes::default();
        for log in 0..LOGS {
            let seed = seed(3_000 + position as u64, log);
            let mut found = world.find(LEADS, seed);
            // In the place of the value that needs no comparison.
            found.values[3] = world.read_walks(LEADS, &mut Chance(seed), in_one_pass);
            outcomes.add(found, world.truth());
        }
        let [.., dr, one_pass] = outcomes.rmse();
        assert!(
            one_pass <= 1.1 * dr,
            "{}: {one_pass} beside {dr}",
            world.name
        );
        assert!(
            outcomes.bias_z()[3].abs() < 4.0,
            "{}: {outcomes:?}",
            world.name
        );
    }
}
