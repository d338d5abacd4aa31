//! Auctions: bidders that are asked at once, and the least that is taken.

use async_graphql::SimpleObject;
use pointsman_flow as flow;
use pointsman_lead::Micros;

use crate::graphql::scalars::Money;

/// Asks its bidders for a bid at once, and offers the lead to the highest net bid.
#[derive(SimpleObject)]
pub(in crate::graphql) struct AuctionNode {
    /// Name of the node.
    name: String,
    /// Who is asked; of equal bids the one declared first comes first.
    bidders: Vec<AuctionBidder>,
    /// Least net bid that is taken; absent: every bid is.
    reserve: Option<Money>,
    /// How long bids are waited for, in milliseconds.
    deadline_ms: u32,
}

/// A bidder of an auction.
#[derive(SimpleObject)]
pub(in crate::graphql) struct AuctionBidder {
    /// The node to go to: a destination.
    to: String,
    /// Part of its bids that returns are expected to take back, in parts per million.
    penalty_ppm: u32,
}

impl AuctionNode {
    pub(super) fn new(
        name: String,
        bidders: Vec<flow::Bidder>,
        reserve: Option<String>,
        deadline_ms: u32,
    ) -> Self {
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
