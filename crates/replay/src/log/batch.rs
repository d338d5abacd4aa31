//! Rows that are read at once, column by column.

use super::{cells::Cells, csv::Flaw};

/// Rows that are read at once. Bounds the memory of a replay.
pub(crate) const BATCH_ROWS: usize = 16_384;

/// Some rows of a table, with the columns that were asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Batch {
    /// Numbers of the rows in their file, counted from 1; the header of a CSV is not counted.
    pub(crate) numbers: Vec<u64>,
    /// Name and cells of each column; every column has as many cells as there are numbers.
    pub(crate) columns: Vec<(String, Cells)>,
    /// Rows that could not be told from their neighbours, and why; they have no number above.
    pub(crate) flaws: Vec<Flaw>,
    /// Bytes of the file that have been read so far.
    pub(crate) bytes_done: u64,
}

impl Batch {
    /// Rows in the file, those with a flaw too.
    pub(crate) fn n_rows(&self) -> u64 {
        (self.numbers.len() + self.flaws.len()) as u64
    }

    /// The named column; [`Cells::Absent`] if there is none.
    pub(crate) fn cells(&self, column: &str) -> &Cells {
        self.columns
            .iter()
            .find(|(name, _)| name == column)
            .map_or(&Cells::Absent, |(_, cells)| cells)
    }
}
