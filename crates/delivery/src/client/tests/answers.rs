//! Answers that are long, packed, or not what they say.

use super::*;

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
