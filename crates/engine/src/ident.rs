//! New ids, which are the engine's only chance, and fingerprints.

use pointsman_lead::{Id, Kind, Timestamp};
use pointsman_store::Error;
use sha2::{Digest as _, Sha256};

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
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
