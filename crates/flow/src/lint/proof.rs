//! What can be proved about a flow before any lead comes.
//!
//! Every proof has a bounded amount of work, counted in words and not in seconds, so that the same
//! flow has the same findings on every machine. What could not be proved in it is said.

mod bitmaps;
mod example;
mod facts;
mod gaps;
pub(super) mod odd;
mod paths;
mod question;
mod region;
mod rows;
mod shape;
#[cfg(test)]
mod tests;

pub(super) use example::Example;
pub(super) use facts::TableFacts;
pub(super) use gaps::Gap;
pub(super) use paths::{Forms, PathFindings, Paths, closed};
pub(super) use question::{Question, TooHard, World};
pub(super) use region::Region;
pub(super) use rows::{Findings, Rows};
pub(super) use shape::{Shapes, offered};
