//! One operation on many deliveries or postbacks, while servers die and two of them share the work.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use pointsman_testkit::Postgres;
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    program::pointsman,
    releases::held,
    restart::verify,
    server::Server,
    site::{Site, one_after_the_other, solar_lead, token},
    wait::until,
    wire::{Wire, said},
};

const JOB: &str = "query($id: ID!) { bulkJob(id: $id) { state total done succeeded skipped failed
    finishedAt outcomes { result code count } } }";
/// Longer than a lease runs.
const TAKEN_OVER_MAX: Duration = Duration::from_secs(90);
/// Items of a story.
const ITEMS: usize = 24;

/// Starts a job, and gives its id.
async fn start(admin: &Caller, action: Value, rate: u32) -> String {
    let input = json!({ "action": action, "rate": rate });
    let started = admin.change("startBulkJob", &input, "bulkJob { id }").await;
    started["bulkJob"]["id"].as_str().unwrap().to_owned()
}

async fn job(admin: &Caller, id: &str) -> Value {
    admin.graphql(JOB, &json!({ "id": id })).await["bulkJob"].take()
}

/// A job once it has come so far. After a kill that may last until the lease of the server that did it runs out.
async fn reached(admin: &Caller, id: &str, is_there: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let job = job(admin, id).await;
        if is_there(&job) {
            return job;
        }
        assert!(began.elapsed() < TAKEN_OVER_MAX, "{job}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A job once so many of its items are done.
async fn done(admin: &Caller, id: &str, n: usize) -> Value {
    reached(admin, id, |job| job["done"].as_u64() >= Some(n as u64)).await
}

async fn ended(admin: &Caller, id: &str) -> Value {
    reached(admin, id, |job| !job["finishedAt"].is_null()).await
}

/// A site whose only buyer keeps its answers to itself.
async fn mute(server: Server) -> (Site, Wire) {
    let mute = Wire::answering(|_, _| said(500, "oops")).await;
    let target = json!({"url": format!("{}/leads", mute.base)});
    let flow = one_after_the_other(&["mute"]);
    let settings = json!({"price": "4"});
    let site = Site::open_with(server, &flow, vec![("mute", target, settings)]).await;
    (site, mute)
}

/// How often each delivery was released, by the list of changes.
async fn releases(admin: &Caller) -> BTreeMap<String, usize> {
    let changes =
        "{ changes(filter: {kind: [DELIVERY_RELEASED]}, first: 100) { nodes { object note } } }";
    let changes = admin.graphql(changes, &json!({})).await;
    let mut found = BTreeMap::new();
    for node in changes["changes"]["nodes"].as_array().unwrap() {
        assert_eq!(node["note"], "their log has none of them");
        *found
            .entry(node["object"].as_str().unwrap().to_owned())
            .or_insert(0) += 1;
    }
    found
}

/// Held leads are released while the server is killed twice: each once, and all of them are counted.
async fn killed(server: Server) -> Site {
    let (mut site, _mute) = mute(server).await;
    // The breaker of the buyer opens with the fifth failure in a row.
    for _ in 0..4 {
        held(&site).await;
    }
    let filter = json!({"flow": "solar", "source": "web", "outcome": "UNKNOWN"});
    let dry = json!({"dryRun": true, "action": {"releaseDeliveries":
        {"filter": filter, "answer": "NOT_SENT", "reason": "a look"}}});
    let preview = site
        .admin
        .change(
            "startBulkJob",
            &dry,
            "preview { count sample { ... on Delivery { state } } }",
        )
        .await;
    assert_eq!(preview["preview"]["count"], 4, "{preview}");
    let action = json!({"releaseDeliveries":
        {"filter": filter, "answer": "NOT_SENT", "reason": "their log has none of them"}});
    let id = start(&site.admin, action, 1).await;
    for n in 1..=2 {
        done(&site.admin, &id, n).await;
        site.server.kill();
        site.start_again();
    }
    let job = ended(&site.admin, &id).await;
    assert_eq!(
        (&job["state"], &job["succeeded"], &job["total"]),
        (&json!("DONE"), &json!(4), &json!(4)),
        "{job}"
    );
    let released = releases(&site.admin).await;
    assert_eq!(released.len(), 4, "{released:?}");
    assert!(released.values().all(|times| *times == 1), "{released:?}");
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_killed_in_the_middle_goes_on_and_does_nothing_twice() {
    let mut site = Box::pin(killed(Server::start())).await;
    site.server.stop();
    verify(&site.server.database(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_alike_on_postgresql() {
    let Some(postgres) = Postgres::named() else {
        return;
    };
    let name = postgres.create().await.unwrap();
    let url = postgres.url(postgres.host(), &name);
    let mut site = Box::pin(killed(Server::start_on(&url, pointsman))).await;
    site.server.stop();
    postgres.remove(&name).await.unwrap();
}

/// Postbacks that a tracker refuses: each is sent once, and once more by the job, whoever is killed meanwhile.
async fn resent(site: &Site, gone: &Wire) -> Value {
    let url = format!("{}/?id={{postback_id}}", gone.base);
    let document = json!({"flow": "solar", "postbacks": [{"on": "rejected", "url": url}]});
    let put = json!({"name": "told", "document": document});
    site.admin
        .change("putSource", &put, "source { revision }")
        .await;
    let secret = token(&site.admin, "SOURCE", json!({"source": "told"})).await;
    let source = site.server.caller(&secret);
    for _ in 0..ITEMS {
        let answer = source.lead(&solar_lead()).await;
        assert_eq!(answer.json()["status"], "unsold");
    }
    until("all were refused", async || {
        let dead = "{ sourcePostbacks(filter: {state: DEAD}, first: 100) { nodes { id } } }";
        let dead = site.admin.graphql(dead, &json!({})).await;
        let n_dead = dead["sourcePostbacks"]["nodes"].as_array().unwrap().len();
        (n_dead == ITEMS).then_some(())
    })
    .await;
    json!({"resendSourcePostbacks": {"filter": {"source": "told"}}})
}

/// How often the tracker was told of each.
fn told(gone: &Wire) -> Vec<usize> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for asked in gone.asked() {
        *times.entry(asked.path.clone()).or_default() += 1;
    }
    times.into_values().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_postbacks_are_sent_again_once_each_although_the_server_is_killed() {
    let gone = Wire::answering(|_, _| said(404, "no such click")).await;
    let refuses = Wire::answering(|_, _| said(200, json!({"accepted": false}).to_string())).await;
    let target = json!({"url": format!("{}/leads", refuses.base),
        "response": {"rejected": [{"path": "$.accepted", "equals": false}]}});
    let flow = one_after_the_other(&["refuses"]);
    let server = Server::start();
    let mut site = Site::open_with(server, &flow, vec![("refuses", target, json!({}))]).await;
    let action = resent(&site, &gone).await;
    let id = start(&site.admin, action, 8).await;
    for n in [4, 10, 16] {
        done(&site.admin, &id, n).await;
        site.server.kill();
        site.start_again();
    }
    let job = ended(&site.admin, &id).await;
    assert_eq!(
        (&job["succeeded"], &job["skipped"]),
        (&json!(ITEMS), &json!(0)),
        "{job}"
    );
    until("all were told again", async || {
        let told = told(&gone);
        (told.len() == ITEMS && told.iter().all(|times| *times >= 2)).then_some(())
    })
    .await;
    // A kill between an attempt and its note repeats the attempt, as ever: the job repeats none.
    let again: usize = told(&gone).iter().map(|times| times - 2).sum();
    assert!(again <= 3 * 8, "{again}");
    let changes =
        "{ changes(filter: {kind: [SOURCE_POSTBACK_RESENT]}, first: 100) { nodes { object } } }";
    let changes = site.admin.graphql(changes, &json!({})).await;
    assert_eq!(changes["changes"]["nodes"].as_array().unwrap().len(), ITEMS);
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_do_a_job_once_and_one_goes_on_when_the_other_dies() {
    let Some(postgres) = Postgres::named() else {
        return;
    };
    let name = postgres.create().await.unwrap();
    let url = postgres.url(postgres.host(), &name);
    let first = Server::start_on(&url, pointsman);
    let mut second = first.beside_on(&url, pointsman);
    let (mut site, _mute) = Box::pin(mute(first)).await;
    for _ in 0..4 {
        held(&site).await;
    }
    let action = json!({"releaseDeliveries": {"filter": {"destination": "mute"},
        "answer": "REJECTED", "reason": "their log has none of them"}});
    let id = start(&second.admin(), action, 1).await;
    done(&second.admin(), &id, 1).await;
    // Whichever of them does it: the other one has to go on.
    site.server.kill();
    let other = second.admin();
    let job = ended(&other, &id).await;
    assert_eq!(
        (&job["succeeded"], &job["total"]),
        (&json!(4), &json!(4)),
        "{job}"
    );
    let released = releases(&other).await;
    assert_eq!(released.len(), 4, "{released:?}");
    assert!(released.values().all(|times| *times == 1), "{released:?}");
    second.stop();
    postgres.remove(&name).await.unwrap();
}
