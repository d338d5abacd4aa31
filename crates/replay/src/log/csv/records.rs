//! Rows of a delimited text, by the rules of RFC 4180 and no others.
//!
//! Every reader that we know mends what is broken without a word: a stray quote then swallows the rows up to the next one. Here a row
//! that does not follow the rules is a [`Flaw`] with its place, and the reading goes on with the next line.

use std::{
    io::{self, Read},
    ops::Range,
};

use super::{
    Dialect,
    flaw::{Flaw, FlawKind, LineCounts},
};
use crate::log::shown;

/// Bytes that are read at once.
const READ_BYTES: usize = 1 << 18;

/// Bytes of the longest row, so that a quote that never closes does not pull a whole file into memory.
const ROW_BYTES_MAX: usize = 1 << 22;

/// Rows with a flaw in their quotes after which a file is given up. Each may be as long as a row can be.
const FLAWS_MAX: u32 = 100;

/// What some programs write in front of UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Where a cell is: in the text itself, or put together out of quoted pieces.
#[derive(Debug, Clone)]
enum Cell {
    Plain(Range<usize>),
    Quoted(Range<usize>),
}

/// Splits a text into rows.
pub(crate) struct Records<R> {
    input: R,
    dialect: Dialect,
    buffer: Vec<u8>,
    // Where in the buffer the row under way begins.
    start: usize,
    is_read: bool,
    // Bytes from `start` to behind the row that was handed out last.
    used: usize,
    cells: Vec<Cell>,
    quoted: Vec<u8>,
    n_columns: Option<usize>,
    line: u64,
    // The first line of the row that was handed out last.
    row_line: u64,
    n_flaws: u32,
    counts: LineCounts,
}

/// A row, a flaw in its place, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// Its cells are at hand until the next one is asked for.
    Row,
    Flaw(Flaw),
    End,
}

/// A line: where its text ends, and where the next one begins, both behind the start of the row.
#[derive(Debug, Clone, Copy)]
struct Line {
    end: usize,
    next: usize,
}

impl Line {
    /// Whether nothing comes after it, not even an end of line.
    fn is_cut(self) -> bool {
        self.end == self.next
    }
}

impl<R: Read> Records<R> {
    pub(crate) fn new(input: R, dialect: Dialect) -> Self {
        Self {
            input,
            dialect,
            buffer: Vec::new(),
            start: 0,
            is_read: false,
            used: 0,
            cells: Vec::new(),
            quoted: Vec::new(),
            n_columns: None,
            line: 1,
            row_line: 1,
            n_flaws: 0,
            counts: LineCounts::default(),
        }
    }

    /// Goes to the next row. The first one says how many cells the others must have.
    pub(crate) fn next(&mut self) -> io::Result<Next> {
        loop {
            self.start += self.used;
            self.used = 0;
            if self.n_flaws > FLAWS_MAX {
                return Ok(Next::End);
            }
            let line = self.line_from(0)?;
            if self.counts == LineCounts::default() && self.text().starts_with(BOM) {
                self.used = BOM.len();
                continue;
            }
            if line.next == 0 {
                return Ok(Next::End);
            }
            if line.end == 0 {
                self.counts.blank += 1;
                self.pass(line);
            } else if self.is_no_row(line) {
                self.counts.comment += 1;
                self.pass(line);
            } else {
                return self.row(line);
            }
        }
    }

    /// Whether a line stands before the header, is a comment, or begins as rows do not.
    fn is_no_row(&self, line: Line) -> bool {
        let text = &self.text()[..line.end];
        let bare = match text.split_first() {
            Some((first, rest)) if Some(*first) == self.dialect.quote => rest,
            _ => text,
        };
        let begins = |text: &String| !text.is_empty() && bare.starts_with(text.as_bytes());
        self.line <= self.dialect.skip_lines
            || self.dialect.comment == text.first().copied()
            || self.dialect.not_rows.iter().any(begins)
    }

    /// A cell of the row that [`Records::next`] went to.
    pub(crate) fn cell(&self, idx: usize) -> &[u8] {
        match self.cells.get(idx) {
            Some(Cell::Plain(range)) => &self.text()[range.clone()],
            Some(Cell::Quoted(range)) => &self.quoted[range.clone()],
            None => &[],
        }
    }

    pub(crate) fn n_cells(&self) -> usize {
        self.cells.len()
    }

    /// Number of the line at which the row begins, counted from 1.
    pub(crate) fn row_line(&self) -> u64 {
        self.row_line
    }

    /// The row as it stands in the file, without the end of its line.
    pub(crate) fn raw(&self) -> &[u8] {
        let text = &self.text()[..self.used];
        let end = text.iter().rposition(|byte| !is_line_end(*byte));
        &text[..end.map_or(0, |end| end + 1)]
    }

    pub(crate) fn counts(&self) -> LineCounts {
        self.counts
    }

    /// Whether the reading stopped because too many rows were broken.
    pub(crate) fn gave_up(&self) -> bool {
        self.n_flaws > FLAWS_MAX
    }

    pub(crate) fn input(&self) -> &R {
        &self.input
    }

    fn text(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    fn pass(&mut self, line: Line) {
        self.used = line.next;
        self.line += 1;
    }

    fn row(&mut self, first: Line) -> io::Result<Next> {
        let row = self.counts.rows;
        self.row_line = self.line;
        self.counts.rows += 1;
        self.cells.clear();
        self.quoted.clear();
        let has_quotes = self
            .dialect
            .quote
            .is_some_and(|quote| self.text()[..first.end].contains(&quote));
        let split = if first.end > ROW_BYTES_MAX {
            Err(FlawKind::TooLong)
        } else if has_quotes {
            self.split_quoted(first)?
        } else {
            self.split_plain(0..first.end);
            Ok((first, 0))
        };
        let kind = match split {
            Ok((last, n_inside)) => {
                self.used = last.next;
                self.line += 1 + n_inside;
                self.counts.inside += n_inside;
                let n_cells = self.cells.len();
                match *self.n_columns.get_or_insert(n_cells) {
                    n_columns if n_columns != n_cells => FlawKind::Uneven { n_cells, n_columns },
                    _ => return Ok(Next::Row),
                }
            }
            // Only this line is given up: the rows behind it may be sound.
            Err(kind) => {
                self.n_flaws += 1;
                self.n_columns.get_or_insert(0);
                self.pass(first);
                kind
            }
        };
        let begin = &self.text()[..first.end.min(400)];
        Ok(Next::Flaw(Flaw {
            row,
            line: self.row_line,
            kind,
            excerpt: shown::value(&String::from_utf8_lossy(begin)),
        }))
    }

    fn split_plain(&mut self, range: Range<usize>) {
        let mut from = range.start;
        while let Some(length) = position(&self.text()[from..range.end], self.dialect.separator) {
            self.cells.push(Cell::Plain(from..from + length));
            from += length + 1;
        }
        self.cells.push(Cell::Plain(from..range.end));
    }

    /// Splits a row with quotes in it: its last line, and how many lines came after its first.
    fn split_quoted(&mut self, first: Line) -> io::Result<Result<(Line, u64), FlawKind>> {
        let quote = self.dialect.quote.unwrap_or_default();
        let (mut line, mut n_inside, mut from) = (first, 0, 0);
        loop {
            let rest = &self.text()[from..line.end];
            if rest.first() != Some(&quote) {
                // A quote inside a cell that does not begin with one is a character like any other.
                let Some(length) = position(rest, self.dialect.separator) else {
                    self.cells.push(Cell::Plain(from..line.end));
                    return Ok(Ok((line, n_inside)));
                };
                self.cells.push(Cell::Plain(from..from + length));
                from += length + 1;
                continue;
            }
            let quoted = match self.quoted_cell(from + 1, line)? {
                Ok(quoted) => quoted,
                Err(kind) => return Ok(Err(kind)),
            };
            line = quoted.line;
            n_inside += quoted.n_inside;
            self.cells.push(Cell::Quoted(quoted.range));
            let rest = &self.text()[quoted.end..line.end];
            match rest.first() {
                None => return Ok(Ok((line, n_inside))),
                Some(byte) if *byte == self.dialect.separator => from = quoted.end + 1,
                Some(_) => return Ok(Err(FlawKind::QuoteInside)),
            }
        }
    }

    /// Reads a cell from behind its first quote to behind its last.
    fn quoted_cell(
        &mut self,
        mut from: usize,
        mut line: Line,
    ) -> io::Result<Result<QuotedCell, FlawKind>> {
        let quote = self.dialect.quote.unwrap_or_default();
        let begin = self.quoted.len();
        let mut n_inside = 0;
        loop {
            let text = &self.buffer[self.start..];
            let Some(length) = position(&text[from..line.end], quote) else {
                if line.is_cut() || line.next > ROW_BYTES_MAX {
                    return Ok(Err(FlawKind::QuoteOpen));
                }
                self.quoted.extend_from_slice(&text[from..line.next]);
                from = line.next;
                n_inside += 1;
                line = self.line_from(from)?;
                continue;
            };
            let end = from + length;
            self.quoted.extend_from_slice(&text[from..end]);
            from = end + 1;
            if text[from..line.end].first() != Some(&quote) {
                break;
            }
            self.quoted.push(quote);
            from += 1;
        }
        let range = begin..self.quoted.len();
        if n_inside > 0 && self.looks_like_rows(&self.quoted[range.clone()], n_inside) {
            return Ok(Err(FlawKind::RowsInQuotes));
        }
        Ok(Ok(QuotedCell {
            range,
            end: from,
            line,
            n_inside,
        }))
    }

    /// Whether a quoted cell with line breaks may have swallowed rows.
    ///
    /// Two stray quotes leave a row with the right number of cells only if both stand in the same column. The cell between them then
    /// holds as many separators as the rows that it swallowed.
    fn looks_like_rows(&self, cell: &[u8], n_inside: u64) -> bool {
        let Some(per_row) = self.n_columns.map(|n_columns| n_columns.saturating_sub(1)) else {
            return false;
        };
        let count = |text: &[u8]| {
            let separators = text.iter().filter(|byte| **byte == self.dialect.separator);
            separators.count()
        };
        let mut lines = cell.split(|byte| is_line_end(*byte)).peekable();
        lines.next();
        let mut whole_row = false;
        while let Some(line) = lines.next() {
            whole_row |= lines.peek().is_some() && count(line) == per_row;
        }
        let n_rows = usize::try_from(n_inside).unwrap_or(usize::MAX);
        !self.dialect.has_line_breaks
            && per_row > 0
            && (whole_row || count(cell) == per_row.saturating_mul(n_rows))
    }

    /// The line that begins at a place behind the start of the row; an empty one at the end of the text.
    fn line_from(&mut self, from: usize) -> io::Result<Line> {
        let mut seen = from;
        loop {
            let text = self.text();
            if let Some(length) = text[seen..].iter().position(|byte| is_line_end(*byte)) {
                let end = seen + length;
                match (text[end], text.get(end + 1)) {
                    (b'\r', Some(b'\n')) => return Ok(Line { end, next: end + 2 }),
                    // What comes behind may be the other half of the end of this line.
                    (b'\r', None) if !self.is_read => seen = end,
                    _ => return Ok(Line { end, next: end + 1 }),
                }
            } else {
                seen = text.len();
                if self.is_read || seen > 2 * ROW_BYTES_MAX {
                    return Ok(Line {
                        end: seen,
                        next: seen,
                    });
                }
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let filled = self.buffer.len();
        self.buffer.resize(filled + READ_BYTES, 0);
        let n_read = loop {
            match self.input.read(&mut self.buffer[filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.buffer
            .truncate(filled + n_read.as_ref().map_or(0, |n_read| *n_read));
        self.is_read = n_read? == 0;
        Ok(())
    }
}

struct QuotedCell {
    range: Range<usize>,
    // Behind the quote that ends it.
    end: usize,
    line: Line,
    n_inside: u64,
}

fn is_line_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

fn position(text: &[u8], wanted: u8) -> Option<usize> {
    text.iter().position(|byte| *byte == wanted)
}

#[cfg(test)]
mod tests;
