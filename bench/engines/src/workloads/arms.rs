//! W6, a split of 64 arms: a step that draws among many, with its exact probability.
//!
//! zen and cel have no word for a draw, and of everything else there is nothing here. Which destinations
//! are open is known from outside.

use std::collections::BTreeSet;

use anyhow::Result;
use rand::RngExt;
use serde_json::Value as Json;

use super::{EVERYWHERE, Entrant, random};
use crate::{
    engine::{Answer, Leads},
    lead::Lookup,
    plan::{Case, Plan, Visitor},
};
use pointsman_lead::Lead as _;

mod by_hand;
mod ours;

/// The name of the workload.
pub const NAME: &str = "W6";

const N_ARMS: Answer = 64;

/// How many sets of open destinations there are.
const N_OPEN: u8 = 16;

/// A lead and what is known around it.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The lead.
    pub lead: Lookup,
    /// What draws are made by.
    pub unit: String,
    /// Which destinations are open: one of [`N_OPEN`] sets.
    pub open: u8,
}

/// The split in the form that belongs to no engine.
#[derive(Debug)]
struct Split {
    /// The arms in the order in which they are declared, each with its weight in parts per million.
    arms: Vec<(Answer, u32)>,
    /// The sets of open destinations, as bits.
    open: Vec<u64>,
}

/// Shows the split to a visitor.
///
/// # Errors
///
/// What the visitor finds, or that we refuse the flow.
pub fn visit(plan: &Plan, visitor: &mut dyn Visitor) -> Result<()> {
    let (split, leads) = (split(), arrivals(plan.n_leads));
    let ours = ours::Ours::new(&split)?;
    let by_hand = by_hand::ByHand::new(&split, ours.salt());
    let entrants: [&dyn Entrant<Arrival>; 2] = [&by_hand, &ours];
    let contenders = entrants
        .iter()
        .flat_map(|entrant| EVERYWHERE.map(|boundary| entrant.enter(boundary, &leads)));
    visitor.case(&Case {
        workload: NAME,
        rows: usize::from(N_ARMS),
        n_leads: leads.typed.len(),
        contenders: contenders.collect(),
    })
}

/// Uneven weights, and arms that are not declared in the order of their names.
fn split() -> Split {
    let random = &mut random(8);
    let mut cuts = BTreeSet::from([0, 1_000_000]);
    while cuts.len() <= usize::from(N_ARMS) {
        cuts.insert(random.random_range(1..1_000_000));
    }
    let cuts: Vec<u32> = cuts.into_iter().collect();
    let weights = cuts.windows(2).map(|cuts| cuts[1] - cuts[0]);
    let answers = (0..N_ARMS).map(|arm| arm * 37 % N_ARMS);
    // Two of three bits are set.
    let open = |_| random.random::<u64>() | (random.random::<u64>() & random.random::<u64>());
    Split {
        arms: answers.zip(weights).collect(),
        open: (0..N_OPEN).map(open).collect(),
    }
}

fn arrivals(n: usize) -> Leads<Arrival> {
    let random = &mut random(9);
    let arrival = |position| Arrival {
        lead: Lookup {
            status: random.random_range(200..600),
            key: format!("key-{:05}", random.random_range(0..10_000)),
        },
        unit: format!("source-7/{position:08x}"),
        open: random.random_range(0..N_OPEN),
    };
    let typed: Vec<Arrival> = (0..n).map(arrival).collect();
    Leads {
        json: typed.iter().map(json).collect(),
        typed,
    }
}

fn json(arrival: &Arrival) -> Vec<u8> {
    let Arrival { lead, unit, open } = arrival;
    let mut members = lead.to_json();
    members.insert("unit".to_owned(), Json::from(unit.as_str()));
    members.insert("open".to_owned(), Json::from(*open));
    // Serialising plain values into memory cannot fail; an empty text would be found by the checks.
    serde_json::to_vec(&members).unwrap_or_default()
}
