//! Two leads of one person, one at each server, at one instant.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::pair::Pair;
use crate::{
    buyer::{Buyer, Reply},
    kill::setting,
    site::{one_after_the_other, open_to_all, publish, solar_lead},
};

/// Pairs on their way at a time.
const AT_ONCE: u64 = 32;

/// How many pairs come; `POINTSMAN_DUPLICATE_PAIRS` says more.
fn n_pairs() -> u64 {
    setting("POINTSMAN_DUPLICATE_PAIRS", 40)
}

/// What becomes of the two leads of a pair.
async fn send(pair: &Pair, number: u64) -> [Value; 2] {
    let mut lead = solar_lead();
    lead["fields"]["phone"] = format!("+1202{number:07}").into();
    let (one, two) = (pair.source(0), pair.source(1));
    let (one, two) = tokio::join!(one.lead(&lead), two.lead(&lead));
    [one, two].map(|answer| {
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["status"].clone()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_leads_at_two_servers_one_is_sold() {
    let Some(pair) = Pair::open().await else {
        return;
    };
    let buyer = Buyer::always(Reply::Accept("5")).await;
    pair.put(&open_to_all("acme", &buyer)).await;
    let mut flow = one_after_the_other(&["acme"]);
    flow["dedupe"] = json!({"fields": ["phone"]});
    publish(&pair.admin(0), &flow).await;
    let pair = Arc::new(pair);
    let (mut sent, mut leads) = (0, JoinSet::new());
    while sent < n_pairs() || !leads.is_empty() {
        while sent < n_pairs() && (leads.len() as u64) < AT_ONCE {
            let (pair, number) = (Arc::clone(&pair), sent);
            leads.spawn(async move { send(&pair, number).await });
            sent += 1;
        }
        let mut states = leads.join_next().await.unwrap().unwrap();
        states.sort_by_key(ToString::to_string);
        assert_eq!(states, [json!("duplicate"), json!("sold")]);
    }
    assert_eq!(buyer.posts().len() as u64, n_pairs());
    pair.verify().await;
    pair.add_up_again().await;
    Arc::into_inner(pair).unwrap().close().await;
}
