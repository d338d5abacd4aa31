//! Why a destination is not free: every reason, each with when it ends.

use pointsman_flow::{Cap, CapKind, Destination, Schedule, Window};
use pointsman_lead::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Ledger, breaker::Rest, calendar};

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

/// How much of a cap is used in the present window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapUse {
    /// The cap.
    pub cap: Cap,
    /// Units charged to the present window, offers that await their answer included.
    pub used: u64,
    /// When the next window begins; none: never.
    pub until: Option<Timestamp>,
}

/// What [`Unavailability`] is made from, found without looking into the future.
enum Obstacle<'a> {
    Inactive,
    Schedule(&'a Schedule),
    Breaker(Rest),
    Cap(&'a Cap, u64),
}

impl Ledger {
    /// Whether a destination may be offered a lead at `now`.
    pub fn is_free(&self, name: &str, settings: &Destination, now: Timestamp) -> bool {
        self.obstacles(name, settings, now).next().is_none()
    }

    /// Everything that keeps a destination from being free at `now`; empty just if it is free.
    pub fn unavailable(
        &self,
        name: &str,
        settings: &Destination,
        now: Timestamp,
    ) -> Vec<Unavailability> {
        let obstacles = self.obstacles(name, settings, now);
        obstacles.map(|it| it.explain(now)).collect()
    }

    /// How much of each cap of a destination is used at `now`, in the order of its settings.
    pub fn cap_uses(&self, name: &str, settings: &Destination, now: Timestamp) -> Vec<CapUse> {
        let caps = settings.caps.iter().map(|cap| CapUse {
            used: self.used_now(name, cap, now),
            until: next_window(cap, now),
            cap: cap.clone(),
        });
        caps.collect()
    }

    fn obstacles<'a>(
        &'a self,
        name: &'a str,
        settings: &'a Destination,
        now: Timestamp,
    ) -> impl Iterator<Item = Obstacle<'a>> {
        let inactive = (!settings.active).then_some(Obstacle::Inactive);
        let closed = settings
            .schedule
            .iter()
            .filter(move |schedule| !calendar::is_open(schedule, now))
            .map(Obstacle::Schedule);
        let rest = self.breakers.get(name);
        let rest = rest.and_then(|breaker| breaker.rest(now));
        let full = settings.caps.iter().filter_map(move |cap| {
            let used = self.used_now(name, cap, now);
            (used >= cap.max).then_some(Obstacle::Cap(cap, used))
        });
        inactive
            .into_iter()
            .chain(closed)
            .chain(rest.map(Obstacle::Breaker))
            .chain(full)
    }
}

impl Obstacle<'_> {
    /// Adds when it ends.
    fn explain(self, now: Timestamp) -> Unavailability {
        match self {
            Self::Inactive => Unavailability::Inactive,
            Self::Schedule(schedule) => Unavailability::Schedule {
                zone: schedule.zone.clone(),
                opens_at: calendar::next_opening(schedule, now),
            },
            Self::Breaker(Rest {
                failures,
                until,
                probing,
            }) => Unavailability::Breaker {
                failures,
                until,
                probing,
            },
            Self::Cap(cap, used) => Unavailability::Cap {
                name: cap.name.clone(),
                kind: cap.kind,
                max: cap.max,
                used,
                window: cap.window,
                zone: cap.zone.clone(),
                until: next_window(cap, now),
            },
        }
    }
}

/// When the next window of a cap begins; none: never.
fn next_window(cap: &Cap, now: Timestamp) -> Option<Timestamp> {
    calendar::next_window(cap.window, &calendar::zone(&cap.zone), now)
}

#[cfg(test)]
mod tests;
