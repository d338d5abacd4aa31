//! Leases: how they run out, and who takes over.

use pointsman_store::{NewLease, Store};

use crate::database::{Database, on_both_databases};

on_both_databases! {
    a_lease_is_renewed_until_somebody_takes_it_over,
    what_a_lease_had_taken_over_goes_on_with_it,
    one_process_at_a_time_has_a_duty,
    a_duty_that_nobody_had_before_is_for_the_first_who_claims_it,
}

async fn begin(store: &Store, node: &'static str, now: i64) -> i64 {
    let new = NewLease {
        node: node.to_owned(),
        program: "0".to_owned(),
        now,
        expires_at: now + 30,
    };
    let begun = store.note(|tx| Box::pin(async move { tx.begin_lease(new).await }));
    begun.await.unwrap()
}

async fn renew(store: &Store, number: i64, now: i64) -> bool {
    let renewed =
        store.note(move |tx| Box::pin(async move { tx.renew_lease(number, now, now + 30).await }));
    renewed.await.unwrap()
}

async fn take_over(store: &Store, by: i64, node: &'static str, now: i64) -> Vec<i64> {
    let taken =
        store.write(move |tx| Box::pin(async move { tx.take_over_leases(by, node, now).await }));
    taken.await.unwrap()
}

async fn claim(store: &Store, lease: i64, now: i64) -> bool {
    claim_named(store, "learner", lease, now).await
}

async fn claim_named(store: &Store, duty: &'static str, lease: i64, now: i64) -> bool {
    let claimed =
        store.note(move |tx| Box::pin(async move { tx.claim_duty(duty, lease, now).await }));
    claimed.await.unwrap()
}

async fn a_lease_is_renewed_until_somebody_takes_it_over(database: Database) {
    let store = database.open().await;
    let (a, b) = (begin(&store, "a", 100).await, begin(&store, "b", 110).await);
    assert_eq!((a, b), (1, 2));
    // What was under way before there were leases goes to the first who looks.
    assert_eq!(take_over(&store, b, "", 120).await, [0]);
    assert!(take_over(&store, b, "", 129).await.is_empty());
    assert!(
        renew(&store, a, 135).await,
        "it had run out, and nobody cared"
    );
    assert!(take_over(&store, b, "", 139).await.is_empty());
    assert!(renew(&store, b, 139).await);
    assert_eq!(take_over(&store, b, "", 165).await, [1]);
    assert!(!renew(&store, a, 166).await);
    let open = store.read().open_leases().await.unwrap();
    let open: Vec<(i64, String)> = open.into_iter().map(|it| (it.number, it.node)).collect();
    assert_eq!(open, [(2, "b".to_owned())]);
    // A process of the same name has come after it.
    let again = begin(&store, "b", 166).await;
    assert_eq!(take_over(&store, again, "b", 166).await, [0, 1, 2]);
    store.close().await.unwrap();
}

async fn what_a_lease_had_taken_over_goes_on_with_it(database: Database) {
    let store = database.open().await;
    let a = begin(&store, "a", 0).await;
    let b = begin(&store, "b", 20).await;
    assert_eq!(take_over(&store, b, "", 40).await, [0, a]);
    let c = begin(&store, "c", 45).await;
    assert_eq!(take_over(&store, c, "", 60).await, [0, a, b]);
    store.close().await.unwrap();
}

async fn one_process_at_a_time_has_a_duty(database: Database) {
    let store = database.open().await;
    let (a, b) = (begin(&store, "a", 0).await, begin(&store, "b", 20).await);
    assert!(claim(&store, a, 1).await);
    assert!(claim(&store, a, 2).await);
    assert!(!claim(&store, b, 3).await);
    assert_eq!(
        store.read().duty("learner").await.unwrap().unwrap().number,
        a
    );
    assert!(claim(&store, b, 31).await);
    assert!(!claim(&store, a, 32).await);
    store.close().await.unwrap();
}

async fn a_duty_that_nobody_had_before_is_for_the_first_who_claims_it(database: Database) {
    let store = database.open().await;
    let (a, b) = (begin(&store, "a", 0).await, begin(&store, "b", 20).await);
    assert!(store.read().duty("sweeping").await.unwrap().is_none());
    let (first, second) = tokio::join!(
        claim_named(&store, "sweeping", a, 1),
        claim_named(&store, "sweeping", b, 1)
    );
    assert!(first ^ second, "{first} {second}");
    let owner = store.read().duty("sweeping").await.unwrap().unwrap();
    assert_eq!(owner.number, if first { a } else { b });
    assert!(claim_named(&store, "sweeping", b, 51).await);
    store.close().await.unwrap();
}
