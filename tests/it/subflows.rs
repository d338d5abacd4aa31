//! One flow in another: followed as its live version moves, or pinned to a version for good.

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    restart::verify,
    site::{Site, open_to_all, publish, solar_lead},
    wait::until,
};

/// The flow that stands in others: all of its leads go to one destination.
fn common(destination: &str) -> Value {
    json!({
        "flow": "common", "vertical": "solar", "currency": "USD", "root": "rich",
        "nodes": {
            "rich": {"kind": "when", "if": "score >= 80", "then": "best", "otherwise": "no"},
            "score": {"kind": "derive", "value": "age * 2", "default": 0},
            "best": {"kind": "bandit", "explore_ppm": 100_000, "arms": [{"to": destination, "name": "the one"}]},
            "no": {"kind": "reject", "reason": "too young"},
            destination: {"kind": "destination"},
        },
    })
}

/// A flow that is nothing but the other one.
fn parent(flow: &str, version: Option<&str>) -> Value {
    let mut inner = json!({"kind": "subflow", "flow": "common"});
    if let Some(version) = version {
        inner["version"] = version.into();
    }
    json!({"flow": flow, "vertical": "solar", "currency": "USD", "root": "inner", "nodes": {"inner": inner}})
}

/// Sends a lead to a flow, and gives what came of it.
async fn sent(site: &Site, flow: &str, age: u8) -> Value {
    let mut lead = solar_lead();
    lead["flow"] = flow.into();
    lead["fields"]["age"] = age.into();
    site.source().lead(&lead).await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_followed_subflow_moves_with_its_live_version_and_a_pinned_one_stays() {
    let buyer = Buyer::always(Reply::Accept("5.00")).await;
    let destinations = ["sunny", "shady"].map(|name| open_to_all(name, &buyer));
    let mut site = Site::open(&common("sunny"), &destinations).await;
    let first = publish(&site.admin, &common("sunny")).await;
    publish(&site.admin, &parent("follows", None)).await;
    publish(&site.admin, &parent("pinned", Some(&first))).await;
    for flow in ["common", "follows", "pinned"] {
        assert_eq!(
            sent(&site, flow, 50).await["destination"],
            "sunny",
            "{flow}"
        );
    }
    assert_eq!(sent(&site, "follows", 20).await["reason"], "too young");

    publish(&site.admin, &common("shady")).await;
    for (flow, destination) in [
        ("common", "shady"),
        ("follows", "shady"),
        ("pinned", "sunny"),
    ] {
        assert_eq!(
            sent(&site, flow, 50).await["destination"],
            destination,
            "{flow}"
        );
    }

    // A version that ends in the flow which follows it would have no end.
    let mut circular = common("shady");
    circular["nodes"]["no"] = json!({"kind": "subflow", "flow": "follows"});
    let draft = json!({"document": circular});
    let saved = site
        .admin
        .change("saveFlowDraft", &draft, "diagnostics { code node }")
        .await;
    assert_eq!(saved["diagnostics"][0]["code"], "cycle", "{saved:#}");

    // One in another currency is sound by itself, but not in the place where it stands.
    let mut euros = common("shady");
    euros["currency"] = "EUR".into();
    site.admin
        .change("saveFlowDraft", &json!({"document": euros}), "")
        .await;
    let input = json!({"flow": "common", "message": "in euros"});
    let published = site
        .admin
        .change("publishFlow", &input, "flowVersion { hash }")
        .await;
    let hash = &published["flowVersion"]["hash"];
    let input = json!({"flow": "common", "stage": "live", "version": hash});
    let moved = site.admin.mutation("moveStage", &input, "").await;
    let error = &moved["userErrors"][0];
    assert_eq!(error["code"], "wrong_currency", "{moved:#}");
    assert!(
        error["message"].as_str().unwrap().contains("`follows`"),
        "{moved:#}"
    );
    assert_eq!(sent(&site, "follows", 50).await["destination"], "shady");

    site.server.kill();
    site.start_again();
    assert_eq!(sent(&site, "follows", 50).await["destination"], "shady");
    assert_eq!(sent(&site, "pinned", 50).await["destination"], "sunny");
    let query = "{ banditWeights(flow: \"common\") { node arms { name } } }";
    let arm = until(
        "the node learns under the name of its own flow",
        async || {
            let learned = site.admin.graphql(query, &json!({})).await;
            let bandit = &learned["banditWeights"][0];
            (bandit["node"] == "best").then(|| bandit["arms"][0].clone())
        },
    );
    assert_eq!(arm.await["name"], "the one");
    site.server.kill();
    verify(&site.server.database(), 10);
}
