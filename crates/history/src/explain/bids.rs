//! What destinations bid at a step, and how their bids compare.

use pointsman_flow::{NodeIdx, Program, ProgramBidder};
use pointsman_lead::{Micros, decimal_text};
use pointsman_router::net;
use serde::Serialize;

use crate::record::BidRecord;

/// What one destination bid in an auction, and how it compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BidExplanation {
    /// Its name.
    pub destination: String,
    /// What it would pay; absent where it did not bid.
    #[serde(serialize_with = "decimal_text::serialize")]
    pub bid: Option<Micros>,
    /// What the auction compares: the bid less the returns that are expected.
    #[serde(serialize_with = "decimal_text::serialize")]
    pub net: Option<Micros>,
    /// Whether it could be taken.
    pub rank: BidRank,
    /// The rest of the story, in words.
    pub detail: String,
}

/// How a bid compares with the others of its auction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BidRank {
    /// The highest net bid: it is offered the lead first.
    Best,
    /// It is offered the lead if those above it do not take it.
    RunnerUp,
    /// It is below the reserve price.
    BelowReserve,
    /// There is no bid.
    NoBid,
}

/// What was bid in an auction, the best first; empty for any other node.
pub(super) fn explained(
    program: &Program,
    node: NodeIdx,
    records: &[BidRecord],
) -> Vec<BidExplanation> {
    let Some((bidders, reserve)) = program.node(node).auction() else {
        return Vec::new();
    };
    let name =
        |bidder: &ProgramBidder| &program.destinations()[usize::from(bidder.destination.0)].name;
    let mut bids: Vec<BidExplanation> = bidders
        .iter()
        .filter_map(|bidder| {
            let record = records
                .iter()
                .find(|record| record.destination == *name(bidder))?;
            Some(explain_bid(record, bidder.penalty_ppm, reserve))
        })
        .collect();
    // Stable, so that equal bids stay as declared, which is how they are taken.
    bids.sort_by_key(|bid| (bid.rank, std::cmp::Reverse(bid.net)));
    if let Some(best) = bids.first_mut().filter(|bid| bid.rank == BidRank::RunnerUp) {
        best.rank = BidRank::Best;
    }
    bids
}

fn explain_bid(record: &BidRecord, penalty_ppm: u32, reserve: Micros) -> BidExplanation {
    let net = record.bid.map(|bid| net(bid, penalty_ppm));
    let (rank, detail) = match (record.bid, net) {
        (Some(bid), Some(net)) if net < reserve => (
            BidRank::BelowReserve,
            format!("{bid} is {net} net, below the reserve price of {reserve}"),
        ),
        (Some(bid), Some(net)) => (BidRank::RunnerUp, format!("{bid} is {net} net")),
        _ => {
            let why = record
                .reason
                .clone()
                .unwrap_or_else(|| "it does not want the lead".to_owned());
            (BidRank::NoBid, why)
        }
    };
    BidExplanation {
        destination: record.destination.clone(),
        bid: record.bid,
        net,
        rank,
        detail,
    }
}
