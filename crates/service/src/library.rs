//! Programs and books of the past, read back from the database and kept at hand.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_bandit::{BanditKey, Book, Entry};
use pointsman_flow::{Catalog, Document, Program, compile};
use pointsman_store::{BookEntryRow, Read};

use crate::platform::Error;

/// Books kept at once; decisions come in commit order, so old ones are hardly asked for again.
const BOOKS_MAX: usize = 64;

/// Everything that decisions were made with, by its content address.
#[derive(Debug, Default)]
pub(crate) struct Library {
    programs: BTreeMap<(String, String), Arc<Program>>,
    books: BTreeMap<i64, Arc<Book>>,
}

impl Library {
    /// The program of a flow version and a catalog revision.
    pub(crate) async fn program(
        &mut self,
        read: &Read<'_>,
        version: &str,
        catalog: &str,
    ) -> Result<Arc<Program>, Error> {
        let key = (version.to_owned(), catalog.to_owned());
        if let Some(program) = self.programs.get(&key) {
            return Ok(Arc::clone(program));
        }
        let stored = |what: String| Error::Stored { what };
        let version_row = read
            .find_flow_version(version)
            .await?
            .ok_or_else(|| stored(format!("flow version {version}")))?;
        let catalog_row = read
            .find_catalog(catalog)
            .await?
            .ok_or_else(|| stored(format!("catalog {catalog}")))?;
        let document = Document::from_json(&version_row.body)
            .map_err(|_| stored(format!("flow version {version}")))?;
        let catalog: Catalog = serde_json::from_str(&catalog_row.body)
            .map_err(|_| stored(format!("catalog {catalog}")))?;
        let program =
            compile(document, &catalog).map_err(|_| stored(format!("flow version {version}")))?;
        let program = Arc::new(program);
        self.programs.insert(key, Arc::clone(&program));
        Ok(program)
    }

    /// The book of an epoch.
    pub(crate) async fn book(&mut self, read: &Read<'_>, epoch: i64) -> Result<Arc<Book>, Error> {
        if let Some(book) = self.books.get(&epoch) {
            return Ok(Arc::clone(book));
        }
        let book = Arc::new(book_of(epoch, read.book_at(epoch).await?)?);
        if self.books.len() >= BOOKS_MAX {
            self.books.pop_first();
        }
        self.books.insert(epoch, Arc::clone(&book));
        Ok(book)
    }
}

/// Puts the rows of an epoch together.
pub(crate) fn book_of(epoch: i64, rows: Vec<BookEntryRow>) -> Result<Book, Error> {
    let number = u64::try_from(epoch).map_err(|_| Error::Stored {
        what: format!("epoch {epoch}"),
    })?;
    let mut book = Book {
        epoch: number,
        ..Book::prior()
    };
    for row in rows {
        let entry: Entry = serde_json::from_str(&row.weights_body).map_err(|_| Error::Stored {
            what: format!("the weights of {} in epoch {}", row.node, row.epoch),
        })?;
        book.entries.insert(
            BanditKey {
                flow: row.flow,
                node: row.node,
                segment: row.segment,
            },
            entry,
        );
    }
    Ok(book)
}
