//! `/v1/leads`.

use serde_json::{Value, json};

use crate::site::{FLOW, Site};

fn lead(state: &str) -> Value {
    json!({ "flow": FLOW, "fields": { "state": state, "age": 41 } })
}

#[tokio::test]
async fn a_lead_is_routed_and_shown_to_its_source() {
    let site = Site::open().await;
    let declined = site.post("/v1/leads", "source", &lead("CA")).await;
    assert_eq!(declined.status, 200, "{}", declined.text);
    assert_eq!(declined.json()["status"], "declined");
    assert_eq!(declined.json()["reason"], "not in California");
    let unsold = site.post("/v1/leads", "source", &lead("TX")).await.json();
    assert_eq!(unsold["status"], "unsold");

    let path = format!("GET /v1/leads/{}", unsold["lead_id"].as_str().unwrap());
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    let shown = site.send(&path, &[&bearer], b"").await;
    assert_eq!(shown.status, 200);
    assert_eq!(shown.json()["status"], "unsold");
    assert_eq!(shown.json()["source"], "web");
}

#[tokio::test]
async fn a_source_sees_no_other_sources_leads() {
    let site = Site::open().await;
    let mut foreign = lead("CA");
    foreign["source"] = json!("mail");
    let id = site.post("/v1/leads", "admin", &foreign).await.json()["lead_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    assert_eq!(
        site.send(&format!("GET /v1/leads/{id}"), &[&bearer], b"")
            .await
            .status,
        404
    );
    let bearer = format!("Authorization: Bearer {}", site.token("analyst"));
    assert_eq!(
        site.send(&format!("GET /v1/leads/{id}"), &[&bearer], b"")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_same_key_is_the_same_lead() {
    let site = Site::open().await;
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    let headers = [
        "Content-Type: application/json",
        "Idempotency-Key: \"k-1\"",
        &bearer,
    ];
    let body = lead("CA").to_string();
    let first = site.send("POST /v1/leads", &headers, body.as_bytes()).await;
    let second = site.send("POST /v1/leads", &headers, body.as_bytes()).await;
    assert_eq!(first.json(), second.json());
    assert_eq!(first.headers.get("idempotent-replayed"), None);
    assert_eq!(second.headers["idempotent-replayed"], "true");
    let other = site
        .send(
            "POST /v1/leads",
            &headers,
            lead("NY").to_string().as_bytes(),
        )
        .await;
    assert_eq!(other.status, 422);
    assert_eq!(other.json()["code"], "idempotency_key_reused");
    assert_eq!(site.n_leads().await, 1);
}

#[tokio::test]
async fn an_asynchronous_lead_is_answered_as_soon_as_it_is_on_disk() {
    let site = Site::open().await;
    let mut body = lead("TX");
    body["mode"] = json!("async");
    let answer = site.post("/v1/leads", "source", &body).await;
    assert_eq!(
        (answer.status, answer.json()["status"].as_str()),
        (202, Some("queued"))
    );
    assert_eq!(site.n_leads().await, 1);
}

/// Body, status, code and problems. None of them stores anything.
fn bad_bodies() -> Vec<(Value, u16, &'static str, Vec<&'static str>)> {
    vec![
        (
            json!({ "flow": "auto-insurence", "fields": {} }),
            404,
            "unknown_flow",
            vec!["unknown_flow flow"],
        ),
        (json!([]), 422, "invalid_request", vec!["wrong_type "]),
        (json!(null), 422, "invalid_request", vec!["wrong_type "]),
        (
            json!({}),
            422,
            "invalid_request",
            vec!["missing_member flow", "missing_member fields"],
        ),
        (
            json!({ "flow": FLOW, "fields": { "state": "ZZ", "age": 7, "email": "x", "shoe": 1 } }),
            422,
            "invalid_request",
            vec![
                "unknown_label fields.state",
                "out_of_range fields.age",
                "malformed fields.email",
                "unknown_field fields.shoe",
            ],
        ),
        (
            json!({ "flow": FLOW, "fields": { "age": 30 } }),
            422,
            "invalid_request",
            vec!["missing_field fields.state"],
        ),
        (
            json!({ "flow": FLOW, "fields": { "state": "CA" }, "source": "mail" }),
            422,
            "invalid_request",
            vec!["foreign_source source"],
        ),
        (
            json!({ "flow": FLOW, "fields": { "state": "CA" }, "deadline_ms": 5, "idempotency_key": "" }),
            422,
            "invalid_request",
            vec!["malformed idempotency_key", "out_of_range deadline_ms"],
        ),
        (
            json!({ "flow": FLOW, "fields": { "state": "CA" }, "sub_id_1": "x".repeat(300), "mood": 1 }),
            422,
            "invalid_request",
            vec!["too_long sub_id_1", "unknown_member mood"],
        ),
    ]
}

#[tokio::test]
async fn a_bad_lead_is_told_everything_and_nothing_is_stored() {
    let site = Site::open().await;
    for (body, status, code, problems) in bad_bodies() {
        let answer = site.post("/v1/leads", "source", &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.json()["code"], code, "{body}");
        assert_eq!(answer.json()["status"], status);
        assert_eq!(answer.problems(), problems, "{body}");
        assert!(answer.json()["instance"].is_string());
    }
    assert_eq!(site.n_leads().await, 0);
}

#[tokio::test]
async fn what_is_no_json_lead_is_refused_by_its_shape() {
    let site = Site::open().await;
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    let json = "Content-Type: application/json";
    let deep = "[".repeat(100_000);
    let large = format!("{{\"flow\":\"{}\"}}", "x".repeat(300 * 1024));
    let cases: [(&[&str], &[u8], u16, &str); 9] = [
        (&[json, &bearer], b"{", 400, "malformed_body"),
        (&[json, &bearer], b"", 400, "malformed_body"),
        (&[json, &bearer], b"\xff\xfe", 400, "malformed_body"),
        (
            &[json, &bearer],
            b"{\"flow\": \"\\ud800\"}",
            400,
            "malformed_body",
        ),
        (&[json, &bearer], b"{\"age\": 1e999}", 400, "malformed_body"),
        (&[json, &bearer], deep.as_bytes(), 400, "malformed_body"),
        (&[json, &bearer], large.as_bytes(), 413, "too_large"),
        (
            &["Content-Type: text/plain", &bearer],
            b"{}",
            415,
            "unsupported_media_type",
        ),
        (&[&bearer], b"{}", 415, "unsupported_media_type"),
    ];
    for (headers, body, status, code) in cases {
        let answer = site.send("POST /v1/leads", headers, body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.json()["code"], code);
    }
    assert_eq!(site.n_leads().await, 0);
}
