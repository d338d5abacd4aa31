//! New ids and secrets: the service's only chance.

use pointsman_lead::{Id, Kind, Timestamp};
use sha2::{Digest as _, Sha256};

/// A new id that sorts by `now`.
pub(crate) fn id<K: Kind>(now: Timestamp) -> String {
    Id::<K>::new(now, rand::random()).to_string()
}

/// A new secret of 256 random bits behind a prefix that tells people what it opens.
pub(crate) fn secret(prefix: &str) -> String {
    let bytes: [u8; 32] = rand::random();
    format!("{prefix}_{}", hex(&bytes))
}

/// What is stored of a secret.
pub(crate) fn secret_hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// The SHA-256 of a text, in lower-case hex.
pub(crate) fn fingerprint(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}"); // Writing to a String cannot fail.
            text
        })
}
