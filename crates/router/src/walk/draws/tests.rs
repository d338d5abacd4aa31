use pointsman_flow::Op;
use proptest::prelude::*;
use serde_json::json;

use crate::{
    Answer, Choice, Conditions, Context, DestinationIdx, Event, Mask, Orders, Step, Trace, Walk,
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
            let before = walk.clone();
            let step = walk.next(context, &conditions, event);
            let drawn = trace(&step).iter().filter(|choice| {
                matches!(program.node(choice.0), Op::Split { .. } | Op::Bandit { .. } | Op::Rotate { .. })
            });
            let draws = before.draws(context, &conditions, trace(&step));
            prop_assert_eq!(draws.len(), drawn.clone().count());
            for (draw, &Choice(node, choice)) in draws.iter().zip(drawn) {
                prop_assert_eq!(draw.node, node);
                if let Some((last, vain)) = draw.points.split_last() {
                    prop_assert_eq!(last.1, usize::from(choice));
                    prop_assert!(vain.iter().all(|(_, arm)| *arm != last.1));
                }
                for &(point, arm) in &draw.points {
                    let below: u32 = draw.weights_ppm[..arm].iter().sum();
                    prop_assert!((below..below + draw.weights_ppm[arm]).contains(&point));
                }
            }
            if let Step::Done(_) = step {
                break;
            }
        }
    }
}
