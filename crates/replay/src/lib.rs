//! Replays history under new rules: logs in, the value of a policy with its evidence out.
//!
//! * [`log`] is history as it is replayed, one row a lead: our own Parquet, foreign CSV, or leads in memory.
//! * [`Policy`] decides: a flow with a frozen allocation, or whoever decided when the log was written.
//! * [`evaluate`] weighs every lead with the very router that runs live, and makes a [`Report`].
//! * [`Scenario`] is the same from a folder of files.
//!
//! This is the one crate that knows polars.

mod assumed;
mod clusters;
mod compare;
mod curve;
mod decidable;
mod doubly_robust;
mod error;
mod estimate;
mod evaluate;
mod histogram;
mod inspect;
mod load;
pub mod log;
mod maturity;
mod policy;
mod report;
mod rules;
mod scenario;
pub mod stateful;
mod support;
mod sweep;
mod transitions;
mod unsupported;
mod verdict;
mod weigh;

pub use assumed::{Assumed, AssumedValue};
pub use compare::{Transition, Transitions, compare};
pub use curve::{Sweep, SweepPoint};
pub use error::Error;
pub use estimate::{Difference, Estimate, Readout};
pub use evaluate::{Evaluation, Options, Tolerance, evaluate};
pub use histogram::Histogram;
pub use inspect::{
    GuessedKey, InspectedColumn, Inspection, WriteError, inspect, render_inspection,
};
pub use maturity::{Matured, Maturity};
pub use policy::{Allocations, FlowPolicy, Policy};
pub use report::{Report, page, render_html, render_text, to_json};
pub use rules::ColdRule;
pub use scenario::{Doing, Overrides, Progress, Scenario};
pub use sweep::{SweepQuestion, SweptFlow};
pub use transitions::{MoneyMove, MoneyMoves};
pub use unsupported::UnsupportedDestination;
pub use verdict::{Verdict, VerdictKind};
