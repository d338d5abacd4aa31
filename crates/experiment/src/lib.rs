//! Experiments: what is compared, and what may be said of it.
//!
//! A [`Plan`] says which arms are compared, by which metric, and how sure a statement has to be. [`read`] makes a
//! [`Readout`] of a plan and of [`Evidence`]: sums over the units that take part. Its intervals hold however often one
//! looks; what has no evidence is not stated. The readout ends in [`Advice`]: one sentence that a person can act on.
//!
//! No clock, no database, no randomness: times and sums are handed in.
#![deny(
    clippy::disallowed_methods,
    reason = "experiment is pure: pass in what it needs"
)]

mod adaptive;
mod adjustment;
mod advice;
mod comparison;
mod effect;
mod evidence;
mod layer;
mod plan;
mod readout;
mod rollout;
mod size;
mod split_check;
mod text;
mod verdict;

pub use adaptive::AdaptiveDraws;
pub use advice::{Action, Advice};
pub use comparison::Comparison;
pub use effect::{Adjustment, Effect, Method};
pub use evidence::{Assigned, Counts, CovariateSums, Evidence, MetricSums, UnitSums, UnitTotals};
pub use layer::{Layer, Stretch};
pub use plan::{
    ARMS_MAX, CANDIDATE_ARM, COVARIATES_MAX, Guardrail, HELD_ARM, LIVE_ARM, METRICS_MAX, Metric,
    OTHERS_ARM, Plan, SLOW_MS, Subject, TEXT_MAX_CHARS, WINDOW_HOURS_MAX,
};
pub use readout::{ArmReadout, Measured, Readout, read};
pub use rollout::{Exposure, Gate, GateEvidence, GateVerdict, RolloutPlan, RolloutStep, STEPS_MAX};
pub use size::{PastLeads, PastUnits, Size, Sought, size};
pub use split_check::SplitCheck;
pub use verdict::{Role, Verdict};
