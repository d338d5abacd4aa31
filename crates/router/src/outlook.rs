//! The probabilities of what comes next.

use pointsman_flow::{DestinationIdx, Mask};
use smallvec::SmallVec;

/// The probabilities of everything that can come next. They add up to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outlook {
    /// Each destination that can be offered next, with its probability; by position, ascending.
    pub offers: SmallVec<[(DestinationIdx, f64); 8]>,
    /// Each set of destinations that can be asked for bids next, with its probability; in the order
    /// of nodes and arms. Two auctions that ask the same destinations are one outcome.
    pub pings: Vec<(Mask, f64)>,
    /// Probability that a `reject` node ends the walk.
    pub declined: f64,
    /// Probability that nothing is left: 0 or 1.
    pub unsold: f64,
}

/// One thing that can come next, as anybody can see it from outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Outcome {
    /// Position in the pings of the outlook.
    Ping(usize),
    Offer(DestinationIdx),
    Declined,
    Unsold,
}

impl Outlook {
    /// Probability that this destination is offered next.
    pub fn of(&self, destination: DestinationIdx) -> f64 {
        self.offers
            .iter()
            .find(|(known, _)| *known == destination)
            .map_or(0.0, |(_, probability)| *probability)
    }

    /// Probability that just these destinations are asked for bids next.
    pub fn of_ping(&self, destinations: &Mask) -> f64 {
        self.pings
            .iter()
            .find(|(known, _)| known == destinations)
            .map_or(0.0, |(_, probability)| *probability)
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.offers.clear();
        self.pings.clear();
        (self.declined, self.unsold) = (0.0, 0.0);
    }

    /// The outcome that just these destinations are asked for bids.
    pub(crate) fn ping(&mut self, destinations: Mask) -> Outcome {
        self.find_ping(&destinations).unwrap_or_else(|| {
            self.pings.push((destinations, 0.0));
            Outcome::Ping(self.pings.len() - 1)
        })
    }

    /// The same, if it can come next.
    pub(crate) fn find_ping(&self, destinations: &Mask) -> Option<Outcome> {
        let mut known = self.pings.iter();
        let position = known.position(|(known, _)| known == destinations);
        position.map(Outcome::Ping)
    }

    /// Adds up the probabilities of outcomes, those of one in the order in which they come.
    ///
    /// Follows [`Outlook::clear`] and nothing but [`Outlook::ping`].
    pub(crate) fn sum_up(&mut self, outcomes: impl ExactSizeIterator<Item = (Outcome, f64)>) {
        self.offers.reserve(outcomes.len());
        for (outcome, probability) in outcomes {
            match outcome {
                Outcome::Ping(position) => self.pings[position].1 += probability,
                Outcome::Offer(destination) => self.offers.push((destination, probability)),
                Outcome::Declined => self.declined += probability,
                Outcome::Unsold => self.unsold += probability,
            }
        }
        // Sorted in the end and stably: it is quicker than a place for each, and what is added keeps its order.
        self.offers.sort_by_key(|(destination, _)| *destination);
        self.offers.dedup_by(|next, known| {
            let is_same = next.0 == known.0;
            if is_same {
                known.1 += next.1;
            }
            is_same
        });
    }
}
