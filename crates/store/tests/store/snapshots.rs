//! The commit log and the snapshots beside it.

use std::collections::BTreeSet;

use pointsman_store::{Error, SnapshotRow};

use crate::database::{Database, on_both_databases};

on_both_databases! {
    the_log_is_read_in_order_from_a_number_on,
    the_newest_two_snapshots_of_each_fold_are_kept,
}

fn body(number: i64) -> String {
    format!(r#"{{"n":{number}}}"#)
}

fn snapshot(fold: &str, number: i64, body: &str) -> SnapshotRow {
    SnapshotRow {
        fold: fold.to_owned(),
        number,
        format: 1,
        program: "0.1.0".to_owned(),
        made_at: 1,
        body: body.to_owned(),
        hash: "0a".to_owned(),
    }
}

async fn the_log_is_read_in_order_from_a_number_on(database: Database) {
    let store = database.open().await;
    for number in [10, 20, 30] {
        let tx = store.begin().await.unwrap();
        assert_eq!(tx.order().number, number - 10);
        tx.log(number, -number, body(number)).await.unwrap();
        tx.commit().await.unwrap();
    }
    let read = store.read();
    let numbers = async |after, limit| {
        let rows = read.commit_log(after, limit).await.unwrap();
        rows.iter().map(|row| row.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(0, 10).await, [10, 20, 30]);
    assert_eq!(numbers(10, 1).await, [20]);
    assert_eq!(numbers(30, 10).await, Vec::<i64>::new());
    let rows = read.commit_log(20, 10).await.unwrap();
    let [row] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert_eq!((row.at, &row.body), (-30, &body(30)));
    let batches = read.commit_log(0, 10).await.unwrap().into_iter();
    let batches: BTreeSet<_> = batches.map(|row| row.batch.unwrap()).collect();
    assert_eq!(batches.len(), 3);
    let tx = store.begin().await.unwrap();
    let twice = tx.log(20, 0, body(20)).await;
    assert!(matches!(twice, Err(Error::Conflict { .. })), "{twice:?}");
    tx.rollback().await.unwrap();
    store.close().await.unwrap();
}

async fn the_newest_two_snapshots_of_each_fold_are_kept(database: Database) {
    let store = database.open().await;
    let tx = store.begin().await.unwrap();
    for number in [1, 2, 3] {
        tx.put_snapshot(snapshot("ledger", number, "{}"))
            .await
            .unwrap();
    }
    tx.put_snapshot(snapshot("arms", 1, "{}")).await.unwrap();
    tx.put_snapshot(snapshot("ledger", 3, "again"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let read = store.read();
    let ledgers = read.snapshots("ledger").await.unwrap();
    assert_eq!(
        ledgers,
        [snapshot("ledger", 3, "again"), snapshot("ledger", 2, "{}")]
    );
    assert_eq!(
        read.snapshots("arms").await.unwrap(),
        [snapshot("arms", 1, "{}")]
    );
    store.close().await.unwrap();
}
