//! What each kind of cap counts, and when it lets more through.

use std::collections::BTreeMap;

use pointsman_flow::{Cap, CapKind, Destination, Pays, Window};
use pointsman_lead::{Answer, Micros, Timestamp, Weekday};
use proptest::prelude::*;

use crate::{
    Ledger, LedgerEvent, ReportedAmounts, Unavailability,
    fixture::{reserve, settle},
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn capped(cap: Cap) -> Destination {
    Destination {
        caps: vec![cap],
        ..Destination::default()
    }
}

fn used(ledger: &Ledger, settings: &Destination, now: Timestamp) -> u64 {
    ledger.used_now("acme", &settings.caps[0], Some("web"), now)
}

fn report(ledger: &mut Ledger, settings: &Destination, amounts: (i64, i64), at: Timestamp) {
    let (sales, revenue) = amounts;
    let amounts = ReportedAmounts {
        sales,
        revenue,
        accepted: 0,
        offered_at: at,
    };
    if let Some(event) = LedgerEvent::reported(("acme", &settings.caps), "web", amounts) {
        ledger.apply(&event, at);
    }
}

#[test]
fn what_is_in_flight_is_given_back_by_every_answer() {
    let acme = capped(Cap::new(CapKind::InFlight, 2, Window::Lifetime, "UTC"));
    let now = at("2026-03-01T10:00:00Z");
    for answer in [
        Answer::Accepted,
        Answer::Rejected,
        Answer::NotSent,
        Answer::Unknown,
    ] {
        let mut ledger = Ledger::new();
        reserve(&mut ledger, "one", &acme, now);
        assert!(
            ledger.is_free("acme", &acme, Some("web"), now),
            "one of two"
        );
        reserve(&mut ledger, "two", &acme, now);
        assert!(
            !ledger.is_free("acme", &acme, Some("web"), now),
            "two of two"
        );
        ledger.apply(&LedgerEvent::settled("one", answer, false, None), now);
        assert!(
            ledger.is_free("acme", &acme, Some("web"), now),
            "{answer:?}"
        );
        assert_eq!(used(&ledger, &acme, now), 1);
    }
}

#[test]
fn conversions_count_in_the_window_in_which_they_are_reported() {
    let acme = capped(Cap::new(CapKind::Conversions, 2, Window::Day, "UTC"));
    let (monday, tuesday) = (at("2026-03-02T10:00:00Z"), at("2026-03-03T10:00:00Z"));
    let mut ledger = Ledger::new();
    for offer in ["one", "two", "three"] {
        reserve(&mut ledger, offer, &acme, monday);
        settle(&mut ledger, offer, Answer::Accepted, monday);
    }
    assert_eq!(
        used(&ledger, &acme, monday),
        0,
        "sold leads are no conversions"
    );
    report(&mut ledger, &acme, (1, 5), tuesday);
    assert!(ledger.is_free("acme", &acme, Some("web"), tuesday));
    report(&mut ledger, &acme, (1, 5), tuesday);
    assert!(!ledger.is_free("acme", &acme, Some("web"), tuesday));
    // What was sold before arrives, and is told.
    report(&mut ledger, &acme, (1, 5), tuesday);
    let uses = ledger.cap_uses("acme", &acme, tuesday);
    assert_eq!(
        (uses[0].used, uses[0].beyond(), uses[0].reached_percent()),
        (3, 1, Some(100))
    );
    report(&mut ledger, &acme, (-1, -5), tuesday);
    assert_eq!(used(&ledger, &acme, tuesday), 2);
    // What is taken back of another window leaves nothing at least.
    let wednesday = at("2026-03-04T10:00:00Z");
    report(&mut ledger, &acme, (-1, -5), wednesday);
    assert_eq!(used(&ledger, &acme, wednesday), 0);
    assert!(ledger.is_free("acme", &acme, Some("web"), wednesday));
}

#[test]
fn a_returned_lead_gives_its_unit_back_in_the_window_of_its_offer() {
    let acme = capped(Cap::new(CapKind::Accepted, 2, Window::Day, "UTC"));
    let (monday, tuesday) = (at("2026-03-02T10:00:00Z"), at("2026-03-03T10:00:00Z"));
    let mut ledger = Ledger::new();
    for (offer, at) in [("one", monday), ("two", monday), ("three", tuesday)] {
        reserve(&mut ledger, offer, &acme, at);
        settle(&mut ledger, offer, Answer::Accepted, at);
    }
    assert!(!ledger.is_free("acme", &acme, Some("web"), monday));
    let returned = |accepted, offered_at| {
        let amounts = ReportedAmounts {
            sales: 0,
            revenue: -5,
            accepted,
            offered_at,
        };
        LedgerEvent::reported(("acme", &acme.caps), "web", amounts).unwrap()
    };
    ledger.apply(&returned(-1, monday), tuesday);
    assert_eq!(
        (used(&ledger, &acme, monday), used(&ledger, &acme, tuesday)),
        (1, 1)
    );
    assert!(ledger.is_free("acme", &acme, Some("web"), monday));
    ledger.apply(&returned(1, monday), tuesday);
    assert_eq!(used(&ledger, &acme, monday), 2);
    // A window that nobody remembers stays forgotten, and nothing is below nothing.
    let before = ledger.clone();
    ledger.apply(&returned(-1, at("2025-01-01T00:00:00Z")), tuesday);
    assert_eq!(ledger, before);
    for _ in 0..3 {
        ledger.apply(&returned(-1, monday), tuesday);
    }
    assert_eq!(used(&ledger, &acme, monday), 0);
    // Without a unit, caps of accepted leads have nothing to count.
    let none = ReportedAmounts {
        sales: 0,
        revenue: -5,
        accepted: 0,
        offered_at: monday,
    };
    assert_eq!(
        LedgerEvent::reported(("acme", &acme.caps), "web", none),
        None
    );
}

#[test]
fn revenue_is_reserved_where_the_price_is_fixed() {
    let acme = Destination {
        price: Some(Micros(4)),
        ..capped(Cap::new(CapKind::Revenue, 10, Window::Day, "UTC"))
    };
    let now = at("2026-03-01T10:00:00Z");
    let mut ledger = Ledger::new();
    reserve(&mut ledger, "one", &acme, now);
    reserve(&mut ledger, "two", &acme, now);
    assert_eq!(used(&ledger, &acme, now), 8);
    assert!(
        !ledger.is_free("acme", &acme, Some("web"), now),
        "a third one would come to 12"
    );
    settle(&mut ledger, "one", Answer::Rejected, now);
    assert!(ledger.is_free("acme", &acme, Some("web"), now));
    // What was paid is known when it is paid.
    let paid = LedgerEvent::settled("two", Answer::Accepted, false, Some(Micros(6)));
    ledger.apply(&paid, now);
    assert_eq!(used(&ledger, &acme, now), 6);
    assert!(ledger.is_free("acme", &acme, Some("web"), now));
    report(&mut ledger, &acme, (0, 1), now);
    assert!(
        !ledger.is_free("acme", &acme, Some("web"), now),
        "11 would be beyond"
    );
    // An unknown answer keeps what it reserved.
    let mut ledger = Ledger::new();
    reserve(&mut ledger, "one", &acme, now);
    settle(&mut ledger, "one", Answer::Unknown, now);
    assert_eq!(used(&ledger, &acme, now), 4);
}

#[test]
fn revenue_that_is_not_known_before_closes_when_it_is_reached() {
    let acme = Destination {
        price: Some(Micros(4)),
        pays: Pays::Conversion,
        ..capped(Cap::new(CapKind::Revenue, 10, Window::Day, "UTC"))
    };
    let now = at("2026-03-01T10:00:00Z");
    let mut ledger = Ledger::new();
    reserve(&mut ledger, "one", &acme, now);
    settle(&mut ledger, "one", Answer::Accepted, now);
    assert_eq!(used(&ledger, &acme, now), 0);
    report(&mut ledger, &acme, (1, 9), now);
    assert!(ledger.is_free("acme", &acme, Some("web"), now));
    report(&mut ledger, &acme, (1, 4), now);
    assert!(!ledger.is_free("acme", &acme, Some("web"), now));
    assert_eq!(ledger.cap_uses("acme", &acme, now)[0].beyond(), 3);
}

#[test]
fn some_days_have_an_amount_of_their_own() {
    let acme = capped(Cap {
        max_on: BTreeMap::from([(Weekday::Saturday, 1), (Weekday::Sunday, 0)]),
        ..Cap::new(CapKind::Accepted, 2, Window::Day, "America/New_York")
    });
    let taken = |mut now: Timestamp| {
        let mut ledger = Ledger::new();
        let mut n_taken = 0;
        while ledger.is_free("acme", &acme, Some("web"), now) && n_taken < 9 {
            reserve(&mut ledger, "offer", &acme, now);
            settle(&mut ledger, "offer", Answer::Accepted, now);
            n_taken += 1;
            now = now.plus(1);
        }
        n_taken
    };
    assert_eq!(taken(at("2026-03-07T04:59:00Z")), 2, "Friday in New York");
    assert_eq!(taken(at("2026-03-07T05:00:00Z")), 1, "Saturday");
    assert_eq!(taken(at("2026-03-08T12:00:00Z")), 0, "Sunday");
}

#[test]
fn a_soft_cap_closes_nothing_and_tells_how_far_it_is() {
    let acme = capped(Cap {
        soft: true,
        ..Cap::new(CapKind::Offers, 10, Window::Day, "UTC")
    });
    let now = at("2026-03-01T10:00:00Z");
    let mut ledger = Ledger::new();
    let mut marks = Vec::new();
    for n in 0..12 {
        assert!(ledger.is_free("acme", &acme, Some("web"), now), "after {n}");
        reserve(&mut ledger, "offer", &acme, now);
        settle(&mut ledger, "offer", Answer::Accepted, now);
        marks.push(ledger.cap_uses("acme", &acme, now)[0].reached_percent());
    }
    let expected = [
        None,
        None,
        None,
        None,
        Some(50),
        Some(50),
        Some(70),
        Some(70),
        Some(90),
    ];
    assert_eq!(marks[..9], expected);
    assert_eq!(marks[9..], [Some(100); 3]);
}

/// Offers as many as it may at each step of the clock, and says how far beside its line it ever was.
#[expect(
    clippy::cast_precision_loss,
    reason = "leads and microseconds of a day are far below 2^53"
)]
fn pace(zone: &str, from: &str, hours: i64, step: i64) -> (u64, f64) {
    let max = 1_000;
    let acme = capped(Cap {
        paced: true,
        ..Cap::new(CapKind::Offers, max, Window::Day, zone)
    });
    let start = at(from);
    let length = hours * 3_600_000_000;
    let mut ledger = Ledger::new();
    let (mut taken, mut worst) = (0_u64, 0.0_f64);
    let mut passed = 0;
    while passed < length {
        let now = start.plus(passed);
        while ledger.is_free("acme", &acme, Some("web"), now) {
            reserve(&mut ledger, "offer", &acme, now);
            settle(&mut ledger, "offer", Answer::Accepted, now);
            taken += 1;
        }
        let line = max as f64 * passed as f64 / length as f64;
        worst = worst.max((taken as f64 - line).abs() / max as f64);
        passed += step;
    }
    (taken, worst)
}

#[test]
fn a_paced_cap_follows_its_line_on_days_of_23_24_and_25_hours() {
    const MINUTE: i64 = 60_000_000;
    for (from, hours) in [
        ("2026-03-07T05:00:00Z", 24),
        ("2026-03-08T05:00:00Z", 23),
        ("2026-11-01T04:00:00Z", 25),
    ] {
        let (taken, worst) = pace("America/New_York", from, hours, MINUTE);
        assert!(worst < 0.02, "{from}: {worst}");
        assert!((998..=1_000).contains(&taken), "{from}: {taken}");
    }
}

#[test]
fn a_throttle_is_a_cap_of_offers_a_minute() {
    let acme = capped(Cap::new(CapKind::Offers, 2, Window::Minute, "UTC"));
    let now = at("2026-03-01T10:00:30Z");
    let mut ledger = Ledger::new();
    for _ in 0..2 {
        assert!(ledger.is_free("acme", &acme, Some("web"), now));
        reserve(&mut ledger, "offer", &acme, now);
        settle(&mut ledger, "offer", Answer::Rejected, now);
    }
    let unavailable = ledger.unavailable("acme", &acme, Some("web"), now);
    let [Unavailability::Cap { until, .. }] = &unavailable[..] else {
        panic!("{unavailable:?}");
    };
    assert_eq!(*until, Some(at("2026-03-01T10:01:00Z")));
    assert!(ledger.is_free("acme", &acme, Some("web"), at("2026-03-01T10:01:00Z")));
}

proptest! {
    /// What is said of a paced cap that is used up is true: it is closed until then, and open from then on.
    #[test]
    fn a_paced_cap_opens_when_it_says(
        max in 1..50_u64,
        n_offers in 0..60_u64,
        passed in 0..86_399_i64,
    ) {
        let acme = capped(Cap {
            paced: true,
            ..Cap::new(CapKind::Offers, max, Window::Day, "UTC")
        });
        let now = at("2026-03-02T00:00:00Z").plus(passed * 1_000_000);
        let mut ledger = Ledger::new();
        for _ in 0..n_offers {
            reserve(&mut ledger, "offer", &acme, now);
        }
        let unavailable = ledger.unavailable("acme", &acme, Some("web"), now);
        if let [Unavailability::Cap { until: Some(until), .. }] = &unavailable[..] {
            prop_assert!(*until > now);
            prop_assert!(ledger.is_free("acme", &acme, Some("web"), *until));
            prop_assert!(!ledger.is_free("acme", &acme, Some("web"), until.plus(-1)));
        } else {
            prop_assert!(ledger.is_free("acme", &acme, Some("web"), now));
        }
    }

    /// Whatever happens in whatever order: nothing is counted that is not there, and hard caps are not exceeded.
    #[test]
    fn caps_count_what_a_plain_count_counts(
        steps in prop::collection::vec((0..3_u8, 0..4_u8, 0..20_i64), 0..80),
    ) {
        let acme = Destination {
            price: Some(Micros(3)),
            caps: vec![
                Cap::new(CapKind::InFlight, 4, Window::Lifetime, "UTC"),
                Cap::new(CapKind::Revenue, 30, Window::Lifetime, "UTC"),
                Cap::new(CapKind::Accepted, 8, Window::Lifetime, "UTC"),
            ],
            ..Destination::default()
        };
        let now = at("2026-03-02T00:00:00Z");
        let mut ledger = Ledger::new();
        let (mut open, mut accepted, mut unknown) = (Vec::new(), 0_u64, 0_u64);
        for (n, (what, answer, pick)) in steps.into_iter().enumerate() {
            if what > 0 && ledger.is_free("acme", &acme, Some("web"), now) {
                let offer = format!("offer-{n}");
                reserve(&mut ledger, &offer, &acme, now);
                open.push(offer);
            } else if !open.is_empty() {
                let offer = open.remove(usize::try_from(pick).unwrap() % open.len());
                let answer = [Answer::Accepted, Answer::Rejected, Answer::NotSent, Answer::Unknown][usize::from(answer)];
                let paid = (answer == Answer::Accepted).then_some(Micros(3));
                ledger.apply(&LedgerEvent::settled(&offer, answer, false, paid), now);
                accepted += u64::from(answer == Answer::Accepted);
                unknown += u64::from(answer == Answer::Unknown);
            }
            let n_open = open.len() as u64;
            let taken = n_open + accepted + unknown;
            let counted = |cap: usize| ledger.used_now("acme", &acme.caps[cap], Some("web"), now);
            prop_assert_eq!([counted(0), counted(1), counted(2)], [n_open, 3 * taken, taken]);
            prop_assert!(n_open <= 4 && 3 * taken <= 30 && taken <= 8);
        }
    }
}
