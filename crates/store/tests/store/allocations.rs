//! The weights that held at an epoch.

use pointsman_store::{AllocationEntryRow, AllocationRow, Error};

use crate::database::{Database, on_both_databases};

on_both_databases! {
    the_allocation_of_an_epoch_is_the_latest_entry_up_to_it,
    what_held_at_a_moment_is_found_by_time,
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

async fn what_held_at_a_moment_is_found_by_time(database: Database) {
    let store = database.open().await;
    let tx = store.begin().await.unwrap();
    // The clock stepped back before epoch 4.
    for (epoch, as_of) in [(1, 100), (2, 200), (3, 400), (4, 300)] {
        let row = AllocationRow {
            as_of,
            ..allocation(epoch)
        };
        let entries = if epoch == 2 {
            vec![]
        } else {
            vec![entry(epoch, "n", "TX")]
        };
        tx.insert_allocation(row, entries).await.unwrap();
    }
    tx.commit().await.unwrap();
    let read = store.read();
    let key = ("main", "n", "TX");
    let held = async |from: i64, until: i64, n: u32| {
        read.epochs_over_time(key, (from, until), n).await.unwrap()
    };
    let (none, first, third, fourth) = (None, Some(1), Some(3), Some(4));
    assert_eq!(
        held(0, 500, 5).await,
        [none, first, first, fourth, third, third]
    );
    assert_eq!(held(99, 100, 1).await, [none, first]);
    assert_eq!(held(100, 100, 1).await, [first, first]);
    assert_eq!(
        held(0, 7, 3).await,
        [none; 4],
        "a time that is no multiple ends where it ends"
    );
    let other = read
        .epochs_over_time(("main", "n", "CA"), (0, 500), 1)
        .await;
    assert_eq!(other.unwrap(), [none, none]);
    assert_eq!(read.first_as_of(key).await.unwrap(), Some(100));
    let never = read.first_as_of(("main", "n", "CA")).await;
    assert_eq!(never.unwrap(), None);
    let weights = read.weights_in_epochs(key, &[1, 2, 4]).await.unwrap();
    let epochs: Vec<i64> = weights.iter().map(|row| row.epoch).collect();
    assert_eq!(epochs, [1, 4]);
    let mut found = read
        .allocation_entries_in_epochs(key, &[3, 4])
        .await
        .unwrap();
    found.sort_by_key(|(row, _)| row.epoch);
    assert_eq!((found[1].0.as_of, &found[1].1), (300, &entry(4, "n", "TX")));
    let latest = read.latest_allocation_entry(key).await.unwrap().unwrap();
    assert_eq!(latest.0.epoch, 4);
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
