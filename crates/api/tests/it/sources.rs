//! Leads as publishers send them.

use pointsman_control::SourceToPut;
use serde_json::{Value, json};

use crate::site::{Answer, FLOW, Site};

/// A site whose source `web` has a document.
async fn site(document: Value) -> Site {
    let site = Site::open().await;
    put(&site, document).await;
    site
}

/// Puts the document of the source `web`; its flow is the one that the site has.
async fn put(site: &Site, mut document: Value) {
    document["flow"] = FLOW.into();
    let new = SourceToPut {
        name: "web".to_owned(),
        document,
        expected_revision: None,
    };
    site.platform.control.put_source(new).await.unwrap();
}

/// Sends a body to the address that holds the token.
async fn send(site: &Site, content_type: &str, body: &str) -> Answer {
    let request = format!("POST /v1/intake/{}", site.token("source"));
    let content_type = format!("Content-Type: {content_type}");
    site.send(&request, &[&content_type], body.as_bytes()).await
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_form_is_a_lead_whose_given_and_read_values_are_both_kept() {
    let site = site(json!({"country": "US"})).await;
    let form = "State=tx&age=41&email=+ada%40Example.com&utm_source=mail&sub_id_1=123";
    let answer = send(&site, FORM, form).await;
    assert_eq!(
        (answer.status, answer.json()["status"].as_str()),
        (200, Some("unsold"))
    );
    let id = answer.json()["lead_id"].clone();
    let query = "query($id: ID!) { lead(id: $id) {
        source fields given { sourceRevision fields unknown } } }";
    let lead = site.ask("admin", query, json!({"id": id})).await["lead"].clone();
    assert_eq!(lead["source"], "web");
    assert_eq!(lead["fields"]["state"], "TX");
    assert_eq!(lead["fields"]["age"], 41);
    assert_eq!(lead["fields"]["email"], "ada@example.com");
    assert_eq!(lead["fields"]["sub_id_1"], "123");
    assert_eq!(lead["given"]["sourceRevision"], 1);
    assert_eq!(
        lead["given"]["fields"],
        json!({"sub_id_1": "123", "state": "tx", "age": "41", "email": " ada@Example.com"})
    );
    assert_eq!(lead["given"]["unknown"], json!({"utm_source": "mail"}));
    // Whoever may not read personal data does not read it here either.
    let hidden = site.ask("analyst", query, json!({"id": id})).await;
    assert_eq!(hidden["lead"]["given"], Value::Null);
}

#[tokio::test]
async fn every_form_is_taken_that_the_document_accepts_and_no_other() {
    let site = site(json!({"accept": ["json", "form", "multipart", "query"]})).await;
    let parts = "--x\r\nContent-Disposition: form-data; name=\"state\"\r\n\r\nTX\r\n--x--\r\n";
    let bodies = [
        ("application/json", r#"{"state": "TX"}"#),
        (FORM, "state=TX"),
        ("multipart/form-data; boundary=x", parts),
    ];
    for (content_type, body) in bodies {
        let answer = send(&site, content_type, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let address = format!("GET /v1/intake/{}?state=TX", site.token("source"));
    assert_eq!(site.send(&address, &[], b"").await.status, 200);
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    let by_name = "GET /v1/sources/web/leads?state=TX";
    assert_eq!(site.send(by_name, &[&bearer], b"").await.status, 200);
    assert_eq!(site.n_leads().await, 5);
    put(&site, json!({"accept": ["json"]})).await;
    assert_eq!(site.send(&address, &[], b"").await.status, 405);
    let answer = send(&site, FORM, "state=TX").await;
    assert_eq!(answer.status, 415);
    assert!(answer.text.contains("application/json"), "{}", answer.text);
    assert_eq!(send(&site, "text/xml", "<state/>").await.status, 415);
    assert_eq!(site.n_leads().await, 5);
}

#[tokio::test]
async fn all_that_is_wrong_is_told_and_nothing_is_stored() {
    let site = site(json!({"unknown": "refuse"})).await;
    let answer = send(&site, FORM, "state=Bavaria&age=4&age=5&email=ada&agee=1").await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.problems(),
        [
            "contradiction fields.age",
            "unknown_field agee",
            "unknown_label fields.state",
            "malformed fields.email",
        ]
    );
    for (content_type, body, status) in [
        ("application/json", "{", 400),
        ("application/json", "[]", 422),
        ("application/json", r#"{"state": "TX", "state": "NY"}"#, 422),
        ("application/json", &"[".repeat(100_000), 400),
        ("application/json", "", 400),
        (FORM, "", 422),
        (FORM, "state=%ff", 422),
        ("multipart/form-data", "state", 400),
        ("multipart/form-data; boundary=x", "--x", 400),
    ] {
        let answer = send(&site, content_type, body).await;
        assert_eq!(
            answer.status, status,
            "{content_type} {:.40}: {}",
            body, answer.text
        );
        assert!(!answer.problems().is_empty(), "{}", answer.text);
    }
    let large = format!("state={}", "x".repeat(300 * 1024));
    assert_eq!(send(&site, FORM, &large).await.status, 413);
    assert_eq!(site.n_leads().await, 0);
}

#[tokio::test]
async fn only_a_token_of_its_source_may_send() {
    let site = site(json!({})).await;
    for (token, status) in [
        ("nobody".to_owned(), 401),
        (site.token("admin").to_owned(), 403),
        (site.token("postback").to_owned(), 403),
        (site.unbound_source_token().await, 403),
    ] {
        let request = format!("POST /v1/intake/{token}");
        let header = format!("Content-Type: {FORM}");
        let answer = site.send(&request, &[&header], b"state=TX").await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let by_name = "POST /v1/sources/web/leads";
    let header = format!("Content-Type: {FORM}");
    assert_eq!(
        site.send(by_name, &[&header], b"state=TX").await.status,
        401
    );
    let other = "POST /v1/sources/mail/leads";
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    assert_eq!(
        site.send(other, &[&bearer, &header], b"state=TX")
            .await
            .status,
        403
    );
    let editor = format!("Authorization: Bearer {}", site.token("editor"));
    assert_eq!(
        site.send(other, &[&editor, &header], b"state=TX")
            .await
            .status,
        404
    );
    assert_eq!(
        site.send(by_name, &[&editor, &header], b"state=TX")
            .await
            .status,
        200
    );
    put(&site, json!({"active": false})).await;
    let stopped = send(&site, FORM, "state=TX").await;
    assert_eq!(
        (stopped.status, stopped.problems()),
        (403, vec!["source_inactive source".to_owned()])
    );
}

#[tokio::test]
async fn pages_of_allowed_origins_may_send_and_read_the_answer() {
    let site = site(json!({"origins": ["https://form.example"]})).await;
    let address = format!("/v1/intake/{}", site.token("source"));
    let ask = async |origin: &str| {
        let origin = format!("Origin: {origin}");
        let headers = [&*origin, "Access-Control-Request-Method: POST"];
        site.send(&format!("OPTIONS {address}"), &headers, b"")
            .await
    };
    let allowed = ask("https://form.example").await;
    assert_eq!(allowed.status, 204);
    assert_eq!(
        allowed.headers["access-control-allow-origin"],
        "https://form.example"
    );
    assert!(allowed.headers["access-control-allow-methods"].contains("POST"));
    assert!(allowed.headers["access-control-allow-headers"].contains("content-type"));
    assert_eq!(allowed.headers["vary"], "Origin");
    let refused = ask("https://other.example").await;
    assert_eq!(refused.status, 403);
    assert!(!refused.headers.contains_key("access-control-allow-origin"));
    let post = async |origin: &str, body: &str| {
        let headers = [format!("Origin: {origin}"), format!("Content-Type: {FORM}")];
        let headers = headers.each_ref().map(String::as_str);
        site.send(&format!("POST {address}"), &headers, body.as_bytes())
            .await
    };
    assert_eq!(post("https://form.example", "state=TX").await.status, 200);
    let mistaken = post("https://form.example", "state=").await;
    assert_eq!(mistaken.status, 422);
    assert_eq!(
        mistaken.headers["access-control-allow-origin"],
        "https://form.example"
    );
    let refused = post("null", "state=TX").await;
    assert_eq!(
        (refused.status, refused.problems()),
        (403, vec!["origin_not_allowed Origin".to_owned()])
    );
    assert_eq!(site.n_leads().await, 1);
}

#[tokio::test]
async fn a_lead_that_its_platform_sends_again_is_one_lead() {
    let document = json!({"preset": "tiktok_lead_ads"});
    let site = site(document).await;
    let lead = json!({"entry": [{"id": "77", "changes": [{"field": "State", "value": "TX"}]}]});
    let first = send(&site, "application/json", &lead.to_string()).await;
    let again = send(&site, "application/json", &lead.to_string()).await;
    assert_eq!(first.json()["lead_id"], again.json()["lead_id"]);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(site.n_leads().await, 1);
}

#[tokio::test]
async fn a_platform_is_believed_by_its_signature_alone() {
    let secrets = json!({"app_secret": "key", "verify_token": "mine"});
    let site = site(json!({"preset": "facebook_lead_ads", "secrets": secrets})).await;
    let address = format!("/v1/intake/{}", site.token("source"));
    let challenge = |token: &str| {
        format!(
            "GET {address}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}"
        )
    };
    let answer = site.send(&challenge("mine"), &[], b"").await;
    assert_eq!((answer.status, &*answer.text), (200, "1158201444"));
    assert_eq!(site.send(&challenge("other"), &[], b"").await.status, 401);
    // printf %s '…' | openssl dgst -sha256 -hmac key
    let body = r#"{"id":"1","field_data":[{"name":"state","values":["TX"]}]}"#;
    let signature = "X-Hub-Signature-256: sha256=50cb356179c680d8b0ead91fd4f1be933c53a4d77eeae027caaa68fd8baf0f9f";
    let json = "Content-Type: application/json";
    let post = format!("POST {address}");
    let unsigned = site.send(&post, &[json], body.as_bytes()).await;
    assert_eq!(
        (unsigned.status, unsigned.problems()),
        (401, vec!["bad_signature signature".to_owned()])
    );
    let changed = body.replace("TX", "NY");
    assert_eq!(
        site.send(&post, &[json, signature], changed.as_bytes())
            .await
            .status,
        401
    );
    assert_eq!(site.n_leads().await, 0);
    assert_eq!(
        site.send(&post, &[json, signature], body.as_bytes())
            .await
            .status,
        200
    );
    assert_eq!(site.n_leads().await, 1);
}

const TRY: &str = "query($input: TryPayloadInput!) { tryPayload(input: $input) {
    isAccepted idempotencyKey isTest
    fields { field from given read } unknown { key value }
    problems { code path message hint } } }";

#[tokio::test]
async fn a_payload_is_tried_before_anything_is_saved_and_nothing_is_stored() {
    let site = site(json!({})).await;
    let document = json!({
        "flow": FLOW, "fields": {"state": {"from": "where", "words": {"Texas": "TX"}}}, "idempotency_key": "ref",
    });
    let input = json!({
        "source": "web", "document": document, "contentType": FORM, "payload": "where=texas&age=41&ref=9&foo=1",
    });
    let tried = site.ask("analyst", TRY, json!({"input": input})).await["tryPayload"].clone();
    assert_eq!(
        tried,
        json!({
            "isAccepted": true, "idempotencyKey": "9", "isTest": false,
            "fields": [
                {"field": "state", "from": "where", "given": "texas", "read": "TX"},
                {"field": "age", "from": "age", "given": "41", "read": 41},
            ],
            "unknown": [{"key": "foo", "value": "1"}],
            "problems": [],
        })
    );
    // By the document in force, it lacks its state.
    let input = json!({"source": "web", "contentType": FORM, "payload": "where=texas&age=x"});
    let tried = site.ask("analyst", TRY, json!({"input": input})).await["tryPayload"].clone();
    assert_eq!(tried["isAccepted"], false);
    let codes: Vec<&str> = tried["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["missing_field", "wrong_type"]);
    // Mistakes of the document and of the payload, together.
    let input = json!({"source": "web", "document": {"flow": 1}, "payload": "{"});
    let tried = site.ask("analyst", TRY, json!({"input": input})).await["tryPayload"].clone();
    assert_eq!(tried["problems"].as_array().unwrap().len(), 2);
    assert_eq!(site.n_leads().await, 0);
    let refused = site.codes("source", TRY, json!({"input": input})).await;
    assert_eq!(refused, ["FORBIDDEN"]);
}

const PUT: &str = "mutation($input: PutSourceInput!) { putSource(input: $input) {
    source { id name flow preset revision path document } userErrors { code path } } }";

#[tokio::test]
async fn a_source_is_put_with_its_versions_and_without_its_secrets() {
    let site = Site::open().await;
    let document = json!({
        "flow": FLOW, "preset": "google_lead_forms", "secrets": {"google_key": "planted-secret"},
        "fields": {"state": "REGION"},
    });
    let input = json!({"name": "google ads", "document": document, "expectedRevision": 0});
    let put = site.ask("editor", PUT, json!({"input": input})).await["putSource"].clone();
    assert_eq!(put["userErrors"], json!([]));
    assert_eq!(put["source"]["revision"], 1);
    assert_eq!(put["source"]["path"], "/v1/sources/google%20ads/leads");
    assert_eq!(
        put["source"]["document"]["secrets"]["google_key"],
        "[secret]"
    );
    let again = site.ask("editor", PUT, json!({"input": input})).await["putSource"].clone();
    assert_eq!(again["userErrors"][0]["code"], "conflict");
    // What comes back as it was shown keeps its secret.
    let shown = put["source"]["document"].clone();
    let input = json!({"name": "google ads", "document": shown, "expectedRevision": 1});
    let kept = site.ask("editor", PUT, json!({"input": input})).await["putSource"].clone();
    assert_eq!(kept["source"]["revision"], 2);
    let route = site
        .platform
        .control
        .find_source_route("google ads")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        route.document.secrets().find("google_key"),
        Some("planted-secret")
    );
    // Each change is kept, and says no secret.
    let changes = site
        .ask(
            "admin",
            "{ changes(first: 5) { nodes { kind object before after } } }",
            json!({}),
        )
        .await;
    let text = changes.to_string();
    assert!(
        text.contains("SOURCE_PUT") && !text.contains("planted-secret"),
        "{text}"
    );
    let wrong = json!({"name": "", "document": {"flow": FLOW, "fields": {"stat": "x"}}});
    let refused = site.ask("editor", PUT, json!({"input": wrong})).await["putSource"].clone();
    let codes: Vec<String> = refused["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["code"].to_string())
        .collect();
    assert_eq!(codes, ["\"missing_member\"", "\"unknown_field\""]);
    assert_eq!(
        site.codes("analyst", PUT, json!({"input": wrong})).await,
        ["FORBIDDEN"]
    );
    let listed = site
        .ask(
            "analyst",
            "{ sources { nodes { name } } sourcePresets { name secrets } }",
            json!({}),
        )
        .await;
    assert_eq!(listed["sources"]["nodes"], json!([{"name": "google ads"}]));
    assert_eq!(listed["sourcePresets"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_source_that_sends_too_fast_is_told_when_to_come_back() {
    let site = site(json!({"per_minute": 3})).await;
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    let own = json!({"flow": FLOW, "fields": {"state": "TX"}}).to_string();
    // Each way counts: our own JSON, and what the document reads.
    let direct = || async {
        let headers = [bearer.as_str(), "Content-Type: application/json"];
        site.send("POST /v1/leads", &headers, own.as_bytes()).await
    };
    for _ in 0..2 {
        assert_eq!(send(&site, FORM, "state=TX").await.status, 200);
    }
    assert_eq!(direct().await.status, 200);
    for answer in [direct().await, send(&site, FORM, "state=TX").await] {
        assert_eq!(answer.status, 429, "{}", answer.text);
        let seconds: u16 = answer.headers["retry-after"].parse().unwrap();
        assert!(
            (1..=20).contains(&seconds),
            "a third of a minute: {seconds}"
        );
        assert_eq!(answer.problems(), ["too_many_leads source"]);
    }
    assert_eq!(site.n_leads().await, 3);
    // A higher limit holds at once.
    put(&site, json!({"per_minute": 600})).await;
    assert_eq!(direct().await.status, 200);
    for per_minute in [
        json!(0),
        json!(-1),
        json!(1.5),
        json!("3"),
        json!(1_000_001),
    ] {
        let input = json!({"name": "web", "document": {"flow": FLOW, "per_minute": per_minute}});
        let refused = site.ask("editor", PUT, json!({"input": input})).await["putSource"].clone();
        assert_eq!(
            refused["userErrors"][0]["code"], "out_of_range",
            "{refused}"
        );
    }
}

#[tokio::test]
async fn a_stopped_source_and_a_stopped_flow_take_nothing() {
    const STOP: &str = "mutation($input: SetFlowStoppedInput!) { setFlowStopped(input: $input) {
        flow { isStopped isLive } userErrors { code } } }";
    let site = site(json!({"active": false})).await;
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    let own = json!({"flow": FLOW, "fields": {"state": "TX"}}).to_string();
    let direct = || async {
        let headers = [bearer.as_str(), "Content-Type: application/json"];
        site.send("POST /v1/leads", &headers, own.as_bytes()).await
    };
    for answer in [direct().await, send(&site, FORM, "state=TX").await] {
        assert_eq!(answer.status, 403);
        assert_eq!(answer.problems(), ["source_inactive source"]);
    }
    put(&site, json!({})).await;
    assert_eq!(direct().await.status, 200);
    let stop = |is_stopped: bool| json!({"input": {"flow": FLOW, "isStopped": is_stopped}});
    let stopped = site.ask("editor", STOP, stop(true)).await;
    assert_eq!(
        stopped["setFlowStopped"]["flow"],
        json!({"isStopped": true, "isLive": true})
    );
    for answer in [direct().await, send(&site, FORM, "state=TX").await] {
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert_eq!(answer.headers["retry-after"], "60");
        assert_eq!(answer.problems(), ["flow_stopped flow"]);
    }
    assert_eq!(site.n_leads().await, 1);
    assert_eq!(
        site.codes("analyst", STOP, stop(false)).await,
        ["FORBIDDEN"]
    );
    let endless = json!({"input": {"flow": FLOW, "isStopped": false, "reason": "x".repeat(2_001)}});
    let refused = site.ask("editor", STOP, endless).await;
    assert_eq!(
        refused["setFlowStopped"]["userErrors"][0]["code"],
        "too_long"
    );
    let nobody = json!({"input": {"flow": "nobody", "isStopped": true}});
    let refused = site.ask("editor", STOP, nobody).await;
    assert_eq!(
        refused["setFlowStopped"]["userErrors"][0]["code"],
        "not_found"
    );
    site.ask("editor", STOP, stop(false)).await;
    assert_eq!(direct().await.status, 200);
}

#[tokio::test]
async fn a_source_is_stopped_at_once_by_whoever_operates_and_keeps_its_secrets() {
    let secrets = json!({"app_secret": "planted-secret"});
    let site =
        site(json!({"preset": "facebook_lead_ads", "secrets": secrets, "country": "US"})).await;
    let set = "mutation($input: SetSourceActiveInput!) { setSourceActive(input: $input) {
        source { isActive revision document } userErrors { code path } } }";
    let asked = async |role: &str, input: Value| {
        let mut answer = site.ask(role, set, json!({ "input": input })).await;
        answer["setSourceActive"].take()
    };
    let stopped = asked("operator", json!({"name": "web", "isActive": false})).await;
    assert_eq!(stopped["userErrors"], json!([]));
    assert_eq!(stopped["source"]["revision"], 2);
    assert_eq!(stopped["source"]["document"]["active"], false);
    assert_eq!(stopped["source"]["document"]["country"], "US");
    let lead = json!({"flow": FLOW, "fields": {"state": "CA"}});
    let refused = site.post("/v1/leads", "source", &lead).await;
    assert_eq!(refused.problems(), ["source_inactive source"]);
    // Somebody has changed it since it was looked at.
    let late = json!({"name": "web", "isActive": true, "expectedRevision": 1});
    assert_eq!(
        asked("editor", late).await["userErrors"][0]["code"],
        "conflict"
    );
    let nobody = json!({"name": "nobody", "isActive": false});
    assert_eq!(
        asked("editor", nobody).await["userErrors"][0]["code"],
        "not_found"
    );
    let back = asked("operator", json!({"name": "web", "isActive": true})).await;
    assert_eq!(back["source"]["isActive"], true);
    assert_eq!(site.post("/v1/leads", "source", &lead).await.status, 200);
    let stored = site.platform.engine.store().read().find_source("web").await;
    let stored = stored.unwrap().unwrap().document_body;
    assert!(
        stored.contains("planted-secret"),
        "the secret is still there"
    );
}

#[tokio::test]
async fn a_source_is_stopped_whatever_became_of_the_schema_that_it_was_written_for() {
    let site = site(json!({"fields": {"age": "years"}})).await;
    let schema = json!([{ "name": "state", "kind": "enum", "labels": ["CA", "TX", "NY"] }]);
    let put = site.platform.control.put_schema("auto", &schema).await;
    put.unwrap();
    let stop = "mutation { setSourceActive(input: {name: \"web\", isActive: false}) {
        source { isActive } userErrors { code } } }";
    let stopped = site.ask("operator", stop, json!({})).await;
    assert_eq!(
        stopped["setSourceActive"],
        json!({"source": {"isActive": false}, "userErrors": []})
    );
}
