//! Versions that are tried without sending anything, and rolled out step by step.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    caller::Caller,
    experiments::{accepts, send},
    program::{pointsman, stdout_of},
    restart::verify,
    site::{Site, one_after_the_other, open_to_all, solar_flow, solar_lead},
    wait::until,
};

/// Within this time after its evidence a version has to be taken back.
pub(crate) const BACK_MAX: Duration = Duration::from_mins(1);

const ROLLOUT: &str = "query($name: String!) { rollout(name: $name) {
    state step revision versionHash
    gate { state reasons evidence { leads } }
    experiment { state sharePpm conclusion { decision by promotedVersionHash } }
    changes { by reason before { state step } after { state step }
        evidence { leads hours shadowLeads shadowMoved readout { advice { action } } } } } }";

const SHADOW: &str = "{ shadow(flow: \"solar\") {
    versionHash leads moved undecided behind since { by note } until { by note }
    cells { live { kind destination } candidate { kind destination } leads expectedLeads assumed accepted revenue }
    movedLeads { leadId live { destination } candidate { destination } probability isAssumed } } }";

pub(crate) async fn rollout(admin: &Caller, name: &str) -> Value {
    let mut data = admin.graphql(ROLLOUT, &json!({"name": name})).await;
    data["rollout"].take()
}

pub(crate) async fn shadow(admin: &Caller) -> Value {
    admin.graphql(SHADOW, &json!({})).await["shadow"].take()
}

/// Publishes a version that is not live, and gives its hash.
pub(crate) async fn published(admin: &Caller, document: &Value) -> Value {
    admin
        .change("saveFlowDraft", &json!({"document": document}), "")
        .await;
    let published = json!({"flow": "solar", "message": "to be tried"});
    let payload = admin
        .change("publishFlow", &published, "flowVersion { hash }")
        .await;
    payload["flowVersion"]["hash"].clone()
}

/// A rollout over a shadow and two shares; each step asks for some leads.
pub(crate) fn steps(name: &str, version: &Value, min_leads: u64) -> Value {
    let step = |exposure: Value| json!({"exposure": exposure, "gate": {"minLeads": min_leads}});
    json!({
        "name": name, "flow": "solar", "version": version, "primary": "ACCEPT_RATE",
        "guardrails": [{"metric": "ACCEPT_RATE", "worstPpm": 200_000}],
        "steps": [step(json!({"shadow": true})), step(json!({"sharePpm": 200_000})), step(json!({"sharePpm": 500_000}))],
    })
}

/// Waits until a rollout has come to a state and a step.
pub(crate) async fn reached(admin: &Caller, name: &str, state: &str, step: u64) -> Value {
    until(&format!("{name} is {state} at {step}"), async || {
        let found = rollout(admin, name).await;
        (found["state"] == state && found["step"] == step).then_some(found)
    })
    .await
}

/// The old get another buyer first.
fn by_age() -> Value {
    let nodes = json!({
        "old": {"kind": "when", "if": "age >= 65", "then": "zenith-first", "otherwise": "acme-first"},
        "zenith-first": {"kind": "waterfall", "to": ["zenith", "acme"]},
        "acme-first": {"kind": "waterfall", "to": ["acme", "zenith"]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
    });
    solar_flow("old", &nodes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shadow_tells_who_would_have_got_what_and_survives_a_kill() {
    let acme = Buyer::scripted(accepts(6, "4")).await;
    let zenith = Buyer::always(Reply::Accept("3")).await;
    let destinations = [open_to_all("acme", &acme), open_to_all("zenith", &zenith)];
    let mut site = Site::open(&one_after_the_other(&["acme", "zenith"]), &destinations).await;
    let version = published(&site.admin, &by_age()).await;
    let set = json!({"flow": "solar", "version": version, "note": "what if"});
    site.admin
        .change("setShadow", &set, "shadow { number }")
        .await;
    let n_leads = 400;
    for n in 0..n_leads {
        let mut lead = solar_lead();
        lead["fields"]["age"] = if n % 4 == 0 { 70 } else { 30 }.into();
        assert_eq!(site.source().lead(&lead).await.status, 200);
        if n == 150 || n == 300 {
            site.server.kill();
            site.start_again();
        }
    }
    let found = until("all leads are known", async || {
        let found = shadow(&site.admin).await;
        (found["leads"] == n_leads).then_some(found)
    })
    .await;
    assert_eq!(found["moved"], n_leads / 4, "{found:#}");
    assert_eq!(found["undecided"], 0);
    assert_eq!(found["since"]["note"], "what if");
    let cells = found["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 2, "{found:#}");
    for (cell, to, leads) in [(&cells[0], "acme", 300), (&cells[1], "zenith", 100)] {
        assert_eq!(cell["live"]["destination"], "acme");
        assert_eq!(cell["candidate"]["destination"], to);
        assert_eq!(cell["leads"], leads, "{cell}");
        assert_eq!(cell["expectedLeads"], f64::from(leads));
        assert_eq!(cell["accepted"], leads);
        assert_eq!(cell["assumed"], 0);
    }
    // Six of ten leads bring 4, the others 3.
    let money = |cell: &Value| cell["revenue"].as_str().unwrap().parse::<f64>().unwrap();
    let total = money(&cells[0]) + money(&cells[1]);
    assert!((total - 400.0 * 3.6).abs() < 1e-6, "{total}");
    assert_eq!(found["movedLeads"].as_array().unwrap().len(), 20);
    // Nobody got anything because of it.
    assert_eq!(acme.posts().len(), 400);
    assert_eq!(zenith.posts().len(), 160);

    let cleared = json!({"flow": "solar", "note": "seen enough"});
    site.admin.change("clearShadow", &cleared, "").await;
    send(&site.source(), 50).await;
    let ended = until("its last leads are known", async || {
        let found = shadow(&site.admin).await;
        (found["behind"] == 0).then_some(found)
    })
    .await;
    assert_eq!(ended["leads"], n_leads);
    assert_eq!(ended["until"]["note"], "seen enough");
    let refused = site.admin.mutation("clearShadow", &cleared, "").await;
    assert_eq!(refused["userErrors"][0]["code"], "not_found", "{refused}");
    site.server.stop();
    verify(&site.server.database(), 450);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_version_goes_all_the_way_by_its_gates() {
    let good = Buyer::scripted(accepts(5, "5")).await;
    let better = Buyer::scripted(accepts(8, "5")).await;
    let destinations = [open_to_all("good", &good), open_to_all("better", &better)];
    let mut site = Site::open(&one_after_the_other(&["good"]), &destinations).await;
    let admin = site.admin.clone();
    let version = published(&admin, &one_after_the_other(&["better"])).await;
    let mut plan = steps("better-first", &version, 100);
    plan["steps"][2]["gate"]["requiresShip"] = true.into();
    admin
        .change("startRollout", &plan, "rollout { state }")
        .await;
    let n_better = better.posts().len();
    send(&site.source(), 100).await;
    assert_eq!(better.posts().len(), n_better);
    reached(&admin, "better-first", "RUNNING", 1).await;
    assert!(shadow(&admin).await["until"]["by"] == "rollout");
    // What belongs to a rollout is moved by it alone.
    let pause = json!({"name": "better-first"});
    let refused = admin.mutation("pauseExperiment", &pause, "").await;
    assert_eq!(refused["userErrors"][0]["code"], "rollout_running");
    let mut n_leads = 100;
    for (step, state) in [(2, "RUNNING"), (2, "LIVE")] {
        // Until the gate opens: it may take more leads than the fewest.
        loop {
            send(&site.source(), 400).await;
            n_leads += 400;
            let found = rollout(&admin, "better-first").await;
            if found["state"] == state && found["step"] == step {
                break;
            }
            assert!(n_leads < 8_000, "{found:#}");
            if found["gate"]["state"] == "OPEN" {
                reached(&admin, "better-first", state, step).await;
                break;
            }
        }
    }
    let done = rollout(&admin, "better-first").await;
    assert_eq!(done["experiment"]["conclusion"]["decision"], "SHIP");
    assert_eq!(
        done["experiment"]["conclusion"]["promotedVersionHash"],
        version
    );
    let changes = done["changes"].as_array().unwrap();
    let way: Vec<String> = changes
        .iter()
        .map(|it| {
            let (by, after) = (&it["by"], &it["after"]);
            format!("{by} {} {}", after["state"], after["step"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        way[1..],
        ["rollout RUNNING 1", "rollout RUNNING 2", "rollout LIVE 2"]
    );
    assert_eq!(
        changes[1]["evidence"]["shadowMoved"],
        changes[1]["evidence"]["shadowLeads"]
    );
    assert_eq!(
        changes[3]["evidence"]["readout"]["advice"]["action"],
        "SHIP"
    );
    let n_good = good.posts().len();
    send(&site.source(), 50).await;
    n_leads += 50;
    assert_eq!(good.posts().len(), n_good);
    let refused = admin.mutation("rollBackRollout", &pause, "").await;
    assert_eq!(refused["userErrors"][0]["code"], "wrong_state");
    site.server.stop();
    verify(&site.server.database(), n_leads);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_harmful_version_is_taken_back_by_itself() {
    let good = Buyer::always(Reply::Accept("5")).await;
    let bad = Buyer::scripted(accepts(4, "9")).await;
    let destinations = [open_to_all("good", &good), open_to_all("bad", &bad)];
    let mut site = Site::open(&one_after_the_other(&["good"]), &destinations).await;
    let admin = site.admin.clone();
    let version = published(&admin, &one_after_the_other(&["bad"])).await;
    let mut plan = steps("dear", &version, 100_000);
    plan["steps"].as_array_mut().unwrap().remove(0);
    admin.change("startRollout", &plan, "").await;
    send(&site.source(), 1_500).await;
    let evident = Instant::now();
    let back = until("it is taken back", async || {
        let found = rollout(&admin, "dear").await;
        (found["state"] == "ROLLED_BACK").then_some(found)
    })
    .await;
    assert!(evident.elapsed() < BACK_MAX);
    let last = back["changes"].as_array().unwrap().last().unwrap();
    assert_eq!(last["by"], "rollout", "{last}");
    assert!(
        last["reason"].as_str().unwrap().contains("accept rate"),
        "{last}"
    );
    assert_eq!(back["experiment"]["state"], "CONCLUDED");
    assert_eq!(back["experiment"]["conclusion"]["decision"], "KEEP");
    let n_bad = bad.posts().len();
    send(&site.source(), 200).await;
    assert_eq!(bad.posts().len(), n_bad);
    // The way is free for another one.
    let again = steps("dear-again", &version, 50);
    admin.change("startRollout", &again, "").await;
    site.server.stop();
    verify(&site.server.database(), 1_700);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_may_go_faster_stop_and_turn_back() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let destinations = [open_to_all("acme", &buyer), open_to_all("zenith", &buyer)];
    let mut site = Site::open(&one_after_the_other(&["acme"]), &destinations).await;
    let admin = site.admin.clone();
    let version = published(&admin, &one_after_the_other(&["zenith"])).await;
    // Everything that is wrong is told at once.
    let mut bad = steps("Bad name", &version, 0);
    bad["steps"][2]["exposure"] = json!({"sharePpm": 100_000});
    bad["guardrails"] = json!([]);
    let refused = admin.mutation("startRollout", &bad, "").await;
    let errors = refused["userErrors"].as_array().unwrap();
    let told: Vec<String> = errors.iter().map(|it| it["path"].to_string()).collect();
    for path in [
        r#"["name"]"#,
        r#"["guardrails"]"#,
        r#"["steps","0","gate","minLeads"]"#,
        r#"["steps","2","exposure"]"#,
    ] {
        assert!(told.iter().any(|it| it == path), "{path}: {told:?}");
    }
    // From the command line, while the server runs.
    let database = site.server.database();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rollout.toml");
    let text = format!(
        "flow = \"solar\"\nversion = {version}\nprimary = \"revenue\"\n\
         guardrails = [{{ metric = \"accept_rate\", worst_ppm = 100000 }}]\n\
         steps = [{{ exposure = \"shadow\", gate = {{ min_leads = 1000 }} }},\n\
         {{ exposure = {{ canary = 300000 }}, gate = {{ min_hours = 24 }} }}]\n"
    );
    std::fs::write(&file, text).unwrap();
    let run = |more: &[&str]| {
        let mut command = pointsman();
        command.args(["rollout", more[0], "--db"]).arg(&database);
        command.args(&more[1..]);
        stdout_of(&mut command)
    };
    let said = run(&["start", "slow", "--plan", file.to_str().unwrap()]);
    assert!(said.contains("step 1 of 2: shadow"), "{said}");
    let clear = json!({"flow": "solar"});
    let refused = admin.mutation("clearShadow", &clear, "").await;
    assert_eq!(refused["userErrors"][0]["code"], "rollout_running");
    let other = admin
        .mutation("startRollout", &steps("other", &version, 5), "")
        .await;
    assert_eq!(other["userErrors"][0]["code"], "rollout_running");
    let on = json!({"name": "slow", "reason": "no time", "revision": 1});
    admin.change("advanceRollout", &on, "").await;
    let stale = admin.mutation("advanceRollout", &on, "").await;
    assert_eq!(stale["userErrors"][0]["code"], "conflict");
    send(&site.source(), 100).await;
    let said = run(&["pause", "slow", "--reason", "lunch"]);
    assert!(said.contains("paused"), "{said}");
    let paused = rollout(&admin, "slow").await;
    assert_eq!(paused["experiment"]["state"], "PAUSED");
    let refused = admin
        .mutation("advanceRollout", &json!({"name": "slow"}), "")
        .await;
    assert_eq!(refused["userErrors"][0]["code"], "wrong_state");
    let said = run(&["start", "slow"]);
    assert!(said.contains("running"), "{said}");
    let resumed = rollout(&admin, "slow").await;
    assert_eq!(resumed["experiment"]["state"], "RUNNING");
    assert_eq!(resumed["gate"]["evidence"]["leads"], 0, "{resumed:#}");
    let said = run(&["back", "slow", "--reason", "not today"]);
    assert!(said.contains("rolled back"), "{said}");
    let listed = run(&["list"]);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    let back = rollout(&admin, "slow").await;
    let changes = back["changes"].as_array().unwrap();
    let reasons: Vec<&Value> = changes.iter().map(|it| &it["reason"]).collect();
    assert_eq!(
        reasons,
        ["started", "no time", "lunch", "resumed", "not today"]
    );
    site.server.stop();
    verify(&site.server.database(), 100);
}
