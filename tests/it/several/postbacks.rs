//! Trackers of sources while the server that sends is killed.

use std::collections::{BTreeMap, BTreeSet};

use super::{pair::Pair, *};
use crate::{
    wait::until,
    wire::{Wire, said},
};

/// In which the other server must have sent what is left: a lease runs 30 seconds.
const SENT_MAX: Duration = Duration::from_mins(1);
/// Leads to each server before the kill, and after it.
const LEADS: usize = 8;
/// Postbacks under way to one source at a kill, which may come twice.
const UNDER_WAY: usize = 4;

/// How often each postback came, by its id.
fn times(tracker: &Wire) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for asked in tracker.asked() {
        *times
            .entry(asked.header("idempotency-key").to_owned())
            .or_default() += 1;
    }
    times
}

/// The ids of postbacks in a state.
async fn in_state(pair: &Pair, server: usize, state: &str) -> BTreeSet<String> {
    let query = "query($state: SourcePostbackState!) {
        sourcePostbacks(first: 100, filter: {source: \"web\", state: $state}) { nodes { id } } }";
    let found = pair
        .admin(server)
        .graphql(query, &json!({"state": state}))
        .await;
    let nodes = found["sourcePostbacks"]["nodes"].as_array().unwrap();
    let ids = nodes.iter().map(|it| it["id"].as_str().unwrap().to_owned());
    ids.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_tells_trackers_what_a_dead_one_has_left() {
    let Some(mut pair) = Pair::open().await else {
        return;
    };
    let buyer = Buyer::always(Reply::Accept("5")).await;
    pair.put(&open_to_all("acme", &buyer)).await;
    publish(&pair.admin(0), &one_after_the_other(&["acme"])).await;
    let tracker = Wire::answering(|_, _| said(200, "")).await;
    let postbacks = json!([{"on": "sold", "url": format!("{}/", tracker.base)}]);
    let input = json!({"name": "web", "document": {"flow": "solar", "postbacks": postbacks}});
    pair.admin(1)
        .change("putSource", &input, "source { name }")
        .await;
    for n in 0..2 * LEADS {
        pair.source(n % 2).lead(&solar_lead()).await;
    }
    // The first server was there first, so that the work is its own.
    let noted = until("some are noted", async || {
        let noted = in_state(&pair, 1, "DELIVERED").await;
        (noted.len() >= LEADS).then_some(noted)
    })
    .await;
    pair.servers[0].kill();
    for _ in 0..2 * LEADS {
        pair.source(1).lead(&solar_lead()).await;
    }
    let deadline = Instant::now() + SENT_MAX;
    while in_state(&pair, 1, "DELIVERED").await.len() < 4 * LEADS {
        assert!(Instant::now() < deadline, "nobody sends what is left");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let times = times(&tracker);
    assert_eq!(times.len(), 4 * LEADS);
    assert!(noted.iter().all(|id| times[id] == 1), "{times:?}");
    let twice = times.values().filter(|n| **n > 1).count();
    assert!(twice <= UNDER_WAY, "{times:?}");
    pair.servers[0].start_again();
    pair.close().await;
}
