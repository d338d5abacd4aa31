//! Auctions: bidders and reserve price.

use async_graphql::SimpleObject;
use pointsman_flow as flow;
use pointsman_lead::Micros;

use crate::graphql::scalars::Money;

/// An auction: pings its bidders in parallel and offers the lead to the highest net bid.
#[derive(SimpleObject)]
pub(in crate::graphql) struct AuctionNode {
    /// Name of the node.
    name: String,
    /// Bidders; of equal bids, the bidder declared first wins.
    bidders: Vec<AuctionBidder>,
    /// Reserve price: the lowest accepted net bid; null: any bid.
    reserve: Option<Money>,
    /// Time limit for bids in milliseconds.
    deadline_ms: u32,
}

/// A bidder of an auction.
#[derive(SimpleObject)]
pub(in crate::graphql) struct AuctionBidder {
    /// Name of the bidder's destination node.
    to: String,
    /// Expected share of its bids lost to returns, in parts per million.
    penalty_ppm: u32,
}

impl AuctionNode {
    pub(super) fn new(name: String, node: flow::AuctionNode) -> Self {
        let flow::AuctionNode {
            bidders,
            reserve,
            deadline_ms,
        } = node;
        let bidders = bidders.into_iter().map(|bidder| {
            let flow::Bidder { to, penalty_ppm } = bidder;
            AuctionBidder { to, penalty_ppm }
        });
        Self {
            name,
            bidders: bidders.collect(),
            // A version was checked, so its reserve price is an amount.
            reserve: reserve.and_then(|text| Some(text.parse::<Micros>().ok()?.into())),
            deadline_ms,
        }
    }
}
