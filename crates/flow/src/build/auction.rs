//! Steps that ask several destinations for a bid.

use pointsman_lead::Micros;

use super::{
    Builder, Port,
    steps::{StepIdx, plain},
};
use crate::{AuctionNode, Bidder, document::deadline_ms};

/// A bidder of an auction: a destination, or a pair of one and its penalty in parts per million.
pub struct BidderPort<'f, L> {
    port: Port<'f, L>,
    penalty_ppm: u32,
}

/// An auction. It is a port already; its reserve price and its deadline may be said.
#[must_use = "a step that nothing leads to is never reached"]
pub struct Auction<'f, L> {
    builder: Builder<'f, L>,
    step: StepIdx,
}

impl<'f, L> Builder<'f, L> {
    /// Asks the bidders at once, and offers the lead to the highest net bid: without a reserve
    /// price, waiting for 500 ms, if nothing else is said.
    ///
    /// * `bidders`: destinations, or pairs of one and the part of its bids that returns are
    ///   expected to take back, in parts per million.
    #[track_caller]
    pub fn auction(
        self,
        bidders: impl IntoIterator<Item = impl Into<BidderPort<'f, L>>>,
    ) -> Auction<'f, L> {
        let bidders = bidders.into_iter().map(|bidder| {
            let BidderPort { port, penalty_ppm } = bidder.into();
            Bidder {
                to: port.position(),
                penalty_ppm,
            }
        });
        let auction = AuctionNode {
            bidders: bidders.collect(),
            reserve: None,
            deadline_ms: deadline_ms(),
        };
        Auction {
            builder: self,
            step: self.steps.add(auction),
        }
    }
}

impl<'f, L> Auction<'f, L> {
    /// The least net bid that is taken, in the flow's currency.
    pub fn reserve(self, least: Micros) -> Self {
        self.change(|auction| auction.reserve = Some(least.to_string()))
    }

    /// How long bids are waited for, in milliseconds.
    pub fn deadline_ms(self, ms: u32) -> Self {
        self.change(|auction| auction.deadline_ms = ms)
    }

    /// Names the step, in place of the name that it would get by its kind.
    #[track_caller]
    pub fn named(self, name: &str) -> Self {
        self.builder.steps.name(self.step, name);
        self
    }

    /// It as a port, where arrays want ports alone.
    pub fn port(self) -> Port<'f, L> {
        Port::at(self.builder, self.step)
    }

    fn change(self, change: impl FnOnce(&mut AuctionNode)) -> Self {
        self.builder.steps.change(self.step, change);
        self
    }
}

impl<'f, L> From<Auction<'f, L>> for Port<'f, L> {
    fn from(auction: Auction<'f, L>) -> Self {
        auction.port()
    }
}

impl<'f, L> From<Port<'f, L>> for BidderPort<'f, L> {
    fn from(port: Port<'f, L>) -> Self {
        Self {
            port,
            penalty_ppm: 0,
        }
    }
}

impl<'f, L> From<(Port<'f, L>, u32)> for BidderPort<'f, L> {
    fn from((port, penalty_ppm): (Port<'f, L>, u32)) -> Self {
        Self { port, penalty_ppm }
    }
}

plain!(Auction, BidderPort);
