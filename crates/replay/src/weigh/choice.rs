//! What a policy could have done at a logged step.

use pointsman_flow::DestinationIdx;
use pointsman_router::Outlook;

/// Offers with the bits of their probabilities, so that equal ones are found.
pub(crate) type Likely = Vec<(DestinationIdx, u64)>;

/// The offers that can come next.
pub(super) fn likely(outlook: &Outlook) -> Likely {
    let offers = outlook.offers.iter();
    offers
        .map(|(destination, probability)| (*destination, probability.to_bits()))
        .collect()
}
