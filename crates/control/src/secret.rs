//! Secrets: made by chance, and stored as their hash alone.

use pointsman_flow::Hash;

/// A new secret of 256 random bits behind a prefix that tells people what it opens.
pub(crate) fn new(prefix: &str) -> String {
    let bytes: [u8; 32] = rand::random();
    // Only for its 64 hex digits.
    format!("{prefix}_{}", Hash::from(bytes))
}

/// What is stored of a secret.
pub(crate) fn hash(secret: &str) -> String {
    Hash::of_text(secret).to_string()
}
