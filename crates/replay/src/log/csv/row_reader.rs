//! Rows of a delimited file one after the other, for those who read something else than a log.

use std::{fmt, fs::File, io, path::Path};

use pointsman_lead::Problem;

use super::{
    Dialect, Flaw, FlawKind,
    records::{Next, Records},
    unpack::{Packing, Unpacked},
};

/// Separators that are tried where nobody says which it is, the likeliest first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A delimited file with a header, read strictly and row by row.
pub struct RowReader {
    records: Records<Unpacked>,
    columns: Vec<String>,
    row: u64,
}

impl fmt::Debug for RowReader {
    /// Without what has been read: it may tell who persons are.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RowReader")
            .field("columns", &self.columns)
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

/// A row that was read, or why it could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Its number, counted from 1; the header is none.
    pub row: u64,
    /// Number of its first line in the file, counted from 1.
    pub line: u64,
    /// Its cells, one for each column.
    pub cells: Result<Vec<String>, Problem>,
}

impl RowReader {
    /// Opens a file and reads its header.
    ///
    /// * `separator`: between cells; `None`: the one of `,`, `;`, tab and `|` of which the header has most.
    ///
    /// # Errors
    ///
    /// A file that cannot be read. What is wrong with the header comes as problems: all of it.
    pub fn open(path: &Path, separator: Option<u8>) -> io::Result<Result<Self, Vec<Problem>>> {
        let separator = match separator {
            Some(separator) => separator,
            None => likely_separator(path)?,
        };
        let dialect = Dialect {
            separator,
            // A lead may hold what somebody typed into a box.
            has_line_breaks: true,
            ..Dialect::default()
        };
        let input = Unpacked::open(path, Packing::Plain, dialect.encoding)?;
        let mut records = Records::new(input, dialect);
        let read = match records.next()? {
            Next::End => {
                let problem = Problem::new("empty", "header", "the file is empty");
                Err(vec![problem.hint("its first line names the columns")])
            }
            Next::Flaw(flaw) => Err(vec![problem_of(&flaw)]),
            Next::Row => columns(&records),
        };
        Ok(read.map(|columns| Self {
            records,
            columns,
            row: 0,
        }))
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The next row; `None` at the end. Empty lines are no rows.
    ///
    /// # Errors
    ///
    /// A file that cannot be read further, or one with so many broken quotes that nobody can tell its rows.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator would hide that a file may fail half-way"
    )]
    pub fn next(&mut self) -> io::Result<Option<FileRow>> {
        let next = self.records.next()?;
        if next == Next::End {
            if self.records.gave_up() {
                let message = "more than 100 rows have broken quotes, so that rows cannot be told";
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            return Ok(None);
        }
        self.row += 1;
        let cells = match next {
            Next::Flaw(flaw) => Err(problem_of(&flaw)),
            _ => self.cells(),
        };
        Ok(Some(FileRow {
            row: self.row,
            line: self.records.row_line(),
            cells,
        }))
    }

    fn cells(&self) -> Result<Vec<String>, Problem> {
        let cells = (0..self.records.n_cells()).map(|idx| {
            let cell = self.records.cell(idx);
            String::from_utf8(cell.to_vec()).map_err(|_| {
                let column = self.columns.get(idx).map_or("", String::as_str);
                let problem = Problem::new("not_utf8", column, "this cell is not UTF-8");
                problem.hint("save the file as UTF-8")
            })
        });
        cells.collect()
    }
}

/// The names of the columns, each once.
fn columns(records: &Records<Unpacked>) -> Result<Vec<String>, Vec<Problem>> {
    let names = (0..records.n_cells()).map(|idx| {
        let name = String::from_utf8_lossy(records.cell(idx)).trim().to_owned();
        (idx + 1, name)
    });
    let names: Vec<(usize, String)> = names.collect();
    let mut problems = Vec::new();
    for (at, (number, name)) in names.iter().enumerate() {
        let place = format!("column {number}");
        if name.is_empty() {
            let problem = Problem::new("empty", place, "this column has no name");
            problems.push(problem.hint("name it, or take it out"));
        } else if names[..at].iter().any(|(_, other)| other == name) {
            let message = format!("there is another column `{name}`");
            let problem = Problem::new("duplicate_name", place, message);
            problems.push(problem.hint("rename one of them"));
        }
    }
    if problems.is_empty() {
        Ok(names.into_iter().map(|(_, name)| name).collect())
    } else {
        Err(problems)
    }
}

/// The separator of which the first line with text has most; a comma if it has none.
fn likely_separator(path: &Path) -> io::Result<u8> {
    use io::Read as _;
    let mut head = Vec::new();
    File::open(path)?.take(1 << 16).read_to_end(&mut head)?;
    let lines = head.split(|byte| matches!(byte, b'\n' | b'\r'));
    let first = lines
        .into_iter()
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let count = |separator: u8| {
        let found = first.iter().filter(|byte| **byte == separator);
        found.count()
    };
    // The first one wins where two are as many.
    let best = SEPARATORS.into_iter().rev().max_by_key(|it| count(*it));
    Ok(best.unwrap_or(b','))
}

fn problem_of(flaw: &Flaw) -> Problem {
    let (code, message, hint) = match flaw.kind {
        FlawKind::QuoteInside => (
            "quote_inside",
            "text follows the quote that ends a cell".to_owned(),
            "double a quote that belongs to the text",
        ),
        FlawKind::QuoteOpen => (
            "quote_open",
            "a quoted cell does not end".to_owned(),
            "put a quote at its end",
        ),
        FlawKind::RowsInQuotes => (
            "rows_in_quotes",
            "a quoted cell holds what looks like further rows".to_owned(),
            "put a quote at its end",
        ),
        FlawKind::Uneven { n_cells, n_columns } => (
            "uneven_row",
            format!("this row has {n_cells} cells, and the header {n_columns}"),
            "put cells with the separator in them into quotes",
        ),
        FlawKind::TooLong => (
            "too_long",
            "this row is longer than four million bytes".to_owned(),
            "a lead has at most 256 KB",
        ),
        FlawKind::NotUtf8 => (
            "not_utf8",
            "this row is not UTF-8".to_owned(),
            "save the file as UTF-8",
        ),
        FlawKind::Nul | FlawKind::NotAnObject => (
            "malformed",
            "this row holds what no text holds".to_owned(),
            "save the file as plain text",
        ),
    };
    Problem::new(code, format!("line {}", flaw.line), message).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line for each row: number, line, cells or code.
    fn read(text: &[u8]) -> Vec<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let mut reader = match RowReader::open(file.path(), None).unwrap() {
            Ok(reader) => reader,
            Err(problems) => {
                let told = problems.iter().map(|it| format!("{} {}", it.code, it.path));
                return told.collect();
            }
        };
        let mut told = vec![reader.columns().join("/")];
        while let Some(FileRow { row, line, cells }) = reader.next().unwrap() {
            let cells = match cells {
                Ok(cells) => cells.join("/"),
                Err(problem) => problem.code,
            };
            told.push(format!("{row} {line} {cells}"));
        }
        told
    }

    #[test]
    fn files_of_spreadsheets_are_read_with_what_they_add() {
        let text = "\u{feff}name;age;note\r\n\r\nAda;41;\"likes; \"\"tea\"\"\"\r\n\
                    Bo;;\"two\r\nlines\"\r\nCy;1\r\nDi;2;x;y\r\nEd;3;\"open\r\n";
        assert_eq!(
            read(text.as_bytes()),
            [
                "name/age/note",
                "1 3 Ada/41/likes; \"tea\"",
                "2 4 Bo//two\r\nlines",
                "3 6 uneven_row",
                "4 7 uneven_row",
                "5 8 quote_open",
            ]
        );
        assert_eq!(
            read(b"a\n1\n\xff\n2"),
            ["a", "1 2 1", "2 3 not_utf8", "3 4 2"]
        );
        assert_eq!(read(b"a\tb,c\td\n1\t2\t3"), ["a/b,c/d", "1 2 1/2/3"]);
    }

    #[test]
    fn every_mistake_of_a_header_is_told() {
        assert_eq!(
            read(b"a,,a,b, \n1,2,3,4,5"),
            [
                "empty column 2",
                "duplicate_name column 3",
                "empty column 5"
            ]
        );
        assert_eq!(read(b""), ["empty header"]);
        assert_eq!(read(b"\n\n"), ["empty header"]);
    }
}
