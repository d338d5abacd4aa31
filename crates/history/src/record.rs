//! How choices and probabilities are written down: by name, so that anybody can read them.

use pointsman_delivery::{Quote, QuoteEnd};
use pointsman_flow::{DestinationIdx, Mask, Program, ProgramDestination};
use pointsman_lead::Micros;
use pointsman_router::{Bid, Outlook};
use serde::{Deserialize, Serialize};

pub use pointsman_router::{BanditRecord, OriginRecord, TraceRecord, trace};

/// Why a walk whose time was up ended.
pub const DEADLINE: &str = "the deadline has passed";

/// The probabilities of all outcomes of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct OutlookRecord {
    /// Destination and probability, by name.
    pub offers: Vec<(String, f64)>,
    /// Destinations that could be asked for bids, by name, and probability.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pings: Vec<(Vec<String>, f64)>,
    /// Probability of being declined.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub declined: f64,
    /// Probability that nothing was left.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unsold: f64,
}

/// What one destination said to a ping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BidRecord {
    /// Its name.
    pub destination: String,
    /// What it would pay, in micro-units of the flow's currency; absent where it did not bid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bid: Option<Micros>,
    /// What it calls its bid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ping_id: Option<String>,
    /// How the ping ended.
    pub end: QuoteEnd,
    /// Why it did not bid, where there is anything to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The HTTP status, if one came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// From start to end in real time, milliseconds.
    pub latency_ms: u64,
    /// What came back, cut and without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_excerpt: Option<String>,
}

impl BidRecord {
    /// What a ping of this destination brought.
    pub fn new(destination: &str, quote: Quote) -> Self {
        let Quote {
            bid,
            ping_id,
            end,
            reason,
            status,
            latency_ms,
            response_excerpt,
        } = quote;
        Self {
            destination: destination.to_owned(),
            bid,
            ping_id,
            end,
            reason,
            status,
            latency_ms,
            response_excerpt,
        }
    }
}

/// What was bid, as a walk takes it in.
pub fn bids(program: &Program, records: &[BidRecord]) -> Vec<Bid> {
    let bids = records.iter().filter_map(|record| {
        Some(Bid {
            destination: program.destination_idx(&record.destination)?,
            amount: record.bid?,
        })
    });
    bids.collect()
}

/// The destinations of a set, with their settings.
pub fn destinations(program: &Program, set: &Mask) -> Vec<ProgramDestination> {
    let destinations = set.iter();
    destinations
        .map(|idx| program.destinations()[usize::from(idx.0)].clone())
        .collect()
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's signature; exactly nothing"
)]
fn is_zero(probability: &f64) -> bool {
    *probability == 0.0
}

/// Writes the probabilities of a step down by name.
pub fn outlook(program: &Program, outlook: &Outlook) -> OutlookRecord {
    OutlookRecord {
        offers: outlook
            .offers
            .iter()
            .map(|(idx, probability)| (name_of(program, *idx), *probability))
            .collect(),
        pings: outlook
            .pings
            .iter()
            .map(|(asked, probability)| {
                let names = asked.iter().map(|idx| name_of(program, idx));
                (names.collect(), *probability)
            })
            .collect(),
        declined: outlook.declined,
        unsold: outlook.unsold,
    }
}

fn name_of(program: &Program, destination: DestinationIdx) -> String {
    program.destinations()[usize::from(destination.0)]
        .name
        .clone()
}

/// A record as it is stored; plain records become JSON without fail.
pub fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
