//! What an estimate is worth: special functions, intervals, estimators. Pure.
#![deny(
    clippy::disallowed_methods,
    reason = "stats is pure: pass in what it needs"
)]

pub mod arms;
pub mod beta;
pub mod comparison;
pub mod gamma;
pub mod law;
mod legendre;
pub mod normal;
pub mod proportion;
pub mod verdict;
pub mod weighted;
