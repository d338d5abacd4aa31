//! W2, the equality lookup: ten thousand rows, each one number and one text.
//!
//! The index of zen is at its best here, and by hand it is a hash map.

use std::collections::HashMap;

use anyhow::Result;
use rand::RngExt;
use rand_pcg::Pcg64;

use super::{EVERYWHERE, one_of, random, visit_table};
use crate::{
    engine::{Answer, Engine, Name},
    lead::{Lookup, Scalar, read, with_json},
    plan::{Plan, Visitor},
    table::{Cell, Column, Row, Table},
};

/// The name of the workload.
pub const NAME: &str = "W2";

const N_ROWS: usize = 10_000;

const N_DESTINATIONS: Answer = 64;

const STATUSES: [i64; 3] = [200, 404, 500];

/// Shows the lookup to a visitor.
///
/// # Errors
///
/// What the visitor finds.
pub fn visit(plan: &Plan, visitor: &mut dyn Visitor) -> Result<()> {
    let table = table();
    let random = &mut random(2);
    let lead = |_| fitting_or_not(random, &table);
    let leads = with_json((0..plan.n_leads).map(lead).collect());
    let by_hand = || Box::new(ByHand::new(&table)) as _;
    visit_table(NAME, &table, &leads, &by_hand, &EVERYWHERE, visitor)
}

fn table() -> Table {
    let random = &mut random(3);
    let row = |row| Row {
        cells: vec![
            Cell::Number(*one_of(random, &STATUSES)),
            Cell::Texts(vec![key(row)]),
        ],
        to: random.random_range(0..N_DESTINATIONS - 1),
    };
    Table {
        rows: (0..N_ROWS).map(row).collect(),
        columns: vec![Column::Field("status"), Column::Field("key")],
        otherwise: N_DESTINATIONS - 1,
    }
}

/// A lead with the text of a row, and in two cases of three with its number too.
fn fitting_or_not(random: &mut Pcg64, table: &Table) -> Lookup {
    let mut lead = Lookup {
        status: *one_of(random, &STATUSES),
        key: key(random.random_range(0..N_ROWS)),
    };
    if random.random_bool(0.5) {
        let row = one_of(random, &table.rows);
        if let [Cell::Number(status), Cell::Texts(keys)] = row.cells.as_slice() {
            lead.status = *status;
            lead.key.clone_from(&keys[0]);
        }
    }
    lead
}

fn key(number: usize) -> String {
    format!("app-{number:05}")
}

/// One hash map for each status.
#[derive(Debug)]
struct ByHand {
    by_status: HashMap<i64, HashMap<String, Answer>>,
    otherwise: Answer,
}

impl ByHand {
    fn new(table: &Table) -> Self {
        let mut by_status: HashMap<i64, HashMap<String, Answer>> = HashMap::new();
        for Row { cells, to } in &table.rows {
            if let [Cell::Number(status), Cell::Texts(keys)] = cells.as_slice() {
                let answers = by_status.entry(*status).or_default();
                answers.insert(keys[0].clone(), *to);
            }
        }
        Self {
            by_status,
            otherwise: table.otherwise,
        }
    }

    fn find(&self, status: i64, key: &str) -> Answer {
        let answers = self.by_status.get(&status);
        let answer = answers.and_then(|answers| answers.get(key));
        answer.copied().unwrap_or(self.otherwise)
    }
}

impl Engine<Lookup> for ByHand {
    type Native<'a> = &'a Lookup;

    fn name(&self) -> Name {
        Name::Match
    }

    fn native<'a>(&'a self, lead: &'a Lookup) -> &'a Lookup {
        lead
    }

    fn decide(&self, lead: &&Lookup) -> Answer {
        self.find(lead.status, &lead.key)
    }

    fn decide_json(&self, json: &[u8]) -> Answer {
        match read::<Lookup>(json).expect("leads are JSON").as_slice() {
            [Scalar::Number(status), Scalar::Text(key)] => self.find(*status, key),
            _ => self.otherwise,
        }
    }
}
