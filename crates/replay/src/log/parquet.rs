//! Parquet files as a stream of batches, with only the columns that are asked for.
//!
//! Read by the crate `parquet` and not by polars: a kind of column that polars was not built with, and bytes that are not what they
//! should be, end it with a panic, and a row group is in memory at once. Here a column is judged by the schema before a page of it
//! is touched, pages come one at a time, and what is broken is an error.

use std::{fs::File, io, path::Path, sync::Arc};

use ::parquet::{
    column::reader::get_column_reader,
    errors::ParquetError,
    file::{
        metadata::RowGroupMetaData,
        reader::{FileReader, RowGroupReader},
        serialized_reader::SerializedFileReader,
    },
};

use super::{
    batch::{BATCH_ROWS, Batch},
    shown,
};

mod column;
mod kinds;
mod pages;

use column::{Column, ColumnError};
use kinds::Shape;
use pages::CheckedPages;

/// A Parquet file whose schema has been read.
#[derive(Debug, Clone)]
pub(crate) struct ParquetFile {
    n_rows: u64,
    n_bytes: u64,
    columns: Vec<(String, Result<Shape, String>)>,
}

impl ParquetFile {
    /// Reads the footer.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let n_bytes = file.metadata()?.len();
        let reader = reader(file)?;
        let metadata = reader.metadata();
        let n_rows = metadata.file_metadata().num_rows();
        let mut counted: i64 = 0;
        for group in metadata.row_groups() {
            check(group, n_bytes)?;
            counted = counted.saturating_add(group.num_rows());
        }
        if counted != n_rows {
            return Err(broken(format!(
                "its footer says {n_rows} rows, but its row groups have {counted}"
            )));
        }
        Ok(Self {
            n_rows: u64::try_from(n_rows).map_err(|_| broken(format!("it has {n_rows} rows")))?,
            n_bytes,
            columns: kinds::columns(metadata.file_metadata().schema_descr()),
        })
    }

    /// Names of all columns, in the order of the file.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// What a column holds that no log does; none for one that can be read, or that is not there.
    pub(crate) fn unreadable(&self, column: &str) -> Option<&str> {
        let (_, shape) = self.columns.iter().find(|(name, _)| name == column)?;
        shape.as_ref().err().map(String::as_str)
    }

    /// Reads all rows, a batch at a time, until `push` says that it has enough.
    pub(crate) fn read(
        &self,
        path: &Path,
        columns: &[String],
        push: &mut dyn FnMut(Batch) -> bool,
    ) -> io::Result<()> {
        let reader = reader(File::open(path)?)?;
        let wanted: Vec<(String, Shape)> = columns
            .iter()
            .filter_map(|name| {
                let (_, shape) = self.columns.iter().find(|(known, _)| known == name)?;
                Some((name.clone(), *shape.as_ref().ok()?))
            })
            .collect();
        let mut next_row = 1;
        for (idx, group) in reader.metadata().row_groups().iter().enumerate() {
            check(group, self.n_bytes)?;
            let n_rows = usize::try_from(group.num_rows()).unwrap_or(0);
            let group = reader
                .get_row_group(idx)
                .map_err(|error| unreadable(&error))?;
            let mut group = open_columns(&*group, &wanted)?;
            let mut n_left = n_rows;
            while n_left > 0 {
                let n_batch = n_left.min(BATCH_ROWS);
                let columns = next_columns(&mut group, &wanted, n_batch, next_row)?;
                n_left -= n_batch;
                let end = next_row + n_batch as u64;
                let batch = Batch {
                    numbers: (next_row..end).collect(),
                    columns,
                    flaws: Vec::new(),
                    bytes_done: self.share_of_bytes(end - 1),
                };
                next_row = end;
                if !push(batch) {
                    return Ok(());
                }
            }
            check_ends(&mut group, &wanted)?;
        }
        Ok(())
    }

    fn share_of_bytes(&self, n_rows: u64) -> u64 {
        let share = u128::from(self.n_bytes) * u128::from(n_rows) / u128::from(self.n_rows.max(1));
        u64::try_from(share).unwrap_or(u64::MAX)
    }
}

fn reader(file: File) -> io::Result<SerializedFileReader<File>> {
    SerializedFileReader::new(file).map_err(|error| unreadable(&error))
}

fn open_columns(group: &dyn RowGroupReader, wanted: &[(String, Shape)]) -> io::Result<Vec<Column>> {
    let column = |(name, shape): &(String, Shape)| {
        let pages = group.get_column_page_reader(shape.leaf_idx);
        let pages = pages.map_err(|error| {
            let (name, what) = (shown::value(name), shown::text(&error.to_string()));
            broken(format!("column {name}: {what}"))
        })?;
        let column = group.metadata().schema_descr().column(shape.leaf_idx);
        let pages = CheckedPages {
            pages,
            column: Arc::clone(&column),
            has_dictionary: false,
        };
        Ok(Column {
            shape: *shape,
            reader: get_column_reader(column, Box::new(pages)),
        })
    };
    wanted.iter().map(column).collect()
}

fn next_columns(
    group: &mut [Column],
    wanted: &[(String, Shape)],
    n_rows: usize,
    first_row: u64,
) -> io::Result<Vec<(String, super::cells::Cells)>> {
    let columns = group.iter_mut().zip(wanted);
    let read = columns.map(|(column, (name, _))| {
        let cells = column.read(n_rows).map_err(|trouble| {
            let name = shown::value(name);
            let last_row = first_row + n_rows as u64 - 1;
            let what = match trouble {
                ColumnError::Parquet(error) => format!(
                    "column {name} is damaged: {}",
                    shown::text(&error.to_string())
                ),
                ColumnError::Short(n_read) => format!(
                    "column {name} ends before the file does, after row {}",
                    first_row + n_read as u64 - 1
                ),
                ColumnError::Value(what) => format!("column {name} holds {what}"),
            };
            broken(format!("{what} (rows {first_row} to {last_row})"))
        })?;
        Ok((name.clone(), cells))
    });
    read.collect()
}

/// No column may go on after the last row: rows would be lost without a word.
fn check_ends(group: &mut [Column], wanted: &[(String, Shape)]) -> io::Result<()> {
    for (column, (name, _)) in group.iter_mut().zip(wanted) {
        match column.read(1) {
            Err(ColumnError::Short(_)) => {}
            _ => {
                return Err(broken(format!(
                    "column {} has more rows than the file says",
                    shown::value(name)
                )));
            }
        }
    }
    Ok(())
}

/// What the crate takes for granted of a footer: it panics, or reads what is not there, where that is wrong.
fn check(group: &RowGroupMetaData, n_bytes: u64) -> io::Result<()> {
    if group.num_rows() < 0 || group.num_columns() != group.schema_descr().num_columns() {
        return Err(broken("a row group does not fit the schema".to_owned()));
    }
    for column in group.columns() {
        let start = column
            .dictionary_page_offset()
            .unwrap_or_else(|| column.data_page_offset());
        let (start, length) = (
            u64::try_from(start),
            u64::try_from(column.compressed_size()),
        );
        let end = start.and_then(|start| length.map(|length| start.saturating_add(length)));
        if end.map_or(true, |end| end > n_bytes) {
            return Err(broken(format!(
                "the pages of column {} are said to lie outside of it",
                shown::value(&column.column_path().string())
            )));
        }
    }
    Ok(())
}

fn unreadable(error: &ParquetError) -> io::Error {
    broken(shown::text(&error.to_string()))
}

fn broken(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
