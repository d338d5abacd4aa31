//! Which destinations are free and whose turn it is: a value that live service, replay and verification all walk alike.

use std::collections::BTreeMap;

use pointsman_flow::{Cap, CapKind, Destination, DestinationIdx, Mask, Op, Program};
use pointsman_lead::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Answer, Conditions, Orders, walk::n_destinations};

mod breaker;
mod calendar;
mod turns;
mod unavailability;

pub use breaker::{FAILURES_MAX, OPEN_MICROS};
pub use turns::{Got, RotationArm};
pub use unavailability::Unavailability;

use breaker::Breaker;
use turns::{Taken, Turns};

/// Why a destination is not free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "closed", rename_all = "snake_case")]
pub enum Closed {
    /// Its settings say that it takes nothing.
    Inactive,
    /// Its schedule is not open at this time.
    Schedule,
    /// A cap is used up in its present window.
    Cap {
        /// Name of the cap, if it has one.
        name: Option<String>,
        /// What the cap counts.
        kind: CapKind,
        /// Most units in a window.
        max: u64,
        /// Units charged to the present window, reservations included.
        used: u64,
    },
    /// It failed too often and rests.
    Breaker,
}

/// One calendar window of one cap of one destination.
///
/// The limit is not part of it: a cap that is raised keeps what it has counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CapWindow {
    destination: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cap: Option<String>,
    kind: CapKind,
    window: pointsman_flow::Window,
    zone: String,
    start: Timestamp,
}

/// The cap units and turns that an offer holds until it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    destination: String,
    windows: Vec<CapWindow>,
    turns: Vec<Taken>,
}

/// How an offer ended, as far as caps and breakers care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// The destination's answer.
    pub answer: Answer,
    /// Whether it speaks against the destination's health: a failure or a plea to slow down, but
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
    breakers: BTreeMap<String, Breaker>,
    turns: Turns,
}

impl Ledger {
    /// Nothing used, every breaker closed.
    pub fn new() -> Self {
        Self::default()
    }

    /// How things stand for a program at `now`.
    pub fn conditions(&self, program: &Program, now: Timestamp) -> Conditions {
        let mut orders = Orders::default();
        for (node, op) in program.nodes() {
            if let Op::Rotate { arms, targets, .. } = op {
                let order = self.turns.order(program, node, arms, targets.as_ref(), now);
                orders.set(node, order);
            }
        }
        Conditions {
            free: self.availability(program, now),
            orders,
        }
    }

    /// The free destinations of a program at `now`.
    pub fn availability(&self, program: &Program, now: Timestamp) -> Mask {
        let mut mask = Mask::with_len(n_destinations(program));
        for (idx, destination) in (0..).map(DestinationIdx).zip(program.destinations()) {
            if self
                .closed(&destination.name, &destination.settings, now)
                .is_none()
            {
                mask.set(idx);
            }
        }
        mask
    }

    /// Why a destination is not free at `now`; `None` if it is.
    pub fn closed(&self, name: &str, settings: &Destination, now: Timestamp) -> Option<Closed> {
        if !settings.active {
            return Some(Closed::Inactive);
        }
        if settings
            .schedule
            .as_ref()
            .is_some_and(|schedule| !calendar::is_open(schedule, now))
        {
            return Some(Closed::Schedule);
        }
        if self
            .breakers
            .get(name)
            .is_some_and(|breaker| breaker.is_open(now))
        {
            return Some(Closed::Breaker);
        }
        settings.caps.iter().find_map(|cap| {
            let used = self.used(&window_of(name, cap, now));
            (used >= cap.max).then(|| Closed::Cap {
                name: cap.name.clone(),
                kind: cap.kind,
                max: cap.max,
                used,
            })
        })
    }

    /// Charges one offer to the windows that `now` falls into, and to the arms of rotations above it.
    ///
    /// * `arms`: as [`crate::Offer::turns`] names them.
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

    /// Keeps the units and turns of a reservation or gives them back, and tells the breaker.
    pub fn settle(&mut self, reservation: &Reservation, settlement: Settlement, now: Timestamp) {
        for window in &reservation.windows {
            if !keeps(window.kind, settlement.answer)
                && let Some(used) = self.used.get_mut(window)
            {
                *used = used.saturating_sub(1);
            }
        }
        for taken in &reservation.turns {
            self.turns.settle(taken, settlement.answer);
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

    /// Units charged to a window.
    fn used(&self, window: &CapWindow) -> u64 {
        self.used.get(window).copied().unwrap_or(0)
    }

    /// What an arm of a rotation has got in the windows that `now` falls into.
    pub fn got(&self, arm: &RotationArm, now: Timestamp) -> Got {
        self.turns.got(arm, now)
    }

    /// Units that a destination's cap has used in the window that `now` falls into.
    pub fn used_now(&self, name: &str, cap: &Cap, now: Timestamp) -> u64 {
        self.used(&window_of(name, cap, now))
    }
}

/// Whether a cap unit stays charged after this answer.
fn keeps(kind: CapKind, answer: Answer) -> bool {
    match kind {
        CapKind::Offers => answer != Answer::NotSent,
        CapKind::Accepted => matches!(answer, Answer::Accepted | Answer::Unknown),
    }
}

fn window_of(name: &str, cap: &Cap, now: Timestamp) -> CapWindow {
    CapWindow {
        destination: name.to_owned(),
        cap: cap.name.clone(),
        kind: cap.kind,
        window: cap.window,
        zone: cap.zone.clone(),
        start: calendar::window_start(cap.window, &cap.zone, now),
    }
}

#[cfg(test)]
mod tests;
