//! The same event, however often and however early it is reported.

use pointsman_store::{
    ConversionRow, ConversionStatus, ConversionUpdate, DeliveryState, DeliveryUpdate, Error,
    LeadFilter, LeadStatus, ParkedPostbackRow, ParkedReason, RestatementProgressRow,
    RestatementRow, ReturnFilter, ReturnKind, ReturnOrigin, ReturnRow, ReturnState,
};

use crate::{
    database::{Database, on_both_databases},
    rows::{conversion, delivery, insert_walks, lead},
};

on_both_databases! {
    a_conversion_counts_once,
    a_conversion_belongs_to_a_delivery,
    a_postback_waits_for_its_click_once,
    a_transaction_is_read_by_itself,
    a_restatement_keeps_the_oldest_value,
    sums_beyond_64_bits_are_told,
    a_delivery_has_one_return_that_stands,
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
    let kept = ParkedPostbackRow {
        reason: Some(ParkedReason::NotAccepted),
        ..postback(4, "a")
    };
    assert!(tx.park_postback(kept.clone()).await.unwrap());
    let taken = tx.take_parked("a").await.unwrap();
    let twice = ParkedPostbackRow {
        times: 2,
        ..postback(2, "a")
    };
    assert_eq!(taken, [postback(1, "a"), twice]);
    assert_eq!(tx.take_parked("a").await.unwrap(), []);
    tx.commit().await.unwrap();
    let parked = store
        .read()
        .parked_postbacks(&pointsman_store::ParkedPostbackFilter::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(parked.items, [kept.clone(), postback(3, "b")]);
    let clicks = ["a", "b", "c"].map(str::to_owned);
    let waiting = store.read().awaited_clicks(&clicks).await.unwrap();
    assert_eq!(waiting, ["b"]);
    let unparked = store
        .write(|tx| Box::pin(tx.unpark_postback("pbk_4")))
        .await;
    assert!(unparked.unwrap());
    let tx = store.begin().await.unwrap();
    for n in 5..=9 {
        assert!(tx.park_postback(postback(n, "c")).await.unwrap());
    }
    tx.commit().await.unwrap();
    let mut forgotten = Vec::new();
    for _ in 0..3 {
        let piece = store.write(|tx| Box::pin(tx.forget_parked_before(8, 3)));
        forgotten.push(piece.await.unwrap());
    }
    assert_eq!(forgotten, [3, 1, 0]);
    let parked = store
        .read()
        .parked_postbacks(&pointsman_store::ParkedPostbackFilter::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(parked.items, [postback(9, "c"), postback(8, "c")]);
    store.close().await.unwrap();
}

async fn a_transaction_is_read_by_itself(database: Database) {
    let store = database.open().await;
    insert_walks(&store, 1..=2).await;
    let tx = store.begin().await.unwrap();
    let of = |n: i64, txid: Option<&str>| ConversionRow {
        txid: txid.map(str::to_owned),
        ..conversion(n, 1)
    };
    for row in [of(11, Some("a")), of(12, None), of(13, Some("a"))] {
        assert!(tx.insert_conversion(row).await.unwrap());
    }
    tx.insert_conversion(conversion(14, 2)).await.unwrap();
    let update = ConversionUpdate {
        id: conversion(13, 1).id,
        txid: Some("b".to_owned()),
        status: ConversionStatus::Cancelled,
        event_body: "{}".to_owned(),
        revenue: -7,
        sales: -1,
    };
    tx.update_conversions(vec![update]).await.unwrap();
    tx.put_accounts(vec![(delivery(1).id, "{}".to_owned())])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let read = store.read();
    let id = delivery(1).id;
    let named = read
        .conversions_of_transaction(&id, Some("a"))
        .await
        .unwrap();
    assert_eq!(named, [of(11, Some("a"))]);
    let unnamed = read.conversions_of_transaction(&id, None).await.unwrap();
    assert_eq!(unnamed, [of(12, None)]);
    let changed = read
        .conversions_of_transaction(&id, Some("b"))
        .await
        .unwrap();
    assert_eq!((changed[0].revenue, changed[0].sales), (-7, -1));
    let totals = read
        .find_delivery(&id)
        .await
        .unwrap()
        .unwrap()
        .conversion_totals_body;
    assert_eq!(totals.as_deref(), Some("{}"));
    store.close().await.unwrap();
}

async fn a_restatement_keeps_the_oldest_value(database: Database) {
    let store = database.open().await;
    insert_walks(&store, 1..=1).await;
    let row = |before: i64| RestatementRow {
        lead_id: lead(1).id,
        revenue_before: before,
        revenue_after: 3,
        status_before: LeadStatus::Sold,
        status_after: LeadStatus::Returned,
        restated_at: 9,
    };
    let progress = |done_at: Option<i64>| RestatementProgressRow {
        name: "first".to_owned(),
        after_seq: 1,
        done_at,
    };
    let tx = store.begin().await.unwrap();
    tx.insert_restatement(row(1)).await.unwrap();
    tx.insert_restatement(row(2)).await.unwrap();
    tx.put_restatement_progress(progress(None)).await.unwrap();
    tx.put_restatement_progress(progress(Some(5)))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let read = store.read();
    let listed = read.restatements(None, 10).await.unwrap();
    assert_eq!(listed.items, [row(1)]);
    let found = read.restatement_progress("first").await.unwrap();
    assert_eq!(found, Some(progress(Some(5))));
    assert_eq!(read.restatement_progress("second").await.unwrap(), None);
    store.close().await.unwrap();
}

async fn sums_beyond_64_bits_are_told(database: Database) {
    let store = database.open().await;
    insert_walks(&store, 1..=3).await;
    let tx = store.begin().await.unwrap();
    let earned = (1..=3).map(|n| (lead(n).id, LeadStatus::Sold, i64::MAX));
    tx.earn(earned.collect()).await.unwrap();
    let updates = (1..=3).map(|n| DeliveryUpdate {
        id: delivery(n).id,
        state: DeliveryState::Accepted,
        settled_seq: Some(100 + n),
        settled_at: Some(n),
        price: Some(i64::MAX),
        redirect_url: None,
        reason: None,
        reference: None,
        finding: None,
    });
    tx.update_deliveries(updates.collect()).await.unwrap();
    tx.commit().await.unwrap();
    let read = store.read();
    let counts = read.lead_counts(&LeadFilter::default()).await.unwrap();
    assert_eq!(counts[0].revenue, 3 * i128::from(i64::MAX));
    let counts = read
        .delivery_counts(&pointsman_store::DeliveryFilter {
            from: Some(0),
            until: Some(1_000),
            ..Default::default()
        })
        .await
        .unwrap();
    assert_eq!(counts[0].price, 3 * i128::from(i64::MAX));
    store.close().await.unwrap();
}

/// Return `n` of the offer of lead `lead`.
fn lead_return(n: i64, lead: i64, state: ReturnState) -> ReturnRow {
    ReturnRow {
        id: format!("ret_{n:04}"),
        seq: 100 + n,
        delivery_id: delivery(lead).id,
        lead_id: delivery(lead).lead_id,
        destination: "acme".to_owned(),
        natural_key: format!("key-{n}"),
        kind: ReturnKind::Return,
        state,
        reason: Some("wrong number".to_owned()),
        origin: ReturnOrigin::Token,
        requested_by: "acme".to_owned(),
        requested_at: n,
        decided_by: None,
        decided_at: None,
        note: None,
        reversed_by: None,
        reversed_at: None,
        revenue: 0,
        currency: "USD".to_owned(),
    }
}

async fn a_delivery_has_one_return_that_stands(database: Database) {
    let store = database.open().await;
    insert_walks(&store, 1..=3).await;
    let tx = store.begin().await.unwrap();
    for (n, lead, state) in [
        (1, 1, ReturnState::Denied),
        (2, 1, ReturnState::Requested),
        (3, 2, ReturnState::Accepted),
    ] {
        tx.insert_return(lead_return(n, lead, state)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut same_key = lead_return(4, 3, ReturnState::Requested);
    "key-1".clone_into(&mut same_key.natural_key);
    for twice in [lead_return(4, 1, ReturnState::Accepted), same_key] {
        let tx = store.begin().await.unwrap();
        let refused = tx.insert_return(twice).await;
        assert!(
            matches!(refused, Err(Error::Conflict { .. })),
            "{refused:?}"
        );
        tx.rollback().await.unwrap();
    }
    let accepted = ReturnRow {
        state: ReturnState::Accepted,
        decided_by: Some("bob".to_owned()),
        decided_at: Some(9),
        revenue: -5,
        ..lead_return(2, 1, ReturnState::Requested)
    };
    let tx = store.begin().await.unwrap();
    tx.update_return(accepted.clone()).await.unwrap();
    tx.commit().await.unwrap();
    let read = store.read();
    assert_eq!(
        read.find_return("ret_0002").await.unwrap(),
        Some(accepted.clone())
    );
    assert_eq!(
        read.find_return_by_key("key-2").await.unwrap(),
        Some(accepted.clone())
    );
    let of_one = read.returns_of_deliveries(&[delivery(1).id]).await.unwrap();
    assert_eq!(
        of_one,
        [lead_return(1, 1, ReturnState::Denied), accepted.clone()]
    );
    let stands = ReturnFilter {
        destination: Some("acme".to_owned()),
        state: Some(ReturnState::Accepted),
    };
    let page = read.returns(&stands, None, 1).await.unwrap();
    assert_eq!(page.items, [lead_return(3, 2, ReturnState::Accepted)]);
    let page = read.returns(&stands, page.next.as_ref(), 1).await.unwrap();
    assert_eq!((&*page.items, page.next), (&[accepted][..], None));
    store.close().await.unwrap();
}
