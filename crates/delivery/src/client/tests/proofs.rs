//! How requests show that they are from us.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::*;

/// A header of the first request.
fn header(received: &Mutex<Vec<String>>, name: &str) -> String {
    let received = received.lock().unwrap();
    let lines = received[0].lines();
    let mut found = lines.filter_map(|line| line.strip_prefix(&format!("{name}: ")));
    found.next().unwrap_or("-").to_owned()
}

fn body(received: &Mutex<Vec<String>>) -> String {
    received.lock().unwrap()[0]
        .lines()
        .last()
        .unwrap()
        .to_owned()
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[tokio::test]
async fn names_and_passwords_and_tokens_go_into_the_header() {
    let (url, received) = answering(200, "").await;
    let auth = json!({"auth": {"kind": "basic", "user": "acme", "password": "{{secret.pw}}"},
        "secrets": {"pw": "s:3 é"}});
    post(&url, auth).await;
    let value = header(&received, "authorization");
    let decoded = STANDARD
        .decode(value.strip_prefix("Basic ").unwrap())
        .unwrap();
    assert_eq!(String::from_utf8(decoded).unwrap(), "acme:s:3 é");
    let (url, received) = answering(200, "").await;
    let auth =
        json!({"auth": {"kind": "bearer", "token": "{{secret.t}}"}, "secrets": {"t": "abc"}});
    post(&url, auth).await;
    assert_eq!(header(&received, "authorization"), "Bearer abc");
}

#[tokio::test]
async fn a_signature_is_made_over_the_body_as_it_leaves() {
    let (url, received) = answering(200, "").await;
    let auth = json!({"auth": {"kind": "hmac", "key": "{{secret.k}}", "header": "X-Signature", "prefix": "sha256=",
        "signed": "{{timestamp}}.{{body}}", "timestamp_header": "X-Time"}, "secrets": {"k": "s3cret"}});
    post(&url, auth).await;
    let signed = format!("{}.{}", header(&received, "x-time"), body(&received));
    let expected = format!("sha256={}", hex(&mac(b"s3cret", &signed)));
    assert_eq!(header(&received, "x-signature"), expected);
    // Of a request without a body its parameters are signed.
    let (url, received) = answering(200, "").await;
    let auth = json!({"format": "query", "method": "GET", "body": {"st": "{{lead.state}}", "n": "a b"},
        "auth": {"kind": "hmac", "key": "{{secret.k}}", "header": "X-Signature", "encoding": "base64"},
        "secrets": {"k": "s3cret"}});
    post(&url, auth).await;
    let line = received.lock().unwrap()[0]
        .lines()
        .next()
        .unwrap()
        .to_owned();
    let query = line.split_once('?').unwrap().1.to_owned();
    assert_eq!(
        header(&received, "x-signature"),
        STANDARD.encode(mac(b"s3cret", &query))
    );
}

#[tokio::test]
async fn a_standard_webhook_is_signed_with_its_id_and_time() {
    let (url, received) = answering(200, "").await;
    let key = STANDARD.encode(b"twenty four bytes of key");
    let auth = json!({"auth": {"kind": "standard_webhooks", "key": "{{secret.k}}"},
        "secrets": {"k": format!("whsec_{key}")}});
    post(&url, auth).await;
    assert_eq!(header(&received, "webhook-id"), "dlv_1");
    let signed = format!(
        "dlv_1.{}.{}",
        header(&received, "webhook-timestamp"),
        body(&received)
    );
    let expected = STANDARD.encode(mac(b"twenty four bytes of key", &signed));
    assert_eq!(
        header(&received, "webhook-signature"),
        format!("v1,{expected}")
    );
}

/// A server of tokens that counts what it is asked, and gives another token each time.
async fn tokens(
    status: u16,
    expires_in: i64,
) -> (String, Arc<AtomicUsize>, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let (url, received) = serve(move || {
        let n = count.fetch_add(1, Ordering::SeqCst);
        async move {
            // Long enough for others to ask meanwhile.
            tokio::time::sleep(Duration::from_millis(50)).await;
            let answer = json!({"access_token": format!("tok-{n}"), "expires_in": expires_in});
            (StatusCode::from_u16(status).unwrap(), axum::Json(answer)).into_response()
        }
    })
    .await;
    (url, asked, received)
}

fn oauth(token_url: &str) -> Value {
    json!({
        "auth": {"kind": "oauth", "token_url": token_url, "client_id": "pm", "client_secret": "{{secret.s}}",
                 "params": {"scope": "leads"}},
        "secrets": {"s": "hunter2"},
    })
}

#[tokio::test]
async fn one_token_is_asked_for_and_kept() {
    let (token_url, asked, questions) = tokens(200, 3_600).await;
    let (url, received) = answering(200, "tok-0 is what you sent").await;
    let client = Client::new(Policy::loopback_too()).unwrap();
    let target = target(&url, oauth(&token_url));
    let offer = offer();
    let posts = (0..8).map(|_| client.post(&target, &offer, BUDGET));
    for exchange in futures_util::future::join_all(posts).await {
        assert_eq!(exchange.outcome, accepted());
        // What the token is is told to nobody.
        assert_eq!(
            exchange.response_excerpt.as_deref(),
            Some("[secret] is what you sent")
        );
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(header(&received, "authorization"), "Bearer tok-0");
    assert!(body(&questions).contains("grant_type=client_credentials&scope=leads"));
    let basic = STANDARD.encode("pm:hunter2");
    assert_eq!(
        header(&questions, "authorization"),
        format!("Basic {basic}")
    );
}

#[tokio::test]
async fn a_token_that_has_ended_or_is_refused_is_replaced() {
    let (token_url, asked, _) = tokens(200, 0).await;
    let (url, _) = answering(200, "").await;
    let client = Client::new(Policy::loopback_too()).unwrap();
    let short = target(&url, oauth(&token_url));
    for _ in 0..2 {
        client.post(&short, &offer(), BUDGET).await;
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    // The buyer takes the second token only.
    let (token_url, asked, _) = tokens(200, 3_600).await;
    let n_posts = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&n_posts);
    let (url, received) = serve(move || {
        let n = count.fetch_add(1, Ordering::SeqCst);
        async move {
            let status = if n == 1 {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::OK
            };
            status.into_response()
        }
    })
    .await;
    let kept = target(&url, oauth(&token_url));
    for _ in 0..2 {
        let exchange = client.post(&kept, &offer(), BUDGET).await;
        assert_eq!(exchange.outcome, accepted());
    }
    assert_eq!(
        (asked.load(Ordering::SeqCst), n_posts.load(Ordering::SeqCst)),
        (2, 3)
    );
    assert!(received.lock().unwrap()[2].contains("Bearer tok-1"));
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let (url, received) = answering(200, "").await;
    let client = Client::new(Policy::loopback_too()).unwrap();
    for (status, is_its_doing) in [(401, false), (503, true)] {
        let (token_url, asked, _) = tokens(status, 60).await;
        let target = target(&url, oauth(&token_url));
        let offer = offer();
        let posts = (0..4).map(|_| client.post(&target, &offer, BUDGET));
        for exchange in futures_util::future::join_all(posts).await {
            let why = NotSent::NoToken {
                detail: format!("the server of tokens answered with status {status}"),
                is_its_doing,
            };
            assert_eq!(exchange.outcome.is_failure(), is_its_doing);
            assert_eq!(exchange.outcome, Outcome::NotSent { why });
        }
        // Who waited for the answer does not ask again.
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let exchange = client
        .post(
            &target(&url, oauth(&format!("http://{closed}/token"))),
            &offer(),
            BUDGET,
        )
        .await;
    assert_eq!(exchange.outcome.class(), "not_sent");
    assert!(received.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_token_server_may_not_be_where_leads_may_not_go() {
    let client = Client::new(Policy::default()).unwrap();
    let target = target("https://acme.example/", oauth("http://127.0.0.1:9/token"));
    let exchange = client.post(&target, &offer(), BUDGET).await;
    let why = NotSent::Blocked {
        host: "127.0.0.1".to_owned(),
    };
    assert_eq!(exchange.outcome, Outcome::NotSent { why });
}

#[tokio::test]
async fn a_request_that_is_tried_out_is_shown_without_its_secrets() {
    let (url, received) = answering(200, r#"{"key": "hunter2"}"#).await;
    let settings = json!({
        "headers": {"X-Key": "{{secret.k}}"}, "body": {"key": "{{secret.k}}", "state": "{{lead.state}}"},
        "auth": {"kind": "basic", "user": "pm", "password": "{{secret.k}}"}, "secrets": {"k": "hunter2"},
    });
    let client = Client::new(Policy::loopback_too()).unwrap();
    let (exchange, request) = client
        .try_out(&target(&url, settings), &offer(), BUDGET)
        .await;
    let request = request.unwrap();
    let shown = format!("{request:?} {exchange:?}");
    assert!(
        !shown.contains("hunter2") && !shown.contains(&STANDARD.encode("pm:hunter2")),
        "{shown}"
    );
    assert_eq!(
        request.body.as_deref(),
        Some(r#"{"key":"[secret]","state":"CA"}"#)
    );
    assert!(
        request
            .headers
            .contains(&("authorization".to_owned(), "Basic [secret]".to_owned()))
    );
    assert!(body(&received).contains("hunter2"));
}
