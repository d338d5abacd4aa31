//! Auctions as they are written: who is asked for a bid, and the least that is taken.

use pointsman_lead::{AmountError, Micros};
use serde::{Deserialize, Serialize};

/// How long bids are waited for if nothing is said, in milliseconds.
const DEADLINE_MS: u32 = 500;

/// One bidder of an auction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bidder {
    /// The port, which is a `destination` node.
    pub to: String,
    /// Part of its bids that returns are expected to take back, in parts per million.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub penalty_ppm: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference over"
)]
fn is_zero(penalty_ppm: &u32) -> bool {
    *penalty_ppm == 0
}

pub(crate) fn deadline_ms() -> u32 {
    DEADLINE_MS
}

/// The least net bid that an auction takes: nothing if it does not say.
pub(crate) fn reserve(text: Option<&str>) -> Result<Micros, AmountError> {
    text.map_or(Ok(Micros(0)), str::parse)
}
