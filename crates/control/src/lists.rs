//! Named lists, which predicates ask with `field in list("name")`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_flow::{Destination, Document, Hash, ListDifference, ListKind, NamedList, Subflow};
use pointsman_history::{Routes, keep_list, read_list};
use pointsman_lead::{Problem, Timestamp};
use pointsman_store::{Expected, NamedListRow, NamedListVersionRow, NewNamedList, Store};
use serde_json::{Value, json};

use crate::{
    Control, Error, SettingsChangeKind,
    changes::ChangeRecord,
    names,
    routes::{for_all, live_flows, rebuild},
};

/// Most versions of a list that are listed.
const VERSIONS_MAX: u64 = 100;

/// A list to put in place of the one of its name.
#[derive(Debug, Clone)]
pub struct NewList {
    /// Its name.
    pub name: String,
    /// Its values.
    pub list: NamedList,
    /// The revision that it shall replace; 0: it must not be there yet; `None`: any.
    pub expected_revision: Option<i64>,
}

/// A list, without its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: ListKind,
    /// Content address of its present version.
    pub hash: Hash,
    /// How many values there are.
    pub n_values: i64,
    /// One more with each version, from 1.
    pub revision: i64,
    /// When it was first put.
    pub created_at: Timestamp,
    /// When its present version was put.
    pub updated_at: Timestamp,
}

/// A version of a list, without its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListVersion {
    /// Its number, from 1.
    pub revision: i64,
    /// Content address.
    pub hash: Hash,
    /// How many values there are.
    pub n_values: i64,
    /// When it was put.
    pub created_at: Timestamp,
}

/// What putting a list would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListTrial {
    /// The list as it is now; `None` if it would be a new one.
    pub before: Option<List>,
    /// How many values there would be.
    pub n_values: i64,
    /// What would change.
    pub difference: ListDifference,
}

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
        let List { kind, hash, .. } = List::of(&row)?;
        let list = if asked.contains(&row.name) {
            read_list(&read, kind, hash).await?
        } else {
            NamedList::of_hash(kind, hash)
        };
        lists.insert(row.name, list);
    }
    Ok(lists)
}

fn unreadable(name: &str) -> Error {
    Error::Stored {
        what: format!("list {name}"),
    }
}

impl List {
    fn of(row: &NamedListRow) -> Result<Self, Error> {
        let NamedListRow {
            name,
            kind,
            hash,
            n_values,
            revision,
            created_at,
            updated_at,
        } = row;
        Ok(Self {
            kind: ListKind::of_word(kind).ok_or_else(|| unreadable(name))?,
            hash: hash.parse().map_err(|_| unreadable(name))?,
            name: name.clone(),
            n_values: *n_values,
            revision: *revision,
            created_at: Timestamp(*created_at),
            updated_at: Timestamp(*updated_at),
        })
    }

    /// What is kept of it with a change: its values have a hash.
    fn said(&self) -> Value {
        said(self.kind, self.hash, self.n_values)
    }
}

fn said(kind: ListKind, hash: Hash, n_values: i64) -> Value {
    json!({ "kind": kind, "hash": hash, "values": n_values })
}

impl ListVersion {
    fn of(row: &NamedListVersionRow) -> Result<Self, Error> {
        let NamedListVersionRow {
            name,
            revision,
            hash,
            n_values,
            created_at,
        } = row;
        Ok(Self {
            revision: *revision,
            hash: hash.parse().map_err(|_| unreadable(name))?,
            n_values: *n_values,
            created_at: Timestamp(*created_at),
        })
    }
}

impl Control {
    /// Puts a version of a list, and recompiles the live flows that ask it under a new catalog. Nothing waits for the
    /// values to be stored: only the change itself is made in turn. A list that is put as it is stays as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for a name that is none and for another kind than the list has, [`Error::Conflict`] for another
    /// revision than expected, [`Error::Stored`] and [`Error::Store`].
    pub async fn put_list(&self, new: NewList) -> Result<List, Error> {
        if let Some(problem) = names::check("name", &new.name) {
            return Err(Error::problem(problem));
        }
        let found = self.inner.store.read().find_named_list(&new.name).await?;
        if let Some(found) = found.as_ref().map(List::of).transpose()? {
            check_kind(&found, &new.list)?;
        }
        let list = keep_list(&self.inner.store, &new.list).await?;
        let new = NewList { list, ..new };
        self.change(new, |control, new| async move {
            control.put_list_in_turn(new).await
        })
        .await
    }

    /// What [`put_list`](Self::put_list) would do, without doing it.
    ///
    /// * `n_samples`: most values that are told of those that are new, and of those that are gone.
    ///
    /// # Errors
    ///
    /// As `put_list`, but for [`Error::Conflict`]: it tells the revision that it was compared with.
    pub async fn try_list(&self, new: NewList, n_samples: usize) -> Result<ListTrial, Error> {
        if let Some(problem) = names::check("name", &new.name) {
            return Err(Error::problem(problem));
        }
        let read = self.inner.store.read();
        let before = read.find_named_list(&new.name).await?;
        let before = before.as_ref().map(List::of).transpose()?;
        let mut present = Arc::default();
        if let Some(before) = &before {
            check_kind(before, &new.list)?;
            let stored = read_list(&read, before.kind, before.hash).await?;
            present = stored.values().cloned().unwrap_or_default();
        }
        let values = new.list.values().cloned().unwrap_or_default();
        let n_values = i64::try_from(values.len()).unwrap_or(i64::MAX);
        let compared = tokio::task::spawn_blocking(move || present.difference(&values, n_samples));
        let difference = crate::finished(compared).await.ok_or(Error::Stopping)?;
        Ok(ListTrial {
            before,
            n_values,
            difference,
        })
    }

    async fn put_list_in_turn(&self, new: NewList) -> Result<List, Error> {
        let inner = &self.inner;
        let NewList {
            name,
            list,
            expected_revision,
        } = new;
        let known = inner.routes.revision();
        let before = inner.store.read().find_named_list(&name).await?;
        let before = before.as_ref().map(List::of).transpose()?;
        let expected = match expected_revision {
            None => Expected::Any,
            Some(0) => Expected::Absent,
            Some(revision) => Expected::Revision(revision),
        };
        if let Some(before) = before.as_ref() {
            check_kind(before, &list)?;
            let is_expected = expected_revision.is_none_or(|it| it == before.revision);
            if before.hash == list.hash() && is_expected {
                return Ok(before.clone());
            }
        }
        let n_values = list.values().map_or(0, |values| values.len());
        let n_values = i64::try_from(n_values).unwrap_or(i64::MAX);
        let change = ChangeRecord::new(SettingsChangeKind::ListPut, &name)
            .from(before.as_ref().map(List::said))
            .to(said(list.kind(), list.hash(), n_values));
        let live = live_flows(&inner.store).await?;
        let mut surroundings = for_all(&inner.store, &live).await?;
        surroundings.lists.insert(name.clone(), list.clone());
        let present = inner.routes.get();
        let mut rebuilt = rebuild(&Arc::new(surroundings), live, &present).await;
        rebuilt.refuse_harm(&present)?;
        let at = inner.clock.now().0;
        let row = NewNamedList {
            name,
            kind: list.kind().word().to_owned(),
            hash: list.hash().to_string(),
            n_values,
            at,
        };
        let catalogs = rebuilt.catalogs(at)?;
        let stored = self.store_routed(known, change, move |tx| {
            Box::pin(async move {
                let row = tx.put_named_list(row, expected).await?;
                for catalog in catalogs {
                    tx.put_catalog(catalog).await?;
                }
                Ok(row)
            })
        });
        let (row, revision) = stored.await?;
        inner.routes.put(Routes {
            revision,
            ..rebuilt.routes
        });
        List::of(&row)
    }

    /// The kind that a version of a list has: the one that is asked for, else that of the list, else text.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn kind_of_list(
        &self,
        name: &str,
        asked: Option<ListKind>,
    ) -> Result<ListKind, Error> {
        if let Some(kind) = asked {
            return Ok(kind);
        }
        let found = self.find_list(name).await?;
        Ok(found.map(|list| list.kind).unwrap_or_default())
    }

    /// A list by its name.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn find_list(&self, name: &str) -> Result<Option<List>, Error> {
        let row = self.inner.store.read().find_named_list(name).await?;
        row.as_ref().map(List::of).transpose()
    }

    /// Every list, by name.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn lists(&self) -> Result<Vec<List>, Error> {
        let rows = self.inner.store.read().named_lists().await?;
        rows.iter().map(List::of).collect()
    }

    /// The latest hundred versions of a list, newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn list_versions(&self, name: &str) -> Result<Vec<ListVersion>, Error> {
        let read = self.inner.store.read();
        let rows = read.named_list_versions(name, VERSIONS_MAX).await?;
        rows.iter().map(ListVersion::of).collect()
    }

    /// What one version of a list has and another has not; `None` if there is no such version.
    ///
    /// * `n_samples`: most values of each that are told.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn list_difference(
        &self,
        list: &List,
        (from, to): (i64, i64),
        n_samples: usize,
    ) -> Result<Option<ListDifference>, Error> {
        let mut versions = Vec::new();
        for revision in [from, to] {
            let read = self.inner.store.read();
            let Some(row) = read.find_named_list_version(&list.name, revision).await? else {
                return Ok(None);
            };
            let version = ListVersion::of(&row)?;
            let named = read_list(&read, list.kind, version.hash).await?;
            versions.extend(named.values().cloned());
        }
        let compared = tokio::task::spawn_blocking(move || match &versions[..] {
            [from, to] => Some(from.difference(to, n_samples)),
            _ => None,
        });
        crate::finished(compared).await.ok_or(Error::Stopping)
    }

    /// The names of the live flows that ask a list, themselves, in their subflows or by the criteria of their
    /// destinations.
    pub fn flows_that_ask(&self, list: &str) -> BTreeSet<String> {
        let routes = self.inner.routes.look();
        let flows = routes.flows.iter();
        flows
            .filter(|(_, route)| route.program.catalog().lists.contains_key(list))
            .map(|(flow, _)| flow.clone())
            .collect()
    }
}

/// The kind of a list stays: flows that ask it were checked by it.
fn check_kind(before: &List, list: &NamedList) -> Result<(), Error> {
    if before.kind == list.kind() {
        return Ok(());
    }
    let message = format!(
        "list `{}` holds values of kind {}, and keeps it",
        before.name,
        before.kind.word()
    );
    let hint = "put it under another name";
    Err(Error::problem(
        Problem::new("kind_fixed", "kind", message).hint(hint),
    ))
}
