//! The workloads, one a file: made-up tables and leads from a fixed seed.

use std::any::Any;

use anyhow::Result;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use crate::{
    engine::{Boundary, Contender, Engine, Leads, Name},
    engines::{
        by_hand::Scan,
        cel::{Cel, Way},
        pointsman::{self, Pointsman},
        zen::{self, Zen},
    },
    lead::Columns,
    plan::{Build, Case, Plan, Visitor, Work},
    table::Table,
};

pub mod arms;
pub mod equality;
pub mod realistic;
mod rendezvous;
pub mod residual;
pub mod selective;
pub mod wildcards;

/// Everything is made from this, so that every run sees the same tables and leads.
const SEED: u64 = 20_261_126;

/// Rows from which on one expression a row is not waited for any more.
const CEL_ROWS_MAX: usize = 10_000;

/// Rows up to which everything must be proved.
const PROVED_ROWS_MAX: usize = 10_000;

/// Shows all workloads to a visitor.
///
/// # Errors
///
/// What the visitor finds, or an engine that refuses a workload.
pub fn visit(plan: &Plan, visitor: &mut dyn Visitor) -> Result<()> {
    selective::visit(plan, visitor)?;
    equality::visit(plan, visitor)?;
    wildcards::visit(plan, visitor)?;
    realistic::visit(plan, visitor)?;
    residual::visit(plan, visitor)?;
    arms::visit(plan, visitor)
}

/// A generator for one purpose, apart from those for others.
fn random(purpose: u64) -> Pcg64 {
    Pcg64::seed_from_u64(SEED ^ (purpose << 32))
}

/// Shows a table to a visitor: every engine built from it, and all of them on the same leads.
///
/// * `boundaries`: where the clocks start.
fn visit_table<L: Columns + 'static>(
    workload: &'static str,
    table: &Table,
    leads: &Leads<L>,
    by_hand: &dyn Fn() -> Box<dyn Entrant<L>>,
    boundaries: &[Boundary],
    visitor: &mut dyn Visitor,
) -> Result<()> {
    let rows = table.rows.len();
    let (flow, graph) = (pointsman::document::<L>(table), zen::graph(table));
    let ours = || Ok(Box::new(Pointsman::<L>::new(&flow)?) as Box<dyn Any>);
    let checked = || Ok(Box::new(pointsman::checked::<L>(&flow)?) as Box<dyn Any>);
    let zens = || Ok(Box::new(Zen::<L>::new(&graph, false)?) as Box<dyn Any>);
    let cels = || Ok(Box::new(Cel::<L>::new(table, Way::Variables)?) as Box<dyn Any>);
    let mut makers: Vec<(Name, Work, &dyn Fn() -> Result<Box<dyn Any>>)> = vec![
        (Name::Pointsman, Work::Compile, &ours),
        (Name::Zen, Work::Compile, &zens),
    ];
    if rows <= PROVED_ROWS_MAX {
        makers.push((Name::Pointsman, Work::Check, &checked));
    }
    if rows <= CEL_ROWS_MAX {
        makers.push((Name::Cel, Work::Compile, &cels));
    }
    for (engine, work, make) in makers {
        visitor.build(&Build {
            workload,
            rows,
            engine,
            work,
            make,
        })?;
    }
    let mut entrants: Vec<Box<dyn Entrant<L>>> = vec![
        by_hand(),
        Box::new(Pointsman::<L>::new(&flow)?),
        Box::new(Zen::<L>::new(&graph, false)?),
        Box::new(Zen::<L>::new(&graph, true)?),
    ];
    if rows <= CEL_ROWS_MAX {
        for way in [Way::Variables, Way::Resolver] {
            entrants.push(Box::new(Cel::<L>::new(table, way)?));
        }
    }
    let all = entrants.iter();
    visitor.case(&Case {
        workload,
        rows,
        n_leads: leads.typed.len(),
        contenders: all
            .flat_map(|entrant| {
                let starts = boundaries.iter();
                starts.map(|boundary| entrant.enter(*boundary, leads))
            })
            .collect(),
    })
}

/// An engine whose own terms nobody needs to know.
trait Entrant<L> {
    /// The engine at a boundary.
    fn enter<'a>(&'a self, boundary: Boundary, leads: &'a Leads<L>) -> Contender<'a>;
}

impl<L, E: Engine<L>> Entrant<L> for E {
    fn enter<'a>(&'a self, boundary: Boundary, leads: &'a Leads<L>) -> Contender<'a> {
        Contender::new(self, boundary, leads)
    }
}

/// All boundaries.
const EVERYWHERE: [Boundary; 3] = [Boundary::Codes, Boundary::Typed, Boundary::Json];

/// The table as a list of comparisons: what is written by hand if nothing better comes to mind.
fn scan<L: Columns + 'static>(table: &Table) -> impl Fn() -> Box<dyn Entrant<L>> {
    move || Box::new(Scan::<L>::new(table)) as Box<dyn Entrant<L>>
}

/// One of some values.
fn one_of<'a, T>(random: &mut Pcg64, values: &'a [T]) -> &'a T {
    &values[random.random_range(0..values.len())]
}
