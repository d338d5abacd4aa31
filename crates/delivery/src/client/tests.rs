//! Exchanges with real servers on this machine.

use std::{
    convert::Infallible,
    future::pending,
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use pointsman_lead::Currency;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Client, Limits};
use crate::Offer;
use crate::{Exchange, NotSent, Outcome, Policy, Target, Unknown};

mod answers;
mod connections;
mod documents;
mod failures;
mod proofs;
mod safety;

const BUDGET: Duration = Duration::from_secs(20);

/// A server that answers everything with `answer`, and what it received: request line, headers, body.
async fn serve<A, F>(answer: A) -> (String, Arc<Mutex<Vec<String>>>)
where
    A: Fn() -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send,
{
    let received = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&received);
    let handler = move |request: Request| {
        let (answer, log) = (answer.clone(), Arc::clone(&log));
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            let mut lines = vec![format!("{} {}", parts.method, parts.uri)];
            for (name, value) in &parts.headers {
                lines.push(format!("{name}: {}", value.to_str().unwrap()));
            }
            lines.push(String::from_utf8(body.to_vec()).unwrap());
            log.lock().unwrap().push(lines.join("\n"));
            answer().await
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/leads", listener.local_addr().unwrap());
    let router = Router::new().fallback(handler);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, received)
}

async fn answering(status: u16, body: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    serve(move || async move { (StatusCode::from_u16(status).unwrap(), body).into_response() })
        .await
}

fn offer() -> Offer {
    let fields = json!({
        "source": "search-1", "sub_id_1": "kw 7", "is_test": false,
        "state": "CA", "age": 41, "home_owner": true, "phone": "+12135550100", "email": null,
    });
    let Value::Object(fields) = fields else {
        unreachable!("an object")
    };
    Offer {
        delivery_id: "dlv_1".to_owned(),
        click_id: "clk_1".to_owned(),
        lead_id: "lead_1".to_owned(),
        destination: "acme".to_owned(),
        fields,
        price: Some("12.5".parse().unwrap()),
        bid: None,
        ping_id: None,
        reference: None,
        currency: Currency::USD,
    }
}

fn target(url: &str, settings: Value) -> Target {
    let mut target = json!({"url": url, "timeout_ms": 5_000});
    let Value::Object(settings) = settings else {
        unreachable!("an object")
    };
    target.as_object_mut().unwrap().extend(settings);
    serde_json::from_value(target).unwrap()
}

async fn post(url: &str, settings: Value) -> Exchange {
    let client = Client::new(Policy::loopback_too()).unwrap();
    client.post(&target(url, settings), &offer(), BUDGET).await
}

fn accepted() -> Outcome {
    Outcome::Accepted {
        price: None,
        redirect_url: None,
    }
}

fn rejected(reason: &str) -> Outcome {
    Outcome::Rejected {
        reason: reason.to_owned(),
        busy: false,
        retry_after_s: None,
    }
}

#[tokio::test]
async fn a_202_is_a_yes_and_the_default_body_holds_the_declared_fields() {
    let (url, received) = answering(202, "").await;
    let exchange = post(&url, json!({})).await;
    assert_eq!(exchange.outcome, accepted());
    assert_eq!(exchange.status, Some(202));
    let request = received.lock().unwrap()[0].clone();
    let (head, body) = request.rsplit_once('\n').unwrap();
    assert!(head.starts_with("POST /leads\n"), "{head}");
    for line in [
        "content-type: application/json",
        "idempotency-key: dlv_1",
        concat!("user-agent: pointsman/", env!("CARGO_PKG_VERSION")),
        &format!("content-length: {}", body.len()),
    ] {
        assert!(head.lines().any(|found| found == line), "{line}\nin {head}");
    }
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        body,
        json!({"state": "CA", "age": 41, "home_owner": true, "phone": "+12135550100",
               "click_id": "clk_1", "lead_id": "lead_1"})
    );
}

#[tokio::test]
async fn a_200_with_success_0_is_a_no() {
    let (url, _) = answering(200, r#"{"success":0,"error":"duplicate"}"#).await;
    let map = json!({"response": {
        "accepted": [{"path": "$.success", "equals": 1}],
        "rejected": [{"path": "$.success", "equals": 0}],
        "reason": "$.error",
    }});
    assert_eq!(post(&url, map).await.outcome, rejected("duplicate"));
}

#[tokio::test]
async fn a_form_is_url_encoded_and_leaves_missing_values_out() {
    let (url, received) = answering(200, "").await;
    let settings = json!({
        "format": "form",
        "body": {"key": "{{secret.key}}", "Phone": "{{lead.phone}}", "mail": "{{lead.email}}",
                 "owner": "{{lead.home_owner}}", "sub": "{{sub_id_1}}/{{source}}", "bid": "{{price}}"},
        "secrets": {"key": "a b&c"},
    });
    assert_eq!(post(&url, settings).await.outcome, accepted());
    let request = received.lock().unwrap()[0].clone();
    assert!(request.contains("content-type: application/x-www-form-urlencoded"));
    let body = request.lines().last().unwrap();
    let mut pairs: Vec<&str> = body.split('&').collect();
    pairs.sort_unstable();
    assert_eq!(
        pairs,
        [
            "Phone=%2B12135550100",
            "bid=12.50",
            "key=a+b%26c",
            "owner=true",
            "sub=kw+7%2Fsearch-1",
        ]
    );
}

#[tokio::test]
async fn a_query_puts_everything_behind_the_question_mark() {
    let (url, received) = answering(200, "ACCEPTED|17.35|https://acme.example/next").await;
    let settings = json!({
        "method": "GET", "format": "query",
        "body": {"st": "{{lead.state}}", "cid": "{{click_id}}"},
        "response": {
            "split": "|", "accepted": [{"path": "$[0]", "equals": "ACCEPTED"}],
            "price": "$[1]", "redirect_url": "$[2]",
        },
    });
    let exchange = post(&format!("{url}?v=2"), settings).await;
    assert_eq!(
        exchange.outcome,
        Outcome::Accepted {
            price: Some("17.35".parse().unwrap()),
            redirect_url: Some("https://acme.example/next".to_owned()),
        }
    );
    let request = received.lock().unwrap()[0].clone();
    let line = request.lines().next().unwrap();
    assert!(line == "GET /leads?v=2&cid=clk_1&st=CA" || line == "GET /leads?v=2&st=CA&cid=clk_1");
}

#[tokio::test]
async fn a_503_with_retry_after_is_a_no_for_now_and_one_without_is_unknown() {
    let answer = || async {
        let headers = [("retry-after", "7")];
        (StatusCode::SERVICE_UNAVAILABLE, headers).into_response()
    };
    let (url, _) = serve(answer).await;
    assert_eq!(
        post(&url, json!({})).await.outcome,
        Outcome::Rejected {
            reason: "status 503".to_owned(),
            busy: true,
            retry_after_s: Some(7),
        }
    );
    let (url, _) = answering(503, "").await;
    let exchange = post(&url, json!({})).await;
    let why = Unknown::Status(503);
    assert_eq!(exchange.outcome, Outcome::Unknown { why });
}

#[tokio::test]
async fn a_409_is_a_no_with_its_reason() {
    let (url, _) = answering(409, r#"{"detail":"duplicate"}"#).await;
    let settings =
        json!({"response": {"accepted": [{"status": [200, "201-299"]}], "reason": "$.detail"}});
    assert_eq!(post(&url, settings).await.outcome, rejected("duplicate"));
}
