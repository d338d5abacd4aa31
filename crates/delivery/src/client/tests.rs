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

use super::{Client, Limits, Offer};
use crate::{Exchange, NotSent, Outcome, Policy, Target, Unknown};

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

#[tokio::test]
async fn a_destination_that_hangs_is_unknown_within_the_deadline() {
    let (url, _) = serve(pending::<Response>).await;
    let started = Instant::now();
    let exchange = post(&url, json!({"timeout_ms": 150})).await;
    assert_eq!(
        exchange.outcome,
        Outcome::Unknown {
            why: Unknown::TimedOut
        }
    );
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(exchange.latency_ms >= 150);
}

#[tokio::test]
async fn the_leads_own_budget_counts_too() {
    let (url, received) = serve(pending::<Response>).await;
    let client = Client::new(Policy::loopback_too()).unwrap();
    let target = target(&url, json!({"timeout_ms": 30_000}));
    let started = Instant::now();
    let short = Duration::from_millis(120);
    let exchange = client.post(&target, &offer(), short).await;
    // The destination had not used up its own time, so nothing speaks against it.
    let why = Unknown::CutOff;
    assert_eq!(exchange.outcome, Outcome::Unknown { why });
    assert!(!exchange.outcome.is_failure());
    assert!(started.elapsed() < Duration::from_secs(2));
    let exchange = client.post(&target, &offer(), Duration::ZERO).await;
    let why = NotSent::NoTime;
    assert_eq!(exchange.outcome, Outcome::NotSent { why });
    assert!(!exchange.outcome.is_failure());
    assert_eq!(received.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refused_connection_means_not_sent() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let exchange = post(&format!("http://127.0.0.1:{port}/"), json!({})).await;
    let Outcome::NotSent {
        why: NotSent::Connect { detail },
    } = exchange.outcome
    else {
        panic!("{exchange:?}");
    };
    assert!(detail.to_lowercase().contains("refused"), "{detail}");
    assert_eq!(exchange.status, None);
}

#[tokio::test]
async fn a_name_without_an_address_means_not_sent() {
    let exchange = post("http://nobody.invalid/", json!({})).await;
    // What the resolver of this machine says of it is another matter.
    assert!(
        matches!(
            &exchange.outcome,
            Outcome::NotSent {
                why: NotSent::Dns { host, .. }
            } if host == "nobody.invalid"
        ),
        "{exchange:?}"
    );
}

#[tokio::test]
async fn a_failed_tls_handshake_means_not_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.write_all(b"220 this is mail\r\n").await.unwrap();
        pending::<()>().await;
    });
    let exchange = post(&format!("https://127.0.0.1:{port}/"), json!({})).await;
    assert!(
        matches!(
            exchange.outcome,
            Outcome::NotSent {
                why: NotSent::Tls { .. }
            }
        ),
        "{exchange:?}"
    );
}

#[tokio::test]
async fn a_deadline_before_the_first_byte_means_not_sent() {
    // No connection is accepted, so the TLS handshake never gets an answer.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("https://127.0.0.1:{port}/");
    let exchange = post(&url, json!({"timeout_ms": 150})).await;
    let why = NotSent::TimedOut;
    assert_eq!(exchange.outcome, Outcome::NotSent { why });
    assert!(exchange.outcome.is_failure());
    let client = Client::new(Policy::loopback_too()).unwrap();
    let target = target(&url, json!({"timeout_ms": 1_500}));
    let short = Duration::from_millis(100);
    let exchange = client.post(&target, &offer(), short).await;
    let why = NotSent::NoTime;
    assert_eq!(exchange.outcome, Outcome::NotSent { why });
    assert!(!exchange.outcome.is_failure());
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_is_unknown() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.read_u8().await.unwrap();
        }
    });
    let exchange = post(&format!("http://127.0.0.1:{port}/"), json!({})).await;
    assert!(
        matches!(
            exchange.outcome,
            Outcome::Unknown {
                why: Unknown::Broken { .. }
            }
        ),
        "{exchange:?}"
    );
}

#[tokio::test]
async fn a_reset_in_the_middle_of_the_body_is_unknown() {
    let answer = || async {
        let chunks = stream::iter([Ok("{\"ok\":"), Err(std::io::Error::other("gone"))]);
        // Between the two, the server gets to send what it has.
        let chunks = chunks.then(|chunk| async {
            tokio::task::yield_now().await;
            chunk
        });
        Response::new(Body::from_stream(chunks))
    };
    let (url, _) = serve(answer).await;
    let exchange = post(&url, json!({})).await;
    assert!(
        matches!(
            exchange.outcome,
            Outcome::Unknown {
                why: Unknown::Broken { .. }
            }
        ),
        "{exchange:?}"
    );
    assert_eq!(exchange.status, Some(200));
}

#[tokio::test]
async fn an_endless_body_is_cut_and_does_not_take_the_time() {
    let answer = || async {
        let chunks = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from(vec![b'x'; 4_096])));
        Response::new(Body::from_stream(chunks))
    };
    let (url, _) = serve(answer).await;
    let exchange = post(&url, json!({})).await;
    assert_eq!(exchange.outcome, accepted());
    let excerpt = exchange.response_excerpt.unwrap();
    assert!(excerpt.ends_with("x…") && excerpt.chars().count() == 4_001);
    // The same answer under rules that would have to read on.
    let rules = json!({"response": {
        "accepted": [{"status": 200}],
        "rejected": [{"contains": "REFUSED"}],
    }});
    assert_eq!(post(&url, rules).await.outcome.class(), "unknown");
}

#[tokio::test]
async fn the_beginning_of_a_long_answer_is_read_and_the_rest_is_dropped() {
    let answer = |tail: &'static str| {
        move || async move {
            let debug = "x".repeat(32 * 1024);
            let body = format!(r#"{{"ok":1,"price":"7.5","error":null,"debug":"{debug}"{tail}}}"#);
            body.into_response()
        }
    };
    let (url, _) = serve(answer("")).await;
    let rules = |path: &str| {
        json!({"response": {
            "accepted": [{"path": "$.ok", "equals": 1}],
            "rejected": [{"path": path, "exists": true}],
            "price": "$.price",
        }})
    };
    let exchange = post(&url, rules("$.error")).await;
    assert_eq!(
        exchange.outcome,
        Outcome::Accepted {
            price: Some("7.5".parse().unwrap()),
            redirect_url: None
        }
    );
    // It is unknown whether this member is there, so the answer is no acceptance.
    let exchange = post(&url, rules("$.refused")).await;
    assert_eq!(exchange.outcome.class(), "unknown");
}

#[tokio::test]
async fn an_answer_that_comes_packed_is_read() {
    let packed = {
        use std::io::Write as _;
        let compression = flate2::Compression::default();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), compression);
        encoder.write_all(br#"{"ok":true,"why":"fine"}"#).unwrap();
        encoder.finish().unwrap()
    };
    let (url, received) = serve(move || {
        let packed = packed.clone();
        async move { ([("content-encoding", "gzip")], packed).into_response() }
    })
    .await;
    let rules = json!({"response": {"accepted": [{"path": "$.ok", "equals": true}]}});
    let exchange = post(&url, rules).await;
    assert_eq!(exchange.outcome, accepted());
    assert_eq!(
        exchange.response_excerpt.as_deref(),
        Some(r#"{"ok":true,"why":"fine"}"#)
    );
    assert!(received.lock().unwrap()[0].contains("accept-encoding: identity"));
}

/// A buyer that takes every lead on a bare socket and says `head` with it, and how many leads and
/// connections it saw.
///
/// * `closes`: whether it closes each connection after its answer.
async fn bare_buyer(
    head: &'static str,
    closes: bool,
) -> (String, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (leads, connections) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let seen = (Arc::clone(&leads), Arc::clone(&connections));
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            seen.1.fetch_add(1, Ordering::SeqCst);
            let leads = Arc::clone(&seen.0);
            tokio::spawn(async move {
                let mut received = Vec::new();
                while socket.read_buf(&mut received).await.is_ok_and(|n| n > 0) {
                    // The body is an object without objects in it.
                    if !received.ends_with(b"}") {
                        continue;
                    }
                    received.clear();
                    leads.fetch_add(1, Ordering::SeqCst);
                    let answer = format!("HTTP/1.1 200 OK\r\n{head}content-length: 2\r\n\r\n{{}}");
                    socket.write_all(answer.as_bytes()).await.unwrap();
                    if closes {
                        return;
                    }
                }
            });
        }
    });
    (url, leads, connections)
}

#[tokio::test]
async fn who_closes_each_connection_without_a_word_gets_every_lead_once() {
    let (url, leads, _) = bare_buyer("", true).await;
    let client = Client::new(Policy::loopback_too()).unwrap();
    let target = Arc::new(target(&url, json!({})));
    let callers = (0..8).map(|_| {
        let (client, target) = (client.clone(), Arc::clone(&target));
        tokio::spawn(async move {
            for _ in 0..40 {
                let exchange = client.post(&target, &offer(), BUDGET).await;
                assert_eq!(exchange.outcome, accepted());
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    assert_eq!(leads.load(Ordering::SeqCst), 8 * 40);
}

#[tokio::test]
async fn a_connection_is_used_again_where_its_destination_says_that_it_stays() {
    for (head, n_connections) in [("connection: keep-alive\r\n", 2), ("", 6)] {
        let (url, _, connections) = bare_buyer(head, false).await;
        let client = Client::new(Policy::loopback_too()).unwrap();
        let target = target(&url, json!({}));
        for _ in 0..6 {
            let exchange = client.post(&target, &offer(), BUDGET).await;
            assert_eq!(exchange.outcome, accepted());
        }
        // The first one is not known yet to stay.
        assert_eq!(connections.load(Ordering::SeqCst), n_connections);
    }
}

#[tokio::test]
async fn a_destination_that_hangs_takes_no_more_than_its_places() {
    let limits = Limits {
        per_destination: 2,
        in_all: 3,
        idle_per_host: 0,
    };
    let client = Client::with_limits(Policy::loopback_too(), limits).unwrap();
    let (slow, received) = serve(pending::<Response>).await;
    let slow = Arc::new(target(&slow, json!({})));
    let held: Vec<_> = (0..2)
        .map(|_| {
            let (client, slow) = (client.clone(), Arc::clone(&slow));
            tokio::spawn(async move { client.post(&slow, &offer(), BUDGET).await })
        })
        .collect();
    while received.lock().unwrap().len() < 2 {
        tokio::task::yield_now().await;
    }
    let exchange = client
        .post(&slow, &offer(), Duration::from_millis(200))
        .await;
    let why = NotSent::Busy;
    assert_eq!(exchange.outcome, Outcome::NotSent { why });
    assert!(!exchange.outcome.is_failure());
    let (quick, _) = answering(200, "").await;
    let other = Offer {
        destination: "zenith".to_owned(),
        ..offer()
    };
    let exchange = client
        .post(&target(&quick, json!({})), &other, BUDGET)
        .await;
    assert_eq!(exchange.outcome, accepted());
    for one in held {
        one.abort();
    }
}

#[tokio::test]
async fn answers_that_lie_about_themselves_are_unknown_and_cost_no_more_than_their_time() {
    for (answer, class) in [
        // More promised than sent.
        ("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}", "unknown"),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9999\r\n{}",
            "unknown",
        ),
        // Sent more than promised.
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}{}{}",
            "accepted",
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
            "accepted",
        ),
        (
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
            "unknown",
        ),
        ("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}", "unknown"),
        ("220 this is mail\r\n", "unknown"),
        ("", "unknown"),
    ] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let buyer = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut received = Vec::new();
            while !received.ends_with(b"}") {
                socket.read_buf(&mut received).await.unwrap();
            }
            socket.write_all(answer.as_bytes()).await.unwrap();
        });
        let exchange = post(&url, json!({"timeout_ms": 2_000})).await;
        assert_eq!(exchange.outcome.class(), class, "{answer:?}: {exchange:?}");
        assert!(exchange.latency_ms < 2_000, "{answer:?}");
        buyer.await.unwrap();
    }
}

#[tokio::test]
async fn a_dripping_body_hits_the_deadline() {
    let answer = || async {
        let ticks = tokio::time::interval(Duration::from_millis(20));
        let drops = stream::unfold(ticks, |mut ticks| async {
            ticks.tick().await;
            Some((Ok::<_, Infallible>("x"), ticks))
        });
        Response::new(Body::from_stream(drops.boxed()))
    };
    let (url, _) = serve(answer).await;
    let started = Instant::now();
    let exchange = post(&url, json!({"timeout_ms": 200})).await;
    assert_eq!(
        exchange.outcome,
        Outcome::Unknown {
            why: Unknown::TimedOut
        }
    );
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(exchange.response_excerpt.unwrap().starts_with('x'));
}

/// A server at a forbidden address.
struct Canary(TcpListener);

impl Canary {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// The system queues connections, so one that was opened would be here.
    fn is_untouched(&self) -> bool {
        self.0.accept().is_err()
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let canary = Canary::new();
    let location = format!("http://127.0.0.1:{}/", canary.port());
    let (url, _) = serve(move || {
        let location = location.clone();
        async move { (StatusCode::TEMPORARY_REDIRECT, [("location", location)]).into_response() }
    })
    .await;
    let exchange = post(&url, json!({})).await;
    let why = Unknown::Status(307);
    assert_eq!(exchange.outcome, Outcome::Unknown { why });
    assert!(canary.is_untouched());
}

#[tokio::test]
async fn addresses_that_are_not_public_are_never_connected_to() {
    let canary = Canary::new();
    let client = Client::new(Policy::public_only()).unwrap();
    // By name, as a literal, and in the spellings of a literal that systems understand.
    for host in [
        "localhost",
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ] {
        let target = target(&format!("http://{host}:{}/", canary.port()), json!({}));
        let exchange = client.post(&target, &offer(), BUDGET).await;
        assert!(
            matches!(
                exchange.outcome,
                Outcome::NotSent {
                    why: NotSent::Blocked { .. }
                }
            ),
            "{host}: {exchange:?}"
        );
        assert!(!exchange.outcome.is_failure());
    }
    assert!(canary.is_untouched());
}

#[tokio::test]
async fn secrets_reach_the_destination_and_nobody_else() {
    let (url, received) = serve(|| async {
        let echo = r#"{"ok":false,"why":"bad key s3/cr\"et or s3%2Fcr%22et","json":"s3/cr\"et"}"#;
        (StatusCode::FORBIDDEN, echo).into_response()
    })
    .await;
    let settings = json!({
        "headers": {"Authorization": "Bearer {{secret.api_key}}"},
        "secrets": {"api_key": "s3/cr\"et"},
        "response": {"reason": "$.why"},
    });
    let exchange = post(&url, settings.clone()).await;
    let request = received.lock().unwrap()[0].clone();
    assert!(request.contains("authorization: Bearer s3/cr\"et"));
    let target = target(&url, settings);
    for text in [
        format!("{exchange:?}"),
        format!("{target:?}"),
        serde_json::to_string(&target.redacted()).unwrap(),
    ] {
        assert!(
            !text.contains("cr\\\"et") && !text.contains("%22et"),
            "{text}"
        );
    }
    assert_eq!(exchange.outcome, rejected("bad key [secret] or [secret]"));
}

#[tokio::test]
async fn a_redirect_that_shows_a_secret_is_dropped_and_told() {
    let (url, _) = serve(|| async {
        r#"{"next":"https://ok.example/?k=s3%2Fcr","price":"a\u0000 s3/cr"}"#.into_response()
    })
    .await;
    let settings = json!({
        "secrets": {"api_key": "s3/cr"}, "headers": {"X-Key": "{{secret.api_key}}"},
        "response": {"redirect_url": "$.next", "price": "$.price"},
    });
    let exchange = post(&url, settings).await;
    let accepted = Outcome::Accepted {
        price: None,
        redirect_url: None,
    };
    assert_eq!(exchange.outcome, accepted);
    let note = exchange.note.unwrap();
    assert!(note.contains("its redirect holds a secret"), "{note}");
    assert!(!note.contains("s3/cr") && !note.contains('\0'), "{note}");
}

#[tokio::test]
async fn a_zero_byte_in_an_answer_is_marked() {
    let (url, _) =
        serve(|| async { (StatusCode::CONFLICT, "{\"why\":\"a\\u0000b\"}\0").into_response() })
            .await;
    let exchange = post(&url, json!({"response": {"reason": "$.why", "split": "|"}})).await;
    assert!(!format!("{exchange:?}").contains("\\0"), "{exchange:?}");
    let exchange = post(&url, json!({"response": {"reason": "$.why"}})).await;
    assert!(!format!("{exchange:?}").contains("\\0"), "{exchange:?}");
}

#[tokio::test]
async fn a_secret_in_the_address_stays_out_of_failures() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let settings = json!({"method": "GET", "format": "query",
        "body": {"key": "{{secret.key}}"}, "secrets": {"key": "hunter2"}});
    let exchange = post(&format!("http://127.0.0.1:{port}/"), settings).await;
    assert_eq!(exchange.outcome.class(), "not_sent");
    assert!(!format!("{exchange:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_value_that_fits_no_header_means_not_sent() {
    let (url, received) = answering(200, "").await;
    let client = Client::new(Policy::loopback_too()).unwrap();
    let target = target(&url, json!({"headers": {"X-Name": "{{lead.name}}"}}));
    let mut offer = offer();
    let smuggled = Value::from("Eve\u{1}X-Admin: 1");
    offer.fields.insert("name".to_owned(), smuggled);
    let exchange = client.post(&target, &offer, BUDGET).await;
    let Outcome::NotSent {
        why: NotSent::Unbuildable { detail },
    } = exchange.outcome
    else {
        panic!("{exchange:?}");
    };
    assert!(detail.contains("X-Name") && !detail.contains("Admin"));
    assert!(received.lock().unwrap().is_empty());
}
