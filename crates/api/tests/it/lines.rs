//! Many leads in one request.

use serde_json::{Value, json};

use crate::site::{FLOW, Site};

#[tokio::test]
async fn each_line_is_a_lead_of_its_own() {
    let site = Site::open().await;
    let good = |state: &str| json!({ "flow": FLOW, "fields": { "state": state } }).to_string();
    let lines = [
        good("CA"),
        "{ broken".to_owned(),
        String::new(),
        json!({ "flow": FLOW, "fields": { "state": "ZZ" }, "mood": 1 }).to_string(),
        format!("{{\"flow\": \"{}\"}}", "x".repeat(300 * 1024)),
        good("TX"),
    ];
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    let headers = ["Content-Type: application/x-ndjson", &bearer];
    let answer = site
        .send("POST /v1/leads", &headers, lines.join("\n").as_bytes())
        .await;
    assert_eq!(answer.status, 200);
    let answers: Vec<Value> = answer
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let shown: Vec<String> = answers
        .iter()
        .map(|answer| {
            let status = answer["lead"]["status"]
                .as_str()
                .or(answer["error"]["code"].as_str());
            format!("{} {}", answer["line"], status.unwrap_or("?"))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "1 declined",
            "2 malformed_body",
            "4 invalid_request",
            "5 too_large",
            "6 unsold"
        ]
    );
    assert_eq!(
        answers[2]["error"]["problems"].as_array().unwrap().len(),
        1,
        "unknown members come first"
    );
    assert_eq!(site.n_leads().await, 2);
}

#[tokio::test]
async fn a_hundred_leads_are_answered_in_order() {
    let site = Site::open().await;
    let lead = |n: i32| json!({ "flow": FLOW, "fields": { "state": "CA" }, "idempotency_key": format!("k{n}") });
    let body: String = (0..100).map(|n| format!("{}\n", lead(n))).collect();
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    let headers = ["Content-Type: application/x-ndjson", &bearer];
    let answer = site.send("POST /v1/leads", &headers, body.as_bytes()).await;
    let numbers: Vec<u64> = answer
        .text
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["line"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(numbers, (1..=100).collect::<Vec<u64>>());
    assert_eq!(site.n_leads().await, 100);
}
