//! What a bandit learns from: trials, and what became of them.

use serde::{Deserialize, Serialize};

use crate::key::BanditKey;

/// What a bandit tries to have most of, per lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Money, after returns: what the arm pays at once and later, and what the walk earns elsewhere after it.
    NetRevenue,
    /// Converted leads, whatever they pay.
    Conversions,
    /// Accepted leads.
    Accepted,
}

impl Objective {
    /// Every objective.
    pub const ALL: [Self; 3] = [Self::NetRevenue, Self::Conversions, Self::Accepted];
}

/// What a trial has brought so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Whether a destination took the lead.
    pub accepted: bool,
    /// Whether it is sold now: converted, and not cancelled.
    pub converted: bool,
    /// Net revenue so far in micro-units, of the whole walk from the arm on; negative after a return.
    ///
    /// Beyond a billion units, ±10¹⁵, it counts as that.
    pub revenue: i64,
    /// The part of the revenue that came from offers after the arm's own, micro-units.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub elsewhere: i64,
    /// Whether the lead was taken, but by destinations outside of the arm alone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub only_elsewhere: bool,
}

impl Outcome {
    /// Whether a destination below the arm took the lead.
    pub fn is_taken(&self) -> bool {
        self.accepted && !self.only_elsewhere
    }
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
    /// A lead was given to an arm, and it is not known whether it was taken; or that is no longer so.
    Unanswered {
        /// The bandit that drew.
        key: BanditKey,
        /// Name of the arm it drew.
        arm: String,
        /// When it drew.
        at: i64,
        /// Whether the answer came after all: takes back one such lead, which is a trial by then.
        is_over: bool,
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
        /// Whether a conversion changed it, rather than the answer to an offer.
        #[serde(default, skip_serializing_if = "is_false")]
        is_later: bool,
    },
}

impl Observation {
    /// The bandit that drew.
    pub fn key(&self) -> &BanditKey {
        match self {
            Self::Trial { key, .. } | Self::Unanswered { key, .. } | Self::Reward { key, .. } => {
                key
            }
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_nothing(micros: &i64) -> bool {
    *micros == 0
}
