//! Trackers of sources, from the document to the last attempt.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use pointsman_testkit::Postgres;
use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    caller::Caller,
    erasure::traces_of,
    program::pointsman,
    sealed,
    server::Server,
    site::{Site, one_after_the_other, open_to_all, solar_lead, token},
    wait::until,
    wire::{Asked, Said, Wire, said},
};

mod failing;

const QUERY: &str = "query($id: ID!) { lead(id: $id) { sourcePostbacks {
    id source event state attempts status error answerExcerpt method url body dueAt
    lead { id } headers { name value } } } }";

/// A lead with a click of the publisher's.
fn clicked(click: &str) -> Value {
    let mut lead = solar_lead();
    lead["sub_id_1"] = click.into();
    lead
}

/// Puts a source with these postbacks.
async fn put(admin: &Caller, name: &str, postbacks: Value) {
    let document = json!({"flow": "solar", "postbacks": postbacks,
        "payout": {"currency": "EUR", "sold": "3.00", "sale": "12.50"},
        "secrets": {"postback_token": "t0ken/9", "postback_key": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="}});
    let put = json!({"name": name, "document": document});
    admin.change("putSource", &put, "source { revision }").await;
}

/// What is told of a lead, in commit order.
async fn told(admin: &Caller, lead: &str) -> Vec<Value> {
    let found = admin.graphql(QUERY, &json!({"id": lead})).await;
    found["lead"]["sourcePostbacks"].as_array().unwrap().clone()
}

/// Sends a lead that is sold, and gives its id.
async fn sold(source: &Caller, click: &str) -> String {
    let answer = source.lead(&clicked(click)).await.json();
    assert_eq!(answer["status"], "sold", "{answer}");
    answer["lead_id"].as_str().unwrap().to_owned()
}

/// Waits until everything that is told of a lead is delivered, and gives it.
async fn delivered(admin: &Caller, lead: &str, n: usize) -> Vec<Value> {
    until("postbacks are delivered", async || {
        let told = told(admin, lead).await;
        let all = told.iter().all(|it| it["state"] == "DELIVERED");
        (told.len() == n && all).then_some(told)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracker_is_told_what_becomes_of_leads_and_what_is_paid() {
    Box::pin(story(Server::start())).await.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracker_is_told_alike_on_postgresql() {
    let Some(postgres) = Postgres::named() else {
        return;
    };
    let name = postgres.create().await.unwrap();
    let url = postgres.url(postgres.host(), &name);
    let site = Box::pin(story(Server::start_on(&url, pointsman))).await;
    let Site { mut server, .. } = site;
    server.stop();
    postgres.remove(&name).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_trackers_are_told_is_sealed_where_keys_are_set() {
    let server = Server::start_on("pointsman.db", sealed::first);
    let mut site = Box::pin(story(server)).await;
    for mark in ["t0ken", "c2VjcmV0", "summer-sale"] {
        let traces = traces_of(mark, &site.server.database());
        assert_eq!(traces, Vec::<String>::new(), "{mark}");
    }
    site.server.stop();
}

async fn story(server: Server) -> Site {
    let tracker = Wire::answering(|_, _| said(200, "thanks")).await;
    let buyer = Buyer::always(Reply::Accept("20")).await;
    let flow = one_after_the_other(&["acme"]);
    let site = Site::open_on(server, &flow, &[open_to_all("acme", &buyer)]).await;
    refusals(&site).await;

    // Nothing is told of what came before there were postbacks.
    sold(&site.source(), "too early").await;
    put(&site.admin, "web", four_trackers(&tracker.base)).await;
    let lead = sold(&site.source(), "summer-sale a&b").await;
    let first = delivered(&site.admin, &lead, 1).await.remove(0);
    is_the_first(&tracker.asked()[0], &first, &lead);

    let click = buyer.posts()[1].body["click_id"].clone();
    let click = click.as_str().unwrap();
    report(
        &site,
        &format!("click_id={click}&payout=5&status=sale&txid=1"),
    )
    .await;
    let sale = delivered(&site.admin, &lead, 2).await.remove(1);
    is_the_sale(&tracker.asked()[1], &sale);
    // Twice the same is told once.
    report(
        &site,
        &format!("click_id={click}&payout=5&status=sale&txid=1"),
    )
    .await;
    report(&site, &format!("click_id={click}&status=returned")).await;
    let all = delivered(&site.admin, &lead, 3).await;
    assert_eq!(all[2]["event"], "RETURNED");
    let last = tracker.asked().pop().unwrap();
    assert_eq!(
        last.header("content-type"),
        "application/x-www-form-urlencoded"
    );
    assert_eq!(last.body, "cid=summer-sale+a%26b&payout=-15.50&total=0.00");

    // A change counts for what happens from then on.
    put(&site.admin, "web", json!([])).await;
    sold(&site.source(), "too late").await;
    let listed = "{ sourcePostbacks(filter: {source: \"web\", state: DELIVERED}, first: 2) {
        nodes { event } pageInfo { hasNextPage } } }";
    let listed = site.admin.graphql(listed, &json!({})).await;
    assert_eq!(
        listed["sourcePostbacks"],
        json!({"nodes": [{"event": "RETURNED"}, {"event": "SALE"}], "pageInfo": {"hasNextPage": true}})
    );
    caught_up(&site).await;
    assert_eq!(tracker.asked().len(), 3);
    site
}

/// A report of the buyer's that is applied.
async fn report(site: &Site, query: &str) {
    assert_eq!(site.postback(query).await.status, 200, "{query}");
}

/// Waits until what happened last is told, by something that happens later.
async fn caught_up(site: &Site) {
    let tracker = Wire::answering(|_, _| said(204, "")).await;
    let postbacks = json!([{"on": "sold", "url": format!("{}/", tracker.base)}]);
    put(&site.admin, "other", postbacks).await;
    let secret = token(&site.admin, "SOURCE", json!({"source": "other"})).await;
    let lead = sold(&site.server.caller(&secret), "x").await;
    delivered(&site.admin, &lead, 1).await;
}

/// One tracker for each of four events, each told in another way.
fn four_trackers(base: &str) -> Value {
    let at = |path: &str| format!("{base}{path}");
    json!([
        {"on": "sold", "url": at("/p/{click_id}?status={status}&payout={payout}&cur={currency}&id={postback_id}&lead={lead_id}&roof={lead.roof}&key={token}&s2={sub2}")},
        {"on": "sale", "url": at("/sale"), "method": "POST", "signature": "standard_webhooks",
         "headers": {"X-Of": "{source} {event}"},
         "body": {"click": "{sub1}", "sum": ["{payout}", "{payout_total}"]}},
        {"on": "returned", "url": at("/returned"), "method": "POST", "format": "form",
         "body": {"cid": "{click_id}", "payout": "{payout}", "total": "{payout_total}"}},
        {"on": "rejected", "url": at("/rejected")},
    ])
}

/// What is told of a lead that was sold.
fn is_the_first(asked: &Asked, first: &Value, lead: &str) {
    assert_eq!(first["lead"]["id"], lead);
    assert_eq!(
        (
            &first["event"],
            &first["source"],
            &first["attempts"],
            &first["status"]
        ),
        (&json!("SOLD"), &json!("web"), &json!(1), &json!(200))
    );
    assert_eq!(first["answerExcerpt"], "thanks");
    let id = first["id"].as_str().unwrap();
    let path = format!(
        "/p/summer-sale%20a%26b?status=sold&payout=3.00&cur=EUR&id={id}&lead={lead}&roof=flat&key=t0ken%2F9&s2="
    );
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("GET", path.as_str())
    );
    assert_eq!(asked.header("idempotency-key"), id);
    // Whoever looks sees no secret.
    let shown = first["url"].as_str().unwrap();
    assert!(
        shown.contains("key={token}") && !shown.contains("t0ken"),
        "{shown}"
    );
}

fn is_the_sale(asked: &Asked, sale: &Value) {
    let id = sale["id"].as_str().unwrap();
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("POST", "/sale")
    );
    assert_eq!(asked.header("x-of"), "web sale");
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    let expected = json!({"click": "summer-sale a&b", "sum": ["12.50", "15.50"]});
    assert_eq!(body, expected);
    assert_eq!(sale["body"], expected);
    assert_eq!(asked.header("webhook-id"), id);
    assert!(asked.header("webhook-signature").starts_with("v1,"));
    assert!(!asked.header("webhook-timestamp").is_empty());
}

/// What is wrong with postbacks is told at once, and nothing of it is kept.
async fn refusals(site: &Site) {
    let postbacks = json!([
        {"on": "sold", "url": "https://tracker.example/?c={clickid}&p={lead.phone}"},
        {"on": "sold", "url": "https://{sub1}.tracker.example/"},
        {"on": "sold", "url": "http://10.0.0.1/{lead.rof}"},
        {"on": "sold", "url": "file:///etc/passwd", "method": "PUT"},
        {"on": "sold", "url": "https://tracker.example/", "signature": "standard_webhooks"},
    ]);
    let input = json!({"name": "web", "document": {"flow": "solar", "postbacks": postbacks}});
    let refused = site
        .admin
        .mutation("putSource", &input, "source { name }")
        .await;
    assert_eq!(refused["source"], json!(null));
    let errors = refused["userErrors"].as_array().unwrap();
    let mut found: Vec<String> = errors
        .iter()
        .map(|it| {
            assert!(it["hint"].is_string(), "{it}");
            format!("{} {}", it["code"].as_str().unwrap(), it["path"])
        })
        .collect();
    found.sort();
    let at = |n: usize, member: &str| format!(r#"["document","postbacks","{n}","{member}"]"#);
    let url = |n| at(n, "url");
    let mut expected = vec![
        format!("unknown_macro {}", url(0)),
        format!("postback_pii {}", url(0)),
        format!("macro_in_host {}", url(1)),
        format!("url_address {}", url(2)),
        format!("unknown_field {}", url(2)),
        format!("url_scheme {}", url(3)),
        format!("unknown_label {}", at(3, "method")),
        r#"missing_member ["document","secrets","postback_key"]"#.to_owned(),
    ];
    expected.sort();
    assert_eq!(found, expected);
}

/// When a tracker was asked.
type Times = Arc<Mutex<Vec<Instant>>>;

/// A tracker that goes by a script, and when it was asked.
fn timed(
    answer: impl Fn(usize) -> Said + Send + Sync + 'static,
) -> (
    Times,
    impl Fn(usize, &Asked) -> Said + Send + Sync + 'static,
) {
    let times = Times::default();
    let log = Arc::clone(&times);
    (times, move |n, _: &Asked| {
        log.lock().unwrap().push(Instant::now());
        answer(n)
    })
}
