//! Statements of what leads brought, and the ledger behind them.

use async_graphql::{Enum, SimpleObject};
use pointsman_history as history;

use crate::graphql::scalars::Money;

/// Whose accounts statements are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::StatementParty")]
pub(in crate::graphql) enum StatementParty {
    /// Destinations: what they owe us.
    Destination,
    /// Sources: what their leads brought.
    Source,
}

/// One day of one account in one currency.
#[derive(SimpleObject)]
pub(in crate::graphql) struct StatementLine {
    /// Day of the zone, such as `2026-11-01`.
    day: String,
    /// Name of the destination or source.
    account: String,
    /// ISO 4217 code of the amounts.
    currency: String,
    /// Balance before the day: everything since the beginning.
    opening: Money,
    /// Leads: of a destination those offered to it, of a source those that it sent.
    leads: i64,
    /// Leads that were sold.
    sold: i64,
    /// Amount paid on acceptance.
    sales: Money,
    /// Amount reported later, corrections included.
    conversions: Money,
    /// Amount taken back by refunds and cancellations: negative, or zero.
    refunds: Money,
    /// Amount of returns and their reversals.
    returns: Money,
    /// Amount of chargebacks and their reversals.
    chargebacks: Money,
    /// Sum of the day.
    net: Money,
    /// Balance after the day.
    closing: Money,
    /// Amount that the source is paid for its leads, less what is taken back of that; of a destination zero.
    payouts: Money,
    /// Sum of all payouts up to the end of the day.
    payable: Money,
}

impl From<history::StatementLine> for StatementLine {
    fn from(line: history::StatementLine) -> Self {
        let history::StatementLine {
            day,
            account,
            currency,
            opening,
            leads,
            sold,
            sales,
            conversions,
            refunds,
            returns,
            chargebacks,
            net,
            closing,
            payouts,
            payable,
        } = line;
        Self {
            day: day.to_string(),
            account,
            currency,
            opening: opening.into(),
            leads,
            sold,
            sales: sales.into(),
            conversions: conversions.into(),
            refunds: refunds.into(),
            returns: returns.into(),
            chargebacks: chargebacks.into(),
            net: net.into(),
            closing: closing.into(),
            payouts: payouts.into(),
            payable: payable.into(),
        }
    }
}

/// What all days of a statement come to, for one account in one currency, or for all accounts of a currency.
#[derive(SimpleObject)]
pub(in crate::graphql) struct StatementTotal {
    /// Name of the destination or source; null: all of them together.
    account: Option<String>,
    /// ISO 4217 code of the amounts.
    currency: String,
    /// Balance before the first day.
    opening: Money,
    /// Leads: of destinations those offered to them, of sources those that they sent.
    leads: i64,
    /// Leads that were sold.
    sold: i64,
    /// Amount paid on acceptance.
    sales: Money,
    /// Amount reported later, corrections included.
    conversions: Money,
    /// Amount taken back by refunds and cancellations: negative, or zero.
    refunds: Money,
    /// Amount of returns and their reversals.
    returns: Money,
    /// Amount of chargebacks and their reversals.
    chargebacks: Money,
    /// Sum of the days.
    net: Money,
    /// Balance after the last day.
    closing: Money,
    /// Amount that sources are paid for their leads, less what is taken back of that; of destinations zero.
    payouts: Money,
    /// Sum of all payouts up to the end of the last day.
    payable: Money,
}

impl From<history::StatementTotal> for StatementTotal {
    fn from(total: history::StatementTotal) -> Self {
        let history::StatementTotal {
            account,
            currency,
            opening,
            leads,
            sold,
            sales,
            conversions,
            refunds,
            returns,
            chargebacks,
            net,
            closing,
            payouts,
            payable,
        } = total;
        Self {
            account,
            currency,
            opening: opening.into(),
            leads,
            sold,
            sales: sales.into(),
            conversions: conversions.into(),
            refunds: refunds.into(),
            returns: returns.into(),
            chargebacks: chargebacks.into(),
            net: net.into(),
            closing: closing.into(),
            payouts: payouts.into(),
            payable: payable.into(),
        }
    }
}
