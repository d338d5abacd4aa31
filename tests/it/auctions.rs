//! Auctions: buyers are asked over real HTTP, and the lead goes to the best bid that is there in time.

use serde_json::{Value, json};

use crate::{
    buyer::{Bidding, Buyer, Reply},
    restart::verify,
    site::{Destination, Site, open_to_all, solar_flow, solar_lead},
    wait::until,
};

/// A flow that asks these destinations what they would pay.
fn auction(names: &[&str], deadline_ms: u32) -> Value {
    let bidders: Vec<Value> = names.iter().map(|name| json!({"to": name})).collect();
    let mut nodes = json!({"market": {
        "kind": "auction", "bidders": bidders, "reserve": "10", "deadline_ms": deadline_ms,
    }});
    for name in names {
        nodes[name] = json!({"kind": "destination"});
    }
    solar_flow("market", &nodes)
}

/// The steps of a lead's decision with everything that was bid, and why.
async fn decision_of(site: &Site, lead_id: &str) -> Value {
    const QUERY: &str = "query($id: ID!) { lead(id: $id) { status revenue decision {
        steps { kind node asked destination propensity
            bids { destination bid pingId end status }
            outlook { pings { asked propensity } } }
        explanation { steps { bids { destination rank net detail } candidates { destination outcome } } }
    } } }";
    site.admin.graphql(QUERY, &json!({"id": lead_id})).await["lead"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_best_bid_in_time_wins_and_a_refusal_goes_to_the_runner_up() {
    let late = Buyer::bidding(|_| Bidding::Hangs, |_| Reply::Accept("99")).await;
    let picky = Buyer::bidding(|_| Bidding::Bids("15"), |_| Reply::Reject).await;
    let plain = Buyer::bidding(|_| Bidding::Bids("12"), |_| Reply::AcceptUnpriced).await;
    let cheap = Buyer::bidding(|_| Bidding::Bids("9.99"), |_| Reply::Accept("99")).await;
    let destinations = [
        open_to_all("late", &late),
        open_to_all("picky", &picky),
        open_to_all("plain", &plain),
        open_to_all("cheap", &cheap),
    ];
    let flow = auction(&["late", "picky", "plain", "cheap"], 2_000);
    let mut site = Site::open(&flow, &destinations).await;
    let sold = site.source().lead_as("lead-1", &solar_lead()).await.json();
    assert_eq!(
        (&sold["status"], &sold["destination"], &sold["price"]),
        (&json!("sold"), &json!("plain"), &json!("12.00")),
        "an acceptance without a price is worth the bid: {sold}"
    );
    let ping = &picky.pings()[0];
    assert_eq!(*ping, json!({"roof": "flat", "lead": sold["lead_id"]}));
    for buyer in [&picky, &plain] {
        let posts = buyer.posts();
        assert_eq!((buyer.pings().len(), posts.len()), (1, 1));
        assert_eq!(posts[0].body["ping_id"], "ping-0");
        assert_eq!(posts[0].body["phone"], "+12025550143");
    }
    assert!(late.posts().is_empty() && cheap.posts().is_empty());

    let lead = decision_of(&site, sold["lead_id"].as_str().unwrap()).await;
    assert_eq!(lead["revenue"], "12.00");
    let steps = lead["decision"]["steps"].as_array().unwrap();
    let kinds: Vec<_> = steps.iter().map(|step| &step["kind"]).collect();
    assert_eq!(kinds, ["PING", "OFFER", "OFFER", "DONE"]);
    assert_eq!(steps[0]["node"], "market");
    assert_eq!(
        steps[0]["asked"],
        json!(["cheap", "late", "picky", "plain"])
    );
    assert_eq!(
        steps[0]["bids"],
        json!([
            {"destination": "cheap", "bid": "9.99", "pingId": "ping-0", "end": "BID", "status": 200},
            {"destination": "late", "bid": null, "pingId": null, "end": "LATE", "status": null},
            {"destination": "picky", "bid": "15.00", "pingId": "ping-0", "end": "BID", "status": 200},
            {"destination": "plain", "bid": "12.00", "pingId": "ping-0", "end": "BID", "status": 200},
        ])
    );
    let explained = &lead["decision"]["explanation"]["steps"][0]["bids"];
    let ranks: Vec<_> = explained
        .as_array()
        .unwrap()
        .iter()
        .map(|bid| {
            (
                bid["destination"].as_str().unwrap(),
                bid["rank"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        ranks,
        [
            ("picky", "BEST"),
            ("plain", "RUNNER_UP"),
            ("cheap", "BELOW_RESERVE"),
            ("late", "NO_BID"),
        ]
    );
    site.server.stop();
    verify(&site.server.database(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_during_a_ping_loses_nothing_and_asks_again() {
    // The first lead's ping never comes back, and the machine dies while it is waited for.
    let slow = |n| {
        if n == 0 {
            Bidding::Hangs
        } else {
            Bidding::Bids("20")
        }
    };
    let slow = Buyer::bidding(slow, |_| Reply::Accept("20")).await;
    let quick = Buyer::bidding(|_| Bidding::Bids("11"), |_| Reply::Accept("11")).await;
    let destinations = [open_to_all("slow", &slow), open_to_all("quick", &quick)];
    let flow = auction(&["slow", "quick"], 10_000);
    let mut site = Site::open(&flow, &destinations).await;
    let mut lead = solar_lead();
    lead["mode"] = "async".into();
    let queued = site.source().lead_as("lead-1", &lead).await;
    assert_eq!(queued.json()["status"], "queued", "{queued:?}");
    until("both are asked", async || {
        (slow.pings().len() + quick.pings().len() == 2).then_some(())
    })
    .await;
    site.server.kill();
    site.start_again();
    let lead_id = queued.json()["lead_id"].clone();
    let path = format!("/v1/leads/{}", lead_id.as_str().unwrap());
    let source = site.source();
    let settled = until("the lead is settled", async || {
        let shown = source.get(&path).await.json();
        (!shown["settled_at"].is_null()).then_some(shown)
    })
    .await;
    assert_eq!(settled["status"], "sold", "{settled}");
    assert_eq!((slow.pings().len(), quick.pings().len()), (2, 2));
    assert_eq!((slow.posts().len(), quick.posts().len()), (1, 0));
    let lead = decision_of(&site, lead_id.as_str().unwrap()).await;
    let steps = lead["decision"]["steps"].as_array().unwrap();
    let kinds: Vec<_> = steps.iter().map(|step| &step["kind"]).collect();
    assert_eq!(
        kinds,
        ["PING", "OFFER", "DONE"],
        "a ping made again is one step"
    );
    assert_eq!(lead["revenue"], "20.00");
    site.server.stop();
    verify(&site.server.database(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_can_neither_be_asked_nor_has_a_price_is_told_before_the_flow_is_live() {
    let (fixed, mute) = (
        Buyer::always(Reply::AcceptUnpriced).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let priced = |settings| Destination {
        settings,
        ..open_to_all("fixed", &fixed)
    };
    let destinations = [
        priced(json!({"price": "14.00"})),
        open_to_all("mute", &mute),
    ];
    // A fixed price is a bid of its own.
    let mut site = Site::open(&auction(&["fixed"], 2_000), &destinations).await;
    let sold = site.source().lead_as("lead-1", &solar_lead()).await.json();
    assert_eq!(
        (&sold["destination"], &sold["price"]),
        (&json!("fixed"), &json!("14.00"))
    );
    let input = json!({"document": auction(&["fixed", "mute"], 2_000)});
    let fields = "diagnostics { code node part }";
    let checked = site.admin.mutation("checkFlow", &input, fields).await;
    assert_eq!(
        checked["diagnostics"],
        json!([{"code": "bidder_without_bid", "node": "market", "part": "bidders[1]"}])
    );
    site.server.stop();
}
