//! What only a server can do: be shared by several processes, and end their sessions.

use pointsman_store::{Error, Options, Store};
use sea_orm::sqlx::{Connection as _, PgConnection};

use crate::{
    database::{Database, execute, on_postgres, options},
    rows::lead,
};

/// What a process of an early release, which owned its server alone, asked for.
const OWN: &str = "SELECT pg_advisory_lock(1886350958, hashtext(current_schema()))";

/// Ends the sessions of a process as a restarted server would.
async fn end_sessions(database: &Database, application_name: &str) {
    let sql = format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = '{application_name}'"
    );
    execute(&database.url, sql).await;
}

#[tokio::test]
async fn a_process_goes_on_when_its_session_was_ended() {
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
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn several_processes_write_in_one_order() {
    on_postgres(|database| async move {
        let stores = [database.open().await, database.open().await];
        let writers = (0..40_i64).map(|n| {
            let store = stores[usize::try_from(n % 2).unwrap()].clone();
            async move {
                let tx = store.begin().await.unwrap();
                let number = tx.order().number + 3;
                tx.insert_leads(vec![lead(number)]).await.unwrap();
                tx.log(number, number, "{}".to_owned()).await.unwrap();
                tx.commit().await.unwrap();
            }
        });
        futures_util::future::join_all(writers).await;
        let log = stores[0].read().commit_log(0, 100).await.unwrap();
        let numbers: Vec<i64> = log.iter().map(|row| row.number).collect();
        let expected: Vec<i64> = (1..=40).map(|n| 3 * n).collect();
        assert_eq!(numbers, expected);
        let order = stores[1].read().order().await.unwrap();
        assert_eq!((order.number, order.revision), (120, 0));
        for store in stores {
            store.close().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_is_idle_in_the_order_is_cut_off_and_others_go_on() {
    on_postgres(|database| async move {
        let (frozen, other) = (database.open().await, database.open().await);
        let idle = frozen.begin().await.unwrap();
        let waited = std::time::Instant::now();
        let tx = other.begin().await.unwrap();
        assert!(waited.elapsed() < std::time::Duration::from_secs(5));
        tx.insert_leads(vec![lead(1)]).await.unwrap();
        tx.log(1, 1, "{}".to_owned()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(idle.insert_leads(vec![lead(2)]).await.is_err());
        drop(idle);
        let order = loop {
            match frozen.begin().await {
                Ok(tx) => break tx.order(),
                Err(error) => assert!(error.is_passing(), "{error:?}"),
            }
        };
        assert_eq!(order.number, 1);
        frozen.close().await.unwrap();
        other.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn nobody_writes_beside_a_process_that_owns_the_server_alone() {
    on_postgres(|database| async move {
        let first = database.open().await;
        end_sessions(&database, "pointsman").await;
        let mut owner = PgConnection::connect(&database.url).await.unwrap();
        sea_orm::sqlx::query(OWN).execute(&mut owner).await.unwrap();
        let refused = Store::open(&database.url, &options()).await.unwrap_err();
        assert!(matches!(refused, Error::Locked), "{refused:?}");
        let refused = loop {
            match first.begin().await {
                Ok(_) => panic!("it has no share"),
                Err(Error::Unavailable { .. }) => {}
                Err(refused) => break refused,
            }
        };
        assert!(matches!(refused, Error::Locked), "{refused:?}");
        owner.close().await.unwrap();
        first.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn tables_are_not_changed_while_somebody_serves() {
    on_postgres(|database| async move {
        let store = database.open().await;
        let sql = "DELETE FROM seaql_migrations WHERE version LIKE '%commit_order'";
        execute(&database.url, sql.to_owned()).await;
        let refused = Store::open(&database.url, &Options::default()).await;
        assert!(matches!(refused, Err(Error::Locked)), "{refused:?}");
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_log_of_another_format_is_refused() {
    on_postgres(|database| async move {
        database.open().await.close().await.unwrap();
        let sql = "UPDATE commit_order SET format = 2".to_owned();
        execute(&database.url, sql).await;
        let refused = Store::open(&database.url, &options()).await.unwrap_err();
        assert!(matches!(refused, Error::Schema { .. }), "{refused:?}");
    })
    .await;
}
