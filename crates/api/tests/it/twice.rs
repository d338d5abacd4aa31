//! JSON that says something twice, and numbers that would not stay what they are, at every endpoint.

use serde_json::{Value, json};

use crate::site::{FLOW, Site, document};

const JSON: &str = "Content-Type: application/json";

impl Site {
    async fn graphql(&self, body: &str) -> (u16, String) {
        let token = format!("Authorization: Bearer {}", self.token("admin"));
        let answer = self
            .send("POST /graphql", &[&token, JSON], body.as_bytes())
            .await;
        let message = answer.json()["errors"][0]["message"].clone();
        (
            answer.status,
            message.as_str().unwrap_or_default().to_owned(),
        )
    }
}

#[tokio::test]
async fn a_lead_that_says_something_twice_is_refused_with_its_place() {
    let site = Site::open().await;
    let token = format!("Authorization: Bearer {}", site.token("source"));
    for (fields, problem) in [
        (r#"{"age": 17, "age": 40}"#, "duplicate_name fields.age"),
        (
            r#"{"age": 17, "\u0061ge": 40}"#,
            "duplicate_name fields.age",
        ),
        (r#"{"age": 40.000000000000001}"#, "too_precise fields.age"),
    ] {
        let body = format!(r#"{{"flow": "{FLOW}", "fields": {fields}}}"#);
        let answer = site
            .send("POST /v1/leads", &[&token, JSON], body.as_bytes())
            .await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert_eq!(answer.problems(), [problem]);
        let lines = "Content-Type: application/x-ndjson";
        let answer = site
            .send("POST /v1/leads", &[&token, lines], body.as_bytes())
            .await;
        assert!(
            answer.text.contains(problem.split(' ').next().unwrap()),
            "{}",
            answer.text
        );
    }
    assert_eq!(site.n_leads().await, 0);
}

#[tokio::test]
async fn a_graphql_request_that_says_something_twice_is_refused() {
    let site = Site::open().await;
    // In variables.
    let input = format!(
        r#"{{"flow": "{FLOW}", "source": "web", "fields": {{"state": "TX", "age": 17, "age": 40}}}}"#
    );
    let query =
        "mutation($input: SubmitLeadInput!) { submitLead(input: $input) { outcome { leadId } } }";
    let body = format!(r#"{{"query": "{query}", "variables": {{"input": {input}}}}}"#);
    let refused = site.graphql(&body).await;
    assert_eq!(
        refused,
        (
            400,
            "`variables.input.fields.age` is there twice".to_owned()
        )
    );
    // In a literal.
    let literal = format!(
        "mutation {{ submitLead(input: {{flow: \"{FLOW}\", source: \"web\", fields: {{state: \"TX\", age: 17, age: 40}}}}) {{ outcome {{ leadId }} }} }}"
    );
    let (status, message) = site.graphql(&json!({ "query": literal }).to_string()).await;
    assert_eq!(status, 400);
    assert!(
        message.starts_with("`age` is there twice in one object"),
        "{message}"
    );
    // A flow with two nodes of one name, and a destination with two prices.
    let flow = document()
        .to_string()
        .replacen("\"acme\":", "\"zenith\":", 1);
    let body = format!(
        r#"{{"query": "mutation($d: FlowDocument!) {{ checkFlow(input: {{ document: $d }}) {{ isValid }} }}", "variables": {{"d": {flow}}}}}"#
    );
    let refused = site.graphql(&body).await;
    assert_eq!(
        refused,
        (400, "`variables.d.nodes.zenith` is there twice".to_owned())
    );
    let put = r#"{"query": "mutation($s: DestinationSettings!) { putDestination(input: { name: \"x\", target: {url: \"http://127.0.0.1:9/\"}, settings: $s }) { destination { name } } }", "variables": {"s": {"price": 1, "price": 2}}}"#;
    let refused = site.graphql(put).await;
    assert_eq!(
        refused,
        (400, "`variables.s.price` is there twice".to_owned())
    );
    assert_eq!(site.n_leads().await, 0);
}

const PUT: &str = "mutation($settings: DestinationSettings!, $vertical: String) { putDestination(input: {
    name: \"acme\", target: { url: \"http://127.0.0.1:9/leads\" }, settings: $settings, vertical: $vertical }) {
    destination { revision } diagnostics { code severity destination part message } userErrors { code path } } }";

fn codes(payload: &Value, list: &str) -> Vec<String> {
    let all = payload[list].as_array().cloned().unwrap_or_default();
    all.iter()
        .map(|it| it["code"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn putting_a_destination_tells_what_the_checks_would_say_right_after() {
    let site = Site::open().await;
    let put = async |settings: Value, vertical: Option<&str>| {
        let variables = json!({ "settings": settings, "vertical": vertical });
        site.ask("editor", PUT, variables).await["putDestination"].clone()
    };
    for vertical in [None, Some("auto")] {
        let told = put(json!({ "criteria": "age > 200" }), vertical).await;
        let all = told["diagnostics"].as_array().cloned().unwrap_or_default();
        let own = all.iter().find(|it| it["code"] == "out_of_range");
        assert_eq!(own.unwrap()["destination"], "acme", "{told}");
        assert_eq!(codes(&told, "userErrors"), [""; 0]);
    }
    // No flow could run with these.
    let dead = json!({ "criteria": "email.startsWith('@example')" });
    let told = put(dead, Some("auto")).await;
    assert_eq!(codes(&told, "userErrors"), ["bad_value"], "{told}");
    let told = put(json!({ "criteria": "age >" }), None).await;
    assert_eq!(codes(&told, "userErrors"), ["syntax"], "{told}");
    let cap = json!({ "kind": "accepted", "max": 5, "window": "day" });
    let told = put(json!({ "caps": [cap], "schedule": { "open": [{ "days": ["monday"], "from": "09:00", "to": "17:00" }] } }), None).await;
    let unsaid = codes(&told, "diagnostics");
    let unsaid = unsaid.iter().filter(|code| *code == "unsaid_zone");
    assert_eq!(unsaid.count(), 2, "{told}");
}

#[tokio::test]
async fn putting_a_schema_tells_what_it_makes_of_live_flows_and_replaces_only_what_is_expected() {
    let site = Site::open().await;
    let query = "{ leadSchema(vertical: \"auto\") { hash } }";
    let shown = site.ask("admin", query, json!({})).await;
    let hash = shown["leadSchema"]["hash"].as_str().unwrap().to_owned();
    let criteria = json!({ "settings": { "criteria": "age >= 18" } });
    site.ask("editor", PUT, criteria).await;
    let put = "mutation($fields: LeadFieldList!, $expected: String) { putLeadSchema(input: { vertical: \"auto\", fields: $fields, expectedHash: $expected }) {
        leadSchema { hash } diagnostics { code message } userErrors { code } } }";
    let fields = json!([
        { "name": "state", "kind": "enum", "labels": ["CA", "TX", "NY"], "required": "post" },
        { "name": "age", "kind": "integer", "min": 1, "max": 10 },
        { "name": "email", "kind": "email", "pii": true }
    ]);
    let with = |expected: &str| json!({ "fields": fields, "expected": expected });
    let told = site.ask("editor", put, with("")).await;
    assert_eq!(
        codes(&told["putLeadSchema"], "userErrors"),
        ["conflict"],
        "{told}"
    );
    let told = site.ask("editor", put, with(&hash)).await;
    let codes = codes(&told["putLeadSchema"], "diagnostics");
    assert!(codes.contains(&"out_of_range".to_owned()), "{told}");
}
