//! Rows whose texts are sealed.

use pointsman_store::{Error, Expected, MasterKeys, NewDestination, Options, Store};

use crate::database::{Database, on_both_databases, options};

on_both_databases! {
    two_processes_seal_by_one_key,
    a_text_that_was_put_in_another_place_is_not_read,
}

fn sealing(digits: &str) -> Options {
    Options {
        master_keys: Some(MasterKeys::parse(&digits.repeat(32)).unwrap()),
        ..options()
    }
}

async fn put(store: &Store, name: &str) {
    let destination = NewDestination {
        name: name.to_owned(),
        target_body: format!(r#"{{"secret": "of {name}"}}"#),
        settings_body: "{}".to_owned(),
        at: 1,
    };
    let put = store
        .write(|tx| Box::pin(async move { tx.put_destination(destination, Expected::Any).await }));
    assert!(put.await.unwrap().target_body.contains("secret"));
}

async fn two_processes_seal_by_one_key(database: Database) {
    let store = Store::open(&database.url, &sealing("0a")).await.unwrap();
    put(&store, "acme").await;
    let beside = Store::open_beside(&database.url, &sealing("0a"))
        .await
        .unwrap();
    put(&beside, "zenith").await;
    put(&beside, "acme").await;
    assert_eq!(store.read().data_keys().await.unwrap().len(), 1);
    let bodies: Vec<String> = store
        .read()
        .destinations()
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.target_body)
        .collect();
    assert_eq!(
        bodies,
        [r#"{"secret": "of acme"}"#, r#"{"secret": "of zenith"}"#]
    );
    // One that knows no key does not take a sealed text for what it is not.
    for refused in [
        Store::open_beside(&database.url, &options())
            .await
            .unwrap_err(),
        Store::open_read_only(&database.url, &options())
            .await
            .unwrap_err(),
        Store::open_read_only(&database.url, &sealing("0b"))
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(refused, Error::Keys { .. }), "{refused}");
    }
    // A key that another process makes is found when it is needed.
    beside
        .write(|tx| Box::pin(async move { tx.add_data_key(2).await }))
        .await
        .unwrap();
    beside.close().await.unwrap();
    let beside = Store::open_beside(&database.url, &sealing("0a"))
        .await
        .unwrap();
    put(&beside, "acme").await;
    let acme = store
        .read()
        .find_destination("acme")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(acme.target_body, r#"{"secret": "of acme"}"#);
    beside.close().await.unwrap();
    store.close().await.unwrap();
}

async fn a_text_that_was_put_in_another_place_is_not_read(database: Database) {
    let store = Store::open(&database.url, &sealing("0a")).await.unwrap();
    put(&store, "acme").await;
    put(&store, "zenith").await;
    store.close().await.unwrap();
    database.run("UPDATE destination SET target_body = (SELECT target_body FROM destination WHERE name = 'zenith')").await;
    let store = Store::open(&database.url, &sealing("0a")).await.unwrap();
    let damaged = store.read().find_destination("acme").await.unwrap_err();
    assert!(
        damaged.to_string().contains("target_body of acme"),
        "{damaged}"
    );
    store
        .read()
        .find_destination("zenith")
        .await
        .unwrap()
        .unwrap();
    store.close().await.unwrap();
}
