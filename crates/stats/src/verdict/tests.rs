use super::*;
use crate::{
    comparison::{Comparison, Lead},
    weighted::Step,
};

/// A log of two arms, each drawn for half of the leads; the candidate takes the second one.
struct World {
    n: u64,
    /// One of so many leads brings something, by arm.
    one_in: [u64; 2],
    pays: [f64; 2],
    unsupported: Option<f64>,
    clusters: Option<u64>,
    /// What the candidate's weights are multiplied by.
    wrong: f64,
}

const EVEN: World = World {
    n: 20_000,
    one_in: [5, 5],
    pays: [10.0, 10.0],
    unsupported: Some(0.0),
    clusters: None,
    wrong: 1.0,
};

fn judged(world: &World, doubts: &[String], overloads: &[String]) -> Verdict {
    let mut comparison = Comparison::default();
    for lead in 0..world.n {
        let (arm, turn) = (usize::from(lead % 2 == 1), lead / 2);
        let reward = if turn % world.one_in[arm] == 0 {
            world.pays[arm]
        } else {
            0.0
        };
        let weight = if arm == 1 { 2.0 * world.wrong } else { 0.0 };
        let of = |steps| Lead {
            steps,
            unsupported: world.unsupported,
        };
        let cluster = world.clusters.map(|clusters| turn % clusters);
        comparison.add(
            of(&[Step { weight, reward }]),
            Lead {
                steps: &[Step {
                    weight: 1.0,
                    reward,
                }],
                unsupported: Some(0.0),
            },
            cluster,
        );
    }
    let tolerance = 0.01 * world.pays[0] / 5.0;
    judge(
        &comparison.compare(),
        tolerance,
        Beside { doubts, overloads },
    )
}

fn word(world: &World) -> &'static str {
    judged(world, &[], &[]).kind.word()
}

#[test]
fn the_interval_of_the_difference_decides() {
    assert_eq!(
        word(&World {
            pays: [10.0, 12.0],
            ..EVEN
        }),
        "ship"
    );
    assert_eq!(
        word(&World {
            pays: [10.0, 8.0],
            ..EVEN
        }),
        "do_not_ship"
    );
    assert_eq!(word(&EVEN), "canary");
}

#[test]
fn each_gate_alone_takes_the_verdict_away() {
    let better = World {
        pays: [10.0, 14.0],
        ..EVEN
    };
    let unfit = [
        (World { n: 300, ..better }, "evenly weighted"),
        (
            World {
                unsupported: Some(0.011),
                ..better
            },
            "where the log never goes",
        ),
        (
            World {
                unsupported: Some(f64::NAN),
                ..better
            },
            "where the log never goes",
        ),
        (
            World {
                wrong: 0.9,
                ..better
            },
            "mean weight",
        ),
        (
            World {
                clusters: Some(29),
                ..better
            },
            "in 29 clusters",
        ),
        (
            World {
                n: 2_000,
                one_in: [100, 100],
                ..better
            },
            "rewards",
        ),
        (
            World {
                one_in: [20_000, 20_000],
                ..better
            },
            "rewards",
        ),
        (World { n: 0, ..better }, "independent"),
    ];
    for (world, why) in unfit {
        let verdict = judged(&world, &[], &[]);
        assert_eq!(
            verdict.kind.word(),
            "not_enough_evidence",
            "{why}: {verdict:?}"
        );
        assert!(
            verdict.because.iter().any(|reason| reason.contains(why)),
            "{why}: {verdict:?}"
        );
    }
}

#[test]
fn few_rewards_on_one_side_or_unknown_support_are_a_canary_at_most() {
    // Four sales in 4,000 leads of the new arm against many of the old one.
    let few = World {
        n: 8_000,
        one_in: [10, 1_000],
        pays: [1.0, 900.0],
        ..EVEN
    };
    let unknown = World {
        pays: [10.0, 14.0],
        unsupported: None,
        ..EVEN
    };
    assert_ne!(word(&few), "ship");
    assert_eq!(word(&unknown), "canary");
    assert_eq!(
        word(&World {
            pays: [10.0, 6.0],
            ..unknown
        }),
        "canary"
    );
    let side = World {
        one_in: [5, 500],
        pays: [10.0, 10.0],
        ..EVEN
    };
    let verdict = judged(&side, &[], &[]);
    assert_eq!(verdict.kind.word(), "canary", "{verdict:?}");
    assert!(verdict.because[1].contains("speak for it"), "{verdict:?}");
}

#[test]
fn an_arm_that_never_sold_is_told_apart_by_the_bound_of_what_chance_may_have_hidden() {
    let dead = World {
        one_in: [5, 1_000_000_000],
        ..EVEN
    };
    let verdict = judged(&dead, &[], &[]);
    // The first turn of either arm sells.
    assert_ne!(verdict.kind, Kind::Ship);
    let never = World {
        pays: [10.0, 0.0],
        ..EVEN
    };
    let verdict = judged(&never, &[], &[]);
    assert_eq!(verdict.kind.word(), "do_not_ship", "{verdict:?}");
    assert!(
        verdict.because[0].contains("no reward speaks for it"),
        "{verdict:?}"
    );
}

#[test]
fn doubts_hold_back_both_ways_and_overloads_only_a_launch() {
    let reasons = ["because".to_owned()];
    let (better, worse) = (
        World {
            pays: [10.0, 14.0],
            ..EVEN
        },
        World {
            pays: [10.0, 6.0],
            ..EVEN
        },
    );
    assert_eq!(judged(&better, &reasons, &[]).kind.word(), "canary");
    assert_eq!(judged(&worse, &reasons, &[]).kind.word(), "canary");
    assert_eq!(judged(&better, &[], &reasons).kind.word(), "canary");
    assert_eq!(judged(&worse, &[], &reasons).kind.word(), "do_not_ship");
}

#[test]
fn equal_policies_are_a_canary_that_says_so_even_on_a_short_log() {
    for noise in [0.0, 1e-17, 8e-6] {
        let mut comparison = Comparison::default();
        for lead in 0..50 {
            let reward = if lead % 2 == 0 { 1.0 } else { 0.0 };
            let steps = [
                [Step {
                    weight: 1.0 + noise,
                    reward,
                }],
                [Step {
                    weight: 1.0,
                    reward,
                }],
            ];
            let of = |steps| Lead {
                steps,
                unsupported: Some(0.0),
            };
            comparison.add(of(&steps[0]), of(&steps[1]), None);
        }
        let verdict = judge(&comparison.compare(), 0.005, Beside::default());
        // Weights that are all a little too large say that the propensities were written with few digits.
        if noise < 1e-9 {
            assert_eq!(verdict.kind, Kind::Canary, "{verdict:?}");
            assert!(
                verdict.because[0].starts_with("no difference"),
                "{verdict:?}"
            );
        } else {
            assert_ne!(verdict.kind, Kind::Ship, "{verdict:?}");
        }
    }
}
