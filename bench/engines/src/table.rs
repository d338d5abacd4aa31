//! A decision table that belongs to no engine; each engine writes it down in its own way.

use crate::engine::Answer;

/// Rows that are tried in order; the first that matches gives the answer.
#[derive(Debug, Clone)]
pub struct Table {
    /// What the cells test.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Row>,
    /// The answer if no row matches.
    pub otherwise: Answer,
}

/// What the cells of a column test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// A column of the lead, by name.
    Field(&'static str),
    /// `debt * 100 / income`, rounded towards zero.
    DebtToIncome,
}

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    /// One for each column.
    pub cells: Vec<Cell>,
    /// The answer if all of them match.
    pub to: Answer,
}

/// What a row asks of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Any,
    /// One of these texts.
    Texts(Vec<String>),
    /// This number.
    Number(i64),
    /// A number of a range; the second is the first after it.
    Range(i64, i64),
    /// A text that starts so.
    Prefix(String),
}

impl Table {
    /// How many different answers there are, from 0.
    pub fn n_answers(&self) -> Answer {
        let to = self.rows.iter().map(|row| row.to);
        to.chain([self.otherwise]).max().unwrap_or(0) + 1
    }
}
