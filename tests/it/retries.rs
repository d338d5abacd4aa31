//! Offers that were surely not sent, made again.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    releases::ended,
    restart::verify,
    server::Server,
    site::{Site, one_after_the_other, put_destination, solar_lead},
    wait::until,
    wire::{Wire, said},
};

/// A target that is tried `count` times more.
fn retrying(base: &str, count: u32, wait_ms: u32) -> Value {
    json!({
        "url": format!("{base}/leads"),
        "retry": {"count": count, "wait_ms": wait_ms, "longest_wait_ms": wait_ms.max(10)},
        "response": {"not_sent": [{"status": 503}], "price": "$.price"},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_made_again_until_its_retries_are_used_up_and_then_the_lead_goes_on() {
    let busy = Wire::answering(|_, _| said(503, "")).await;
    let other = Wire::answering(|_, _| said(200, json!({"price": "3"}).to_string())).await;
    let flow = one_after_the_other(&["busy", "other"]);
    let destinations = vec![
        ("busy", retrying(&busy.base, 3, 20), json!({})),
        ("other", retrying(&other.base, 3, 20), json!({})),
    ];
    let mut site = Site::open_with(Server::start(), &flow, destinations).await;
    let answer = site.source().lead(&solar_lead()).await.json();
    assert_eq!(answer["destination"], "other", "{answer}");
    assert_eq!((busy.asked().len(), other.asked().len()), (4, 1));
    let keys: Vec<String> = busy
        .asked()
        .iter()
        .map(|it| it.header("idempotency-key").to_owned())
        .collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    let lead = site.lead(answer["lead_id"].as_str().unwrap()).await;
    assert_eq!(
        lead["deliveries"][0]["attempts"].as_array().unwrap().len(),
        4,
        "{lead:#}"
    );
    assert_eq!(lead["deliveries"][0]["state"], "NOT_SENT");
    // A wait that is longer than the lead has is not begun.
    let slow = retrying(&busy.base, 3, 50_000);
    put_destination(&site.admin, "busy", &slow, &json!({})).await;
    let answer = site.source().lead(&solar_lead()).await.json();
    assert_eq!(
        (&answer["destination"], busy.asked().len()),
        (&json!("other"), 5),
        "{answer}"
    );
    site.server.stop();
    verify(&site.server.database(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_is_taken_up_again_after_a_kill_and_nothing_is_sent_twice() {
    // Closed while the first attempts are made.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let flow = one_after_the_other(&["away"]);
    let away = retrying(&format!("http://{address}"), 5, 3_000);
    let mut site = Site::open_with(Server::start(), &flow, vec![("away", away, json!({}))]).await;
    let mut leads = Vec::new();
    for _ in 0..4 {
        let mut lead = solar_lead();
        lead["mode"] = "async".into();
        let answer = site.source().lead(&lead).await.json();
        leads.push(answer["lead_id"].as_str().unwrap().to_owned());
    }
    for id in &leads {
        let waiting = async || {
            let lead = ended(&site, id, "QUEUED").await;
            Some(lead).filter(|lead| !lead["deliveries"][0]["dueAt"].is_null())
        };
        until("a retry is due", waiting).await;
    }
    site.server.kill();
    let buyer = Wire::on(TcpListener::bind(address).await.unwrap(), |_, _| {
        said(200, json!({"price": "3"}).to_string())
    });
    site.start_again();
    for id in &leads {
        let sold = ended(&site, id, "SOLD").await;
        assert_eq!(sold["revenue"], "3.00", "{sold:#}");
        assert_eq!(sold["deliveries"][0]["dueAt"], Value::Null, "{sold:#}");
    }
    let asked = buyer.asked();
    let keys: BTreeSet<&str> = asked
        .iter()
        .map(|it| it.header("idempotency-key"))
        .collect();
    assert_eq!((asked.len(), keys.len()), (4, 4));
    site.server.stop();
    verify(&site.server.database(), 4);
}
