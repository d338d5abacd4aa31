//! Offers of the destination `acme`, for tests.

use pointsman_flow::Destination;
use pointsman_lead::{Answer, Timestamp};

use crate::{Ledger, LedgerEvent};

pub(crate) fn reserve(ledger: &mut Ledger, offer: &str, settings: &Destination, at: Timestamp) {
    ledger.apply(
        &LedgerEvent::reserved(offer, ("acme", settings), "web", Vec::new()),
        at,
    );
}

/// Settles an offer that failed if it has no answer.
pub(crate) fn settle(ledger: &mut Ledger, offer: &str, answer: Answer, at: Timestamp) {
    let failed = matches!(answer, Answer::NotSent | Answer::Unknown);
    ledger.apply(&settled(offer, answer, failed), at);
}

pub(crate) fn settled(offer: &str, answer: Answer, failed: bool) -> LedgerEvent {
    LedgerEvent::settled(offer, answer, failed, None)
}
