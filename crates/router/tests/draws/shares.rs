//! That what is drawn and what is said of it agree: shares of many walks against the filter's probabilities.

use std::collections::BTreeMap;

use pointsman_bandit::{Allocation, BanditKey, Entry};
use pointsman_flow::{Program, Subflow};
use pointsman_router::{
    Answer, Conditions, Context, Event, Filter, HashKey, Step, Subject, Unit, Walk,
};
use serde_json::json;

use crate::{document, fields, program, program_with, without};

const UNITS: u32 = 40_000;

/// Walks that are refused everywhere under conditions that change from step to step: how often each
/// sequence of offers came, and how often it was to come by the product of its propensities.
fn compare(program: &Program, steps: &[Conditions]) {
    compare_by(program, &Allocation::prior(), steps);
}

/// The same by what bandits have learned.
fn compare_by(program: &Program, allocation: &Allocation, steps: &[Conditions]) {
    let mut found: BTreeMap<Vec<u16>, (u32, f64)> = BTreeMap::new();
    for unit in 0..UNITS {
        let unit = format!("unit-{unit}");
        let unit = Unit::new(&unit, HashKey::default());
        let subject = Subject::new(program, allocation, &fields(program, None), unit);
        let context = Context {
            program,
            subject: &subject,
        };
        let (mut walk, mut filter) = (Walk::new(context), Filter::new(context));
        let (mut offers, mut probability, mut event) = (Vec::new(), 1.0, Event::Start);
        for conditions in steps {
            let Step::Offer(offer) = walk.next(context, conditions, event) else {
                break;
            };
            let outlook = filter.outlook(context, conditions);
            assert_eq!(outlook.of(offer.destination), offer.propensity);
            let sum: f64 = outlook
                .offers
                .iter()
                .map(|(_, probability)| probability)
                .sum();
            assert!((sum - 1.0).abs() < 1e-12, "{sum}");
            probability *= filter.observe(offer.destination);
            offers.push(offer.destination.0);
            event = Event::Answer(Answer::Rejected);
            filter.answer(context, Answer::Rejected);
        }
        let (n, known) = found.entry(offers).or_insert((0, probability));
        assert_eq!(*known, probability, "it does not depend on the unit");
        *n += 1;
    }
    let all: f64 = found.values().map(|(_, probability)| probability).sum();
    assert!((all - 1.0).abs() < 1e-9, "{all} of all sequences came");
    for (offers, (n, wanted)) in found {
        let share = f64::from(n) / f64::from(UNITS);
        let se = (wanted * (1.0 - wanted) / f64::from(UNITS)).sqrt();
        assert!(
            (share - wanted).abs() < 4.5 * se,
            "{offers:?}: {share} is not {wanted} ± {se}"
        );
    }
}

/// A redraw among the rest must not know that an arm lost the draw before while it was closed.
#[test]
fn propensities_are_exact_where_an_arm_opens_again_between_two_draws() {
    let nodes = json!({"start": {"kind": "split", "arms": [
        {"weight_ppm": 200_000, "to": "a"}, {"weight_ppm": 300_000, "to": "b"}, {"weight_ppm": 500_000, "to": "c"},
    ]}});
    let program = program("test", "start", &nodes, &["a", "b", "c"]);
    let (without_c, all) = (without(&program, &["c"]), without(&program, &[]));
    compare(&program, &[without_c, all.clone(), all.clone()]);
    let only_a = without(&program, &["b", "c"]);
    compare(&program, &[only_a, all.clone(), all]);
}

#[test]
fn propensities_are_exact_where_splits_stand_below_splits() {
    let nodes = json!({
        "start": {"kind": "split", "arms": [{"weight_ppm": 600_000, "to": "left"}, {"weight_ppm": 400_000, "to": "right"}]},
        "left": {"kind": "split", "arms": [{"weight_ppm": 300_000, "to": "a"}, {"weight_ppm": 700_000, "to": "b"}]},
        "right": {"kind": "bandit", "explore_ppm": 20_000, "arms": [{"to": "b"}, {"to": "c"}]},
    });
    let program = program("test", "start", &nodes, &["a", "b", "c"]);
    let all = without(&program, &[]);
    compare(&program, &[without(&program, &["b"]), all.clone(), all]);
}

/// A bandit that knows who is best, who is next and who is not worth much.
fn learned() -> Allocation {
    let weights = [("a", 790_000), ("b", 70_000), ("c", 70_000), ("d", 70_000)];
    let rest = [("a", 7_000), ("b", 2_000), ("c", 800), ("d", 200)];
    let entry = Entry {
        arms: weights.map(|(arm, weight)| (arm.to_owned(), weight)).into(),
        rest: rest.map(|(arm, part)| (arm.to_owned(), part)).into(),
    };
    Allocation {
        epoch: 1,
        entries: [(BanditKey::unsegmented("test", "start"), entry)].into(),
    }
}

#[test]
fn propensities_are_exact_where_some_arms_of_a_bandit_are_closed_or_tried() {
    let nodes = json!({"start": {"kind": "bandit", "explore_ppm": 240_000, "arms": [
        {"to": "a"}, {"to": "b"}, {"to": "c"}, {"to": "d"}]}});
    let program = program("test", "start", &nodes, &["a", "b", "c", "d"]);
    let (all, without_a) = (without(&program, &[]), without(&program, &["a"]));
    compare_by(
        &program,
        &learned(),
        &[all.clone(), all.clone(), all.clone()],
    );
    compare_by(&program, &learned(), &[without_a, all.clone(), all]);
}

#[test]
fn the_next_best_arm_of_a_bandit_takes_the_place_of_a_closed_one() {
    let nodes = json!({"start": {"kind": "bandit", "explore_ppm": 30_000, "arms": [
        {"to": "a"}, {"to": "b"}, {"to": "c"}, {"to": "d"}]}});
    let program = program("test", "start", &nodes, &["a", "b", "c", "d"]);
    let fields = fields(&program, None);
    let unit = Unit::new("unit", HashKey::default());
    let outlook = |allocation: &Allocation, closed: &[&str]| -> Vec<f64> {
        let subject = Subject::new(&program, allocation, &fields, unit);
        let context = Context {
            program: &program,
            subject: &subject,
        };
        let mut filter = Filter::new(context);
        let outlook = filter.outlook(context, &without(&program, closed));
        outlook.offers.iter().map(|(_, share)| *share).collect()
    };
    // A hundredth of the leads each is explored, 97 of them go by 20 : 8 : 2.
    let next = outlook(&learned(), &["a"]);
    let wanted = [20.0, 8.0, 2.0].map(|part| 0.01 + 0.97 * part / 30.0);
    for (found, wanted) in next.iter().zip(wanted) {
        assert!((found - wanted).abs() <= 2e-6, "{next:?}");
    }
    assert_eq!(outlook(&learned(), &[]), [0.79, 0.07, 0.07, 0.07]);
    // What an early release has published keeps the proportions of the weights.
    let mut early = learned();
    for entry in early.entries.values_mut() {
        entry.rest.clear();
    }
    assert_eq!(outlook(&early, &["a"]), [1.0 / 3.0; 3]);
}

/// Both places draw with one salt, so the second visit goes on counting where the first stopped.
#[test]
fn propensities_are_exact_where_a_subflow_is_used_twice() {
    let inner = json!({"pick": {"kind": "split", "arms": [
        {"weight_ppm": 500_000, "to": "a"}, {"weight_ppm": 250_000, "to": "b"}, {"weight_ppm": 250_000, "to": "c"},
    ]}});
    let mut subflow = Subflow::default();
    subflow.publish(document("inner", "pick", &inner, &["a", "b", "c"]));
    let nodes = json!({
        "start": {"kind": "waterfall", "to": ["one", "other"]},
        "one": {"kind": "split", "arms": [{"weight_ppm": 700_000, "to": "shared"}, {"weight_ppm": 300_000, "to": "a"}]},
        "other": {"kind": "split", "arms": [{"weight_ppm": 600_000, "to": "shared"}, {"weight_ppm": 400_000, "to": "b"}]},
        "shared": {"kind": "subflow", "flow": "inner"},
    });
    let subflows = [("inner".to_owned(), subflow)].into();
    let program = program_with("test", "start", &nodes, &["a", "b", "c"], subflows);
    // Two of three are closed at first: the second place draws among those that have opened.
    let (only_a, all) = (without(&program, &["b", "c"]), without(&program, &[]));
    compare(&program, &[only_a, all.clone(), all.clone()]);
    compare(&program, &[all.clone(), without(&program, &["a"]), all]);
}
