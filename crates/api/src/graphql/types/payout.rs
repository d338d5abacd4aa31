//! What sources are paid for leads.

use async_graphql::{Enum, SimpleObject};
use pointsman_history as history;

use crate::graphql::scalars::{Money, Timestamp};

/// What a source is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::PayoutKind")]
pub(in crate::graphql) enum PayoutKind {
    /// The lead, whatever became of it.
    Lead,
    /// Its sale to a destination.
    Sold,
    /// A sale that a destination reported.
    Sale,
    /// A share of what it earned.
    Share,
}

/// What a source is paid for a lead.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Payout {
    /// What it is paid for.
    kind: PayoutKind,
    /// Time at which that was stored.
    at: Timestamp,
    /// Amount; negative if it is taken back.
    amount: Money,
    /// ISO 4217 code of the amount.
    currency: String,
}

impl From<history::Payout> for Payout {
    fn from(payout: history::Payout) -> Self {
        Self {
            kind: payout.kind.into(),
            at: payout.at.into(),
            amount: payout.amount.into(),
            currency: payout.currency,
        }
    }
}
