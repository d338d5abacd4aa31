//! The allocation: arm state, posteriors, exact arm probabilities, weights. Pure.
#![deny(
    clippy::disallowed_methods,
    reason = "bandit is pure: pass in what it needs"
)]

mod book;
mod key;
mod weights;

pub use book::{Book, Entry};
pub use key::{BanditKey, segment};
pub use weights::{TOTAL_PPM, apportion};
