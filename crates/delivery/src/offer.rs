//! What is sent: a lead, as its destination may see it.

use pointsman_lead::{Currency, Micros};
use serde_json::{Map, Value};

/// One offer of one lead, as far as a destination may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Our id of the delivery: the `Idempotency-Key`, the same at every attempt.
    pub delivery_id: String,
    /// What the destination shall send back with its postbacks.
    pub click_id: String,
    /// Our id of the lead.
    pub lead_id: String,
    /// Our name of the destination.
    pub destination: String,
    /// All fields of the lead by name, the always-there ones too.
    pub fields: Map<String, Value>,
    /// The destination's fixed price, if it has one.
    pub price: Option<Micros>,
    /// What the destination has bid for this lead, if it was asked.
    pub bid: Option<Micros>,
    /// What it called its bid.
    pub ping_id: Option<String>,
    /// The destination's own id of the lead, once it gave one.
    pub reference: Option<String>,
    /// What the flow counts in; a price in another currency does not count.
    pub currency: Currency,
}
