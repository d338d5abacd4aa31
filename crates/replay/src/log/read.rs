//! A log file: what its columns mean, and its leads one batch after the other.

use std::path::Path;

use pointsman_lead::{ALWAYS, Problem, Schema};

use super::{
    Columns, LogLead, Survey,
    fields::FieldReader,
    findings::Findings,
    flat::{FlatReader, Gatherer},
    frames::Table,
    own::{COLUMNS, FIELD_PREFIX, NEEDED, OwnReader},
};
use crate::{Error, suggest};

/// How the columns of a file are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mapping {
    /// Our own format: one row a lead.
    Own,
    /// A foreign log: one offer a row, with columns of any name.
    Flat(Box<Columns>),
}

/// A log file whose columns are known to be there. Its rows have not been looked at yet.
#[derive(Debug, Clone)]
pub struct Log {
    table: Table,
    mapping: Mapping,
}

impl Log {
    /// Opens a Parquet file, or a CSV file, also gzipped.
    ///
    /// # Errors
    ///
    /// A missing or unreadable file, or every column that is not there, with those that are.
    pub fn open(path: &Path, mapping: Mapping) -> Result<Self, Vec<Problem>> {
        let table = Table::open(path).map_err(|problem| vec![problem])?;
        let mut problems = Vec::new();
        match &mapping {
            Mapping::Own => {
                for column in NEEDED.into_iter().filter(|column| !table.has(column)) {
                    let problem = column_missing("log", column, &table);
                    problems.push(
                        problem
                            .hint("without a [columns] table the file must be in our own format"),
                    );
                }
            }
            Mapping::Flat(columns) => {
                for (key, column) in columns.named() {
                    if !table.has(column) {
                        problems.push(column_missing(&key, column, &table));
                    }
                }
            }
        }
        if problems.is_empty() {
            Ok(Self { table, mapping })
        } else {
            Err(problems)
        }
    }

    /// The lead fields that the log holds, each with its column.
    pub(crate) fn field_columns(&self) -> Vec<(String, String)> {
        match &self.mapping {
            Mapping::Own => self
                .table
                .columns()
                .filter_map(|column| {
                    Some((
                        column.strip_prefix(FIELD_PREFIX)?.to_owned(),
                        column.to_owned(),
                    ))
                })
                .collect(),
            Mapping::Flat(columns) => columns
                .fields
                .iter()
                .map(|(field, column)| (field.clone(), column.clone()))
                .collect(),
        }
    }

    /// Reads all rows once: what the log holds, and all that is wrong with it.
    ///
    /// * `schema`: what the fields must be; none: each column is taken for what all of its values fit.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] with every kind of mistake in the rows, each with its first row and how
    /// often it occurs; [`Error::Read`] if the file cannot be read on.
    pub fn survey(&self, schema: Option<&Schema>) -> Result<Survey, Error> {
        super::survey::survey(self, schema)
    }

    /// Hands over all leads, in the order in which their last rows stand in the file.
    ///
    /// * `schema`: what the fields are; see [`Survey::declared`].
    /// * `survey`: of this very log.
    /// * `take`: gets the leads of a batch; an error of its own ends the reading.
    ///
    /// # Errors
    ///
    /// As for [`Log::survey`], and whatever `take` says.
    pub fn read(
        &self,
        schema: &Schema,
        survey: &Survey,
        take: &mut dyn FnMut(Vec<LogLead>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut findings = Findings::default();
        let mut fields = FieldReader::new(schema, &self.field_columns());
        let mut rows = Rows::new(self);
        let mut gatherer = Gatherer::new(survey.rows_of_leads.clone());
        let mut next_row = 1;
        for frame in self.table.frames(&self.columns_read()) {
            let frame = frame?;
            let leads = match &mut rows {
                Rows::Own(reader) => reader.read(&frame, next_row, &mut fields, &mut findings),
                Rows::Flat(reader) => reader
                    .read(&frame, next_row, &mut fields, &mut findings)
                    .map(|rows| {
                        rows.into_iter()
                            .filter_map(|row| gatherer.take(row))
                            .collect()
                    }),
            };
            next_row += frame.height() as u64;
            let leads = leads.map_err(|source| self.failed(source))?;
            findings.to_result()?;
            take(leads)?;
        }
        Ok(())
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    pub(crate) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Whether a lead's last offer ended its walk, however it was answered.
    pub(crate) fn last_offer_ends(&self) -> bool {
        match &self.mapping {
            Mapping::Own => false,
            Mapping::Flat(columns) => columns.last_offer_ends,
        }
    }

    /// The columns that matter: the others are not even read from the disk.
    pub(crate) fn columns_read(&self) -> Vec<String> {
        let mut columns: Vec<String> = match &self.mapping {
            Mapping::Own => COLUMNS
                .into_iter()
                .filter(|column| self.table.has(column))
                .map(str::to_owned)
                .collect(),
            Mapping::Flat(columns) => columns
                .named()
                .into_iter()
                .map(|(_, column)| column.to_owned())
                .collect(),
        };
        columns.extend(self.field_columns().into_iter().map(|(_, column)| column));
        columns.sort();
        columns.dedup();
        columns
    }

    pub(crate) fn failed(&self, source: polars::error::PolarsError) -> Error {
        Error::Read {
            path: self.table.path().to_owned(),
            source,
        }
    }
}

/// The reader that a mapping asks for.
pub(crate) enum Rows {
    Own(OwnReader),
    Flat(Box<FlatReader>),
}

impl Rows {
    pub(crate) fn new(log: &Log) -> Self {
        match log.mapping() {
            Mapping::Own => Self::Own(OwnReader::default()),
            Mapping::Flat(columns) => Self::Flat(Box::new(FlatReader::new((**columns).clone()))),
        }
    }

    pub(crate) fn n_without_reward(&self) -> u64 {
        match self {
            Self::Own(reader) => reader.n_without_reward,
            Self::Flat(reader) => reader.n_without_reward,
        }
    }
}

fn column_missing(key: &str, column: &str, table: &Table) -> Problem {
    let there: Vec<&str> = table.columns().collect();
    let shown = table.path().display();
    let message = format!(
        "`{shown}` has no column `{column}`; it has {}",
        there.join(", ")
    );
    let problem = Problem::new("column_missing", key, message);
    match suggest::nearest(column, &there) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem,
    }
}

/// Whether a field's name is one that every schema starts with.
pub(crate) fn is_always_there(field: &str) -> bool {
    ALWAYS.contains(&field)
}
