//! What could have come next, with its probabilities.

use async_graphql::SimpleObject;
use pointsman_history::record::OutlookRecord;

/// The probability of everything that could come next. It sums to one.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Outlook {
    /// Of an offer, by destination.
    offers: Vec<OutlookOffer>,
    /// Of asking for bids, by who is asked.
    pings: Vec<OutlookPing>,
    /// Of being declined.
    declined: f64,
    /// That nobody is left to offer it to.
    unsold: f64,
}

/// The probability of an offer.
#[derive(SimpleObject)]
pub(in crate::graphql) struct OutlookOffer {
    /// Name of the destination.
    destination: String,
    /// The probability.
    propensity: f64,
}

/// The probability of a ping.
#[derive(SimpleObject)]
pub(in crate::graphql) struct OutlookPing {
    /// Names of the destinations that are asked.
    asked: Vec<String>,
    /// The probability.
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
