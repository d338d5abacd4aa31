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
}

impl Outcome {
    /// Whether this is a success for who wants most of `objective`.
    ///
    /// Each outcome knows this for every objective, so that one which is changed later finds its own
    /// successes from the beginning, and never those of the one before.
    pub fn is_success(&self, objective: Objective) -> bool {
        match objective {
            Objective::NetRevenue => self.revenue > 0,
            Objective::Conversions => self.converted,
            Objective::Accepted => self.accepted,
        }
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
