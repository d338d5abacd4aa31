//! W5, tests of text and arithmetic: a fifth of 500 rows asks for the beginning of a postal code
//! or for debts of some share of the income.
//!
//! It shows what the language costs, apart from the search. One expression a row is at its best here.

use anyhow::Result;
use pointsman_lead::Enumerated as _;
use rand::RngExt;
use rand_pcg::Pcg64;

use super::{EVERYWHERE, one_of, random, scan, selective, visit_table};
use crate::{
    engine::Answer,
    lead::{Credit, STATES, Vertical, state, with_json},
    plan::{Plan, Visitor},
    table::{Cell, Column, Row, Table},
};

/// The name of the workload.
pub const NAME: &str = "W5";

const N_ROWS: usize = 500;

const N_DESTINATIONS: Answer = 64;

/// Shows the table to a visitor.
///
/// # Errors
///
/// What the visitor finds.
pub fn visit(plan: &Plan, visitor: &mut dyn Visitor) -> Result<()> {
    let table = table();
    let random = &mut random(5);
    let leads = with_json((0..plan.n_leads).map(|_| anybody(random)).collect());
    let by_hand = scan::<Credit>(&table);
    visit_table(NAME, &table, &leads, &by_hand, &EVERYWHERE, visitor)
}

fn table() -> Table {
    let random = &mut random(6);
    let row = |_| {
        let [area, ratio] = match random.random_range(0..10) {
            0 => [Cell::Prefix(area(random)), Cell::Any],
            1 => {
                let from = random.random_range(0..20) * 5;
                [Cell::Any, Cell::Range(from, from + 20)]
            }
            _ => [Cell::Any, Cell::Any],
        };
        let age = random.random_range(18..80);
        Row {
            cells: vec![
                Cell::Texts(vec![one_of(random, &Vertical::ALL).label().to_owned()]),
                Cell::Texts(selective::some_states(random)),
                Cell::Range(age, age + 10),
                area,
                ratio,
            ],
            to: random.random_range(0..N_DESTINATIONS - 1),
        }
    };
    let fields = ["vertical", "state", "age", "postal_code"].map(Column::Field);
    Table {
        rows: (0..N_ROWS).map(row).collect(),
        columns: fields.into_iter().chain([Column::DebtToIncome]).collect(),
        otherwise: N_DESTINATIONS - 1,
    }
}

/// A lead without regard to the rows.
pub(super) fn anybody(random: &mut Pcg64) -> Credit {
    Credit {
        vertical: *one_of(random, &Vertical::ALL),
        state: state(*one_of(random, &STATES)),
        postal_code: format!("{}{:02}", area(random), random.random_range(0..100))
            .parse()
            .expect("five digits are a postal code"),
        age: random.random_range(18..90),
        debt: random.random_range(0..4_000),
        income: random.random_range(1_000..12_000),
    }
}

/// The first three digits of a postal code, one of sixty.
fn area(random: &mut Pcg64) -> String {
    format!("{}", 900 + random.random_range(0..60))
}
