//! Pings to real servers on this machine, and mistakes in them.

use std::time::Duration;

use axum::{Router, extract::Request, http::StatusCode};
use pointsman_lead::{Currency, Micros, Schema};
use serde_json::{Map, Value, json};

use super::{Ask, Quote, QuoteEnd};
use crate::{Client, Policy, Target};

fn schema() -> Schema {
    let fields = json!([
        {"name": "state", "kind": "region", "required": "ping"},
        {"name": "email", "kind": "email", "required": "ping", "pii": true},
        {"name": "age", "kind": "integer"},
    ]);
    serde_json::from_value(json!({"vertical": "auto", "fields": fields})).unwrap()
}

fn ask() -> Ask {
    let fields = json!({"source": "seo", "state": "CA", "email": "ann@example.com", "age": 41});
    let Value::Object(fields) = fields else {
        unreachable!("an object")
    };
    Ask::new(&schema(), &fields, "lead_1", "acme", Currency::USD)
}

/// A server that gives the same answer to every request, with the request in it, and its address.
async fn answering(status: u16, body: &'static str, delay: Duration) -> String {
    let handler = move |request: Request| async move {
        let sent = axum::body::to_bytes(request.into_body(), 1 << 16).await;
        let sent = String::from_utf8(sent.unwrap().to_vec()).unwrap();
        tokio::time::sleep(delay).await;
        let body = body.replace("SENT", &sent.replace('"', "'"));
        (StatusCode::from_u16(status).unwrap(), body)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/bids", listener.local_addr().unwrap());
    let router = Router::new().fallback(handler);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

async fn asked(url: &str, settings: Value, budget_ms: u64) -> Quote {
    let mut ping = settings;
    ping["url"] = url.into();
    let target =
        json!({"url": "https://acme.example/", "secrets": {"key": "hunter2"}, "ping": ping});
    let target: Target = serde_json::from_value(target).unwrap();
    assert_eq!(target.check(&schema()), []);
    let client = Client::new(Policy::loopback_too()).unwrap();
    client
        .ping(&target, &ask(), Duration::from_millis(budget_ms))
        .await
}

#[tokio::test]
async fn a_bid_comes_with_its_id_and_the_ping_tells_no_more_than_it_may() {
    let answer = r#"{"bid": "12.5", "id": 77, "sent": "SENT"}"#;
    let url = answering(200, answer, Duration::ZERO).await;
    let map = json!({"response": {"ping_id": "$.id"}});
    let quote = asked(&url, map, 5_000).await;
    assert_eq!(quote.bid, Some(Micros(12_500_000)));
    assert_eq!(quote.ping_id.as_deref(), Some("77"));
    assert_eq!((quote.end, quote.status), (QuoteEnd::Bid, Some(200)));
    let excerpt = quote.response_excerpt.unwrap();
    assert!(excerpt.contains("'state':'CA'"), "{excerpt}");
    for secret in ["ann@", "age", "email"] {
        assert!(!excerpt.contains(secret), "{excerpt}");
    }
}

#[tokio::test]
async fn what_is_named_and_not_personal_may_be_told_and_secrets_stay_hidden() {
    let url = answering(200, r#"{"bid": 3, "sent": "SENT"}"#, Duration::ZERO).await;
    let ping = json!({"body": {"years": "{{lead.age}}", "key": "{{secret.key}}", "from": "{{source}}"},
        "response": {"bid_unit": "cents"}});
    let quote = asked(&url, ping, 5_000).await;
    assert_eq!(quote.bid, Some(Micros(30_000)));
    let excerpt = quote.response_excerpt.unwrap();
    assert!(excerpt.contains("'years':41") && excerpt.contains("'from':'seo'"));
    assert!(excerpt.contains("[secret]") && !excerpt.contains("hunter2"));
}

#[tokio::test]
async fn whatever_is_not_a_readable_bid_in_time_is_no_bid() {
    let at_once = Duration::ZERO;
    let cases = [
        (200, r#"{"bid": 0}"#, at_once, QuoteEnd::NoBid),
        (204, "", at_once, QuoteEnd::NoBid),
        (404, r#"{"bid": 9}"#, at_once, QuoteEnd::NoBid),
        (200, r#"{"bid": "a lot"}"#, at_once, QuoteEnd::Unreadable),
        (200, r#"{"bid": -5}"#, at_once, QuoteEnd::Unreadable),
        (200, r#"{"bid": "1,250"}"#, at_once, QuoteEnd::Unreadable),
        (200, r#"{"bid": 1e12}"#, at_once, QuoteEnd::Unreadable),
        (200, "<html>", at_once, QuoteEnd::Unreadable),
        (503, r#"{"bid": 9}"#, at_once, QuoteEnd::Failed),
        (200, r#"{"bid": 9}"#, Duration::from_secs(5), QuoteEnd::Late),
    ];
    for (status, body, delay, end) in cases {
        let url = answering(status, body, delay).await;
        let quote = asked(&url, json!({}), 300).await;
        assert_eq!((quote.bid, quote.end), (None, end), "{status} {body}");
        assert!(quote.latency_ms < 2_000, "{status} {body}");
    }
    let refused = asked("http://127.0.0.1:1/", json!({}), 300).await;
    assert_eq!((refused.bid, refused.end), (None, QuoteEnd::Failed));
    let none = Client::new(Policy::default()).unwrap();
    let target = Target::new("https://acme.example/");
    let quote = none.ping(&target, &ask(), Duration::from_secs(1)).await;
    assert_eq!(quote.end, QuoteEnd::Failed);
}

#[tokio::test]
async fn addresses_that_are_not_public_are_not_asked_either() {
    let target = json!({"url": "https://acme.example/", "ping": {"url": "http://127.0.0.1:9/"}});
    let target: Target = serde_json::from_value(target).unwrap();
    let client = Client::new(Policy::default()).unwrap();
    let quote = client.ping(&target, &ask(), Duration::from_secs(1)).await;
    assert_eq!(quote.end, QuoteEnd::Failed);
    assert!(quote.reason.unwrap().contains("not a public address"));
}

/// Code and path of every problem, a line each.
fn problems(ping: Value, body: Value) -> Vec<String> {
    let mut target: Map<String, Value> = Map::new();
    target.insert("url".to_owned(), "https://acme.example/".into());
    target.insert("body".to_owned(), body);
    if !ping.is_null() {
        target.insert("ping".to_owned(), ping);
    }
    let target: Target = serde_json::from_value(target.into()).unwrap();
    let problems = target.check(&schema());
    assert!(problems.iter().all(|problem| problem.hint.is_some()));
    problems
        .iter()
        .map(|problem| format!("{} {}", problem.code, problem.path))
        .collect()
}

#[test]
fn a_ping_may_not_tell_who_a_person_is() {
    let ping = json!({"url": "ftp://acme.example/", "headers": {"X-Hash": "{{lead.email | first 3}}"},
        "body": {"who": "{{lead.email}}", "click": "{{click_id}}", "state": "{{lead.state}}", "b": "{{bid}}"},
        "response": {"bid": "bid", "ping_id": "id"}});
    assert_eq!(
        problems(ping, json!({"id": "{{ping_id}}", "bid": "{{bid}}"})),
        [
            "url_scheme target.ping.url",
            "ping_placeholder target.ping.body.b",
            "ping_placeholder target.ping.body.click",
            "ping_pii target.ping.body.who",
            "ping_pii target.ping.headers.X-Hash",
            "path_invalid target.ping.response.bid",
            "path_invalid target.ping.response.ping_id",
        ]
    );
}

#[test]
fn a_post_without_a_ping_has_no_ping_id() {
    assert_eq!(
        problems(Value::Null, json!({"id": "{{ping_id}}", "bid": "{{bid}}"})),
        ["ping_missing target.body.id"]
    );
}

#[test]
fn what_is_personal_never_leaves_whatever_the_checks_let_pass() {
    let shown = format!("{:?}", ask());
    assert!(shown.contains("CA") && !shown.contains("ann@"), "{shown}");
}
