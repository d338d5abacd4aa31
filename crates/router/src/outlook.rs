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
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Ping(Mask),
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

    /// Adds to the probability of an outcome.
    pub(crate) fn add(&mut self, outcome: &Outcome, probability: f64) {
        match outcome {
            Outcome::Ping(destinations) => {
                let known = self.pings.iter_mut();
                match known.into_iter().find(|(known, _)| known == destinations) {
                    Some((_, known)) => *known += probability,
                    None => self.pings.push((destinations.clone(), probability)),
                }
            }
            Outcome::Declined => self.declined += probability,
            Outcome::Unsold => self.unsold += probability,
            Outcome::Offer(destination) => {
                let position = self
                    .offers
                    .binary_search_by_key(destination, |(known, _)| *known);
                match position {
                    Ok(position) => self.offers[position].1 += probability,
                    Err(position) => self.offers.insert(position, (*destination, probability)),
                }
            }
        }
    }
}
