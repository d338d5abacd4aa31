//! Predicates beside CEL itself: its public conformance cases, and the `cel` crate.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod asking;
mod spec;
mod tree;
mod twin;
