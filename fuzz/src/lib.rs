//! What must be true of any bytes whatever: each function takes an input, and panics if it has found a mistake of ours.
//!
//! An input of several parts has them apart by zero bytes.

mod answer;
mod document;
#[cfg(feature = "graphql")]
mod graphql;
mod lead;
#[cfg(feature = "log")]
mod log;
mod postback;
mod predicate;

pub use answer::answer;
pub use document::document;
#[cfg(feature = "graphql")]
pub use graphql::graphql;
pub use lead::lead;
#[cfg(feature = "log")]
pub use log::log;
pub use postback::postback;
pub use predicate::predicate;

/// The parts of an input that is text.
fn parts(input: &[u8]) -> Option<Vec<&str>> {
    let text = str::from_utf8(input).ok()?;
    Some(text.split('\0').collect())
}
