//! Conversions: reported late, often twice, sometimes too early; and what bandits learn from them.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    site::{Destination, Site, one_after_the_other, open_to_all, solar_flow, solar_lead, token},
    wait::until,
};

/// One buyer that pays by the conversion.
async fn by_conversion(sunny: &Buyer) -> Site {
    let sunny = Destination {
        settings: json!({"pays": "conversion"}),
        ..open_to_all("sunny", sunny)
    };
    Site::open(&one_after_the_other(&["sunny"]), &[sunny]).await
}

fn click_id(post: &Value) -> String {
    post["click_id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversion_counts_once_however_often_and_however_it_is_reported() {
    let sunny = Buyer::always(Reply::Accept("0")).await;
    let mut site = by_conversion(&sunny).await;
    let sold = site.source().lead(&solar_lead()).await.json();
    let click = click_id(&sunny.posts()[0].body);
    let lead_id = sold["lead_id"].as_str().unwrap();

    let query = format!("subid={click}&tid=t1&payout=41.5&status=sale");
    let applied = site.postback(&query).await;
    assert_eq!(applied.status, 200, "{applied:?}");
    assert_eq!(applied.json(), json!({"status": "applied"}));
    let again = site.postback(&query).await;
    assert_eq!(
        (again.status, again.json()),
        (200, json!({"status": "duplicate"}))
    );
    let form = format!("cid={click}&txid=t1&amount=41.50");
    let again = site
        .postback_in_body("application/x-www-form-urlencoded", &form)
        .await;
    assert_eq!(again.json()["status"], "duplicate");
    assert_eq!(site.lead(lead_id).await["revenue"], "41.50");

    let query = format!("click_id={click}&txid=t9&payout=40&currency=EUR");
    let foreign = site.postback(&query).await;
    assert_eq!(foreign.status, 422, "{foreign:?}");
    assert_eq!(foreign.json()["problems"][0]["code"], "wrong_currency");
    assert_eq!(site.lead(lead_id).await["revenue"], "41.50");

    let upsell = json!({"click_id": click, "txid": "t2", "status": "rebill", "payout": 8.5});
    let applied = site
        .postback_in_body("application/json", &upsell.to_string())
        .await;
    assert_eq!(applied.json()["status"], "applied");
    assert_eq!(site.lead(lead_id).await["revenue"], "50.00");

    let query = format!("click_id={click}&txid=t1&status=chargeback&return=OK");
    let taken_back = site.postback(&query).await;
    assert_eq!((taken_back.status, &*taken_back.text), (200, "OK"));
    let lead = site.lead(lead_id).await;
    assert_eq!(lead["revenue"], "8.50");
    assert_eq!(lead["status"], "SOLD");
    let conversions = &lead["deliveries"][0]["conversions"];
    assert_eq!(conversions.as_array().unwrap().len(), 3, "{conversions}");
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversion_of_nobody_is_parked_and_a_wrong_token_reports_nothing() {
    let sunny = Buyer::always(Reply::Accept("0")).await;
    let mut site = by_conversion(&sunny).await;
    site.source().lead(&solar_lead()).await;
    let click = click_id(&sunny.posts()[0].body);
    let parked = site.postback("click_id=clk_of_nobody&payout=1").await;
    assert_eq!(
        (parked.status, parked.json()),
        (202, json!({"status": "parked"}))
    );

    let stranger = site.server.stranger();
    let query = format!("click_id={click}&payout=1000");
    let refused = stranger
        .get(&format!("/v1/postbacks/pm_wrong?{query}"))
        .await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.json()["code"], "unauthenticated");
    // The token of one destination does not speak for another.
    let other = token(&site.admin, "POSTBACK", json!({"destination": "shady"})).await;
    let other = stranger
        .get(&format!("/v1/postbacks/{other}?{query}"))
        .await;
    assert_eq!(other.status, 202);
    let conversions = "{ conversions { nodes { id } } }";
    let found = site.admin.graphql(conversions, &json!({})).await;
    assert_eq!(found["conversions"]["nodes"], json!([]));
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversion_that_comes_before_the_answer_waits_for_it() {
    let sunny = Buyer::always(Reply::AcceptOnWord("0")).await;
    let mut site = by_conversion(&sunny).await;
    let source = site.source();
    let lead = tokio::spawn(async move { source.lead(&solar_lead()).await });
    let post = until("the buyer has the lead", async || sunny.posts().pop()).await;
    let early = site
        .postback(&format!("click_id={}&payout=9", click_id(&post.body)))
        .await;
    assert_eq!(
        (early.status, early.json()["status"].as_str()),
        (202, Some("parked"))
    );
    sunny.give_word(1);
    let sold = lead.await.unwrap().json();
    assert_eq!(sold["status"], "sold");
    let lead = site.lead(sold["lead_id"].as_str().unwrap()).await;
    assert_eq!(lead["revenue"], "9.00");
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_listed_with_its_reason_and_replayed() {
    let sunny = Buyer::always(Reply::Accept("0")).await;
    let mut site = by_conversion(&sunny).await;
    let sold = site.source().lead(&solar_lead()).await.json();
    let click = click_id(&sunny.posts()[0].body);
    let lead_id = sold["lead_id"].as_str().unwrap();

    let nested = json!({"click_id": click, "payout": 10.5, "txid": 1, "customer": {"id": 1}});
    let applied = site
        .postback_in_body("application/json", &nested.to_string())
        .await;
    assert_eq!(applied.json()["status"], "applied", "{applied:?}");
    let trash = format!("cnv_id={click}&payout=10&txid=2&cnv_status=trash");
    assert_eq!(site.postback(&trash).await.json()["status"], "applied");
    assert_eq!(site.lead(lead_id).await["revenue"], "10.50");

    let odd = format!("click_id={click}&payout=30&txid=3&status=gonzo");
    let refused = site.postback(&odd).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    let zero = format!("click_id={click}&payout=1&txid=a%00b");
    assert_eq!(site.postback(&zero).await.status, 422);
    let query = "{ parkedPostbacks { nodes {
        id reason problems { code path } clickId destination parameters times } } }";
    let listed = site.admin.graphql(query, &json!({})).await;
    let listed = listed["parkedPostbacks"]["nodes"].as_array().unwrap();
    assert_eq!(listed.len(), 2, "{listed:?}");
    let gonzo = listed
        .iter()
        .find(|row| row["parameters"]["status"] == "gonzo")
        .unwrap();
    assert_eq!(
        (&gonzo["reason"], &gonzo["times"]),
        (&json!("REFUSED"), &json!(1))
    );
    assert_eq!(
        gonzo["problems"],
        json!([{"code": "unknown_status", "path": ["status"]}])
    );

    let again = json!({"id": gonzo["id"], "status": "sale"});
    let replayed = site.admin.change("replayPostback", &again, "outcome").await;
    assert_eq!(replayed["outcome"], "APPLIED");
    assert_eq!(site.lead(lead_id).await["revenue"], "40.50");
    site.server.stop();
}

/// Weight and trials so far of each arm of the bandit; empty before it has learned anything.
async fn arms(site: &Site) -> BTreeMap<String, (u64, u64)> {
    let query = r#"{ banditWeights(flow: "solar", node: "learned") {
        arms { name weightPpm posteriorNow { trials } }
    } }"#;
    let found = site.admin.graphql(query, &json!({})).await;
    let arms = found["banditWeights"][0]["arms"].as_array();
    let arms = arms.into_iter().flatten().map(|arm| {
        let name = arm["name"].as_str().unwrap().to_owned();
        let trials = arm["posteriorNow"]["trials"].as_u64().unwrap_or(0);
        (name, (arm["weightPpm"].as_u64().unwrap(), trials))
    });
    arms.collect()
}

/// Waits until this many trials are known, and not more.
async fn learned_from(site: &Site, n_trials: u64) {
    until("the trials are known", async || {
        let arms = arms(site).await;
        let found: u64 = arms.values().map(|(_, trials)| trials).sum();
        assert!(found <= n_trials, "{found} trials of {n_trials}");
        (found == n_trials).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_allocation_moves_with_the_outcomes_within_seconds() {
    let (good, bad) = (
        Buyer::always(Reply::Accept("10")).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let nodes = json!({
        "learned": {"kind": "bandit", "explore_ppm": 20_000, "arms": [{"to": "good"}, {"to": "bad"}]},
        "good": {"kind": "destination"}, "bad": {"kind": "destination"},
    });
    let flow = solar_flow("learned", &nodes);
    let destinations = [open_to_all("good", &good), open_to_all("bad", &bad)];
    let mut site = Site::open(&flow, &destinations).await;
    let source = site.source();
    let before = site.epoch().await;
    source.lead(&solar_lead()).await;
    let settled = Instant::now();
    until("the epoch moves", async || {
        (site.epoch().await > before).then_some(())
    })
    .await;
    // An allocation a second is published at most; the rest is for a machine that is busy.
    assert!(
        settled.elapsed() < Duration::from_secs(6),
        "{:?}",
        settled.elapsed()
    );

    for _ in 1..60 {
        source.lead(&solar_lead()).await;
    }
    learned_from(&site, 60).await;
    let (good_ppm, bad_ppm) = until("the allocation follows", async || {
        let arms = arms(&site).await;
        let (good_ppm, bad_ppm) = (arms["good"].0, arms["bad"].0);
        (good_ppm > 950_000).then_some((good_ppm, bad_ppm))
    })
    .await;
    assert_eq!(good_ppm + bad_ppm, 1_000_000);
    assert!(bad_ppm >= 10_000, "exploration keeps its share: {bad_ppm}");

    // Test leads are routed and teach nothing: of these two, one counts.
    let n_posts = good.posts().len() + bad.posts().len();
    let mut lead = solar_lead();
    lead["test"] = true.into();
    assert_eq!(source.lead(&lead).await.json()["status"], "sold");
    assert!(good.posts().len() + bad.posts().len() > n_posts);
    source.lead(&solar_lead()).await;
    learned_from(&site, 61).await;
    site.server.stop();
}
