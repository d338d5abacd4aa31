//! Written by hand: the rows of a table, compiled to plain comparisons and tried in order.
//!
//! No index. It is what a programmer would write first, and the limit where an early row matches.

use std::{collections::HashMap, marker::PhantomData};

use smallvec::SmallVec;

use crate::{
    engine::{Answer, Engine, Name},
    lead::{Columns, Scalar, read},
    table::{Cell, Column, Table},
};

/// A table as a list of comparisons.
#[derive(Debug)]
pub struct Scan<L> {
    columns: Vec<Source>,
    /// Row after row, one for each column.
    tests: Vec<Test>,
    to: Vec<Answer>,
    otherwise: Answer,
    lead: PhantomData<fn(&L)>,
}

/// Where the value of a column comes from: positions among the values of the lead.
#[derive(Debug)]
enum Source {
    Number(usize),
    /// Texts as numbers, by what the rows name; another text is none of them.
    Label(usize, HashMap<String, i64>),
    Text(usize),
    DebtToIncome(usize, usize),
}

#[derive(Debug)]
enum Test {
    Any,
    Is(i64),
    /// Both ends are in it.
    Range(i64, i64),
    /// One bit for each number below 64.
    OneOf(u64),
    Prefix(String),
}

/// A value as the tests see it.
#[derive(Debug, Clone, Copy)]
pub enum Seen<'a> {
    /// A number, or a label as one.
    Number(i64),
    /// A text whose beginning is tested.
    Text(&'a str),
}

impl<L: Columns> Scan<L> {
    /// Compiles a table.
    pub fn new(table: &Table) -> Self {
        let columns: Vec<Source> = (0..table.columns.len())
            .map(|column| source::<L>(table, column))
            .collect();
        let rows = table.rows.iter();
        let tests = rows.flat_map(|row| row.cells.iter().zip(&columns).map(test));
        Self {
            tests: tests.collect(),
            columns,
            to: table.rows.iter().map(|row| row.to).collect(),
            otherwise: table.otherwise,
            lead: PhantomData,
        }
    }

    fn see<'a>(&self, scalars: &[Scalar<'a>]) -> SmallVec<[Seen<'a>; 8]> {
        let number = |position: usize| match scalars[position] {
            Scalar::Number(number) => number,
            Scalar::Text(_) => -1,
        };
        let text = |position: usize| match scalars[position] {
            Scalar::Text(text) => text,
            Scalar::Number(_) => "",
        };
        let seen = self.columns.iter().map(|source| match source {
            Source::Number(position) => Seen::Number(number(*position)),
            Source::Label(position, labels) => {
                Seen::Number(labels.get(text(*position)).copied().unwrap_or(-1))
            }
            Source::Text(position) => Seen::Text(text(*position)),
            Source::DebtToIncome(debt, income) => {
                Seen::Number(number(*debt) * 100 / number(*income))
            }
        });
        seen.collect()
    }
}

impl<L: Columns> Engine<L> for Scan<L> {
    type Native<'a>
        = SmallVec<[Seen<'a>; 8]>
    where
        L: 'a;

    fn name(&self) -> Name {
        Name::Match
    }

    fn native<'a>(&'a self, lead: &'a L) -> Self::Native<'a> {
        self.see(&lead.scalars())
    }

    fn decide(&self, native: &SmallVec<[Seen<'_>; 8]>) -> Answer {
        let rows = self.tests.chunks_exact(self.columns.len());
        let found = rows
            .zip(&self.to)
            .find(|(row, _)| row.iter().zip(native).all(|(test, seen)| test.holds(*seen)));
        found.map_or(self.otherwise, |(_, to)| *to)
    }

    fn decide_json(&self, json: &[u8]) -> Answer {
        let scalars = read::<L>(json).expect("leads are JSON");
        self.decide(&self.see(&scalars))
    }
}

impl Test {
    fn holds(&self, seen: Seen<'_>) -> bool {
        match (self, seen) {
            (Self::Any, _) => true,
            (Self::Is(wanted), Seen::Number(number)) => number == *wanted,
            (Self::Range(low, high), Seen::Number(number)) => (*low..=*high).contains(&number),
            (Self::OneOf(numbers), Seen::Number(number)) => {
                (0..64).contains(&number) && numbers >> number & 1 == 1
            }
            (Self::Prefix(prefix), Seen::Text(text)) => text.starts_with(prefix),
            _ => false,
        }
    }
}

fn source<L: Columns>(table: &Table, column: usize) -> Source {
    let position = |name: &str| {
        let mut names = L::NAMES.iter();
        names.position(|known| *known == name).unwrap_or_default()
    };
    let Column::Field(name) = table.columns[column] else {
        return Source::DebtToIncome(position("debt"), position("income"));
    };
    let mut labels = HashMap::new();
    for row in &table.rows {
        match &row.cells[column] {
            Cell::Texts(texts) => {
                for text in texts {
                    let next = i64::try_from(labels.len()).unwrap_or(i64::MAX);
                    labels.entry(text.clone()).or_insert(next);
                }
            }
            Cell::Prefix(_) => return Source::Text(position(name)),
            Cell::Any => {}
            Cell::Number(_) | Cell::Range(..) => return Source::Number(position(name)),
        }
    }
    Source::Label(position(name), labels)
}

fn test((cell, source): (&Cell, &Source)) -> Test {
    match (cell, source) {
        (Cell::Any, _) => Test::Any,
        (Cell::Number(number), _) => Test::Is(*number),
        (Cell::Range(from, to), _) => Test::Range(*from, to - 1),
        (Cell::Prefix(prefix), _) => Test::Prefix(prefix.clone()),
        (Cell::Texts(texts), Source::Label(_, labels)) => match texts.as_slice() {
            [text] => Test::Is(labels[text]),
            texts => Test::OneOf(texts.iter().map(|text| 1_u64 << labels[text]).sum()),
        },
        (Cell::Texts(_), _) => Test::OneOf(0),
    }
}
