//! Which texts are sealed.

use std::{collections::BTreeMap, fmt};

use super::{Closed, Keyring, is_sealed};
use crate::{Error, Read, tables::data_key};

/// Where a text is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    /// The row's key.
    pub(crate) row: &'a str,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, column, row } = self;
        write!(formatter, "{table}.{column}:{row}")
    }
}

/// A table with texts that are sealed.
pub(crate) struct SealedTable {
    pub(crate) table: &'static str,
    pub(crate) key: &'static [&'static str],
    pub(crate) texts: &'static [&'static str],
}

/// Every text that holds secrets, or values that tell who a person is.
pub(crate) const SEALED: [SealedTable; 7] = [
    SealedTable {
        table: "destination",
        key: &["name"],
        texts: &["target_body"],
    },
    SealedTable {
        table: "source",
        key: &["name"],
        texts: &["document_body"],
    },
    SealedTable {
        table: "lead",
        key: &["id"],
        texts: &["fields_body"],
    },
    SealedTable {
        table: "lead_given",
        key: &["lead_id"],
        texts: &["body"],
    },
    SealedTable {
        table: "attempt",
        key: &["delivery_id", "n"],
        texts: &["request_excerpt", "response_excerpt"],
    },
    SealedTable {
        table: "postback_settings",
        key: &["source", "number"],
        texts: &["postbacks_body"],
    },
    SealedTable {
        table: "source_postback",
        key: &["id"],
        texts: &["content_body", "answer_excerpt"],
    },
];

/// A row of such a table.
pub(crate) trait Sealed: Send {
    /// Its table.
    const TABLE: &'static str;

    /// Its key, the parts joined by slashes.
    fn row(&self) -> String;

    /// Its texts that are sealed, each with the name of its column.
    fn texts(&mut self) -> Vec<(&'static str, &mut String)>;
}

impl Keyring {
    /// A row as it is stored.
    pub(crate) fn sealed<R: Sealed>(&self, mut row: R) -> Result<R, Error> {
        if !self.seals() {
            return Ok(row);
        }
        let key = row.row();
        for (column, text) in row.texts() {
            let place = Place {
                table: R::TABLE,
                column,
                row: &key,
            };
            *text = self.seal(&place, std::mem::take(text))?;
        }
        Ok(row)
    }

    /// The same for many.
    pub(crate) fn sealed_all<R: Sealed>(&self, rows: Vec<R>) -> Result<Vec<R>, Error> {
        if !self.seals() {
            return Ok(rows);
        }
        rows.into_iter().map(|row| self.sealed(row)).collect()
    }

    /// Opens texts of a stored row, and says which stay closed.
    fn open_row<R: Sealed>(
        &self,
        row: &mut R,
        is_asked: impl Fn(&str) -> bool,
    ) -> BTreeMap<&'static str, Closed> {
        let key = row.row();
        let mut closed = BTreeMap::new();
        for (column, text) in row.texts() {
            let place = Place {
                table: R::TABLE,
                column,
                row: &key,
            };
            if !is_sealed(text) || !is_asked(column) {
                continue;
            }
            match self.open(&place, text) {
                Ok(opened) => *text = opened,
                Err(why) => {
                    closed.insert(column, why);
                }
            }
        }
        closed
    }
}

/// Whether a column holds what others have written, which may look like anything.
fn is_free_text(column: &str) -> bool {
    column.ends_with("_excerpt")
}

impl Read<'_> {
    /// Stored rows as they were.
    ///
    /// # Errors
    ///
    /// [`Error::Keys`] where no key was given for a sealed text; [`Error::Corrupt`] for one that was not sealed by a key
    /// of this database, or for another place.
    pub(crate) async fn opened<R: Sealed>(&self, mut rows: Vec<R>) -> Result<Vec<R>, Error> {
        for row in &mut rows {
            let mut closed = self.keys.open_row(row, |_| true);
            if closed.values().any(|why| *why == Closed::UnknownKey) {
                // Another process may have made a key since this one has looked.
                data_key::load(&self.executor, self.keys).await?;
                closed = self
                    .keys
                    .open_row(row, |column| closed.contains_key(column));
            }
            if let Some(column) = closed.keys().find(|column| !is_free_text(column)) {
                return Err(Error::Corrupt {
                    what: format!("{}.{column} of {} cannot be opened", R::TABLE, row.row()),
                });
            }
        }
        Ok(rows)
    }

    /// The same for one row or none.
    pub(crate) async fn opened_one<R: Sealed>(&self, row: Option<R>) -> Result<Option<R>, Error> {
        Ok(self.opened(row.into_iter().collect()).await?.pop())
    }
}
