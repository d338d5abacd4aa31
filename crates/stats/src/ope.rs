//! What a log says about a policy that did not make it: estimators, intervals, diagnostics and a default.
//!
//! The unit is the lead. A lead's walk is a row of decisions, and each [`Decision`] has the product, up to it, of the
//! policy's probability over the logged one. A model of rewards may say beside it what the decision should bring.
//!
//! All estimators are one sum, `z = b + Σₖ f(wₖ) eₖ` over a lead's decisions, that differ in three things:
//!
//! * `b` and `e`: without a model `b = 0` and `eₖ = rₖ`; with one `b = v₀` and `eₖ = rₖ − qₖ + vₖ₊₁`, where `qₖ` is what the
//!   model expects of the decision that was made and of all that follow it, `vₖ` is its mean over what the policy would have
//!   decided there, and `v` is 0 after the last decision;
//! * `f`: what is done to weights that are large;
//! * whether weights are divided by their mean over the leads, decision by decision.
//!
//! With a model the sum is the per-decision form of the recursion `zₖ = vₖ + ρₖ (rₖ + zₖ₊₁ − qₖ)`, where `ρₖ` is the ratio of
//! the probabilities at decision k and `wₖ = ρ₀ … ρₖ`. So a doubly robust value is an importance weighted one of what the model
//! leaves unexplained, plus what the model says of the first decision.
//!
//! ```
//! use pointsman_stats::ope::{Decision, Estimator, Log};
//!
//! let mut log = Log::default();
//! for (weight, reward) in [(0.5, 0.0), (2.0, 1.0), (0.5, 1.0), (1.0, 0.0)] {
//!     log.add(&[Decision { weight, reward, expected: 0.4, mean: 0.5 }], None)?;
//! }
//! let estimate = Estimator::Dr.estimate(&log)?;
//! assert!((estimate.value() - (0.5 + 0.25 * (-0.2 + 1.2 + 0.3 - 0.4))).abs() < 1e-12);
//! # Ok::<(), pointsman_stats::ope::Error>(())
//! ```
//!
//! # Source
//!
//! Jiang and Li, *Doubly robust off-policy value evaluation for reinforcement learning*, ICML 2016, for the recursion; Thomas and
//! Brunskill, *Data-efficient off-policy policy evaluation for reinforcement learning*, ICML 2016, for the sum and for weights over
//! their mean; Dudík, Langford, Li, *Doubly robust policy evaluation and learning*, ICML 2011, for one decision.

use thiserror::Error;

mod diagnostics;
mod estimator;
pub mod fitted_q;
mod folds;
mod influence;
mod intervals;
mod log;
pub mod mips;
pub mod model;
pub mod progressive;
mod readout;
pub mod replay;
pub mod slope;

pub use diagnostics::{Diagnostics, Overlap};
pub use estimator::Estimator;
pub use folds::fold;
pub use influence::Influence;
pub use intervals::{Bootstrap, Spread, bootstrap, spread};
pub use log::{Decision, Log};
pub use readout::{Readout, Readouts, Why, narrowest};

/// Why a log cannot be weighed.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// A weight that is negative, beyond all measure or not a number.
    #[error("the weight of decision {decision} is {value}, but weights are from 0 to 1e60")]
    Weight {
        /// Position in the lead's walk.
        decision: usize,
        /// The bad weight.
        value: f64,
    },
    /// A reward that is beyond all measure or not a number.
    #[error("the reward of decision {decision} is {value}, but rewards are from -1e30 to 1e30")]
    Reward {
        /// Position in the lead's walk.
        decision: usize,
        /// The bad reward.
        value: f64,
    },
    /// What a model expects is beyond all measure or not a number.
    #[error("the model expects {value} of decision {decision}, but rewards are from -1e30 to 1e30")]
    Model {
        /// Position in the lead's walk.
        decision: usize,
        /// What is expected.
        value: f64,
    },
    /// The policy never goes all the way of any logged lead.
    #[error("no overlap: all {n} leads have weight 0, so the log says nothing about this policy")]
    NoOverlap {
        /// Leads in the log.
        n: u64,
    },
    /// One lead, or one cluster, has no spread.
    #[error("there are {n} independent leads or clusters, but an interval needs two")]
    TooFew {
        /// Leads, or clusters if the leads have them.
        n: u64,
    },
    /// Leads that were drawn evenly are the only ones whose matches need no weights.
    #[error("the log did not draw evenly: a logged probability is {least}, another {most}")]
    NotUniform {
        /// Smallest probability of what was logged.
        least: f64,
        /// Largest one.
        most: f64,
    },
    /// Fewer than two matches have no spread.
    #[error("the policy matches the log in {n} leads, but an interval needs two")]
    TooFewMatches {
        /// Leads that match.
        n: u64,
    },
    /// Two estimates of different leads have no difference lead by lead.
    #[error("one estimate has {own} leads and the other {other}: they are of different logs")]
    OtherLeads {
        /// Leads of the one.
        own: usize,
        /// Leads of the other, or of the log.
        other: usize,
    },
    /// Fewer than two logs were to be drawn.
    #[error("a bootstrap of {n} draws has no spread")]
    TooFewDraws {
        /// Logs to draw.
        n: usize,
    },
    /// Nothing to choose from.
    #[error("there are no candidates to choose from")]
    NoCandidates,
    /// A number that says how large weights are treated and is none.
    #[error("the limit of weights is {value}, but it must be above 0")]
    Limit {
        /// The bad limit.
        value: f64,
    },
}

#[cfg(test)]
mod tests;
