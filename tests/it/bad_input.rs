//! Bad input: answered with a code, a place and a way out, and with nothing stored.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    caller::{Answer, Caller, answer},
    restart::everything,
    site::{Site, one_after_the_other, open_to_all, solar_lead, token},
};

async fn site(sunny: &Buyer) -> Site {
    Site::open(
        &one_after_the_other(&["sunny"]),
        &[open_to_all("sunny", sunny)],
    )
    .await
}

/// Checks that an endpoint refuses: problem details with a code, and a place and a way out for each mistake.
#[track_caller]
fn assert_refused(what: &str, answer: &Answer, status: u16, mistakes: &[&str]) {
    assert_eq!(answer.status, status, "{what}: {answer:?}");
    let media_type = answer.header("content-type");
    assert_eq!(media_type, "application/problem+json", "{what}");
    let details = answer.json();
    assert_eq!(details["status"], status, "{what}");
    for member in ["type", "title", "detail", "code"] {
        assert!(details[member].is_string(), "{what}: {member} in {details}");
    }
    let problems = details["problems"].as_array();
    assert!(problems.is_some(), "{what}: no problems in {details:#}");
    let mut found = Vec::new();
    for problem in problems.into_iter().flatten() {
        for member in ["code", "path", "message", "hint"] {
            assert!(
                problem[member].is_string(),
                "{what}: {member} in {problem:#}"
            );
        }
        let text = |member: &str| problem[member].as_str().unwrap_or_default();
        found.push(format!("{} {}", text("code"), text("path")));
    }
    assert_eq!(found, mistakes, "{what}: {details:#}");
}

/// A good lead with some members replaced.
fn lead_with(changes: &Value) -> Value {
    let mut lead = solar_lead();
    for (path, value) in changes.as_object().unwrap() {
        match path.strip_prefix("fields.") {
            Some(name) => lead["fields"][name] = value.clone(),
            None => lead[path] = value.clone(),
        }
    }
    lead
}

async fn post(
    caller: &Caller,
    path: &str,
    media_type: &str,
    body: impl Into<reqwest::Body>,
) -> Answer {
    let request = caller.request(Method::POST, path);
    answer(request.header("content-type", media_type).body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_lead_is_refused_with_every_mistake_and_nothing_is_stored() {
    let sunny = Buyer::always(Reply::Accept("1")).await;
    let mut site = site(&sunny).await;
    let store = site.server.store().await;
    let before = everything(&store).await;
    let source = site.source();
    let cases: &[(&str, Value, u16, &[&str])] = &[
        ("a list", json!([]), 422, &["wrong_type "]),
        (
            "an unknown field",
            lead_with(&json!({"fields.rooof": "flat"})),
            422,
            &["unknown_field fields.rooof"],
        ),
        (
            "a wrong type",
            lead_with(&json!({"fields.age": "old"})),
            422,
            &["wrong_type fields.age"],
        ),
        (
            "an unknown label",
            lead_with(&json!({"fields.roof": "flatt"})),
            422,
            &["unknown_label fields.roof"],
        ),
        (
            "out of range",
            lead_with(&json!({"fields.age": 12})),
            422,
            &["out_of_range fields.age"],
        ),
        (
            "a missing field",
            lead_with(&json!({"fields.phone": null})),
            422,
            &["missing_field fields.phone"],
        ),
        (
            "an unknown member",
            lead_with(&json!({"flows": "x"})),
            422,
            &["unknown_member flows"],
        ),
        (
            "no flow",
            lead_with(&json!({"flow": null})),
            422,
            &["missing_member flow"],
        ),
        (
            "an unknown flow",
            lead_with(&json!({"flow": "solarr"})),
            404,
            &["unknown_flow flow"],
        ),
        (
            "another source",
            lead_with(&json!({"source": "mail"})),
            422,
            &["foreign_source source"],
        ),
        (
            "a wrong mode",
            lead_with(&json!({"mode": "later"})),
            422,
            &["unknown_label mode"],
        ),
        (
            "no time",
            lead_with(&json!({"deadline_ms": 1})),
            422,
            &["out_of_range deadline_ms"],
        ),
        (
            "an empty key",
            lead_with(&json!({"idempotency_key": ""})),
            422,
            &["malformed idempotency_key"],
        ),
        (
            "a NUL",
            lead_with(&json!({"sub_id_1": "a\0b"})),
            422,
            &["malformed sub_id_1"],
        ),
        (
            "many mistakes",
            json!({"flow": "solar", "fields": {"roof": 1, "age": "x", "phone": "12"}}),
            422,
            &[
                "missing_field fields.home_owner",
                "wrong_type fields.roof",
                "wrong_type fields.age",
                "malformed fields.phone",
            ],
        ),
    ];
    for (what, body, status, mistakes) in cases {
        assert_refused(what, &source.lead(body).await, *status, mistakes);
    }
    assert_eq!(everything(&store).await, before);
    assert_eq!(sunny.posts(), []);
    assert_eq!(source.lead(&solar_lead()).await.json()["status"], "sold");
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_request_is_refused_before_it_is_read() {
    let sunny = Buyer::always(Reply::Accept("1")).await;
    let mut site = site(&sunny).await;
    let analyst = token(&site.admin, "ANALYST", json!({})).await;
    let analyst = site.server.caller(&analyst);
    let store = site.server.store().await;
    let before = everything(&store).await;
    let source = site.source();
    let json = "application/json";
    let leads = "/v1/leads";
    for (what, body) in [
        ("broken JSON", br#"{"flow": "solar", "fields": {"#.to_vec()),
        ("no body", Vec::new()),
        ("not UTF-8", b"{\"flow\": \"\xff\"}".to_vec()),
        ("half a surrogate", br#"{"flow": "\ud800"}"#.to_vec()),
        (
            "a number beyond numbers",
            br#"{"flow": "solar", "fields": {"age": 1e400}}"#.to_vec(),
        ),
        ("too deep", "[".repeat(10_000).into_bytes()),
    ] {
        let answer = post(&source, leads, json, body).await;
        assert_refused(what, &answer, 400, &["malformed_body "]);
    }
    let long = lead_with(&json!({"sub_id_1": "x".repeat(300_000)}));
    let answer = source.lead(&long).await;
    assert_refused("an oversized body", &answer, 413, &["too_large "]);
    assert_eq!(answer.header("connection"), "close");
    let answer = post(&source, leads, "text/plain", solar_lead().to_string()).await;
    assert_refused(
        "a wrong media type",
        &answer,
        415,
        &["unsupported_media_type Content-Type"],
    );

    let wrong = site.server.caller("pm_source_of_nobody");
    let answer = wrong.lead(&solar_lead()).await;
    assert_refused(
        "a bad token",
        &answer,
        401,
        &["unauthenticated Authorization"],
    );
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let answer = site.server.stranger().lead(&solar_lead()).await;
    assert_refused("no token", &answer, 401, &["unauthenticated Authorization"]);
    let answer = analyst.lead(&solar_lead()).await;
    assert_refused(
        "a token for something else",
        &answer,
        403,
        &["forbidden Authorization"],
    );
    assert_eq!(source.get("/v1/nothing").await.status, 404);
    assert_eq!(source.get("/v1/leads").await.status, 405);
    assert_eq!(source.get("/v1/leads/lead_of_nobody").await.status, 404);
    assert_eq!(everything(&store).await, before);
    assert_eq!(sunny.posts(), []);
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_postback_or_draft_is_refused_and_changes_nothing() {
    let sunny = Buyer::always(Reply::Accept("1")).await;
    let mut site = site(&sunny).await;
    let store = site.server.store().await;
    let no_click = site.postback("payout=3").await;
    assert_refused(
        "no click id",
        &no_click,
        422,
        &["missing_click_id click_id"],
    );
    let wrong = site
        .postback("click_id=clk_1&payout=much&status=maybe&currency=dollars")
        .await;
    let mistakes = [
        "unknown_status status",
        "malformed payout",
        "malformed currency",
    ];
    assert_refused("many mistakes", &wrong, 422, &mistakes);
    let broken = site.postback_in_body("application/json", "{").await;
    assert_refused("broken JSON", &broken, 400, &["malformed_body "]);
    let long = format!("click_id=clk_1&x={}", "x".repeat(100_000));
    let long = site
        .postback_in_body("application/x-www-form-urlencoded", &long)
        .await;
    assert_refused("an oversized body", &long, 413, &["too_large "]);
    // What can be read as parameters is kept for a person to see, and nothing else comes of it.
    let kept = store
        .read()
        .parked_postbacks(&pointsman_store::ParkedPostbackFilter::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(kept.items.len(), 2, "{:?}", kept.items);
    let conversions = store.read().conversions(None, 10).await.unwrap();
    assert_eq!(conversions.items, []);
    let before = everything(&store).await;

    let put = async |media_type: &str, body: &str| {
        let request = site.admin.request(Method::PUT, "/v1/flows/solar/draft");
        let request = request.header("content-type", media_type);
        answer(request.body(body.to_owned())).await
    };
    for (media_type, body) in [
        ("application/json", "{"),
        ("application/json", r#"{"flow": "solar", "rooot": "x"}"#),
        ("application/toml", "flow = "),
    ] {
        let refused = put(media_type, body).await;
        assert_eq!(refused.status, 422, "{refused:?}");
        let diagnostics = refused.json()["diagnostics"].take();
        assert!(diagnostics[0]["code"].is_string(), "{refused:?}");
    }
    let mut other = one_after_the_other(&["sunny"]);
    other["flow"] = "lunar".into();
    let other = put("application/json", &other.to_string()).await;
    assert_refused("another flow", &other, 422, &["contradiction flow"]);
    assert_eq!(everything(&store).await, before);
    site.server.stop();
}

/// The mistakes that a mutation tells of, each with a place and a way out.
#[track_caller]
fn mistakes(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().unwrap().iter();
    let shown = errors.map(|error| {
        for member in ["code", "message", "hint"] {
            assert!(error[member].is_string(), "{member} in {error:#}");
        }
        let path = error["path"].as_array().unwrap().iter();
        let path: Vec<&str> = path.filter_map(Value::as_str).collect();
        format!(
            "{} {}",
            error["code"].as_str().unwrap_or_default(),
            path.join(".")
        )
    });
    shown.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_graphql_input_is_told_as_user_errors_and_nothing_is_stored() {
    let sunny = Buyer::always(Reply::Accept("1")).await;
    let mut site = site(&sunny).await;
    let store = site.server.store().await;
    let before = everything(&store).await;
    let source = site.source();
    let submit = async |input: Value| {
        let payload = source
            .mutation("submitLead", &input, "outcome { leadId }")
            .await;
        assert!(payload["outcome"].is_null());
        mistakes(&payload)
    };
    let fields = json!({"home_owner": true, "roof": "flatt", "rooof": 1, "age": "old", "phone": "+12025550143"});
    let found = submit(json!({"flow": "solar", "fields": fields})).await;
    let expected = [
        "unknown_label fields.roof",
        "wrong_type fields.age",
        "unknown_field fields.rooof",
    ];
    assert_eq!(found, expected);
    let found = submit(json!({"flow": "solarr", "fields": {}})).await;
    assert_eq!(found, ["unknown_flow flow"]);
    let found = submit(json!({"flow": "solar", "fields": [1]})).await;
    assert_eq!(found, ["wrong_type fields"]);

    let change =
        async |name: &str, input: Value| mistakes(&site.admin.mutation(name, &input, "").await);
    let input = json!({"vertical": "solar", "fields": [{"name": "roof", "kind": "enumm"}]});
    assert_eq!(
        change("putLeadSchema", input).await,
        ["unknown_kind fields.0.kind"]
    );
    let target = json!({"url": "ftp://x", "timeout_ms": 1});
    let settings = json!({"caps": [{"kind": "accepted", "max": 0, "window": "lifetime"}]});
    let input = json!({"name": "Bad Name", "target": target, "settings": settings});
    let found = change("putDestination", input).await;
    assert!(found.len() >= 3, "{found:?}");
    let input = json!({"document": {"flow": "solar", "rooot": "x"}});
    let payload = site.admin.mutation("saveFlowDraft", &input, "").await;
    let errors = payload["userErrors"].as_array().unwrap();
    let has = |code: &str| errors.iter().any(|error| error["code"] == code);
    assert!(
        has("missing_member") && has("unknown_member"),
        "{payload:#}"
    );
    let input = json!({"flow": "solar", "stage": "live", "version": "nothing"});
    assert_eq!(change("moveStage", input).await.len(), 1);
    assert_eq!(everything(&store).await, before);
    // What is reported about money is kept with its problems, and counts nowhere.
    let input = json!({"clickId": "", "revenue": "-1", "currency": "dollars"});
    assert_eq!(change("recordConversion", input).await.len(), 3);
    let after = everything(&store).await;
    let changed = before.iter().zip(&after).filter(|(old, new)| old != new);
    let changed: Vec<_> = changed.map(|(_, new)| new).collect();
    assert!(
        matches!(*changed, [only] if only.contains("ParkedPostback")),
        "{changed:?}"
    );
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_graphql_request_is_refused_with_a_code() {
    let sunny = Buyer::always(Reply::Accept("1")).await;
    let mut site = site(&sunny).await;
    let store = site.server.store().await;
    let before = everything(&store).await;
    let (admin, source) = (&site.admin, site.source());
    let code = |answer: &Answer| {
        let body = answer.json();
        assert!(body["data"].is_null(), "{body}");
        body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let raw = async |body: String| {
        let request = admin.request(Method::POST, "/graphql");
        let request = request.header("accept", "application/graphql-response+json");
        answer(
            request
                .header("content-type", "application/json")
                .body(body),
        )
        .await
    };
    let query = |text: &str| json!({"query": text}).to_string();
    let deep = format!(
        "{{ {}id{} }}",
        "lead(id: 1) { decision { lead { ".repeat(9),
        " } } }".repeat(9)
    );
    let wide = format!(
        "{{ {} }}",
        (0..100)
            .map(|n| format!("a{n}: leads(first: 100) {{ nodes {{ id deliveries {{ id }} }} }}"))
            .collect::<Vec<_>>()
            .join(" ")
    );
    let aliases = json!({
        "query": "mutation($mode: LeadMode) { submitLead(input: {flow: \"solar\", fields: {}, mode: $mode}) { outcome { leadId } } }",
        "variables": {"mode": "LATER"},
    });
    for (what, body, status, expected) in [
        ("broken JSON", "{".to_owned(), 400, "BAD_REQUEST"),
        ("no query", "{}".to_owned(), 400, "BAD_REQUEST"),
        ("a broken document", query("{ leads("), 400, "BAD_REQUEST"),
        ("an unknown field", query("{ leeds }"), 400, "BAD_REQUEST"),
        ("an unknown label", aliases.to_string(), 400, "BAD_REQUEST"),
        ("too deep", query(&deep), 400, "BAD_REQUEST"),
        ("too much", query(&wide), 400, "BAD_REQUEST"),
        ("oversized", query(&"#".repeat(600_000)), 413, "BAD_REQUEST"),
    ] {
        let answer = raw(body).await;
        assert_eq!(
            (answer.status, &*code(&answer)),
            (status, expected),
            "{what}: {answer:?}"
        );
    }
    let leads = "{ leads { nodes { id } } }";
    let wrong = site
        .server
        .caller("pm_admin_of_nobody")
        .ask(leads, &json!({}))
        .await;
    assert_eq!((wrong.status, &*code(&wrong)), (401, "UNAUTHENTICATED"));
    let nobody = site.server.stranger().ask(leads, &json!({})).await;
    assert_eq!(code(&nobody), "UNAUTHENTICATED");
    let forbidden = source.ask("{ tokens { nodes { id } } }", &json!({})).await;
    assert_eq!(code(&forbidden), "FORBIDDEN");
    let too_many = admin
        .ask("{ leads(first: 101) { nodes { id } } }", &json!({}))
        .await;
    assert_eq!(code(&too_many), "BAD_USER_INPUT");
    assert_eq!(everything(&store).await, before);
    site.server.stop();
}
