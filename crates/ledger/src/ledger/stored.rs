//! A ledger as it is stored: its maps as lists, since the keys of some are no texts.

use std::sync::Arc;

use imbl::OrdMap;
use pointsman_lead::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CapOf, Ledger, Reservation};
use crate::{
    breaker::Breaker,
    turns::{ChargedTurn, Turns},
};

/// All that a ledger holds, in the order of its keys.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredLedger {
    caps: Vec<(CapOf, Vec<(Timestamp, u64)>)>,
    breakers: Vec<(String, Breaker)>,
    turns: Turns,
    open: Vec<StoredReservation>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredReservation {
    offer: String,
    destination: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    price: u64,
    windows: Vec<(CapOf, Timestamp)>,
    turns: Vec<ChargedTurn>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(amount: &u64) -> bool {
    *amount == 0
}

impl From<Ledger> for StoredLedger {
    fn from(ledger: Ledger) -> Self {
        let Ledger {
            used,
            breakers,
            turns,
            open,
        } = ledger;
        let caps = used.iter().map(|(cap, windows)| {
            let windows = windows.iter().map(|(start, used)| (*start, *used));
            (CapOf::clone(cap), windows.collect())
        });
        Self {
            caps: caps.collect(),
            breakers: breakers.into_iter().collect(),
            turns,
            open: open.iter().map(StoredReservation::of).collect(),
        }
    }
}

impl StoredReservation {
    fn of((offer, reservation): (&Arc<str>, &Arc<Reservation>)) -> Self {
        let Reservation {
            destination,
            price,
            windows,
            turns,
        } = &**reservation;
        let windows = windows.iter();
        Self {
            offer: offer.to_string(),
            destination: destination.clone(),
            price: *price,
            windows: windows
                .map(|(cap, start)| (CapOf::clone(cap), *start))
                .collect(),
            turns: turns.clone(),
        }
    }
}

impl From<StoredLedger> for Ledger {
    fn from(stored: StoredLedger) -> Self {
        let StoredLedger {
            caps,
            breakers,
            turns,
            open,
        } = stored;
        let caps = caps.into_iter();
        let mut ledger = Self {
            used: caps
                .map(|(cap, windows)| (Arc::new(cap), OrdMap::from_iter(windows)))
                .collect(),
            breakers: breakers.into_iter().collect(),
            turns,
            ..Self::default()
        };
        for reservation in open {
            ledger.hold(reservation);
        }
        ledger
    }
}

impl Ledger {
    /// Puts back what an offer holds.
    fn hold(&mut self, stored: StoredReservation) {
        let StoredReservation {
            offer,
            destination,
            price,
            windows,
            turns,
        } = stored;
        let windows = windows.into_iter().map(|(cap, start)| {
            let known = self.used.get_key_value(&cap);
            let known = known.map(|(known, _)| Arc::clone(known));
            (known.unwrap_or_else(|| Arc::new(cap)), start)
        });
        let reservation = Reservation {
            destination,
            price,
            windows: windows.collect(),
            turns,
        };
        self.open.insert(offer.into(), Arc::new(reservation));
    }
}

#[cfg(test)]
mod tests;
