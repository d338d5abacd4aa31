//! What people do with GraphQL, from the first schema to the last roll-back.

use serde_json::{Value, json};

use crate::site::{FLOW, Site, document, fields};

/// `code path` of each user error.
fn errors(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let path = |error: &Value| {
        let path = error["path"].as_array().cloned().unwrap_or_default();
        path.iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(".")
    };
    errors
        .iter()
        .map(|error| format!("{} {}", error["code"].as_str().unwrap_or("?"), path(error)))
        .collect()
}

async fn live_hash(site: &Site) -> String {
    let query = "query($name: String!) { flow(name: $name) { stage { versionHash } } }";
    let flow = site.ask("analyst", query, json!({ "name": FLOW })).await;
    flow["flow"]["stage"]["versionHash"]
        .as_str()
        .unwrap()
        .to_owned()
}

const EDIT: &str = "mutation($flow: String!, $edits: [FlowEdit!]!, $revision: Int) {
    editFlowDraft(input: { flow: $flow, edits: $edits, expectedRevision: $revision }) {
        draft { revision document } diagnostics { code } userErrors { code path message hint } } }";
const PUBLISH: &str = "mutation($flow: String!) { publishFlow(input: { flow: $flow, message: \"m\" }) {
    flowVersion { hash number } isNew live { name } diagnostics { code } userErrors { code path } } }";
const MOVE: &str = "mutation($version: String!, $expected: ExpectedStageInput) {
    moveStage(input: { flow: \"auto-insurance\", stage: \"live\", version: $version, expected: $expected }) {
        stage { versionHash revision } userErrors { code path } } }";

#[tokio::test]
async fn a_flow_is_edited_published_moved_and_rolled_back() {
    let site = Site::open().await;
    let first = live_hash(&site).await;
    let edits = json!([
        { "setWeights": { "node": "halves", "weights": [{ "arm": "first", "weightPpm": 900_000 }] } },
        { "setPredicate": { "node": "geo", "cel": "state == \"NY\"" } }
    ]);
    let edited = site
        .ask(
            "editor",
            EDIT,
            json!({ "flow": FLOW, "edits": edits, "revision": 1 }),
        )
        .await;
    assert_eq!(errors(&edited["editFlowDraft"]), Vec::<String>::new());
    assert_eq!(
        edited["editFlowDraft"]["draft"]["document"]["nodes"]["halves"]["arms"][1]["weight_ppm"],
        100_000
    );

    let stale = site
        .ask(
            "editor",
            EDIT,
            json!({ "flow": FLOW, "edits": [], "revision": 1 }),
        )
        .await;
    assert_eq!(errors(&stale["editFlowDraft"]), ["conflict "]);

    let published = site.ask("editor", PUBLISH, json!({ "flow": FLOW })).await;
    let published = &published["publishFlow"];
    assert_eq!(
        (&published["isNew"], &published["live"]),
        (&json!(true), &json!(null))
    );
    let second = published["flowVersion"]["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let again = site.ask("editor", PUBLISH, json!({ "flow": FLOW })).await;
    assert_eq!(again["publishFlow"]["isNew"], json!(false));
    assert_eq!(live_hash(&site).await, first);

    let diff =
        "query($a: String!, $b: String!) { flowDiff(from: $a, to: $b) { node part kind message } }";
    let diff = site
        .ask(
            "analyst",
            diff,
            json!({ "a": first, "b": format!("version:{second}") }),
        )
        .await;
    let nodes: Vec<&Value> = diff["flowDiff"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| &change["node"])
        .collect();
    assert!(
        nodes.contains(&&json!("halves")) && nodes.contains(&&json!("geo")),
        "{diff}"
    );

    let wrong = json!({ "version": second, "expected": { "version": second } });
    let moved = site.ask("editor", MOVE, wrong).await;
    assert_eq!(errors(&moved["moveStage"]), ["conflict "]);
    let moved = site
        .ask(
            "editor",
            MOVE,
            json!({ "version": second, "expected": { "version": first } }),
        )
        .await;
    assert_eq!(moved["moveStage"]["stage"]["versionHash"], json!(second));
    let lead = json!({ "flow": FLOW, "fields": { "state": "NY" }, "source": "web" });
    assert_eq!(
        site.post("/v1/leads", "admin", &lead).await.json()["status"],
        "declined"
    );

    let back = "mutation { rollBackStage(input: { flow: \"auto-insurance\", stage: \"live\" }) {
        stage { versionHash } userErrors { code } } }";
    site.ask("editor", back, json!({})).await;
    assert_eq!(live_hash(&site).await, first);
    assert_eq!(
        site.post("/v1/leads", "admin", &lead).await.json()["status"],
        "unsold"
    );
}

#[tokio::test]
async fn publishing_says_how_many_people_change_arm() {
    let site = Site::open().await;
    let put = |node: &str, to: [u32; 3]| {
        let arms = ["acme", "zenith", "nobody"].into_iter().zip(to);
        let arms: Vec<Value> = arms
            .map(|(to, weight)| json!({ "to": to, "weight_ppm": weight }))
            .collect();
        json!({ "putNode": { "name": node, "node": { "kind": "split", "arms": arms } } })
    };
    let publish = "mutation($flow: String!) { publishFlow(input: { flow: $flow }) {
        flowVersion { hash } userErrors { code } moves {
            from { hash } fromSemantics toSemantics nodes { node sharePpm message } } } }";
    let edit = async |weights| {
        let edits = json!([put("halves", weights)]);
        let edited = site
            .ask("editor", EDIT, json!({ "flow": FLOW, "edits": edits }))
            .await;
        assert_eq!(errors(&edited["editFlowDraft"]), Vec::<String>::new());
        let published = site.ask("editor", publish, json!({ "flow": FLOW })).await;
        published["publishFlow"].clone()
    };
    let before = edit([100_000, 100_000, 800_000]).await;
    let before = before["flowVersion"]["hash"].as_str().unwrap().to_owned();
    let moved = site.ask("editor", MOVE, json!({ "version": before })).await;
    assert_eq!(moved["moveStage"]["stage"]["versionHash"], json!(before));

    let after = edit([200_000, 200_000, 600_000]).await;
    let expected = json!({
        "from": { "hash": before }, "fromSemantics": 2, "toSemantics": 2,
        "nodes": [{
            "node": "halves", "sharePpm": 200_000,
            "message": "20 % of the people who draw at `halves` change arm",
        }],
    });
    assert_eq!(after["moves"], expected, "{after}");

    let query = "query($from: String!, $to: String!) { flowMoves(from: $from, to: $to) {
        from { hash } fromSemantics toSemantics nodes { node sharePpm message } } }";
    let hashes = json!({ "from": before, "to": after["flowVersion"]["hash"] });
    let read = site.ask("analyst", query, hashes).await;
    assert_eq!(read["flowMoves"], expected);
}

#[tokio::test]
async fn edits_set_salts_and_keys() {
    let site = Site::open().await;
    let edits = json!([
        { "setSalt": { "node": "halves", "salt": "spring" } },
        { "setArmKey": { "node": "halves", "arm": "first", "key": "one" } },
        { "setArmKey": { "node": "halves", "arm": "gone", "key": "two" } }
    ]);
    let variables = json!({ "flow": FLOW, "edits": edits });
    let refused = site.ask("editor", EDIT, variables.clone()).await;
    let refused = &refused["editFlowDraft"];
    assert_eq!(errors(refused), ["unknown_arm edits.2.arm"], "{refused}");
    let mut fitting = variables;
    fitting["edits"].as_array_mut().unwrap().pop();
    let edited = site.ask("editor", EDIT, fitting).await;
    let halves = &edited["editFlowDraft"]["draft"]["document"]["nodes"]["halves"];
    assert_eq!(
        (&halves["salt"], &halves["arms"][0]["key"]),
        (&json!("spring"), &json!("one")),
        "{edited}"
    );
}

#[tokio::test]
async fn a_flow_that_cannot_run_is_kept_as_a_draft_and_not_published() {
    let site = Site::open().await;
    let mut broken = document();
    broken["nodes"]["geo"]["if"] = json!("staet == \"CA\"");
    broken["nodes"]["halves"]["arms"][0]["to"] = json!("acne");
    let save = "mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) {
        draft { revision } diagnostics { code severity node part hint } userErrors { code path } } }";
    let saved = site
        .ask("editor", save, json!({ "document": broken }))
        .await;
    assert_eq!(errors(&saved["saveFlowDraft"]), Vec::<String>::new());
    let found = saved["saveFlowDraft"]["diagnostics"]
        .as_array()
        .unwrap()
        .clone();
    assert!(found.len() >= 2, "{found:?}");
    let published = site.ask("editor", PUBLISH, json!({ "flow": FLOW })).await;
    assert_eq!(published["publishFlow"]["flowVersion"], Value::Null);
    assert!(errors(&published["publishFlow"]).len() >= 2, "{published}");
}

#[tokio::test]
async fn edits_that_do_not_fit_are_told_at_once() {
    let site = Site::open().await;
    let edits = json!([
        { "setWeights": { "node": "halfs", "weights": [] } },
        { "addArm": { "node": "halves", "to": "acme", "weightPpm": 2_000_000 } },
        { "putNode": { "name": "x", "node": { "kind": "oracle" } } }
    ]);
    let edited = site
        .ask("editor", EDIT, json!({ "flow": FLOW, "edits": edits }))
        .await;
    assert_eq!(
        errors(&edited["editFlowDraft"]),
        ["wrong_shape edits.2.node"]
    );
    let edits = json!([edits[0], edits[1]]);
    let edited = site
        .ask("editor", EDIT, json!({ "flow": FLOW, "edits": edits }))
        .await;
    assert_eq!(
        errors(&edited["editFlowDraft"]),
        [
            "unknown_node edits.0.node",
            "out_of_range edits.1.weightPpm"
        ]
    );
    let unknown = site
        .ask("editor", EDIT, json!({ "flow": "nowhere", "edits": [] }))
        .await;
    assert_eq!(errors(&unknown["editFlowDraft"]), ["not_found "]);
}

#[tokio::test]
async fn a_change_that_would_stop_a_live_flow_is_refused() {
    let site = Site::open().await;
    let put = "mutation($fields: LeadFieldList!) { putLeadSchema(input: { vertical: \"auto\", fields: $fields }) {
        leadSchema { hash } diagnostics { code node } userErrors { code path } } }";
    let without_state = json!([{ "name": "age", "kind": "integer" }]);
    let refused = site
        .ask("editor", put, json!({ "fields": without_state }))
        .await;
    assert_eq!(refused["putLeadSchema"]["leadSchema"], Value::Null);
    assert_eq!(refused["putLeadSchema"]["diagnostics"][0]["node"], "geo");
    let mut more = fields();
    more.as_array_mut()
        .unwrap()
        .push(json!({ "name": "owner", "kind": "boolean" }));
    let taken = site.ask("editor", put, json!({ "fields": more })).await;
    assert!(
        taken["putLeadSchema"]["leadSchema"]["hash"].is_string(),
        "{taken}"
    );
    let lead = json!({ "flow": FLOW, "fields": { "state": "CA", "owner": true }, "source": "web" });
    assert_eq!(site.post("/v1/leads", "admin", &lead).await.status, 200);
}

#[tokio::test]
async fn secrets_of_destinations_never_come_back() {
    let site = Site::open().await;
    let shown = site
        .ask(
            "admin",
            "{ destination(name: \"acme\") { target settings revision } }",
            json!({}),
        )
        .await;
    assert!(!shown.to_string().contains("planted-secret"));
    assert_eq!(shown["destination"]["target"]["secrets"]["key"], "[secret]");
    // Sent back as it was shown, with another price: the secret stays.
    let put = "mutation($target: TargetDocument!, $settings: DestinationSettings!) { putDestination(input: {
        name: \"acme\", target: $target, settings: $settings, expectedRevision: 1 }) {
        destination { revision price } userErrors { code path } } }";
    let variables =
        json!({ "target": shown["destination"]["target"], "settings": { "price": "13.00" } });
    let updated = site.ask("editor", put, variables.clone()).await;
    assert_eq!(
        updated["putDestination"]["destination"],
        json!({ "revision": 2, "price": "13.00" }),
        "{updated}"
    );
    let stored = site
        .platform
        .engine
        .store()
        .read()
        .find_destination("acme")
        .await
        .unwrap()
        .unwrap();
    assert!(stored.target_body.contains("planted-secret"));
    assert_eq!(
        errors(&site.ask("editor", put, variables).await["putDestination"]),
        ["conflict "]
    );
}

#[tokio::test]
async fn a_lead_can_be_followed_from_its_fields_to_each_probability() {
    let site = Site::open().await;
    let submit = "mutation($input: SubmitLeadInput!) { submitLead(input: $input) {
        outcome { leadId decisionId status } userErrors { code path hint } } }";
    let input = json!({ "flow": FLOW, "source": "web", "fields": { "state": "TX", "age": 30 } });
    let sent = site.ask("admin", submit, json!({ "input": input })).await;
    let id = &sent["submitLead"]["outcome"]["leadId"];
    let query = "query($id: ID!) { lead(id: $id) { id status fields decision {
        endState steps { number kind destination propensity available outlook { offers { destination propensity } unsold } trace { node arm } }
        explanation { steps { candidates { destination outcome } } } }
        deliveries { destination state attempts { outcome } } } node(id: $id) { __typename id } }";
    let shown = site.ask("analyst", query, json!({ "id": id })).await;
    let steps = shown["lead"]["decision"]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 3, "two offers and the end: {shown:#}");
    assert_eq!(steps[0]["propensity"], 0.5);
    assert_eq!(steps[0]["available"], json!(["acme", "zenith"]));
    assert_eq!(steps[1]["propensity"], 1.0);
    assert_eq!(shown["lead"]["deliveries"].as_array().unwrap().len(), 2);
    assert_eq!(shown["lead"]["deliveries"][0]["state"], "NOT_SENT");
    assert_eq!(shown["node"], json!({ "__typename": "Lead", "id": id }));

    let bad = json!({ "flow": "nowhere", "source": "web", "fields": {} });
    let refused = site.ask("admin", submit, json!({ "input": bad })).await;
    assert_eq!(errors(&refused["submitLead"]), ["unknown_flow flow"]);
    let bad = json!({ "flow": FLOW, "source": "web", "fields": { "age": 3 } });
    let refused = site.ask("admin", submit, json!({ "input": bad })).await;
    assert_eq!(
        errors(&refused["submitLead"]),
        ["missing_field fields.state", "out_of_range fields.age"]
    );
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let site = Site::open().await;
    for _ in 0..5 {
        let lead = json!({ "flow": FLOW, "fields": { "state": "CA" }, "source": "web" });
        site.post("/v1/leads", "admin", &lead).await;
    }
    let query = "query($after: String) { leads(first: 2, after: $after) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
    let (mut after, mut ids) = (Value::Null, Vec::new());
    loop {
        let page = site.ask("analyst", query, json!({ "after": after })).await;
        let page = &page["leads"];
        ids.extend(
            page["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| node["id"].to_string()),
        );
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let mut distinct = ids.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!((ids.len(), distinct.len()), (5, 5));
}
