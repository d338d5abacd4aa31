use proptest::prelude::*;
use serde_json::json;

use super::Filter;
use crate::{
    Answer, Context,
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
        let mut standing = all_free(&program);
        let idxs: Vec<_> = standing.free.iter().collect();
        for (bit, idx) in idxs.into_iter().enumerate() {
            if closed & (1 << bit) != 0 {
                standing.free.clear(idx);
            }
        }
        let mut filter = Filter::new(context);
        let mut seen = Vec::new();
        loop {
            let outlook = filter.outlook(context, &standing).clone();
            let whole = outlook.offers.iter().map(|(_, probability)| probability).sum::<f64>() + outlook.declined + outlook.unsold;
            prop_assert!((whole - 1.0).abs() < 1e-12, "{outlook:?}");
            let Some(&(next, _)) = outlook.offers.get(unit as usize % outlook.offers.len().max(1)) else { break };
            prop_assert!(!seen.contains(&next) && standing.free.get(next));
            seen.push(next);
            filter.observe(next);
            filter.answer(context, Answer::Rejected);
        }
        prop_assert!(seen.len() <= 5);
    }
}
