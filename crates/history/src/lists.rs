//! The values of named lists: read once, and shared by all programs of the process that ask them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use pointsman_flow::{Catalog, Hash, ListKind, ListValues, NamedList};
use pointsman_store::{Read, Store};

use crate::Error;

/// Most bytes of one stored part: a transaction that writes one is short.
const PART_BYTES_MAX: usize = 256 * 1024;

/// The lists that some program or caller holds, by their content: a list is the same in every database.
static KNOWN: Mutex<BTreeMap<Hash, Weak<ListValues>>> = Mutex::new(BTreeMap::new());

/// A list with its values.
///
/// # Errors
///
/// [`Error::Store`], and [`Error::Stored`] where the values are not there or are others.
pub async fn read_list(read: &Read<'_>, kind: ListKind, hash: Hash) -> Result<NamedList, Error> {
    if let Some(values) = known(hash) {
        return Ok(NamedList::new_known(kind, hash, values));
    }
    let parts = read.list_parts(&hash.to_string()).await?;
    let made = tokio::task::spawn_blocking(move || {
        let body: String = parts.into_iter().map(|part| part.body).collect();
        let list = NamedList::new(kind, Arc::new(ListValues::of_body(body)?));
        (list.hash() == hash).then_some(list)
    });
    let list = made.await.ok().flatten().ok_or_else(|| Error::Stored {
        what: format!("list {hash}"),
    })?;
    Ok(shared(list))
}

/// Gives the lists of a catalog their values.
///
/// # Errors
///
/// As [`read_list`].
pub async fn with_lists(read: &Read<'_>, catalog: &mut Catalog) -> Result<(), Error> {
    for named in catalog.lists.values_mut() {
        if named.values().is_none() {
            *named = read_list(read, named.kind(), named.hash()).await?;
        }
    }
    Ok(())
}

/// Stores the values of a list, in several short transactions. A version that names them comes after this.
///
/// # Errors
///
/// [`Error::Store`].
pub async fn keep_list(store: &Store, list: &NamedList) -> Result<NamedList, Error> {
    let list = shared(list.clone());
    let hash = list.hash().to_string();
    let values = list.values().map(Arc::clone).unwrap_or_default();
    let mut rest = values.body();
    for part in 0.. {
        if rest.is_empty() {
            break;
        }
        let (body, after) = first_part(rest);
        rest = after;
        let row = pointsman_store::ListPartRow {
            hash: hash.clone(),
            part,
            body: body.to_owned(),
        };
        let put = store.note(move |tx| Box::pin(async move { tx.put_list_part(row).await }));
        put.await?;
    }
    Ok(list)
}

/// The first whole lines of a text, and the rest of it.
fn first_part(text: &str) -> (&str, &str) {
    let Some(head) = text.as_bytes().get(..PART_BYTES_MAX) else {
        return (text, "");
    };
    // A line is far shorter than a part, so that there is an end of one.
    let end = head.iter().rposition(|byte| *byte == b'\n');
    text.split_at(end.map_or(text.len(), |end| end + 1))
}

fn known(hash: Hash) -> Option<Arc<ListValues>> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(&hash).and_then(Weak::upgrade)
}

/// The same list with the values that others hold, if they do.
fn shared(list: NamedList) -> NamedList {
    let Some(values) = list.values() else {
        return list;
    };
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(values) = known.get(&list.hash()).and_then(Weak::upgrade) {
        return NamedList::new_known(list.kind(), list.hash(), values);
    }
    known.retain(|_, values| values.strong_count() > 0);
    known.insert(list.hash(), Arc::downgrade(values));
    list
}

#[cfg(test)]
mod tests {
    use super::{PART_BYTES_MAX, first_part};

    #[test]
    fn parts_are_whole_lines_and_make_up_the_text() {
        let lines: Vec<String> = (100_000..160_000).map(|n| format!("{n}é")).collect();
        let text = lines.join("\n") + "\n";
        let (mut rest, mut parts) = (text.as_str(), Vec::new());
        while !rest.is_empty() {
            let (part, after) = first_part(rest);
            assert!(part.ends_with('\n') && part.len() <= PART_BYTES_MAX);
            parts.push(part);
            rest = after;
        }
        assert!(parts.len() > 1);
        assert_eq!(parts.concat(), text);
    }
}
