//! What may be the name of a flow, a node or a destination.

use crate::{Diagnostic, Place};

/// Most bytes of a name.
const MAX_BYTES: usize = 64;

/// Whether a text may be a name.
pub(crate) fn is_name(name: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=MAX_BYTES).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
        && name.bytes().all(letters)
}

/// The mistake of a text that may not be a name.
pub(crate) fn bad_name(place: Place, name: &str) -> Diagnostic {
    let message = format!("`{name}` is not a name");
    Diagnostic::error("bad_name", place, message).hint(
        "a name has 1 to 64 letters, digits, `-`, `_` or `.`, and starts with a letter or digit",
    )
}
