//! The commit log and the snapshots beside it.

use pointsman_store::{CommitLogRow, Error, SnapshotRow};

use crate::database::{Database, on_both_databases};

on_both_databases! {
    the_log_is_read_in_order_from_a_number_on,
    the_newest_two_snapshots_of_each_fold_are_kept,
}

fn commit(number: i64) -> CommitLogRow {
    CommitLogRow {
        number,
        at: -number,
        body: format!(r#"{{"n":{number}}}"#),
    }
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
    let tx = store.begin().await.unwrap();
    for number in [30, 10, 20] {
        tx.log_commit(commit(number)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let read = store.read();
    let numbers = async |after, limit| {
        let rows = read.commit_log(after, limit).await.unwrap();
        rows.iter().map(|row| row.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(0, 10).await, [10, 20, 30]);
    assert_eq!(numbers(10, 1).await, [20]);
    assert_eq!(numbers(30, 10).await, Vec::<i64>::new());
    assert_eq!(read.commit_log(20, 10).await.unwrap(), [commit(30)]);
    let tx = store.begin().await.unwrap();
    let twice = tx.log_commit(commit(20)).await;
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
