//! The words of the database as those of a log.

use pointsman_replay::log::EndKind;
use pointsman_router::Answer;
use pointsman_store::{DeliveryState, EndState};

pub(super) fn answer(state: DeliveryState) -> Answer {
    match state {
        DeliveryState::Accepted => Answer::Accepted,
        DeliveryState::Rejected => Answer::Rejected,
        DeliveryState::NotSent => Answer::NotSent,
        DeliveryState::Pending | DeliveryState::Sending | DeliveryState::Held => Answer::Unknown,
    }
}

pub(super) fn end_kind(state: EndState) -> EndKind {
    match state {
        EndState::Sold => EndKind::Sold,
        EndState::Declined => EndKind::Declined,
        EndState::Unsold => EndKind::Unsold,
        EndState::Held => EndKind::Held,
    }
}

/// Micro-units as the units that reports are in.
#[expect(
    clippy::cast_precision_loss,
    reason = "statistics are made in floating point; the allocations are not"
)]
pub(super) fn units(micros: i64) -> f64 {
    micros as f64 / 1e6
}
