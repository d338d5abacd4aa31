//! Who may open a database, and when its tables fit.

use pointsman_store::{Error, Options, Store};
use sea_orm::{
    ConnectionTrait as _, SqlxSqliteConnector,
    sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use crate::{
    database::{Database, on_both_databases, options},
    rows::insert_walks,
};

on_both_databases! {
    migrating_twice_is_migrating_once,
    tables_are_not_made_unasked,
    a_reader_looks_on_while_the_owner_runs,
    settings_change_beside_the_owner_and_harm_none_of_its_transactions,
}

async fn migrating_twice_is_migrating_once(database: Database) {
    let store = database.open().await;
    insert_walks(&store, 1..=3).await;
    store.close().await.unwrap();
    let store = database.open().await;
    assert_eq!(store.read().max_seq().await.unwrap(), 3);
    store.close().await.unwrap();
}

async fn tables_are_not_made_unasked(database: Database) {
    let unasked = Options {
        migrate: false,
        ..options()
    };
    let refused = Store::open(&database.url, &unasked).await.unwrap_err();
    assert!(matches!(refused, Error::Schema { .. }), "{refused:?}");
    database.open().await.close().await.unwrap();
    let store = Store::open(&database.url, &unasked).await.unwrap();
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_file_is_served_by_one_process_at_a_time() {
    crate::database::on_sqlite(|database| async move {
        let first = database.open().await;
        let refused = Store::open(&database.url, &options()).await.unwrap_err();
        assert!(matches!(refused, Error::Locked), "{refused:?}");
        first.close().await.unwrap();
        database.open().await.close().await.unwrap();
    })
    .await;
}

async fn put_flow(store: &Store, name: &'static str) -> Result<bool, Error> {
    let put = store.write(move |tx| Box::pin(async move { tx.put_flow(name, "solar", 1).await }));
    put.await
}

async fn settings_change_beside_the_owner_and_harm_none_of_its_transactions(database: Database) {
    let missing = Store::open_beside(&database.url, &options()).await;
    assert!(missing.is_err(), "{missing:?}");
    let owner = database.open().await;
    let beside = Store::open_beside(&database.url, &options()).await.unwrap();
    for n in 1..=20 {
        let rows = insert_walks(&owner, n..=n);
        let ((), written) = tokio::join!(rows, put_flow(&beside, "beside"));
        written.unwrap();
        put_flow(&owner, "owner").await.unwrap();
    }
    assert_eq!(owner.read().max_seq().await.unwrap(), 20);
    beside.close().await.unwrap();
    owner.close().await.unwrap();
    // And without an owner.
    let alone = Store::open_beside(&database.url, &options()).await.unwrap();
    put_flow(&alone, "alone").await.unwrap();
    alone.close().await.unwrap();
    let owner = database.open().await;
    insert_walks(&owner, 21..=21).await;
    owner.close().await.unwrap();
}

async fn a_reader_looks_on_while_the_owner_runs(database: Database) {
    let owner = database.open().await;
    let reader = Store::open_read_only(&database.url, &options())
        .await
        .unwrap();
    insert_walks(&owner, 1..=2).await;
    assert_eq!(reader.read().max_seq().await.unwrap(), 2);
    assert!(matches!(reader.begin().await, Err(Error::ReadOnly)));
    owner.close().await.unwrap();
    assert_eq!(reader.read().max_seq().await.unwrap(), 2);
    reader.close().await.unwrap();
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    crate::database::on_sqlite(|database| async move {
        database.open().await.close().await.unwrap();
        execute_on_sqlite(
            &database.url,
            "INSERT INTO seaql_migrations VALUES ('m29990101_000001_later', 0)",
        )
        .await;
        let refused = Store::open(&database.url, &options()).await.unwrap_err();
        let Error::Schema { what } = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(what, "unknown to this program: m29990101_000001_later");
    })
    .await;
}

#[tokio::test]
async fn a_store_that_was_not_closed_is_checked_and_opens() {
    crate::database::on_sqlite(|database| async move {
        let store = database.open().await;
        insert_walks(&store, 1..=2).await;
        drop(store);
        let check = Options {
            check_after_crash: true,
            ..options()
        };
        let store = Store::open(&database.url, &check).await.unwrap();
        assert_eq!(store.read().max_seq().await.unwrap(), 2);
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn closing_empties_the_log_beside_the_file() {
    crate::database::on_sqlite(|database| async move {
        let store = database.open().await;
        insert_walks(&store, 1..=2).await;
        let log = format!("{}-wal", database.url.trim_start_matches("sqlite://"));
        let bytes = |path: &str| std::fs::metadata(path).map_or(0, |file| file.len());
        assert!(bytes(&log) > 0);
        store.checkpoint().await.unwrap();
        assert_eq!(bytes(&log), 0);
        insert_walks(&store, 3..=4).await;
        store.close().await.unwrap();
        assert_eq!(bytes(&log), 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_database_is_refused_without_telling_its_password() {
    for url in [
        "mysql://ann:secret@host/name",
        "sqlite::memory:",
        "sqlite://",
        "",
    ] {
        let refused = Store::open(url, &options()).await.unwrap_err();
        assert!(matches!(refused, Error::Url { .. }), "{url}: {refused:?}");
        assert!(!refused.to_string().contains("secret"));
    }
}

#[tokio::test]
async fn looking_on_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    let url = format!("sqlite://{}", path.display());
    let refused = Store::open_read_only(&url, &options()).await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable { .. }), "{refused:?}");
    assert!(!path.exists());
}

async fn execute_on_sqlite(url: &str, sql: &str) {
    let connect: SqliteConnectOptions = url.parse().unwrap();
    let pool = SqlitePoolOptions::new()
        .connect_with(connect)
        .await
        .unwrap();
    let connection = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}
