//! Offers that were surely not sent, made again.

use pointsman_history::verify;
use pointsman_store::{DeliveryState, LeadStatus};
use serde_json::json;

use crate::platform::Platform;

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_is_of_the_same_offer_and_the_last_one_settles_it() {
    let retry = json!({"retry": {"count": 2, "wait_ms": 10}});
    let mut platform = Platform::open_with(1, json!({}), retry).await;
    let id = platform.send_async().await;
    let (first, offer) = platform.offered().await;
    let click = offer.turn_away();
    for _ in 0..2 {
        let (name, offer) = platform.offered().await;
        assert_eq!((name, &offer.click), (first, &click));
        offer.turn_away();
    }
    let (second, offer) = platform.offered().await;
    assert_ne!(first, second);
    offer.turn_away();
    platform.offered().await.1.accept(r#"{"price": 4}"#);
    platform.ended(&id).await;
    assert_eq!(platform.earned(&id).await, (400, LeadStatus::Sold));
    let read = platform.engine.store().read();
    let offers = read.deliveries_of_leads(&[id.to_string()]).await.unwrap();
    let ids: Vec<String> = offers.iter().map(|offer| offer.id.clone()).collect();
    assert_eq!(read.attempts_of_deliveries(&ids).await.unwrap().len(), 5);
    assert!(read.due_of_deliveries(&ids).await.unwrap().is_empty());
    let known = offers
        .iter()
        .find(|offer| offer.destination == first)
        .unwrap();
    assert_eq!(known.state, DeliveryState::NotSent);
    platform.learned_the_same().await;
    assert!(
        verify(platform.engine.store(), &mut |_| {})
            .await
            .unwrap()
            .is_reproduced()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_that_is_due_when_the_process_ends_is_made_by_the_next() {
    let retry = json!({"retry": {"count": 1, "wait_ms": 3_000, "jitter_percent": 0}});
    let mut platform = Platform::open_with(1, json!({}), retry).await;
    let id = platform.send_async().await;
    let (first, offer) = platform.offered().await;
    let click = offer.turn_away();
    let read = platform.engine.store().read();
    let offers = read.deliveries_of_leads(&[id.to_string()]).await.unwrap();
    let ids = [offers[0].id.clone()];
    while read.due_of_deliveries(&ids).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    platform = platform.restart().await;
    let (name, offer) = platform.offered().await;
    assert_eq!((name, &offer.click), (first, &click));
    offer.accept(r#"{"price": 4}"#);
    platform.ended(&id).await;
    assert_eq!(platform.earned(&id).await, (400, LeadStatus::Sold));
    platform.learned_the_same().await;
    assert!(
        verify(platform.engine.store(), &mut |_| {})
            .await
            .unwrap()
            .is_reproduced()
    );
}
