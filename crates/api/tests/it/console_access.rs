//! Ways into the console and what they open: links, failures, personal data that is covered, and what an operator does.

use pointsman_control::{NewDestination, NewToken, Role};
use serde_json::{Value, json};

use crate::site::{Answer, FLOW, Site};

const OWN_PAGE: &str = "Sec-Fetch-Site: same-origin";
const JSON: &str = "Content-Type: application/json";
const EMAIL: &str = "ada@example.com";

async fn sign_in(site: &Site, body: &Value) -> Answer {
    let headers = [JSON, OWN_PAGE];
    site.send("POST /v1/session", &headers, body.to_string().as_bytes())
        .await
}

/// Asks as the session that an answer began.
async fn ask(site: &Site, signed_in: &Answer, query: &str, variables: Value) -> Value {
    let set = &signed_in.headers["set-cookie"];
    let cookie = format!("Cookie: {}", set.split(';').next().unwrap());
    let body = json!({ "query": query, "variables": variables }).to_string();
    let headers = [JSON, OWN_PAGE, cookie.as_str()];
    let answer = site.send("POST /graphql", &headers, body.as_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["data"].clone()
}

#[tokio::test]
async fn a_link_signs_in_once_and_not_after_its_token_is_gone() {
    let site = Site::open().await;
    let control = &site.platform.control;
    let new = NewToken {
        name: "ana".to_owned(),
        role: Role::Operator,
        source: None,
        destination: None,
    };
    let token = control.create_token(new).await.unwrap().token;
    let code = control.create_sign_in_link(token.id).await.unwrap();
    let begun = sign_in(&site, &json!({ "code": code })).await;
    assert_eq!(begun.status, 204, "{}", begun.text);
    let viewer = ask(&site, &begun, "{ viewer { name role can } }", json!({})).await;
    assert_eq!(
        viewer["viewer"],
        json!({ "name": "ana", "role": "OPERATOR", "can": ["READ", "OPERATE"] })
    );
    let again = sign_in(&site, &json!({ "code": code })).await;
    assert_eq!(again.problems(), ["unauthenticated token"]);

    let other = control.create_sign_in_link(token.id).await.unwrap();
    assert!(control.revoke_token(token.id).await.unwrap());
    let revoked = sign_in(&site, &json!({ "code": other })).await;
    assert_eq!(revoked.status, 401);
}

#[tokio::test]
async fn after_five_failures_an_address_waits_even_with_a_good_token() {
    let site = Site::open().await;
    for _ in 0..5 {
        let wrong = sign_in(&site, &json!({ "token": "pm_admin_wrong" })).await;
        assert_eq!(wrong.status, 401);
    }
    let refused = sign_in(&site, &json!({ "token": site.token("admin") })).await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    let wait: u32 = refused.headers["retry-after"].parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Tokens of programs are no affair of browsers.
    let answer = site.ask("admin", "{ viewer { role } }", json!({})).await;
    assert_eq!(answer["viewer"]["role"], "ADMIN");
}

#[tokio::test]
async fn a_browser_has_personal_data_only_after_a_look_that_is_noted() {
    let site = Site::open().await;
    let lead = json!({
        "flow": FLOW, "source": "web", "fields": { "state": "TX", "age": 30, "email": EMAIL },
    });
    let sent = site.post("/v1/leads", "source", &lead).await;
    let id = sent.json()["lead_id"].as_str().unwrap().to_owned();
    let query = "query($id: ID!) { lead(id: $id) { fields personalReads { by } } }";
    let by_token = site.ask("editor", query, json!({ "id": id })).await;
    assert_eq!(by_token["lead"]["fields"]["email"], EMAIL);
    assert_eq!(by_token["lead"]["personalReads"], json!([]));

    let editor = sign_in(&site, &json!({ "token": site.token("editor") })).await;
    let covered = ask(&site, &editor, query, json!({ "id": id })).await;
    assert_eq!(covered["lead"]["fields"]["email"], "[personal]");
    assert_eq!(covered["lead"]["fields"]["age"], 30);
    let reveal =
        "mutation($id: ID!) { revealLead(input: { id: $id }) { fields userErrors { code } } }";
    let shown = ask(&site, &editor, reveal, json!({ "id": id })).await;
    assert_eq!(shown["revealLead"]["fields"]["email"], EMAIL);
    let noted = ask(&site, &editor, query, json!({ "id": id })).await;
    assert_eq!(noted["lead"]["personalReads"], json!([{ "by": "editor" }]));
    assert_eq!(noted["lead"]["fields"]["email"], "[personal]");
    let missing = ask(&site, &editor, reveal, json!({ "id": "lead_0" })).await;
    assert_eq!(missing["revealLead"]["userErrors"][0]["code"], "not_found");

    // Who may not read it is not told who did, and a source reads its own as it sent them.
    let analyst = site.ask("analyst", query, json!({ "id": id })).await;
    assert_eq!(analyst["lead"]["personalReads"], Value::Null);
    let source = sign_in(&site, &json!({ "token": site.token("source") })).await;
    let own = "query($id: ID!) { lead(id: $id) { fields } }";
    let own = ask(&site, &source, own, json!({ "id": id })).await;
    assert_eq!(own["lead"]["fields"]["email"], EMAIL);
}

#[tokio::test]
async fn an_operator_pauses_a_destination_and_changes_nothing_else_of_it() {
    let site = Site::open().await;
    let target = json!({
        "url": "https://acme.example/leads", "headers": { "X-Api-Key": "{{secret.key}}" },
        "secrets": { "key": "s3cret" },
    });
    let settings =
        json!({ "price": "12.50", "caps": [{ "kind": "accepted", "max": 5, "window": "day" }] });
    let new = NewDestination {
        name: "night".to_owned(),
        target,
        settings,
        vertical: None,
        expected_revision: None,
    };
    let before = site.platform.control.put_destination(new).await.unwrap();
    let pause =
        "mutation($input: SetDestinationActiveInput!) { setDestinationActive(input: $input) {
        destination { isActive revision target settings } userErrors { code } } }";
    let input = json!({ "input": { "name": "night", "isActive": false, "expectedRevision": before.revision } });
    let paused = site.ask("operator", pause, input.clone()).await;
    let paused = &paused["setDestinationActive"]["destination"];
    assert_eq!(paused["isActive"], false);
    assert_eq!(paused["settings"]["price"], "12.50");
    assert_eq!(paused["target"]["secrets"]["key"], "[secret]");
    // Somebody else was faster.
    let stale = site.ask("operator", pause, input).await;
    assert_eq!(
        stale["setDestinationActive"]["userErrors"][0]["code"],
        "conflict"
    );
    let unknown = json!({ "input": { "name": "nowhere", "isActive": true } });
    let unknown = site.ask("operator", pause, unknown).await;
    assert_eq!(
        unknown["setDestinationActive"]["userErrors"][0]["code"],
        "not_found"
    );

    let back = json!({ "input": { "name": "destination:night", "isActive": true } });
    let back = site.ask("operator", pause, back).await;
    assert_eq!(
        back["setDestinationActive"]["destination"]["isActive"],
        true
    );
    let after = site
        .platform
        .control
        .find_destination("night")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (after.settings, after.target),
        (before.settings, before.target)
    );
}

#[tokio::test]
async fn a_draft_says_what_publishing_it_would_change() {
    let site = Site::open().await;
    let query = "query($flow: String!) { flow(name: $flow) { draft { document changes { node kind message } } } }";
    let begin = "mutation($flow: String!, $edits: [FlowEdit!]!) {
        editFlowDraft(input: { flow: $flow, edits: $edits }) { userErrors { code message } } }";
    let extra = json!({ "kind": "waterfall", "to": ["geo"] });
    let edits = json!([{ "putNode": { "name": "extra", "node": extra } }, { "setRoot": "extra" }]);
    let edited = site
        .ask("editor", begin, json!({ "flow": FLOW, "edits": edits }))
        .await;
    assert_eq!(edited["editFlowDraft"]["userErrors"], json!([]));
    let found = site.ask("analyst", query, json!({ "flow": FLOW })).await;
    let changes = found["flow"]["draft"]["changes"]
        .as_array()
        .unwrap()
        .clone();
    let mut added = changes.iter().filter(|change| change["kind"] == "ADDED");
    assert_eq!(added.next().unwrap()["node"], "extra", "{changes:?}");
    assert_eq!(added.next(), None, "{changes:?}");

    // A flow without a version has nothing to compare with.
    let mut document = found["flow"]["draft"]["document"].clone();
    document["flow"] = json!("new-one");
    let save = "mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { userErrors { code } } }";
    site.ask("editor", save, json!({ "document": document }))
        .await;
    let first = site
        .ask("analyst", query, json!({ "flow": "new-one" }))
        .await;
    assert_eq!(first["flow"]["draft"]["changes"], Value::Null);
}

/// How a session is answered.
async fn status(site: &Site, signed_in: &Answer) -> u16 {
    let set = &signed_in.headers["set-cookie"];
    let cookie = format!("Cookie: {}", set.split(';').next().unwrap());
    let headers = [JSON, OWN_PAGE, cookie.as_str()];
    let body = json!({ "query": "{ viewer { role } }" }).to_string();
    let answer = site.send("POST /graphql", &headers, body.as_bytes()).await;
    answer.status
}

const SESSIONS: &str = "{ sessions { nodes { id tokenName role agent lastSeenAt isOwn } } }";
const END: &str = "mutation($id: ID!) { endSession(input: { id: $id }) {
    session { tokenName } userErrors { code } } }";

fn ids(sessions: &Value) -> Vec<String> {
    let nodes = sessions["sessions"]["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn sessions_are_seen_and_ended_by_an_admin_and_by_their_own_token() {
    let site = Site::open().await;
    let begin = async |role: &str| {
        let begun = sign_in(&site, &json!({ "token": site.token(role) })).await;
        assert_eq!(begun.status, 204, "{}", begun.text);
        begun
    };
    let (admin, first) = (begin("admin").await, begin("analyst").await);
    let second = begin("analyst").await;
    let all = ask(&site, &admin, SESSIONS, json!({})).await;
    assert_eq!(ids(&all).len(), 3, "{all}");
    assert!(!all.to_string().contains("pm_session"), "{all}");
    let own: Vec<&Value> = all["sessions"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["isOwn"] == true)
        .collect();
    assert!(own.len() == 1 && own[0]["role"] == "ADMIN", "{all}");
    // Others see those of their own token, and end no other.
    let theirs = ask(&site, &first, SESSIONS, json!({})).await;
    let theirs_ids = ids(&theirs);
    assert_eq!(theirs_ids.len(), 2, "{theirs}");
    let foreign = json!({ "id": own[0]["id"] });
    for (signed_in, id) in [(&first, foreign), (&admin, json!({ "id": "ses_0" }))] {
        let refused = ask(&site, signed_in, END, id).await;
        let refused = &refused["endSession"];
        assert_eq!(refused["userErrors"][0]["code"], "not_found", "{refused}");
        assert_eq!(refused["session"], Value::Null);
    }
    let by_token = site.ask("analyst", SESSIONS, json!({})).await;
    assert_eq!(ids(&by_token), theirs_ids);
    let editors = site.ask("editor", SESSIONS, json!({})).await;
    assert_eq!(ids(&editors), Vec::<String>::new());

    let its = |sessions: &Value| {
        let nodes = sessions["sessions"]["nodes"].as_array().unwrap().clone();
        let own = nodes.into_iter().find(|it| it["isOwn"] == true);
        own.unwrap()["id"].clone()
    };
    let of_second = its(&ask(&site, &second, SESSIONS, json!({})).await);
    let ended = ask(&site, &first, END, json!({ "id": of_second })).await;
    assert_eq!(ended["endSession"]["userErrors"], json!([]), "{ended}");
    assert_eq!(status(&site, &second).await, 401);
    let again = ask(&site, &first, END, json!({ "id": of_second })).await;
    assert_eq!(again["endSession"]["userErrors"][0]["code"], "not_found");
    let of_first = its(&ask(&site, &first, SESSIONS, json!({})).await);
    let ended = ask(&site, &admin, END, json!({ "id": of_first })).await;
    assert_ne!(ended["endSession"]["session"], Value::Null, "{ended}");
    assert_eq!(status(&site, &first).await, 401);
    // Its token is as valid as before.
    assert_eq!(
        site.ask("analyst", SESSIONS, json!({})).await["sessions"]["nodes"],
        json!([])
    );
}

#[tokio::test]
async fn a_token_says_when_it_was_used_last() {
    let site = Site::open().await;
    let query = "{ tokens { nodes { role lastUsedAt } } }";
    let lead = json!({ "flow": FLOW, "source": "web", "fields": { "state": "TX", "age": 30 } });
    assert_eq!(site.post("/v1/leads", "source", &lead).await.status, 200);
    let began = std::time::Instant::now();
    loop {
        let found = site.ask("admin", query, json!({})).await;
        let tokens = found["tokens"]["nodes"].as_array().unwrap().clone();
        let used = |role: &str| {
            let token = tokens.iter().find(|it| it["role"] == role).unwrap();
            token["lastUsedAt"].is_string()
        };
        assert!(!used("POSTBACK"), "{found}");
        if used("SOURCE") && used("ADMIN") {
            break;
        }
        assert!(began.elapsed().as_secs() < 30, "{found}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}
