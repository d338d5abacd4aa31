//! W1, the selective grid: many rows of six cells, of which most leads match none.
//!
//! 5 % of cells are wildcards. A fifth of the leads is made to fit a row, spread evenly; the others
//! fall through.

use std::ops::Range;

use anyhow::Result;
use pointsman_lead::Enumerated;
use rand::RngExt;
use rand_pcg::Pcg64;

use super::{EVERYWHERE, one_of, random, scan, visit_table};
use crate::{
    engine::{Answer, Boundary, Engine},
    engines::by_hand::Scan,
    lead::{Device, Grid, STATES, Vertical, state, with_json},
    plan::{Plan, Visitor},
    table::{Cell, Column, Row, Table},
};

/// The name of the workload.
pub const NAME: &str = "W1";

/// Destinations of the rows; the last one takes what falls through.
const N_DESTINATIONS: Answer = 64;

const N_PUBLISHERS: usize = 200;

const AGES: Range<i64> = 18..90;

/// In dollars; rows have their bounds at full thousands.
const AMOUNTS: Range<i64> = 0..100_000;

/// Shows the grid at every size to a visitor.
///
/// # Errors
///
/// What the visitor finds.
pub fn visit(plan: &Plan, visitor: &mut dyn Visitor) -> Result<()> {
    let everywhere = plan.rows.iter().map(|rows| (*rows, &EVERYWHERE[..]));
    let growth = plan.growth.iter();
    let growth = growth.map(|rows| (*rows, &[Boundary::Codes][..]));
    let mut sizes: Vec<(usize, &[Boundary])> = everywhere.chain(growth).collect();
    sizes.sort_unstable_by_key(|(rows, _)| *rows);
    for (rows, boundaries) in sizes {
        let table = table(rows, 0.05);
        // Falling leads are found by trying, which takes long among very many rows.
        let n_leads = if rows > 10_000 {
            plan.n_timed
        } else {
            plan.n_leads
        };
        let leads = with_json(leads(&table, n_leads));
        let by_hand = scan::<Grid>(&table);
        visit_table(NAME, &table, &leads, &by_hand, boundaries, visitor)?;
    }
    Ok(())
}

/// A grid.
///
/// * `wildcards`: share of cells that ask nothing.
pub(super) fn table(rows: usize, wildcards: f64) -> Table {
    let random = &mut random(rows as u64);
    let columns = ["vertical", "state", "publisher", "device", "age", "amount"];
    let cell = |column: &str, random: &mut Pcg64| {
        if random.random_bool(wildcards) {
            return Cell::Any;
        }
        match column {
            "vertical" => label(*one_of(random, &Vertical::ALL)),
            "state" => Cell::Texts(some_states(random)),
            "publisher" => Cell::Texts(vec![publisher(random)]),
            "device" => label(*one_of(random, &Device::ALL)),
            "age" => range(random, AGES, 1, 5..=15),
            _ => range(random, AMOUNTS, 1_000, 5..=20),
        }
    };
    let mut row = || Row {
        cells: columns.map(|column| cell(column, random)).to_vec(),
        to: random.random_range(0..N_DESTINATIONS - 1),
    };
    Table {
        rows: (0..rows).map(|_| row()).collect(),
        columns: columns.map(Column::Field).to_vec(),
        otherwise: N_DESTINATIONS - 1,
    }
}

/// Leads for a grid.
fn leads(table: &Table, n: usize) -> Vec<Grid> {
    let random = &mut random(1);
    let scan = Scan::<Grid>::new(table);
    let falls = |lead: &Grid| scan.decide(&scan.native(lead)) == table.otherwise;
    let mut lead = || {
        if random.random_ratio(1, 5) {
            return fitting(&one_of(random, &table.rows).cells, random);
        }
        loop {
            let lead = anybody(random);
            if falls(&lead) {
                return lead;
            }
        }
    };
    (0..n).map(|_| lead()).collect()
}

/// A lead without regard to the rows.
pub(super) fn anybody(random: &mut Pcg64) -> Grid {
    Grid {
        vertical: *one_of(random, &Vertical::ALL),
        state: state(*one_of(random, &STATES)),
        publisher: publisher(random),
        device: *one_of(random, &Device::ALL),
        age: random.random_range(AGES),
        amount: random.random_range(AMOUNTS),
    }
}

/// A lead that fits a row, and may fit an earlier one too.
pub(super) fn fitting(cells: &[Cell], random: &mut Pcg64) -> Grid {
    let mut lead = anybody(random);
    for (column, cell) in cells.iter().enumerate() {
        match (column, cell) {
            (0, Cell::Texts(labels)) => lead.vertical = labelled(&Vertical::ALL, &labels[0]),
            (1, Cell::Texts(states)) => lead.state = state(one_of(random, states).as_str()),
            (2, Cell::Texts(publishers)) => lead.publisher.clone_from(&publishers[0]),
            (3, Cell::Texts(labels)) => lead.device = labelled(&Device::ALL, &labels[0]),
            (4, Cell::Range(from, to)) => lead.age = random.random_range(*from..*to),
            (5, Cell::Range(from, to)) => lead.amount = random.random_range(*from..*to),
            _ => {}
        }
    }
    lead
}

fn label<E: Enumerated>(value: E) -> Cell {
    Cell::Texts(vec![value.label().to_owned()])
}

fn labelled<E: Enumerated + Copy>(all: &[E], label: &str) -> E {
    let mut all = all.iter().copied();
    let found = all.find(|value| value.label() == label);
    found.expect("rows name labels that there are")
}

fn publisher(random: &mut Pcg64) -> String {
    format!("publisher-{:03}", random.random_range(0..N_PUBLISHERS))
}

/// One to four states, each once.
pub(super) fn some_states(random: &mut Pcg64) -> Vec<String> {
    let n = random.random_range(1..=4);
    let mut states: Vec<String> = (0..n)
        .map(|_| (*one_of(random, &STATES)).to_owned())
        .collect();
    states.sort_unstable();
    states.dedup();
    states
}

/// A range that takes some hundredths of the whole.
fn range(
    random: &mut Pcg64,
    whole: Range<i64>,
    step: i64,
    hundredths: std::ops::RangeInclusive<i64>,
) -> Cell {
    let steps = (whole.end - whole.start) / step;
    let width = (steps * random.random_range(hundredths) / 100).max(1);
    let from = whole.start + random.random_range(0..=steps - width) * step;
    Cell::Range(from, from + width * step)
}
