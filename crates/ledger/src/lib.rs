//! What offers have used up: the caps and breakers of destinations and the turns of rotations.
//!
//! A [`Ledger`] is a fold over what happened to offers, in commit order. Live service, replay and verification fold
//! the same events, so that they find the same destinations free. [`Conditions`] is what a ledger says to a step of a
//! walk.
//!
//! * [`Holds`] is the same for leads that come twice.
//! * What a cap counts, and which answers give a unit back, stands beside [`pointsman_flow::CapKind`].
//! * [`window_start`] is where every calendar window begins.
#![deny(
    clippy::disallowed_methods,
    reason = "ledger is pure: pass in what it needs"
)]

mod allowance;
mod as_list;
mod breaker;
mod calendar;
mod conditions;
mod event;
mod holds;
mod ledger;
mod turns;
mod unavailability;

pub use breaker::{FAILURES_MAX, OPEN_MICROS};
pub use calendar::window_start;
pub use conditions::{Conditions, OrderNames, Orders};
pub use event::{CapScope, LedgerEvent, ReportedAmounts};
pub use holds::{Hold, HoldKey, Holds};
pub use ledger::Ledger;
pub use turns::{RotationArm, TurnsTaken};
pub use unavailability::{CapUse, Unavailability};

#[cfg(test)]
mod fixture;
