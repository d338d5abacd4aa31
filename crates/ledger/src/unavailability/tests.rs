use std::collections::BTreeSet;

use pointsman_flow::{Cap, CapKind, Destination, Opening, Schedule, Window};
use pointsman_lead::{Answer, Timestamp, Weekday};
use proptest::prelude::*;

use super::Unavailability;
use crate::{
    FAILURES_MAX, Ledger, OPEN_MICROS,
    fixture::{reserve, settle, settled},
};

const EVERY_DAY: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn hours(zone: &str, days: &[Weekday], from: &str, to: &str) -> Destination {
    let opening = Opening {
        days: days.to_vec(),
        from: from.to_owned(),
        to: to.to_owned(),
    };
    Destination {
        schedule: Some(Schedule {
            zone: zone.to_owned(),
            open: vec![opening],
            holidays: BTreeSet::new(),
        }),
        ..Destination::default()
    }
}

fn cap(kind: CapKind, max: u64, window: Window, zone: &str) -> Cap {
    Cap::new(kind, max, window, zone)
}

fn opens_at(settings: &Destination, now: &str) -> Option<String> {
    let unavailable = Ledger::new().unavailable("acme", settings, Some("web"), at(now));
    match &unavailable[..] {
        [Unavailability::Schedule { opens_at, .. }] => opens_at.map(|at| at.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_cap_says_how_much_of_it_is_used_and_when_it_begins_anew() {
    let settings = Destination {
        caps: vec![
            cap(CapKind::Accepted, 2, Window::Day, "UTC"),
            cap(CapKind::Offers, 9, Window::Lifetime, "UTC"),
        ],
        ..Destination::default()
    };
    let now = at("2026-01-31T09:30:00Z");
    let mut ledger = Ledger::new();
    let used = |ledger: &Ledger, now| -> Vec<(u64, Option<String>)> {
        let uses = ledger.cap_uses("acme", &settings, now).into_iter();
        uses.map(|it| (it.used, it.until.map(|until| until.to_string())))
            .collect()
    };
    let midnight = Some("2026-02-01T00:00:00Z".to_owned());
    assert_eq!(used(&ledger, now), [(0, midnight.clone()), (0, None)]);
    reserve(&mut ledger, "offer", &settings, now);
    assert_eq!(used(&ledger, now), [(1, midnight.clone()), (1, None)]);
    settle(&mut ledger, "offer", Answer::Rejected, now);
    assert_eq!(used(&ledger, now), [(0, midnight), (1, None)]);
    let tomorrow = at("2026-02-01T09:30:00Z");
    assert_eq!(used(&ledger, tomorrow)[1], (1, None));
}

#[test]
fn a_closed_schedule_says_when_it_opens_next() {
    let office = hours("America/New_York", &[Weekday::Monday], "09:00", "17:00");
    assert_eq!(
        opens_at(&office, "2026-03-02T22:00:00Z").as_deref(),
        Some("2026-03-09T13:00:00Z"),
        "clocks change in between"
    );
    assert_eq!(
        opens_at(&office, "2026-03-02T13:59:59.5Z").as_deref(),
        Some("2026-03-02T14:00:00Z")
    );
    let skipped = hours("America/New_York", &[Weekday::Sunday], "02:15", "03:30");
    assert_eq!(
        opens_at(&skipped, "2026-03-08T06:59:00Z").as_deref(),
        Some("2026-03-08T07:00:00Z"),
        "there is no 02:15 on that day"
    );
    assert_eq!(
        opens_at(&hours("UTC", &[], "09:00", "17:00"), "2026-03-02T13:00:00Z"),
        None
    );
}

#[test]
fn a_full_cap_says_how_full_it_is_and_until_when() {
    let windows = [
        (Window::Hour, Some("2026-03-08T07:00:00Z")),
        (Window::Day, Some("2026-03-09T04:00:00Z")),
        (Window::Week, Some("2026-03-09T04:00:00Z")),
        (Window::Month, Some("2026-04-01T04:00:00Z")),
        (Window::Lifetime, None),
    ];
    let acme = Destination {
        caps: windows
            .map(|(window, _)| cap(CapKind::Offers, 1, window, "America/New_York"))
            .to_vec(),
        ..Destination::default()
    };
    let now = at("2026-03-08T06:30:00Z");
    let mut ledger = Ledger::new();
    assert_eq!(ledger.unavailable("acme", &acme, Some("web"), now), []);
    reserve(&mut ledger, "offer", &acme, now);
    let expected = windows.map(|(window, until)| Unavailability::Cap {
        name: None,
        kind: CapKind::Offers,
        max: 1,
        by_now: 1,
        used: 1,
        window,
        zone: "America/New_York".to_owned(),
        until: until.map(at),
    });
    assert_eq!(
        ledger.unavailable("acme", &acme, Some("web"), now),
        expected
    );
}

#[test]
fn a_breaker_says_what_it_waits_for() {
    let acme = Destination::default();
    let mut ledger = Ledger::new();
    let now = at("2026-03-01T10:00:00Z");
    for _ in 0..FAILURES_MAX {
        reserve(&mut ledger, "offer", &acme, now);
        settle(&mut ledger, "offer", Answer::NotSent, now);
    }
    let until = now.plus(OPEN_MICROS);
    let rests = |probing| {
        vec![Unavailability::Breaker {
            failures: FAILURES_MAX,
            until,
            probing,
        }]
    };
    assert_eq!(
        ledger.unavailable("acme", &acme, Some("web"), now),
        rests(false)
    );
    assert_eq!(ledger.unavailable("acme", &acme, Some("web"), until), []);
    reserve(&mut ledger, "offer", &acme, until);
    assert_eq!(
        ledger.unavailable("acme", &acme, Some("web"), until),
        rests(true)
    );
}

/// An answer and whether it is a failure; none: it never comes.
fn settlement() -> impl Strategy<Value = Option<(Answer, bool)>> {
    let answer = prop::sample::select(vec![
        Answer::Accepted,
        Answer::Rejected,
        Answer::NotSent,
        Answer::Unknown,
    ]);
    prop::option::weighted(0.9, (answer, any::<bool>()))
}

proptest! {
    #[test]
    fn who_is_not_free_has_a_reason_and_nobody_else(
        active in prop::bool::weighted(0.9),
        max in 1..6_u64,
        (from, length) in (0..20_u16, 1..5_u16),
        history in prop::collection::vec((0..3_600_i64, settlement()), 0..40),
    ) {
        let open = hours("Asia/Kolkata", &[Weekday::Sunday, Weekday::Monday], &format!("{from:02}:00"), &format!("{:02}:30", from + length - 1));
        let caps = vec![
            cap(CapKind::Accepted, max, Window::Hour, "UTC"),
            cap(CapKind::Offers, 3 * max, Window::Day, "Asia/Kolkata"),
        ];
        let acme = Destination { active, caps, ..open };
        let mut ledger = Ledger::new();
        let mut now = at("2026-03-01T00:00:00Z");
        for (n, (seconds, settlement)) in history.into_iter().enumerate() {
            now = now.plus(seconds * 1_000_000 / 4);
            let unavailable = ledger.unavailable("acme", &acme, Some("web"), now);
            prop_assert_eq!(unavailable.is_empty(), ledger.is_free("acme", &acme, Some("web"), now));
            let opens = unavailable.iter().find_map(|unavailability| match unavailability {
                Unavailability::Schedule { opens_at, .. } => *opens_at,
                _ => None,
            });
            if let Some(opens) = opens {
                let is_open = |at| !ledger.unavailable("acme", &acme, Some("web"), at).iter().any(|it| matches!(it, Unavailability::Schedule { .. }));
                prop_assert!(opens > now && is_open(opens) && !is_open(opens.plus(-1)));
            }
            let offer = format!("offer-{n}");
            reserve(&mut ledger, &offer, &acme, now);
            if let Some((answer, failed)) = settlement {
                ledger.apply(&settled(&offer, answer, failed), now);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Around both changes of the clocks of a year, in zones that change by an hour, by half of one and not at all.
    #[test]
    fn a_schedule_opens_at_the_first_minute_at_which_it_is_open(
        zone in prop::sample::select(vec!["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
        change in prop::sample::select(vec!["2026-03-08T05:00:00Z", "2026-11-01T04:00:00Z", "2026-04-04T13:00:00Z", "2026-10-03T14:00:00Z"]),
        minutes in 0..1_440_i64,
        from in 0..1_439_u16,
        length in 1..90_u16,
    ) {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let to = (from + length).min(1_440);
        let settings = hours(zone, &EVERY_DAY, &clock(from), &clock(to));
        let now = at(change).plus(minutes * 60_000_000 + 1);
        let ledger = Ledger::new();
        let is_open = |at| ledger.is_free("acme", &settings, Some("web"), at);
        if !is_open(now) {
            let first = (1..20_000).map(|minute| at(change).plus((minutes + minute) * 60_000_000)).find(|&at| is_open(at));
            let unavailable = ledger.unavailable("acme", &settings, Some("web"), now);
            let [Unavailability::Schedule { opens_at, .. }] = &unavailable[..] else {
                panic!("{unavailable:?}");
            };
            prop_assert_eq!(*opens_at, first);
        }
    }
}
