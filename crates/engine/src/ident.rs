//! New ids, which are the engine's only chance, and fingerprints.

use pointsman_flow::Hash;
use pointsman_lead::{Id, Kind, Timestamp};
use pointsman_store::Error;

/// A new id that sorts by `now`.
pub(crate) fn id<K: Kind>(now: Timestamp) -> Id<K> {
    Id::new(now, rand::random())
}

/// The id that a row holds as text.
///
/// # Errors
///
/// [`Error::Corrupt`] that names the text.
pub(crate) fn stored<K: Kind>(text: &str) -> Result<Id<K>, Error> {
    text.parse().map_err(|_| Error::Corrupt {
        what: format!("`{text}` is no id of a {}", K::PREFIX),
    })
}

/// The SHA-256 of a text, in lower-case hex.
pub(crate) fn fingerprint(text: &str) -> String {
    Hash::of_text(text).to_string()
}
