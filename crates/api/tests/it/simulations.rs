//! Questions asked of the past, as jobs.

use std::time::Duration;

use pointsman_store::{JobRow, JobState, Store};
use serde_json::{Value, json};

use crate::{
    platform::Platform,
    site::{Site, platform_options},
};

/// Real time for a job of no work; far more than it needs.
const TIMEOUT: Duration = Duration::from_secs(30);

async fn ended(platform: &Platform, id: &str) -> JobRow {
    let wait = async {
        loop {
            let job = platform.engine.store().read().find_job(id).await.unwrap();
            let job = job.expect("the job is there");
            if !matches!(job.state, JobState::Pending | JobState::Running) {
                return job;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, wait).await.expect("an end")
}

async fn started(site: &Site, scenario: Value) -> String {
    let start = "mutation($scenario: SimulationScenario!) {
        startSimulation(input: { scenario: $scenario }) { simulation { id } userErrors { code } } }";
    let started = site
        .ask("analyst", start, json!({ "scenario": scenario }))
        .await;
    let id = &started["startSimulation"]["simulation"]["id"];
    id.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_simulation_runs_and_its_report_is_kept() {
    let site = Site::open().await;
    let id = started(&site, json!({ "question": 7 })).await;
    ended(&site.platform, &id).await;
    let query = "query($id: ID!) { simulation(id: $id) { state progress report error } }";
    let shown = site.ask("analyst", query, json!({ "id": id })).await;
    let expected =
        json!({ "state": "DONE", "progress": 1.0, "report": { "question": 7 }, "error": null });
    assert_eq!(shown["simulation"], expected);
}

#[tokio::test]
async fn a_simulation_that_fails_says_why_and_the_next_one_runs() {
    let site = Site::open().await;
    let failing = started(&site, json!({ "fail": "no such log" })).await;
    let next = started(&site, json!({})).await;
    let failed = ended(&site.platform, &failing).await;
    assert_eq!(failed.state, JobState::Failed);
    assert_eq!(failed.error.as_deref(), Some("no such log"));
    assert_eq!(ended(&site.platform, &next).await.state, JobState::Done);
}

/// A database in which a job stands as a process left it.
async fn left_behind(attempts: i64) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pointsman.db");
    let url = format!("sqlite://{}", path.display());
    let store = Store::open(&url, &pointsman_store::Options::default())
        .await
        .unwrap();
    let job = JobRow {
        id: "job_1".to_owned(),
        kind: "simulate".to_owned(),
        state: JobState::Running,
        params_body: "{}".to_owned(),
        progress: 0.7,
        result_body: None,
        error: None,
        created_at: 1,
        updated_at: 1,
        attempts,
    };
    let insert = store.write(|tx| Box::pin(async move { tx.insert_job(job).await }));
    insert.await.unwrap();
    store.close().await.unwrap();
    (folder, url)
}

#[tokio::test]
async fn a_job_that_a_crash_interrupted_starts_again() {
    let (_folder, url) = left_behind(1).await;
    let platform = Platform::open(platform_options(url)).await.unwrap();
    let job = ended(&platform, "job_1").await;
    assert_eq!((job.state, job.attempts), (JobState::Done, 2));
}

#[tokio::test]
async fn a_job_that_ended_the_process_twice_is_given_up_and_the_next_one_runs() {
    let (_folder, url) = left_behind(2).await;
    let platform = Platform::open(platform_options(url)).await.unwrap();
    let next = platform
        .engine
        .jobs()
        .enqueue("simulate", json!({}))
        .await
        .unwrap()
        .to_string();
    let job = ended(&platform, "job_1").await;
    let told = "given up: the process ended 2 times while it ran";
    assert_eq!(
        (job.state, job.error.as_deref()),
        (JobState::Failed, Some(told))
    );
    assert_eq!(ended(&platform, &next).await.state, JobState::Done);
}

/// Waits until a job has begun.
async fn begun(platform: &Platform, id: &str) {
    let begun = async {
        loop {
            let job = platform
                .engine
                .store()
                .read()
                .find_job(id)
                .await
                .unwrap()
                .unwrap();
            if job.state == JobState::Running {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, begun).await.expect("a start");
}

#[tokio::test]
async fn a_proper_stop_is_no_crash_of_the_job_that_runs() {
    let (_folder, url) = left_behind(1).await;
    let platform = Platform::open(platform_options(url.clone())).await.unwrap();
    ended(&platform, "job_1").await;
    let id = platform
        .engine
        .jobs()
        .enqueue("simulate", json!({"forever": true}));
    let id = id.await.unwrap().to_string();
    begun(&platform, &id).await;
    platform.engine.stop(TIMEOUT).await.unwrap();
    for _ in 0..3 {
        let platform = Platform::open(platform_options(url.clone())).await.unwrap();
        begun(&platform, &id).await;
        let job = platform
            .engine
            .store()
            .read()
            .find_job(&id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(job.attempts, 1);
        platform.engine.stop(TIMEOUT).await.unwrap();
    }
}

#[tokio::test]
async fn a_simulation_that_is_cancelled_ends_and_the_next_one_runs() {
    let site = Site::open().await;
    let running = started(&site, json!({ "forever": true })).await;
    let waiting = started(&site, json!({})).await;
    let last = started(&site, json!({})).await;
    begun(&site.platform, &running).await;
    let cancel = "mutation($id: ID!) { cancelSimulation(input: { id: $id }) {
        simulation { state attempts } userErrors { code } } }";
    for (id, attempts) in [(&waiting, 0), (&running, 1)] {
        let cancelled = site.ask("analyst", cancel, json!({ "id": id })).await;
        assert_eq!(
            cancelled["cancelSimulation"],
            json!({ "simulation": { "state": "CANCELLED", "attempts": attempts }, "userErrors": [] })
        );
    }
    assert_eq!(ended(&site.platform, &last).await.state, JobState::Done);
    // Who has ended stays as it is.
    site.ask("analyst", cancel, json!({ "id": last })).await;
    assert_eq!(ended(&site.platform, &last).await.state, JobState::Done);
    let unknown = site.ask("analyst", cancel, json!({ "id": "job_0" })).await;
    let code = &unknown["cancelSimulation"]["userErrors"][0]["code"];
    assert_eq!(code, "not_found");
}

#[tokio::test]
async fn what_a_kind_finds_wrong_with_a_job_is_told_before_it_waits() {
    let site = Site::open().await;
    let start = "mutation { startSimulation(input: { scenario: { refuse: true } }) {
        simulation { id } userErrors { code path } } }";
    let refused = site.ask("analyst", start, json!({})).await;
    assert_eq!(
        refused["startSimulation"],
        json!({ "simulation": null, "userErrors": [{ "code": "too_many_leads", "path": ["scenario", "flow"] }] })
    );
    let jobs = site
        .platform
        .engine
        .store()
        .read()
        .jobs(None, 10)
        .await
        .unwrap();
    assert_eq!(jobs.items, []);
}
