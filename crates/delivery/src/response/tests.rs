//! Answers and what they mean.

use pointsman_lead::{Currency, Micros};
use serde_json::json;

use super::{Body, Head, ResponseMap, path::Path, verdict};
use crate::Outcome;

mod formats;

/// The answer as one line: class, then what it says.
fn read(map: serde_json::Value, status: u16, body: &str) -> String {
    let map: ResponseMap = serde_json::from_value(map).unwrap();
    let head = Head {
        status,
        asks_to_wait: false,
        retry_after_s: None,
    };
    let body = Body::new(body.as_bytes(), false, map.reading());
    let (outcome, note) = verdict(&map, head, &body, Currency::USD);
    let text = match outcome {
        Outcome::Accepted {
            price: Some(price), ..
        } => format!("accepted at {price}"),
        Outcome::Rejected { reason, .. } => format!("rejected: {reason}"),
        Outcome::Unknown { why } => format!("unknown: {why}"),
        other => other.class().to_owned(),
    };
    match note {
        Some(note) => format!("{text} ({note})"),
        None => text,
    }
}

#[test]
fn the_default_map_reads_the_status_alone() {
    let map = || json!({});
    assert_eq!(read(map(), 201, "whatever"), "accepted");
    assert_eq!(read(map(), 422, "{}"), "rejected: status 422");
    assert_eq!(
        read(map(), 302, ""),
        "unknown: status 302 says neither yes nor no"
    );
    assert_eq!(
        read(map(), 500, ""),
        "unknown: status 500 says neither yes nor no"
    );
}

#[test]
fn a_no_outweighs_a_yes() {
    let map = || {
        json!({
            "accepted": [{"status": "200-299"}],
            "rejected": [{"path": "$.success", "one_of": [0, false, "0"]}],
        })
    };
    assert_eq!(read(map(), 200, r#"{"success":1}"#), "accepted");
    assert_eq!(
        read(map(), 200, r#"{"success":0.0}"#),
        "rejected: status 200"
    );
    assert_eq!(
        read(map(), 200, r#"{"success":"0"}"#),
        "rejected: status 200"
    );
    assert_eq!(read(map(), 204, ""), "accepted");
}

#[test]
fn a_yes_while_a_no_cannot_be_read_is_unknown() {
    let map = json!({
        "accepted": [{"status": 200}],
        "rejected": [{"path": "$.success", "equals": 0}],
    });
    assert_eq!(
        read(map, 200, "<html>down for maintenance</html>"),
        "unknown: unreadable answer: it is not in the form that the rules read"
    );
}

#[test]
fn a_2xx_that_no_rule_matches_is_unknown_and_a_4xx_is_a_no() {
    let map = || json!({"accepted": [{"path": "$.ok", "equals": true}], "rejected": []});
    assert_eq!(
        read(map(), 200, r#"{"queued":true}"#),
        "unknown: unreadable answer: no rule matches it"
    );
    assert_eq!(read(map(), 404, "gone"), "rejected: status 404");
}

#[test]
fn a_gateways_error_page_is_not_the_buyers_word() {
    let map = || json!({"accepted": [{"contains": "ok"}], "rejected": [{"contains": "no"}]});
    assert_eq!(
        read(map(), 502, "no upstream, ok?"),
        "unknown: status 502 says neither yes nor no"
    );
    assert_eq!(read(map(), 200, "OK"), "accepted");
    assert_eq!(read(map(), 200, "not OK"), "rejected: status 200");
    let map = json!({"rejected": [{"status": 500, "contains": "duplicate"}]});
    assert_eq!(read(map, 500, "Duplicate lead"), "rejected: status 500");
}

#[test]
fn all_conditions_of_a_rule_must_hold() {
    let map = || {
        json!({"accepted": [
            {"status": [200, "202"], "path": "$.items[1].id", "exists": true, "contains": "sold"},
        ]})
    };
    assert_eq!(
        read(map(), 202, r#"{"items":[{},{"id":9}],"state":"sold"}"#),
        "accepted"
    );
    for (status, body) in [
        (201, r#"{"items":[{},{"id":9}],"state":"sold"}"#),
        (202, r#"{"items":[{"id":9}],"state":"sold"}"#),
        (202, r#"{"items":[{},{"id":null}],"state":"sold"}"#),
        (202, r#"{"items":[{},{"id":9}]}"#),
    ] {
        assert!(read(map(), status, body).starts_with("unknown"), "{body}");
    }
}

#[test]
fn prices_are_read_by_their_digits() {
    let map = |unit: &str| json!({"price": "$.price", "price_unit": unit});
    for (unit, body, price) in [
        ("main", r#"{"price":12.5}"#, 12_500_000),
        ("main", r#"{"price":"0.000001"}"#, 1),
        ("main", r#"{"price":19.99}"#, 19_990_000),
        ("main", r#"{"price":0}"#, 0),
        ("cents", r#"{"price":1999}"#, 19_990_000),
        ("cents", r#"{"price":"12.5"}"#, 125_000),
        ("micros", r#"{"price":"7"}"#, 7),
        ("main", r#"{"price":30.000000000000004}"#, 30_000_000),
        ("main", r#"{"price":"$12.50"}"#, 12_500_000),
        ("main", r#"{"price":"12,50"}"#, 12_500_000),
        ("main", r#"{"price":"1,250.00"}"#, 1_250_000_000),
        ("main", r#"{"price":"12.50 USD"}"#, 12_500_000),
    ] {
        let expected = format!("accepted at {}", Micros(price));
        assert_eq!(read(map(unit), 200, body), expected, "{body}");
    }
    for body in ["{}", "thanks"] {
        assert_eq!(
            read(map("main"), 200, body),
            "accepted (accepted, but there is no amount at `$.price`)",
            "{body}"
        );
    }
}

#[test]
fn a_price_that_could_be_another_is_told_and_does_not_count() {
    let cases = [
        (r#"{"price":"1,250"}"#, "could be two amounts"),
        (r#"{"price":-1}"#, "`-1` is negative"),
        (r#"{"price":1e30}"#, "is more than ten million"),
        (
            r#"{"price":9223372036854.775807}"#,
            "is more than ten million",
        ),
        (r#"{"price":[1]}"#, "neither a number nor a text"),
        (r#"{"price":"12.50 EUR"}"#, "is not in USD"),
        (r#"{"price":"soon"}"#, "is not an amount"),
    ];
    for (body, why) in cases {
        let outcome = read(json!({"price": "$.price"}), 200, body);
        let begins =
            outcome.starts_with("accepted (accepted, but the amount at `$.price` does not count: ");
        assert!(begins && outcome.contains(why), "{body}: {outcome}");
    }
}

#[test]
fn plain_text_answers_split_into_parts() {
    let map = || {
        json!({
            "split": "|", "price": "$[1]", "reason": "$[1]",
            "accepted": [{"path": "$[0]", "equals": "ACCEPTED"}],
            "rejected": [{"path": "$[0]", "equals": "REJECTED"}],
        })
    };
    assert_eq!(read(map(), 200, "ACCEPTED | 17.35\n"), "accepted at 17.35");
    assert_eq!(read(map(), 200, "REJECTED|no bid"), "rejected: no bid");
    assert!(read(map(), 200, "ERROR").starts_with("unknown"));
}

#[test]
fn a_redirect_to_anything_but_the_web_is_dropped() {
    for next in [
        r#""javascript:alert(1)""#,
        r#""https://ok.example/\r\nSet-Cookie: a=b""#,
        r#""https://ok.example/a b""#,
        r#""https://ok.example/\u0000""#,
        r#""\nhttps://ok.example/""#,
        "7",
    ] {
        let body = format!(r#"{{"next":{next}}}"#);
        assert_eq!(
            read(json!({"redirect_url": "$.next"}), 200, &body),
            "accepted (accepted, but its redirect is not an http or https address)",
            "{next}"
        );
    }
    let body = format!(r#"{{"next":"https://ok.example/{}"}}"#, "x".repeat(2_048));
    assert!(read(json!({"redirect_url": "$.next"}), 200, &body).contains("but its redirect"));
    let fine = r#"{"next":"https://ok.example/thanks?c=1#top"}"#;
    assert_eq!(
        read(json!({"redirect_url": "$.next"}), 200, fine),
        "accepted"
    );
}

#[test]
fn paths_are_dots_and_positions() {
    for text in ["$", "$.a", "$.a.b[0][1].c-d", "$[3]"] {
        assert!(Path::parse(text).is_some(), "{text}");
    }
    for text in [
        "", "a", "$a", "$.", "$..a", "$[", "$[x]", "$[-1]", "$.a*", "$['a']", "$ .a",
    ] {
        assert!(Path::parse(text).is_none(), "{text}");
    }
}

#[test]
fn a_map_survives_being_stored() {
    let map = json!({
        "accepted": [{"status": [200, "202-204"]}, {"path": "$.a", "equals": null}],
        "rejected": [{"contains": "no"}], "price_unit": "cents", "price": "$.p",
    });
    let read: ResponseMap = serde_json::from_value(map.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), map);
    assert!(serde_json::from_value::<ResponseMap>(json!({"acepted": []})).is_err());
}

#[test]
fn what_an_answer_says_twice_never_becomes_money() {
    let map = || {
        json!({
            "accepted": [{"path": "$.lead.ok", "equals": true}],
            "rejected": [{"path": "$.error", "exists": true}],
            "price": "$.lead.price",
        })
    };
    assert_eq!(
        read(
            map(),
            200,
            r#"{"lead": {"ok": true, "price": 1, "price": 900}}"#
        ),
        "accepted (the answer names `lead.price` twice; accepted, but there is no amount at `$.lead.price`)"
    );
    for twice in [
        r#"{"lead": {"ok": false, "ok": true, "price": 1}}"#,
        r#"{"lead": {"ok": false}, "lead": {"ok": true, "price": 1}}"#,
        r#"{"lead": {"ok": true, "price": 1}, "error": "sold before", "error": null}"#,
    ] {
        let answer = read(map(), 200, twice);
        let unknown = "unknown: unreadable answer: it names a member twice that a rule reads (";
        assert!(answer.starts_with(unknown), "{twice}: {answer}");
    }
    // What no rule reads changes nothing, and is told.
    assert_eq!(
        read(
            map(),
            200,
            r#"{"lead": {"ok": true, "price": 1.5}, "debug": 1, "debug": 2, "x": 1, "x": 1}"#
        ),
        "accepted at 1.50 (the answer names `debug` and 1 more twice)"
    );
    assert_eq!(
        read(map(), 422, r#"{"error": "age", "error": "state"}"#),
        "rejected: status 422 (the answer names `error` twice)"
    );
}
