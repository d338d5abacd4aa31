//! Test leads: routed and offered like any other, and no part of what is learned or counted as history.

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    program::pointsman,
    restart::verify,
    site::{Destination, Site, open_to_all, solar_flow, solar_lead},
};

fn test_lead() -> Value {
    let mut lead = solar_lead();
    lead["test"] = true.into();
    lead
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_lead_takes_a_turn_and_a_cap_unit_and_teaches_nothing() {
    let (acme, zenith) = (
        Buyer::always(Reply::Accept("5")).await,
        Buyer::always(Reply::Accept("5")).await,
    );
    let cap = json!({"kind": "accepted", "max": 2, "window": "lifetime"});
    let destinations = [
        open_to_all("acme", &acme),
        Destination {
            settings: json!({"caps": [cap]}),
            ..open_to_all("zenith", &zenith)
        },
    ];
    let nodes = json!({
        "turns": {"kind": "rotate", "by": "least_recently_sold", "arms": [{"to": "learned"}, {"to": "zenith"}]},
        "learned": {"kind": "bandit", "explore_ppm": 20_000, "arms": [{"to": "acme"}]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
    });
    let mut site = Site::open(&solar_flow("turns", &nodes), &destinations).await;
    let mut sold = Vec::new();
    for _ in 0..6 {
        let answer = site.source().lead(&test_lead()).await.json();
        sold.push(answer["destination"].as_str().unwrap().to_owned());
    }
    // The buyers got these leads, so that turns and caps must count them.
    assert_eq!(sold, ["acme", "zenith", "acme", "zenith", "acme", "acme"]);
    let post = &acme.posts()[0].body;
    assert_eq!(post["is_test"], true, "buyers are told: {post:#}");

    let query =
        "query($flow: String!) { banditWeights(flow: $flow) { arms { posterior { trials } } } }";
    let allocation = site.admin.graphql(query, &json!({"flow": "solar"})).await;
    assert!(
        !allocation.to_string().contains("\"trials\":"),
        "{allocation}"
    );
    site.server.stop();
    verify(&site.server.database(), 6);

    let folder = tempfile::tempdir().unwrap();
    let mut export = pointsman();
    export.args(["export", "--flow", "solar", "--db"]);
    export.arg(site.server.database());
    let export = export
        .arg(folder.path().join("log.parquet"))
        .output()
        .unwrap();
    assert_eq!(export.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&export.stderr);
    assert!(stderr.contains("has no settled leads"), "{stderr}");
}
