//! What became of a commit whose answer is lost: the database knows, and is asked.

use std::time::{Duration, Instant};

use pointsman_store::{Error, Options, Store};
use pointsman_testkit::{Proxy, Trouble};
use sea_orm::{
    ConnectionTrait as _, SqlxSqliteConnector,
    sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use crate::{
    database::{Database, on_both_databases, on_postgres, on_sqlite, options},
    rows::lead,
};

on_both_databases! {
    there_is_room_in_a_healthy_database,
}

/// A store behind a proxy.
async fn behind_a_proxy(database: &Database) -> (Store, Proxy) {
    behind_a_proxy_with(database, options()).await
}

async fn behind_a_proxy_with(database: &Database, options: Options) -> (Store, Proxy) {
    let (start, rest) = database.url.split_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let proxy = Proxy::before(server).await.unwrap();
    let url = format!("{start}@{}/{name}", proxy.address());
    (Store::open(&url, &options).await.unwrap(), proxy)
}

/// Inserts a lead in a transaction of its own.
async fn insert(store: &Store, n: i64) -> Result<(), Error> {
    store
        .write(move |tx| Box::pin(async move { tx.insert_leads(vec![lead(n)]).await }))
        .await
}

async fn last(store: &Store) -> i64 {
    // Its connections were cut as well, and the first one to be used may not know yet.
    for _ in 0..10 {
        if let Ok(seq) = store.read().max_seq().await {
            return seq;
        }
    }
    panic!("the readers do not come back");
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_told_as_it_is() {
    on_postgres(|database| async move {
        let (store, proxy) = behind_a_proxy(&database).await;
        let troubles = [Trouble::AnswerLost, Trouble::CutAtOnce];
        for (n, trouble) in (1..=6).zip(troubles.into_iter().cycle()) {
            proxy.prepare(trouble);
            insert(&store, n).await.unwrap();
            assert_eq!(last(&store).await, n, "{trouble:?}");
        }
        proxy.met(6).await;
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_commit_that_is_never_answered_is_given_up_and_told_as_it_is() {
    on_postgres(|database| async move {
        let options = Options {
            answer_timeout: Duration::from_millis(500),
            ..options()
        };
        let (store, proxy) = behind_a_proxy_with(&database, options).await;
        for n in 1..=3 {
            proxy.prepare(Trouble::Silence);
            insert(&store, n).await.unwrap();
            proxy.met(usize::try_from(n).unwrap()).await;
            assert_eq!(last(&store).await, n);
        }
        insert(&store, 4).await.unwrap();
        assert_eq!(last(&store).await, 4);
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_commit_that_never_arrived_is_told_as_it_is() {
    on_postgres(|database| async move {
        let (store, proxy) = behind_a_proxy(&database).await;
        insert(&store, 1).await.unwrap();
        for trouble in [Trouble::CutBefore, Trouble::CutInside] {
            proxy.prepare(trouble);
            let lost = insert(&store, 2).await.unwrap_err();
            assert!(matches!(lost, Error::Unavailable { .. }), "{lost:?}");
            assert_eq!(last(&store).await, 1, "{trouble:?}");
        }
        insert(&store, 2).await.unwrap();
        assert_eq!(last(&store).await, 2);
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_until_the_server_is_back() {
    on_postgres(|database| async move {
        let (store, proxy) = behind_a_proxy(&database).await;
        proxy.prepare(Trouble::AnswerLost);
        proxy.delay(Duration::from_millis(1));
        let writing = tokio::spawn({
            let store = store.clone();
            async move { insert(&store, 1).await }
        });
        proxy.met(1).await;
        proxy.close(true);
        let away = Instant::now();
        while away.elapsed() < Duration::from_millis(300) {
            assert!(!writing.is_finished());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        proxy.close(false);
        writing.await.unwrap().unwrap();
        assert_eq!(last(&store).await, 1);
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_store_closes_while_it_asks_in_vain() {
    on_postgres(|database| async move {
        let (store, proxy) = behind_a_proxy(&database).await;
        proxy.prepare(Trouble::AnswerLost);
        let writing = tokio::spawn({
            let store = store.clone();
            async move { insert(&store, 1).await }
        });
        proxy.met(1).await;
        proxy.close(true);
        // It is away for good; only the sessions end.
        drop(store.close().await);
        assert!(writing.await.unwrap().is_err());
        // What the next process reads is the truth.
        let store = database.open().await;
        assert_eq!(last(&store).await, 1);
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_is_found_also_where_another_process_has_written_since() {
    on_postgres(|database| async move {
        let (store, proxy) = behind_a_proxy(&database).await;
        let other = database.open().await;
        for (n, trouble) in [(1, Trouble::AnswerLost), (3, Trouble::CutBefore)] {
            proxy.prepare(trouble);
            proxy.delay(Duration::from_millis(1));
            let writing = tokio::spawn({
                let store = store.clone();
                async move { insert(&store, n).await }
            });
            proxy.met(1).await;
            proxy.close(true);
            insert(&other, n + 1).await.unwrap();
            proxy.close(false);
            let written = writing.await.unwrap();
            let is_there = other.read().find_lead(&lead(n).id).await.unwrap().is_some();
            assert_eq!(written.is_ok(), is_there, "{trouble:?}: {written:?}");
        }
        store.close().await.unwrap();
        other.close().await.unwrap();
    })
    .await;
}

async fn there_is_room_in_a_healthy_database(database: Database) {
    let store = database.open().await;
    for _ in 0..3 {
        let tx = store.begin().await.unwrap();
        tx.try_room().await.unwrap();
        tx.commit().await.unwrap();
    }
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_transaction_that_sqlite_undid_by_itself_is_not_in_the_way_of_the_next() {
    on_sqlite(|database| async move {
        let store = database.open().await;
        // As it does when the disk is full.
        let sql = "CREATE TRIGGER undo BEFORE INSERT ON lead WHEN NEW.seq = 13
            BEGIN SELECT RAISE(ROLLBACK, 'for a test'); END";
        on_the_file(&database.url, sql).await;
        for n in 1..=3 {
            assert!(insert(&store, 13).await.is_err());
            insert(&store, n).await.unwrap();
        }
        let tx = store.begin().await.unwrap();
        assert!(tx.insert_leads(vec![lead(13)]).await.is_err());
        assert!(tx.commit().await.is_err(), "nothing of it is there");
        insert(&store, 4).await.unwrap();
        assert_eq!(last(&store).await, 4);
        store.close().await.unwrap();
    })
    .await;
}

async fn on_the_file(url: &str, sql: &str) {
    let connect: SqliteConnectOptions = url.parse().unwrap();
    let pool = SqlitePoolOptions::new()
        .connect_with(connect)
        .await
        .unwrap();
    let connection = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}
