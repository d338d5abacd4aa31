//! Caps of groups of destinations, of some sources, and of each source apart.

use pointsman_flow::{Cap, CapKind, Destination, Window};
use pointsman_lead::{Answer, Timestamp};

use crate::{Ledger, LedgerEvent};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn capped(cap: Cap) -> Destination {
    Destination {
        caps: vec![cap],
        ..Destination::default()
    }
}

/// Takes a lead of a source at a destination, if that is free for it.
fn take(
    ledger: &mut Ledger,
    (name, settings): (&str, &Destination),
    source: &str,
    now: Timestamp,
) -> bool {
    let is_free = ledger.is_free(name, settings, Some(source), now);
    if is_free {
        ledger.apply(
            &LedgerEvent::reserved("offer", (name, settings), source, Vec::new()),
            now,
        );
        ledger.apply(
            &LedgerEvent::settled("offer", Answer::Accepted, false, None),
            now,
        );
    }
    is_free
}

#[test]
fn a_group_counts_its_destinations_together_and_each_closes_at_its_own_amount() {
    let in_group = |max| {
        capped(Cap {
            group: Some("texas".to_owned()),
            ..Cap::new(CapKind::Accepted, max, Window::Day, "UTC")
        })
    };
    let (acme, zenith, alone) = (
        in_group(2),
        in_group(3),
        capped(Cap::new(CapKind::Accepted, 1, Window::Day, "UTC")),
    );
    let now = at("2026-03-01T10:00:00Z");
    let mut ledger = Ledger::new();
    assert!(take(&mut ledger, ("acme", &acme), "web", now));
    assert!(take(&mut ledger, ("zenith", &zenith), "web", now));
    assert!(
        !take(&mut ledger, ("acme", &acme), "web", now),
        "two of two"
    );
    assert!(take(&mut ledger, ("zenith", &zenith), "web", now));
    assert!(
        !take(&mut ledger, ("zenith", &zenith), "web", now),
        "three of three"
    );
    assert!(
        take(&mut ledger, ("alone", &alone), "web", now),
        "no part of it"
    );
    let told = serde_json::to_string(&ledger).unwrap();
    assert_eq!(serde_json::from_str::<Ledger>(&told).unwrap(), ledger);
}

#[test]
fn each_source_has_the_whole_amount_and_others_are_left_out() {
    let each = capped(Cap {
        each_source: true,
        ..Cap::new(CapKind::Accepted, 2, Window::Day, "UTC")
    });
    let now = at("2026-03-01T10:00:00Z");
    let mut ledger = Ledger::new();
    for source in ["web", "app", "web", "app"] {
        assert!(take(&mut ledger, ("acme", &each), source, now), "{source}");
    }
    for source in ["web", "app"] {
        assert!(!take(&mut ledger, ("acme", &each), source, now), "{source}");
    }
    assert!(take(&mut ledger, ("acme", &each), "kiosk", now));
    let uses = ledger.cap_uses("acme", &each, now);
    let told = uses
        .iter()
        .map(|it| (it.source.as_deref().unwrap(), it.used));
    let told: Vec<(&str, u64)> = told.collect();
    assert_eq!(told, [("app", 2), ("kiosk", 1), ("web", 2)]);
    // As such the destination is not closed: somebody else may come.
    assert!(ledger.is_free("acme", &each, None, now));

    let some = capped(Cap {
        sources: ["web".to_owned(), "app".to_owned()].into(),
        ..Cap::new(CapKind::Accepted, 2, Window::Day, "UTC")
    });
    let mut ledger = Ledger::new();
    assert!(take(&mut ledger, ("acme", &some), "web", now));
    assert!(
        take(&mut ledger, ("acme", &some), "kiosk", now),
        "it does not count"
    );
    assert!(take(&mut ledger, ("acme", &some), "app", now));
    assert!(!take(&mut ledger, ("acme", &some), "web", now));
    assert!(take(&mut ledger, ("acme", &some), "kiosk", now));
    let uses = ledger.cap_uses("acme", &some, now);
    assert_eq!((uses.len(), uses[0].used, &uses[0].source), (1, 2, &None));
}
