//! What a destination made of an offer.

use serde::{Deserialize, Serialize};

/// What a destination made of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It took the lead.
    Accepted,
    /// It said no.
    Rejected,
    /// The offer never reached it.
    NotSent,
    /// It may or may not have taken the lead.
    Unknown,
}
