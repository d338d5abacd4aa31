//! Experiments on two servers, one of which is killed.

use std::sync::{Arc, RwLock};

use super::{senders::Senders, *};
use crate::experiments::{accepts, counted, experiment, halves, of_halves};

/// Until the other server has taken over the work that one does for all.
const TAKEN_OVER_MAX: Duration = Duration::from_secs(90);
/// Leads in all: a difference of a fifth of the revenue is found then all but surely.
const N_LEADS: usize = 3_000;

pub(super) async fn until_acknowledged(senders: &Senders, n_leads: usize) {
    let deadline = Instant::now() + Duration::from_mins(4);
    while senders.n_acknowledged() < n_leads {
        assert!(Instant::now() < deadline, "no lead is answered any more");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The server that counts for both.
async fn counting(pair: &Pair) -> usize {
    let holder = pair.store.read().duty("experiments").await.unwrap();
    let holder = holder.expect("somebody counts").node;
    let servers = pair.store.read().open_leases().await.unwrap();
    let first = servers.iter().map(|lease| lease.node.clone()).next();
    usize::from(first.unwrap() != holder)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_goes_on_where_the_server_that_counts_is_killed() {
    let Some(mut pair) = Pair::open().await else {
        return;
    };
    let acme = Buyer::scripted(accepts(6, "4")).await;
    let zenith = Buyer::scripted(accepts(8, "6")).await;
    for (name, buyer) in [("acme", &acme), ("zenith", &zenith)] {
        pair.put(&Destination {
            settings: json!({"on_unknown": "hold"}),
            ..open_to_all(name, buyer)
        })
        .await;
    }
    publish(&pair.admin(0), &halves()).await;
    pair.admin(1)
        .change("createExperiment", &of_halves("ab"), "")
        .await;
    pair.admin(0)
        .change("startExperiment", &json!({"name": "ab"}), "")
        .await;
    let callers = Arc::new(RwLock::new([pair.source(0), pair.source(1)]));
    let senders = Senders::start("experiment", &callers);
    until_acknowledged(&senders, N_LEADS / 3).await;
    let victim = counting(&pair).await;
    let other = 1 - victim;
    pair.servers[victim].kill();
    until_acknowledged(&senders, N_LEADS).await;
    senders.finish().await;
    pair.settled().await;
    let n_leads = pair.store.read().leads_in_order(0, 100_000).await.unwrap();
    let admin = pair.admin(other);
    let deadline = Instant::now() + TAKEN_OVER_MAX;
    let found = loop {
        let found = experiment(&admin, "ab").await;
        let arms = found["readout"]["arms"].as_array().unwrap().clone();
        let of = |name: &str| -> u64 { arms.iter().map(|arm| arm[name].as_u64().unwrap()).sum() };
        // What the killed server had under way may be unknown for ever.
        if of("leads") + of("waiting") == n_leads.len() as u64 {
            break found;
        }
        assert!(
            Instant::now() < deadline,
            "{} of {}",
            of("leads"),
            n_leads.len()
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(found["readout"]["advice"]["arm"], "zenith", "{found:#}");
    assert_eq!(found["readout"]["split"]["isBroken"], false);
    let end = json!({"name": "ab", "decision": {"ship": "zenith"}, "promote": true});
    admin.change("concludeExperiment", &end, "").await;
    pair.servers[victim].start_again();
    // The server that was away sends first to the winner, too.
    let n_before = zenith.posts().len();
    for _ in 0..10 {
        assert_eq!(pair.source(victim).lead(&solar_lead()).await.status, 200);
    }
    assert_eq!(zenith.posts().len(), n_before + 10);
    pair.verify().await;
    pair.add_up_again().await;
    pair.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_goes_from_a_small_share_to_all_leads_over_two_servers() {
    let Some(pair) = Pair::open().await else {
        return;
    };
    let good = Buyer::scripted(accepts(5, "5")).await;
    let better = Buyer::scripted(accepts(7, "5")).await;
    pair.put(&open_to_all("good", &good)).await;
    pair.put(&open_to_all("better", &better)).await;
    publish(&pair.admin(0), &one_after_the_other(&["good"])).await;
    let admin = pair.admin(1);
    let draft = json!({"document": one_after_the_other(&["better"])});
    admin.change("saveFlowDraft", &draft, "").await;
    let published = json!({"flow": "solar", "message": "the better one"});
    let payload = admin
        .change("publishFlow", &published, "flowVersion { hash }")
        .await;
    let candidate = payload["flowVersion"]["hash"].clone();
    let plan = json!({
        "name": "rollout", "flow": "solar", "primary": "ACCEPT_RATE",
        "subject": {"candidate": {"version": candidate, "sharePpm": 50_000}},
        "guardrails": [{"metric": "ACCEPT_RATE", "worstPpm": 200_000}],
    });
    admin.change("createExperiment", &plan, "").await;
    admin
        .change("startExperiment", &json!({"name": "rollout"}), "")
        .await;
    let mut n_leads = 0;
    for share_ppm in [50_000, 250_000, 500_000] {
        let share = json!({"name": "rollout", "sharePpm": share_ppm});
        pair.admin(n_leads % 2)
            .change("setExperimentShare", &share, "")
            .await;
        assert_eq!(send(&pair, 1_000).await, 0);
        n_leads += 1_000;
    }
    let found = counted(&pair.admin(0), "rollout", n_leads as u64).await;
    assert_eq!(found["state"], "RUNNING", "{found:#}");
    assert_eq!(found["readout"]["advice"]["action"], "SHIP", "{found:#}");
    // The share is set once more than it was planned with; three sets of weights are compared each within itself.
    assert!(
        found["readout"]["notes"]
            .to_string()
            .contains("3 sets of weights")
    );
    let end = json!({"name": "rollout", "decision": {"ship": "candidate"}, "promote": true});
    pair.admin(0).change("concludeExperiment", &end, "").await;
    let n_before = good.posts().len();
    for n in 0..20 {
        assert_eq!(pair.source(n % 2).lead(&solar_lead()).await.status, 200);
    }
    assert_eq!(good.posts().len(), n_before);
    pair.verify().await;
    pair.add_up_again().await;
    pair.close().await;
}
