//! What destinations bid for a lead, and which of several bids wins.

use pointsman_flow::{DestinationIdx, Mask, ProgramBidder};
use pointsman_lead::Micros;

/// Parts per million of a whole bid.
const WHOLE_PPM: i128 = 1_000_000;

/// What a destination would pay for the lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bid {
    /// Who bids.
    pub destination: DestinationIdx,
    /// How much, more than nothing.
    pub amount: Micros,
}

/// What is left of a bid after the returns that are expected: `amount · (1 − penalty)`, rounded down
/// to whole micro-units.
///
/// * `penalty_ppm`: in parts per million, 0 to 999,999.
pub fn net(amount: Micros, penalty_ppm: u32) -> Micros {
    let kept = i128::from(amount.0) * (WHOLE_PPM - i128::from(penalty_ppm));
    // It is not larger than the bid itself, so it fits.
    Micros(i64::try_from(kept.div_euclid(WHOLE_PPM)).unwrap_or(amount.0))
}

/// Who was asked for a bid in a walk, and what they bid.
///
/// Both belong to the walk and not to a visit of a node: nobody is asked twice about one lead, and a
/// second auction that a destination is in knows its bid already.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AuctionState {
    asked: Mask,
    bids: Vec<Bid>,
}

impl AuctionState {
    /// Nobody was asked.
    pub(crate) fn new(n_destinations: u16) -> Self {
        Self {
            asked: Mask::with_len(n_destinations),
            bids: Vec::new(),
        }
    }

    /// Destinations were asked; those that never answer have no bid.
    pub(crate) fn ask(&mut self, destinations: &Mask) {
        self.asked.add(destinations);
    }

    /// Takes in bids. One of nothing is none, and so is one of somebody who was not asked or has bid.
    pub(crate) fn take(&mut self, bids: &[Bid]) {
        for bid in bids {
            let counts = bid.amount.0 > 0
                && self.asked.get(bid.destination)
                && self.of(bid.destination).is_none();
            if counts {
                self.bids.push(*bid);
            }
        }
    }

    /// What a destination has bid.
    pub(crate) fn of(&self, destination: DestinationIdx) -> Option<Micros> {
        let bid = self.bids.iter().find(|bid| bid.destination == destination);
        bid.map(|bid| bid.amount)
    }

    /// The bidders that a visit of an auction has to ask: eligible, and not asked yet.
    pub(crate) fn unasked(&self, bidders: &[ProgramBidder], eligible: &Mask) -> Mask {
        let mut unasked = Mask::with_len(eligible.len());
        for bidder in bidders {
            if eligible.get(bidder.destination) && !self.asked.get(bidder.destination) {
                unasked.set(bidder.destination);
            }
        }
        unasked
    }

    /// Net bid of a bidder, if it reaches the reserve price.
    pub(crate) fn net(&self, bidder: ProgramBidder, reserve: Micros) -> Option<Micros> {
        let net = net(self.of(bidder.destination)?, bidder.penalty_ppm);
        (net >= reserve).then_some(net)
    }

    /// Position of the highest net bid that reaches the reserve price, the first declared of equals.
    ///
    /// * `may_take`: whether the bidder at a position is still to be had.
    pub(crate) fn best(
        &self,
        bidders: &[ProgramBidder],
        reserve: Micros,
        may_take: impl Fn(usize, &ProgramBidder) -> bool,
    ) -> Option<usize> {
        let mut best: Option<(usize, Micros)> = None;
        for (position, bidder) in bidders.iter().enumerate() {
            let Some(net) = self.net(*bidder, reserve) else {
                continue;
            };
            if best.is_none_or(|(_, highest)| net > highest) && may_take(position, bidder) {
                best = Some((position, net));
            }
        }
        best.map(|(position, _)| position)
    }
}

#[cfg(test)]
mod tests;
