//! Everything else that plain HTTP meets: health, documents, wrong addresses.

use crate::site::{FLOW, Site, document};

#[tokio::test]
async fn health_is_told_without_a_token() {
    let site = Site::open().await;
    assert_eq!(site.send("GET /livez", &[], b"").await.status, 200);
    assert_eq!(site.send("GET /readyz", &[], b"").await.status, 200);
}

#[tokio::test]
async fn a_server_whose_database_cannot_be_written_lives_and_is_not_ready() {
    let site = Site::open().await;
    assert_eq!(site.send("GET /readyz", &[], b"").await.status, 200);
    // Somebody who keeps the turn is as good as a database that does not answer.
    let tx = site.platform.engine.store().begin().await.unwrap();
    let mut not_ready = site.send("GET /readyz", &[], b"").await;
    // What was stored a moment ago is still believed.
    while not_ready.status == 200 {
        not_ready = site.send("GET /readyz", &[], b"").await;
    }
    assert_eq!(not_ready.status, 503, "{not_ready:?}");
    assert!(not_ready.headers.contains_key("retry-after"));
    assert_eq!(site.send("GET /livez", &[], b"").await.status, 200);
    tx.rollback().await.unwrap();
    assert_eq!(site.send("GET /readyz", &[], b"").await.status, 200);
}

#[tokio::test]
async fn wrong_addresses_and_methods_are_problems_too() {
    let site = Site::open().await;
    let nowhere = site.send("GET /v2/leads", &[], b"").await;
    assert_eq!(
        (nowhere.status, nowhere.json()["code"].as_str()),
        (404, Some("not_found"))
    );
    let wrong = site.send("DELETE /v1/leads", &[], b"").await;
    assert_eq!(
        (wrong.status, wrong.json()["code"].as_str()),
        (405, Some("method_not_allowed"))
    );
    assert_eq!(wrong.headers["allow"], "POST");
    let unknown = site
        .send("GET /v1/leads/%ff", &["Authorization: Bearer x"], b"")
        .await;
    assert_eq!(
        unknown.headers["content-type"], "application/problem+json",
        "{}",
        unknown.text
    );
}

#[tokio::test]
async fn a_request_keeps_the_id_that_it_came_with() {
    let site = Site::open().await;
    let own = site
        .send("GET /nowhere", &["X-Request-Id: mine-7"], b"")
        .await;
    assert_eq!(own.headers["x-request-id"], "mine-7");
    assert_eq!(own.json()["instance"], "mine-7");
    let odd = site
        .send("GET /nowhere", &["X-Request-Id: {\"a\"}"], b"")
        .await;
    assert!(odd.headers["x-request-id"].starts_with("req_"));
}

#[tokio::test]
async fn the_page_to_try_graphql_in_is_off_by_default() {
    let site = Site::open().await;
    assert_eq!(site.send("GET /graphiql", &[], b"").await.status, 404);
    let options = pointsman_api::ApiOptions {
        graphiql: true,
        ..pointsman_api::ApiOptions::default()
    };
    let site = Site::with(options).await;
    assert_eq!(site.send("GET /graphiql", &[], b"").await.status, 200);
}

#[tokio::test]
async fn a_large_document_is_saved_by_its_own_endpoint() {
    let site = Site::open().await;
    let bearer = format!("Authorization: Bearer {}", site.token("editor"));
    let mut flow = document();
    let rows: Vec<_> = (0..20_000)
        .map(|n| serde_json::json!({ "cells": [{ "from": n, "to": n + 1 }], "to": "acme" }))
        .collect();
    flow["nodes"]["ages"] = serde_json::json!({ "kind": "table", "columns": ["age"], "rows": rows, "otherwise": "nobody" });
    let body = flow.to_string();
    assert!(body.len() > 512 * 1024);
    let path = format!("PUT /v1/flows/{FLOW}/draft");
    let json = "Content-Type: application/json";
    let saved = site
        .send(&path, &[json, &bearer, "If-Match: \"1\""], body.as_bytes())
        .await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    assert_eq!(saved.headers["etag"], "\"2\"");
    let stale = site
        .send(&path, &[json, &bearer, "If-Match: \"1\""], body.as_bytes())
        .await;
    assert_eq!(
        (stale.status, stale.json()["code"].as_str()),
        (409, Some("conflict"))
    );
    let shapeless = site
        .send(&path, &[json, &bearer], br#"{"flow": 1, "colour": 2}"#)
        .await;
    assert_eq!(
        (shapeless.status, shapeless.json()["code"].as_str()),
        (422, Some("flow_refused"))
    );
    assert!(shapeless.json()["diagnostics"].as_array().unwrap().len() > 3);
    let elsewhere = site
        .send(
            "PUT /v1/flows/other/draft",
            &[json, &bearer],
            document().to_string().as_bytes(),
        )
        .await;
    assert_eq!(elsewhere.problems(), ["contradiction flow"]);
}
