//! Bids: what destinations said when they were asked what they would pay.

use async_graphql::{Enum, SimpleObject};
use pointsman_delivery::QuoteEnd;
use pointsman_history::record::BidRecord;

use crate::graphql::scalars::Micros;

/// How a ping ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "QuoteEnd")]
pub(in crate::graphql) enum PingEnd {
    /// With a bid.
    Bid,
    /// With a fixed price: nobody had to be asked.
    FixedPrice,
    /// The destination does not want the lead.
    NoBid,
    /// There was no answer in time.
    Late,
    /// It was not asked, because as many exchanges as allowed were under way.
    Busy,
    /// It could not be asked, or the exchange broke.
    Failed,
    /// The answer could not be read.
    Unreadable,
}

/// What one destination said to a ping.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Bid {
    /// Name of the destination.
    destination: String,
    /// What it would pay; absent where it did not bid.
    #[graphql(name = "bid")]
    amount: Option<Micros>,
    /// What it calls its bid.
    ping_id: Option<String>,
    /// How the ping ended.
    end: PingEnd,
    /// Why it did not bid, where there is anything to say.
    reason: Option<String>,
    /// The HTTP status, if one came back.
    status: Option<u16>,
    /// From start to end in real time, milliseconds.
    latency_ms: u64,
    /// What came back, cut and without secrets.
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
            amount: bid.map(Micros::from),
            ping_id,
            end: end.into(),
            reason,
            status,
            latency_ms,
            response_excerpt,
        }
    }
}
