use pointsman_lead::Id;
use serde_json::{Value, json};

use crate::{
    LeadRequest,
    LeadState::{self, Duplicate, Sold, Unsold},
    active_lead::ActiveLead,
    sequencer::{
        Advance,
        harness::{Harness, accept, accepted, rejected, settle},
        reply::Reply,
    },
};

/// A flow whose leads may not come twice.
#[expect(clippy::needless_pass_by_value, reason = "a rule is made for the call")]
fn deduped(rule: Value) -> Harness {
    Harness::deduped(&rule, &json!({"acme": {}, "zenith": {}}))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "fields are made for the call"
)]
fn lead(harness: &Harness, fields: Value) -> Box<ActiveLead> {
    harness.lead(LeadRequest {
        fields: fields.as_object().cloned().unwrap_or_default(),
        ..LeadRequest::default()
    })
}

fn ada(harness: &Harness) -> Box<ActiveLead> {
    lead(
        harness,
        json!({"email": "ada@example.com", "phone": "+12025550143"}),
    )
}

/// Takes a lead in; its state, and who it is offered to.
fn come(harness: &mut Harness, active: Box<ActiveLead>) -> (LeadState, Option<String>) {
    match harness.accept(active).1.unwrap() {
        Advance::OnItsWay(active) => {
            let current = active
                .current
                .as_ref()
                .map(|it| it.destination.name.clone());
            (LeadState::Queued, current)
        }
        ended => (ended.outcome().status, None),
    }
}

fn is_duplicate(harness: &mut Harness, active: Box<ActiveLead>) -> bool {
    come(harness, active).0 == Duplicate
}

#[test]
fn of_two_leads_at_one_instant_one_is_on_its_way() {
    let mut harness = deduped(json!({"fields": ["email"]}));
    let (one, two) = (ada(&harness), ada(&harness));
    let first = one.lead_id;
    let ((one, _), (two, _)) = (accept(one), accept(two));
    let mut decided = harness.decide(&[one, two]);
    let second = decided.answers.remove(1);
    let Some(Reply::Lead(Ok(Advance::Ended(outcome)))) = second else {
        panic!("the second is a duplicate: {second:?}");
    };
    assert_eq!(
        (outcome.status, outcome.reason.as_deref()),
        (Duplicate, Some("duplicate"))
    );
    let reason = decided.rows.decisions[1].end_reason.clone();
    assert_eq!(reason, Some(format!("duplicate of {first}")));
    assert_eq!(decided.rows.deliveries.len(), 1);
}

#[test]
fn a_lead_that_nobody_took_is_in_nobodys_way() {
    let mut harness = deduped(json!({"fields": ["email"]}));
    let one = harness.accept(ada(&harness)).1.unwrap().on_its_way();
    let one = harness.settle(one, rejected()).1.on_its_way();
    let again = ada(&harness);
    assert!(is_duplicate(&mut harness, again), "it may still be sold");
    let (command, _) = settle(one, rejected());
    let (next, _) = accept(ada(&harness));
    // In one transaction: the answer counts first, so that the key is free.
    let mut decided = harness.decide(&[next, command]);
    let Some(Reply::Step(end)) = decided.answers.remove(1) else {
        panic!("an answer is answered as one");
    };
    assert_eq!(end.outcome().status, Unsold);
    let next = decided.answers.remove(0);
    assert!(
        matches!(next, Some(Reply::Lead(Ok(Advance::OnItsWay(_))))),
        "{next:?}"
    );
}

#[test]
fn a_lead_that_was_sold_is_in_the_way_until_its_window_ends() {
    let mut harness = deduped(json!({"fields": ["email"], "window_minutes": 60}));
    let one = harness.accept(ada(&harness)).1.unwrap().on_its_way();
    assert_eq!(harness.settle(one, accepted(5)).1.outcome().status, Sold);
    harness.pass(60 * 60);
    let again = lead(&harness, json!({"email": "ADA@example.com"}));
    assert!(
        is_duplicate(&mut harness, again),
        "the same address in other letters"
    );
    harness.pass(1);
    let later = ada(&harness);
    assert!(!is_duplicate(&mut harness, later));
}

#[test]
fn what_is_missing_is_equal_to_nothing() {
    let mut harness = deduped(json!({"fields": ["email", "phone"]}));
    for fields in [
        json!({}),
        json!({}),
        json!({"email": "a@b.co"}),
        json!({"email": "a@b.co"}),
    ] {
        let active = lead(&harness, fields);
        assert!(!is_duplicate(&mut harness, active));
    }
}

#[test]
fn all_fields_have_to_be_equal_or_any() {
    let other_phone = json!({"email": "ada@example.com", "phone": "+12025550199"});
    for (matching, expected) in [("all", false), ("any", true)] {
        let mut harness = deduped(json!({"fields": ["email", "phone"], "match": matching}));
        let first = ada(&harness);
        assert!(!is_duplicate(&mut harness, first));
        let other = lead(&harness, other_phone.clone());
        assert_eq!(is_duplicate(&mut harness, other), expected, "{matching}");
        let same = ada(&harness);
        assert!(is_duplicate(&mut harness, same));
    }
}

#[test]
fn leads_that_were_not_sold_count_where_the_rule_says_so() {
    let mut harness = deduped(json!({"fields": ["email"], "sold_only": false}));
    let one = harness.accept(ada(&harness)).1.unwrap().on_its_way();
    let one = harness.settle(one, rejected()).1.on_its_way();
    assert_eq!(harness.settle(one, rejected()).1.outcome().status, Unsold);
    let again = ada(&harness);
    assert!(is_duplicate(&mut harness, again));
}

#[test]
fn test_leads_are_held_against_test_leads_alone() {
    let mut harness = deduped(json!({"fields": ["email"]}));
    let test = |harness: &Harness| {
        harness.lead(LeadRequest {
            is_test: true,
            fields: json!({"email": "ada@example.com"})
                .as_object()
                .cloned()
                .unwrap_or_default(),
            ..LeadRequest::default()
        })
    };
    let first = test(&harness);
    assert!(!is_duplicate(&mut harness, first));
    let real = ada(&harness);
    assert!(!is_duplicate(&mut harness, real));
    let again = test(&harness);
    assert!(is_duplicate(&mut harness, again));
}

#[test]
fn a_destination_does_not_get_a_lead_that_it_has() {
    let rule = json!({"dedupe": {"fields": ["email"]}});
    let mut harness = Harness::deduped(&Value::Null, &json!({"acme": rule, "zenith": {}}));
    let one = harness.accept(ada(&harness)).1.unwrap().on_its_way();
    assert_eq!(
        one.current.as_ref().map(|it| &*it.destination.name),
        Some("acme")
    );
    // It may take the lead yet.
    let two = ada(&harness);
    assert_eq!(
        come(&mut harness, two),
        (LeadState::Queued, Some("zenith".to_owned()))
    );
    let one = harness.settle(one, rejected()).1.on_its_way();
    assert_eq!(
        one.current.as_ref().map(|it| &*it.destination.name),
        Some("zenith")
    );
    // It did not, and is asked again.
    let three = ada(&harness);
    assert_eq!(
        come(&mut harness, three),
        (LeadState::Queued, Some("acme".to_owned()))
    );
}

#[test]
fn the_first_of_a_duplicate_is_read_from_its_reason() {
    let first = Id::new(pointsman_lead::Timestamp(7), [3; 10]);
    let reason = pointsman_history::duplicate_reason(first);
    assert_eq!(pointsman_history::duplicate_of(Some(&reason)), Some(first));
    assert_eq!(
        pointsman_history::duplicate_of(Some("the deadline has passed")),
        None
    );
    assert_eq!(pointsman_history::duplicate_of(None), None);
}
