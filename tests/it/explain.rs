//! Why, and why not, at the terminal: of a stored decision, and of a lead in a file.

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    program::{pointsman, stdout_of},
    site::{Destination, Site, open_to_all, solar_fields, solar_flow, solar_lead},
};

fn flow() -> Value {
    let nodes = json!({
        "grown": {"kind": "when", "if": "age >= 18", "then": "fair", "otherwise": "minors"},
        "fair": {"kind": "split", "arms": [
            {"weight_ppm": 300_000, "to": "capped"}, {"weight_ppm": 700_000, "to": "rest"}]},
        "minors": {"kind": "reject", "reason": "minors own no roof"},
        "capped": {"kind": "destination"}, "rest": {"kind": "destination"},
    });
    solar_flow("grown", &nodes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_decision_is_explained_as_it_was_made() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let cap = json!({"kind": "accepted", "max": 1, "window": "lifetime"});
    let capped = Destination {
        settings: json!({"caps": [cap]}),
        ..open_to_all("capped", &buyer)
    };
    let site = Site::open(&flow(), &[capped, open_to_all("rest", &buyer)]).await;
    let mut decisions = Vec::new();
    for n in 0..12 {
        let lead = site
            .source()
            .lead_as(&format!("key-{n}"), &solar_lead())
            .await;
        decisions.push(lead.json());
    }
    // While the server runs, and after it.
    let explain = |decision: &Value, output: &str| {
        let id = decision["decision_id"].as_str().unwrap();
        let database = site.server.database();
        stdout_of(
            pointsman()
                .args(["explain", id, "--output", output, "--db"])
                .arg(database),
        )
    };
    let mut used = Vec::new();
    for decision in &decisions {
        let explained: Value = serde_json::from_str(&explain(decision, "json")).unwrap();
        assert_eq!(explained["mismatches"], json!([]));
        let offered = explained["steps"][0]["candidates"]
            .as_array()
            .unwrap()
            .iter();
        let offered = offered
            .clone()
            .find(|it| it["outcome"] == "offered")
            .unwrap();
        assert_eq!(offered["destination"], decision["destination"]);
        let capped = &explained["steps"][0]["candidates"][0];
        used.push(capped["unavailable"][0]["used"].clone());
    }
    let sold = decisions
        .iter()
        .position(|it| it["destination"] == "capped")
        .unwrap();
    // Free up to the lead that it took, and full after it.
    let full = used.iter().position(|used| *used == 1).unwrap();
    assert_eq!(full, sold + 1, "{used:?}");
    let text = explain(&decisions[11], "text");
    for sentence in [
        "`age >= 18` is true (age is 41); so it leads to `fair`",
        "it drew `rest`, of weight 700,000, by the score",
        "its cap of 1 accepted leads in all is used up, 1 of 1",
        "The lead is sold.",
    ] {
        assert!(text.contains(sentence), "{sentence} is not in\n{text}");
    }
}

#[test]
fn a_lead_in_a_file_is_explained_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, body: &Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, body.to_string()).unwrap();
        path
    };
    let flow = file("flow.json", &flow());
    let schema = file(
        "schema.json",
        &json!({"vertical": "solar", "fields": solar_fields()}),
    );
    let explain = |lead: &Value, more: &[&str]| {
        let lead = file("lead.json", lead);
        let mut command = pointsman();
        command.args(["flow", "explain"]).arg(&flow);
        command.arg("--schema").arg(&schema).arg("--lead").arg(lead);
        command.args(more);
        command
    };
    let text = stdout_of(&mut explain(
        &solar_lead(),
        &["--key", "key-1", "--answer", "rejected"],
    ));
    for sentence in [
        "A what-if lead of flow `solar`.",
        "drawn by `what-if / key-1`",
        "`age >= 18` is true (age is 41)",
        "The lead is unsold.",
    ] {
        assert!(text.contains(sentence), "{sentence} is not in\n{text}");
    }
    let young = json!({"home_owner": true, "roof": "flat", "age": 17, "phone": "+12025550143", "source": "seo"});
    let json = stdout_of(&mut explain(&young, &["--output", "json"]));
    let explained: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        explained["end"],
        json!({"state": "declined", "reason": "minors own no roof"})
    );
    let turned = &explained["steps"][0]["candidates"][0]["diverted_by"][0];
    assert_eq!(
        turned["detail"],
        "`grown` led to `minors`: `age >= 18` is false (age is 17)"
    );
    let output = explain(&json!({"age": 7}), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("refused: "), "{told}");
}
