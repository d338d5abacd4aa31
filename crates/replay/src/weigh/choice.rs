//! What a policy could have done at a logged step, as doubly robust values need it.

use pointsman_flow::DestinationIdx;
use pointsman_router::Outlook;

use crate::log::LogLead;

/// Offers with the bits of their probabilities, so that equal ones are found.
pub(crate) type Likely = Vec<(DestinationIdx, u64)>;

/// A step as doubly robust values need it: beside its weight, what the policy could have done in its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    /// Offers of the lead before.
    pub(crate) n_before: usize,
    /// Who got the lead, if the policy knows them; none for pings and the end, which bring nothing by themselves.
    pub(crate) destination: Option<DestinationIdx>,
    /// The offers that the policy would have made here.
    pub(crate) likely: Likely,
    /// What the step brought, whatever share of its weight is of walks that came to it.
    pub(crate) reward: f64,
    /// That share; the rest had stopped before.
    pub(crate) reached: f64,
}

impl Choice {
    /// The steps of whoever decided when the log was written: what they would have done is what they did, and nothing is expected.
    pub(super) fn of_log(lead: &LogLead) -> Vec<Self> {
        let offers = lead.offers.iter().enumerate();
        let choices = offers.map(|(n_before, offer)| Self {
            n_before,
            destination: None,
            likely: Likely::new(),
            reward: offer.reward,
            reached: 1.0,
        });
        choices.collect()
    }
}

/// The offers that can come next.
pub(super) fn likely(outlook: &Outlook) -> Likely {
    let offers = outlook.offers.iter();
    offers
        .map(|(destination, probability)| (*destination, probability.to_bits()))
        .collect()
}
