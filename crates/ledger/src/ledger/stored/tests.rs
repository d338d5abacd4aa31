use pointsman_flow::{Cap, CapKind, Destination, Window};
use pointsman_lead::{Answer, Micros, Timestamp};
use proptest::prelude::*;

use crate::{Ledger, LedgerEvent, RotationArm, fixture::settled};

const ANSWERS: [Answer; 4] = [
    Answer::Accepted,
    Answer::Rejected,
    Answer::NotSent,
    Answer::Unknown,
];

/// A destination with a cap of each window.
fn settings() -> Destination {
    let windows = [Window::Hour, Window::Day, Window::Month, Window::Lifetime];
    let new_york = |kind, window| Cap::new(kind, 3, window, "America/New_York");
    let caps = windows
        .into_iter()
        .map(|window| new_york(CapKind::Accepted, window));
    let others = [CapKind::Revenue, CapKind::InFlight, CapKind::Conversions];
    let others = others
        .into_iter()
        .map(|kind| new_york(kind, Window::Lifetime));
    Destination {
        price: Some(Micros(7)),
        caps: caps.chain(others).collect(),
        ..Destination::default()
    }
}

fn arm(n: u8) -> RotationArm {
    let arm = format!(
        r#"{{"node":{{"flow":"auto","node":"fair"}},"arm":"arm{n}","zone":"Europe/Berlin"}}"#
    );
    serde_json::from_str(&arm).unwrap()
}

/// An offer that is made, or answered, so many seconds after the one before.
fn events() -> impl Strategy<Value = Vec<(LedgerEvent, i64)>> {
    let made = (0..9_u8, 0..3_u8).prop_map(|(offer, destination)| {
        let name = format!("buyer{destination}");
        let arms = vec![arm(destination)];
        LedgerEvent::reserved(&format!("offer{offer}"), (&name, &settings()), "web", arms)
    });
    let answered = (0..9_u8, 0..4_usize, any::<bool>()).prop_map(|(offer, answer, failed)| {
        settled(&format!("offer{offer}"), ANSWERS[answer], failed)
    });
    prop::collection::vec((prop_oneof![made, answered], -600..7_200_i64), 0..80)
}

fn apply(ledger: &mut Ledger, events: &[(LedgerEvent, i64)], at: &mut Timestamp) {
    for (event, later) in events {
        *at = at.plus(later * 1_000_000);
        ledger.apply(event, *at);
    }
}

proptest! {
    /// Whatever has happened, a ledger that is stored and read back is the same, and stays the same whatever happens.
    #[test]
    fn a_ledger_that_was_stored_goes_on_as_if_it_had_not_been(
        before in events(),
        after in events(),
    ) {
        let mut at = Timestamp(1_767_225_600_000_000);
        let mut ledger = Ledger::new();
        apply(&mut ledger, &before, &mut at);
        let text = serde_json::to_string(&ledger).unwrap();
        let mut stored: Ledger = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&stored, &ledger);
        prop_assert_eq!(serde_json::to_string(&stored).unwrap(), text);
        let mut again = at;
        apply(&mut ledger, &after, &mut at);
        apply(&mut stored, &after, &mut again);
        prop_assert_eq!(stored, ledger);
    }
}

/// The form in which ledgers are stored: a change of it needs another [`Ledger::FORMAT`].
#[test]
fn a_ledger_is_stored_in_this_form() {
    let mut acme = settings();
    acme.caps.truncate(1);
    let mut ledger = Ledger::new();
    let at = Timestamp(1_767_225_600_000_000);
    ledger.apply(
        &LedgerEvent::reserved("first", ("acme", &acme), "web", vec![arm(1)]),
        at,
    );
    ledger.apply(&settled("first", Answer::Unknown, true), at);
    ledger.apply(
        &LedgerEvent::reserved("second", ("acme", &acme), "web", Vec::new()),
        at,
    );
    let cap = r#"{"destination":"acme","scope":{"kind":"accepted","window":"hour","zone":"America/New_York"}}"#;
    let turn = r#"{"n":1,"at":1767225600000000}"#;
    let counts =
        r#"{"Europe/Berlin":{"day":[[1767222000000000,1]],"month":[[1767222000000000,1]]}}"#;
    let stored = format!(
        concat!(
            r#"{{"caps":[[{cap},[[1767225600000000,2]]]],"#,
            r#""breakers":[["acme",{{"failures":1,"open_until":null,"probing":false}}]],"#,
            r#""turns":{{"n_taken":1,"nodes":[[{{"flow":"auto","node":"fair"}},[["arm1",{{"open":[],"kept":{turn},"counts":{counts}}}]]]]}},"#,
            r#""open":[{{"offer":"second","destination":"acme","windows":[[{cap},1767225600000000]],"turns":[]}}]}}"#,
        ),
        cap = cap,
        turn = turn,
        counts = counts,
    );
    assert_eq!(serde_json::to_string(&ledger).unwrap(), stored);
    assert_eq!(Ledger::FORMAT, 1);
}
