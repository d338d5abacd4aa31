//! What a bandit learns from: trials, and what became of them.

use serde::{Deserialize, Serialize};

use crate::key::BanditKey;

/// What a bandit tries to have most of, per lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Money, after returns: probability of a success times mean revenue of one.
    NetRevenue,
    /// Converted leads, whatever they pay.
    Conversions,
    /// Accepted leads.
    Accepted,
}

/// What a trial has brought so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Whether it counts as a success now: accepted, or converted and not cancelled.
    pub success: bool,
    /// Net revenue so far in micro-units, of the whole walk from the arm on; negative after a return.
    ///
    /// Beyond a billion units, ±10¹⁵, it counts as that.
    pub revenue: i64,
}

/// One thing learnt about one trial. All times are epoch microseconds, UTC.
///
/// A trial is the first draw of a node for a lead whose offers below the drawn arm were answered. What follows may come much
/// later and may be taken back. Observations add up, so their order does not matter; each must be
/// applied once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Observation {
    /// A lead was given to an arm.
    Trial {
        /// The bandit that drew.
        key: BanditKey,
        /// Name of the arm it drew.
        arm: String,
        /// When it drew.
        at: i64,
    },
    /// The outcome of a trial changed.
    Reward {
        /// The bandit that drew.
        key: BanditKey,
        /// Name of the arm it drew.
        arm: String,
        /// When it drew: the reward counts for that time, not for its own.
        trial_at: i64,
        /// When the outcome changed.
        at: i64,
        /// The outcome until then; the default for a first reward.
        before: Outcome,
        /// The outcome from then on.
        after: Outcome,
    },
}
