//! Bids: the answers of destinations to pings.

use async_graphql::{Enum, SimpleObject};
use pointsman_delivery::QuoteEnd;
use pointsman_history::record::BidRecord;

use crate::graphql::scalars::Money;

/// How a ping ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "QuoteEnd")]
pub(in crate::graphql) enum PingEnd {
    /// With a bid.
    Bid,
    /// With the fixed price of the destination, without a request.
    FixedPrice,
    /// The destination does not want the lead.
    NoBid,
    /// No answer before the deadline.
    Late,
    /// It was not pinged: the limit of concurrent requests was reached.
    Busy,
    /// The request failed.
    Failed,
    /// The answer could not be read.
    Unreadable,
}

/// Answer of one destination to a ping.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Bid {
    /// Name of the destination.
    destination: String,
    /// Amount; null without a bid.
    #[graphql(name = "bid")]
    amount: Option<Money>,
    /// The destination's own id of the bid.
    ping_id: Option<String>,
    /// How the ping ended.
    end: PingEnd,
    /// Why there is no bid, if the reason is known.
    reason: Option<String>,
    /// HTTP status of the response, if there was one.
    status: Option<u16>,
    /// Duration in milliseconds of real time.
    latency_ms: u64,
    /// Beginning of the response, without secrets.
    response_excerpt: Option<String>,
}

impl From<BidRecord> for Bid {
    fn from(record: BidRecord) -> Self {
        let BidRecord {
            destination,
            bid,
            ping_id,
            end,
            reason,
            status,
            latency_ms,
            response_excerpt,
        } = record;
        Self {
            destination,
            amount: bid.map(Money::from),
            ping_id,
            end: end.into(),
            reason,
            status,
            latency_ms,
            response_excerpt,
        }
    }
}
