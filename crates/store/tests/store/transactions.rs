//! All or nothing, one writer at a time, and readers that never wait.

use std::{future::poll_fn, pin::pin, task::Poll};

use pointsman_store::Error;

use crate::{
    database::{Database, on_both_databases},
    rows::lead,
};

on_both_databases! {
    a_dropped_transaction_leaves_nothing,
    work_that_fails_leaves_nothing,
    work_goes_on_when_its_caller_goes_away,
    a_writer_waits_for_the_one_before,
    a_reader_never_waits_for_the_writer,
    a_caller_that_gives_up_waiting_takes_no_turn,
}

async fn a_dropped_transaction_leaves_nothing(database: Database) {
    let store = database.open().await;
    let tx = store.begin().await.unwrap();
    tx.insert_leads(vec![lead(1)]).await.unwrap();
    assert!(tx.read().find_lead("lead_0001").await.unwrap().is_some());
    drop(tx);
    let tx = store.begin().await.unwrap();
    assert_eq!(tx.read().find_lead("lead_0001").await.unwrap(), None);
    tx.insert_leads(vec![lead(1)]).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(store.read().find_lead("lead_0001").await.unwrap(), None);
    store.close().await.unwrap();
}

async fn work_that_fails_leaves_nothing(database: Database) {
    let store = database.open().await;
    let failed = store
        .write::<(), _>(|tx| {
            Box::pin(async move {
                tx.insert_leads(vec![lead(1)]).await?;
                tx.insert_leads(vec![lead(1)]).await
            })
        })
        .await;
    assert!(matches!(failed, Err(Error::Conflict { .. })), "{failed:?}");
    let found = store.read().find_lead("lead_0001").await.unwrap();
    assert_eq!(found, None);
    let answer = store
        .write(|tx| {
            Box::pin(async move {
                tx.insert_leads(vec![lead(1)]).await?;
                Ok("done")
            })
        })
        .await;
    assert_eq!(answer.unwrap(), "done");
    assert!(store.read().find_lead("lead_0001").await.unwrap().is_some());
    store.close().await.unwrap();
}

async fn work_goes_on_when_its_caller_goes_away(database: Database) {
    let store = database.open().await;
    let (started, has_started) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = tokio::sync::oneshot::channel::<()>();
    let caller = tokio::spawn({
        let store = store.clone();
        async move {
            store
                .write(|tx| {
                    Box::pin(async move {
                        tx.insert_leads(vec![lead(1)]).await?;
                        started.send(()).unwrap();
                        may_go_on.await.unwrap();
                        tx.insert_leads(vec![lead(2)]).await
                    })
                })
                .await
        }
    });
    has_started.await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    go_on.send(()).unwrap();
    // Waits for its write_lock, and so for the work.
    store.begin().await.unwrap().rollback().await.unwrap();
    let ids = ["lead_0001".to_owned(), "lead_0002".to_owned()];
    assert_eq!(store.read().leads_by_id(&ids).await.unwrap().len(), 2);
    store.close().await.unwrap();
}

async fn a_writer_waits_for_the_one_before(database: Database) {
    let store = database.open().await;
    let first = store.begin().await.unwrap();
    let waiting = store.clone();
    let mut second = pin!(waiting.begin());
    assert!(is_pending(second.as_mut()).await);
    first.insert_leads(vec![lead(1)]).await.unwrap();
    assert!(is_pending(second.as_mut()).await);
    first.commit().await.unwrap();
    let second = second.await.unwrap();
    assert!(
        second
            .read()
            .find_lead("lead_0001")
            .await
            .unwrap()
            .is_some()
    );
    second.rollback().await.unwrap();
    store.close().await.unwrap();
}

async fn a_reader_never_waits_for_the_writer(database: Database) {
    let store = database.open().await;
    let tx = store.begin().await.unwrap();
    tx.insert_leads((1..=100).map(lead).collect())
        .await
        .unwrap();
    assert_eq!(store.read().max_seq().await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(store.read().max_seq().await.unwrap(), 100);
    store.close().await.unwrap();
}

async fn a_caller_that_gives_up_waiting_takes_no_turn(database: Database) {
    let store = database.open().await;
    for n in 1..=20 {
        let mut given_up = Box::pin(store.begin());
        // Once is enough to start BEGIN; then the caller is gone.
        let _ = is_pending(given_up.as_mut()).await;
        drop(given_up);
        let tx = store.begin().await.unwrap();
        tx.insert_leads(vec![lead(n)]).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(store.read().max_seq().await.unwrap(), 20);
    store.close().await.unwrap();
}

async fn is_pending<F: Future>(mut future: std::pin::Pin<&mut F>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}
