//! Delimited texts as a stream of batches, read strictly.

use std::{io, path::PathBuf};

use super::{
    batch::{BATCH_ROWS, Batch},
    cells::Cells,
    shown,
    texts::Texts,
};

mod encoding;
mod flaw;
mod records;
mod row_reader;
mod unpack;

pub use encoding::Encoding;
use records::{Next, Records};
pub use row_reader::{FileRow, RowReader};
pub(crate) use {
    flaw::{Flaw, FlawKind},
    unpack::{Packing, Unpacked},
};

/// How the rows and cells of a delimited text are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// Between the cells of a row.
    pub separator: u8,
    /// Around a cell that holds separators or line breaks; none: a quote is a character like any other.
    pub quote: Option<u8>,
    /// First in lines that are not rows; none: all lines are.
    pub comment: Option<u8>,
    /// Whether line breaks in quotes are meant, also where they look like swallowed rows.
    pub has_line_breaks: bool,
    /// How its characters are written.
    pub encoding: Encoding,
    /// Lines before the header: a title, or the `sep=;` that spreadsheets read.
    pub skip_lines: u64,
    /// How lines begin that are no rows, behind a quote or not: `Total`, `Copyright`.
    pub not_rows: Vec<String>,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            separator: b',',
            quote: Some(b'"'),
            comment: None,
            has_line_breaks: false,
            encoding: Encoding::Utf8,
            skip_lines: 0,
            not_rows: Vec::new(),
        }
    }
}

/// A delimited text that is there.
#[derive(Debug, Clone)]
pub(crate) struct CsvFile {
    pub(crate) path: PathBuf,
    pub(crate) packing: Packing,
    pub(crate) dialect: Dialect,
}

/// The first row of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header {
    pub(crate) columns: Vec<String>,
    /// As it stands in the file.
    pub(crate) line: String,
}

impl CsvFile {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or the flaw of its first row.
    pub(crate) fn header(&self) -> io::Result<Result<Header, Flaw>> {
        let mut records = self.records()?;
        Ok(match records.next()? {
            Next::End => Ok(Header::default()),
            Next::Flaw(flaw) => Err(flaw),
            Next::Row => {
                let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
                Ok(Header {
                    columns: (0..records.n_cells())
                        .map(|idx| text(records.cell(idx)))
                        .collect(),
                    line: text(records.raw()),
                })
            }
        })
    }

    /// Reads all rows, a batch at a time, until `push` says that it has enough.
    ///
    /// * `columns`: names of the columns that are wanted; those that the header lacks come as absent.
    pub(crate) fn read(
        &self,
        columns: &[String],
        push: &mut dyn FnMut(Batch) -> bool,
    ) -> io::Result<()> {
        let mut records = self.records()?;
        if records.next()? == Next::End {
            return Ok(());
        }
        let header: Vec<&[u8]> = (0..records.n_cells())
            .map(|idx| records.cell(idx))
            .collect();
        let wanted: Vec<(String, usize)> = columns
            .iter()
            .filter_map(|name| {
                let idx = header.iter().position(|cell| *cell == name.as_bytes())?;
                Some((name.clone(), idx))
            })
            .collect();
        let (mut row, mut is_whole) = (0, true);
        loop {
            let mut batch = Gathered::new(&wanted);
            let mut is_end = false;
            while batch.n_rows() < BATCH_ROWS && !is_end {
                match records.next()? {
                    Next::End => is_end = true,
                    Next::Row => {
                        row += 1;
                        batch.take(row, &records);
                    }
                    Next::Flaw(flaw) => {
                        row += 1;
                        batch.flaws.push(flaw);
                    }
                }
            }
            is_whole &= batch.flaws.is_empty();
            if is_end {
                check_lines(&records, is_whole)?;
            }
            if batch.n_rows() > 0 && !push(batch.finish(records.input().n_bytes())) {
                return Ok(());
            }
            if is_end {
                return Ok(());
            }
        }
    }

    fn records(&self) -> io::Result<Records<Unpacked>> {
        let input = Unpacked::open(&self.path, self.packing, self.dialect.encoding)?;
        Ok(Records::new(input, self.dialect.clone()))
    }
}

/// Every line of the file is a row or is known not to be one. A file with flaws is refused anyway.
fn check_lines(records: &Records<Unpacked>, is_whole: bool) -> io::Result<()> {
    let (n_made, n_read) = (records.counts().n_lines(), records.input().n_lines());
    if !is_whole || records.gave_up() || n_made == n_read {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "the file has {n_read} lines, but only {n_made} of them were made rows of"
    )))
}

/// A batch in the making.
struct Gathered<'a> {
    wanted: &'a [(String, usize)],
    numbers: Vec<u64>,
    texts: Vec<Texts>,
    flaws: Vec<Flaw>,
}

impl<'a> Gathered<'a> {
    fn new(wanted: &'a [(String, usize)]) -> Self {
        Self {
            wanted,
            numbers: Vec::with_capacity(BATCH_ROWS),
            texts: vec![Texts::default(); wanted.len()],
            flaws: Vec::new(),
        }
    }

    fn n_rows(&self) -> usize {
        self.numbers.len() + self.flaws.len()
    }

    fn take(&mut self, row: u64, records: &Records<Unpacked>) {
        let flawed = self.wanted.iter().find_map(|(name, idx)| {
            let cell = records.cell(*idx);
            let kind = match std::str::from_utf8(cell) {
                Err(_) => FlawKind::NotUtf8,
                Ok(text) if text.contains('\0') => FlawKind::Nul,
                Ok(_) => return None,
            };
            let value = shown::value(&String::from_utf8_lossy(cell));
            Some(Flaw {
                row,
                line: records.row_line(),
                kind,
                excerpt: format!("{value} in column {}", shown::value(name)),
            })
        });
        if let Some(flaw) = flawed {
            self.flaws.push(flaw);
            return;
        }
        self.numbers.push(row);
        for (texts, (_, idx)) in self.texts.iter_mut().zip(self.wanted) {
            texts.push(std::str::from_utf8(records.cell(*idx)).ok());
        }
    }

    fn finish(self, bytes_done: u64) -> Batch {
        let names = self.wanted.iter().map(|(name, _)| name.clone());
        Batch {
            numbers: self.numbers,
            columns: names.zip(self.texts.into_iter().map(Cells::Text)).collect(),
            flaws: self.flaws,
            bytes_done,
        }
    }
}
