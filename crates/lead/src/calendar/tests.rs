use proptest::prelude::*;

use super::{Weekday, Zone};
use crate::Timestamp;

const HOUR: i64 = 3_600_000_000;

/// Every start of a window around one instant, and what the clock shows.
fn around(zone: &str, at: &str) -> String {
    let zone = Zone::parse(zone).unwrap();
    let at: Timestamp = at.parse().unwrap();
    format!(
        "{:02}:{:02} {:?}\nhour  {}\nday   {}\nweek  {}\nmonth {}",
        zone.hour(at),
        zone.minute_of_day(at) % 60,
        zone.weekday(at),
        zone.hour_start(at),
        zone.day_start(at),
        zone.week_start(at),
        zone.month_start(at),
    )
}

fn hours_of_day(zone: &str, noon: &str) -> i64 {
    let zone = Zone::parse(zone).unwrap();
    let start = zone.day_start(noon.parse().unwrap());
    let next = zone.day_start(start.plus(30 * HOUR));
    (next.0 - start.0) / HOUR
}

#[test]
fn windows_follow_the_local_calendar() {
    insta::assert_snapshot!(around("America/New_York", "2026-07-01T03:30:00Z"), @"
    23:30 Tuesday
    hour  2026-07-01T03:00:00Z
    day   2026-06-30T04:00:00Z
    week  2026-06-29T04:00:00Z
    month 2026-06-01T04:00:00Z
    ");
}

#[test]
fn a_day_on_which_clocks_change_has_23_or_25_hours() {
    assert_eq!(hours_of_day("America/New_York", "2026-03-08T16:00:00Z"), 23);
    assert_eq!(hours_of_day("America/New_York", "2026-11-01T16:00:00Z"), 25);
    assert_eq!(hours_of_day("America/New_York", "2026-11-02T16:00:00Z"), 24);
}

#[test]
fn a_repeated_hour_is_two_hours() {
    let zone = Zone::parse("America/New_York").unwrap();
    let first: Timestamp = "2026-11-01T05:30:00Z".parse().unwrap();
    let second: Timestamp = "2026-11-01T06:30:00Z".parse().unwrap();
    assert_eq!((zone.hour(first), zone.hour(second)), (1, 1));
    assert_eq!(zone.hour_start(first), first.plus(-HOUR / 2));
    assert_eq!(zone.hour_start(second), second.plus(-HOUR / 2));
}

#[test]
fn a_change_inside_the_hour_starts_a_new_one() {
    // Lord Howe Island goes back by half an hour, from 02:00 to 01:30.
    insta::assert_snapshot!(around("Australia/Lord_Howe", "2026-04-04T15:10:00Z"), @"
    01:40 Sunday
    hour  2026-04-04T15:00:00Z
    day   2026-04-04T13:00:00Z
    week  2026-03-29T13:00:00Z
    month 2026-03-31T13:00:00Z
    ");
}

#[test]
fn a_day_without_midnight_begins_later() {
    // In Beirut clocks go from 00:00 to 01:00 on the last Sunday of March.
    let zone = Zone::parse("Asia/Beirut").unwrap();
    let noon: Timestamp = "2026-03-29T09:00:00Z".parse().unwrap();
    assert_eq!(zone.day_start(noon).to_string(), "2026-03-28T22:00:00Z");
    assert_eq!(zone.hour(zone.day_start(noon)), 1);
}

#[test]
fn names_are_exact() {
    for name in [
        "america/new_york",
        "+02:00",
        "",
        "Mars/Olympus",
        "EST5EDT,M3",
    ] {
        assert!(Zone::parse(name).is_err(), "{name}");
    }
    assert_eq!(Zone::parse("UTC").unwrap(), Zone::utc());
    assert_eq!(Weekday::Sunday.number(), 7);
}

#[test]
fn the_ends_of_time_do_not_panic() {
    let zone = Zone::parse("Pacific/Apia").unwrap();
    for at in [i64::MIN, i64::MAX, 0] {
        let at = Timestamp(at);
        zone.hour_start(at);
        zone.week_start(at);
        zone.month_start(at);
        zone.day_start(at);
        zone.weekday(at);
    }
}

proptest! {
    #[test]
    fn a_window_begins_at_its_own_start(
        seconds in -2_000_000_000_i64..4_000_000_000,
        name in prop::sample::select(vec![
            "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia",
        ]),
    ) {
        let (zone, at) = (Zone::parse(name).unwrap(), Timestamp(seconds * 1_000_000));
        for start in [Zone::hour_start, Zone::day_start, Zone::week_start, Zone::month_start] {
            let begun = start(&zone, at);
            prop_assert!(begun <= at);
            prop_assert_eq!(start(&zone, begun), begun);
        }
        prop_assert!(zone.month_start(at) <= zone.day_start(at));
        prop_assert!(zone.day_start(at) <= zone.hour_start(at));
    }
}
