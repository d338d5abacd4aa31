#![expect(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "counts of a test are small, and where it asks for equality, the value is exact"
)]

use super::*;
use crate::policy;

fn world(text: &str) -> World {
    World::parse("test", text).unwrap()
}

fn outcome(world: &World, name: &str, number: u64) -> Outcome {
    let make = |world: &World, truth: &Truth| policy::make(name, world, truth);
    run(world, 7, number, &make, policy::reveal(name)).unwrap()
}

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

const TWO: &str = "
days = 20
leads_a_day = 200
explore = 0.05
fallback = 'redraw'
[[arms]]
name = 'good'
accept = 0.5
at_once = 10.0
[[arms.conversions]]
rate = 0.2
payout = 40.0
delay = { law = 'exponential', mean_days = 2.0 }
[[arms]]
name = 'bad'
accept = 0.6
at_once = 8.0
";

#[test]
fn even_draws_and_the_best_arm_earn_what_was_computed() {
    let world = world(TWO);
    let (even, best) = (outcome(&world, "even", 0), outcome(&world, "best", 0));
    let n = 4000.0;
    // good first: .5 · 18 + .5 · .6 · 8 = 11.4; bad first: .6 · 8 + .4 · .5 · 18 = 8.4.
    assert!((sum(&best.money) / n - 11.4).abs() < 1e-9);
    assert!((sum(&best.best) / n - 11.4).abs() < 1e-9);
    assert!((sum(&even.even) / n - 9.9).abs() < 1e-9);
    assert!((sum(&even.money) / n - 9.9).abs() < 4.0 * 1.5 / n.sqrt());
    assert!(best.wrong_at_end < 0.5);
    assert!(
        best.by_quarter
            .iter()
            .all(|[leads, first]| leads == first && *leads > 999.0)
    );
}

#[test]
fn a_run_repeats_and_another_is_another() {
    let world = world(TWO);
    for name in policy::NAMES {
        let (one, again) = (outcome(&world, name, 3), outcome(&world, name, 3));
        assert!(one.money == again.money, "{name} does not repeat");
        assert!(
            name == "best" || one.money != outcome(&world, name, 4).money,
            "{name}"
        );
    }
}

#[test]
fn every_policy_that_learns_earns_more_than_even_draws_if_all_is_quick() {
    let world = world(
        "
days = 20
leads_a_day = 200
[[arms]]
name = 'good'
accept = 0.8
at_once = 10.0
[[arms]]
name = 'bad'
accept = 0.4
at_once = 10.0
",
    );
    for name in policy::NAMES.iter().filter(|name| **name != "even") {
        let found = outcome(&world, name, 0);
        let share = (sum(&found.money) - sum(&found.even)) / (sum(&found.best) - sum(&found.even));
        assert!(share > 0.25, "{name} has {share} of the gain");
        assert!(found.wrong_at_end < 0.5, "{name}");
    }
}

/// Remembers what it is shown, and draws the first open arm.
#[derive(Default)]
struct Watched {
    trials: Vec<Trial>,
    changes: Vec<Change>,
}

impl Policy for Watched {
    fn trial(&mut self, trial: &Trial) {
        self.trials.push(*trial);
    }

    fn change(&mut self, change: &Change) {
        self.changes.push(*change);
    }

    fn update(&mut self, _: i64) {}

    fn draw(&mut self, draw: Draw<'_>, _: &mut Pcg64, order: &mut Vec<usize>) {
        order.extend((0..draw.open.len()).filter(|i| draw.open[*i]));
        order.truncate(draw.depth);
    }

    fn favourite(&mut self, _: usize, _: i64, _: &mut Pcg64) -> usize {
        0
    }
}

fn watch(world: &World, reveal: Reveal) -> (Watched, Outcome) {
    let truth = Truth::draw(world, &mut generator(1, 0, 0)).unwrap();
    let mut watched = Watched::default();
    let mut course = Course::new(world, &truth, reveal);
    course.go(&mut watched, &mut generator(1, 0, 1));
    course.deliver(&mut watched, i64::MAX);
    (watched, course.outcome)
}

#[test]
fn money_arrives_when_and_as_often_as_the_world_says() {
    let (watched, _) = watch(&world(TWO), Reveal::OnArrival);
    let n = watched.trials.len() as f64;
    let later: Vec<&Change> = watched.changes.iter().filter(|it| it.is_later).collect();
    let own = watched
        .changes
        .iter()
        .filter(|it| !it.is_later && !it.after.only_elsewhere);
    // Half of the leads are accepted, and a fifth of those converts.
    assert!((own.count() as f64 / n - 0.5).abs() < 0.03);
    assert!((later.len() as f64 / n - 0.1).abs() < 0.02);
    let delay = |it: &&Change| (it.at - it.trial.at) as f64 / DAY;
    let mean = later.iter().map(delay).sum::<f64>() / later.len() as f64;
    assert!((mean - 2.0).abs() < 0.4, "{mean} days");
    // Half is refused, and six tenths of that are taken by the other arm, at 8.
    let elsewhere = watched.changes.iter().filter(|it| it.after.only_elsewhere);
    let elsewhere: Vec<&Change> = elsewhere.collect();
    assert!((elsewhere.len() as f64 / n - 0.3).abs() < 0.03);
    assert!(
        elsewhere
            .iter()
            .all(|it| it.after.elsewhere == 8_000_000 && it.after.micros == 8_000_000)
    );
    assert!(
        watched
            .changes
            .windows(2)
            .all(|pair| pair[0].at <= pair[1].at)
    );
}

#[test]
fn all_is_shown_with_the_lead_if_nothing_is_delayed() {
    let (watched, _) = watch(&world(TWO), Reveal::AtOnce);
    assert!(watched.changes.iter().all(|it| it.at == it.trial.at));
    assert!(watched.changes.iter().any(|it| it.is_later));
}

#[test]
fn an_arm_is_closed_when_it_has_had_its_leads_of_the_day() {
    let world = world(
        "
days = 3
leads_a_day = 100
[[arms]]
name = 'a'
at_once = 10.0
cap_a_day = 30
[[arms]]
name = 'b'
at_once = 5.0
",
    );
    let (_, outcome) = watch(&world, Reveal::OnArrival);
    assert_eq!(outcome.drawn, [90.0, 210.0]);
}

#[test]
fn a_drift_changes_what_leads_are_worth_from_its_day_on() {
    let world = world(
        "
days = 4
leads_a_day = 50
[[arms]]
name = 'a'
accept = 0.8
at_once = 10.0
[[arms]]
name = 'b'
accept = 0.6
at_once = 10.0
[[drift]]
arm = 'a'
day = 2.0
accept = 0.5
",
    );
    let (_, outcome) = watch(&world, Reveal::OnArrival);
    let a_lead: Vec<f64> = outcome.money.iter().map(|money| money / 50.0).collect();
    for (found, expected) in a_lead.iter().zip([8.0, 8.0, 4.0, 4.0]) {
        assert!((found - expected).abs() < 1e-9, "{a_lead:?}");
    }
    assert!((outcome.best[3] / 50.0 - 6.0).abs() < 1e-9);
}

#[test]
fn unanswered_leads_go_to_nobody_and_are_told() {
    let world = world(
        "
days = 10
leads_a_day = 300
fallback = 'redraw'
[[arms]]
name = 'silent'
accept = 0.2
no_answer = 0.5
at_once = 10.0
[[arms]]
name = 'b'
at_once = 5.0
",
    );
    let (watched, _) = watch(&world, Reveal::OnArrival);
    let n = watched.trials.len() as f64;
    let unanswered = watched.trials.iter().filter(|it| !it.answered).count() as f64;
    assert!((unanswered / n - 0.5).abs() < 0.04);
    assert!((watched.changes.len() as f64 / n - 0.5).abs() < 0.04);
}
