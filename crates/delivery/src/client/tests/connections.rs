//! Which connections are used again, and how many there are.

use super::*;

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
