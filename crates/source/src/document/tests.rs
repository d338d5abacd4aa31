use serde_json::{Value, json};

use super::{Accepts, SourceDocument};

fn problems(document: &Value) -> Vec<String> {
    let found = SourceDocument::from_value(document).unwrap_err();
    assert!(
        found.iter().all(|problem| problem.hint.is_some()),
        "{found:?}"
    );
    let found = found.into_iter();
    found.map(|it| format!("{} {}", it.code, it.path)).collect()
}

#[test]
fn every_mistake_of_a_document_is_told_at_once() {
    let document = json!({
        "preset": "facebook", "accept": ["json", "xml"], "country": "USA",
        "origins": ["https://a.example", "https://a.example/page", "*"],
        "fields": {
            "email": {"form": "mail", "read": "trimm", "lenient": 1},
            "state": {"from": "st", "value": "CA"},
            "zip": "$.a[", "received_at": "time", "age": 7,
            "credit": {"words": {"A": [], "Good": "x", "good": "y"}},
        },
        "unknown": "drop", "wait": "no", "secrets": {"app_secret": "x"}, "feilds": {},
    });
    assert_eq!(
        problems(&document),
        [
            "unknown_label accept",
            "malformed country",
            "unknown_member feilds",
            "wrong_type fields.age",
            "wrong_type fields.credit.words.A",
            "duplicate_name fields.credit.words.good",
            "unknown_member fields.email.form",
            "wrong_type fields.email.lenient",
            "unknown_label fields.email.read",
            "reserved_field fields.received_at",
            "contradiction fields.state",
            "bad_place fields.zip",
            "malformed origins[1]",
            "malformed origins[2]",
            "unknown_label preset",
            "unknown_label unknown",
            "wrong_type wait",
            "missing_member flow",
            "unknown_member secrets.app_secret",
        ]
    );
    assert_eq!(problems(&json!([])), ["wrong_type "]);
}

#[test]
fn a_document_is_stored_and_read_again() {
    let document = json!({
        "flow": "auto", "preset": "google_lead_forms", "country": "US", "origins": ["https://a.example:8443"],
        "fields": {"zip": {"from": ["zip", "$.a[0]"], "read": ["zip5"]}, "kind": {"value": "car"}},
        "secrets": {"google_key": "s3cret"}, "unknown": "refuse", "wait": false,
    });
    let document = SourceDocument::from_value(&document).unwrap();
    let stored = serde_json::to_string(&document).unwrap();
    let read: SourceDocument = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, document);
    let again = serde_json::to_value(&document).unwrap();
    assert_eq!(SourceDocument::from_value(&again), Ok(document.clone()));
    assert!(
        !serde_json::to_string(&document.redacted())
            .unwrap()
            .contains("s3cret")
    );
    assert_eq!(
        document.redacted().with_secrets_of(Some(&document)),
        Ok(document.clone())
    );
    assert!(document.redacted().with_secrets_of(None).is_err());
}

#[test]
fn a_platform_sends_json_and_a_page_sends_forms_too() {
    let accepted = |document: Value| {
        let document = SourceDocument::from_value(&document).unwrap();
        Accepts::ALL
            .into_iter()
            .filter(|it| document.accepts(*it))
            .map(Accepts::word)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        accepted(json!({"flow": "a"})),
        ["json", "form", "multipart"]
    );
    assert_eq!(
        accepted(json!({"flow": "a", "preset": "tiktok_lead_ads"})),
        ["json"]
    );
    assert_eq!(
        accepted(json!({"flow": "a", "accept": ["query"]})),
        ["query"]
    );
}
