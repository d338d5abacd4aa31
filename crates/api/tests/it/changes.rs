//! Who changed what: every mutation leaves its row, and the row says what it did.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    learning::until,
    site::{FLOW, Site, document, fields},
};

const CHANGES: &str = "query($filter: ChangeFilterInput, $first: Int, $after: String) {
    changes(filter: $filter, first: $first, after: $after) {
        nodes { number at by tokenId kind object note before after differences { path message } }
        pageInfo { hasNextPage endCursor } } }";

async fn changes(site: &Site, role: &str, filter: Value) -> Vec<Value> {
    let variables = json!({ "filter": filter, "first": 100 });
    let found = site.ask(role, CHANGES, variables).await;
    found["changes"]["nodes"].as_array().unwrap().clone()
}

/// A mutation that must go well, and how many changes of settings it is.
struct Step {
    name: &'static str,
    input: Value,
    selection: &'static str,
    n_changes: usize,
}

/// Runs it; gives its payload and the changes that it left, the last one first.
async fn run(site: &Site, step: &Step) -> (Value, Vec<Value>) {
    let Step {
        name,
        input,
        selection,
        n_changes,
    } = step;
    let before = changes(site, "admin", json!({})).await.len();
    let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    let query = format!(
        "mutation($input: {title}Input!) {{ {name}(input: $input) {{ {selection} userErrors {{ code message }} }} }}"
    );
    let mut answer = site.ask("admin", &query, json!({ "input": input })).await;
    let payload = answer[*name].take();
    assert_eq!(payload["userErrors"], json!([]), "{name}");
    let mut after = changes(site, "admin", json!({})).await;
    assert_eq!(after.len() - before, *n_changes, "{name}: {after:#?}");
    after.truncate(*n_changes);
    (payload, after)
}

fn step(name: &'static str, input: Value, selection: &'static str, n_changes: usize) -> Step {
    Step {
        name,
        input,
        selection,
        n_changes,
    }
}

/// Settings one after the other; gives the names of the mutations.
async fn configure(site: &Site) -> Vec<&'static str> {
    let mut document = document();
    document["nodes"]["halves"]["arms"] = json!([
        { "name": "first", "weight_ppm": 400_000, "to": "acme" },
        { "name": "second", "weight_ppm": 600_000, "to": "zenith" }
    ]);
    let mut fields = fields();
    fields[1]["max"] = json!(130);
    let edits = json!([{ "setPredicate": { "node": "geo", "cel": "state == \"NY\"" } }]);
    let steps = [
        step("checkFlow", json!({ "document": document }), "isValid", 0),
        step(
            "putLeadSchema",
            json!({ "vertical": "auto", "fields": fields }),
            "leadSchema { hash }",
            1,
        ),
        step(
            "saveFlowDraft",
            json!({ "document": document }),
            "draft { revision }",
            1,
        ),
        step(
            "editFlowDraft",
            json!({ "flow": FLOW, "edits": edits }),
            "draft { revision }",
            1,
        ),
    ];
    for step in &steps {
        run(site, step).await;
    }
    steps.iter().map(|step| step.name).collect()
}

/// A version and its way to the live stage and back.
async fn publish(site: &Site) -> Vec<&'static str> {
    let publish = json!({ "flow": FLOW, "message": "New York is out" });
    let publish = step("publishFlow", publish, "flowVersion { hash }", 1);
    let (published, rows) = run(site, &publish).await;
    let hash = published["flowVersion"]["hash"].clone();
    assert_eq!(
        (&rows[0]["kind"], &rows[0]["object"], &rows[0]["note"]),
        (
            &json!("FLOW_VERSION_PUBLISHED"),
            &json!(FLOW),
            &json!("New York is out")
        )
    );
    assert_eq!(rows[0]["after"]["version"], hash);
    let told = rows[0]["differences"].to_string();
    assert!(told.contains("halves") && told.contains("geo"), "{told}");
    // The same once more changes nothing.
    let again = Step {
        n_changes: 0,
        ..publish
    };
    run(site, &again).await;
    let to = json!({ "flow": FLOW, "stage": "live", "version": hash });
    let (_, rows) = run(site, &step("moveStage", to, "stage { name }", 1)).await;
    assert_eq!(
        rows[0]["after"],
        json!({ "stage": "live", "version": hash })
    );
    let told = rows[0]["differences"].to_string();
    assert!(
        told.contains("version: ") && told.contains("halves"),
        "{told}"
    );
    let back = json!({ "flow": FLOW, "stage": "live" });
    let (_, rows) = run(site, &step("rollBackStage", back, "stage { name }", 1)).await;
    assert_eq!(rows[0]["before"]["version"], hash);
    vec!["publishFlow", "moveStage", "rollBackStage"]
}

async fn experiment(site: &Site) -> Vec<&'static str> {
    let plan = json!({
        "name": "ab", "flow": FLOW, "primary": "ACCEPT_RATE", "hypothesis": "the second is better",
        "subject": { "split": { "node": "halves", "arms": ["first", "second"] } },
    });
    let named = json!({ "name": "ab" });
    let noted = json!({ "name": "ab", "note": "a holiday" });
    let end = json!({ "name": "ab", "decision": { "ship": "second" }, "promote": true, "reason": "clear" });
    let selection = "experiment { state }";
    let created = step("createExperiment", plan, selection, 1);
    run(site, &created).await;
    run(site, &step("startExperiment", named, selection, 1)).await;
    let paused = step("pauseExperiment", noted, selection, 1);
    let (_, rows) = run(site, &paused).await;
    assert_eq!(rows[0]["note"], "a holiday");
    let told = rows[0]["differences"][0]["message"].as_str().unwrap();
    assert_eq!(told, r#"state: "running" → "paused""#);
    // The version that the winner is live by is a publication of its own.
    let (_, rows) = run(site, &step("concludeExperiment", end, selection, 2)).await;
    assert_eq!(rows[0]["kind"], "EXPERIMENT_CONCLUDED");
    assert_eq!(rows[0]["after"]["conclusion"]["decision"]["arm"], "second");
    assert_eq!(
        rows[0]["after"]["conclusion"]["promoted"],
        rows[1]["after"]["version"]
    );
    vec![
        "createExperiment",
        "startExperiment",
        "pauseExperiment",
        "concludeExperiment",
    ]
}

/// A version that takes a share.
async fn candidate(site: &Site) -> Vec<&'static str> {
    let versions = "query($name: String!) { flow(name: $name) { versions(first: 5) { nodes { hash } } stage { versionHash } } }";
    let flow = site.ask("admin", versions, json!({ "name": FLOW })).await;
    let live = &flow["flow"]["stage"]["versionHash"];
    let nodes = flow["flow"]["versions"]["nodes"].as_array().unwrap();
    let other = nodes.iter().find(|it| it["hash"] != *live).unwrap();
    let plan = json!({
        "name": "tried", "flow": FLOW, "primary": "ACCEPT_RATE", "hypothesis": "it is better",
        "subject": { "candidate": { "version": other["hash"], "sharePpm": 10_000 } },
    });
    let selection = "experiment { state }";
    run(site, &step("createExperiment", plan, selection, 1)).await;
    let share = json!({ "name": "tried", "sharePpm": 20_000 });
    let (_, rows) = run(site, &step("setExperimentShare", share, selection, 1)).await;
    let told = &rows[0]["differences"][0]["message"];
    assert_eq!(*told, "share_ppm: 10000 → 20000");
    vec!["setExperimentShare"]
}

/// A version that decides leads without sending anything, and one that is rolled out and taken back.
async fn rollout(site: &Site) -> Vec<&'static str> {
    let versions = "query($name: String!) { flow(name: $name) { versions(first: 5) { nodes { hash } } stage { versionHash } } }";
    let flow = site.ask("admin", versions, json!({ "name": FLOW })).await;
    let live = &flow["flow"]["stage"]["versionHash"];
    let nodes = flow["flow"]["versions"]["nodes"].as_array().unwrap();
    let version = &nodes.iter().find(|it| it["hash"] != *live).unwrap()["hash"];
    let set = json!({ "flow": FLOW, "version": version, "sharePpm": 500_000 });
    let (_, rows) = run(site, &step("setShadow", set, "", 1)).await;
    assert_eq!(rows[0]["kind"], "SHADOW_SET");
    assert_eq!(rows[0]["after"]["version"], *version);
    let (_, rows) = run(site, &step("clearShadow", json!({ "flow": FLOW }), "", 1)).await;
    assert_eq!(rows[0]["before"]["share_ppm"], 500_000);
    let plan = json!({
        "name": "out", "flow": FLOW, "version": version, "primary": "ACCEPT_RATE",
        "steps": [
            { "exposure": { "shadow": true }, "gate": { "minLeads": 1_000 } },
            { "exposure": { "sharePpm": 10_000 }, "gate": { "minLeads": 1_000 } },
        ],
        "guardrails": [{ "metric": "ACCEPT_RATE", "worstPpm": 500_000 }],
    });
    let (_, rows) = run(site, &step("startRollout", plan, "", 1)).await;
    assert_eq!(rows[0]["kind"], "ROLLOUT_STARTED");
    let named = json!({ "name": "out", "reason": "so it is" });
    for name in [
        "advanceRollout",
        "pauseRollout",
        "resumeRollout",
        "rollBackRollout",
    ] {
        let (_, rows) = run(site, &step(name, named.clone(), "", 1)).await;
        assert_eq!(rows[0]["kind"], "ROLLOUT_MOVED", "{name}");
        assert_eq!(rows[0]["note"], "so it is");
    }
    vec![
        "setShadow",
        "clearShadow",
        "startRollout",
        "advanceRollout",
        "pauseRollout",
        "resumeRollout",
        "rollBackRollout",
    ]
}

async fn destination(site: &Site) -> Vec<&'static str> {
    let target = |secret: &str| {
        json!({ "url": "http://127.0.0.1:9/leads", "secrets": { "key": secret },
            "headers": { "X-Key": "{{secret.key}}" } })
    };
    let put = |secret: &str| {
        let input =
            json!({ "name": "acme", "target": target(secret), "settings": { "price": "13.00" } });
        step("putDestination", input, "destination { name }", 1)
    };
    let (_, rows) = run(site, &put("another-secret")).await;
    let row = &rows[0];
    assert_eq!(
        (&row["by"], &row["kind"], &row["object"]),
        (&json!("admin"), &json!("DESTINATION_PUT"), &json!("acme"))
    );
    assert!(
        row["tokenId"].as_str().unwrap().starts_with("tok_"),
        "{row}"
    );
    let told = row["differences"].to_string();
    assert!(
        told.contains(r#"settings.price: \"12.50\" → \"13.00\""#)
            && told.contains("target.secrets.key"),
        "{told}"
    );
    let (_, rows) = run(site, &put("[secret]")).await;
    let told = rows[0]["differences"].to_string();
    assert!(!told.contains("secrets"), "{told}");
    let pause = json!({ "name": "acme", "isActive": false, "reason": " out of budget " });
    let (_, rows) = run(site, &step("setDestinationActive", pause, "", 1)).await;
    let told = rows[0]["differences"].to_string();
    assert!(told.contains("settings.active"), "{told}");
    assert_eq!(rows[0]["note"], "out of budget");
    vec!["putDestination", "setDestinationActive"]
}

async fn source(site: &Site) -> Vec<&'static str> {
    let document = json!({ "flow": FLOW, "secrets": { "app_secret": "planted-secret" },
        "preset": "facebook_lead_ads" });
    let put = json!({ "name": "web", "document": document });
    let (_, rows) = run(site, &step("putSource", put, "source { name }", 1)).await;
    assert_eq!(rows[0]["object"], "web");
    assert_eq!(rows[0]["after"]["preset"], "facebook_lead_ads");
    let stop = |is_stopped: bool| {
        let reason = is_stopped.then_some("an audit");
        let input = json!({ "flow": FLOW, "isStopped": is_stopped, "reason": reason });
        step("setFlowStopped", input, "flow { name isStopped }", 1)
    };
    let (stopped, rows) = run(site, &stop(true)).await;
    assert_eq!(stopped["flow"]["isStopped"], true);
    assert_eq!(
        (&rows[0]["kind"], &rows[0]["object"]),
        (&json!("FLOW_STOPPED"), &json!(FLOW))
    );
    assert_eq!(rows[0]["note"], "an audit");
    let (_, rows) = run(site, &stop(false)).await;
    assert_eq!(rows[0]["note"], Value::Null);
    let stop = |is_active| {
        let input = json!({ "name": "web", "isActive": is_active, "reason": "bad leads" });
        step("setSourceActive", input, "source { name }", 1)
    };
    let (_, rows) = run(site, &stop(false)).await;
    assert_eq!(
        (&rows[0]["kind"], &rows[0]["note"]),
        (&json!("SOURCE_PUT"), &json!("bad leads"))
    );
    let told = rows[0]["differences"].to_string();
    assert!(
        told.contains("active") && !told.contains("secret"),
        "{told}"
    );
    run(site, &stop(true)).await;
    let list = json!({ "name": "our-zips", "kind": "POSTAL_CODE", "values": ["94103", "10001"] });
    let (_, rows) = run(site, &step("putList", list, "list { name }", 1)).await;
    assert_eq!(
        (&rows[0]["object"], &rows[0]["after"]["values"]),
        (&json!("our-zips"), &json!(2))
    );
    vec!["putSource", "setFlowStopped", "setSourceActive", "putList"]
}

/// A postback to a tracker that nobody may connect to, sent again.
async fn source_postback(site: &Site) -> Vec<&'static str> {
    let document = json!({ "flow": FLOW,
        "postbacks": [{ "on": "rejected", "url": "http://192.0.2.1/?c={click_id}" }] });
    let put = json!({ "name": "tracked", "document": document });
    run(site, &step("putSource", put, "source { name }", 1)).await;
    let lead = json!({ "flow": FLOW, "fields": { "state": "CA" }, "source": "tracked" });
    assert_eq!(site.post("/v1/leads", "admin", &lead).await.status, 200);
    let dead =
        "{ sourcePostbacks(filter: { state: DEAD, source: \"tracked\" }) { nodes { id error } } }";
    let dead = until("the postback is refused", async || {
        let found = site.ask("analyst", dead, json!({})).await;
        let nodes = found["sourcePostbacks"]["nodes"].as_array().unwrap();
        nodes.first().cloned()
    })
    .await;
    assert!(
        dead["error"].as_str().unwrap().contains("192.0.2.1"),
        "{dead}"
    );
    let resend = json!({ "id": dead["id"], "note": "another try" });
    let resend = step(
        "resendSourcePostback",
        resend,
        "sourcePostback { attempts }",
        1,
    );
    let (_, rows) = run(site, &resend).await;
    assert_eq!(
        (&rows[0]["kind"], &rows[0]["object"], &rows[0]["note"]),
        (
            &json!("SOURCE_POSTBACK_RESENT"),
            &dead["id"],
            &json!("another try")
        )
    );
    let told = &rows[0]["differences"][0]["message"];
    assert_eq!(*told, r#"state: "dead" → "waiting""#);
    let filter = json!({ "filter": { "source": "nobody" }, "note": "all of them" });
    let job = json!({ "action": { "resendSourcePostbacks": filter }, "rate": 1 });
    let (started, rows) = run(site, &step("startBulkJob", job, "bulkJob { id }", 1)).await;
    let id = &started["bulkJob"]["id"];
    assert_eq!(
        (&rows[0]["kind"], &rows[0]["object"], &rows[0]["note"]),
        (&json!("BULK_JOB_STARTED"), id, &json!("all of them"))
    );
    assert_eq!(rows[0]["after"]["action"]["filter"]["source"], "nobody");
    vec!["resendSourcePostback", "startBulkJob", "cancelBulkJob"]
}

/// Persons: who is forgotten, who is kept out, and for how long values are kept.
async fn people(site: &Site) -> Vec<&'static str> {
    let ada = json!([{ "field": "email", "value": "Ada@x.example" }]);
    let erase = json!({ "values": ada, "note": "she wrote to us" });
    let erase = step("erasePersons", erase, "erasure { id fields }", 1);
    let (erased, rows) = run(site, &erase).await;
    assert_eq!(rows[0]["object"], erased["erasure"]["id"]);
    assert_eq!(rows[0]["note"], "she wrote to us");
    assert_eq!(
        rows[0]["after"],
        json!({ "leads": [], "fields": ["email"], "values": 1 })
    );
    let list = json!({ "list": "partner", "kind": "EMAIL", "digests": ["ab".repeat(32)] });
    let (added, _) = run(site, &step("addSuppressions", list, "added", 1)).await;
    assert_eq!(added["added"], 1);
    let lift = step("liftSuppressions", json!({ "values": ada }), "lifted", 1);
    let (lifted, _) = run(site, &lift).await;
    assert_eq!(lifted["lifted"], 1);
    let keep = json!({ "vertical": "auto", "days": 90 });
    let (_, rows) = run(site, &step("setRetention", keep, "vertical", 1)).await;
    assert_eq!(rows[0]["after"], json!({ "days": 90 }));
    let all = json!(changes(site, "admin", json!({})).await).to_string();
    assert!(!all.to_lowercase().contains("ada@x.example"), "{all}");
    vec![
        "erasePersons",
        "addSuppressions",
        "liftSuppressions",
        "setRetention",
    ]
}

async fn token(site: &Site) -> Vec<&'static str> {
    let new = json!({ "name": "night shift", "role": "ANALYST" });
    let create = step("createToken", new, "token { id } secret", 1);
    let (created, rows) = run(site, &create).await;
    assert_eq!(rows[0]["object"], created["token"]["id"]);
    assert_eq!(rows[0]["after"]["name"], "night shift");
    let end = json!({ "id": created["token"]["id"] });
    let revoke = |n_changes| step("revokeToken", end.clone(), "token { id }", n_changes);
    let (_, rows) = run(site, &revoke(1)).await;
    assert_eq!(
        rows[0]["differences"][0]["message"],
        "revoked: false → true"
    );
    run(site, &revoke(0)).await;
    let secret = created["secret"].as_str().unwrap();
    let all = json!(changes(site, "admin", json!({})).await).to_string();
    for hidden in [secret, "planted-secret", "another-secret", "secret_hash"] {
        assert!(!all.contains(hidden), "{hidden}");
    }
    let headers = [
        "Content-Type: application/json",
        "Sec-Fetch-Site: same-origin",
    ];
    let body = json!({ "token": site.token("analyst") }).to_string();
    let begun = site
        .send("POST /v1/session", &headers, body.as_bytes())
        .await;
    assert_eq!(begun.status, 204, "{}", begun.text);
    let sessions = site
        .ask("admin", "{ sessions { nodes { id } } }", json!({}))
        .await;
    let id = &sessions["sessions"]["nodes"][0]["id"];
    let end = step("endSession", json!({ "id": id }), "session { id }", 1);
    let (_, rows) = run(site, &end).await;
    assert_eq!(&rows[0]["object"], id);
    vec!["createToken", "revokeToken", "endSession"]
}

/// What is no setting: leads, what is reported of them, and questions. A release leaves a row too; the acceptance test
/// of held leads has one.
const NO_SETTINGS: [&str; 10] = [
    "submitLead",
    "revealLead",
    "recordConversion",
    "replayPostback",
    "releaseDelivery",
    "returnLead",
    "decideReturn",
    "sendTestLead",
    "startSimulation",
    "cancelSimulation",
];

#[tokio::test]
async fn every_mutation_of_settings_leaves_one_row_that_says_what_it_did() {
    let site = Site::open().await;
    let mut run: Vec<&str> = configure(&site).await;
    run.extend(publish(&site).await);
    run.extend(experiment(&site).await);
    run.extend(candidate(&site).await);
    run.extend(rollout(&site).await);
    run.extend(destination(&site).await);
    run.extend(source(&site).await);
    run.extend(source_postback(&site).await);
    run.extend(people(&site).await);
    run.extend(token(&site).await);
    run.extend(NO_SETTINGS);
    let query = "{ __schema { mutationType { fields { name } } } }";
    let schema = site.ask("admin", query, json!({})).await;
    let fields = schema["__schema"]["mutationType"]["fields"].as_array();
    let there: BTreeSet<&str> = fields
        .unwrap()
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    let run: BTreeSet<&str> = run.into_iter().collect();
    assert_eq!(
        there, run,
        "give a new mutation a step above, or say that it is none of settings"
    );
    let lead = json!({ "flow": FLOW, "fields": { "state": "NY" }, "source": "web" });
    let before = changes(&site, "admin", json!({})).await.len();
    assert_eq!(site.post("/v1/leads", "admin", &lead).await.status, 200);
    assert_eq!(changes(&site, "admin", json!({})).await.len(), before);
}

#[tokio::test]
async fn a_change_that_was_refused_leaves_no_row_and_one_by_rest_leaves_its_author() {
    let site = Site::open().await;
    let before = changes(&site, "admin", json!({})).await;
    let wrong = "mutation { putDestination(input: { name: \"acme\", target: {}, settings: {} }) {
        userErrors { code } } }";
    let refused = site.ask("editor", wrong, json!({})).await;
    assert_ne!(refused["putDestination"]["userErrors"], json!([]));
    let stale = "mutation($document: FlowDocument!) {
        saveFlowDraft(input: { document: $document, expectedRevision: 77 }) { userErrors { code } } }";
    let refused = site
        .ask("editor", stale, json!({ "document": document() }))
        .await;
    assert_ne!(refused["saveFlowDraft"]["userErrors"], json!([]));
    assert_eq!(changes(&site, "admin", json!({})).await, before);

    let headers = [
        "Content-Type: application/json".to_owned(),
        format!("Authorization: Bearer {}", site.token("editor")),
    ];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let put = format!("PUT /v1/flows/{FLOW}/draft");
    let body = document().to_string();
    let saved = site.send(&put, &headers, body.as_bytes()).await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    let rows = changes(&site, "admin", json!({ "who": "editor" })).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["kind"], "FLOW_DRAFT_SAVED");
}

#[tokio::test]
async fn changes_are_filtered_paged_and_those_of_tokens_are_for_administrators() {
    let site = Site::open().await;
    let all = changes(&site, "admin", json!({})).await;
    let of_tokens = json!({ "kind": ["TOKEN_CREATED"] });
    assert_eq!(
        changes(&site, "admin", of_tokens.clone()).await.len(),
        6,
        "{all:#?}"
    );
    let others = changes(&site, "analyst", json!({})).await;
    assert_eq!(others.len(), all.len() - 6);
    assert!(others.iter().all(|row| row["kind"] != "TOKEN_CREATED"));
    let forbidden = json!({ "filter": of_tokens });
    assert_eq!(
        site.codes("analyst", CHANGES, forbidden).await,
        ["FORBIDDEN"]
    );
    let of_acme = changes(&site, "analyst", json!({ "object": "acme" })).await;
    assert_eq!(of_acme.len(), 1);
    assert_eq!(of_acme[0]["before"], json!(null));
    assert_eq!(of_acme[0]["after"]["settings"]["price"], "12.50");
    let never = json!({ "to": "2020-01-01T00:00:00Z" });
    assert_eq!(changes(&site, "analyst", never).await, Vec::<Value>::new());
    let since = json!({ "from": "2020-01-01T00:00:00Z" });
    assert_eq!(changes(&site, "admin", since).await.len(), all.len());
    let reversed =
        json!({ "filter": { "from": "2020-01-02T00:00:00Z", "to": "2020-01-01T00:00:00Z" } });
    assert_eq!(
        site.codes("analyst", CHANGES, reversed).await,
        ["BAD_USER_INPUT"]
    );
    let (mut paged, mut after) = (Vec::new(), json!(null));
    loop {
        let variables = json!({ "first": 4, "after": after });
        let page = site.ask("admin", CHANGES, variables).await;
        let page = &page["changes"];
        paged.extend(page["nodes"].as_array().unwrap().clone());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(paged, all);
    let numbers: Vec<i64> = all
        .iter()
        .map(|row| row["number"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(numbers.windows(2).all(|pair| pair[0] > pair[1]));
}
