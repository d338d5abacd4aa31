use pointsman_lead::{Problem, Schema};
use serde_json::{Value, json};

use super::{PostbackRequest, PostbackValues, SourcePostback};
use crate::SourceDocument;

fn told(problems: Vec<Problem>) -> Vec<String> {
    assert!(
        problems.iter().all(|problem| problem.hint.is_some()),
        "{problems:?}"
    );
    let told = problems.into_iter();
    told.map(|it| format!("{} {}", it.code, it.path)).collect()
}

fn document(postbacks: &Value) -> Value {
    json!({"flow": "solar", "postbacks": postbacks})
}

fn values() -> PostbackValues {
    let fields = json!({
        "sub_id_1": "a b&c=/ä", "sub_id_2": "..", "roof": "flat", "age": 41, "ours": true, "sub_id_3": null,
        "sub_id_4": "{token}\r\nX-Other: 1",
    });
    PostbackValues {
        postback_id: "spb_1".to_owned(),
        lead_id: "lead_1".to_owned(),
        source: "web".to_owned(),
        flow: "solar".to_owned(),
        event: "sold".to_owned(),
        status: "sold".to_owned(),
        payout: "3.50".to_owned(),
        payout_total: "4.00".to_owned(),
        currency: "USD".to_owned(),
        event_time: 1_700_000_000,
        fields: fields.as_object().unwrap().clone(),
    }
}

fn request(postback: Value, token: Option<&str>) -> PostbackRequest {
    let postback: SourcePostback = serde_json::from_value(postback).unwrap();
    postback.request(&values(), token)
}

#[test]
fn every_mistake_of_postbacks_is_told_at_once() {
    let postbacks = json!([
        {"on": "sell", "url": "ftp://tracker.example/{click}", "method": "PUT", "verb": 1},
        {"on": "sold", "url": "https://{sub1}.tracker.example/"},
        {"on": "sold", "url": "https://me:pw@tracker.example/#{sub1}", "body": {"a": "{sub1"}},
        {"on": "sold", "url": "tracker", "headers": {"Host": "a", "X Y": "b", "X-Z": "c\nd"}},
        {"on": "sold", "url": "https://tracker.example", "method": "POST", "format": "form",
         "body": {"a": ["{sub9}"]}, "signature": "hmac"},
        {"url": 7},
        "https://tracker.example",
    ]);
    let found = SourceDocument::from_value(&document(&postbacks)).unwrap_err();
    assert_eq!(
        told(found),
        [
            "unknown_label postbacks[0].method",
            "unknown_label postbacks[0].on",
            "url_scheme postbacks[0].url",
            "unknown_member postbacks[0].verb",
            "unknown_macro postbacks[0].url",
            "macro_in_host postbacks[1].url",
            "url_userinfo postbacks[2].url",
            "url_fragment postbacks[2].url",
            "method_body postbacks[2].body",
            "macro_open postbacks[2].body.a",
            "header_forbidden postbacks[3].headers.Host",
            "header_name postbacks[3].headers.X Y",
            "header_value postbacks[3].headers.X-Z",
            "url_invalid postbacks[3].url",
            "unknown_label postbacks[4].signature",
            "body_shape postbacks[4].body.a",
            "unknown_macro postbacks[4].body.a[0]",
            "wrong_type postbacks[5].url",
            "missing_member postbacks[5].on",
            "wrong_type postbacks[6]",
        ]
    );
    let many = json!(vec![json!({"on": "sold", "url": "https://a.example"}); 21]);
    let found = SourceDocument::from_value(&document(&many)).unwrap_err();
    assert_eq!(told(found), ["wrong_type postbacks"]);
}

#[test]
fn no_macro_chooses_where_a_postback_goes() {
    for (url, is_allowed) in [
        ("https://tracker.example/{sub1}/{sub2}?a={sub3}", true),
        ("https://tracker.example?{sub1}={sub2}", true),
        ("https://tracker.example{sub1}/", false),
        ("https://tracker.example:{sub1}/", false),
        ("{sub1}://tracker.example/", false),
        ("{lead.site}", false),
        ("https://{sub1}@tracker.example/", false),
        ("https:{sub1}", false),
    ] {
        let postbacks = json!([{"on": "sold", "url": url}]);
        let read = SourceDocument::from_value(&document(&postbacks));
        assert_eq!(read.is_ok(), is_allowed, "{url}: {read:?}");
    }
}

#[test]
fn what_it_takes_to_be_known_by_a_tracker_has_to_be_there() {
    let mut document = document(&json!([
        {"on": "sold", "url": "https://a.example/{token}", "signature": "standard_webhooks"},
    ]));
    let found = SourceDocument::from_value(&document).unwrap_err();
    assert_eq!(
        told(found),
        [
            "missing_member secrets.postback_key",
            "missing_member secrets.postback_token"
        ]
    );
    document["secrets"] = json!({"postback_key": "a2V5", "postback_token": "t0ken"});
    let document = SourceDocument::from_value(&document).unwrap();
    let shown = serde_json::to_string(&document.redacted()).unwrap();
    assert!(!shown.contains("t0ken"), "{shown}");
    let stored = serde_json::to_value(&document).unwrap();
    assert_eq!(
        serde_json::from_value::<SourceDocument>(stored).unwrap(),
        document
    );
}

#[test]
fn a_postback_tells_of_a_click_and_not_of_a_person() {
    let schema: Schema = serde_json::from_value(json!({"vertical": "solar", "fields": [
        {"name": "roof", "kind": "text"},
        {"name": "phone", "kind": "phone", "pii": true},
    ]}))
    .unwrap();
    let postbacks = json!([
        {"on": "sold", "url": "https://a.example/{lead.roof}?s={lead.sub_id_2}"},
        {"on": "sold", "url": "https://a.example?p={lead.phone}", "method": "POST",
         "body": {"x": {"y": ["{lead.rof}"]}}},
    ]);
    let document = SourceDocument::from_value(&document(&postbacks)).unwrap();
    assert_eq!(
        told(document.unknown_fields(&schema)),
        [
            "postback_pii postbacks[1].url",
            "unknown_field postbacks[1].body.x.y[0]"
        ]
    );
}

#[test]
fn a_value_is_one_value_of_an_address_whatever_it_is() {
    let made = request(
        json!({"on": "sold", "url": "https://a.example/{sub2}/p?c={click_id}&t={token}&x={sub3}&r={lead.roof}&n={lead.age}"}),
        Some("t/0"),
    );
    assert_eq!(
        made.url,
        "https://a.example//p?c=a%20b%26c%3D%2F%C3%A4&t=t%2F0&x=&r=flat&n=41"
    );
    let shown = request(
        json!({"on": "sold", "url": "https://a.example?t={token}"}),
        None,
    );
    assert_eq!(shown.url, "https://a.example?t={token}");
}

#[test]
fn values_in_headers_and_bodies_are_neither_lines_nor_macros() {
    let made = request(
        json!({"on": "sold", "url": "https://a.example", "method": "POST",
            "headers": {"X-Sub": "{sub4}", "Authorization": "Bearer {token}"},
            "body": {"all": "{event} {status} {payout} of {payout_total} {currency} at {event_time}",
                "ids": ["{postback_id}", "{lead_id}", "{source}", "{flow}", "{sub4}"], "ours": "{lead.ours}", "n": 1}}),
        Some("t0ken"),
    );
    assert_eq!(
        made.headers,
        [
            ("Authorization".to_owned(), "Bearer t0ken".to_owned()),
            ("X-Sub".to_owned(), "{token}  X-Other: 1".to_owned()),
        ]
    );
    assert_eq!(
        Value::from(made.body.unwrap()),
        json!({"all": "sold sold 3.50 of 4.00 USD at 1700000000", "n": 1, "ours": "true",
            "ids": ["spb_1", "lead_1", "web", "solar", "{token}\r\nX-Other: 1"]})
    );
}

#[test]
fn only_the_fields_that_are_named_are_asked_for() {
    let postback: SourcePostback = serde_json::from_value(
        json!({"on": "sold", "url": "https://a.example/{click_id}?{sub5}={lead.roof}&p={payout}"}),
    )
    .unwrap();
    let fields: Vec<&str> = postback.fields().into_iter().collect();
    assert_eq!(fields, ["click_id", "roof", "sub_id_1", "sub_id_5"]);
}
