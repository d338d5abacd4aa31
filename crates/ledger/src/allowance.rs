//! How much a cap lets through by a moment: less on some days, and little by little where it is paced.

use pointsman_flow::{Cap, CapKind, Destination};
use pointsman_lead::{Micros, Timestamp, Zone};

use crate::calendar;

/// What a cap lets through at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// Most units in the whole window.
    pub(crate) max: u64,
    /// Most units by now: less than `max` where the cap is paced.
    pub(crate) by_now: u64,
}

/// The present window of a cap: when it began, and how far it has come.
struct PresentWindow {
    start: Timestamp,
    length: u128,
    passed: u128,
}

impl PresentWindow {
    /// None for the lifetime, which has no end.
    fn of(cap: &Cap, zone: &Zone, now: Timestamp) -> Option<Self> {
        let start = calendar::window_start(cap.window, zone, now);
        let next = calendar::next_window(cap.window, zone, now)?;
        let micros = |from: Timestamp, to: Timestamp| {
            u128::try_from(i128::from(to.0) - i128::from(from.0)).unwrap_or(0)
        };
        Some(Self {
            start,
            length: micros(start, next).max(1),
            passed: micros(start, now),
        })
    }
}

/// What a cap lets through at `now`. A day with 23 or 25 hours is paced over as many.
pub(crate) fn allowance(cap: &Cap, now: Timestamp) -> Allowance {
    let whole = |max| Allowance { max, by_now: max };
    if cap.max_on.is_empty() && !cap.paced {
        return whole(cap.max);
    }
    let zone = calendar::zone(&cap.zone);
    let max = cap.max_of(zone.weekday(now));
    let passed = cap
        .paced
        .then(|| PresentWindow::of(cap, &zone, now))
        .flatten();
    let Some(PresentWindow { length, passed, .. }) = passed else {
        return whole(max);
    };
    // The present microsecond counts, and the rest is rounded up: the first unit is there when the window begins.
    let by_now = (u128::from(max) * (passed + 1).min(length)).div_ceil(length);
    Allowance {
        max,
        by_now: u64::try_from(by_now).unwrap_or(max),
    }
}

/// When a cap that is used up lets more through: as soon as enough of its window has passed, or with the next one.
///
/// * `used`: units charged to the present window.
/// * `due`: units that the next offer takes, at least 1.
pub(crate) fn until(cap: &Cap, (used, due): (u64, u64), now: Timestamp) -> Option<Timestamp> {
    let zone = calendar::zone(&cap.zone);
    let next = calendar::next_window(cap.window, &zone, now);
    let max = cap.max_of(zone.weekday(now));
    let wanted = used.saturating_add(due);
    let passed = PresentWindow::of(cap, &zone, now).filter(|_| cap.paced && wanted <= max);
    let Some(PresentWindow { start, length, .. }) = passed else {
        return next;
    };
    // The first moment whose allowance, rounded up, is what is wanted.
    let enough = u128::from(wanted - 1) * length / u128::from(max);
    let at = i64::try_from(enough).map(|enough| start.plus(enough));
    at.ok().into_iter().chain(next).min()
}

/// What the next offer of a destination takes of a cap, as far as that is known before it is made; at least 1, so that
/// a cap that is reached lets nothing more through.
pub(crate) fn due(cap: &Cap, settings: &Destination) -> u64 {
    match cap.kind {
        CapKind::Revenue => {
            let price = settings.known_price().map_or(0, |Micros(micros)| micros);
            u64::try_from(price).unwrap_or(0).max(1)
        }
        _ => 1,
    }
}
