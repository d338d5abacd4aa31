//! Rotations: fair also when everybody comes at once, and the same after a crash and an edit.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    buyer::{Buyer, Reply},
    program::{pointsman, stdout_of},
    restart::verify,
    site::{Site, open_to_all, publish, solar_flow, solar_lead},
    wait::until,
};

fn two_arms(by: &str, monthly: &[Value; 2]) -> Value {
    let arm = |name: &str, monthly: &Value| match monthly {
        Value::Null => json!({"to": name}),
        monthly => json!({"to": name, "monthly": monthly}),
    };
    let nodes = json!({
        "fair": {"kind": "rotate", "by": by, "arms": [arm("acme", &monthly[0]), arm("zenith", &monthly[1])]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
    });
    solar_flow("fair", &nodes)
}

fn in_turn() -> Value {
    two_arms("least_recently_sold", &[Value::Null, Value::Null])
}

async fn site(flow: &Value, acme: &Buyer, zenith: &Buyer) -> Site {
    Site::open(
        flow,
        &[open_to_all("acme", acme), open_to_all("zenith", zenith)],
    )
    .await
}

/// Sends leads all at once.
fn send(site: &Site, n_leads: usize) -> JoinSet<Value> {
    let mut leads = JoinSet::new();
    for _ in 0..n_leads {
        let source = site.source();
        leads.spawn(async move { source.lead(&solar_lead()).await.json() });
    }
    leads
}

/// Sends leads one after the other, and says who bought them.
async fn sell(site: &Site, n_leads: usize) -> Vec<String> {
    let mut sold = Vec::new();
    for _ in 0..n_leads {
        let answer = site.source().lead(&solar_lead()).await.json();
        sold.push(answer["destination"].as_str().unwrap().to_owned());
    }
    sold
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_are_shared_evenly_also_by_buyers_who_keep_us_waiting() {
    // Neither answers before all fifty are decided: turns are taken when a lead is offered.
    let (acme, zenith) = (
        Buyer::always(Reply::AcceptOnWord("5")).await,
        Buyer::always(Reply::AcceptOnWord("5")).await,
    );
    let mut site = site(&in_turn(), &acme, &zenith).await;
    let leads = send(&site, 50);
    until("all fifty are offered", async || {
        (acme.posts().len() + zenith.posts().len() == 50).then_some(())
    })
    .await;
    assert_eq!((acme.posts().len(), zenith.posts().len()), (25, 25));
    acme.give_word(25);
    zenith.give_word(25);
    leads.join_all().await;

    // Whose turn it is survives a crash, also one between an offer and its answer.
    acme.give_word(1);
    assert_eq!(sell(&site, 1).await, ["acme"]);
    let mut cut_off = send(&site, 1);
    until("one more is offered", async || {
        (zenith.posts().len() == 26).then_some(())
    })
    .await;
    site.server.kill();
    cut_off.abort_all();
    site.start_again();
    acme.give_word(2);
    zenith.give_word(2);
    // Nobody knows whether `zenith` has the lead of the crash: its turn stays taken.
    assert_eq!(sell(&site, 2).await, ["acme", "zenith"]);
    site.server.stop();
    verify(&site.server.database(), 54);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_gives_the_turn_to_the_next_arm_and_back() {
    let script = |n: usize| match n {
        0 => Reply::Reject,
        _ => Reply::Accept("5"),
    };
    let (acme, zenith) = (
        Buyer::scripted(script).await,
        Buyer::always(Reply::Accept("5")).await,
    );
    let mut site = site(&in_turn(), &acme, &zenith).await;
    assert_eq!(
        sell(&site, 4).await,
        ["zenith", "acme", "zenith", "acme"],
        "the first lead went to `zenith`, since `acme` refused it and is still next"
    );
    site.server.stop();
    verify(&site.server.database(), 4);
}

const ROTATIONS: &str = "query($id: ID!) { lead(id: $id) { decision {
    steps { propensity rotations { node charged arms { name lastAt today thisMonth } } }
    explanation { steps { rotations { node charged arms { arm detail } } } } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_deficit_is_shared_by_targets_survives_an_edit_and_is_explained() {
    let (acme, zenith) = (
        Buyer::always(Reply::Accept("5")).await,
        Buyer::always(Reply::Accept("5")).await,
    );
    let flow = two_arms("deficit", &[json!(30), json!(10)]);
    let mut site = site(&flow, &acme, &zenith).await;
    sell(&site, 40).await;
    assert_eq!((acme.posts().len(), zenith.posts().len()), (30, 10));

    // Equal targets from now on: what was sold before still counts.
    let edits = json!({"flow": "solar", "edits": [
        {"setTargets": {"node": "fair", "arm": "zenith", "monthly": 30}}]});
    let draft = json!({"document": flow});
    site.admin
        .change("saveFlowDraft", &draft, "draft { revision }")
        .await;
    let edited = site
        .admin
        .change("editFlowDraft", &edits, "draft { document }")
        .await;
    publish(&site.admin, &edited["draft"]["document"]).await;
    assert_eq!(sell(&site, 20).await, ["zenith"; 20]);

    let answer = site.source().lead(&solar_lead()).await.json();
    let id = json!({"id": answer["lead_id"]});
    let told = site.admin.graphql(ROTATIONS, &id).await;
    let decision = &told["lead"]["decision"];
    assert_eq!(decision["steps"][0]["propensity"], 1.0);
    let rotation = &decision["steps"][0]["rotations"][0];
    let arms = &rotation["arms"];
    // Both are full, and `acme` has waited longer.
    assert_eq!(rotation["charged"], "acme");
    assert_eq!(
        (
            &arms[0]["name"],
            &arms[0]["thisMonth"],
            &arms[1]["thisMonth"]
        ),
        (&json!("acme"), &json!(30), &json!(30)),
        "{rotation:#}"
    );
    let words = &decision["explanation"]["steps"][0]["rotations"][0]["arms"][1]["detail"];
    let words = words.as_str().unwrap();
    assert!(
        words.starts_with("30 of 30 this month, last sold "),
        "{words}"
    );
    site.server.stop();
    verify(&site.server.database(), 61);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_flow_that_was_live_replays_on_its_own_history_with_weight_one() {
    let script = |n: usize| match n % 3 {
        0 => Reply::Reject,
        _ => Reply::Accept("5"),
    };
    let (acme, zenith) = (
        Buyer::scripted(script).await,
        Buyer::always(Reply::Accept("5")).await,
    );
    let mut site = site(&in_turn(), &acme, &zenith).await;
    sell(&site, 30).await;
    site.server.stop();

    let folder = tempfile::tempdir().unwrap();
    let database = site.server.database();
    let mut export = pointsman();
    export.args(["export", "--flow", "solar", "--db"]);
    export.arg(&database).arg(folder.path().join("log.parquet"));
    stdout_of(&mut export);
    std::fs::write(folder.path().join("flow.json"), in_turn().to_string()).unwrap();
    let scenario = "name = \"own\"\nlog = \"log.parquet\"\ncandidate = \"flow.json\"\nreward = { unit = \"USD\" }\nattribution_window = 0\n";
    std::fs::write(folder.path().join("scenario.toml"), scenario).unwrap();
    let mut simulate = pointsman();
    simulate.arg("simulate").arg(folder.path());
    simulate.args(["--output", "json"]);
    let report: Value = serde_json::from_str(&stdout_of(&mut simulate)).unwrap();
    let candidate = &report["candidate"];
    assert_eq!(
        (
            &candidate["n"],
            &candidate["mean_weight"],
            &candidate["max_weight"]
        ),
        (&json!(30), &json!(1.0), &json!(1.0)),
        "{report:#}"
    );
    assert_eq!(report["difference"]["diff"], 0.0);
    assert_eq!(candidate["unsupported_share"], 0.0);
    let warnings = report["warnings"].to_string();
    assert!(!warnings.contains("rotation"), "{warnings}");
}
