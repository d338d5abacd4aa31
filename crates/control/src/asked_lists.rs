//! The named lists that flows and destinations ask, with their values.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_flow::{Destination, Document, Hash, ListKind, NamedList, Subflow};
use pointsman_history::read_list;
use pointsman_store::Store;

use crate::Error;

/// The lists as they are now, by name. Those that something asks have their values at hand.
///
/// * `documents`, `subflows`, `destinations`: what may ask.
///
/// # Errors
///
/// [`Error::Stored`] and [`Error::Store`].
pub async fn lists_of(
    store: &Store,
    documents: &[&Document],
    subflows: &BTreeMap<String, Subflow>,
    destinations: &BTreeMap<String, Destination>,
) -> Result<BTreeMap<String, NamedList>, Error> {
    let subflows = subflows.values().flat_map(|it| it.versions.values());
    let documents = documents.iter().copied().chain(subflows);
    let mut asked: BTreeSet<String> = documents.flat_map(Document::lists).collect();
    asked.extend(destinations.values().flat_map(Destination::lists));
    let mut lists = BTreeMap::new();
    let read = store.read();
    for row in read.named_lists().await? {
        let (kind, hash) = content_of(&row.name, &row.kind, &row.hash)?;
        let list = if asked.contains(&row.name) {
            read_list(&read, kind, hash).await?
        } else {
            NamedList::of_hash(kind, hash)
        };
        lists.insert(row.name, list);
    }
    Ok(lists)
}

/// What a row says that a list holds.
///
/// # Errors
///
/// [`Error::Stored`].
pub(crate) fn content_of(name: &str, kind: &str, hash: &str) -> Result<(ListKind, Hash), Error> {
    let kind = ListKind::of_word(kind).ok_or_else(|| unreadable(name))?;
    let hash = hash.parse().map_err(|_| unreadable(name))?;
    Ok((kind, hash))
}

pub(crate) fn unreadable(name: &str) -> Error {
    Error::Stored {
        what: format!("list {name}"),
    }
}
