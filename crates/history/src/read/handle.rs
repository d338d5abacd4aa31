//! The handle that everything stored is read by.

use pointsman_lead::{Id, Kind};
use pointsman_store::{Read, Store};
use serde::de::DeserializeOwned;

use crate::Error;

/// What was decided and what became of it, to be read. Cheap to clone.
#[derive(Debug, Clone)]
pub struct History {
    store: Store,
}

impl History {
    /// The history in a database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    pub(crate) fn rows(&self) -> Read<'_> {
        self.store.read()
    }
}

/// An id as it is stored.
pub(super) fn id<K: Kind>(text: &str) -> Result<Id<K>, Error> {
    text.parse().map_err(|_| Error::Stored {
        what: format!("the id `{text}`"),
    })
}

/// Ids as they are stored.
pub(super) fn texts<K: Kind>(ids: &[Id<K>]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// JSON as it is stored.
///
/// * `what`: what it is of.
pub(super) fn json<T: DeserializeOwned>(what: &str, body: &str) -> Result<T, Error> {
    serde_json::from_str(body).map_err(|error| Error::Stored {
        what: format!("{what} ({error})"),
    })
}
