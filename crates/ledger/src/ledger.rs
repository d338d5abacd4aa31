//! The ledger: which destinations are free, and in which order rotations try their arms.

use std::collections::BTreeMap;

use pointsman_flow::{Cap, CapKind, Destination, DestinationIdx, Mask, Program, Window};
use pointsman_lead::{Answer, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Conditions, RotationArm, TurnsTaken,
    breaker::Breaker,
    calendar,
    turns::{ChargedTurn, Turns},
};

/// One calendar window of one cap of one destination.
///
/// The limit is not part of it: a cap that is raised keeps what it has counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CapWindow {
    destination: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cap: Option<String>,
    kind: CapKind,
    window: Window,
    zone: String,
    start: Timestamp,
}

/// The cap units and turns that an offer holds until it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    destination: String,
    windows: Vec<CapWindow>,
    turns: Vec<ChargedTurn>,
}

/// How an offer ended, as far as caps and breakers care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// The destination's answer.
    pub answer: Answer,
    /// Whether it speaks against the destination's health: a failure or a request to slow down, but
    /// not an offer that our own restart cut off.
    pub failed: bool,
}

/// Counts and breakers of all destinations, and the turns of all rotations, at one point in the order
/// of commits.
///
/// [`Ledger::reserve`] charges the windows and the arms in which an offer is made, [`Ledger::settle`]
/// keeps the units and turns or gives them back. Exact in one process: whoever holds the ledger takes
/// both steps in commit order. Unknown offers keep what they hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    used: BTreeMap<CapWindow, u64>,
    pub(crate) breakers: BTreeMap<String, Breaker>,
    turns: Turns,
}

impl Ledger {
    /// Nothing used, every breaker closed.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a step of a walk through `program` is decided by at `now`.
    pub fn conditions(&self, program: &Program, now: Timestamp) -> Conditions {
        Conditions {
            free: self.availability(program, now),
            orders: self.turns.orders(program, now),
        }
    }

    /// The free destinations of a program at `now`.
    pub fn availability(&self, program: &Program, now: Timestamp) -> Mask {
        let mut mask = Mask::with_len(program.n_destinations());
        for (idx, destination) in (0..).map(DestinationIdx).zip(program.destinations()) {
            if self.is_free(&destination.name, &destination.settings, now) {
                mask.set(idx);
            }
        }
        mask
    }

    /// Charges one offer to the windows that `now` falls into, and to the arms of rotations above it.
    ///
    /// * `arms`: the arms of rotations that the offer is below.
    pub fn reserve(
        &mut self,
        name: &str,
        settings: &Destination,
        arms: &[RotationArm],
        now: Timestamp,
    ) -> Reservation {
        let windows: Vec<CapWindow> = settings
            .caps
            .iter()
            .map(|cap| window_of(name, cap, now))
            .collect();
        for window in &windows {
            *self.used.entry(window.clone()).or_default() += 1;
        }
        if let Some(breaker) = self.breakers.get_mut(name) {
            breaker.reserve(now);
        }
        Reservation {
            destination: name.to_owned(),
            windows,
            turns: arms.iter().map(|arm| self.turns.take(arm, now)).collect(),
        }
    }

    /// Keeps the units and turns of a reservation or gives them back, and moves the breaker.
    pub fn settle(&mut self, reservation: &Reservation, settlement: Settlement, now: Timestamp) {
        for window in &reservation.windows {
            if !window.kind.keeps(settlement.answer)
                && let Some(used) = self.used.get_mut(window)
            {
                *used = used.saturating_sub(1);
            }
        }
        for turn in &reservation.turns {
            self.turns.settle(turn, settlement.answer);
        }
        let breaker = self
            .breakers
            .entry(reservation.destination.clone())
            .or_default();
        breaker.settle(settlement, now);
        if breaker.is_fresh() {
            self.breakers.remove(&reservation.destination);
        }
    }

    /// Turns that an arm of a rotation has taken in the windows that `now` falls into.
    pub fn turns_taken(&self, arm: &RotationArm, now: Timestamp) -> TurnsTaken {
        self.turns.taken(arm, now)
    }

    /// Units that a destination's cap has used in the window that `now` falls into, reservations included.
    pub fn used_now(&self, name: &str, cap: &Cap, now: Timestamp) -> u64 {
        let window = window_of(name, cap, now);
        self.used.get(&window).copied().unwrap_or(0)
    }
}

fn window_of(name: &str, cap: &Cap, now: Timestamp) -> CapWindow {
    CapWindow {
        destination: name.to_owned(),
        cap: cap.name.clone(),
        kind: cap.kind,
        window: cap.window,
        zone: cap.zone.clone(),
        start: calendar::window_start(cap.window, &calendar::zone(&cap.zone), now),
    }
}

#[cfg(test)]
mod tests;
