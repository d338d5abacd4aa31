//! Experiments on live traffic, from the plan to the version that wins.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    buyer::{Buyer, Reply},
    caller::Caller,
    restart::verify,
    site::{Site, one_after_the_other, open_to_all, publish, solar_flow, solar_lead},
    wait::until,
};

/// Connections that send.
const CLIENTS: usize = 16;
/// Within this time after its evidence a guardrail has to act.
const GUARDRAIL_MAX: Duration = Duration::from_mins(1);

const READOUT: &str = "query($name: String!) { experiment(name: $name) {
    state revision sharePpm
    readout { arms { name leads units waiting notComparable }
        split { pValue isBroken }
        comparisons { arm metric role verdict whyNot whyNotAdjusted
            adjusted { covariates varianceRemoved effect { method } } effect { difference interval { low high } units } }
        notes advice { action arm sentence } }
    changes { by state sharePpm note }
    conclusion { decision arm reason by promotedVersionHash readout { advice { action } } } } }";

const SIZE: &str = "{ experimentSize(input: {flow: \"solar\", metric: REVENUE, smallestEffectPpm: 150000}) {
    size { mean difference leads days leadsForOneLook daysForOneLook } userErrors { code message } } }";

/// Accepts so many of each ten posts.
pub(crate) fn accepts(of_ten: usize, price: &'static str) -> impl Fn(usize) -> Reply + Send + Sync {
    // Spread out, so that no stretch of posts is better than another.
    move |n| {
        if (n * 7) % 10 < of_ten {
            Reply::Accept(price)
        } else {
            Reply::Reject
        }
    }
}

/// Half of the leads to each of two buyers first; what one refuses the other gets.
pub(crate) fn halves() -> Value {
    let nodes = json!({
        "halves": {"kind": "split", "arms": [
            {"weight_ppm": 500_000, "to": "acme"}, {"weight_ppm": 500_000, "to": "zenith"}]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
    });
    solar_flow("halves", &nodes)
}

/// Sends leads over several connections.
pub(crate) async fn send(caller: &Caller, n_leads: usize) {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let caller = caller.clone();
        let n_own = n_leads / CLIENTS + usize::from(client < n_leads % CLIENTS);
        clients.spawn(async move {
            for n in 0..n_own {
                let mut lead = solar_lead();
                lead["fields"]["age"] = json!(20 + (n + 7 * client) % 50);
                let answer = caller.lead(&lead).await;
                assert_eq!(answer.status, 200, "{answer:?}");
            }
        });
    }
    clients.join_all().await;
}

pub(crate) async fn experiment(admin: &Caller, name: &str) -> Value {
    let mut data = admin.graphql(READOUT, &json!({"name": name})).await;
    data["experiment"].take()
}

/// Waits until all leads that were sent are counted, and gives the experiment.
pub(crate) async fn counted(admin: &Caller, name: &str, n_leads: u64) -> Value {
    until("all leads are counted", async || {
        let found = experiment(admin, name).await;
        let arms = found["readout"]["arms"].as_array().unwrap().clone();
        let leads = arms.iter().map(|arm| arm["leads"].as_u64().unwrap());
        (leads.sum::<u64>() == n_leads).then_some(found)
    })
    .await
}

pub(crate) fn of_halves(name: &str) -> Value {
    json!({
        "name": name, "flow": "solar", "hypothesis": "zenith pays more",
        "subject": {"split": {"node": "halves", "arms": ["acme", "zenith"]}},
        "primary": "REVENUE", "secondary": ["ACCEPT_RATE"], "covariates": ["age"],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_better_of_two_buyers_gets_all_leads_in_the_end() {
    let acme = Buyer::scripted(accepts(6, "4")).await;
    let zenith = Buyer::scripted(accepts(8, "6")).await;
    let destinations = [open_to_all("acme", &acme), open_to_all("zenith", &zenith)];
    let mut site = Site::open(&halves(), &destinations).await;
    let admin = site.admin.clone();
    // Leads from before the start take no part. They say how many the experiment needs.
    send(&site.source(), 200).await;
    let size = admin.graphql(SIZE, &json!({})).await["experimentSize"].take();
    assert_eq!(size["userErrors"], json!([]));
    let n_needed = size["size"]["leads"].as_u64().unwrap();
    assert!((100..6_000).contains(&n_needed), "{size}");
    admin
        .change("createExperiment", &of_halves("ab"), "experiment { state }")
        .await;
    let planned = experiment(&admin, "ab").await;
    assert_eq!(planned["state"], "DRAFT");
    assert_eq!(planned["readout"]["advice"]["action"], "WAIT");
    admin
        .change("startExperiment", &json!({"name": "ab"}), "")
        .await;
    send(&site.source(), 3_000).await;
    let found = counted(&admin, "ab", 3_000).await;
    let advice = &found["readout"]["advice"];
    assert_eq!(advice["action"], "SHIP", "{found:#}");
    assert_eq!(advice["arm"], "zenith");
    assert_eq!(found["readout"]["split"]["isBroken"], false);
    // Age has nothing to do with what a lead brings, and removes next to nothing.
    let adjusted = &found["readout"]["comparisons"][0]["adjusted"];
    assert_eq!(adjusted["covariates"], json!(["age"]), "{found:#}");
    assert_eq!(adjusted["effect"]["method"], "ADJUSTED");
    assert!(adjusted["varianceRemoved"].as_f64().unwrap().abs() < 0.05);

    let end = json!({"name": "ab", "decision": {"ship": "zenith"}, "reason": "it pays more",
        "promote": true, "revision": found["revision"]});
    admin.change("concludeExperiment", &end, "").await;
    let concluded = experiment(&admin, "ab").await;
    assert_eq!(concluded["state"], "CONCLUDED");
    let conclusion = &concluded["conclusion"];
    assert_eq!(conclusion["decision"], "SHIP");
    assert_eq!(conclusion["readout"]["advice"]["action"], "SHIP");
    let live = admin
        .graphql(
            "{ flow(name: \"solar\") { stage { versionHash } } }",
            &json!({}),
        )
        .await;
    assert_eq!(
        live["flow"]["stage"]["versionHash"],
        conclusion["promotedVersionHash"]
    );

    let n_before = acme.posts().len();
    for _ in 0..20 {
        let sold = site.source().lead(&solar_lead()).await.json();
        let stored = site.lead(sold["lead_id"].as_str().unwrap()).await;
        assert_eq!(stored["decision"]["steps"][0]["destination"], "zenith");
    }
    // The other buyer gets what the winner refuses.
    assert!(acme.posts().len() < n_before + 20);
    // What is decided stays decided.
    let refused = admin
        .mutation("pauseExperiment", &json!({"name": "ab"}), "")
        .await;
    assert_eq!(refused["userErrors"][0]["code"], "wrong_state");
    site.server.stop();
    verify(&site.server.database(), 3_220);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_harms_is_taken_back_by_itself() {
    let good = Buyer::always(Reply::Accept("5")).await;
    let bad = Buyer::scripted(accepts(4, "9")).await;
    let destinations = [open_to_all("good", &good), open_to_all("bad", &bad)];
    let mut site = Site::open(&one_after_the_other(&["good"]), &destinations).await;
    let admin = site.admin.clone();
    let draft = json!({"document": one_after_the_other(&["bad"])});
    admin.change("saveFlowDraft", &draft, "").await;
    let published = json!({"flow": "solar", "message": "only the dear one"});
    let payload = admin
        .change("publishFlow", &published, "flowVersion { hash }")
        .await;
    let candidate = payload["flowVersion"]["hash"].clone();
    let plan = json!({
        "name": "dear", "flow": "solar", "primary": "REVENUE",
        "subject": {"candidate": {"version": candidate, "sharePpm": 100_000}},
        "guardrails": [{"metric": "ACCEPT_RATE", "worstPpm": 200_000}],
    });
    admin.change("createExperiment", &plan, "").await;
    admin
        .change("startExperiment", &json!({"name": "dear"}), "")
        .await;
    // The live version stays what it is compared with.
    let moved = json!({"flow": "solar", "stage": "live", "version": candidate});
    let refused = admin.mutation("moveStage", &moved, "").await;
    assert_eq!(refused["userErrors"][0]["code"], "experiment_running");
    let share = json!({"name": "dear", "sharePpm": 300_000, "note": "more of it"});
    admin.change("setExperimentShare", &share, "").await;
    send(&site.source(), 2_000).await;
    let n_bad = bad.posts().len();
    // Perhaps it was stopped before all of them came.
    assert!((100..750).contains(&n_bad), "{n_bad}");
    let evident = Instant::now();
    let paused = until("the guardrail acts", async || {
        let found = experiment(&admin, "dear").await;
        (found["state"] == "PAUSED").then_some(found)
    })
    .await;
    assert!(evident.elapsed() < GUARDRAIL_MAX);
    let last = paused["changes"].as_array().unwrap().last().unwrap();
    assert_eq!(last["by"], "guardrail", "{last}");
    assert!(
        last["note"]
            .as_str()
            .unwrap()
            .contains("accept rate of `candidate`")
    );
    let n_bad = bad.posts().len();
    send(&site.source(), 200).await;
    assert_eq!(bad.posts().len(), n_bad);
    let end = json!({"name": "dear", "decision": {"keep": true}, "reason": "fewer are taken"});
    admin.change("concludeExperiment", &end, "").await;
    publish(&admin, &one_after_the_other(&["bad"])).await;
    site.server.stop();
    verify(&site.server.database(), 2_200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_refused_with_all_that_is_wrong_with_it() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let destinations = [open_to_all("acme", &buyer), open_to_all("zenith", &buyer)];
    let site = Site::open(&halves(), &destinations).await;
    let plan = json!({
        "name": "A b", "flow": "solar", "primary": "REVENUE", "windowHours": 9_999,
        "confidencePpm": 5, "subject": {"split": {"node": "halves", "arms": ["acme", "zeniht"]}},
    });
    let refused = site
        .admin
        .mutation("createExperiment", &plan, "experiment { name }")
        .await;
    let errors = refused["userErrors"].as_array().unwrap();
    let told: Vec<String> = errors
        .iter()
        .map(|error| format!("{} {}", error["code"].as_str().unwrap(), error["path"]))
        .collect();
    for expected in [
        r#"bad_name ["name"]"#,
        r#"out_of_range ["windowHours"]"#,
        r#"out_of_range ["confidencePpm"]"#,
        r#"unknown_arm ["arms","1"]"#,
    ] {
        assert!(told.iter().any(|it| it == expected), "{expected}: {told:?}");
    }
    let of_node = json!({"name": "ab", "flow": "solar", "primary": "REVENUE",
        "subject": {"split": {"node": "halvs", "arms": ["acme", "zenith"]}}});
    let refused = site.admin.mutation("createExperiment", &of_node, "").await;
    assert_eq!(refused["userErrors"][0]["hint"], "did you mean `halves`?");
    let nothing = json!({"name": "none"});
    let refused = site.admin.mutation("startExperiment", &nothing, "").await;
    assert_eq!(refused["userErrors"][0]["code"], "not_found");
}
