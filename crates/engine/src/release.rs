//! Offers whose answer was unknown: what a person says, or the destination when it is asked, became of them.

use pointsman_lead::Micros;
use pointsman_store::{DeliveryState, NewSettingsChange, ReleaseOrigin};

use crate::postback::Click;

/// What became of an offer whose answer was unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseAnswer {
    /// The destination took the lead.
    Accepted {
        /// What it pays at once; `None` if that is not known.
        price: Option<Micros>,
    },
    /// It did not want the lead.
    Rejected,
    /// It never got the lead.
    NotSent,
}

impl ReleaseAnswer {
    pub(crate) fn state(self) -> DeliveryState {
        match self {
            Self::Accepted { .. } => DeliveryState::Accepted,
            Self::Rejected => DeliveryState::Rejected,
            Self::NotSent => DeliveryState::NotSent,
        }
    }
}

/// What releasing an offer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseOutcome {
    /// It was held, and is released.
    Released,
    /// Its answer is known: nothing changed.
    NotHeld,
    /// It was released before: nothing changed.
    Known,
}

/// A release on its way to the sequencer.
#[derive(Debug)]
pub(crate) struct PreparedRelease {
    pub(crate) click: Click,
    pub(crate) answer: ReleaseAnswer,
    pub(crate) origin: ReleaseOrigin,
    pub(crate) by_whom: Option<String>,
    pub(crate) reason: Option<String>,
    /// The record of who released it, where that is a person.
    pub(crate) change: Option<NewSettingsChange>,
}
