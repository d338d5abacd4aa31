//! The realistic flow by hand: `match`, and no more than is needed.

use super::{Arrival, SPLIT_PPM, STANDARD, Wire, auto, home, settle, solar};
use crate::{
    engine::{Answer, Engine, NOBODY, Name},
    lead::Vertical,
    workloads::rendezvous::{prefix, uniform},
};
use pointsman_flow::Salt;

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
    let prefix = prefix(salt, unit);
    let score = |key: &str, weight: u32| -uniform(prefix, key).ln() / f64::from(weight);
    let [first, second] = SPLIT_PPM;
    if score("first-pool", first) <= score("second-pool", second) {
        0
    } else {
        first
    }
}
