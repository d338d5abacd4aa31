//! The ledger: which destinations are free, and in which order rotations try their arms.

use std::sync::Arc;

use imbl::OrdMap;
use pointsman_flow::{Cap, DestinationIdx, Mask, Program};
use pointsman_lead::{Answer, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    CapScope, Conditions, LedgerEvent, RotationArm, TurnsTaken,
    breaker::Breaker,
    calendar,
    turns::{ChargedTurn, Turns},
};
use stored::StoredLedger;

mod stored;

/// Windows of a cap that are remembered: of hours, those of more than two days. A unit can only be charged to the
/// present window or given back to one whose offer awaits its answer, and nobody is waited for that long.
const WINDOWS_MAX: usize = 64;

/// One cap of one destination.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct CapOf {
    destination: String,
    scope: CapScope,
}

/// The cap units and turns that an offer holds until it is settled.
#[derive(Debug, PartialEq)]
struct Reservation {
    destination: String,
    /// Caps, each with the beginning of the window that is charged.
    windows: Vec<(Arc<CapOf>, Timestamp)>,
    turns: Vec<ChargedTurn>,
}

/// Counts and breakers of all destinations, and the turns of all rotations, at one point in the order
/// of commits.
///
/// A fold over [`LedgerEvent`]: whoever applies the same events in the same order has the same ledger. A unit is
/// charged to the windows of the time at which its offer was made, whenever it is settled.
///
/// A clone shares everything with its original until one of them changes: what it costs does not depend on what the
/// ledger holds. What it holds does not grow with history: of each cap the latest 64 windows are remembered. Equal
/// ledgers are written as equal JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "StoredLedger", from = "StoredLedger")]
pub struct Ledger {
    /// Units by cap, and by the beginning of their window.
    used: OrdMap<Arc<CapOf>, OrdMap<Timestamp, u64>>,
    pub(crate) breakers: OrdMap<String, Breaker>,
    turns: Turns,
    /// What offers hold that await their answer, by the id of the offer.
    open: OrdMap<Arc<str>, Arc<Reservation>>,
}

impl Ledger {
    /// Version of what events come to. A ledger that was stored under another version has to be folded anew.
    pub const FORMAT: u32 = 1;

    /// Nothing used, every breaker closed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Destinations whose breaker lets no offer pass, with whether one that tries it awaits its answer.
    pub fn resting(&self, now: Timestamp) -> impl Iterator<Item = (&str, bool)> {
        let breakers = self.breakers.iter();
        breakers.filter_map(move |(name, breaker)| Some((&**name, breaker.rest(now)?.probing)))
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
        let windows = caps.iter().map(|scope| self.charge(destination, scope, at));
        let windows = windows.collect();
        if let Some(breaker) = self.breakers.get_mut(destination) {
            breaker.reserve(at);
        }
        let turns = turns.iter().map(|arm| self.turns.take(arm, at)).collect();
        let reservation = Reservation {
            destination: destination.to_owned(),
            windows,
            turns,
        };
        self.open.insert(offer.into(), Arc::new(reservation));
    }

    /// Charges a unit to a cap, and says which cap and window that is.
    fn charge(
        &mut self,
        destination: &str,
        scope: &CapScope,
        at: Timestamp,
    ) -> (Arc<CapOf>, Timestamp) {
        let cap = CapOf {
            destination: destination.to_owned(),
            scope: scope.clone(),
        };
        let known = self.used.get_key_value(&cap);
        let cap = known.map_or_else(|| Arc::new(cap), |(known, _)| Arc::clone(known));
        let start = cap.window(at);
        let windows = self.used.entry(Arc::clone(&cap)).or_default();
        *windows.entry(start).or_default() += 1;
        if windows.len() > WINDOWS_MAX {
            forget_oldest(windows, start);
        }
        (cap, start)
    }

    /// An offer that is not open changes nothing.
    fn settle(&mut self, offer: &str, answer: Answer, failed: bool, at: Timestamp) {
        let Some(reservation) = self.open.remove(offer) else {
            return;
        };
        for (cap, start) in &reservation.windows {
            if !cap.scope.kind.keeps(answer)
                && let Some(windows) = self.used.get_mut(cap)
                && let Some(used) = windows.get_mut(start)
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
        let cap = CapOf {
            destination: name.to_owned(),
            scope: CapScope::of(cap),
        };
        let windows = self.used.get(&cap);
        let used = windows.and_then(|windows| windows.get(&cap.window(now)));
        used.copied().unwrap_or(0)
    }
}

/// Forgets the window that began first, but never the present one: a clock may have stepped back to it.
fn forget_oldest(windows: &mut OrdMap<Timestamp, u64>, present: Timestamp) {
    let mut starts = windows.keys().copied();
    if let Some(oldest) = starts.find(|start| *start != present) {
        windows.remove(&oldest);
    }
}

impl CapOf {
    /// The beginning of the window that a time falls into.
    fn window(&self, at: Timestamp) -> Timestamp {
        let CapScope { window, zone, .. } = &self.scope;
        calendar::window_start(*window, &calendar::zone(zone), at)
    }
}

#[cfg(test)]
mod tests;
