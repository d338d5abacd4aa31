//! How the index came to its answer: what each column left, and which rows came near.

use std::collections::BTreeSet;

use super::{Index, Residuals};
use crate::program::encode::Codes;

impl Index {
    /// For each column, how many rows its value matches, and how many are left after it and those
    /// before it.
    pub(crate) fn counts(&self, codes: &Codes) -> Vec<(usize, usize)> {
        let mut left = vec![u64::MAX; self.table.n_words];
        let n_rows = |words: &[u64]| words.iter().map(|word| word.count_ones() as usize).sum();
        let columns = self.table.columns.iter().map(|column| {
            let matching = self.bitmap(column, &codes.0);
            left.iter_mut()
                .zip(matching)
                .for_each(|(left, word)| *left &= word);
            (n_rows(matching), n_rows(&left))
        });
        columns.collect()
    }

    /// Whether a row takes the lead's value in a column.
    pub(crate) fn matches(&self, row: usize, column: usize, codes: &Codes) -> bool {
        let bitmap = self.bitmap(&self.table.columns[column], &codes.0);
        let place = self.arrangement.place(row);
        bitmap[place / 64] >> (place % 64) & 1 == 1
    }

    /// The rows before `end` that the fewest things kept from matching, the nearest first: columns, or
    /// the row's own predicate.
    ///
    /// * `end`: position of a row; none: after the last.
    pub(crate) fn nearest(
        &self,
        codes: &Codes,
        residuals: &Residuals,
        end: Option<usize>,
        n_max: usize,
    ) -> Vec<usize> {
        let mut nearest: BTreeSet<(usize, usize)> = BTreeSet::new();
        for row in 0..end.unwrap_or(self.arrangement.n_rows()) {
            let columns = 0..self.table.columns.len();
            let n_failing = columns
                .filter(|&column| !self.matches(row, column, codes))
                .count();
            let n_failing = n_failing + usize::from(!residuals.holds(row, codes));
            if nearest.len() < n_max || nearest.last().is_some_and(|last| (n_failing, row) < *last)
            {
                nearest.insert((n_failing, row));
            }
            if nearest.len() > n_max {
                nearest.pop_last();
            }
        }
        nearest.into_iter().map(|(_, row)| row).collect()
    }
}
