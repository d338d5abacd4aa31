use pointsman_flow::Program;
use pointsman_ledger::OrderNames;
use proptest::prelude::*;
use serde_json::json;

use super::Filter;
use crate::{
    Answer, Context, Event, Orders, Step, Walk,
    walk::tests::{all_free, program, subject},
};

proptest! {
    /// Whatever the weights and whoever is free, the probabilities of all outcomes make a whole at
    /// every step, and no destination is offered twice.
    #[test]
    fn outlooks_make_a_whole(first in 1u32..999_999, second in 1u32..999_999, closed in 0u8..64, unit in 0u32..1_000) {
        let nodes = json!({
            "inner": {"kind": "split", "arms": [{"weight_ppm": second, "to": "a"}, {"weight_ppm": 1_000_000 - second, "to": "b"}]},
            "falls": {"kind": "waterfall", "to": ["inner", "c", "d"]},
            "outer": {"kind": "split", "arms": [{"weight_ppm": first, "to": "falls"}, {"name": "again", "weight_ppm": 1_000_000 - first, "to": "inner"}]},
            "all": {"kind": "waterfall", "to": ["outer", "e"]},
        });
        let program = program(&nodes, "all", 1);
        let subject = subject(&program, None, &format!("u{unit}"));
        let context = Context { program: &program, subject: &subject };
        let mut conditions = all_free(&program);
        let idxs: Vec<_> = conditions.free.iter().collect();
        for (bit, idx) in idxs.into_iter().enumerate() {
            if closed & (1 << bit) != 0 {
                conditions.free.clear(idx);
            }
        }
        let mut filter = Filter::new(context);
        let mut seen = Vec::new();
        loop {
            let outlook = filter.outlook(context, &conditions).clone();
            let whole = outlook.offers.iter().map(|(_, probability)| probability).sum::<f64>() + outlook.declined + outlook.unsold;
            prop_assert!((whole - 1.0).abs() < 1e-12, "{outlook:?}");
            let Some(&(next, _)) = outlook.offers.get(unit as usize % outlook.offers.len().max(1)) else { break };
            prop_assert!(!seen.contains(&next) && conditions.free.get(next));
            seen.push(next);
            filter.observe(next);
            filter.answer(context, Answer::Rejected);
        }
        prop_assert!(seen.len() <= 5);
    }
}

/// A rotation between splits, and one whose order is known for only one of them.
fn rotations(first: u32) -> Program {
    let nodes = json!({
        "coin": {"kind": "split", "arms": [{"weight_ppm": first, "to": "a"}, {"weight_ppm": 1_000_000 - first, "to": "b"}]},
        "inner": {"kind": "rotate", "by": "least_recently_sold", "arms": [{"to": "a"}, {"to": "c"}, {"to": "coin"}]},
        "outer": {"kind": "rotate", "by": "deficit", "arms": [{"to": "inner", "daily": 3}, {"to": "d", "daily": 2}, {"to": "coin", "daily": 1}]},
        "split": {"kind": "split", "arms": [{"weight_ppm": first, "to": "inner"}, {"weight_ppm": 1_000_000 - first, "to": "outer"}]},
    });
    program(&nodes, "split", 1)
}

proptest! {
    /// Whatever the orders, known or not, whoever is free and whatever is answered, a walk and a
    /// filter that takes in the same agree on the probability of each of its steps.
    #[test]
    fn the_filter_agrees_with_walks_through_rotations(
        first in 1u32..999_999,
        inner in Just(["a", "c", "coin"]).prop_shuffle(),
        outer in prop::option::of(Just(["inner", "d", "coin"]).prop_shuffle()),
        closed in 0u8..64,
        answers in prop::collection::vec(prop::bool::ANY, 16),
        unit in 0u32..1_000,
    ) {
        let program = rotations(first);
        let owned = |names: &[&str; 3]| names.map(str::to_owned).to_vec();
        let mut names = OrderNames::from([("inner".to_owned(), owned(&inner))]);
        names.extend(outer.map(|outer| ("outer".to_owned(), owned(&outer))));
        let mut conditions = all_free(&program);
        conditions.orders = Orders::from_names(&program, &names);
        prop_assert_eq!(conditions.orders.to_names(&program), names);
        let idxs: Vec<_> = conditions.free.iter().collect();
        for (bit, idx) in idxs.into_iter().enumerate() {
            if closed & (1 << bit) != 0 {
                conditions.free.clear(idx);
            }
        }
        let subject = subject(&program, None, &format!("u{unit}"));
        let context = Context { program: &program, subject: &subject };
        let (mut walk, mut filter) = (Walk::new(context), Filter::new(context));
        let mut event = Event::Start;
        for rejects in answers {
            let step = walk.next(context, &conditions, event);
            let outlook = filter.outlook(context, &conditions).clone();
            let whole = outlook.offers.iter().map(|(_, probability)| probability).sum::<f64>() + outlook.declined + outlook.unsold;
            prop_assert!((whole - 1.0).abs() < 1e-12, "{outlook:?}");
            let offer = match step {
                Step::Ping(ping) => panic!("no auction is in this flow: {ping:?}"),
                Step::Offer(offer) => offer,
                Step::Done(done) => {
                    prop_assert_eq!(done.propensity.to_bits(), outlook.unsold.to_bits());
                    break;
                }
            };
            prop_assert!(conditions.free.get(offer.destination) && offer.propensity > 0.0);
            prop_assert_eq!(offer.propensity.to_bits(), filter.observe(offer.destination).to_bits());
            let answer = if rejects { Answer::Rejected } else { Answer::NotSent };
            filter.answer(context, answer);
            event = Event::Answer(answer);
        }
    }
}
