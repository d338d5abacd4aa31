//! Rollouts on two servers, of which the one that looks after them is killed again and again.

use std::sync::{Arc, RwLock};

use serde_json::Value;

use super::{experiments::until_acknowledged, senders::Senders, *};
use crate::{
    experiments::accepts,
    rollouts::{BACK_MAX, published, rollout, shadow, steps},
};

/// Until the other server has taken over the work that one does for all, and has done it.
const TAKEN_OVER_MAX: Duration = Duration::from_secs(90);

/// The server that looks after rollouts, and serves.
async fn holder(pair: &Pair) -> usize {
    let deadline = Instant::now() + TAKEN_OVER_MAX;
    loop {
        let duty = pair.store.read().duty("rollouts").await.unwrap();
        let node = duty.map(|it| it.node).unwrap_or_default();
        let mut servers = pair.servers.iter();
        // A server is named by its machine and its process.
        let found = servers.position(|it| node.ends_with(&format!(":{}", it.process())));
        if let Some(server) = found {
            return server;
        }
        assert!(Instant::now() < deadline, "nobody looks after rollouts");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until a rollout has left a step.
async fn left(pair: &Pair, server: usize, name: &str, (state, step): (&str, u64)) -> Value {
    let deadline = Instant::now() + TAKEN_OVER_MAX;
    loop {
        let found = rollout(&pair.admin(server), name).await;
        if found["state"] == state && found["step"] == step {
            return found;
        }
        assert!(Instant::now() < deadline, "{found:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollout_comes_to_its_end_whichever_server_is_killed_on_the_way() {
    let Some(mut pair) = Pair::open().await else {
        return;
    };
    let good = Buyer::scripted(accepts(5, "5")).await;
    let better = Buyer::scripted(accepts(8, "5")).await;
    for (name, buyer) in [("good", &good), ("better", &better)] {
        pair.put(&Destination {
            settings: json!({"on_unknown": "hold"}),
            ..open_to_all(name, buyer)
        })
        .await;
    }
    publish(&pair.admin(0), &one_after_the_other(&["good"])).await;
    let version = published(&pair.admin(1), &one_after_the_other(&["better"])).await;
    let plan = steps("better-first", &version, 150);
    pair.admin(0).change("startRollout", &plan, "").await;
    let callers = Arc::new(RwLock::new([pair.source(0), pair.source(1)]));
    let stages = [("RUNNING", 1, 300), ("RUNNING", 2, 1_500), ("LIVE", 2, 800)];
    for (round, (state, step, n_leads)) in stages.into_iter().enumerate() {
        let senders = Senders::start(&format!("rollout-{round}"), &callers);
        until_acknowledged(&senders, n_leads / 3).await;
        let victim = holder(&pair).await;
        pair.servers[victim].kill();
        until_acknowledged(&senders, n_leads).await;
        senders.finish().await;
        let found = left(&pair, 1 - victim, "better-first", (state, step)).await;
        // Each step is made once, whoever was killed.
        let n_changes = found["changes"].as_array().unwrap().len();
        assert_eq!(n_changes, round + 2, "{found:#}");
        pair.servers[victim].start_again();
        callers.write().unwrap()[victim] = pair.source(victim);
    }
    pair.settled().await;
    let changes = pair.store.read().rollout_changes("better-first").await;
    let canary_seq = changes.unwrap()[1].seq;
    let decisions = pair.store.read().decisions_in_order(0, 100_000).await;
    let decisions = decisions.unwrap();
    let of_candidate = |it: &&pointsman_store::DecisionRow| version == *it.version_hash;
    assert!(
        decisions
            .iter()
            .filter(of_candidate)
            .all(|it| it.started_seq > canary_seq)
    );
    let compared = shadow(&pair.admin(0)).await;
    let before = decisions.iter().filter(|it| it.started_seq < canary_seq);
    let before = before.count() as u64;
    let leads = compared["leads"].as_u64().unwrap();
    // Leads under way at the end of the shadow are not compared.
    assert!(
        leads <= before && leads + 64 >= before,
        "{leads} of {before}"
    );
    // The server that was away sends to the new version, too.
    let n_good = good.posts().len();
    for n in 0..20 {
        assert_eq!(pair.source(n % 2).lead(&solar_lead()).await.status, 200);
    }
    assert_eq!(good.posts().len(), n_good);
    pair.verify().await;
    pair.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_harmful_version_is_taken_back_although_the_server_that_looks_is_killed() {
    let Some(mut pair) = Pair::open().await else {
        return;
    };
    let good = Buyer::always(Reply::Accept("5")).await;
    let bad = Buyer::scripted(accepts(4, "9")).await;
    pair.put(&open_to_all("good", &good)).await;
    pair.put(&open_to_all("bad", &bad)).await;
    publish(&pair.admin(0), &one_after_the_other(&["good"])).await;
    let version = published(&pair.admin(1), &one_after_the_other(&["bad"])).await;
    let mut plan = steps("dear", &version, 100_000);
    plan["steps"].as_array_mut().unwrap().remove(0);
    pair.admin(0).change("startRollout", &plan, "").await;
    let callers = Arc::new(RwLock::new([pair.source(0), pair.source(1)]));
    let senders = Senders::start("dear", &callers);
    // Too few to be sure.
    until_acknowledged(&senders, 100).await;
    let victim = holder(&pair).await;
    pair.servers[victim].kill();
    until_acknowledged(&senders, 1_500).await;
    senders.finish().await;
    let evident = Instant::now();
    let found = left(&pair, 1 - victim, "dear", ("ROLLED_BACK", 0)).await;
    assert!(evident.elapsed() < BACK_MAX, "{:?}", evident.elapsed());
    let last = found["changes"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["by"], "rollout", "{last}");
    pair.servers[victim].start_again();
    let n_bad = bad.posts().len();
    for n in 0..20 {
        assert_eq!(pair.source(n % 2).lead(&solar_lead()).await.status, 200);
    }
    assert_eq!(bad.posts().len(), n_bad);
    pair.verify().await;
    pair.close().await;
}
