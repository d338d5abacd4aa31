//! The ledger: which destinations are free, and in which order rotations try their arms.

use std::{collections::BTreeSet, sync::Arc};

use imbl::OrdMap;
use pointsman_flow::{Cap, CapKind, Charge, DestinationIdx, Mask, Program};
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

/// Windows of a cap that are remembered: of hours, those of more than two days, and of minutes, those of an hour. A unit
/// can only be charged to the present window or given back to one whose offer awaits its answer, and nobody is waited for
/// that long.
const WINDOWS_MAX: usize = 64;

/// One cap of one destination, or of a group: that has no destination.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct CapOf {
    destination: String,
    scope: CapScope,
}

/// The cap units and turns that an offer holds until it is settled.
#[derive(Debug, PartialEq)]
struct Reservation {
    destination: String,
    /// What caps of revenue are charged, in micro-units.
    price: u64,
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
    ///
    /// * `source`: of the lead.
    pub fn conditions(&self, program: &Program, source: &str, now: Timestamp) -> Conditions {
        Conditions {
            free: self.availability(program, Some(source), now),
            orders: self.turns.orders(program, now),
        }
    }

    /// The free destinations of a program at `now`.
    ///
    /// * `source`: of the lead; `None`: as far as all leads are alike.
    pub fn availability(&self, program: &Program, source: Option<&str>, now: Timestamp) -> Mask {
        let mut mask = Mask::with_len(program.n_destinations());
        for (idx, destination) in (0..).map(DestinationIdx).zip(program.destinations()) {
            if self.is_free(&destination.name, &destination.settings, source, now) {
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
                price,
                turns,
            } => {
                let price = u64::try_from(*price).unwrap_or(0);
                self.reserve(offer, destination, (caps, price), turns, at);
            }
            LedgerEvent::Settled {
                offer,
                answer,
                failed,
                paid,
            } => self.settle(offer, *answer, *failed, *paid, at),
            LedgerEvent::Reported {
                destination,
                caps,
                sales,
                revenue,
                accepted,
                offered_at,
            } => {
                for scope in caps {
                    let amount = match scope.kind {
                        CapKind::Conversions => *sales,
                        CapKind::Revenue => *revenue,
                        CapKind::Accepted => {
                            self.adjust(destination, scope, *accepted, *offered_at);
                            0
                        }
                        CapKind::Offers | CapKind::InFlight => 0,
                    };
                    if amount != 0 {
                        self.charge(destination, scope, amount, at);
                    }
                }
            }
        }
    }

    fn reserve(
        &mut self,
        offer: &str,
        destination: &str,
        (caps, price): (&[CapScope], u64),
        turns: &[RotationArm],
        at: Timestamp,
    ) {
        let windows = caps.iter().map(|scope| {
            let amount = i64::try_from(amount_of(scope.kind, price)).unwrap_or(i64::MAX);
            self.charge(destination, scope, amount, at)
        });
        let windows = windows.collect();
        if let Some(breaker) = self.breakers.get_mut(destination) {
            breaker.reserve(at);
        }
        let turns = turns.iter().map(|arm| self.turns.take(arm, at)).collect();
        let reservation = Reservation {
            destination: destination.to_owned(),
            price,
            windows,
            turns,
        };
        self.open.insert(offer.into(), Arc::new(reservation));
    }

    /// Charges an amount to a cap, and says which cap and window that is. What is taken back leaves nothing at least.
    fn charge(
        &mut self,
        destination: &str,
        scope: &CapScope,
        amount: i64,
        at: Timestamp,
    ) -> (Arc<CapOf>, Timestamp) {
        let cap = CapOf::new(destination, scope.clone());
        let known = self.used.get_key_value(&cap);
        let cap = known.map_or_else(|| Arc::new(cap), |(known, _)| Arc::clone(known));
        let start = cap.window(at);
        let windows = self.used.entry(Arc::clone(&cap)).or_default();
        let used = windows.entry(start).or_default();
        *used = used.saturating_add_signed(amount);
        if windows.len() > WINDOWS_MAX {
            forget_oldest(windows, start);
        }
        (cap, start)
    }

    /// Changes what a cap has counted in the window of an offer; a window that is forgotten stays so.
    fn adjust(
        &mut self,
        destination: &str,
        scope: &CapScope,
        amount: i64,
        offered_at: Option<Timestamp>,
    ) {
        let cap = CapOf::new(destination, scope.clone());
        let Some(offered_at) = offered_at else { return };
        let start = cap.window(offered_at);
        let windows = self.used.get_mut(&cap);
        if let Some(used) = windows.and_then(|windows| windows.get_mut(&start)) {
            *used = used.saturating_add_signed(amount);
        }
    }

    /// An offer that is not open changes nothing.
    fn settle(&mut self, offer: &str, answer: Answer, failed: bool, paid: i64, at: Timestamp) {
        let Some(reservation) = self.open.remove(offer) else {
            return;
        };
        let paid = u64::try_from(paid).unwrap_or(0);
        for (cap, start) in &reservation.windows {
            let kind = cap.scope.kind;
            let before = amount_of(kind, reservation.price);
            let after = match answer {
                // The price was what is expected; what was paid is known now.
                Answer::Accepted if kind.charge() == Charge::Price => paid,
                _ if kind.keeps(answer) => before,
                _ => 0,
            };
            if after != before
                && let Some(windows) = self.used.get_mut(cap)
                && let Some(used) = windows.get_mut(start)
            {
                *used = used.saturating_sub(before).saturating_add(after);
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

    /// The sources that a cap has counted apart in the window that `now` falls into.
    pub(crate) fn sources_of(&self, name: &str, cap: &Cap, now: Timestamp) -> Vec<&str> {
        let Some(scope) = CapScope::of(
            &Cap {
                each_source: false,
                sources: BTreeSet::new(),
                ..cap.clone()
            },
            None,
        ) else {
            return Vec::new();
        };
        // Without a source it comes just before those with one.
        let first = CapOf::new(name, scope);
        let start = first.window(now);
        let own = |known: &CapOf| CapScope {
            source: None,
            ..known.scope.clone()
        };
        let known = self.used.range(first.clone()..);
        let known = known.take_while(|(known, _)| {
            known.destination == first.destination && own(known) == first.scope
        });
        let used = known.filter(|(_, windows)| windows.contains_key(&start));
        used.filter_map(|(known, _)| known.scope.source.as_deref())
            .collect()
    }

    /// Units that a destination's cap has used in the window that `now` falls into, reservations included.
    ///
    /// * `source`: of the lead; a cap that is not about its leads has used nothing.
    pub fn used_now(&self, name: &str, cap: &Cap, source: Option<&str>, now: Timestamp) -> u64 {
        let Some(scope) = CapScope::of(cap, source) else {
            return 0;
        };
        let cap = CapOf::new(name, scope);
        let windows = self.used.get(&cap);
        let used = windows.and_then(|windows| windows.get(&cap.window(now)));
        used.copied().unwrap_or(0)
    }
}

/// What an offer takes of a cap until it is settled.
///
/// * `price`: what its destination pays at once for an accepted lead, in micro-units.
fn amount_of(kind: CapKind, price: u64) -> u64 {
    match kind.charge() {
        Charge::Unit => 1,
        Charge::Price => price,
        Charge::Nothing => 0,
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
    fn new(destination: &str, scope: CapScope) -> Self {
        let destination = match scope.group {
            Some(_) => String::new(),
            None => destination.to_owned(),
        };
        Self { destination, scope }
    }

    /// The beginning of the window that a time falls into.
    fn window(&self, at: Timestamp) -> Timestamp {
        let CapScope { window, zone, .. } = &self.scope;
        calendar::window_start(*window, &calendar::zone(zone), at)
    }
}

#[cfg(test)]
mod kinds_tests;
#[cfg(test)]
mod scopes_tests;
#[cfg(test)]
mod tests;
