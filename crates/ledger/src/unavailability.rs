//! Why a destination is not free: every reason, each with when it ends.

use pointsman_flow::{Cap, CapKind, Destination, Schedule, Window};
use pointsman_lead::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Ledger,
    allowance::{self, Allowance},
    breaker::Rest,
    calendar,
};

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
        /// Most units in the present window; of revenue, micro-units.
        max: u64,
        /// Most units by now: less than `max` where the cap is paced.
        by_now: u64,
        /// Units charged to the present window, offers that await their answer included.
        used: u64,
        /// The calendar window.
        window: Window,
        /// The zone in which windows begin.
        zone: String,
        /// When it lets more through, at the latest when the next window begins; none: never by itself.
        until: Option<Timestamp>,
    },
}

/// How much of a cap is used in the present window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapUse {
    /// The cap.
    pub cap: Cap,
    /// Most units in the present window.
    pub max: u64,
    /// Most units by now: less than `max` where the cap is paced.
    pub by_now: u64,
    /// Units charged to the present window, offers that await their answer included.
    pub used: u64,
    /// When the next window begins; none: never.
    pub until: Option<Timestamp>,
    /// The source that is counted, where each is counted apart.
    pub source: Option<String>,
}

/// What [`Unavailability`] is made from, found without looking into the future.
enum Obstacle<'a> {
    Inactive,
    Schedule(&'a Schedule),
    Breaker(Rest),
    Cap(FullCap<'a>),
}

/// A cap that is used up.
struct FullCap<'a> {
    cap: &'a Cap,
    allowance: Allowance,
    used: u64,
    /// What the next offer would take.
    due: u64,
}

impl CapUse {
    /// Units beyond the most of the present window. Reports of what was sold before may still come when a cap is reached.
    pub fn beyond(&self) -> u64 {
        self.used.saturating_sub(self.max)
    }

    /// The highest of 50, 70, 90 and 100 percent of the present window that is reached, if one is.
    pub fn reached_percent(&self) -> Option<u8> {
        let (used, max) = (u128::from(self.used), u128::from(self.max));
        let mut marks = [100, 90, 70, 50].into_iter();
        marks.find(|percent| used * 100 >= max * u128::from(*percent))
    }
}

impl Ledger {
    /// Whether a destination may be offered a lead at `now`.
    ///
    /// * `source`: of the lead; `None`: any, so that caps of sources do not count.
    pub fn is_free(
        &self,
        name: &str,
        settings: &Destination,
        source: Option<&str>,
        now: Timestamp,
    ) -> bool {
        self.obstacles(name, settings, source, now).next().is_none()
    }

    /// Everything that keeps a destination from being free at `now`; empty just if it is free.
    pub fn unavailable(
        &self,
        name: &str,
        settings: &Destination,
        source: Option<&str>,
        now: Timestamp,
    ) -> Vec<Unavailability> {
        let obstacles = self.obstacles(name, settings, source, now);
        obstacles.map(|it| it.explain(now)).collect()
    }

    /// How much of each cap of a destination is used at `now`, in the order of its settings. A cap that counts each source
    /// apart is told for each that has used something.
    pub fn cap_uses(&self, name: &str, settings: &Destination, now: Timestamp) -> Vec<CapUse> {
        let mut uses = Vec::new();
        for cap in &settings.caps {
            let Allowance { max, by_now } = allowance::allowance(cap, now);
            let of = |source: Option<&str>, asked: Option<&str>| CapUse {
                used: self.used_now(name, cap, asked, now),
                max,
                by_now,
                until: next_window(cap, now),
                cap: cap.clone(),
                source: source.map(str::to_owned),
            };
            if cap.each_source {
                let sources = self.sources_of(name, cap, now).into_iter();
                uses.extend(sources.map(|source| of(Some(source), Some(source))));
            } else {
                // Those that it counts share one counter.
                uses.push(of(None, cap.sources.first().map(String::as_str)));
            }
        }
        uses
    }

    fn obstacles<'a>(
        &'a self,
        name: &'a str,
        settings: &'a Destination,
        source: Option<&'a str>,
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
        let hard = settings.caps.iter();
        let hard = hard.filter(move |cap| !cap.soft && cap.is_about(source));
        let full = hard.filter_map(move |cap| {
            let full = FullCap {
                cap,
                allowance: allowance::allowance(cap, now),
                used: self.used_now(name, cap, source, now),
                due: allowance::due(cap, settings),
            };
            (full.used.saturating_add(full.due) > full.allowance.by_now)
                .then_some(Obstacle::Cap(full))
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
            Self::Cap(FullCap {
                cap,
                allowance: Allowance { max, by_now },
                used,
                due,
            }) => Unavailability::Cap {
                name: cap.name.clone(),
                kind: cap.kind,
                max,
                by_now,
                used,
                window: cap.window,
                zone: cap.zone.clone(),
                until: allowance::until(cap, (used, due), now),
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
