//! The same event, however often and however early it is reported.

use pointsman_store::{Error, ParkedPostbackRow, ParkedReason};

use crate::{
    database::{Database, on_both_databases},
    rows::{conversion, delivery, insert_walks},
};

on_both_databases! {
    a_conversion_counts_once,
    a_conversion_belongs_to_a_delivery,
    a_postback_waits_for_its_click_once,
}

async fn a_conversion_counts_once(database: Database) {
    let store = database.open().await;
    insert_walks(&store, 1..=3).await;
    let tx = store.begin().await.unwrap();
    assert!(tx.insert_conversion(conversion(11, 1)).await.unwrap());
    let mut again = conversion(12, 1);
    again.natural_key = conversion(11, 1).natural_key;
    again.revenue = 99;
    assert!(!tx.insert_conversion(again.clone()).await.unwrap());
    assert!(tx.insert_conversion(conversion(13, 2)).await.unwrap());
    tx.commit().await.unwrap();
    let tx = store.begin().await.unwrap();
    assert!(!tx.insert_conversion(again).await.unwrap());
    tx.commit().await.unwrap();

    let read = store.read();
    let expected = [conversion(11, 1), conversion(13, 2)];
    assert_eq!(read.conversions_in_order(0, 10).await.unwrap(), expected);
    assert_eq!(
        read.conversions_in_order(11, 10).await.unwrap(),
        expected[1..]
    );
    let ids = [delivery(2).id, delivery(3).id];
    let of_two = read.conversions_of_deliveries(&ids).await.unwrap();
    assert_eq!(of_two, expected[1..]);
    let page = read.conversions(None, 1).await.unwrap();
    assert_eq!(page.items, expected[1..]);
    let page = read.conversions(page.next.as_ref(), 1).await.unwrap();
    assert_eq!((&*page.items, page.next), (&expected[..1], None));
    store.close().await.unwrap();
}

async fn a_conversion_belongs_to_a_delivery(database: Database) {
    let store = database.open().await;
    let tx = store.begin().await.unwrap();
    let refused = tx.insert_conversion(conversion(1, 9)).await;
    assert!(
        matches!(refused, Err(Error::NotFound { .. })),
        "{refused:?}"
    );
    tx.rollback().await.unwrap();
    store.close().await.unwrap();
}

async fn a_postback_waits_for_its_click_once(database: Database) {
    let store = database.open().await;
    let postback = |n: i64, click: &str| ParkedPostbackRow {
        id: format!("pbk_{n}"),
        click_id: click.to_owned(),
        natural_key: format!("key-{n}"),
        raw_body: "{}".to_owned(),
        received_at: n,
        destination: None,
        reason: Some(ParkedReason::AwaitingAnswer),
        problems_body: None,
        times: 1,
    };
    let tx = store.begin().await.unwrap();
    assert!(tx.park_postback(postback(2, "a")).await.unwrap());
    assert!(tx.park_postback(postback(1, "a")).await.unwrap());
    assert!(tx.park_postback(postback(3, "b")).await.unwrap());
    let again = ParkedPostbackRow {
        id: "pbk_again".to_owned(),
        ..postback(2, "a")
    };
    assert!(!tx.park_postback(again).await.unwrap());
    let taken = tx.take_parked("a").await.unwrap();
    assert_eq!(taken, [postback(1, "a"), postback(2, "a")]);
    assert_eq!(tx.take_parked("a").await.unwrap(), []);
    tx.commit().await.unwrap();
    let parked = store.read().parked_postbacks(None, 10).await.unwrap();
    assert_eq!(parked.items, [postback(3, "b")]);
    let forgotten = store.write(|tx| Box::pin(tx.forget_parked_before(4))).await;
    assert_eq!(forgotten.unwrap(), 1);
    store.close().await.unwrap();
}
