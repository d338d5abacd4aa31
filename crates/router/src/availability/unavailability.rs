//! Everything that keeps a destination from being free, told in full.

use pointsman_flow::{CapKind, Destination, Window};
use pointsman_lead::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Ledger, calendar};

/// One thing that keeps a destination from being free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "closed", rename_all = "snake_case")]
pub enum Unavailability {
    /// Its settings say that it takes nothing.
    Inactive,
    /// Its schedule is not open.
    Schedule {
        /// The zone of its hours.
        zone: String,
        /// When it opens next; none: never.
        opens_at: Option<Timestamp>,
    },
    /// It failed too often and rests, or a single offer tries it.
    Breaker {
        /// Failures in a row.
        failures: u32,
        /// Until when it rests.
        until: Timestamp,
        /// Whether the rest is over, and an offer that tries it awaits its answer.
        probing: bool,
    },
    /// A cap is used up.
    Cap {
        /// Name of the cap, if it has one.
        name: Option<String>,
        /// What the cap counts.
        kind: CapKind,
        /// Most units in a window.
        max: u64,
        /// Units charged to the present window, offers that await their answer included.
        used: u64,
        /// The calendar window.
        window: Window,
        /// The zone in which windows begin.
        zone: String,
        /// When the next window begins; none: never.
        until: Option<Timestamp>,
    },
}

impl Ledger {
    /// Everything that keeps a destination from being free at `now`; empty just if
    /// [`Ledger::closed`] finds nothing.
    pub fn unavailable(
        &self,
        name: &str,
        settings: &Destination,
        now: Timestamp,
    ) -> Vec<Unavailability> {
        let mut unavailable = Vec::new();
        if !settings.active {
            unavailable.push(Unavailability::Inactive);
        }
        if let Some(schedule) = &settings.schedule
            && !calendar::is_open(schedule, now)
        {
            unavailable.push(Unavailability::Schedule {
                zone: schedule.zone.clone(),
                opens_at: calendar::next_opening(schedule, now),
            });
        }
        if let Some(breaker) = self.breakers.get(name)
            && let Some((failures, until, probing)) = breaker.rest(now)
        {
            unavailable.push(Unavailability::Breaker {
                failures,
                until,
                probing,
            });
        }
        let full = settings.caps.iter().filter_map(|cap| {
            let used = self.used_now(name, cap, now);
            (used >= cap.max).then(|| Unavailability::Cap {
                name: cap.name.clone(),
                kind: cap.kind,
                max: cap.max,
                used,
                window: cap.window,
                zone: cap.zone.clone(),
                until: calendar::next_window(cap.window, &cap.zone, now),
            })
        });
        unavailable.extend(full);
        unavailable
    }
}

#[cfg(test)]
mod tests;
