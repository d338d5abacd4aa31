//! The operations that clients are given: each is run against a server on which it makes sense.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    caller::Caller,
    program::root,
    server::Server,
    site::BUYER_MS,
    wait::until,
};

/// Runs the operations of the folder, and remembers which.
struct Operations {
    admin: Caller,
    run: BTreeSet<String>,
}

impl Operations {
    /// Runs an operation that must go well.
    ///
    /// * `changes`: variables other than those that the file gives as an example.
    async fn run(&mut self, name: &str, changes: Value) -> Value {
        let path = root().join(format!("graphql/operations/{name}.graphql"));
        let query = std::fs::read_to_string(&path).unwrap();
        let example = query
            .lines()
            .find_map(|line| line.strip_prefix("# variables: "));
        let mut variables: Value = serde_json::from_str(example.unwrap()).unwrap();
        for (name, value) in changes.as_object().unwrap() {
            variables[name] = value.clone();
        }
        let data = self.admin.graphql(&query, &variables).await;
        self.run.insert(name.to_owned());
        for payload in data.as_object().unwrap().values() {
            let errors = &payload["userErrors"];
            assert!(
                errors.is_null() || *errors == json!([]),
                "{name}: {errors:#}"
            );
        }
        data
    }

    /// Fails unless every file of the folder was run.
    fn assert_all_run(&self) {
        let folder = std::fs::read_dir(root().join("graphql/operations")).unwrap();
        let names = folder.map(|entry| {
            let path = entry.unwrap().path();
            path.file_stem().unwrap().to_string_lossy().into_owned()
        });
        let missed: Vec<String> = names.filter(|name| !self.run.contains(name)).collect();
        assert!(
            missed.is_empty(),
            "give these operations a place in the story: {missed:?}"
        );
    }
}

/// A flow on which the examples of the operations make sense.
fn flow() -> Value {
    json!({
        "flow": "auto-insurance", "vertical": "auto", "currency": "USD", "root": "geo",
        "nodes": {
            "geo": {"kind": "table", "columns": ["state", "age"], "otherwise": "old",
                "rows": [{"cells": [["TX"], {"to": 21}], "to": "nobody"}]},
            "old": {"kind": "when", "if": "age >= 65", "then": "learned", "otherwise": "halves"},
            "halves": {"kind": "split", "arms": [
                {"weight_ppm": 500_000, "to": "acme"}, {"weight_ppm": 500_000, "to": "zenith"}]},
            "learned": {"kind": "bandit", "explore_ppm": 50_000, "arms": [{"to": "acme"}, {"to": "zenith"}]},
            "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
            "nobody": {"kind": "reject", "reason": "no buyer wants it"},
        },
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Saves, edits and publishes the flow, and gives the hashes of two versions; the second is live.
async fn publish(operations: &mut Operations) -> [String; 2] {
    let checked = operations
        .run("check-flow", json!({"document": flow()}))
        .await;
    assert_eq!(checked["checkFlow"]["isValid"], true, "{checked:#}");
    let draft = json!({"document": flow(), "expectedRevision": 0});
    let saved = operations.run("save-flow-draft", draft).await;
    assert_eq!(saved["saveFlowDraft"]["diagnostics"], json!([]));
    let first = operations.run("publish-flow", json!({})).await;
    assert!(first["publishFlow"]["moves"].is_null(), "{first:#}");
    let first = text(&first["publishFlow"]["flowVersion"]["hash"]).to_owned();
    let revision = json!({"expectedRevision": saved["saveFlowDraft"]["draft"]["revision"]});
    operations.run("edit-flow-draft", revision).await;
    let second = operations
        .run("publish-flow", json!({"message": "as edited"}))
        .await;
    assert_eq!(second["publishFlow"]["isNew"], true);
    assert!(second["publishFlow"]["live"].is_null());
    let moves = &second["publishFlow"]["moves"];
    assert_eq!(moves["from"]["hash"], *first, "{moves}");
    // From 50/50 to 70/30.
    let node = json!({
        "node": "halves", "sharePpm": 200_000,
        "message": "20 % of the people who draw at `halves` change arm",
    });
    assert_eq!(moves["nodes"], json!([node]), "{moves}");
    let second = text(&second["publishFlow"]["flowVersion"]["hash"]).to_owned();
    let to_second = json!({"version": second, "expected": {"version": first}});
    let moved = operations.run("move-stage", to_second.clone()).await;
    assert_eq!(moved["moveStage"]["stage"]["versionHash"], *second);
    let back = operations.run("roll-back-stage", json!({})).await;
    assert_eq!(back["rollBackStage"]["stage"]["versionHash"], *first);
    operations.run("move-stage", to_second).await;
    [first, second]
}

/// Reads everything about the flow and its versions.
async fn read_flow(operations: &mut Operations, [first, second]: &[String; 2]) {
    let listed = operations.run("flow-list", json!({})).await;
    assert_eq!(listed["flows"]["nodes"][0]["isLive"], true);
    let flow = operations.run("flow", json!({})).await;
    assert_eq!(
        flow["flow"]["versions"]["nodes"].as_array().unwrap().len(),
        2
    );
    let moves = &flow["flow"]["stage"]["moves"]["nodes"];
    assert_eq!(moves.as_array().unwrap().len(), 4, "{moves}");
    let version = operations
        .run("flow-version", json!({"hash": second}))
        .await;
    let nodes = version["flowVersion"]["nodes"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 7);
    let table = json!({"hash": second, "node": "geo"});
    let rows = operations.run("table-rows", table).await;
    assert_eq!(rows["flowVersion"]["node"]["rowCount"], 2);
    let diff = operations
        .run("flow-diff", json!({"from": first, "to": second}))
        .await;
    assert_eq!(
        diff["flowMoves"]["nodes"][0]["sharePpm"], 200_000,
        "{diff:#}"
    );
    let changes = diff["flowDiff"].as_array().unwrap();
    for node in ["geo", "halves", "old"] {
        assert!(
            changes.iter().any(|change| change["node"] == node),
            "{node}: {diff:#}"
        );
    }
    let destinations = operations.run("destinations", json!({})).await;
    operations.run("cap-alerts", json!({})).await;
    assert_eq!(
        destinations["destinations"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

/// Sends a lead, reports its sale, and reads everything about it.
async fn route_a_lead(operations: &mut Operations) {
    let created = operations.run("create-token", json!({})).await;
    let token = &created["createToken"]["token"]["id"];
    let ended = operations.run("revoke-token", json!({"id": token})).await;
    assert!(ended["revokeToken"]["token"]["revokedAt"].is_string());

    let submitted = operations.run("submit-lead", json!({})).await;
    let outcome = &submitted["submitLead"]["outcome"];
    assert_eq!(outcome["status"], "sold", "{submitted:#}");
    let lead = operations
        .run("lead", json!({"id": outcome["leadId"]}))
        .await;
    let lead = &lead["lead"];
    assert_eq!(lead["decision"]["id"], outcome["decisionId"]);
    assert_eq!(lead["deliveries"][0]["destination"], outcome["destination"]);
    let sale = json!({"input": {
        "clickId": lead["deliveries"][0]["clickId"], "txid": "order-7", "status": "SALE", "revenue": "12.50",
    }});
    let recorded = operations.run("record-conversion", sale).await;
    assert_eq!(recorded["recordConversion"]["outcome"], "APPLIED");
    let listed = operations.run("lead-list", json!({})).await;
    assert_eq!(listed["leads"]["nodes"][0]["id"], lead["id"]);
    assert_eq!(listed["leads"]["nodes"][0]["revenue"], "13.50");
    assert_eq!(listed["leadCounts"][0]["leads"], 1);
    let explained = operations
        .run("explanation", json!({"id": outcome["decisionId"]}))
        .await;
    let steps = &explained["decision"]["explanation"]["steps"];
    assert!(
        steps[0]["candidates"].as_array().unwrap().len() >= 2,
        "{explained:#}"
    );
    let what_if = operations.run("explain-lead", json!({})).await;
    let end = &what_if["explainLead"]["explanation"]["end"];
    assert_eq!(end["reason"], "no buyer wants it", "{what_if:#}");
    let predicate = operations.run("predicate", json!({})).await;
    let predicate = &predicate["predicate"];
    assert_eq!(predicate["reads"], json!(["state", "age"]), "{predicate:#}");
    assert!(
        predicate["history"]["leads"].as_i64() > Some(0),
        "{predicate:#}"
    );
    let found = operations
        .run("node", json!({"id": outcome["leadId"]}))
        .await;
    assert_eq!(found["node"]["__typename"], "Lead");
    let found = operations.run("node", json!({})).await;
    assert_eq!(found["node"]["__typename"], "Flow");
    let mut old = submitted_example();
    old["input"]["fields"] = json!({"state": "TX", "age": 70});
    old["input"]["idempotencyKey"] = "the old".into();
    operations.run("submit-lead", old).await;
    until("the leads are added up", async || {
        let found = operations.run("metrics", json!({})).await;
        let points = found["metrics"]["metrics"]["points"].as_array().unwrap();
        let sold = points.iter().filter(|it| it["status"] == "sold");
        let leads: Vec<&Value> = sold.map(|it| &it["leads"]).collect();
        (leads == [2]).then_some(())
    })
    .await;
    let changes = operations.run("changes", json!({})).await;
    let last = &changes["changes"]["nodes"][0];
    assert_eq!(last["kind"], "STAGE_MOVED", "{changes:#}");
    until("the bandit has learned", async || {
        let allocation = operations.run("bandit-weights", json!({})).await;
        (!allocation["banditWeights"][0].is_null()).then_some(())
    })
    .await;
    let series = operations.run("allocation-over-time", json!({})).await;
    let series = &series["allocationOverTime"];
    let n = series["epochs"].as_array().unwrap().len();
    assert!(n >= 1 && series["currency"] == "USD", "{series:#}");
    for column in ["times", "asOf", "isOwn", "explorationCost"] {
        assert_eq!(series[column].as_array().unwrap().len(), n, "{column}");
    }
    assert_eq!(series["arms"][1]["p95"].as_array().unwrap().len(), n);
}

fn submitted_example() -> Value {
    json!({"input": {"flow": "auto-insurance", "source": "web"}})
}

/// Asks what the other version would have done.
async fn simulate(operations: &mut Operations, [first, second]: &[String; 2]) {
    let scenario = json!({"flow": "auto-insurance", "candidate": first, "baseline": second});
    let started = operations
        .run("start-simulation", json!({"scenario": scenario}))
        .await;
    let id = &started["startSimulation"]["simulation"]["id"];
    let done = until("the simulation is done", async || {
        let found = operations.run("simulation", json!({"id": id})).await;
        let simulation = &found["simulation"];
        assert!(simulation["error"].is_null(), "{simulation:#}");
        (simulation["state"] == "DONE").then(|| simulation.clone())
    })
    .await;
    let verdict = &done["report"]["verdict"]["kind"];
    assert_eq!(verdict, "not_enough_evidence", "{done:#}");
    let points = done["sweep"]["points"].as_array().unwrap();
    let values: Vec<&Value> = points.iter().map(|point| &point["value"]).collect();
    assert_eq!(values, ["50", "55", "60", "65", "70", "75", "80"]);
    assert!(
        points
            .iter()
            .all(|point| point["isSupported"] == false && point["reason"].is_string()),
        "{done:#}"
    );
}

/// Plans an experiment, starts it, reads it and ends it with another live version.
async fn experiment(operations: &mut Operations) {
    // What few leads say is refused in words, and that is no mistake of the operation's.
    let path = root().join("graphql/operations/experiment-size.graphql");
    let query = std::fs::read_to_string(path).unwrap();
    let of_flow = json!({"flow": "auto-insurance", "metric": "REVENUE"});
    let refused = operations.admin.graphql(&query, &of_flow).await;
    assert_eq!(
        refused["experimentSize"]["userErrors"][0]["code"],
        "no_size"
    );
    operations.run.insert("experiment-size".to_owned());
    operations.run("create-experiment", json!({})).await;
    let started = operations.run("start-experiment", json!({})).await;
    assert_eq!(started["startExperiment"]["experiment"]["state"], "RUNNING");
    let found = operations.run("experiment", json!({})).await;
    assert_eq!(found["experiment"]["readout"]["advice"]["action"], "WAIT");
    let concluded = operations.run("conclude-experiment", json!({})).await;
    let end = &concluded["concludeExperiment"]["experiment"]["conclusion"];
    assert!(end["promotedVersionHash"].is_string(), "{concluded:#}");
}

/// Tries a version without sending anything, rolls it out by hand, and takes it back.
async fn roll_out(operations: &mut Operations, version: &str) {
    let of_version = json!({"version": version});
    operations.run("set-shadow", of_version).await;
    let found = operations.run("shadow", json!({})).await;
    assert_eq!(found["shadow"]["versionHash"], *version, "{found:#}");
    operations.run("clear-shadow", json!({})).await;
    let path = root().join("graphql/operations/start-rollout.graphql");
    let text = std::fs::read_to_string(path).unwrap();
    let example = text
        .lines()
        .find_map(|line| line.strip_prefix("# variables: "));
    let mut example: Value = serde_json::from_str(example.unwrap()).unwrap();
    example["input"]["version"] = version.into();
    operations.run("start-rollout", example).await;
    let found = operations.run("rollout", json!({})).await;
    assert_eq!(found["rollout"]["gate"]["state"], "WAITING", "{found:#}");
    for (name, state, step) in [
        ("advance", "RUNNING", 1),
        ("pause", "PAUSED", 1),
        ("resume", "RUNNING", 1),
        ("roll-back", "ROLLED_BACK", 1),
    ] {
        let changed = operations.run(&format!("{name}-rollout"), json!({})).await;
        let payload = changed.as_object().unwrap().values().next().unwrap();
        assert_eq!(payload["rollout"]["state"], state, "{changed:#}");
        assert_eq!(payload["rollout"]["step"], step);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_the_folder_runs() {
    let buyer = Buyer::always(Reply::Accept("1")).await;
    let mut server = Server::start();
    let mut operations = Operations {
        admin: server.admin(),
        run: BTreeSet::new(),
    };
    operations.run("put-lead-schema", json!({})).await;
    // The example of the file is a public address; here it is asked only whether it is taken.
    operations.run("put-destination", json!({})).await;
    for name in ["acme", "zenith"] {
        let destination = json!({"name": name, "target": buyer.target(BUYER_MS), "settings": {}});
        operations.run("put-destination", destination).await;
    }
    let versions = publish(&mut operations).await;
    read_flow(&mut operations, &versions).await;
    route_a_lead(&mut operations).await;
    simulate(&mut operations, &versions).await;
    experiment(&mut operations).await;
    roll_out(&mut operations, &versions[0]).await;
    operations.assert_all_run();
    server.stop();
}
