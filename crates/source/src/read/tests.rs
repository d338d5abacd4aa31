use pointsman_lead::Schema;
use serde_json::{Value, json};

use crate::{Payload, PayloadReading, SourceDocument};

/// What a lead of insurance may hold.
fn schema() -> Schema {
    let fields = json!([
        {"name": "first_name", "kind": "text"},
        {"name": "last_name", "kind": "text"},
        {"name": "email", "kind": "email", "required": "post", "pii": true},
        {"name": "phone", "kind": "phone", "required": "post", "pii": true},
        {"name": "state", "kind": "region", "required": "ping"},
        {"name": "zip", "kind": "postal_code"},
        {"name": "age", "kind": "integer", "min": 16, "max": 120},
        {"name": "home_owner", "kind": "boolean"},
        {"name": "credit", "kind": "enum", "labels": ["excellent", "good", "fair"]},
    ]);
    Schema::from_value(&json!({"vertical": "auto", "fields": fields})).unwrap()
}

fn source(document: &Value) -> SourceDocument {
    let mut whole = json!({"flow": "auto", "country": "US"});
    whole
        .as_object_mut()
        .unwrap()
        .extend(document.as_object().unwrap().clone());
    SourceDocument::from_value(&whole).unwrap()
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "what is read is made for the call"
)]
fn read(document: Value, payload: Value) -> PayloadReading {
    source(&document).read(&Payload::from_value(payload).unwrap(), &schema(), "web")
}

fn lead(reading: &PayloadReading) -> Value {
    assert_eq!(reading.problems, []);
    Value::Object(reading.declared())
}

fn problems(reading: &PayloadReading) -> Vec<String> {
    let told = reading.problems.iter();
    told.map(|it| format!("{} {}", it.code, it.path)).collect()
}

/// What each platform makes of one person.
fn ada() -> Value {
    json!({
        "first_name": "Ada", "last_name": "King Lovelace", "email": "ada@example.com",
        "phone": "+12025550143", "state": "CA", "zip": "94103", "home_owner": true,
    })
}

#[test]
fn a_lead_of_facebook_is_read_by_its_preset_alone() {
    let payload = json!({
        "created_time": "2026-01-31T09:30:00+0000", "id": "23842", "ad_id": "7", "form_id": "9",
        "field_data": [
            {"name": "full_name", "values": ["Ada King Lovelace"]},
            {"name": "email", "values": ["ada@Example.com"]},
            {"name": "phone_number", "values": ["+1 202-555-0143"]},
            {"name": "state", "values": ["California"]},
            {"name": "zip_code", "values": ["94103"]},
            {"name": "home_owner?", "values": ["Yes"]},
        ],
    });
    let preset = json!({"preset": "facebook_lead_ads"});
    let reading = read(preset.clone(), payload.clone());
    assert_eq!(lead(&reading), ada());
    assert_eq!(reading.idempotency_key.as_deref(), Some("23842"));
    assert_eq!(reading.given().fields["state"], json!("California"));
    assert_eq!(reading.given().unknown["ad_id"], json!("7"));
    // The same as a webhook with the answers in it.
    let inside = json!({"object": "page", "entry": [{"id": "1", "changes": [{"field": "leadgen", "value": {
        "leadgen_id": "23842", "field_data": payload["field_data"],
    }}]}]});
    let reading = read(preset, inside);
    assert_eq!(lead(&reading), ada());
    assert_eq!(reading.idempotency_key.as_deref(), Some("23842"));
}

#[test]
fn a_notification_of_facebook_that_holds_no_answers_is_told_so() {
    let payload = json!({"object": "page", "entry": [{"id": "1", "time": 1, "changes": [
        {"field": "leadgen", "value": {"leadgen_id": "23842", "form_id": "9"}},
    ]}]});
    let reading = read(json!({"preset": "facebook_lead_ads"}), payload);
    assert_eq!(problems(&reading)[0], "missing_member field_data");
}

#[test]
fn a_lead_form_of_google_is_read_by_its_preset_alone() {
    let payload = json!({
        "lead_id": "TeSter-123-ABCDEFGH", "api_version": "1.0", "form_id": 40_000_000_000_i64,
        "campaign_id": 123, "google_key": "s3cret", "is_test": true, "gcl_id": "abc",
        "user_column_data": [
            {"column_name": "Full Name", "string_value": "Ada King Lovelace", "column_id": "FULL_NAME"},
            {"column_name": "User Email", "string_value": "ada@example.com", "column_id": "EMAIL"},
            {"column_name": "User Phone", "string_value": "(202) 555-0143", "column_id": "PHONE_NUMBER"},
            {"column_name": "Region", "string_value": "ca", "column_id": "REGION"},
            {"column_name": "Postal Code", "string_value": "94103", "column_id": "POSTAL_CODE"},
            {"column_name": "home owner", "string_value": "yes"},
        ],
    });
    let document = json!({"preset": "google_lead_forms", "secrets": {"google_key": "s3cret"}});
    let reading = read(document, payload);
    assert_eq!(lead(&reading), ada());
    assert!(reading.is_test());
    assert_eq!(
        reading.idempotency_key.as_deref(),
        Some("TeSter-123-ABCDEFGH")
    );
    assert!(
        !format!("{:?}", reading.given()).contains("s3cret"),
        "the key is no answer"
    );
}

#[test]
fn a_lead_of_tiktok_is_read_by_its_preset_alone() {
    let payload = json!({
        "object": "LEAD", "time": 1_700_000_000,
        "entry": [{"id": "72340", "campaign_id": "1", "page_id": "2", "changes": [
            {"field": "name", "value": "Ada King Lovelace"},
            {"field": "Email", "value": "ada@example.com"},
            {"field": "Phone Number", "value": "2025550143"},
            {"field": "Province/State", "value": "CA"},
            {"field": "ZIP code", "value": "94103"},
            {"field": "home_owner", "value": "TRUE"},
        ]}],
    });
    let rule = json!({"preset": "tiktok_lead_ads"});
    let reading = read(rule, payload);
    assert_eq!(problems(&reading), ["missing_field fields.state"]);
    let payload = json!({"entry": [{"id": "72340", "changes": [
        {"field": "name", "value": "Ada King Lovelace"},
        {"field": "Email", "value": "ada@example.com"},
        {"field": "Phone Number", "value": "2025550143"},
        {"field": "State", "value": "CA"},
        {"field": "ZIP code", "value": "94103"},
        {"field": "home_owner", "value": "TRUE"},
    ]}]});
    let reading = read(json!({"preset": "tiktok_lead_ads"}), payload);
    assert_eq!(lead(&reading), ada());
    assert_eq!(reading.idempotency_key.as_deref(), Some("72340"));
}

#[test]
fn what_a_form_sends_is_read_without_a_rule() {
    let form = "email=+ada%40example.com&phone=%2B1+202-555-0143&state=ca&age=41&home_owner=true\
                &credit=Good&utm_source=mail&sub_id_1=123";
    let payload = Payload::from_form(form.as_bytes()).unwrap();
    let reading = source(&json!({})).read(&payload, &schema(), "web");
    assert_eq!(
        lead(&reading),
        json!({
            "email": "ada@example.com", "phone": "+12025550143", "state": "CA", "age": 41,
            "home_owner": true, "credit": "good",
        })
    );
    assert_eq!(reading.sub_ids()[0].as_deref(), Some("123"));
    assert_eq!(reading.given().fields["age"], json!("41"));
    assert_eq!(reading.unknown, [("utm_source".to_owned(), json!("mail"))]);
    // The same values as JSON of a careless program.
    let payload = json!({
        "email": " ada@example.com", "phone": "+1 202-555-0143", "state": "ca", "age": "41",
        "home_owner": "true", "sub_id_1": 123,
    });
    let reading = read(json!({}), payload);
    assert_eq!(reading.sub_ids()[0].as_deref(), Some("123"));
    assert_eq!(lead(&reading)["age"], json!(41));
}

#[test]
fn rules_find_values_and_change_them() {
    let document = json!({
        "fields": {
            "state": ["st", "$.address.state"],
            "credit": {"from": "score", "words": {"A": "excellent", "b": "good"}},
            "age": {"from": "years", "read": "digits"},
            "zip": {"from": "$.address['zip code']", "read": ["zip5"]},
            "home_owner": {"value": true},
            "sub_id_2": {"from": "placement"},
            "is_test": {"from": "mode", "words": {"test": true, "live": false}},
        },
        "idempotency_key": "ref",
    });
    let payload = json!({
        "email": "a@b.co", "phone": "2025550143", "st": "", "address": {"state": "tx", "zip code": "75001-1234"},
        "score": "B", "years": "41 years", "placement": "top", "mode": "TEST", "ref": 9, "home_owner": "no",
    });
    let reading = read(document, payload);
    assert_eq!(
        lead(&reading),
        json!({
            "email": "a@b.co", "phone": "+12025550143", "state": "TX", "zip": "75001", "age": 41,
            "home_owner": true, "credit": "good",
        })
    );
    assert_eq!(reading.sub_ids()[1].as_deref(), Some("top"));
    assert!(reading.is_test());
    assert_eq!(reading.idempotency_key.as_deref(), Some("9"));
    let from = reading.fields.iter().find(|it| it.field == "zip").unwrap();
    assert_eq!(from.from.as_deref(), Some("$.address[\"zip code\"]"));
    assert_eq!(from.given, Some(json!("75001-1234")));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let document = json!({"unknown": "refuse", "idempotency_key": "ref"});
    let form =
        "email=ada&age=4&age=5&state=California%20&state=CA&credit=goood&foo=1&emial=x&ref=%09";
    let payload = Payload::from_form(form.as_bytes()).unwrap();
    let reading = source(&document).read(&payload, &schema(), "web");
    assert_eq!(
        problems(&reading),
        [
            "contradiction fields.state",
            "contradiction fields.age",
            "unknown_field emial",
            "unknown_field foo",
            "malformed fields.email",
            "missing_field fields.phone",
            "unknown_label fields.credit",
        ]
    );
    assert!(
        reading
            .problems
            .iter()
            .all(|problem| problem.hint.is_some())
    );
}

#[test]
fn several_leads_in_one_payload_are_refused() {
    let one = json!({"id": "1", "changes": [{"field": "email", "value": "a@b.co"}]});
    let reading = read(
        json!({"preset": "tiktok_lead_ads"}),
        json!({"entry": [one, one]}),
    );
    assert_eq!(problems(&reading)[0], "too_many entry");
}

#[test]
fn no_answer_is_taken_for_two_fields() {
    let fields = json!([{"name": "zip", "kind": "text"}, {"name": "postal_code", "kind": "text"}]);
    let schema = Schema::from_value(&json!({"vertical": "x", "fields": fields})).unwrap();
    let payload = Payload::from_value(json!({"zip": "1"})).unwrap();
    let reading = source(&json!({})).read(&payload, &schema, "web");
    assert_eq!(lead(&reading), json!({"zip": "1"}));
}
