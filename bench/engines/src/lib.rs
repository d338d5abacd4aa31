//! Pointsman beside other rule engines: equal answers first, then time and allocations.
//!
//! A [`workloads`] module makes a table and leads, every engine of [`engines`] makes the table its
//! own, and a [`plan::Visitor`] looks at them: `engines` takes the time, `allocations` counts.

pub mod compare;
pub mod count;
pub mod engine;
pub mod engines;
pub mod lead;
pub mod machine;
pub mod plan;
pub mod plot;
pub mod report;
pub mod table;
pub mod time;
pub mod workloads;
