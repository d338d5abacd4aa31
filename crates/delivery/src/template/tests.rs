//! Placeholders and what fills them.

use pointsman_lead::{Currency, Micros};
use serde_json::{Value, json};

use super::{Part, Scope, parts};
use crate::{Offer, Target};

fn filled(template: Value) -> Value {
    let mut target = Target::new("https://acme.example/");
    target.body = Some(template);
    let fields = json!({"source": "s1", "age": 41, "score": 1.5, "owner": true, "name": "Ann \"A\"", "gone": null});
    let offer = Offer {
        delivery_id: "dlv_1".to_owned(),
        click_id: "clk_1".to_owned(),
        lead_id: "lead_1".to_owned(),
        destination: "acme".to_owned(),
        fields: fields.as_object().unwrap().clone(),
        price: Some(Micros(1_250_000)),
        bid: Some(Micros(9_000_000)),
        ping_id: Some("p-1".to_owned()),
        reference: None,
        currency: Currency::USD,
    };
    target.computed = serde_json::from_value(json!({
        "full": "{{lead.name | upper}} ({{lead.age}})",
        "grade": {"from": "{{lead.owner}}", "map": {"true": 1, "false": 2}},
        "band": {"from": "{{lead.age}}", "map": {"40": "forty"}, "otherwise": "other"},
        "none": {"from": "{{lead.age}}", "map": {}},
    }))
    .unwrap();
    Scope::new(&target, &offer).body()
}

#[test]
fn a_placeholder_alone_keeps_its_type() {
    assert_eq!(
        filled(json!({"age": "{{lead.age}}", "owner": "{{ lead.owner }}", "mix": "{{lead.age}}!"})),
        json!({"age": 41, "owner": true, "mix": "41!"})
    );
}

#[test]
fn values_are_made_of_others() {
    assert_eq!(
        filled(json!({
            "full": "{{computed.full}}", "grade": "{{computed.grade}}", "band": "{{computed.band}}",
            "none": "{{computed.none}}", "gone": "{{lead.gone | default n/a}}", "age": "{{lead.age | default 0}}",
        })),
        json!({"full": "ANN \"A\" (41)", "grade": 1, "band": "other", "gone": "n/a", "age": "41"})
    );
}

#[test]
fn missing_values_leave_members_out_and_hold_places_in_lists() {
    assert_eq!(
        filled(json!({
            "a": "{{lead.gone}}", "b": ["{{lead.gone}}", "{{lead.never}}", 1],
            "c": "x{{lead.gone}}y", "d": null,
        })),
        json!({"b": [null, null, 1], "c": "xy", "d": null})
    );
}

#[test]
fn values_cannot_break_out_of_their_place() {
    let body = filled(json!({"name": "Dear {{lead.name}}"})).to_string();
    assert_eq!(body, r#"{"name":"Dear Ann \"A\""}"#);
}

#[test]
fn every_word_of_ours_is_known() {
    assert_eq!(
        filled(json!(
            "{{lead_id}} {{click_id}} {{delivery_id}} {{destination}} {{source}} {{price}}"
        )),
        json!("lead_1 clk_1 dlv_1 acme s1 1.25")
    );
}

#[test]
fn filters_make_texts() {
    assert_eq!(
        filled(json!({
            "last": "{{lead.age | last 1}}", "first": "{{ lead_id|first 4|upper }}",
            "digits": "{{click_id | digits}}", "lower": "{{lead.name | lower}}",
            "gone": "{{lead.gone | upper}}", "long": "{{source | last 99}}",
        })),
        json!({"last": "1", "first": "LEAD", "digits": "1", "lower": "ann \"a\"", "long": "s1"})
    );
}

#[test]
fn texts_split_into_parts() {
    assert_eq!(
        parts("a{{ b }}{{c}}d{{e"),
        [
            Part::Text("a"),
            Part::Hole("b"),
            Part::Hole("c"),
            Part::Text("d"),
            Part::Open("e"),
        ]
    );
}

#[test]
fn the_default_body_says_that_a_lead_is_a_test_and_else_nothing_of_it() {
    let body = |is_test: bool| {
        let fields = json!({"source": "s1", "is_test": is_test, "age": 41});
        let offer = Offer {
            delivery_id: "dlv_1".to_owned(),
            click_id: "clk_1".to_owned(),
            lead_id: "lead_1".to_owned(),
            destination: "acme".to_owned(),
            fields: fields.as_object().unwrap().clone(),
            price: None,
            bid: None,
            ping_id: None,
            reference: None,
            currency: Currency::USD,
        };
        Scope::new(&Target::new("https://acme.example/"), &offer).body()
    };
    assert_eq!(
        body(true),
        json!({"age": 41, "is_test": true, "click_id": "clk_1", "lead_id": "lead_1"})
    );
    assert_eq!(
        body(false),
        json!({"age": 41, "click_id": "clk_1", "lead_id": "lead_1"})
    );
}
