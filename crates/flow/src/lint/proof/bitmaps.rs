//! Which rows of a table have a class in common with a row, or all of its classes: whole columns at
//! a time.

use std::{cell::RefCell, ops::Range};

use super::{TableFacts, region::Region};
use crate::{
    classes::ClassSet,
    program::table::{BitTable, TableColumn},
};

/// The rows of a table by what their cells accept.
pub(super) struct Bitmaps<'a> {
    table: &'a BitTable,
    columns: Vec<ColumnBitmaps<'a>>,
}

struct ColumnBitmaps<'a> {
    column: &'a TableColumn,
    by_row: &'a [u32],
    /// For each test the classes that it accepts, of those that leads have.
    sets: Vec<ClassSet>,
    /// How many rows ask each test.
    n_rows: Vec<u32>,
    /// For every 64 classes what any of them accepts, and what all of them do.
    any: Vec<u64>,
    all: Vec<u64>,
    /// What was worked out for tests that several rows ask, by test: for any, then for all.
    known: RefCell<Vec<[Option<Vec<u64>>; 2]>>,
}

impl<'a> Bitmaps<'a> {
    pub(super) fn new(facts: &'a TableFacts, table: &'a BitTable, everything: &Region) -> Self {
        let n_words = table.n_words();
        let columns = facts.columns.iter().zip(table.columns());
        let columns = columns.map(|(facts, column)| {
            let possible = everything.of(facts.slot);
            let sets = facts.sets.iter();
            let sets: Vec<ClassSet> = sets
                .map(|set| {
                    set.as_ref()
                        .map_or_else(|| possible.clone(), |set| set.and(possible))
                })
                .collect();
            let mut n_rows = vec![0; sets.len()];
            facts
                .by_row
                .iter()
                .for_each(|&test| n_rows[test as usize] += 1);
            let (any, all) = blocks(column, n_words);
            ColumnBitmaps {
                column,
                by_row: &facts.by_row,
                known: RefCell::new(vec![[None, None]; sets.len()]),
                sets,
                n_rows,
                any,
                all,
            }
        });
        Self {
            table,
            columns: columns.collect(),
        }
    }

    pub(super) fn buffer(&self) -> Vec<u64> {
        vec![0; self.table.n_words()]
    }

    /// Whether some cell of a row accepts no value that a lead can have.
    pub(super) fn accepts_nothing(&self, row: usize) -> bool {
        let mut columns = self.columns.iter();
        columns.any(|column| column.sets[column.by_row[row] as usize].is_empty())
    }

    /// The rows that in every column accept some class of this row's cell, or `all` of them; how
    /// many words of work that was.
    pub(super) fn combine(&self, row: usize, all: bool, rows: &mut [u64]) -> usize {
        rows.fill(u64::MAX);
        let mut n_worked = 0;
        for column in &self.columns {
            n_worked += column.combine(row, all, rows);
        }
        n_worked
    }

    /// The rows that match a class of a column.
    pub(super) fn bitmap(&self, column: usize, class: u16) -> &[u64] {
        self.columns[column]
            .column
            .bitmap(class, self.table.n_words())
    }

    /// The classes of a column that match the same rows as this one.
    pub(super) fn alike(&self, column: usize, class: u16) -> ClassSet {
        self.columns[column].column.alike(class)
    }

    /// For each column one class of leads for each set of rows, known values first.
    pub(super) fn representatives(&self, everything: &Region, facts: &TableFacts) -> Vec<Vec<u16>> {
        let columns = self.columns.iter().zip(&facts.columns);
        let representatives = columns.map(|(column, facts)| {
            let possible = everything.of(facts.slot);
            let mut classes = column.column.representatives(possible);
            // The missing class comes last.
            classes.sort_by_key(|&class| class.wrapping_sub(1));
            classes
        });
        representatives.collect()
    }
}

impl ColumnBitmaps<'_> {
    fn combine(&self, row: usize, all: bool, rows: &mut [u64]) -> usize {
        let test = self.by_row[row] as usize;
        if let Some(known) = &self.known.borrow()[test][usize::from(all)] {
            and(rows, known);
            return rows.len();
        }
        let (combined, n_worked) = self.work_out(&self.sets[test], all, rows.len());
        and(rows, &combined);
        if self.n_rows[test] > 1 {
            self.known.borrow_mut()[test][usize::from(all)] = Some(combined);
        }
        n_worked
    }

    /// What any class of a set accepts, or what all of them do.
    fn work_out(&self, set: &ClassSet, all: bool, n_words: usize) -> (Vec<u64>, usize) {
        let mut combined = vec![if all { u64::MAX } else { 0 }; n_words];
        let blocks = if all { &self.all } else { &self.any };
        let mut n_worked = n_words;
        let mut take = |words: &[u64]| {
            n_worked += n_words;
            let pairs = combined.iter_mut().zip(words);
            pairs.for_each(|(a, b)| *a = if all { *a & b } else { *a | b });
        };
        for ((block, &members), base) in blocks
            .chunks_exact(n_words.max(1))
            .zip(set.words())
            .zip((0_u16..).step_by(64))
        {
            if members == u64::MAX {
                take(block);
                continue;
            }
            let mut left = members;
            while left != 0 {
                let class = base + u16::try_from(left.trailing_zeros()).unwrap_or_default();
                take(self.column.bitmap(class, n_words));
                left &= left - 1;
            }
        }
        (combined, n_worked)
    }
}

fn blocks(column: &TableColumn, n_words: usize) -> (Vec<u64>, Vec<u64>) {
    let n_classes = column.n_classes();
    let n_blocks = n_classes.div_ceil(64);
    let mut any = vec![0; n_blocks * n_words];
    let mut all = vec![u64::MAX; n_blocks * n_words];
    for class in (0..=u16::MAX).take(n_classes) {
        let start = usize::from(class) / 64 * n_words;
        let bitmap = column.bitmap(class, n_words);
        any[start..start + n_words]
            .iter_mut()
            .zip(bitmap)
            .for_each(|(a, b)| *a |= b);
        all[start..start + n_words]
            .iter_mut()
            .zip(bitmap)
            .for_each(|(a, b)| *a &= b);
    }
    (any, all)
}

fn and(rows: &mut [u64], others: &[u64]) {
    rows.iter_mut().zip(others).for_each(|(a, b)| *a &= b);
}

/// The positions of a range that are set, in order.
pub(super) fn bits(words: &[u64], range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
    let (start, end) = (range.start, range.end);
    let words = words
        .iter()
        .enumerate()
        .skip(start / 64)
        .take_while(move |(idx, _)| idx * 64 < end);
    words
        .flat_map(|(idx, &word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros() as usize;
                    left &= left - 1;
                    idx * 64 + bit
                })
            })
        })
        .filter(move |row| (start..end).contains(row))
}
