//! Offers whose answer was unknown: what a person says, or the destination when it is asked, became of them.

use std::sync::Arc;

use pointsman_history::AttemptOutcome;
use pointsman_lead::Micros;
use pointsman_store::{DeliveryState, NewSettingsChange, ReleaseOrigin};

use crate::{active_lead::ActiveLead, postback::Click, step_result::OfferResult};

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
    /// The lead where its walk had ended, if it had ended at this offer.
    pub(crate) active: Option<Arc<ActiveLead>>,
    /// By what the suppression list has its person, if it has them.
    pub(crate) person: Vec<String>,
    pub(crate) answer: ReleaseAnswer,
    pub(crate) origin: ReleaseOrigin,
    pub(crate) by_whom: Option<String>,
    pub(crate) reason: Option<String>,
    /// The record of who released it, where that is a person.
    pub(crate) change: Option<NewSettingsChange>,
}

/// An offer that is held, as it is stored.
#[derive(Debug)]
pub(crate) struct HeldOffer {
    /// When its answer was found to be unknown, in commit order.
    pub(crate) held_seq: i64,
    /// Then, microseconds.
    pub(crate) held_at: i64,
    /// When the walk ended for that, in commit order.
    pub(crate) ended_seq: i64,
    /// What was odd about its answer.
    pub(crate) finding: Option<String>,
    /// The destination's own id of the lead.
    pub(crate) reference: Option<String>,
    /// Whether its destination has reported anything.
    pub(crate) is_reported: bool,
    /// Whether it has reported a sale that stands.
    pub(crate) is_sold: bool,
}

impl PreparedRelease {
    /// Whether the destination took the lead.
    pub(crate) fn is_acceptance(&self) -> bool {
        matches!(self.answer, ReleaseAnswer::Accepted { .. })
    }

    /// The same as the result of its offer.
    pub(crate) fn result(&self, held: &HeldOffer) -> OfferResult {
        let (outcome, price) = match self.answer {
            ReleaseAnswer::Accepted { price } => (
                AttemptOutcome::Accepted,
                // What was reported says what it is worth.
                price.filter(|_| !held.is_reported),
            ),
            ReleaseAnswer::Rejected => (AttemptOutcome::Rejected, None),
            ReleaseAnswer::NotSent => (AttemptOutcome::NotSent, None),
        };
        let is_accepted = outcome == AttemptOutcome::Accepted;
        OfferResult {
            outcome,
            price,
            reason: self.reason.clone().filter(|_| !is_accepted),
            finding: held.finding.clone(),
            reference: held.reference.clone(),
            ..OfferResult::interrupted()
        }
    }
}
