//! What needed a person, from when to when.

use pointsman_store::{AlertRow, AlertUpdate, Error, Store};

use crate::database::{Database, on_both_databases};

on_both_databases! {
    of_the_same_thing_one_alert_lasts_at_a_time,
    alerts_are_unsettled_until_they_are_over_and_that_is_told,
    what_was_over_long_ago_is_forgotten,
}

fn alert(id: &str, subject: &str, began_at: i64) -> AlertRow {
    AlertRow {
        id: id.to_owned(),
        kind: "cap_reached".to_owned(),
        subject: subject.to_owned(),
        message: format!("cap of {subject} is used up"),
        began_at,
        ended_at: None,
        told_at: None,
        end_told_at: None,
    }
}

async fn begin(store: &Store, row: AlertRow) -> Result<(), Error> {
    let begun = store.note(move |tx| Box::pin(async move { tx.insert_alert(row).await }));
    begun.await
}

async fn update(store: &Store, id: &str, times: [Option<i64>; 3]) {
    let [ended_at, told_at, end_told_at] = times;
    let update = AlertUpdate {
        id: id.to_owned(),
        ended_at,
        told_at,
        end_told_at,
    };
    let noted = store.note(move |tx| Box::pin(async move { tx.update_alert(update).await }));
    noted.await.unwrap();
}

async fn listed(store: &Store, lasting: Option<bool>) -> Vec<String> {
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page = store.read().alerts(lasting, after.as_ref(), 2).await;
        let page = page.unwrap();
        ids.extend(page.items.into_iter().map(|row| row.id));
        let Some(next) = page.next else {
            return ids;
        };
        after = Some(next);
    }
}

async fn unsettled(store: &Store) -> Vec<String> {
    let rows = store.read().unsettled_alerts().await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

async fn of_the_same_thing_one_alert_lasts_at_a_time(database: Database) {
    let store = database.open().await;
    begin(&store, alert("a", "acme", 1)).await.unwrap();
    assert!(begin(&store, alert("b", "acme", 2)).await.is_err());
    begin(&store, alert("c", "zenith", 3)).await.unwrap();
    update(&store, "a", [Some(4), None, None]).await;
    begin(&store, alert("d", "acme", 5)).await.unwrap();
    assert_eq!(listed(&store, None).await, ["d", "c", "a"]);
    assert_eq!(listed(&store, Some(true)).await, ["d", "c"]);
    assert_eq!(listed(&store, Some(false)).await, ["a"]);
    store.close().await.unwrap();
}

async fn alerts_are_unsettled_until_they_are_over_and_that_is_told(database: Database) {
    let store = database.open().await;
    begin(&store, alert("told", "acme", 1)).await.unwrap();
    begin(&store, alert("untold", "zenith", 2)).await.unwrap();
    update(&store, "told", [None, Some(3), None]).await;
    assert_eq!(unsettled(&store).await, ["told", "untold"]);
    update(&store, "told", [Some(4), Some(3), None]).await;
    // What was over before anybody was told is nobody's business any more.
    update(&store, "untold", [Some(4), None, None]).await;
    assert_eq!(unsettled(&store).await, ["told"]);
    update(&store, "told", [Some(4), Some(3), Some(5)]).await;
    assert_eq!(unsettled(&store).await, Vec::<String>::new());
    store.close().await.unwrap();
}

async fn what_was_over_long_ago_is_forgotten(database: Database) {
    let store = database.open().await;
    for (id, began_at) in [("a", 1), ("b", 2), ("c", 3)] {
        begin(&store, alert(id, id, began_at)).await.unwrap();
    }
    update(&store, "a", [Some(10), None, None]).await;
    update(&store, "b", [Some(20), None, None]).await;
    let forgotten = store.note(|tx| Box::pin(async move { tx.forget_alerts(20).await }));
    forgotten.await.unwrap();
    assert_eq!(listed(&store, None).await, ["c", "b"]);
    store.close().await.unwrap();
}
