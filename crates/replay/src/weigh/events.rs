//! What was done with a logged lead, in order.

use crate::{
    log::{LogLead, LogOffer, LogPing},
    policy::LoggedConditions,
};

/// Something that was done with a lead.
pub(super) enum LoggedEvent<'a> {
    Ping(&'a LogPing),
    Offer(&'a LogOffer),
}

impl<'a> LoggedEvent<'a> {
    pub(super) fn logged_conditions(&self) -> LoggedConditions<'a> {
        match *self {
            Self::Ping(ping) => ping.into(),
            Self::Offer(offer) => offer.into(),
        }
    }
}

/// Pings and offers, in the order in which they were made.
pub(super) fn in_order(lead: &LogLead) -> Vec<LoggedEvent<'_>> {
    let mut pings = lead.pings.iter().peekable();
    let mut events = Vec::with_capacity(lead.pings.len() + lead.offers.len());
    for (n_offers, offer) in lead.offers.iter().enumerate() {
        while let Some(ping) = pings.next_if(|ping| ping.after_offers <= n_offers) {
            events.push(LoggedEvent::Ping(ping));
        }
        events.push(LoggedEvent::Offer(offer));
    }
    events.extend(pings.map(LoggedEvent::Ping));
    events
}
