//! The probability distribution over the next step.

use async_graphql::SimpleObject;
use pointsman_history::record::OutlookRecord;

/// Probability distribution over all possible next steps; it sums to one.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Outlook {
    /// Probability of an offer, by destination.
    offers: Vec<OutlookOffer>,
    /// Probability of a ping, by set of destinations.
    pings: Vec<OutlookPing>,
    /// Probability that the lead is declined.
    declined: f64,
    /// Probability that the lead is unsold.
    unsold: f64,
}

/// Probability of an offer.
#[derive(SimpleObject)]
pub(in crate::graphql) struct OutlookOffer {
    /// Name of the destination.
    destination: String,
    /// Probability that this is the next step.
    propensity: f64,
}

/// Probability of a ping.
#[derive(SimpleObject)]
pub(in crate::graphql) struct OutlookPing {
    /// Names of the pinged destinations.
    asked: Vec<String>,
    /// Probability that this is the next step.
    propensity: f64,
}

impl From<OutlookRecord> for Outlook {
    fn from(record: OutlookRecord) -> Self {
        let OutlookRecord {
            offers,
            pings,
            declined,
            unsold,
        } = record;
        let pings = pings
            .into_iter()
            .map(|(asked, propensity)| OutlookPing { asked, propensity });
        let offers = offers
            .into_iter()
            .map(|(destination, propensity)| OutlookOffer {
                destination,
                propensity,
            });
        Self {
            offers: offers.collect(),
            pings: pings.collect(),
            declined,
            unsold,
        }
    }
}
