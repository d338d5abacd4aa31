//! What a bandit does when an arm is closed: the next best takes its place, and everybody can see why.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    restart::verify,
    site::{Destination, Site, open_to_all, solar_flow, solar_lead},
    wait::until,
};

/// Most leads that the best buyer takes.
const CAP: usize = 120;
/// Leads that come after that.
const AFTER: usize = 60;

const WEIGHTS: &str =
    "{ banditWeights(flow: \"solar\", node: \"learned\") { arms { name weightPpm restShare } } }";
const WHY: &str = "query($id: ID!) { lead(id: $id) { decision { explanation { isReproduced steps { choices { node detail
    draw { arms { arm weightPpm score } } } } } } } }";

/// Of each arm: its weight, and what it has of the rest.
async fn arms(site: &Site) -> BTreeMap<String, (f64, f64)> {
    let found = site.admin.graphql(WEIGHTS, &json!({})).await;
    let arms = found["banditWeights"][0]["arms"].as_array();
    let arms = arms.into_iter().flatten().map(|arm| {
        let number = |name: &str| arm[name].as_f64().unwrap();
        let name = arm["name"].as_str().unwrap().to_owned();
        (name, (number("weightPpm") / 1e6, number("restShare")))
    });
    arms.collect()
}

/// Sends leads one after the other; how many went to whom, and the last answer.
async fn send(site: &Site, n: usize) -> (BTreeMap<String, usize>, Value) {
    let source = site.source();
    let (mut sold, mut last) = (BTreeMap::new(), Value::Null);
    for _ in 0..n {
        last = source.lead(&solar_lead()).await.json();
        assert_eq!(last["status"], "sold", "{last}");
        let to = last["destination"].as_str().unwrap().to_owned();
        *sold.entry(to).or_default() += 1;
    }
    (sold, last)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_best_buyer_gets_the_leads_of_one_whose_cap_is_full() {
    let paying = |price: &'static str| Buyer::always(Reply::Accept(price));
    let (best, next) = (paying("20").await, paying("12").await);
    let (poor, poorest) = (paying("2").await, paying("1").await);
    let nodes = json!({
        "learned": {"kind": "bandit", "explore_ppm": 40_000,
            "arms": [{"to": "best"}, {"to": "next"}, {"to": "poor"}, {"to": "poorest"}]},
        "best": {"kind": "destination"}, "next": {"kind": "destination"},
        "poor": {"kind": "destination"}, "poorest": {"kind": "destination"},
    });
    let capped = Destination {
        settings: json!({"caps": [{"kind": "accepted", "max": CAP, "window": "lifetime"}]}),
        ..open_to_all("best", &best)
    };
    let others = [
        open_to_all("next", &next),
        open_to_all("poor", &poor),
        open_to_all("poorest", &poorest),
    ];
    let destinations: Vec<Destination<'_>> = [capped].into_iter().chain(others).collect();
    let mut site = Site::open(&solar_flow("learned", &nodes), &destinations).await;
    let mut n_sent = 0;
    while best.posts().len() < CAP {
        send(&site, 20).await;
        n_sent += 20;
        assert!(n_sent < 1_000, "the best buyer is not found");
    }
    let learned = until("the weights tell the others apart", async || {
        let arms = arms(&site).await;
        (arms.get("best")?.0 > 0.9 && arms["next"].1 > 5.0 * arms["poor"].1).then_some(arms)
    })
    .await;
    // By their weights alone the others would share about evenly.
    assert!(learned["next"].0 < 0.05, "{learned:?}");
    let rest: f64 = learned.values().map(|(_, rest)| rest).sum();
    assert!((rest - 1.0).abs() < 1e-9, "{learned:?}");

    let (sold, last) = send(&site, AFTER).await;
    n_sent += AFTER;
    assert!(!sold.contains_key("best"), "{sold:?}");
    assert!(sold["next"] > 3 * AFTER / 4, "{sold:?}");
    let id = json!({"id": last["lead_id"]});
    let found = site.admin.graphql(WHY, &id).await;
    let explained = &found["lead"]["decision"]["explanation"];
    assert_eq!(explained["isReproduced"], true, "{explained:#}");
    let shares = &explained["steps"][0]["choices"][0]["draw"]["arms"];
    let weights: Vec<i64> = shares
        .as_array()
        .unwrap()
        .iter()
        .map(|arm| arm["weightPpm"].as_i64().unwrap())
        .collect();
    assert_eq!(
        (weights[0], weights.iter().sum()),
        (0, 1_000_000),
        "{shares}"
    );
    assert!(weights[1] > 800_000, "{shares}");
    site.server.stop();
    verify(&site.server.database(), n_sent);
}
