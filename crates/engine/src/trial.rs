//! Trying a destination out: one exchange about a made-up lead, of which nothing is stored.

use std::time::Duration;

use pointsman_delivery::{Exchange, Offer, Target, TriedRequest};
use pointsman_lead::{Currency, Id, Micros, Timestamp, kinds};
use serde_json::{Map, Value};

use crate::{Dispatcher, ident};

/// Real time for one exchange; the target's own may be shorter.
const BUDGET: Duration = Duration::from_secs(30);

/// A made-up lead for one destination.
#[derive(Debug, Clone)]
pub struct TrialLead {
    /// The destination.
    pub destination: String,
    /// Its fields as they would be stored, the always-there ones too.
    pub fields: Map<String, Value>,
    /// The destination's fixed price, if it has one.
    pub price: Option<Micros>,
    /// What its flow counts in.
    pub currency: Currency,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The request as it left, secrets masked; `None` where none could be made.
    pub request: Option<TriedRequest>,
    /// The answer, and how it was read.
    pub exchange: Exchange,
}

impl Dispatcher {
    /// Sends a made-up lead to a target, by the connections and limits of real ones. It has ids of its own, of which
    /// nothing is stored; a postback that names them is parked.
    pub async fn try_out(&self, target: &Target, lead: TrialLead, now: Timestamp) -> Trial {
        let TrialLead {
            destination,
            fields,
            price,
            currency,
        } = lead;
        let (delivery, click, lead_id): (Id<kinds::Delivery>, Id<kinds::Click>, Id<kinds::Lead>) =
            (ident::id(now), ident::id(now), ident::id(now));
        let offer = Offer {
            delivery_id: delivery.to_string(),
            click_id: click.to_string(),
            lead_id: lead_id.to_string(),
            destination,
            fields,
            price,
            bid: None,
            ping_id: None,
            reference: None,
            currency,
        };
        let (exchange, request) = self.client().try_out(target, &offer, BUDGET).await;
        Trial { request, exchange }
    }
}
