//! W3, the table full of wildcards: an early row nearly always matches.
//!
//! Trying rows in order wins here. An index reads all columns before it knows any row.

use anyhow::Result;
use rand::RngExt;

use super::{EVERYWHERE, random, scan, selective, visit_table};
use crate::{
    lead::{Grid, with_json},
    plan::{Plan, Visitor},
};

/// The name of the workload.
pub const NAME: &str = "W3";

const N_ROWS: usize = 2_000;

/// The leads are made to fit one of so many first rows.
const N_EARLY: usize = 10;

/// Shows the table to a visitor.
///
/// # Errors
///
/// What the visitor finds.
pub fn visit(plan: &Plan, visitor: &mut dyn Visitor) -> Result<()> {
    let table = selective::table(N_ROWS, 0.7);
    let random = &mut random(4);
    let lead = |_| {
        let row = random.random_range(0..N_EARLY);
        selective::fitting(&table.rows[row].cells, random)
    };
    let leads = with_json((0..plan.n_leads).map(lead).collect());
    let by_hand = scan::<Grid>(&table);
    visit_table(NAME, &table, &leads, &by_hand, &EVERYWHERE, visitor)
}
