//! W4, a realistic flow: a derived number, a switch, three tables of 150 rows, a split, and pools with a fallback.
//!
//! Of what zen and cel have no word for they are given the result: the draw of the split. Which
//! destinations are open is known from outside, to all of them alike.

use anyhow::Result;
use pointsman_lead::Lead as _;
use rand::RngExt;
use serde::Deserialize;
use serde_json::Value as Json;
use smallvec::SmallVec;

use super::{EVERYWHERE, Entrant, one_of, random, residual};
use crate::{
    engine::{Answer, Leads},
    lead::{Credit, Scalar, Scalars, Vertical},
    plan::{Case, Plan, Visitor},
    table::{Cell, Column, Row, Table},
};

mod auto;
mod by_hand;
mod cel;
mod home;
mod ours;
mod rows;
mod solar;
mod zen;

/// The name of the workload.
pub const NAME: &str = "W4";

/// The same with a switch node in zen, as one would draw it; zen compiles its conditions at each evaluation.
pub const NAME_AS_DRAWN: &str = "W4-as-drawn";

/// A lead and what is known around it.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The lead.
    pub lead: Credit,
    /// What draws are made by.
    pub unit: String,
    /// The open ones among [`CLOSABLE`], as bits.
    pub open: u8,
}

/// An arrival in JSON, read without copying.
#[derive(Debug, Deserialize)]
struct Wire<'a> {
    vertical: &'a str,
    state: &'a str,
    postal_code: &'a str,
    age: i64,
    debt: i64,
    income: i64,
    unit: &'a str,
    open: u8,
}

impl<'a> Wire<'a> {
    /// The values of the lead, in the order of its columns.
    fn scalars(&self) -> Scalars<'a> {
        SmallVec::from_iter([
            Scalar::Text(self.vertical),
            Scalar::Text(self.state),
            Scalar::Text(self.postal_code),
            Scalar::Number(self.age),
            Scalar::Number(self.debt),
            Scalar::Number(self.income),
        ])
    }
}

/// The destinations that may be closed; all others are open.
const CLOSABLE: [Answer; 3] = [1, 3, 5];

/// The rows' word for the split between two pools.
const PREMIUM: Answer = 100;

/// The rows' word for a pool.
const STANDARD: Answer = 101;

/// The pools: what is tried first, and if that is closed.
const POOLS: [[Answer; 2]; 3] = [[1, 2], [3, 4], [5, 6]];

/// Share of the first pool in the split; the second has the rest.
const SPLIT_PPM: [u32; 2] = [900_000, 100_000];

/// The verticals that have a table each. Leads of others are declined.
const TABLES: [(Vertical, &[rows::Given]); 3] = [
    (Vertical::Auto, auto::ROWS),
    (Vertical::Home, home::ROWS),
    (Vertical::Solar, solar::ROWS),
];

/// Shows the flow to a visitor.
///
/// # Errors
///
/// What the visitor finds, or an engine that refuses the flow.
pub fn visit(plan: &Plan, visitor: &mut dyn Visitor) -> Result<()> {
    let leads = arrivals(plan.n_leads);
    let ours = ours::Ours::new()?;
    let salt = ours.salt();
    let by_hand = by_hand::ByHand::new(salt);
    let zens = |graph: &str| -> Result<[Box<dyn Entrant<Arrival>>; 2]> {
        Ok([
            Box::new(zen::Drawn::new(graph, false, salt)?),
            Box::new(zen::Drawn::new(graph, true, salt)?),
        ])
    };
    let [zen, zen_trace] = zens(&zen::routing_table())?;
    let cel = cel::Grouped::new(salt)?;
    show(
        NAME,
        &[&by_hand, &ours, &*zen, &*zen_trace, &cel],
        &leads,
        visitor,
    )?;
    let [zen, zen_trace] = zens(&zen::as_drawn())?;
    show(
        NAME_AS_DRAWN,
        &[&by_hand, &ours, &*zen, &*zen_trace],
        &leads,
        visitor,
    )
}

fn show(
    workload: &'static str,
    entrants: &[&dyn Entrant<Arrival>],
    leads: &Leads<Arrival>,
    visitor: &mut dyn Visitor,
) -> Result<()> {
    let contenders = entrants
        .iter()
        .flat_map(|entrant| EVERYWHERE.map(|boundary| entrant.enter(boundary, leads)));
    visitor.case(&Case {
        workload,
        rows: TABLES.iter().map(|(_, rows)| rows.len()).sum(),
        n_leads: leads.typed.len(),
        contenders: contenders.collect(),
    })
}

fn arrivals(n: usize) -> Leads<Arrival> {
    let random = &mut random(7);
    let arrival = |position| Arrival {
        lead: Credit {
            vertical: match random.random_range(0..10) {
                0 => *one_of(random, &Vertical::ALL),
                _ => one_of(random, &TABLES).0,
            },
            ..residual::anybody(random)
        },
        unit: format!("source-7/{position:08x}"),
        open: random.random_range(0..8),
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

/// Whether a destination is open.
///
/// * `open`: of an [`Arrival`].
fn is_open(destination: Answer, open: u8) -> bool {
    let bit = CLOSABLE
        .iter()
        .position(|closable| *closable == destination);
    bit.is_none_or(|bit| open >> bit & 1 == 1)
}

/// Where a row leads in the end, by hand.
///
/// * `to`: of the row.
/// * `draw_ppm`: the draw of the split.
fn settle(to: Answer, open: u8, draw_ppm: impl FnOnce() -> u32) -> Answer {
    let pool = match to {
        PREMIUM => POOLS[usize::from(draw_ppm() >= SPLIT_PPM[0])],
        STANDARD => POOLS[2],
        destination => return destination,
    };
    pool[usize::from(!is_open(pool[0], open))]
}

/// The tables in the form that belongs to no engine.
fn tables() -> [(Vertical, Table); 3] {
    TABLES.map(|(vertical, rows)| {
        let table = Table {
            rows: rows.iter().map(row).collect(),
            columns: ["state", "debt_to_income", "age"]
                .map(Column::Field)
                .to_vec(),
            otherwise: STANDARD,
        };
        (vertical, table)
    })
}

fn row(given: &rows::Given) -> Row {
    let rows::Given {
        states,
        debt_to_income,
        age,
        to,
    } = given;
    let states: Vec<String> = states
        .iter()
        .map(|letters| String::from_utf8_lossy(*letters).into_owned())
        .collect();
    Row {
        cells: vec![
            if states.is_empty() {
                Cell::Any
            } else {
                Cell::Texts(states)
            },
            Cell::Range(debt_to_income.start, debt_to_income.end),
            Cell::Range(age.start, age.end),
        ],
        to: *to,
    }
}
