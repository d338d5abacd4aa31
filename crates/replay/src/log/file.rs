//! A log file, and what its columns mean.

use pointsman_lead::Zone;

use super::{
    Columns, Format,
    own::{COLUMNS, FIELD_PREFIX, NEEDED, PAYMENTS},
    table::Table,
    times::Times,
};

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
    pub(super) table: Table,
    pub(super) mapping: Mapping,
    pub(super) format: Format,
}

impl Log {
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

    /// Whether the log may say when offers brought what they brought.
    pub(crate) fn has_payments(&self) -> bool {
        match &self.mapping {
            Mapping::Own => self.table.has(PAYMENTS),
            Mapping::Flat(columns) => columns.converted_at.is_some(),
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
}
