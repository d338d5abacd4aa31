//! What kept destinations from being free.

use async_graphql::{SimpleObject, Union};
use pointsman_ledger as ledger;

use crate::graphql::{
    scalars::Timestamp,
    types::destination::{CapKind, CapWindow},
};

/// One thing that kept a destination from being free.
#[derive(Union)]
pub(in crate::graphql) enum Unavailability {
    /// It was switched off.
    SwitchedOff(SwitchedOff),
    /// Its schedule was closed.
    ClosedSchedule(ClosedSchedule),
    /// It rested after failures.
    OpenBreaker(OpenBreaker),
    /// A cap was used up.
    FullCap(FullCap),
}

/// A destination whose settings say that it takes nothing.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SwitchedOff {
    /// What the settings say: false.
    active: bool,
}

/// A schedule outside its opening hours.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ClosedSchedule {
    /// The zone of its hours.
    zone: String,
    /// When it opens next; absent: never.
    opens_at: Option<Timestamp>,
}

/// A breaker that keeps leads away from a destination which keeps failing.
#[derive(SimpleObject)]
pub(in crate::graphql) struct OpenBreaker {
    /// Failures in a row.
    failures: u32,
    /// Until when it rests.
    until: Timestamp,
    /// Whether the rest is over, and an offer that tries it awaits its answer.
    is_probing: bool,
}

/// A cap that is used up.
#[derive(SimpleObject)]
pub(in crate::graphql) struct FullCap {
    /// Its name among the caps of the destination, if it has one.
    name: Option<String>,
    /// What it counts.
    kind: CapKind,
    /// Most units in a window.
    max: u64,
    /// Units charged to the present window, offers that await their answer included.
    used: u64,
    /// The calendar window.
    window: CapWindow,
    /// The zone in which windows begin.
    zone: String,
    /// When the next window begins; absent: never.
    until: Option<Timestamp>,
}

impl From<ledger::Unavailability> for Unavailability {
    fn from(unavailability: ledger::Unavailability) -> Self {
        match unavailability {
            ledger::Unavailability::Inactive => Self::SwitchedOff(SwitchedOff { active: false }),
            ledger::Unavailability::Schedule { zone, opens_at } => {
                Self::ClosedSchedule(ClosedSchedule {
                    zone,
                    opens_at: opens_at.map(Timestamp::from),
                })
            }
            ledger::Unavailability::Breaker {
                failures,
                until,
                probing,
            } => Self::OpenBreaker(OpenBreaker {
                failures,
                until: until.into(),
                is_probing: probing,
            }),
            ledger::Unavailability::Cap {
                name,
                kind,
                max,
                used,
                window,
                zone,
                until,
            } => Self::FullCap(FullCap {
                name,
                kind: kind.into(),
                max,
                used,
                window: window.into(),
                zone,
                until: until.map(Timestamp::from),
            }),
        }
    }
}
