//! Two servers on one PostgreSQL database: one order, one cap, and each takes over what the other leaves.
//!
//! `POINTSMAN_SEVERAL_ROUNDS` says how often each story is told. The script `tests/several-servers.sh` tells them more
//! often.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    buyer::{Buyer, Reply},
    kill::setting,
    site::{
        Destination, one_after_the_other, open_to_all, publish, put_destination, solar_flow,
        solar_lead,
    },
};

mod duplicates;
mod experiments;
mod faults;
mod joining;
mod kinds;
mod outages;
mod pair;
mod postbacks;
mod rollouts;
mod senders;
mod subscriptions;

use pair::Pair;

/// Connections that send, half to each server.
const CLIENTS: usize = 64;
/// What the capped buyer takes in a round of an ordinary test run.
const CAP: u64 = 150;

fn rounds() -> u64 {
    setting("POINTSMAN_SEVERAL_ROUNDS", 1)
}

/// Refuses 30 of 100, and of another two nobody ever hears.
fn hardly(n: usize) -> Reply {
    match n % 100 {
        7 | 57 => Reply::Hang,
        n if n % 10 < 3 => Reply::Reject,
        _ => Reply::Accept("5"),
    }
}

fn refuses(n: usize) -> Reply {
    match n % 10 {
        0..3 => Reply::Reject,
        _ => Reply::Accept("5"),
    }
}

/// A flow that offers leads to a destination, and then to those of which a bandit learns.
fn then_learned(first: &str) -> Value {
    let nodes = json!({
        "in-order": {"kind": "waterfall", "to": [first, "learned"]},
        first: {"kind": "destination"},
        "learned": {"kind": "bandit", "explore_ppm": 50_000, "arms": [{"to": "rest-a"}, {"to": "rest-b"}]},
        "rest-a": {"kind": "destination"}, "rest-b": {"kind": "destination"},
    });
    solar_flow("in-order", &nodes)
}

/// Sends leads from all clients to both servers, until each is answered; how many were refused as unavailable.
async fn send(pair: &Pair, n_leads: usize) -> usize {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let caller = pair.source(client % 2);
        let n_own = n_leads / CLIENTS + usize::from(client < n_leads % CLIENTS);
        clients.spawn(async move {
            let mut n_refused = 0;
            for _ in 0..n_own {
                let answer = caller.lead(&solar_lead()).await;
                assert!([200, 503].contains(&answer.status), "{answer:?}");
                n_refused += usize::from(answer.status == 503);
            }
            n_refused
        });
    }
    clients.join_all().await.into_iter().sum()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "the figures are the point of the long run"
)]
async fn a_cap_is_exact_over_two_servers() {
    let Some(pair) = Pair::open().await else {
        return;
    };
    let cap = setting("POINTSMAN_SEVERAL_CAP", CAP);
    let rest = Buyer::scripted(refuses).await;
    for name in ["rest-a", "rest-b"] {
        pair.put(&open_to_all(name, &rest)).await;
    }
    for round in 1..=rounds() {
        for (script, may_hang) in [(refuses as fn(usize) -> Reply, false), (hardly, true)] {
            let buyer = Buyer::scripted(script).await;
            let settings = json!({
                "caps": [{"kind": "accepted", "max": cap, "window": "lifetime"}],
                "on_unknown": "hold",
            });
            // Each round has a buyer of its own, at the same place of the flow.
            let name: &'static str = format!("capped-{round}-{may_hang}").leak();
            let destination = Destination {
                timeout_ms: 300,
                settings,
                ..open_to_all(name, &buyer)
            };
            pair.put(&destination).await;
            publish(&pair.admin(0), &then_learned(name)).await;
            // While all units are reserved leads go unsold, and some of those units come back.
            let n_leads = usize::try_from(cap).unwrap() * 3;
            let n_refused = send(&pair, n_leads).await;
            let (n_accepted, n_unknown) = pair.sold_to(name).await;
            eprintln!(
                "round {round}: cap {cap}, {n_accepted} accepted, {n_unknown} unknown, {n_refused} refused of {n_leads}"
            );
            assert_eq!(n_refused, 0);
            assert_eq!(n_accepted + n_unknown, cap);
            assert!(may_hang || n_unknown == 0);
        }
    }
    pair.verify().await;
    pair.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_at_two_servers_at_once_is_one_lead() {
    let Some(pair) = Pair::open().await else {
        return;
    };
    let buyer = Buyer::always(Reply::Accept("5")).await;
    pair.put(&open_to_all("acme", &buyer)).await;
    publish(&pair.admin(0), &one_after_the_other(&["acme"])).await;
    let n_pairs = setting("POINTSMAN_SEVERAL_PAIRS", 200);
    let mut pairs = JoinSet::new();
    for n in 0..n_pairs {
        let (one, other) = (pair.source(0), pair.source(1));
        pairs.spawn(async move {
            let (key, lead) = (format!("key-{n}"), solar_lead());
            let (a, b) = tokio::join!(one.lead_as(&key, &lead), other.lead_as(&key, &lead));
            for answer in [&a, &b] {
                assert!([200, 409].contains(&answer.status), "{answer:?}");
                if answer.status == 409 {
                    assert!(!answer.header("retry-after").is_empty(), "{answer:?}");
                }
            }
            assert!(a.status == 200 || b.status == 200, "{a:?} {b:?}");
            // Later each server gives the same answer.
            let again = one.lead_as(&key, &lead).await;
            assert_eq!(
                again.json()["lead_id"],
                other.lead_as(&key, &lead).await.json()["lead_id"]
            );
        });
    }
    pairs.join_all().await;
    let leads = pair.store.read().leads_in_order(0, 100_000).await.unwrap();
    assert_eq!(leads.len() as u64, n_pairs);
    // Where so many come at once, some find no place at the buyer; none is offered twice.
    let posts = buyer.posts();
    let keys: BTreeSet<&String> = posts.iter().map(|post| &post.idempotency_key).collect();
    assert_eq!(keys.len(), posts.len());
    assert!(posts.len() as u64 <= n_pairs);
    pair.verify().await;
    pair.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_at_one_server_holds_for_the_next_lead_at_the_other() {
    let Some(pair) = Pair::open().await else {
        return;
    };
    let (first, second) = (
        Buyer::always(Reply::Accept("5")).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    pair.put(&open_to_all("first", &first)).await;
    pair.put(&open_to_all("second", &second)).await;
    publish(&pair.admin(0), &one_after_the_other(&["first", "second"])).await;
    let settings = [json!({"active": false}), json!({"active": true})];
    for round in 0..20 {
        let (at, other) = (round % 2, (round + 1) % 2);
        let target = first.target(10_000);
        put_destination(&pair.admin(at), "first", &target, &settings[round % 2]).await;
        let sold = pair.source(other).lead(&solar_lead()).await.json();
        let expected = if round % 2 == 0 { "second" } else { "first" };
        assert_eq!(sold["destination"], expected, "round {round}: {sold}");
    }
    pair.verify().await;
    pair.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_ended_at_one_server_is_refused_by_the_other_at_once() {
    let Some(pair) = Pair::open().await else {
        return;
    };
    let buyer = Buyer::always(Reply::Accept("5")).await;
    pair.put(&open_to_all("acme", &buyer)).await;
    publish(&pair.admin(0), &one_after_the_other(&["acme"])).await;
    let mut n_taken = 0;
    for round in 0..20 {
        let (at, other) = (round % 2, (round + 1) % 2);
        let input = json!({"name": "short-lived", "role": "SOURCE", "source": "web"});
        let admin = pair.admin(at);
        let made = admin
            .change("createToken", &input, "secret token { id }")
            .await;
        let sender = pair.servers[other].caller(made["secret"].as_str().unwrap());
        assert_eq!(sender.lead(&solar_lead()).await.status, 200);
        n_taken += 1;
        let ended = json!({"id": made["token"]["id"]});
        admin.change("revokeToken", &ended, "").await;
        let refused = sender.lead(&solar_lead()).await;
        assert_eq!(refused.status, 401, "round {round}: {refused:?}");
    }
    let leads = pair.store.read().leads_in_order(0, 1_000).await.unwrap();
    assert_eq!(leads.len(), n_taken);
    pair.verify().await;
    pair.close().await;
}
