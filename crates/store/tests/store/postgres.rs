//! What only a server can do: end the session that owns the database.

use pointsman_store::{Error, Store};

use crate::{
    database::{Database, execute, on_postgres, options},
    rows::lead,
};

/// Ends the sessions of an owner as a restarted server would.
async fn end_sessions(database: &Database, application_name: &str) {
    let sql = format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = '{application_name}'"
    );
    execute(&database.url, sql).await;
}

#[tokio::test]
async fn an_owner_goes_on_when_its_session_was_ended() {
    on_postgres(|database| async move {
        let store = database.open().await;
        end_sessions(&database, "pointsman").await;
        // The first attempt may meet the dead connection.
        let tx = match store.begin().await {
            Ok(tx) => tx,
            Err(_) => store.begin().await.unwrap(),
        };
        tx.insert_leads(vec![lead(1)]).await.unwrap();
        tx.commit().await.unwrap();
        let second = Store::open(&database.url, &options()).await.unwrap_err();
        assert!(matches!(second, Error::Locked), "{second:?}");
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_owner_that_was_replaced_cannot_write() {
    on_postgres(|database| async move {
        let first = database.open().await;
        end_sessions(&database, "pointsman").await;
        let mut later = options();
        later.application_name = "successor".to_owned();
        let second = Store::open(&database.url, &later).await.unwrap();
        let refused = loop {
            match first.begin().await {
                Ok(_) => panic!("two owners"),
                Err(Error::Unavailable { .. }) => {}
                Err(refused) => break refused,
            }
        };
        assert!(matches!(refused, Error::Locked), "{refused:?}");
        second.close().await.unwrap();
        first.close().await.unwrap();
    })
    .await;
}
