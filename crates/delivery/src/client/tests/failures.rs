//! What is not sent, and what is unknown.

use super::*;

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
