//! The weights that held at an epoch.

use pointsman_store::{AllocationEntryRow, AllocationRow, Error};

use crate::database::{Database, on_both_databases};

on_both_databases! {
    the_allocation_of_an_epoch_is_the_latest_entry_up_to_it,
    an_epoch_is_published_once,
}

fn allocation(epoch: i64) -> AllocationRow {
    AllocationRow {
        epoch,
        created_at: epoch,
        as_of: epoch,
    }
}

fn entry(epoch: i64, node: &str, segment: &str) -> AllocationEntryRow {
    AllocationEntryRow {
        flow: "main".to_owned(),
        node: node.to_owned(),
        segment: segment.to_owned(),
        epoch,
        weights_body: format!(r#"{{"acme":{epoch}}}"#),
        posterior_body: "{}".to_owned(),
    }
}

async fn the_allocation_of_an_epoch_is_the_latest_entry_up_to_it(database: Database) {
    let store = database.open().await;
    assert_eq!(store.read().latest_epoch().await.unwrap(), 0);
    let tx = store.begin().await.unwrap();
    for (epoch, keys) in [
        (1, vec![("n", "CA"), ("n", "TX")]),
        (2, vec![]),
        (3, vec![("n", "CA")]),
        (5, vec![("m", ""), ("n", "TX")]),
    ] {
        let entries = keys
            .into_iter()
            .map(|(node, segment)| entry(epoch, node, segment));
        tx.insert_allocation(allocation(epoch), entries.collect())
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();

    let read = store.read();
    assert_eq!(read.latest_epoch().await.unwrap(), 5);
    assert_eq!(read.allocation_at(0).await.unwrap(), []);
    let early = [entry(1, "n", "CA"), entry(1, "n", "TX")];
    assert_eq!(read.allocation_at(2).await.unwrap(), early);
    let middle = [entry(3, "n", "CA"), entry(1, "n", "TX")];
    assert_eq!(read.allocation_at(4).await.unwrap(), middle);
    let last = [entry(5, "m", ""), entry(3, "n", "CA"), entry(5, "n", "TX")];
    assert_eq!(read.allocation_at(99).await.unwrap(), last);
    let changes = [entry(3, "n", "CA"), entry(5, "m", ""), entry(5, "n", "TX")];
    assert_eq!(
        read.allocation_entries_between(1, 5).await.unwrap(),
        changes
    );

    let key = ("main", "n", "TX");
    let history = read.allocation_history(key, None, 1).await.unwrap();
    assert_eq!(history.items, [entry(5, "n", "TX")]);
    let history = read
        .allocation_history(key, history.next.as_ref(), 1)
        .await
        .unwrap();
    assert_eq!(
        (history.items, history.next),
        (vec![entry(1, "n", "TX")], None)
    );
    let allocations = read.allocations(None, 3).await.unwrap();
    assert_eq!(
        allocations.items,
        [allocation(5), allocation(3), allocation(2)]
    );
    assert_eq!(read.find_allocation(4).await.unwrap(), None);
    store.close().await.unwrap();
}

async fn an_epoch_is_published_once(database: Database) {
    let store = database.open().await;
    let tx = store.begin().await.unwrap();
    tx.insert_allocation(allocation(1), vec![]).await.unwrap();
    let refused = tx.insert_allocation(allocation(1), vec![]).await;
    assert!(
        matches!(refused, Err(Error::Conflict { .. })),
        "{refused:?}"
    );
    tx.rollback().await.unwrap();
    store.close().await.unwrap();
}
