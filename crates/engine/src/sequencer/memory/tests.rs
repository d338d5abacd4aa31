use allocation_counter::{AllocationInfo, measure};
use pointsman_flow::Destination;
use pointsman_history::ConversionDelta;
use pointsman_ledger::LedgerEvent;
use serde_json::json;

use super::*;
use crate::{
    LeadRequest,
    sequencer::harness::{Harness, accept, rejected, settle},
};

fn two_buyers() -> Harness {
    let caps = json!([{"kind": "accepted", "max": 9, "window": "hour", "zone": "UTC"}]);
    Harness::waterfall(&json!({"acme": {"caps": caps}, "zenith": {"caps": caps}}))
}

/// A click that was made at a time.
fn click(n: u32, at: Timestamp) -> Id<kinds::Click> {
    let mut random = [0; 10];
    random[6..].copy_from_slice(&n.to_be_bytes());
    Id::new(at, random)
}

/// What a transaction costs that takes an answer and a lead and parks a click, with the copy to go back to.
fn cost_of_a_batch(harness: &mut Harness) -> AllocationInfo {
    let (_, advance) = harness.accept_new();
    let (settle, _answer) = settle(advance.on_its_way(), rejected());
    let (accept, _other_answer) = accept(harness.lead(LeadRequest::default()));
    let commands = [settle, accept];
    measure(|| {
        let before = harness.memory.clone();
        let decided = harness.decide(&commands);
        harness.memory.parked.insert(click(7, harness.at));
        drop((before, decided));
    })
}

#[test]
fn what_a_transaction_costs_does_not_depend_on_what_is_remembered() {
    let few = cost_of_a_batch(&mut two_buyers());
    let mut harness = two_buyers();
    // 438,000 windows: those of fifty hourly caps in a year, all of one hour here.
    let caps: Vec<_> = (0..50)
        .map(|n| json!({"name": n.to_string(), "kind": "offers", "max": 9, "window": "hour", "zone": "UTC"}))
        .collect();
    let settings: Destination = serde_json::from_value(json!({"caps": caps})).unwrap();
    for n in 0..8_760 {
        let (offer, destination) = (format!("offer-{n}"), format!("buyer-{n}"));
        let event = LedgerEvent::reserved(&offer, (&destination, &settings), "web", Vec::new());
        harness.memory.ledger.apply(&event, harness.at);
    }
    let at = harness.at;
    let clicks = (0..400_000).map(|n| click(n * 2, at));
    harness.memory.parked.extend(clicks);
    let many = cost_of_a_batch(&mut harness);
    // A few nodes more, on the way to the leaves that change.
    assert!(many.count_total <= few.count_total + 64, "{few:?} {many:?}");
    assert!(
        many.bytes_total <= few.bytes_total + 32_768,
        "{few:?} {many:?}"
    );
}

#[test]
fn a_copy_stays_as_it_was_whatever_becomes_of_the_memory() {
    let mut harness = two_buyers();
    let (_, first) = harness.accept_new();
    let (_, second) = harness.accept_new();
    let (first, second) = (first.on_its_way(), second.on_its_way());
    harness.report(&first, 0, ConversionDelta::default());
    harness.memory.parked.insert(click(1, harness.at));
    let before = harness.memory.clone();
    let text = format!("{before:?}");

    harness.report(&second, 0, ConversionDelta::default());
    harness.pass(3_600);
    let (_, next) = harness.settle(first, rejected());
    harness.settle(next.on_its_way(), rejected());
    harness.accept_new();
    harness.memory.parked.remove(&click(1, harness.at));
    harness.memory.parked.insert(click(2, harness.at));

    assert_ne!(format!("{:?}", harness.memory), text);
    assert_eq!(format!("{before:?}"), text);
}
