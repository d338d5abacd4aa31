//! What the offers of a lead brought.

use smallvec::SmallVec;

use crate::log::LogLead;

/// What the offers of a lead brought, as far as it counts.
#[derive(Debug, Clone)]
pub(crate) enum Brought<'a> {
    /// All that the log says.
    All(&'a LogLead),
    /// This, by its one offer.
    Once(f64),
    /// By each of its offers.
    Each(SmallVec<[f64; 2]>),
}

impl Brought<'_> {
    /// What an offer brought; nothing where there is none.
    pub(crate) fn by(&self, offer: usize) -> f64 {
        match self {
            Self::All(lead) => lead.offers.get(offer).map_or(0.0, |offer| offer.reward),
            Self::Once(reward) if offer == 0 => *reward,
            Self::Once(_) => 0.0,
            Self::Each(rewards) => rewards.get(offer).copied().unwrap_or(0.0),
        }
    }
}
