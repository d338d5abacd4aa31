#![expect(
    clippy::float_cmp,
    reason = "where these tests ask for equality, the value is exact"
)]

use super::*;

fn world(text: &str) -> World {
    let text =
        format!("days = 3\nleads_a_day = 10\n[[arms]]\nname = 'a'\n[[arms]]\nname = 'b'\n{text}");
    World::parse("test", &text).unwrap()
}

/// A run of three days with ten leads each, of which the best arm would earn 2 and even draws 1 a lead.
fn run(a_lead: [f64; 3], wrong_at_end: f64) -> Outcome {
    Outcome {
        money: a_lead.map(|money| 10.0 * money).to_vec(),
        even: vec![10.0; 3],
        best: vec![20.0; 3],
        leads: vec![10.0; 3],
        by_quarter: [[7.5, 1.5], [7.5, 3.0], [7.5, 6.0], [7.5, 7.5]],
        wrong_at_end,
        drawn: vec![20.0, 10.0],
    }
}

#[test]
fn a_share_is_of_what_could_be_gained() {
    let runs = [run([1.0, 1.5, 2.0], 0.0), run([1.2, 1.7, 2.2], 1.0)];
    let row = row(&world(""), "ours", &runs);
    assert!((row.gain_share.unwrap() - 0.6).abs() < 1e-12);
    assert!((row.money_a_lead - 1.6).abs() < 1e-12);
    // Two runs of .5 and .7: their deviation is .1 √2, the standard error a √2 less.
    assert!((row.se.unwrap() - 0.1).abs() < 1e-12 && (row.money_se - 0.1).abs() < 1e-12);
    assert!((row.regret - 12.0).abs() < 1e-9 && (row.wrong_at_end - 0.5).abs() < 1e-12);
    assert_eq!(row.best_share_by_quarter, [0.2, 0.4, 0.8, 1.0]);
    assert!((row.gain_by_day[2].unwrap() - 1.1).abs() < 1e-12);
    assert!((row.drawn[0] - 2.0 / 3.0).abs() < 1e-12);
}

#[test]
fn where_arms_are_alike_there_is_no_share() {
    let alike = Outcome {
        best: vec![10.0; 3],
        ..run([1.0; 3], 0.0)
    };
    let row = row(&world(""), "ours", &[alike]);
    assert_eq!((row.gain_share, row.se), (None, None));
    assert_eq!(row.gain_by_day, [None; 3]);
    let expected = no_worse_than_even(&row);
    assert!(expected.met, "{expected:?}");
}

#[test]
fn what_earns_less_than_even_draws_is_told() {
    let runs = [run([0.9, 0.8, 0.9], 0.0), run([0.8, 0.9, 0.9], 0.0)];
    let row = row(&world(""), "ours", &runs);
    assert!(!no_worse_than_even(&row).met);
}

#[test]
fn recovery_is_from_the_drift_to_the_day_that_half_the_gain_is_back() {
    let world = world("[[drift]]\narm = 'a'\nday = 1.0");
    let found = |days: [f64; 3]| row(&world, "ours", &[run(days, 0.0)]).days_to_half_gain;
    assert_eq!(found([2.0, 1.1, 1.6]), Some(2.0));
    assert_eq!(found([2.0, 1.6, 1.6]), Some(1.0));
    assert_eq!(found([2.0, 1.6, 1.1]), None);
}

#[test]
fn expectations_allow_for_chance() {
    let world = world(
        "[[expect]]\npolicy = 'ours'\nof = 'gain_share'\nmin = 0.75\n[[expect]]\npolicy = 'ours'\nof = 'regret'\nmax = 1.0",
    );
    let runs = [run([1.0, 1.5, 2.0], 0.0), run([1.2, 1.7, 2.2], 1.0)];
    let mut rows = [row(&world, "ours", &runs)];
    compare(&world, &mut rows);
    let met: Vec<bool> = rows[0].expected.iter().map(|it| it.met).collect();
    // .6 and two standard errors of .1; a regret of 12 ± 3; more than even draws.
    assert_eq!(met, [true, false, true]);
}

#[test]
fn wrong_ends_are_held_against_a_binomial_law() {
    // Of 1,000 runs at 1 %, 21 and more come once in a thousand.
    assert!(!is_far_above(0.020, 1000, 0.01));
    assert!(is_far_above(0.022, 1000, 0.01));
    assert!(!is_far_above(0.0, 1000, 0.01));
}
