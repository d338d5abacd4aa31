//! Questions asked of the past, as jobs.

use std::time::Duration;

use pointsman_service::Platform;
use pointsman_store::{JobRow, JobState, Store};
use serde_json::{Value, json};

use crate::site::{Site, platform_options};

/// Real time for a job of no work; far more than it needs.
const PATIENCE: Duration = Duration::from_secs(30);

async fn ended(platform: &Platform, id: &str) -> JobRow {
    let wait = async {
        loop {
            let job = platform.store().read().find_job(id).await.unwrap();
            let job = job.expect("the job is there");
            if !matches!(job.state, JobState::Pending | JobState::Running) {
                return job;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("an end")
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

#[tokio::test]
async fn a_job_that_a_crash_interrupted_starts_again() {
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
        attempts: 1,
    };
    let insert = store.write(|tx| Box::pin(async move { tx.insert_job(job).await }));
    insert.await.unwrap();
    store.close().await.unwrap();
    let platform = Platform::open(platform_options(url)).await.unwrap();
    assert_eq!(ended(&platform, "job_1").await.state, JobState::Done);
}
