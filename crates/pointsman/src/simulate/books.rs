//! The weights that past leads were decided by.

use std::collections::BTreeSet;

use anyhow::Context as _;
use pointsman_bandit::{BanditKey, Book, Entry};
use pointsman_store::{BookEntryRow, Read};

/// The books that these epochs stand for, as far as they concern one flow.
pub(super) async fn books(
    read: &Read<'_>,
    flows: &BTreeSet<&str>,
    epochs: &BTreeSet<u64>,
) -> anyhow::Result<Vec<Book>> {
    let latest = read.latest_epoch().await?;
    let mut entries: Vec<BookEntryRow> = read.book_entries_between(0, latest).await?;
    entries.retain(|entry| flows.contains(entry.flow.as_str()));
    entries.sort_by_key(|entry| entry.epoch);
    let mut entries = entries.into_iter().peekable();
    let mut book = Book::prior();
    let mut books = Vec::with_capacity(epochs.len());
    for &epoch in epochs {
        // An epoch holds only what changed in it; the rest is what the epochs before left.
        while let Some(row) =
            entries.next_if(|row| u64::try_from(row.epoch).is_ok_and(|changed| changed <= epoch))
        {
            let entry: Entry =
                serde_json::from_str(&row.weights_body).context("the weights of a book")?;
            book.entries.insert(
                BanditKey {
                    flow: row.flow,
                    node: row.node,
                    segment: row.segment,
                },
                entry,
            );
        }
        books.push(Book {
            epoch,
            ..book.clone()
        });
    }
    Ok(books)
}
