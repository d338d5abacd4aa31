//! The ledger: which destinations are free, and in which order rotations try their arms.

use std::collections::BTreeMap;

use pointsman_flow::{Cap, DestinationIdx, Mask, Program};
use pointsman_lead::{Answer, Timestamp};

use crate::{
    CapScope, Conditions, LedgerEvent, RotationArm, TurnsTaken,
    breaker::Breaker,
    calendar,
    turns::{ChargedTurn, Turns},
};

/// One calendar window of one cap of one destination.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct CapWindow {
    destination: String,
    scope: CapScope,
    start: Timestamp,
}

/// The cap units and turns that an offer holds until it is settled.
#[derive(Debug, Clone, PartialEq)]
struct Reservation {
    destination: String,
    windows: Vec<CapWindow>,
    turns: Vec<ChargedTurn>,
}

/// Counts and breakers of all destinations, and the turns of all rotations, at one point in the order
/// of commits.
///
/// A fold over [`LedgerEvent`]: whoever applies the same events in the same order has the same ledger. A unit is
/// charged to the windows of the time at which its offer was made, whenever it is settled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    used: BTreeMap<CapWindow, u64>,
    pub(crate) breakers: BTreeMap<String, Breaker>,
    turns: Turns,
    /// What offers hold that await their answer, by the id of the offer.
    open: BTreeMap<String, Reservation>,
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

    /// Takes in what happened to an offer at a time. Events are applied in commit order, each once.
    pub fn apply(&mut self, event: &LedgerEvent, at: Timestamp) {
        match event {
            LedgerEvent::Reserved {
                offer,
                destination,
                caps,
                turns,
            } => self.reserve(offer, destination, caps, turns, at),
            LedgerEvent::Settled {
                offer,
                answer,
                failed,
            } => self.settle(offer, *answer, *failed, at),
        }
    }

    fn reserve(
        &mut self,
        offer: &str,
        destination: &str,
        caps: &[CapScope],
        turns: &[RotationArm],
        at: Timestamp,
    ) {
        let windows = caps
            .iter()
            .map(|cap| CapWindow::at(destination, cap.clone(), at));
        let windows: Vec<CapWindow> = windows.collect();
        for window in &windows {
            *self.used.entry(window.clone()).or_default() += 1;
        }
        if let Some(breaker) = self.breakers.get_mut(destination) {
            breaker.reserve(at);
        }
        let turns = turns.iter().map(|arm| self.turns.take(arm, at)).collect();
        let reservation = Reservation {
            destination: destination.to_owned(),
            windows,
            turns,
        };
        self.open.insert(offer.to_owned(), reservation);
    }

    /// An offer that is not open changes nothing.
    fn settle(&mut self, offer: &str, answer: Answer, failed: bool, at: Timestamp) {
        let Some(reservation) = self.open.remove(offer) else {
            return;
        };
        for window in &reservation.windows {
            if !window.scope.kind.keeps(answer)
                && let Some(used) = self.used.get_mut(window)
            {
                *used = used.saturating_sub(1);
            }
        }
        for turn in &reservation.turns {
            self.turns.settle(turn, answer);
        }
        let breaker = self
            .breakers
            .entry(reservation.destination.clone())
            .or_default();
        breaker.settle(answer, failed, at);
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
        let window = CapWindow::at(name, CapScope::of(cap), now);
        self.used.get(&window).copied().unwrap_or(0)
    }
}

impl CapWindow {
    /// The window that a time falls into.
    fn at(destination: &str, scope: CapScope, at: Timestamp) -> Self {
        Self {
            destination: destination.to_owned(),
            start: calendar::window_start(scope.window, &calendar::zone(&scope.zone), at),
            scope,
        }
    }
}

#[cfg(test)]
mod tests;
