//! That what is drawn and what is said of it agree: shares of many walks against the filter's probabilities.

use std::collections::BTreeMap;

use pointsman_flow::{Program, Subflow};
use pointsman_router::{Answer, Conditions, Context, Event, Filter, Step, Walk};
use serde_json::json;

use crate::{document, program, program_with, subject, without};

const UNITS: u32 = 40_000;

/// Walks that are refused everywhere under conditions that change from step to step: how often each
/// sequence of offers came, and how often it was to come by the product of its propensities.
fn compare(program: &Program, steps: &[Conditions]) {
    let mut found: BTreeMap<Vec<u16>, (u32, f64)> = BTreeMap::new();
    for unit in 0..UNITS {
        let subject = subject(program, None, &format!("unit-{unit}"));
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
