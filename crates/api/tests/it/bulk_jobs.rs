//! One operation on many deliveries or postbacks.

use std::time::{Duration, Instant};

use pointsman_store::{ParkedPostbackRow, ParkedReason};
use serde_json::{Value, json};

use crate::{
    learning::until,
    site::{FLOW, Site},
};

const START: &str = "mutation($input: StartBulkJobInput!) { startBulkJob(input: $input) {
    bulkJob { id state total } preview { count isMore wouldDo sample { __typename } }
    userErrors { path code } } }";
const JOB: &str =
    "query($id: ID!) { bulkJob(id: $id) { state operation by total done succeeded skipped failed
    finishedAt outcomes { result code count itemIds items { __typename } } } }";

async fn start(site: &Site, input: Value) -> Value {
    let started = site.ask("operator", START, json!({ "input": input })).await;
    started["startBulkJob"].clone()
}

/// Starts a job that nothing is wrong with, and gives its id.
async fn started(site: &Site, input: Value) -> String {
    let started = start(site, input).await;
    assert_eq!(started["userErrors"], json!([]), "{started}");
    started["bulkJob"]["id"].as_str().unwrap().to_owned()
}

async fn job(site: &Site, id: &str) -> Value {
    let found = site.ask("analyst", JOB, json!({ "id": id })).await;
    found["bulkJob"].clone()
}

async fn ended(site: &Site, id: &str) -> Value {
    until("the job ends", async || {
        let job = job(site, id).await;
        (!job["finishedAt"].is_null()).then_some(job)
    })
    .await
}

async fn cancel(site: &Site, id: &str) -> Value {
    let cancel = "mutation($id: ID!) { cancelBulkJob(input: { id: $id }) {
        bulkJob { state done } userErrors { code path } } }";
    let cancelled = site.ask("operator", cancel, json!({ "id": id })).await;
    cancelled["cancelBulkJob"].clone()
}

/// Puts postbacks of unknown clicks aside.
async fn park(site: &Site, n_postbacks: usize) -> Vec<String> {
    let store = site.platform.engine.store();
    let ids: Vec<String> = (0..n_postbacks).map(|n| format!("pbk_{n:032x}")).collect();
    for some in ids.chunks(500) {
        let rows: Vec<ParkedPostbackRow> = some.iter().map(|id| parked(id)).collect();
        let parked = store.note(move |tx| {
            Box::pin(async move {
                for row in rows {
                    tx.park_postback(row).await?;
                }
                Ok(())
            })
        });
        parked.await.unwrap();
    }
    ids
}

fn parked(id: &str) -> ParkedPostbackRow {
    let click = id.replace("pbk_", "clk_");
    ParkedPostbackRow {
        id: id.to_owned(),
        raw_body: json!({ "click_id": click, "payout": "3", "txid": id }).to_string(),
        natural_key: id.to_owned(),
        click_id: click,
        received_at: 1_700_000_000_000_000,
        destination: None,
        reason: Some(ParkedReason::UnknownClick),
        problems_body: None,
        times: 1,
    }
}

/// Leads whose source is told of them in vain: its tracker may not be connected to.
async fn dead_postbacks(site: &Site, n_leads: usize) -> Vec<Value> {
    let document = json!({ "flow": FLOW,
        "postbacks": [{ "on": "rejected", "url": "http://192.0.2.1/?c={click_id}" }] });
    let put =
        "mutation($input: PutSourceInput!) { putSource(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "name": "tracked", "document": document } });
    site.ask("editor", put, input).await;
    let lead = json!({ "flow": FLOW, "fields": { "state": "CA" }, "source": "tracked" });
    for _ in 0..n_leads {
        assert_eq!(site.post("/v1/leads", "admin", &lead).await.status, 200);
    }
    until("all are refused", async || {
        let dead = dead(site).await;
        (dead.len() == n_leads).then_some(dead)
    })
    .await
}

async fn dead(site: &Site) -> Vec<Value> {
    let dead = "{ sourcePostbacks(filter: { state: DEAD }, first: 100) { nodes { id attempts } } }";
    let found = site.ask("analyst", dead, json!({})).await;
    found["sourcePostbacks"]["nodes"]
        .as_array()
        .unwrap()
        .clone()
}

fn replay(filter: &Value) -> Value {
    json!({ "replayPostbacks": { "filter": filter } })
}

fn resend(filter: &Value) -> Value {
    json!({ "resendSourcePostbacks": { "filter": filter, "note": "they are back" } })
}

#[tokio::test]
async fn every_problem_is_said_at_once_and_an_empty_filter_is_refused() {
    let site = Site::open().await;
    let all = json!({ "action": resend(&json!({})), "rate": 0, "maxCount": 100_001 });
    for is_dry_run in [true, false] {
        let mut input = all.clone();
        input["dryRun"] = is_dry_run.into();
        let refused = start(&site, input).await;
        assert_eq!(refused["bulkJob"], Value::Null);
        assert_eq!(refused["preview"], Value::Null);
        assert_eq!(
            refused["userErrors"],
            json!([
                { "path": ["action", "resendSourcePostbacks", "filter"], "code": "empty_filter" },
                { "path": ["rate"], "code": "out_of_range" },
                { "path": ["maxCount"], "code": "out_of_range" },
            ])
        );
    }
    let filter = json!({ "ids": ["dlv_1"], "flow": "x".repeat(501), "createdFrom": "2026-01-02T00:00:00Z",
        "createdBefore": "2026-01-01T00:00:00Z" });
    let action = json!({ "releaseDeliveries": { "filter": filter, "answer": "REJECTED",
        "price": "1", "reason": " " } });
    let refused = start(&site, json!({ "action": action })).await;
    let codes: Vec<&str> = refused["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes.len(), 6, "{refused}");
    assert!(
        codes[1..].starts_with(&["out_of_range", "conflict", "not_found", "conflict"]),
        "{refused}"
    );
    assert_eq!(codes[5], "reason");
    let found = site
        .ask("analyst", "{ bulkJobs { nodes { id } } }", json!({}))
        .await;
    assert_eq!(found["bulkJobs"]["nodes"], json!([]));
    assert_eq!(
        cancel(&site, "blk_1").await["userErrors"][0]["code"],
        "not_found"
    );
}

#[tokio::test]
async fn a_dry_run_counts_and_does_nothing_and_what_vanishes_before_the_run_is_left_out() {
    let site = Site::open().await;
    let postbacks = dead_postbacks(&site, 3).await;
    let filter = json!({ "source": "tracked" });
    let asked = json!({ "action": resend(&filter), "dryRun": true, "maxCount": 2 });
    let preview = start(&site, asked).await["preview"].clone();
    assert_eq!(
        (&preview["count"], &preview["isMore"], &preview["wouldDo"]),
        (&json!(3), &json!(false), &json!(2))
    );
    assert_eq!(
        preview["sample"][2],
        json!({ "__typename": "SourcePostback" })
    );
    assert_eq!(dead(&site).await, postbacks, "nothing was sent");
    // One of those that were named has been sent again meanwhile, and is on its way; one was never there.
    let mut ids: Vec<Value> = postbacks.iter().map(|it| it["id"].clone()).collect();
    ids.push("spb_01993df8d6307e8aa6ff000000000000".into());
    ids.push(ids[0].clone());
    let store = site.platform.engine.store();
    let (waiting, later) = (ids[0].as_str().unwrap().to_owned(), i64::MAX);
    let moved = store
        .note(move |tx| Box::pin(async move { tx.resend_source_postback(&waiting, later).await }));
    assert!(moved.await.unwrap());
    let id = started(
        &site,
        json!({ "action": resend(&json!({ "ids": ids })), "rate": 1_000 }),
    )
    .await;
    let job = ended(&site, &id).await;
    let counts =
        ["total", "done", "succeeded", "skipped", "failed"].map(|name| job[name].as_i64().unwrap());
    assert_eq!(counts, [4, 4, 2, 2, 0], "{job}");
    assert_eq!(
        (&job["state"], &job["by"]),
        (&json!("DONE"), &json!("operator"))
    );
    let outcomes = job["outcomes"].as_array().unwrap();
    let code = |code: &str| {
        outcomes
            .iter()
            .find(|it| it["code"] == code)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&code("resent")["count"], &code("not_dead")["count"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        (&code("not_found")["result"], &code("not_found")["items"]),
        (&json!("SKIPPED"), &json!([]))
    );
    // Each has its row in the list of changes, which names the job.
    let changes = "{ changes(filter: { kind: [SOURCE_POSTBACK_RESENT, BULK_JOB_STARTED] }) { nodes { kind by note after } } }";
    let changes = site.ask("admin", changes, json!({})).await;
    let changes = changes["changes"]["nodes"].as_array().unwrap();
    assert_eq!(changes.len(), 3, "{changes:?}");
    assert!(
        changes
            .iter()
            .all(|it| it["by"] == "operator" && it["note"] == "they are back")
    );
    assert_eq!(changes[0]["after"]["bulk_job"], *id, "{changes:?}");
}

#[tokio::test]
async fn a_job_is_cancelled_in_the_middle_and_the_same_is_not_started_twice() {
    let site = Site::open().await;
    dead_postbacks(&site, 6).await;
    let filter = json!({ "from": "2020-01-01T00:00:00Z" });
    let input = json!({ "action": resend(&filter), "rate": 2 });
    let id = started(&site, input.clone()).await;
    assert_eq!(
        start(&site, input.clone()).await["userErrors"][0]["code"],
        "already_running"
    );
    until("some are done", async || {
        (job(&site, &id).await["done"].as_i64() >= Some(2)).then_some(())
    })
    .await;
    let asked = Instant::now();
    let cancelled = cancel(&site, &id).await;
    assert_eq!(cancelled["bulkJob"]["state"], "CANCELLED", "{cancelled}");
    let ended = ended(&site, &id).await;
    assert!(asked.elapsed() < Duration::from_secs(1));
    let done = ended["done"].as_i64().unwrap();
    assert!((2..6).contains(&done), "{ended}");
    assert_eq!(ended["total"], 6);
    let changes =
        "{ changes(filter: { kind: [BULK_JOB_CANCELLED] }) { nodes { by object before after } } }";
    let changes = site.ask("admin", changes, json!({})).await;
    let change = &changes["changes"]["nodes"][0];
    assert_eq!(
        (&change["by"], &change["object"]),
        (&json!("operator"), &json!(id))
    );
    assert_eq!(
        (&change["before"]["state"], &change["after"]["state"]),
        (&json!("running"), &json!("cancelled"))
    );
    // It stays so, asked again; and another one does the rest.
    assert_eq!(cancel(&site, &id).await["userErrors"], json!([]));
    let rest = started(&site, json!({ "action": resend(&filter), "rate": 1_000 })).await;
    let rest = crate::bulk_jobs::ended(&site, &rest).await;
    assert_eq!(rest["state"], "DONE", "{rest}");
    assert_eq!(job(&site, &id).await["done"], done, "nothing more was done");
    until("nothing is left of it", async || {
        let open = site
            .platform
            .engine
            .store()
            .read()
            .open_bulk_jobs()
            .await
            .unwrap();
        open.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_items_are_listed_and_what_they_came_to_stays_short() {
    let site = Site::open().await;
    park(&site, 10_000).await;
    let filter = json!({ "reason": "UNKNOWN_CLICK" });
    let action = replay(&filter);
    let preview = start(&site, json!({ "action": action, "dryRun": true })).await;
    assert_eq!(preview["preview"]["count"], 10_000, "{preview}");
    assert_eq!(preview["preview"]["sample"].as_array().unwrap().len(), 10);
    let id = started(&site, json!({ "action": action, "rate": 1_000 })).await;
    let running = until("all are listed and some are done", async || {
        let job = job(&site, &id).await;
        (job["done"].as_i64() >= Some(100)).then_some(job)
    })
    .await;
    assert_eq!(running["total"], 10_000, "{running}");
    assert_eq!(running["state"], "RUNNING");
    let outcomes = running["outcomes"].as_array().unwrap();
    assert_eq!(outcomes.len(), 1, "{running}");
    assert_eq!(
        (&outcomes[0]["result"], &outcomes[0]["code"]),
        (&json!("FAILED"), &json!("parked"))
    );
    assert_eq!(outcomes[0]["itemIds"].as_array().unwrap().len(), 5);
    assert_eq!(outcomes[0]["items"].as_array().unwrap().len(), 5);
    cancel(&site, &id).await;
    until("nothing is left of it", async || {
        let read = site.platform.engine.store().read();
        let next = read.next_bulk_item(&id).await.unwrap();
        let open = read.open_bulk_jobs().await.unwrap();
        (next.is_none() && open.is_empty()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn parked_postbacks_that_became_readable_are_applied() {
    let site = Site::open().await;
    let ids = park(&site, 2).await;
    // Nothing matches: a job without items is done.
    let nothing = json!({ "destination": "nobody" });
    let id = started(&site, json!({ "action": replay(&nothing) })).await;
    let job = ended(&site, &id).await;
    assert_eq!((&job["total"], &job["outcomes"]), (&json!(0), &json!([])));
    let wrong =
        json!({ "replayPostbacks": { "filter": { "ids": ids }, "status": "no such word" } });
    let id = started(&site, json!({ "action": wrong, "rate": 1_000 })).await;
    let job = ended(&site, &id).await;
    assert_eq!(
        (&job["failed"], &job["succeeded"]),
        (&json!(2), &json!(0)),
        "{job}"
    );
}
