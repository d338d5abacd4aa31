//! The split by hand: the smallest score among the open arms, and no more than is needed.

use pointsman_flow::Salt;
use serde::Deserialize;

use super::{Arrival, Split};
use crate::{
    engine::{Answer, Engine, NOBODY, Name},
    engines::pointsman::destination,
    workloads::rendezvous::{prefix, uniform},
};

/// The split by hand.
#[derive(Debug)]
pub(super) struct ByHand {
    salt: Salt,
    arms: Vec<Arm>,
    /// The sets of open destinations, as bits.
    open: Vec<u64>,
}

#[derive(Debug)]
struct Arm {
    key: String,
    to: Answer,
    weight: f64,
}

/// A lead in the terms of the draw.
#[derive(Debug)]
pub(super) struct Native<'a> {
    unit: &'a str,
    open: u64,
}

/// An arrival in JSON as far as the draw asks, read without copying.
#[derive(Debug, Deserialize)]
struct Wire<'a> {
    unit: &'a str,
    open: u8,
}

impl ByHand {
    /// * `salt`: of the split.
    pub(super) fn new(split: &Split, salt: Salt) -> Self {
        let arm = |&(to, weight): &(Answer, u32)| Arm {
            key: destination(to),
            to,
            weight: f64::from(weight),
        };
        Self {
            salt,
            arms: split.arms.iter().map(arm).collect(),
            open: split.open.clone(),
        }
    }
}

impl Engine<Arrival> for ByHand {
    type Native<'a> = Native<'a>;

    fn name(&self) -> Name {
        Name::Match
    }

    fn native<'a>(&'a self, arrival: &'a Arrival) -> Native<'a> {
        Native {
            unit: &arrival.unit,
            open: self.open[usize::from(arrival.open)],
        }
    }

    fn decide(&self, lead: &Native<'_>) -> Answer {
        let prefix = prefix(self.salt, lead.unit);
        let (mut best, mut best_score) = (NOBODY, f64::INFINITY);
        for arm in &self.arms {
            if lead.open >> arm.to & 1 == 0 {
                continue;
            }
            let u = uniform(prefix, &arm.key);
            // `-ln(u)` is at least `1 - u`, so that most arms need no logarithm.
            if 1.0 - u > best_score * arm.weight * (1.0 + 1e-12) {
                continue;
            }
            let score = -u.ln() / arm.weight;
            if score < best_score {
                (best, best_score) = (arm.to, score);
            }
        }
        best
    }

    fn decide_json(&self, json: &[u8]) -> Answer {
        let wire: Wire<'_> = serde_json::from_slice(json).expect("leads are JSON");
        self.decide(&Native {
            unit: wire.unit,
            open: self.open[usize::from(wire.open)],
        })
    }
}
