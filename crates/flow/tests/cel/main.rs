//! Predicates beside CEL itself: its public conformance cases, and the `cel` crate.

mod asking;
mod spec;
mod spelling;
mod tree;
mod twin;
