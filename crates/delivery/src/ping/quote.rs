//! What a ping brought.

use pointsman_lead::Micros;
use serde::{Deserialize, Serialize};

use super::PingMap;
use crate::{Exchange, NotSent, Outcome, Unknown, response::Body};

/// What one ping brought. It holds no secret of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// What the destination would pay, more than nothing; `None` where it did not bid.
    pub bid: Option<Micros>,
    /// What the post shall name.
    pub ping_id: Option<String>,
    /// How the ping ended, in one word.
    pub end: QuoteEnd,
    /// Why there is no bid, where there is anything to say; at most 300 characters.
    pub reason: Option<String>,
    /// The HTTP status, if the destination answered with one.
    pub status: Option<u16>,
    /// Milliseconds of real time from the start to the verdict, rounded down.
    pub latency_ms: u64,
    /// The start of the answer's body, at most 4,000 characters, with secrets blotted out.
    pub response_excerpt: Option<String>,
}

/// How a ping ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteEnd {
    /// With a bid.
    Bid,
    /// With the fixed price, without a request.
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

impl Quote {
    /// A bid that is the fixed price.
    pub fn fixed(price: Micros) -> Self {
        Self {
            bid: Some(price).filter(|price| price.0 > 0),
            ping_id: None,
            end: QuoteEnd::FixedPrice,
            reason: None,
            status: None,
            latency_ms: 0,
            response_excerpt: None,
        }
    }

    /// A destination that could not be asked.
    ///
    /// * `end`: other than a bid.
    pub fn none(end: QuoteEnd, reason: &str) -> Self {
        Self {
            bid: None,
            end,
            reason: Some(reason.to_owned()),
            ..Self::fixed(Micros(0))
        }
    }

    /// Reads what an exchange brought.
    pub(crate) fn of(map: &PingMap, exchange: Exchange, body: Option<&Body>) -> Self {
        let Exchange {
            outcome,
            status,
            latency_ms,
            response_excerpt,
            note,
            reference: _,
        } = exchange;
        let (end, bid, reason) = match outcome {
            Outcome::Accepted { price, .. } => match price {
                Some(bid) if bid.0 > 0 => (QuoteEnd::Bid, Some(bid), None),
                Some(_) => (QuoteEnd::NoBid, None, Some("a bid of nothing".to_owned())),
                // Nothing to read is the usual way to say that there is no bid.
                None if status == Some(204) => (QuoteEnd::NoBid, None, None),
                None => (QuoteEnd::Unreadable, None, note),
            },
            Outcome::Rejected { reason, .. } => (QuoteEnd::NoBid, None, Some(reason)),
            Outcome::NotSent { why } => {
                let end = match why {
                    NotSent::NoTime | NotSent::TimedOut => QuoteEnd::Late,
                    NotSent::Busy => QuoteEnd::Busy,
                    _ => QuoteEnd::Failed,
                };
                (end, None, Some(why.to_string()))
            }
            Outcome::Unknown { why } => {
                let end = match why {
                    Unknown::TimedOut | Unknown::CutOff => QuoteEnd::Late,
                    Unknown::Unreadable { .. } => QuoteEnd::Unreadable,
                    Unknown::Broken { .. } | Unknown::Status(_) => QuoteEnd::Failed,
                };
                (end, None, Some(why.to_string()))
            }
        };
        Self {
            bid,
            ping_id: bid.and_then(|_| map.ping_id(body?)),
            end,
            reason,
            status,
            latency_ms,
            response_excerpt,
        }
    }
}
