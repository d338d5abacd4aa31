//! The reasons why destinations were unavailable.

use async_graphql::{SimpleObject, Union};
use pointsman_ledger as ledger;

use crate::graphql::{
    scalars::Timestamp,
    types::cap::{CapKind, CapWindow, units},
};

/// One reason why a destination was unavailable.
#[derive(Union)]
pub(in crate::graphql) enum Unavailability {
    /// It was inactive.
    Inactive(InactiveDestination),
    /// Its schedule was closed.
    ClosedSchedule(ClosedSchedule),
    /// Its circuit breaker was open.
    OpenBreaker(OpenBreaker),
    /// A cap was used up.
    FullCap(FullCap),
}

/// A destination that is inactive by its settings.
#[derive(SimpleObject)]
pub(in crate::graphql) struct InactiveDestination {
    /// Always false: a GraphQL type must have a field.
    active: bool,
}

/// The schedule is closed.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ClosedSchedule {
    /// IANA zone of the schedule.
    zone: String,
    /// Next opening; null: never.
    opens_at: Option<Timestamp>,
}

/// The circuit breaker is open after repeated failures.
#[derive(SimpleObject)]
pub(in crate::graphql) struct OpenBreaker {
    /// Consecutive failures.
    failures: u32,
    /// End of the cool-down.
    until: Timestamp,
    /// Whether the cool-down is over and a probe offer awaits its answer (half-open).
    is_probing: bool,
}

/// A cap is used up.
#[derive(SimpleObject)]
pub(in crate::graphql) struct FullCap {
    /// Name of the cap within the destination, if it has one.
    name: Option<String>,
    /// Counted event.
    kind: CapKind,
    /// Maximum of units in the current window; of revenue, whole main units.
    max: u64,
    /// Maximum of units by this moment: less than `max` if the cap is paced.
    allowed: u64,
    /// Units counted in the current window, including offers that await an answer.
    used: u64,
    /// The calendar window.
    window: CapWindow,
    /// IANA zone of the calendar.
    zone: String,
    /// Time at which it lets more through, at the latest the start of the next window; null: when offers are answered, or
    /// never.
    until: Option<Timestamp>,
}

impl From<ledger::Unavailability> for Unavailability {
    fn from(unavailability: ledger::Unavailability) -> Self {
        match unavailability {
            ledger::Unavailability::Inactive => {
                Self::Inactive(InactiveDestination { active: false })
            }
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
                by_now,
                used,
                window,
                zone,
                until,
            } => Self::FullCap(FullCap {
                name,
                kind: kind.into(),
                max: units(kind, max),
                allowed: units(kind, by_now),
                used: units(kind, used),
                window: window.into(),
                zone,
                until: until.map(Timestamp::from),
            }),
        }
    }
}
