//! What can be wrong with a row, and what was made of every line.

/// A row that cannot be told from its neighbours, or does not fit the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// Number of the row, counted from 1; 0 is the header.
    pub(crate) row: u64,
    /// Number of its first line in the file, counted from 1.
    pub(crate) line: u64,
    pub(crate) kind: FlawKind,
    /// How the row begins, or the cell that is wrong.
    pub(crate) excerpt: String,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FlawKind {
    /// Text follows the quote that ends a cell.
    QuoteInside,
    /// A quoted cell does not end before the file does, or before the longest row.
    QuoteOpen,
    /// A quoted cell holds what looks like further rows.
    RowsInQuotes,
    /// More or fewer cells than the header has.
    Uneven {
        /// Cells of the row.
        n_cells: usize,
        /// Cells of the header.
        n_columns: usize,
    },
    /// A row of a length that no log has.
    TooLong,
    /// A cell that is asked for and is not UTF-8.
    NotUtf8,
    /// A cell that is asked for and holds a NUL.
    Nul,
    /// A line of NDJSON that is no object.
    NotAnObject,
}

/// Lines of a file by what was made of them, so that none can be lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LineCounts {
    /// Header and rows, sound or not.
    pub(crate) rows: u64,
    /// Lines that go on with a quoted cell.
    pub(crate) inside: u64,
    pub(crate) blank: u64,
    pub(crate) comment: u64,
}

impl LineCounts {
    pub(crate) fn n_lines(&self) -> u64 {
        let Self {
            rows,
            inside,
            blank,
            comment,
        } = self;
        rows + inside + blank + comment
    }
}
