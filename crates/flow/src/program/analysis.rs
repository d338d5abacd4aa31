//! What can be proved about a table before any lead comes: overlaps, rows in the shadow, gaps.

use std::cell::Cell;

use super::table::{BitTable, Column, accepted};
use crate::{
    check::{CellTest, TableRule},
    classes::{ClassMap, MISSING},
};

/// Most findings of a kind in one table.
const MAX_FINDINGS: usize = 20;

/// A proof would take too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooHard;

/// Two rows of which a lead may match both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Overlap {
    pub(super) row: usize,
    pub(super) other: usize,
    /// A class for each column that both match.
    pub(super) classes: Vec<u16>,
}

pub(super) struct Analysis<'a> {
    pub(super) rule: &'a TableRule,
    pub(super) table: &'a BitTable,
    pub(super) maps: &'a [ClassMap],
    /// Words of work that are left.
    pub(super) work: &'a Cell<usize>,
}

impl Analysis<'_> {
    fn map(&self, column: usize) -> &ClassMap {
        &self.maps[self.rule.columns[column].at()]
    }

    fn spend(&self, words: usize) -> Result<(), TooHard> {
        let left = self.work.get().checked_sub(words).ok_or(TooHard)?;
        self.work.set(left);
        Ok(())
    }

    /// Rows that no lead matches, whatever the other rows say.
    pub(super) fn impossible(&self) -> Vec<usize> {
        let rows = self.rule.rows.iter().enumerate();
        let impossible = rows.filter(|(_, cells)| {
            let mut cells = cells.iter().enumerate();
            cells.any(|(column, cell)| {
                !matches!(cell, CellTest::Any) && accepted(cell, self.map(column)).is_empty()
            })
        });
        impossible.map(|(row, _)| row).take(MAX_FINDINGS).collect()
    }

    /// Pairs of rows that a lead can match both; each row with the first after it.
    pub(super) fn overlaps(&self) -> Result<Vec<Overlap>, TooHard> {
        let mut found = Vec::new();
        for row in 0..self.rule.rows.len() {
            let sharing = self.combine(row, false)?;
            let later = (row + 1..self.rule.rows.len()).find(|&other| bit(&sharing, other));
            if let Some(other) = later {
                found.push(Overlap {
                    row,
                    other,
                    classes: self.shared_classes(row, other),
                });
            }
            if found.len() == MAX_FINDINGS {
                break;
            }
        }
        Ok(found)
    }

    /// Rows that some row before them covers alone, with that row.
    pub(super) fn shadowed(&self) -> Result<Vec<(usize, usize)>, TooHard> {
        let mut found = Vec::new();
        for row in 1..self.rule.rows.len() {
            let covering = self.combine(row, true)?;
            found.extend(
                (0..row)
                    .find(|&other| bit(&covering, other))
                    .map(|other| (row, other)),
            );
            if found.len() == MAX_FINDINGS {
                break;
            }
        }
        Ok(found)
    }

    /// The rows that in every column accept some class of this row's cell, or `all` of them.
    fn combine(&self, row: usize, all: bool) -> Result<Vec<u64>, TooHard> {
        let n_words = self.table.n_words();
        let mut rows = vec![u64::MAX; n_words];
        for (position, cell) in self.rule.rows[row].iter().enumerate() {
            if !all && matches!(cell, CellTest::Any) {
                continue; // Every row accepts some class.
            }
            let column = &self.table.columns()[position];
            let mut sharing = vec![if all { u64::MAX } else { 0 }; n_words];
            for class in accepted(cell, self.map(position)).iter() {
                self.spend(n_words)?;
                let words = sharing.iter_mut().zip(column.bitmap(class, n_words));
                words.for_each(|(a, b)| *a = if all { *a & b } else { *a | b });
            }
            rows.iter_mut().zip(sharing).for_each(|(a, b)| *a &= b);
        }
        Ok(rows)
    }

    /// For each column a class that both rows accept, a known value if there is one.
    fn shared_classes(&self, row: usize, other: usize) -> Vec<u16> {
        let pairs = self.rule.rows[row].iter().zip(&self.rule.rows[other]);
        let classes = pairs.enumerate().map(|(column, (a, b))| {
            let map = self.map(column);
            let (a, b) = (accepted(a, map), accepted(b, map));
            let mut both = a.iter().filter(|&class| b.contains(class));
            let first = both.next().unwrap_or(MISSING);
            if first == MISSING {
                both.next().unwrap_or(first)
            } else {
                first
            }
        });
        classes.collect()
    }

    /// A class for each column so that no row matches, if there is such a lead.
    pub(super) fn gap(&self) -> Result<Option<Vec<u16>>, TooHard> {
        let n_words = self.table.n_words();
        let mut search = Gaps {
            analysis: self,
            representatives: self
                .table
                .columns()
                .iter()
                .map(Column::representatives)
                .collect(),
            indifferent: self.indifferent(),
            chosen: Vec::new(),
        };
        let mut rows = vec![0; n_words];
        (0..self.rule.rows.len()).for_each(|row| rows[row / 64] |= 1 << (row % 64));
        Ok(search.find(&rows)?.then_some(search.chosen))
    }

    /// For each column the rows that accept anything from there on.
    fn indifferent(&self) -> Vec<Vec<u64>> {
        let n_columns = self.rule.columns.len();
        let mut from = vec![vec![0; self.table.n_words()]; n_columns + 1];
        for (row, cells) in self.rule.rows.iter().enumerate() {
            let any = cells
                .iter()
                .rev()
                .take_while(|cell| matches!(cell, CellTest::Any));
            let first = n_columns - any.count();
            let later = from.iter_mut().skip(first);
            later.for_each(|rows| rows[row / 64] |= 1 << (row % 64));
        }
        from
    }
}

struct Gaps<'a, 'b> {
    analysis: &'a Analysis<'b>,
    representatives: Vec<Vec<u16>>,
    indifferent: Vec<Vec<u64>>,
    chosen: Vec<u16>,
}

impl Gaps<'_, '_> {
    /// Extends the chosen classes until no row is left; whether that was possible.
    ///
    /// * `rows`: the rows that match all classes chosen so far.
    fn find(&mut self, rows: &[u64]) -> Result<bool, TooHard> {
        let column = self.chosen.len();
        if rows.iter().all(|&word| word == 0) {
            let rest = self.representatives[column..].iter();
            self.chosen
                .extend(rest.map(|classes| classes.first().copied().unwrap_or(MISSING)));
            return Ok(true);
        }
        let mut indifferent = rows.iter().zip(&self.indifferent[column]);
        if column == self.representatives.len() || indifferent.any(|(a, b)| a & b != 0) {
            return Ok(false);
        }
        for class in self.representatives[column].clone() {
            // A step costs more than its words: it also allocates.
            self.analysis.spend(rows.len() + 64)?;
            let bitmap = self.analysis.table.columns()[column].bitmap(class, rows.len());
            let left: Vec<u64> = rows.iter().zip(bitmap).map(|(a, b)| a & b).collect();
            self.chosen.push(class);
            if self.find(&left)? {
                return Ok(true);
            }
            self.chosen.pop();
        }
        Ok(false)
    }
}

fn bit(words: &[u64], position: usize) -> bool {
    words
        .get(position / 64)
        .is_some_and(|word| word >> (position % 64) & 1 == 1)
}
