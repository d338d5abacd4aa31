//! What bandits learn: arm state, posteriors, exact arm probabilities, weights. Pure.
//!
//! Observations add up to a [`State`]; a state as of a moment gives [`Posterior`]s; those give the
//! weights of an [`Allocation`]; a decision draws with the weights of one allocation, so its propensity is exact.
#![deny(
    clippy::disallowed_methods,
    reason = "bandit is pure: pass in what it needs"
)]

mod allocation;
mod belief;
mod config;
mod delay_laws;
mod delay_step;
mod facts;
mod figures;
mod key;
mod kin;
mod limits;
mod observation;
mod posterior;
mod publish;
mod rate;
mod rest;
mod schedule;
mod settings;
mod spec;
mod state;
mod weights;

pub use allocation::{Allocation, Entry};
pub use config::Config;
pub use figures::exploration_cost;
pub use key::{BanditKey, segment, write_segment};
pub use limits::{Limits, keep_within};
pub use observation::{Objective, Observation, Outcome};
pub use posterior::{Posterior, StreamBelief, posteriors};
pub use publish::{Change, Published, beliefs, publish, publish_some, weights_ppm};
pub use rest::weights_among;
pub use schedule::{EVERY_MICROS, LookAt, QUIET_MICROS, Schedule};
pub use settings::{DelayPrior, RatePrior, Settings};
pub use spec::BanditSpec;
pub use state::{
    ArmState, BUCKET_WIDTH, Bucket, Flow, Kind, NodeState, Place, SEGMENTS_MAX, SegmentState, State,
};
pub use weights::{TOTAL_PPM, apportion};

/// Why weights cannot be found.
pub use pointsman_stats::arms::Error as WeightsError;
