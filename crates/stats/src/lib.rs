//! What an estimate is worth: special functions, intervals, estimators. Pure.
#![deny(
    clippy::disallowed_methods,
    reason = "stats is pure: pass in what it needs"
)]

pub mod arms;
pub mod beta;
pub mod chi_square;
pub mod comparison;
pub mod delay;
pub mod experiment;
pub mod gamma;
pub mod gamma_law;
pub mod hierarchy;
pub mod law;
mod legendre;
pub mod normal;
pub mod ope;
pub mod pair;
pub mod proportion;
pub mod student;
pub mod verdict;
pub mod weighted;
