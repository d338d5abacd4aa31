//! Draws against golden.json, which golden.py has made.

use std::collections::BTreeMap;

use pointsman_bandit::Allocation;
use pointsman_router::{
    Answer, Context, Drawn, Event, HashKey, OFFERS_MAX, Step, Subject, Unit, Walk,
};
use serde::Deserialize;
use serde_json::json;

use crate::{fields, program, without};

#[derive(Deserialize)]
struct Case {
    flow: String,
    node: String,
    salt: Option<String>,
    unit: String,
    hash_key: String,
    email: Option<String>,
    drawn_by: String,
    arms: Vec<Arm>,
    /// Whom the lead is offered to, one after the other.
    offers: Vec<String>,
    /// The scores of the arms at each of these draws.
    draws: Vec<BTreeMap<String, f64>>,
}

#[derive(Deserialize)]
struct Arm {
    name: String,
    key: Option<String>,
    weight_ppm: u32,
}

fn bytes(hex: &str) -> [u8; 16] {
    let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    std::array::from_fn(byte)
}

/// The whole of a draw: the key of a salt, the hash of a sticky value, the bytes that are hashed, the
/// score, and who wins. They never change: they decide where leads go.
#[test]
fn draws_are_those_that_another_language_reckons() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("golden.json")).unwrap();
    assert!(cases.len() >= 9);
    for case in cases {
        let names: Vec<&str> = case.arms.iter().map(|arm| arm.name.as_str()).collect();
        let arms = case.arms.iter().map(|arm| {
            json!({"name": arm.name, "key": arm.key, "weight_ppm": arm.weight_ppm, "to": arm.name})
        });
        let node = json!({
            "kind": "split", "salt": case.salt, "arms": arms.collect::<Vec<_>>(),
            "sticky": case.email.as_ref().map(|_| "email"),
        });
        let program = program(&case.flow, &case.node, &json!({&case.node: node}), &names);
        let unit = Unit::new(&case.unit, HashKey(bytes(&case.hash_key)));
        let fields = fields(&program, case.email.as_deref());
        let subject = Subject::new(&program, &Allocation::prior(), &fields, unit);
        let context = Context {
            program: &program,
            subject: &subject,
        };
        let conditions = without(&program, &[]);
        let (mut walk, mut event) = (Walk::new(context), Event::Start);
        for (draw, offered) in case.draws.iter().zip(&case.offers).take(OFFERS_MAX) {
            let before = walk.clone();
            let Step::Offer(offer) = walk.next(context, &conditions, event.clone()) else {
                panic!("{offered} is left");
            };
            let name = &program.destinations()[usize::from(offer.destination.0)].name;
            assert_eq!(name, offered, "{} {}", case.node, case.unit);
            let made = before.draws(context, &conditions, event, &offer.trace);
            assert_eq!(made[0].unit, case.drawn_by);
            let Drawn::Scores(scores) = &made[0].drawn else {
                panic!("{:?}", made[0].drawn);
            };
            for (name, score) in names.iter().zip(scores) {
                assert_eq!(score.is_some(), draw.contains_key(*name), "{name}");
                if let (Some(found), Some(wanted)) = (score, draw.get(*name)) {
                    // Both logarithms are right to the last bit or two.
                    let error = (found / wanted - 1.0).abs();
                    assert!(error < 1e-15, "{name}: {found} is not {wanted}");
                }
            }
            event = Event::Answer(Answer::Rejected);
        }
    }
}
