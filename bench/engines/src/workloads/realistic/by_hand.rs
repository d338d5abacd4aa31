//! The realistic flow by hand: `match`, and no more than is needed.

use std::hash::Hasher as _;

use super::{Arrival, SPLIT_PPM, STANDARD, Wire, auto, home, settle, solar};
use crate::{
    engine::{Answer, Engine, NOBODY, Name},
    lead::Vertical,
};
use pointsman_flow::Salt;
use siphasher::sip::SipHasher24;

/// The flow by hand.
#[derive(Debug)]
pub(super) struct ByHand {
    salt: Salt,
}

/// A lead in the terms of the `match`.
#[derive(Debug)]
pub(super) struct Native<'a> {
    vertical: Option<Vertical>,
    state: [u8; 2],
    debt_to_income: i64,
    age: i64,
    unit: &'a str,
    open: u8,
}

impl ByHand {
    /// * `salt`: of the split.
    pub(super) fn new(salt: Salt) -> Self {
        Self { salt }
    }
}

impl Engine<Arrival> for ByHand {
    type Native<'a> = Native<'a>;

    fn name(&self) -> Name {
        Name::Match
    }

    fn native<'a>(&'a self, arrival: &'a Arrival) -> Native<'a> {
        let Arrival { lead, unit, open } = arrival;
        Native {
            vertical: Some(lead.vertical),
            state: letters(lead.state.as_str()),
            debt_to_income: lead.debt * 100 / lead.income,
            age: lead.age,
            unit,
            open: *open,
        }
    }

    fn decide(&self, lead: &Native<'_>) -> Answer {
        let (state, ratio, age) = (&lead.state, lead.debt_to_income, lead.age);
        let found = match lead.vertical {
            Some(Vertical::Auto) => auto::first(state, ratio, age),
            Some(Vertical::Home) => home::first(state, ratio, age),
            Some(Vertical::Solar) => solar::first(state, ratio, age),
            _ => return NOBODY,
        };
        settle(found.unwrap_or(STANDARD), lead.open, || {
            draw_ppm(self.salt, lead.unit)
        })
    }

    fn decide_json(&self, json: &[u8]) -> Answer {
        let wire: Wire<'_> = serde_json::from_slice(json).expect("leads are JSON");
        self.decide(&Native {
            vertical: match wire.vertical {
                "auto" => Some(Vertical::Auto),
                "home" => Some(Vertical::Home),
                "solar" => Some(Vertical::Solar),
                _ => None,
            },
            state: letters(wire.state),
            debt_to_income: wire.debt * 100 / wire.income,
            age: wire.age,
            unit: wire.unit,
            open: wire.open,
        })
    }
}

fn letters(state: &str) -> [u8; 2] {
    state.as_bytes().try_into().unwrap_or_default()
}

/// The first draw of the split by weighted rendezvous, the same that our router makes, as a point in parts per
/// million: one in the share of the arm that has the smaller score.
pub(super) fn draw_ppm(salt: Salt, unit: &str) -> u32 {
    let length = u32::try_from(unit.len()).unwrap_or(u32::MAX);
    let mut prefix = SipHasher24::new_with_key(&salt.0);
    prefix.write(&length.to_le_bytes());
    prefix.write(unit.as_bytes());
    prefix.write(&0_u32.to_le_bytes());
    let [first, second] = SPLIT_PPM;
    if score(prefix, "first-pool", first) <= score(prefix, "second-pool", second) {
        0
    } else {
        first
    }
}

/// `-ln(u) / weight`, where `u` in `(0, 1]` is made of the upper 53 bits of the hash.
fn score(mut hasher: SipHasher24, key: &str, weight: u32) -> f64 {
    const UNIT_OF_53_BITS: f64 = 1.0 / 9_007_199_254_740_992.0;
    hasher.write(key.as_bytes());
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits are all that a float holds"
    )]
    let point = (hasher.finish() >> 11) as f64;
    -((point + 0.5) * UNIT_OF_53_BITS).ln() / f64::from(weight)
}
