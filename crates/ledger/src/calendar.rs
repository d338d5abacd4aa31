//! Calendar windows and opening hours in a destination's own zone.

use pointsman_flow::{Opening, Schedule, Window};
use pointsman_lead::{Timestamp, Zone};

/// The beginning of the window that `now` falls into. Windows follow the calendar of the zone:
/// a day has 23 to 25 hours where clocks change.
///
/// The lifetime window begins at the epoch.
pub fn window_start(window: Window, zone: &Zone, now: Timestamp) -> Timestamp {
    match window {
        Window::Minute => zone.minute_start(now),
        Window::Hour => zone.hour_start(now),
        Window::Day => zone.day_start(now),
        Window::Week => zone.week_start(now),
        Window::Month => zone.month_start(now),
        Window::Lifetime => Timestamp(0),
    }
}

/// Whether one of the openings holds at `now`.
pub(crate) fn is_open(schedule: &Schedule, now: Timestamp) -> bool {
    minutes_until_open(schedule, &zone(&schedule.zone), now) == Some(0)
}

/// The zone of a cap, schedule or rotation. One that is not known counts as UTC; `check` refuses it before it
/// gets here.
pub(crate) fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap_or_else(|_| Zone::utc())
}

/// Minutes that the local clock still has to go to the next opening of the local day of `now`; 0 if
/// one holds, `None` if none is left.
///
/// * `zone`: the schedule's own, looked up once.
fn minutes_until_open(schedule: &Schedule, zone: &Zone, now: Timestamp) -> Option<u16> {
    if !schedule.holidays.is_empty() && schedule.holidays.contains(&zone.date(now)) {
        return None;
    }
    let (weekday, minute) = (zone.weekday(now), zone.minute_of_day(now));
    let today = schedule
        .open
        .iter()
        .filter(|opening| opening.days.contains(&weekday));
    let left = today
        .filter_map(Opening::minutes)
        .filter(|(_, to)| minute < *to);
    left.map(|(from, _)| from.saturating_sub(minute)).min()
}

/// When the window that follows the one of `now` begins; none for the lifetime.
pub(crate) fn next_window(window: Window, zone: &Zone, now: Timestamp) -> Option<Timestamp> {
    const MINUTE: i64 = 60_000_000;
    const HOUR: i64 = 60 * MINUTE;
    let start = window_start(window, zone, now);
    // Beyond the end of the longest window, and not beyond that of the next one, which is at least an
    // hour shorter than usual.
    let later = match window {
        Window::Minute => MINUTE,
        Window::Hour => HOUR,
        Window::Day => 26 * HOUR,
        Window::Week => (7 * 24 + 2) * HOUR,
        Window::Month => (31 * 24 + 2) * HOUR,
        Window::Lifetime => return None,
    };
    Some(window_start(window, zone, start.plus(later)))
}

/// When a closed schedule opens next, within a fortnight, or a week after its last holiday; none: never.
///
/// In steps of at most a quarter of an hour, the distance in which clocks change: the first minute of
/// an opening may not exist, or may come sooner than the clock says.
pub(crate) fn next_opening(schedule: &Schedule, now: Timestamp) -> Option<Timestamp> {
    const MINUTE: i64 = 60_000_000;
    const WEEK: i64 = 7 * 24 * 60;
    const QUARTER: i64 = 15;
    let zone = zone(&schedule.zone);
    let hour = zone.hour_start(now);
    let passed = now.0.saturating_sub(hour.0).div_euclid(MINUTE);
    let mut minute = passed + 1;
    // Each holiday may close a day of each week to come, and a year of them is looked through in a moment.
    let n_holidays = i64::try_from(schedule.holidays.len()).unwrap_or(i64::MAX);
    let minutes_max = WEEK.saturating_mul(2 + n_holidays.min(52));
    while minute < passed + minutes_max {
        let at = hour.plus(minute * MINUTE);
        let to_quarter = QUARTER - minute.rem_euclid(QUARTER);
        minute += match minutes_until_open(schedule, &zone, at) {
            Some(0) => return Some(at),
            Some(wait) => to_quarter.min(i64::from(wait)),
            None => to_quarter,
        };
    }
    None
}
