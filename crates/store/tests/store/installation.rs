//! The key of a database: the first one counts.

use pointsman_store::{DecisionRow, Store};

use crate::{
    database::{Database, on_both_databases},
    rows::{decision, insert_walks},
};

on_both_databases! {
    a_database_keeps_its_first_key_also_after_another_start,
    a_decision_keeps_the_hashes_that_it_drew_by,
}

async fn keep(store: &Store, hash_key: &'static str) -> String {
    store
        .write(move |tx| Box::pin(async move { tx.keep_hash_key(hash_key).await }))
        .await
        .unwrap()
}

async fn a_database_keeps_its_first_key_also_after_another_start(database: Database) {
    let store = database.open().await;
    assert_eq!(store.read().hash_key().await.unwrap(), None);
    let both = tokio::join!(keep(&store, "0a"), keep(&store, "0b"));
    assert_eq!(both.0, both.1);
    store.close().await.unwrap();
    let store = database.open().await;
    assert_eq!(keep(&store, "0c").await, both.0);
    assert_eq!(store.read().hash_key().await.unwrap(), Some(both.0));
    store.close().await.unwrap();
}

async fn a_decision_keeps_the_hashes_that_it_drew_by(database: Database) {
    let store = database.open().await;
    insert_walks(&store, 1..=2).await;
    let ids = [decision(1).id, decision(2).id];
    let mut stored = store.read().decisions_by_id(&ids).await.unwrap();
    stored.sort_by_key(|row| row.started_seq);
    let hashes = |row: &DecisionRow| row.unit_hashes_body.clone();
    assert_eq!(hashes(&stored[0]), None);
    assert_eq!(hashes(&stored[1]), hashes(&decision(2)));
    assert!(hashes(&stored[1]).is_some());
    store.close().await.unwrap();
}
