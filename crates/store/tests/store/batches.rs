//! Many rows at once, and what must be unique among them.

use pointsman_store::{
    AttemptFinish, AttemptRow, DecisionEnd, DeliveryRow, DeliveryState, DeliveryUpdate, EndState,
    Error, LeadRow, LeadStatus, LeadUpdate,
};

use crate::{
    database::{Database, on_both_databases},
    rows::{delivery, insert_walks, lead},
};

on_both_databases! {
    every_row_of_a_large_batch_is_stored_and_changed,
    a_key_is_used_once_also_within_a_batch,
    leads_without_a_key_are_leads_of_their_own,
    a_lead_is_offered_to_a_destination_once,
    a_change_of_what_is_not_there_is_refused,
    a_decision_refers_to_what_is_there,
    an_attempt_ends,
}

async fn every_row_of_a_large_batch_is_stored_and_changed(database: Database) {
    let store = database.open().await;
    insert_walks(&store, 1..=350).await;
    let tx = store.begin().await.unwrap();
    let leads = (1..=350).map(|n| LeadUpdate {
        id: lead(n).id,
        status: LeadStatus::Sold,
        response_body: (n % 3 == 0).then(|| "{}".to_owned()),
        settled_at: Some(n + 1),
        earned: n,
    });
    tx.update_leads(leads.collect()).await.unwrap();
    for part in [1, -3, 1] {
        let earned = (1..=350).map(|n| (lead(n).id, part * n));
        tx.add_revenue(earned.collect()).await.unwrap();
    }
    let earned = (1..=350).map(|n| (lead(n).id, LeadStatus::Sold, n));
    tx.earn(earned.collect()).await.unwrap();
    let deliveries = (1..=350).map(|n| DeliveryUpdate {
        id: delivery(n).id,
        state: DeliveryState::Accepted,
        settled_seq: Some(1_000 + n),
        settled_at: Some(n + 1),
        price: (n % 2 == 0).then_some(n),
        redirect_url: None,
        reason: None,
        finding: (n % 5 == 0).then(|| "odd".to_owned()),
        reference: (n % 3 == 0).then(|| format!("A-{n}")),
    });
    tx.update_deliveries(deliveries.collect()).await.unwrap();
    tx.commit().await.unwrap();

    let read = store.read();
    let leads = read.leads_in_order(0, 1_000).await.unwrap();
    let expected: Vec<LeadRow> = (1..=350)
        .map(|n| LeadRow {
            status: LeadStatus::Sold,
            response_body: (n % 3 == 0).then(|| "{}".to_owned()),
            revenue: n,
            settled_at: Some(n + 1),
            ..lead(n)
        })
        .collect();
    assert_eq!(leads, expected);
    let counts = read
        .delivery_counts(&pointsman_store::DeliveryFilter {
            from: Some(0),
            until: Some(1_000),
            ..Default::default()
        })
        .await
        .unwrap();
    assert_eq!(counts.len(), 1);
    assert_eq!(counts[0].deliveries, 350);
    assert_eq!(counts[0].price, (1..=175).map(|n| 2 * n).sum::<i128>());
    store.close().await.unwrap();
}

async fn a_key_is_used_once_also_within_a_batch(database: Database) {
    let store = database.open().await;
    let twice = LeadRow {
        idempotency_key: lead(1).idempotency_key,
        ..lead(2)
    };
    let tx = store.begin().await.unwrap();
    let refused = tx.insert_leads(vec![lead(1), twice.clone()]).await;
    assert!(
        matches!(refused, Err(Error::Conflict { .. })),
        "{refused:?}"
    );
    tx.rollback().await.unwrap();
    assert_eq!(store.read().max_seq().await.unwrap(), 0);

    let elsewhere = LeadRow {
        source: "social".to_owned(),
        ..twice
    };
    let tx = store.begin().await.unwrap();
    let leads = vec![lead(1), elsewhere.clone(), lead(3)];
    tx.insert_leads(leads).await.unwrap();
    let pairs = [
        ("search", "key-1"),
        ("social", "key-1"),
        ("search", "key-9"),
    ];
    let pairs = pairs.map(|(source, key)| (source.to_owned(), key.to_owned()));
    let mut found = tx.read().find_leads_by_keys(&pairs).await.unwrap();
    found.sort_by_key(|row| row.seq);
    assert_eq!(found, [lead(1), elsewhere]);
    let found = tx.read().find_lead_by_key("search", "key-3").await.unwrap();
    assert_eq!(found, Some(lead(3)));
    tx.commit().await.unwrap();
    store.close().await.unwrap();
}

async fn leads_without_a_key_are_leads_of_their_own(database: Database) {
    let store = database.open().await;
    let keyless = |n| LeadRow {
        idempotency_key: None,
        ..lead(n)
    };
    let tx = store.begin().await.unwrap();
    let leads = vec![keyless(1), keyless(2)];
    tx.insert_leads(leads).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.read().max_seq().await.unwrap(), 2);
    store.close().await.unwrap();
}

async fn a_lead_is_offered_to_a_destination_once(database: Database) {
    let store = database.open().await;
    insert_walks(&store, [1]).await;
    let again = DeliveryRow {
        id: "dlv_again".to_owned(),
        click_id: "clk_again".to_owned(),
        reserved_seq: 2,
        ..delivery(1)
    };
    let tx = store.begin().await.unwrap();
    let refused = tx.insert_deliveries(vec![again]).await;
    assert!(
        matches!(refused, Err(Error::Conflict { .. })),
        "{refused:?}"
    );
    tx.rollback().await.unwrap();
    store.close().await.unwrap();
}

async fn a_change_of_what_is_not_there_is_refused(database: Database) {
    let store = database.open().await;
    insert_walks(&store, [1]).await;
    let end = |id: &str| DecisionEnd {
        id: id.to_owned(),
        end_state: EndState::Unsold,
        end_reason: None,
        ended_seq: 7,
    };
    let tx = store.begin().await.unwrap();
    let refused = tx
        .end_decisions(vec![end("dec_0001"), end("dec_0002")])
        .await;
    assert!(
        matches!(refused, Err(Error::NotFound { .. })),
        "{refused:?}"
    );
    tx.rollback().await.unwrap();
    let decision = store.read().find_decision("dec_0001").await.unwrap();
    assert_eq!(decision.unwrap().end_state, None);
    store.close().await.unwrap();
}

async fn a_decision_refers_to_what_is_there(database: Database) {
    let store = database.open().await;
    let tx = store.begin().await.unwrap();
    tx.insert_leads(vec![lead(1)]).await.unwrap();
    let refused = tx.insert_decisions(vec![crate::rows::decision(1)]).await;
    assert!(
        matches!(refused, Err(Error::NotFound { .. })),
        "{refused:?}"
    );
    tx.rollback().await.unwrap();
    store.close().await.unwrap();
}

async fn an_attempt_ends(database: Database) {
    let store = database.open().await;
    insert_walks(&store, [1, 2]).await;
    let attempt = |n| AttemptRow {
        delivery_id: delivery(1).id,
        n,
        started_at: 10 + n,
        finished_at: None,
        outcome: None,
        status: None,
        latency_ms: None,
        request_excerpt: None,
        response_excerpt: None,
    };
    let end = AttemptFinish {
        delivery_id: delivery(1).id,
        n: 0,
        finished_at: 20,
        outcome: "accepted".to_owned(),
        status: Some(200),
        latency_ms: 7,
        response_excerpt: Some("ok".to_owned()),
    };
    let tx = store.begin().await.unwrap();
    let attempts = vec![attempt(1), attempt(0)];
    tx.insert_attempts(attempts).await.unwrap();
    tx.finish_attempts(vec![end]).await.unwrap();
    tx.commit().await.unwrap();
    let ids = [delivery(1).id, delivery(2).id];
    let attempts = store.read().attempts_of_deliveries(&ids).await.unwrap();
    let ended: Vec<_> = attempts
        .iter()
        .map(|row| (row.n, row.outcome.as_deref(), row.status))
        .collect();
    assert_eq!(ended, [(0, Some("accepted"), Some(200)), (1, None, None)]);
    store.close().await.unwrap();
}
