use pointsman_bandit::{BanditKey, Observation, State};
use pointsman_flow::Destination;
use pointsman_lead::Answer;
use pointsman_ledger::LedgerEvent;
use pointsman_store::{Options, Store};
use tempfile::TempDir;

use super::*;

async fn store(folder: &TempDir) -> Store {
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    Store::open(&url, &Options::default()).await.unwrap()
}

/// The `n`th transaction: an offer that fails, and a trial.
fn commit(n: i64) -> LoggedCommit {
    let offer = format!("offer{n}");
    let settled = LedgerEvent::settled(&offer, Answer::Unknown, true, None);
    let trial = Observation::Trial {
        key: BanditKey::unsegmented("auto", "learn"),
        arm: "acme".to_owned(),
        at: n,
    };
    LoggedCommit {
        number: n * 10,
        at: Timestamp(n),
        committed: Committed {
            ledger: vec![
                LedgerEvent::reserved(&offer, ("acme", &Destination::default()), "web", Vec::new()),
                settled,
            ],
            observations: vec![trial],
            ..Committed::default()
        },
    }
}

/// What the first transactions come to.
fn folded<F: Fold>(n: i64) -> Folded<F> {
    let mut folded = Folded {
        fold: F::default(),
        number: 0,
    };
    for commit in (1..=n).map(commit) {
        folded.take(&commit);
    }
    folded
}

/// Logs five transactions, and stores snapshots of the first two and the first four.
async fn history(store: &Store) {
    for commit in (1..=5).map(commit) {
        let tx = store.begin().await.unwrap();
        let body = json(&commit.committed);
        tx.log(commit.number, commit.at.0, body).await.unwrap();
        tx.commit().await.unwrap();
    }
    let tx = store.begin().await.unwrap();
    for n in [2, 4] {
        let at = Timestamp(n);
        tx.put_snapshot(folded::<Ledger>(n).to_row(at))
            .await
            .unwrap();
        tx.put_snapshot(folded::<State>(n).to_row(at))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

/// Changes the newest snapshot of the ledger.
async fn change(store: &Store, change: impl FnOnce(&mut SnapshotRow)) {
    let mut rows = store.read().snapshots("ledger").await.unwrap();
    let mut row = rows.swap_remove(0);
    change(&mut row);
    let tx = store.begin().await.unwrap();
    tx.put_snapshot(row).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_snapshot_and_the_log_after_it_are_all_of_history() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    assert_eq!(Folded::<Ledger>::latest(store.read()).await.unwrap(), None);
    history(&store).await;
    let ledger = Folded::latest(store.read()).await.unwrap();
    assert_eq!(ledger, Some(folded::<Ledger>(5)));
    let arms = Folded::latest(store.read()).await.unwrap();
    assert_eq!(arms, Some(folded::<State>(5)));
}

#[tokio::test]
async fn a_damaged_snapshot_is_not_used_and_the_one_before_is() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    history(&store).await;
    change(&store, |row| {
        row.body = row.body.replacen("\"failures\":4", "\"failures\":3", 1);
    })
    .await;
    let rows = store.read().snapshots("ledger").await.unwrap();
    assert!(Folded::<Ledger>::of_row(&rows[0]).is_none());
    let ledger = Folded::latest(store.read()).await.unwrap();
    assert_eq!(ledger, Some(folded::<Ledger>(5)));
}

#[tokio::test]
async fn snapshots_of_another_version_are_not_used() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    history(&store).await;
    let tx = store.begin().await.unwrap();
    for row in store.read().snapshots("ledger").await.unwrap() {
        let format = row.format + 1;
        tx.put_snapshot(SnapshotRow { format, ..row })
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(Folded::<Ledger>::latest(store.read()).await.unwrap(), None);
}

#[tokio::test]
async fn two_snapshots_of_a_fold_are_kept() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    history(&store).await;
    let tx = store.begin().await.unwrap();
    for n in [5, 6, 6] {
        let row = folded::<Ledger>(n).to_row(Timestamp(n));
        tx.put_snapshot(row).await.unwrap();
    }
    tx.commit().await.unwrap();
    let numbers = async |fold| {
        let rows = store.read().snapshots(fold).await.unwrap();
        rows.iter().map(|row| row.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers("ledger").await, [60, 50]);
    assert_eq!(numbers("arms").await, [40, 20]);
}

#[tokio::test]
async fn a_row_of_the_log_that_cannot_be_read_is_named() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    history(&store).await;
    let tx = store.begin().await.unwrap();
    let body = r#"{"from_the_future":1}"#.to_owned();
    tx.log(60, 6, body).await.unwrap();
    tx.commit().await.unwrap();
    let error = Folded::<Ledger>::latest(store.read()).await.unwrap_err();
    assert_eq!(error.to_string(), "row 60 of the commit log cannot be read");
}
