//! A server that starts beside one that never stops committing.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::task::JoinSet;

use super::pair::Pair;
use crate::{
    buyer::{Buyer, Reply},
    site::{one_after_the_other, open_to_all, publish, solar_lead},
    wait::until,
};

/// Connections that send without a pause.
const N_SENDERS: usize = 16;
/// Leads that are sold before the other server starts.
const N_BEFORE: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_joins_a_young_database_while_another_commits_without_a_pause() {
    let Some(mut pair) = Pair::open().await else {
        return;
    };
    let buyer = Buyer::always(Reply::Accept("5")).await;
    pair.put(&open_to_all("acme", &buyer)).await;
    publish(&pair.admin(0), &one_after_the_other(&["acme"])).await;
    pair.servers[1].kill();
    let (n_sold, enough) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let mut senders = JoinSet::new();
    for _ in 0..N_SENDERS {
        let caller = pair.source(0);
        let (n_sold, enough) = (Arc::clone(&n_sold), Arc::clone(&enough));
        senders.spawn(async move {
            while !enough.load(Ordering::Relaxed) {
                let answer = caller.lead(&solar_lead()).await;
                assert_eq!(answer.status, 200, "{answer:?}");
                n_sold.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    until("leads are sold", async || {
        (n_sold.load(Ordering::Relaxed) >= N_BEFORE).then_some(())
    })
    .await;
    // Longer than it may take to be ready is a failure here.
    tokio::task::block_in_place(|| pair.servers[1].start_again());
    let n_meanwhile = n_sold.load(Ordering::Relaxed) - N_BEFORE;
    let joined = pair.source(1).lead(&solar_lead()).await;
    assert_eq!(joined.status, 200, "{joined:?}");
    enough.store(true, Ordering::Relaxed);
    senders.join_all().await;
    assert!(n_meanwhile > 0, "nothing was committed while it started");
    pair.verify().await;
    pair.close().await;
}
