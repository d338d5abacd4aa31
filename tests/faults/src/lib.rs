//! The fault suite: real servers, buyers that keep ledgers, a seed for every moment, and a checker that knows nothing of ours.
//!
//! Each scenario of [`scenarios::ALL`] opens an [`arena::Arena`], lets something go wrong in it under load, and hands the files and
//! the database to `checker`. `cargo xtask soak` runs them at full size; the tests of this package run them small.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a scenario that cannot go on has failed"
)]
#![expect(
    missing_debug_implementations,
    reason = "a failed scenario shows its own values"
)]

pub mod arena;
pub mod buyer;
pub mod manner;
pub mod market;
pub mod outcome;
pub mod plan;
pub mod scenarios;
pub mod senders;

use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_micros()).unwrap()
}
