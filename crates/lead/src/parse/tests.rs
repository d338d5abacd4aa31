use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::{Envelope, Stage};
use crate::{ALWAYS, Fields, Problem, Schema, Timestamp};

fn schema() -> Schema {
    Schema::from_json(
        r#"{"vertical": "auto-insurance", "fields": [
            {"name": "state", "kind": "region", "required": "ping"},
            {"name": "credit", "kind": "enum", "labels": ["excellent", "good", "poor"], "required": "post"},
            {"name": "age", "kind": "integer", "min": 16, "max": 120},
            {"name": "rate", "kind": "decimal", "scale": 2},
            {"name": "home_owner", "kind": "boolean"},
            {"name": "moved_at", "kind": "timestamp"},
            {"name": "country", "kind": "country"},
            {"name": "zip", "kind": "postal_code"},
            {"name": "note", "kind": "text", "max_chars": 10},
            {"name": "phone", "kind": "phone", "pii": true},
            {"name": "email", "kind": "email", "pii": true},
            {"name": "ip", "kind": "ip", "pii": true},
            {"name": "page", "kind": "url"}
        ]}"#,
    )
    .unwrap()
}

fn envelope(stage: Stage) -> Envelope<'static> {
    Envelope {
        source: "acme",
        sub_ids: [
            Some("banner".to_owned()),
            None,
            Some(String::new()),
            None,
            None,
        ],
        received_at: Timestamp(1_700_000_000_000_000),
        is_test: true,
        stage,
    }
}

fn parse(fields: &Json) -> Result<Fields, Vec<Problem>> {
    schema().parse(fields.as_object().unwrap(), &envelope(Stage::Post))
}

/// A line for each problem, or the fields as they are stored.
fn shown(fields: &Json) -> String {
    match parse(fields) {
        Ok(fields) => Json::Object(fields.to_json(&schema())).to_string(),
        Err(problems) => lines(&problems),
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    lines.join("\n")
}

/// The codes for one field, next to the fields that must be there.
fn codes(name: &str, value: Json) -> Vec<String> {
    let mut fields = json!({ "state": "CA", "credit": "good" });
    fields[name] = value;
    let problems = parse(&fields).err().unwrap_or_default();
    problems.into_iter().map(|problem| problem.code).collect()
}

#[test]
fn a_lead_becomes_typed_fields() {
    insta::assert_snapshot!(shown(&json!({
        "state": "CA", "credit": "good", "age": 30.0, "rate": 12.5, "home_owner": false,
        "moved_at": "2026-01-31T10:30:00+01:00", "country": "US", "zip": "94103",
        "note": "e\u{301}", "phone": "+14155550132", "email": "ada@example.com",
        "ip": "2001:DB8::0001", "page": "https://example.com/a?b=c",
    })), @r#"{"age":30,"country":"US","credit":"good","email":"ada@example.com","home_owner":false,"ip":"2001:db8::1","is_test":true,"moved_at":"2026-01-31T09:30:00Z","note":"é","page":"https://example.com/a?b=c","phone":"+14155550132","rate":"12.50","received_at":"2023-11-14T22:13:20Z","source":"acme","state":"CA","sub_id_1":"banner","zip":"94103"}"#);
}

#[test]
fn every_mistake_is_reported_at_once() {
    insta::assert_snapshot!(shown(&json!({
        "stat": "CA", "credit": "Good", "age": 7, "rate": 12.345, "home_owner": "yes",
        "moved_at": "tomorrow", "country": "usa", "zip": "1", "note": "far too long",
        "phone": "415-555-0132", "email": "ada", "ip": "1.2.3", "page": "ftp://x",
        "source": "me", "zzz": 1,
    })), @"
    missing_field at fields.state: `state` must be there at the ping; send a text (region)
    unknown_label at fields.credit: `Good` is not a label of `credit`; did you mean `good`?
    out_of_range at fields.age: `7` is out of range for `age`; send a whole number from 16 to 120
    too_precise at fields.rate: `12.345` has more digits after the point than `rate` keeps; round it to 2 digits yourself; nothing is rounded here
    wrong_type at fields.home_owner: `home_owner` must be true or false, but it is a text (`yes`); send true or false
    malformed at fields.moved_at: `tomorrow` is not a point in time; write it like 2026-01-31T09:30:00Z
    malformed at fields.country: `usa` is not a good value for `country`; a country is two capital letters of ISO 3166-1, like US
    malformed at fields.zip: `1` is not a good value for `zip`; a postal code is 3 to 10 letters, digits, spaces or hyphens, like 94103
    too_long at fields.note: `note` has 12 characters, but at most 10 fit; shorten it
    malformed at fields.phone: this value is not a good value for `phone`; a telephone number is in E.164: a plus and 7 to 15 digits, like +14155550132
    malformed at fields.email: this value is not a good value for `email`; an e-mail address is like ada@example.com
    malformed at fields.ip: this value is not a good value for `ip`; an IP address is like 192.0.2.1 or 2001:db8::1
    malformed at fields.page: `ftp://x` is not a good value for `page`; a URL starts with http:// or https:// and names a host, like https://example.com/quote
    reserved_field at fields.source: `source` is set by the platform, not by `fields`; leave it out
    unknown_field at fields.stat: `stat` is not a field of auto-insurance; did you mean `state`?
    unknown_field at fields.zzz: `zzz` is not a field of auto-insurance
    ");
}

#[test]
fn null_and_empty_text_are_missing() {
    for missing in [json!(null), json!("")] {
        assert!(codes("age", missing.clone()).is_empty());
        assert!(codes("note", missing.clone()).is_empty());
        assert_eq!(codes("state", missing), ["missing_field"]);
    }
}

#[test]
fn a_ping_needs_less_than_a_post() {
    let fields = json!({ "state": "CA" });
    let fields = fields.as_object().unwrap();
    assert!(schema().parse(fields, &envelope(Stage::Ping)).is_ok());
    let problems = schema().parse(fields, &envelope(Stage::Post)).unwrap_err();
    assert_eq!(problems[0].path, "fields.credit");
}

#[test]
fn numbers_are_never_rounded() {
    for good in [json!(16), json!(120), json!(30.0), json!(3e1)] {
        assert!(codes("age", good.clone()).is_empty(), "{good}");
    }
    for bad in [
        json!(15),
        json!(121),
        json!(1e300),
        json!(u64::MAX),
        json!(-1e300),
    ] {
        assert_eq!(codes("age", bad.clone()), ["out_of_range"], "{bad}");
    }
    for bad in [json!("30"), json!(30.5), json!(true), json!([30])] {
        assert_eq!(codes("age", bad.clone()), ["wrong_type"], "{bad}");
    }
    for good in [
        json!(12),
        json!("12.50"),
        json!(-0.5),
        json!(1.5e3),
        json!("0"),
    ] {
        assert!(codes("rate", good.clone()).is_empty(), "{good}");
    }
    assert_eq!(codes("rate", json!(0.1 + 0.2)), ["too_precise"]);
    assert_eq!(codes("rate", json!("12.345")), ["too_precise"]);
    // As binary floating point this is no longer what was written.
    assert_eq!(codes("rate", json!(12_345_678_901_234.56)), ["too_precise"]);
    assert!(codes("rate", json!("12345678901234.56")).is_empty());
    assert_eq!(codes("rate", json!(1e300)), ["out_of_range"]);
    assert_eq!(codes("rate", json!("1e3")), ["wrong_type"]);
    assert_eq!(codes("rate", json!("twelve")), ["wrong_type"]);
}

#[test]
fn text_is_printable_and_counted_in_characters() {
    assert!(codes("note", json!("éééééééééé")).is_empty());
    assert_eq!(codes("note", json!("ééééééééééé")), ["too_long"]);
    for refused in ["a\u{0}b", "a\u{7}b", "a\u{1b}[b", "a\u{85}b"] {
        assert_eq!(codes("note", json!(refused)), ["malformed"], "{refused:?}");
    }
}

#[test]
fn line_breaks_are_text_unless_the_schema_says_otherwise() {
    for kept in ["Hi,\nplease", "a\r\nb", "a\tb"] {
        assert!(codes("note", json!(kept)).is_empty(), "{kept:?}");
    }
    let fields = json!({ "state": "CA", "credit": "good", "note": "a\r\nb" });
    let read = parse(&fields).unwrap().to_json(&schema());
    assert_eq!(read["note"], "a\r\nb", "kept as it was sent");
    // Codes and addresses have no lines, whatever their schema says of texts.
    assert_eq!(codes("zip", json!("94103\n")), ["malformed"]);
    assert_eq!(codes("credit", json!("good\n")), ["malformed"]);

    let one_line = Schema::from_json(
        r#"{"vertical": "auto", "fields": [{"name": "note", "kind": "text", "multiline": false}]}"#,
    )
    .unwrap();
    let fields = json!({ "note": "a\nb" });
    let problems = one_line
        .parse(fields.as_object().unwrap(), &envelope(Stage::Post))
        .unwrap_err();
    assert_eq!(
        lines(&problems),
        "malformed at fields.note: `note` holds a line break; send it as one line"
    );
}

#[test]
fn what_tells_who_a_person_is_stays_out_of_messages() {
    let text = shown(&json!({ "phone": "12345-secret", "email": "secret", "ip": 4_242 }));
    assert!(!text.contains("secret") && !text.contains("4242"), "{text}");
}

#[test]
fn the_envelope_is_checked_too() {
    let mut envelope = envelope(Stage::Post);
    let long = "x".repeat(257);
    envelope.source = &long;
    envelope.sub_ids[4] = Some("a\tb".to_owned());
    let fields = json!({ "state": "CA", "credit": "good" });
    let problems = schema()
        .parse(fields.as_object().unwrap(), &envelope)
        .unwrap_err();
    let places: Vec<_> = problems
        .iter()
        .map(|problem| (&*problem.code, &*problem.path))
        .collect();
    assert_eq!(places, [("too_long", "source"), ("malformed", "sub_id_5")]);
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,12}".prop_map(Json::from),
        "[A-Z]{2}|[0-9]{5}|\\+[0-9]{9,14}|[a-z]+@[a-z]+\\.com|-?[0-9]{1,20}(\\.[0-9]{1,3})?"
            .prop_map(Json::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map(".{0,4}", inner, 0..4)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

fn any_fields() -> impl Strategy<Value = Map<String, Json>> {
    let mut names: Vec<String> = schema()
        .fields()
        .iter()
        .map(|field| field.name.clone())
        .collect();
    names.push("stranger".to_owned());
    prop::collection::btree_map(prop::sample::select(names), any_json(), 0..8)
        .prop_map(|map| map.into_iter().collect())
}

prop_compose! {
    fn good_fields()(
        state in "[A-Z0-9]{1,3}",
        credit in prop::sample::select(vec!["excellent", "good", "poor"]),
        age in prop::option::of(16_i64..=120),
        rate in prop::option::of(any::<i64>()),
        home_owner in prop::option::of(any::<bool>()),
        moved_at in prop::option::of(-377_705_023_201_000_000_i64..253_402_207_200_000_000),
        note in prop::option::of("\\PC{0,5}"),
        ip in prop::option::of(any::<std::net::IpAddr>()),
        phone in prop::option::of("\\+[1-9][0-9]{6,14}"),
    ) -> Map<String, Json> {
        let fields = json!({
            "state": state, "credit": credit, "age": age, "home_owner": home_owner, "note": note,
            "rate": rate.map(|units| crate::print_decimal(units, 2)),
            "moved_at": moved_at.map(|micros| Timestamp(micros).to_string()),
            "ip": ip, "phone": phone,
        });
        fields.as_object().unwrap().clone()
    }
}

#[test]
fn of_many_unknown_fields_a_hundred_are_told() {
    let fields: Map<String, Json> = (0..20_000).map(|n| (format!("f{n}"), json!(1))).collect();
    let problems = schema().parse(&fields, &envelope(Stage::Ping)).unwrap_err();
    let unknown = problems
        .iter()
        .filter(|problem| problem.code == "unknown_field");
    assert_eq!(unknown.count(), 100);
}

proptest! {
    #[test]
    fn nothing_panics(fields in any_fields()) {
        let _ = schema().parse(&fields, &envelope(Stage::Ping));
    }

    #[test]
    fn stored_fields_read_back(fields in good_fields()) {
        let schema = schema();
        let Ok(fields) = schema.parse(&fields, &envelope(Stage::Post)) else {
            // Composing characters may bring a note above its limit.
            return Err(TestCaseError::reject("too long in NFC"));
        };
        let stored = fields.to_json(&schema);
        prop_assert_eq!(Fields::from_stored(&schema, &stored), Ok(fields.clone()));

        let mut declared = stored;
        declared.retain(|name, _| !ALWAYS.contains(&name.as_str()));
        prop_assert_eq!(schema.parse(&declared, &envelope(Stage::Post)), Ok(fields));
    }
}
