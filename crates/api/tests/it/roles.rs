//! Who may do what.

use serde_json::json;

use crate::site::{FLOW, Site};

const ROLES: [&str; 6] = [
    "admin", "editor", "operator", "analyst", "source", "postback",
];

/// Of all roles, those for which a GraphQL request is not refused for want of a right.
async fn may(site: &Site, query: &str) -> Vec<&'static str> {
    let mut allowed = Vec::new();
    for role in ROLES {
        let codes = site.codes(role, query, json!({})).await;
        if !codes.contains(&"FORBIDDEN".to_owned()) {
            assert_eq!(codes, Vec::<String>::new(), "{role}: {query}");
            allowed.push(role);
        }
    }
    allowed
}

#[tokio::test]
async fn each_role_may_do_what_it_is_for() {
    let site = Site::open().await;
    let readers = ["admin", "editor", "operator", "analyst"];
    for query in [
        "{ flows { nodes { name } } }",
        "{ flow(name: \"x\") { name } }",
        "{ leadSchemas { nodes { vertical } } }",
        "{ destinations { nodes { name } } }",
        "{ conversions { nodes { id } } }",
        "{ decision(id: \"dec_0\") { id } }",
        "{ explainLead(input: { flow: \"x\", fields: {} }) { userErrors { code } } }",
        "{ predicate(flow: \"x\", cel: \"true\") { reads } }",
        "{ banditWeights(flow: \"x\") { node } }",
        "{ allocations { nodes { epoch } } epoch }",
        "{ simulations { nodes { id } } }",
        "{ leadCounts { leads } }",
        "{ deliveries { nodes { id } } }",
        "{ returns { nodes { id } } }",
        "{ sourcePostbacks { nodes { id } } sourcePostback(id: \"spb_0\") { id } }",
        "{ deliveryCounts { deliveries } }",
        "{ bulkJobs { nodes { id } } bulkJob(id: \"blk_0\") { id } }",
        "{ refusedCommands { nodes { findingId kind subject sender reason refusedAt } } }",
        "{ node(id: \"flow:auto-insurance\") { id } }",
        "{ shadow(flow: \"x\") { leads } shadows(flow: \"x\") { nodes { leads } } }",
        "{ roles { role can } alerts { nodes { kind } } alertSettings { webhook } erasures { nodes { id } } suppressions { values } retentions { days } }",
        "{ rollout(name: \"x\") { state } rollouts { nodes { state } } }",
        "mutation { startSimulation(input: { scenario: {} }) { userErrors { code } } }",
        "mutation { checkFlow(input: { document: {} }) { isValid } }",
    ] {
        assert_eq!(may(&site, query).await, readers, "{query}");
    }
    let editors = ["admin", "editor"];
    for query in [
        "mutation { saveFlowDraft(input: { document: {} }) { userErrors { code } } }",
        "mutation { editFlowDraft(input: { flow: \"x\", edits: [] }) { userErrors { code } } }",
        "mutation { publishFlow(input: { flow: \"x\" }) { userErrors { code } } }",
        "mutation { moveStage(input: { flow: \"x\", stage: \"live\", version: \"y\" }) { userErrors { code } } }",
        "mutation { rollBackStage(input: { flow: \"x\", stage: \"live\" }) { userErrors { code } } }",
        "mutation { setShadow(input: { flow: \"x\", version: \"y\" }) { userErrors { code } } }",
        "mutation { clearShadow(input: { flow: \"x\" }) { userErrors { code } } }",
        "mutation { startRollout(input: { name: \"x\", flow: \"x\", version: \"y\", primary: REVENUE, guardrails: [], steps: [] }) { userErrors { code } } }",
        "mutation { advanceRollout(input: { name: \"x\" }) { userErrors { code } } }",
        "mutation { pauseRollout(input: { name: \"x\" }) { userErrors { code } } }",
        "mutation { resumeRollout(input: { name: \"x\" }) { userErrors { code } } }",
        "mutation { rollBackRollout(input: { name: \"x\" }) { userErrors { code } } }",
        "mutation { putLeadSchema(input: { vertical: \"x\", fields: 1 }) { userErrors { code } } }",
        "mutation { putDestination(input: { name: \"x\", target: 1, settings: 1 }) { userErrors { code } } }",
        "mutation { sendTestLead(input: { destination: \"x\", flow: \"x\", fields: {} }) { userErrors { code } } }",
    ] {
        assert_eq!(may(&site, query).await, editors, "{query}");
    }
    for query in [
        "mutation { setDestinationActive(input: { name: \"x\", isActive: false }) { userErrors { code } } }",
        "mutation { setSourceActive(input: { name: \"x\", isActive: false }) { userErrors { code } } }",
        "mutation { setFlowStopped(input: { flow: \"x\", isStopped: true }) { userErrors { code } } }",
        "mutation { pauseExperiment(input: { name: \"x\" }) { userErrors { code } } }",
        "mutation { releaseDelivery(input: { id: \"x\", answer: REJECTED, reason: \"\" }) { userErrors { code } } }",
        "mutation { resendSourcePostback(input: { id: \"x\" }) { userErrors { code } } }",
        "mutation { replayPostback(input: { id: \"x\" }) { userErrors { code } } }",
        "mutation { startBulkJob(input: { action: { replayPostbacks: { filter: {} } } }) { userErrors { code } } }",
        "mutation { startBulkJob(input: { action: { replayPostbacks: { filter: {} } }, dryRun: true }) { userErrors { code } } }",
        "mutation { cancelBulkJob(input: { id: \"x\" }) { userErrors { code } } }",
        "mutation { decideReturn(input: { id: \"x\", decision: ACCEPT }) { userErrors { code } } }",
        "mutation { returnLead(input: { clickId: \"x\", reason: \"y\", idempotencyKey: \"z\", kind: CHARGEBACK }) { userErrors { code } } }",
    ] {
        assert_eq!(
            may(&site, query).await,
            ["admin", "editor", "operator"],
            "{query}"
        );
    }
    let reveal = "mutation { revealLead(input: { id: \"lead_0\" }) { userErrors { code } } }";
    assert_eq!(may(&site, reveal).await, editors);
    for query in [
        "{ tokens { nodes { id } } }",
        "{ erasurePreview(input: {}) { userErrors { code } } }",
        "mutation { erasePersons(input: {}) { userErrors { code } } }",
        "mutation { createToken(input: { name: \"\", role: ADMIN }) { userErrors { code } } }",
        "mutation { revokeToken(input: { id: \"tok_0\" }) { userErrors { code } } }",
    ] {
        assert_eq!(may(&site, query).await, ["admin"], "{query}");
    }
    let submit =
        "mutation { submitLead(input: { flow: \"x\", fields: {} }) { userErrors { code } } }";
    assert_eq!(may(&site, submit).await, ["admin", "editor", "source"]);
    let give_back = "mutation { returnLead(input: { clickId: \"x\", reason: \"y\", idempotencyKey: \"z\" }) { userErrors { code } } }";
    assert_eq!(
        may(&site, give_back).await,
        ["admin", "editor", "operator", "postback"]
    );
    let record = "mutation { recordConversion(input: { clickId: \"\" }) { userErrors { code } } }";
    assert_eq!(may(&site, record).await, ["admin", "editor", "postback"]);
    assert_eq!(
        may(&site, "{ leads { nodes { id } } }").await,
        ["admin", "editor", "operator", "analyst", "source"]
    );
    assert_eq!(
        may(&site, "{ viewer { role can } about { now } }").await,
        ROLES
    );
    // Of their own token.
    let end = "mutation { endSession(input: { id: \"ses_0\" }) { userErrors { code } } }";
    for query in ["{ sessions { nodes { id } } }", end] {
        assert_eq!(may(&site, query).await, ROLES, "{query}");
    }
}

#[tokio::test]
async fn the_plain_endpoints_require_the_same_rights() {
    let site = Site::open().await;
    let lead = json!({ "flow": FLOW, "fields": { "state": "CA" }, "source": "web" });
    let mut statuses = Vec::new();
    for role in ROLES {
        statuses.push(site.post("/v1/leads", role, &lead).await.status);
    }
    assert_eq!(statuses, [200, 200, 403, 403, 200, 403]);
    let nobody = site.post("/v1/leads", "", &lead).await;
    assert_eq!(
        (nobody.status, nobody.headers["www-authenticate"].as_str()),
        (401, "Bearer")
    );
    let editor = format!("Authorization: Bearer {}", site.token("analyst"));
    let json = "Content-Type: application/json";
    assert_eq!(
        site.send("PUT /v1/flows/x/draft", &[json, &editor], b"{}")
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn a_source_sees_its_own_leads_and_nothing_behind_them() {
    let site = Site::open().await;
    for source in ["web", "mail"] {
        let lead = json!({ "flow": FLOW, "fields": { "state": "CA" }, "source": source });
        site.post("/v1/leads", "admin", &lead).await;
    }
    let seen = site
        .ask("source", "{ leads { nodes { source status } } }", json!({}))
        .await;
    assert_eq!(
        seen["leads"]["nodes"],
        json!([{ "source": "web", "status": "DECLINED" }])
    );
    let behind = "{ leads { nodes { deliveries { destination } } } }";
    assert_eq!(site.codes("source", behind, json!({})).await, ["FORBIDDEN"]);
}

#[tokio::test]
async fn a_token_that_was_ended_opens_nothing_any_more() {
    let site = Site::open().await;
    let tokens = site
        .ask("admin", "{ tokens { nodes { id role } } }", json!({}))
        .await;
    let tokens = tokens["tokens"]["nodes"].as_array().unwrap().clone();
    let id = &tokens
        .iter()
        .find(|token| token["role"] == "ANALYST")
        .unwrap()["id"];
    site.ask("analyst", "{ viewer { name } }", json!({})).await;
    let revoke = "mutation($id: ID!) { revokeToken(input: { id: $id }) { token { revokedAt } userErrors { code } } }";
    let revoked = site.ask("admin", revoke, json!({ "id": id })).await;
    assert!(revoked["revokeToken"]["token"]["revokedAt"].is_string());
    let refused = site
        .post(
            "/graphql",
            "analyst",
            &json!({ "query": "{ viewer { name } }" }),
        )
        .await;
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn an_open_server_grants_its_role_without_a_token() {
    let options = pointsman_api::ApiOptions {
        open: Some(pointsman_control::Role::Analyst),
        ..pointsman_api::ApiOptions::default()
    };
    let site = Site::with(options).await;
    let viewer = site.ask("", "{ viewer { role tokenId } }", json!({})).await;
    assert_eq!(
        viewer["viewer"],
        json!({ "role": "ANALYST", "tokenId": null })
    );
    let edit = "mutation { publishFlow(input: { flow: \"x\" }) { userErrors { code } } }";
    assert_eq!(site.codes("", edit, json!({})).await, ["FORBIDDEN"]);
}

#[tokio::test]
async fn a_token_that_may_send_for_any_source_sees_the_leads_of_none() {
    let site = Site::open().await;
    let lead = json!({ "flow": FLOW, "fields": { "state": "CA" } });
    let sent = site.post("/v1/leads", "source", &lead).await.json();
    let id = sent["lead_id"].as_str().unwrap();
    let token = site.unbound_source_token().await;
    let bearer = format!("Authorization: Bearer {token}");
    let shown = site
        .send(&format!("GET /v1/leads/{id}"), &[&bearer], b"")
        .await;
    assert_eq!(shown.status, 403, "{}", shown.text);
    let query = format!("{{ lead(id: \"{id}\") {{ id }} }}");
    for query in [
        "{ leads { nodes { id } } }",
        "{ leads(filter: { source: \"web\" }) { nodes { id } } }",
        &query,
    ] {
        let body = json!({ "query": query }).to_string();
        let headers = ["Content-Type: application/json", &bearer];
        let answer = site
            .send("POST /graphql", &headers, body.as_bytes())
            .await
            .json();
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "FORBIDDEN",
            "{answer}"
        );
    }
    // The bound token sees its own, and is told so when it asks for others.
    let own = site.ask("source", &query, json!({})).await;
    assert_eq!(own["lead"]["id"], id);
    let others = "{ leads(filter: { source: \"mail\" }) { nodes { id } } }";
    assert_eq!(site.codes("source", others, json!({})).await, ["FORBIDDEN"]);
}
