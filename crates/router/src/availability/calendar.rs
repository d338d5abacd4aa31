//! Calendar windows and opening hours in a destination's own zone.

use pointsman_flow::{Schedule, Window};
use pointsman_lead::{Timestamp, Zone};

/// The beginning of the window that `now` falls into. Windows follow the calendar of the zone:
/// a day has 23 to 25 hours where clocks change.
///
/// The lifetime window begins at the epoch. A zone that is not known counts as UTC; `check`
/// refuses it before it gets here.
pub(super) fn window_start(window: Window, zone: &str, now: Timestamp) -> Timestamp {
    let zone = Zone::parse(zone).unwrap_or_else(|_| Zone::utc());
    match window {
        Window::Hour => zone.hour_start(now),
        Window::Day => zone.day_start(now),
        Window::Week => zone.week_start(now),
        Window::Month => zone.month_start(now),
        Window::Lifetime => Timestamp(0),
    }
}

/// Whether one of the openings holds at `now`.
pub(super) fn is_open(schedule: &Schedule, now: Timestamp) -> bool {
    let zone = Zone::parse(&schedule.zone).unwrap_or_else(|_| Zone::utc());
    let (weekday, minute) = (zone.weekday(now).number(), zone.minute_of_day(now));
    schedule.open.iter().any(|opening| {
        let on_the_day = opening.days.iter().any(|&day| day as u8 + 1 == weekday);
        on_the_day
            && opening
                .minutes()
                .is_some_and(|(from, to)| (from..to).contains(&minute))
    })
}
