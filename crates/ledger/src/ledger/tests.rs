use std::collections::BTreeSet;

use pointsman_flow::{Cap, CapKind, Destination, Opening, Schedule, Window};
use pointsman_lead::{Answer, Timestamp, Weekday};

use crate::{
    FAILURES_MAX, Ledger, LedgerEvent, OPEN_MICROS, RotationArm, Unavailability,
    fixture::{reserve, settle, settled},
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn capped(kind: CapKind, max: u64, window: Window, zone: &str) -> Destination {
    Destination {
        caps: vec![Cap::new(kind, max, window, zone)],
        ..Destination::default()
    }
}

fn is_free(ledger: &Ledger, settings: &Destination, now: &str) -> bool {
    ledger.is_free("acme", settings, Some("web"), at(now))
}

/// The kinds and counts of what keeps `acme` from being free, in few words: `inactive`, `accepted 2 of 2`.
fn reasons(ledger: &Ledger, settings: &Destination, now: Timestamp) -> Vec<String> {
    let unavailable = ledger.unavailable("acme", settings, Some("web"), now);
    let reason = |it: &Unavailability| match it {
        Unavailability::Inactive => "inactive".to_owned(),
        Unavailability::Schedule { .. } => "schedule".to_owned(),
        Unavailability::Breaker { .. } => "breaker".to_owned(),
        Unavailability::Cap {
            kind, used, max, ..
        } => format!("{} {used} of {max}", kind.word()),
    };
    unavailable.iter().map(reason).collect()
}

#[test]
fn an_offers_cap_counts_every_offer_that_was_sent() {
    let acme = capped(CapKind::Offers, 2, Window::Day, "UTC");
    let mut ledger = Ledger::new();
    for answer in [Answer::Rejected, Answer::NotSent, Answer::Accepted] {
        let now = at("2026-03-01T10:00:00Z");
        assert!(
            is_free(&ledger, &acme, "2026-03-01T10:00:00Z"),
            "before {answer:?}"
        );
        reserve(&mut ledger, "offer", &acme, now);
        settle(&mut ledger, "offer", answer, now);
    }
    let late = at("2026-03-01T23:59:59Z");
    assert_eq!(reasons(&ledger, &acme, late), ["offers 2 of 2"]);
    assert!(is_free(&ledger, &acme, "2026-03-02T00:00:00Z"));
}

#[test]
fn an_accepted_cap_holds_a_unit_while_the_answer_is_open_or_unknown() {
    let acme = capped(CapKind::Accepted, 1, Window::Day, "UTC");
    let now = at("2026-03-01T10:00:00Z");
    for (answer, free_after) in [
        (Answer::Accepted, false),
        (Answer::Unknown, false),
        (Answer::Rejected, true),
        (Answer::NotSent, true),
    ] {
        let mut ledger = Ledger::new();
        reserve(&mut ledger, "offer", &acme, now);
        assert!(
            !is_free(&ledger, &acme, "2026-03-01T10:00:01Z"),
            "{answer:?} pending"
        );
        settle(&mut ledger, "offer", answer, now);
        assert_eq!(
            is_free(&ledger, &acme, "2026-03-01T10:00:02Z"),
            free_after,
            "{answer:?}"
        );
    }
}

#[test]
fn a_unit_is_charged_to_the_window_in_which_it_was_reserved() {
    let acme = capped(CapKind::Accepted, 1, Window::Hour, "UTC");
    let mut ledger = Ledger::new();
    reserve(&mut ledger, "offer", &acme, at("2026-03-01T10:59:59Z"));
    assert!(is_free(&ledger, &acme, "2026-03-01T11:00:00Z"));
    settle(
        &mut ledger,
        "offer",
        Answer::Accepted,
        at("2026-03-01T11:00:01Z"),
    );
    assert!(is_free(&ledger, &acme, "2026-03-01T11:00:02Z"));
}

#[test]
fn days_follow_the_zone_of_the_cap() {
    let acme = capped(CapKind::Offers, 1, Window::Day, "America/New_York");
    let mut ledger = Ledger::new();
    reserve(&mut ledger, "offer", &acme, at("2026-01-15T04:59:00Z"));
    assert!(!is_free(&ledger, &acme, "2026-01-15T04:59:59Z"));
    assert!(is_free(&ledger, &acme, "2026-01-15T05:00:00Z"));
}

#[test]
fn two_caps_that_count_the_same_charge_a_counter_each() {
    let with = |max: u64| {
        capped(CapKind::Accepted, max, Window::Day, "UTC")
            .caps
            .remove(0)
    };
    let mut acme = Destination {
        caps: vec![with(10), with(20), with(30)],
        ..Destination::default()
    };
    acme.name_caps();
    let names: Vec<Option<&str>> = acme.caps.iter().map(|cap| cap.name.as_deref()).collect();
    assert_eq!(
        names,
        [None, Some("accepted-day-2"), Some("accepted-day-3")]
    );
    let mut ledger = Ledger::new();
    let now = at("2026-03-01T10:00:00Z");
    for n_taken in 0..10 {
        assert!(
            ledger.is_free("acme", &acme, Some("web"), now),
            "after {n_taken}"
        );
        reserve(&mut ledger, "offer", &acme, now);
        settle(&mut ledger, "offer", Answer::Accepted, now);
    }
    assert_eq!(reasons(&ledger, &acme, now), ["accepted 10 of 10"]);
    assert_eq!(ledger.used_now("acme", &acme.caps[1], Some("web"), now), 10);
    // Other kinds, windows and zones are told apart without a name.
    let mut other = Destination {
        caps: vec![
            with(10),
            capped(CapKind::Offers, 9, Window::Day, "UTC")
                .caps
                .remove(0),
        ],
        ..Destination::default()
    };
    other.name_caps();
    assert!(other.caps.iter().all(|cap| cap.name.is_none()));
}

#[test]
fn a_raised_cap_keeps_what_it_has_counted() {
    let mut ledger = Ledger::new();
    let now = at("2026-03-01T10:00:00Z");
    let acme = capped(CapKind::Offers, 1, Window::Day, "UTC");
    reserve(&mut ledger, "offer", &acme, now);
    let raised = capped(CapKind::Offers, 2, Window::Day, "UTC");
    assert_eq!(
        ledger.used_now("acme", &raised.caps[0], Some("web"), now),
        1
    );
    assert!(ledger.is_free("acme", &raised, Some("web"), now));
}

#[test]
fn failures_in_a_row_open_the_breaker_and_a_lone_probe_closes_it() {
    let acme = Destination::default();
    let mut ledger = Ledger::new();
    let now = at("2026-03-01T10:00:00Z");
    for _ in 0..FAILURES_MAX {
        assert!(ledger.is_free("acme", &acme, Some("web"), now));
        reserve(&mut ledger, "offer", &acme, now);
        settle(&mut ledger, "offer", Answer::Unknown, now);
    }
    assert_eq!(reasons(&ledger, &acme, now), ["breaker"]);
    let later = now.plus(OPEN_MICROS);
    assert!(ledger.is_free("acme", &acme, Some("web"), later));
    reserve(&mut ledger, "probe", &acme, later);
    assert_eq!(
        reasons(&ledger, &acme, later),
        ["breaker"],
        "one probe at a time"
    );
    settle(&mut ledger, "probe", Answer::Rejected, later);
    assert!(ledger.is_free("acme", &acme, Some("web"), later));
    assert_eq!(ledger, Ledger::new());
}

#[test]
fn a_clock_that_is_set_back_ends_the_rest_of_a_breaker_and_charges_its_own_windows() {
    let acme = capped(CapKind::Accepted, 2, Window::Day, "UTC");
    let (now, ahead) = (at("2026-03-01T10:00:00Z"), at("2027-04-05T10:00:00Z"));
    let mut ledger = Ledger::new();
    for _ in 0..FAILURES_MAX {
        reserve(&mut ledger, "offer", &acme, ahead);
        settle(&mut ledger, "offer", Answer::NotSent, ahead);
    }
    assert_eq!(reasons(&ledger, &acme, ahead.plus(1)), ["breaker"]);
    // No breaker rests for 400 days: a single offer tries the destination, and its success closes it.
    reserve(&mut ledger, "probe", &acme, now);
    assert_eq!(reasons(&ledger, &acme, now), ["breaker"]);
    settle(&mut ledger, "probe", Answer::Accepted, now);
    reserve(&mut ledger, "second", &acme, now);
    settle(&mut ledger, "second", Answer::Accepted, now);
    assert_eq!(reasons(&ledger, &acme, now), ["accepted 2 of 2"]);
    assert!(is_free(&ledger, &acme, "2026-03-02T00:00:00Z"));
}

#[test]
fn our_own_interruptions_do_not_open_a_breaker() {
    let acme = Destination::default();
    let mut ledger = Ledger::new();
    let now = at("2026-03-01T10:00:00Z");
    for _ in 0..2 * FAILURES_MAX {
        reserve(&mut ledger, "offer", &acme, now);
        ledger.apply(&settled("offer", Answer::Unknown, false), now);
    }
    assert!(ledger.is_free("acme", &acme, Some("web"), now));
}

#[test]
fn a_schedule_opens_by_its_own_clock() {
    let office = Schedule {
        zone: "America/Los_Angeles".to_owned(),
        open: vec![Opening {
            days: vec![Weekday::Monday],
            from: "09:00".to_owned(),
            to: "17:00".to_owned(),
        }],
        holidays: BTreeSet::new(),
    };
    let acme = Destination {
        schedule: Some(office),
        ..Destination::default()
    };
    let ledger = Ledger::new();
    assert!(
        is_free(&ledger, &acme, "2026-03-02T17:00:00Z"),
        "Monday nine o'clock in Los Angeles"
    );
    assert!(!is_free(&ledger, &acme, "2026-03-02T16:59:59Z"));
    assert!(
        !is_free(&ledger, &acme, "2026-03-03T01:00:00Z"),
        "five in the afternoon is closed"
    );
    assert!(!is_free(&ledger, &acme, "2026-03-03T18:00:00Z"), "Tuesday");
}

#[test]
fn an_inactive_destination_is_not_free() {
    let acme = Destination {
        active: false,
        ..Destination::default()
    };
    assert_eq!(reasons(&Ledger::new(), &acme, Timestamp(0)), ["inactive"]);
}

#[test]
fn times_beyond_all_calendars_have_windows_too() {
    let windows = [
        Window::Minute,
        Window::Hour,
        Window::Day,
        Window::Week,
        Window::Month,
        Window::Lifetime,
    ];
    for (zone, window) in ["UTC", "Pacific/Apia", "America/New_York"]
        .into_iter()
        .flat_map(|zone| windows.map(|window| (zone, window)))
    {
        let acme = capped(CapKind::Accepted, 1, window, zone);
        for now in [i64::MIN, -1, i64::MAX].map(Timestamp) {
            let mut ledger = Ledger::new();
            reserve(&mut ledger, "offer", &acme, now);
            let unavailable = ledger.unavailable("acme", &acme, Some("web"), now);
            assert_eq!(unavailable.len(), 1, "{zone} {window:?} {now}");
        }
    }
}

#[test]
fn an_offer_that_is_not_open_settles_nothing() {
    let acme = capped(CapKind::Accepted, 2, Window::Day, "UTC");
    let now = at("2026-03-01T10:00:00Z");
    let mut ledger = Ledger::new();
    reserve(&mut ledger, "offer", &acme, now);
    settle(&mut ledger, "offer", Answer::Accepted, now);
    let before = ledger.clone();
    for offer in ["offer", "another"] {
        settle(&mut ledger, offer, Answer::Rejected, now);
        assert_eq!(ledger, before, "{offer}");
    }
}

/// The form in which events can be stored: a later release reads what an earlier one wrote.
#[test]
fn events_survive_json() {
    let mut acme = capped(CapKind::Accepted, 2, Window::Day, "America/New_York");
    acme.caps[0].name = Some("daily".to_owned());
    let arm = r#"{"node":{"flow":"auto","node":"fair"},"arm":"acme","zone":"UTC"}"#;
    let arm: RotationArm = serde_json::from_str(arm).unwrap();
    let stored = [
        (
            LedgerEvent::reserved("offer", ("acme", &acme), "web", vec![arm]),
            r#"{"event":"reserved","offer":"offer","destination":"acme","caps":[{"name":"daily","kind":"accepted","window":"day","zone":"America/New_York"}],"turns":[{"node":{"flow":"auto","node":"fair"},"arm":"acme","zone":"UTC"}]}"#,
        ),
        (
            settled("offer", Answer::NotSent, true),
            r#"{"event":"settled","offer":"offer","answer":"not_sent","failed":true}"#,
        ),
    ];
    for (event, json) in stored {
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
        assert_eq!(serde_json::from_str::<LedgerEvent>(json).unwrap(), event);
    }
}

/// Every hour for a year: what is held does not grow beyond the windows that can still matter.
#[test]
fn windows_that_ended_long_ago_are_forgotten() {
    let acme = capped(CapKind::Offers, 1_000_000, Window::Hour, "UTC");
    let mut ledger = Ledger::new();
    let mut now = at("2026-01-01T00:30:00Z");
    let mut sizes = Vec::new();
    for _ in 0..8_760 {
        reserve(&mut ledger, "offer", &acme, now);
        settle(&mut ledger, "offer", Answer::Accepted, now);
        sizes.push(serde_json::to_string(&ledger).unwrap().len());
        now = now.plus(3_600_000_000);
    }
    assert_eq!(sizes[100], sizes[8_759]);
    let two_days_ago = now.plus(-49 * 3_600_000_000);
    assert_eq!(
        ledger.used_now("acme", &acme.caps[0], Some("web"), two_days_ago),
        1
    );
}

/// A clock that steps far back comes to a window older than any that is remembered: what is charged to it counts.
#[test]
fn the_present_window_is_never_forgotten() {
    let acme = capped(CapKind::Offers, 2, Window::Hour, "UTC");
    let mut ledger = Ledger::new();
    let mut now = at("2026-03-01T00:30:00Z");
    for _ in 0..100 {
        reserve(&mut ledger, "offer", &acme, now);
        settle(&mut ledger, "offer", Answer::Accepted, now);
        now = now.plus(3_600_000_000);
    }
    let back = at("2026-01-01T00:30:00Z");
    for _ in 0..2 {
        reserve(&mut ledger, "offer", &acme, back);
        settle(&mut ledger, "offer", Answer::Accepted, back);
    }
    assert_eq!(reasons(&ledger, &acme, back), ["offers 2 of 2"]);
}
