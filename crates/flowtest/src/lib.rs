//! Flows by example: pages of Markdown whose flows, leads and findings are tests.
//!
//! A page is prose with fenced blocks: a schema, a flow, what the checks say about it, leads and what
//! becomes of them. [`run`] does what the blocks say and compares. `tests/flows/README.md` explains
//! the format to authors.
//!
//! Pure: the text of a page comes in, and what became of it goes out, with the page rewritten as it
//! would have to be. Answers are made up by the page, and nothing is offered to anybody. The crate
//! does not know files, the service, or how a destination is reached.
#![deny(
    clippy::disallowed_methods,
    reason = "pages is pure: pass in what it needs"
)]

mod block;
mod case;
mod outcome;
mod page;
mod proof;
mod story;
mod world;

pub use outcome::{Failure, Outcome};
pub use page::run;
