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

/// The answers to these lines under an `Idempotency-Key`: status, and whether it is a replay.
async fn under_key(site: &Site, key: &str, lines: &[Value]) -> Vec<String> {
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    let key = format!("Idempotency-Key: {key}");
    let headers = ["Content-Type: application/x-ndjson", &bearer, &key];
    let answer = site.send("POST /v1/leads", &headers, body.as_bytes()).await;
    let shown = answer.text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let code = line["lead"]["status"]
            .as_str()
            .or(line["error"]["code"].as_str())
            .or(line["code"].as_str());
        format!("{} {}", code.unwrap_or("?"), line["replayed"])
    });
    shown.collect()
}

#[tokio::test]
async fn an_idempotency_key_protects_each_line_of_its_request() {
    let site = Site::open().await;
    let lead = |state: &str| json!({ "flow": FLOW, "fields": { "state": state } });
    let mut own = lead("CA");
    own["idempotency_key"] = "mine".into();
    let lines = [lead("CA"), lead("CA"), own];
    assert_eq!(
        under_key(&site, "batch-1", &lines).await,
        ["declined false"; 3]
    );
    assert_eq!(
        under_key(&site, "batch-1", &lines).await,
        ["declined true"; 3]
    );
    assert_eq!(site.n_leads().await, 3);
    let more = [lead("CA"), lead("TX"), lead("CA"), lead("CA")];
    let answers = under_key(&site, "batch-1", &more).await;
    assert_eq!(
        answers,
        [
            "declined true",
            "idempotency_key_reused null",
            "declined false",
            "declined false"
        ]
    );
    assert_eq!(
        under_key(&site, "batch-2", &lines).await,
        ["declined false", "declined false", "declined true"]
    );
    let long = under_key(&site, &"k".repeat(250), &lines).await;
    assert_eq!(long, ["invalid_request null"]);
    assert_eq!(site.n_leads().await, 7);
}

#[tokio::test]
async fn a_client_that_writes_all_before_it_reads_is_answered_in_full() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let site = Site::open().await;
    // Nothing is stored: what counts is how much is read, and how much is written back.
    let line = format!("{{\"flow\": \"{}\", \"fields\": {{}}}}\n", "x".repeat(220));
    let n = 30_000;
    let mut stream = tokio::net::TcpStream::connect(site.address).await.unwrap();
    let head = format!(
        "POST /v1/leads HTTP/1.0\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
        site.token("source"),
        line.len() * n
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(line.repeat(n).as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer.matches("\"unknown_flow\"").count(), 2 * n);
    let last = format!("\"line\":{n}}}");
    assert!(
        answer.trim_end().ends_with(&last),
        "{}",
        &answer[answer.len() - 99..]
    );
}
