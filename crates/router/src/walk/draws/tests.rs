use pointsman_flow::Op;
use proptest::prelude::*;
use serde_json::json;

use crate::{
    Answer, Choice, Conditions, Context, DestinationIdx, Drawn, Event, Mask, Orders, Step, Trace,
    Walk,
    walk::tests::{program, subject},
};

fn trace(step: &Step) -> &Trace {
    match step {
        Step::Ping(ping) => &ping.trace,
        Step::Offer(offer) => &offer.trace,
        Step::Done(done) => &done.trace,
    }
}

proptest! {
    #[test]
    fn draws_made_again_lead_where_the_walk_went(
        weights in prop::collection::vec(1..40_000_u32, 3),
        unit in "[a-z]{1,8}",
        closed in 0..64_u8,
        answers in prop::collection::vec(prop::sample::select(vec![Answer::Rejected, Answer::NotSent]), 8),
    ) {
        let rest = 1_000_000 - weights.iter().sum::<u32>();
        let arms = ["turns", "a", "b", "best"].into_iter().zip(weights.iter().copied().chain([rest]));
        let arms: Vec<_> = arms.map(|(to, weight)| json!({"to": to, "weight_ppm": weight})).collect();
        let program = program(&json!({
            "split": {"kind": "split", "arms": arms},
            "best": {"kind": "bandit", "explore_ppm": 10_000, "arms": [{"to": "c"}, {"to": "d"}, {"to": "a"}]},
            "turns": {"kind": "rotate", "by": "least_recently_sold", "arms": [{"to": "e"}, {"to": "f"}]},
        }), "split", 1);
        let subject = subject(&program, None, &unit);
        let context = Context { program: &program, subject: &subject };
        let n_destinations = u16::try_from(program.destinations().len()).unwrap();
        let mut free = Mask::full(n_destinations);
        (0..n_destinations).filter(|idx| closed >> idx & 1 == 1).for_each(|idx| free.clear(DestinationIdx(idx)));
        let conditions = Conditions { free, orders: Orders::default() };
        let mut walk = Walk::new(context);
        let events = answers.into_iter().map(Event::Answer);
        for event in [Event::Start].into_iter().chain(events) {
            let (before, is_start) = (walk.clone(), event == Event::Start);
            let step = walk.next(context, &conditions, event.clone());
            let drawn = trace(&step).iter().filter(|choice| {
                matches!(program.node(choice.0), Op::Split { .. } | Op::Bandit { .. } | Op::Rotate { .. })
            });
            let draws = before.draws(context, &conditions, event, trace(&step));
            prop_assert_eq!(draws.len(), drawn.clone().count());
            for (draw, &Choice(node, choice)) in draws.iter().zip(drawn) {
                prop_assert_eq!(draw.node, node);
                let Drawn::Scores(scores) = &draw.drawn else {
                    return Err(TestCaseError::fail("a program is made under the present semantics"));
                };
                prop_assert!(scores.iter().all(|score| score.is_some_and(|score| score >= 0.0)));
                let children = program.node(node).children();
                let is_ahead = |arm: &usize| scores[*arm] < scores[usize::from(choice)];
                for arm in (0..scores.len()).filter(is_ahead) {
                    // Later it may also have been tried.
                    let leaves = program.leaves(children[arm]);
                    prop_assert!(!is_start || !leaves.mask.intersects(&conditions.free));
                }
            }
            if let Step::Done(_) = step {
                break;
            }
        }
    }
}
