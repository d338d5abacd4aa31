//! A log file: what its columns mean, and its leads one batch after the other.

use std::path::Path;

use pointsman_lead::{ALWAYS, Problem, Schema, Zone};

use super::{
    Columns, Format, LogLead, Survey,
    fields::FieldReader,
    findings::{Findings, Noted},
    flat::{FlatReader, Gatherer},
    line::note_flaw,
    own::{COLUMNS, FIELD_PREFIX, NEEDED, OwnReader},
    table::{Table, unreadable},
    times::Times,
};
use crate::Error;

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
    format: Format,
}

impl Log {
    /// Opens a Parquet file, or a CSV file, also packed.
    ///
    /// * `format`: how its cells are written.
    ///
    /// # Errors
    ///
    /// A missing or unreadable file, or every column that is not there, with those that are.
    pub fn open(path: &Path, mapping: Mapping, format: Format) -> Result<Self, Vec<Problem>> {
        let table = Table::open(path, &format).map_err(|problem| vec![problem])?;
        let log = Self {
            table,
            mapping,
            format,
        };
        let problems = super::header::problems(&log);
        if problems.is_empty() {
            Ok(log)
        } else {
            Err(problems)
        }
    }

    /// Bytes of the file: what the progress of reading it is counted in.
    pub fn n_bytes(&self) -> u64 {
        self.table.n_bytes()
    }

    /// The columns that must be there, each with the key that names it.
    pub(crate) fn columns_named(&self) -> Vec<(String, String)> {
        match &self.mapping {
            Mapping::Own => {
                let needed = NEEDED.into_iter();
                needed
                    .map(|column| ("log".to_owned(), column.to_owned()))
                    .collect()
            }
            Mapping::Flat(columns) => {
                let named = columns.named().into_iter();
                named
                    .map(|(key, column)| (key, column.to_owned()))
                    .collect()
            }
        }
    }

    /// How times are to be read; those of our own format are in UTC.
    pub(crate) fn times(&self) -> Times {
        let mut times = self.format.times();
        if self.mapping == Mapping::Own {
            times.zone.get_or_insert_with(Zone::utc);
        }
        times
    }

    pub(crate) fn format(&self) -> &Format {
        &self.format
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
        super::survey::survey(self, schema, &mut |_| ())
    }

    /// The same, and says how many bytes of the file have been read after each batch.
    ///
    /// # Errors
    ///
    /// As for [`Log::survey`].
    pub fn survey_with(
        &self,
        schema: Option<&Schema>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Survey, Error> {
        super::survey::survey(self, schema, progress)
    }

    /// Hands over all leads, in the order in which their last rows stand in the file.
    ///
    /// * `schema`: what the fields are; see [`Survey::declared`].
    /// * `survey`: of this very log.
    /// * `take`: gets the leads of a batch, and the bytes of the file read so far; an error of its own ends the reading.
    ///
    /// # Errors
    ///
    /// As for [`Log::survey`], whatever `take` says, and a log that is not the one of the survey any more.
    pub fn read(
        &self,
        schema: &Schema,
        survey: &Survey,
        take: &mut dyn FnMut(Vec<LogLead>, u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut findings = Findings::default();
        let times = self.times();
        let mut fields = FieldReader::new(schema, &self.field_columns(), &times);
        let mut rows = Rows::new(self);
        let mut gatherer = Gatherer::new(survey.rows_of_leads.clone(), self.format.repeated_offers);
        let (mut n_rows, mut n_leads) = (0, 0);
        for batch in self.table.batches(&self.columns_read()) {
            let batch = batch?;
            batch
                .flaws
                .iter()
                .for_each(|flaw| note_flaw(flaw, &mut findings));
            let leads = match &mut rows {
                Rows::Own(reader) => reader.read(&batch, &mut fields, &mut findings),
                Rows::Flat(reader) => reader
                    .read(&batch, &mut fields, &mut findings)
                    .into_iter()
                    .filter_map(|row| gatherer.take(row))
                    .collect(),
            };
            findings.to_result()?;
            n_rows += batch.n_rows();
            n_leads += leads.len() as u64;
            take(leads, batch.bytes_done)?;
        }
        // Rows in are rows out, and every lead that was counted has been handed over.
        if (n_rows, n_leads) == (survey.n_rows, survey.n_leads) {
            return Ok(());
        }
        let found = format!(
            "it had {} rows and {} leads when it was looked through, and now has {n_rows} and {n_leads}",
            survey.n_rows, survey.n_leads
        );
        let changed = std::io::Error::other(found);
        Err(Error::Problems(vec![unreadable(
            self.table.path(),
            &changed,
        )]))
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    pub(crate) fn mapping(&self) -> &Mapping {
        &self.mapping
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
}

/// The reader that a mapping asks for.
pub(crate) enum Rows {
    Own(OwnReader),
    Flat(Box<FlatReader>),
}

impl Rows {
    pub(crate) fn new(log: &Log) -> Self {
        let times = log.times();
        match log.mapping() {
            Mapping::Own => Self::Own(OwnReader::new(times)),
            Mapping::Flat(columns) => {
                Self::Flat(Box::new(FlatReader::new((**columns).clone(), times)))
            }
        }
    }

    pub(crate) fn n_without_reward(&self) -> u64 {
        match self {
            Self::Own(reader) => reader.n_without_reward,
            Self::Flat(reader) => reader.n_without_reward,
        }
    }

    pub(crate) fn doubtful_times(&self) -> &Noted {
        match self {
            Self::Own(reader) => &reader.doubtful_times,
            Self::Flat(reader) => &reader.doubtful_times,
        }
    }
}

/// Whether a field's name is one that every schema starts with.
pub(crate) fn is_always_there(field: &str) -> bool {
    ALWAYS.contains(&field)
}
