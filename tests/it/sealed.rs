//! Databases whose secrets and personal values are sealed.

use std::process::Command;

use serde_json::{Value, json};

use crate::{
    erasure::traces_of,
    program::{pointsman, root},
    releases::ended,
    server::Server,
    site::{Site, one_after_the_other, put_destination, solar_lead},
    wire::{Wire, said},
};

/// What nobody may find without the key: a telephone number, a buyer's key, and what a buyer writes.
const MARKS: [&str; 3] = ["2025550143", "k-s3cr3t", "dear reader"];
const SEAL: [&str; 5] = ["keys", "seal", "--output", "json", "--db"];

fn with_keys(file: &str) -> Command {
    let mut command = pointsman();
    let file = root().join("tests/data/keys").join(file);
    command.env("POINTSMAN_MASTER_KEYS", file);
    command
}

pub(crate) fn first() -> Command {
    with_keys("first")
}

async fn buyer() -> Wire {
    let answer = json!({"price": "3", "note": "dear reader"}).to_string();
    Wire::answering(move |_, _| said(200, answer.clone())).await
}

/// A site of one buyer, which knows who sends by a key.
async fn site(server: Server, buyer: &Wire) -> Site {
    let target = json!({"url": format!("{}/leads", buyer.base), "headers": {"X-Key": "{{secret.key}}"},
        "secrets": {"key": "k-s3cr3t"}, "response": {"price": "$.price"}});
    let flow = one_after_the_other(&["acme"]);
    Site::open_with(server, &flow, vec![("acme", target, json!({}))]).await
}

async fn send(site: &Site, n_leads: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..n_leads {
        let answer = site.source().lead(&solar_lead()).await.json();
        assert_eq!(answer["status"], "sold", "{answer}");
        ids.push(answer["lead_id"].as_str().unwrap().to_owned());
    }
    ids
}

fn traces(site: &Site) -> Vec<String> {
    let found = MARKS
        .iter()
        .flat_map(|mark| traces_of(mark, &site.server.database()));
    found.collect()
}

/// What a command says on the database of a server; `Err` with all it says if it fails.
fn run(site: &Site, mut command: Command, arguments: &[&str]) -> Result<String, String> {
    let database = site.server.database();
    let output = command.args(arguments).arg(database).output().unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        let said = [output.stdout, output.stderr].concat();
        Err(String::from_utf8_lossy(&said).into_owned())
    }
}

fn verified(site: &Site, command: Command) -> String {
    let said = run(site, command, &["simulate", "--verify"]).unwrap();
    said.lines().last().unwrap().to_owned()
}

fn json_of(said: Result<String, String>) -> Value {
    serde_json::from_str(&said.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_database_tells_nothing_without_its_master_key() {
    let buyer = buyer().await;
    let mut site = site(Server::start_on("pointsman.db", first), &buyer).await;
    let ids = send(&site, 3).await;
    assert_eq!(buyer.asked()[2].header("x-key"), "k-s3cr3t");
    assert_eq!(traces(&site), Vec::<String>::new());
    site.server.kill();
    site.start_again();
    assert_eq!(traces(&site), Vec::<String>::new());
    let lead = ended(&site, &ids[0], "SOLD").await;
    assert_eq!(lead["revenue"], "3.00", "{lead:#}");
    assert_eq!(site.lead(&ids[0]).await["fields"]["phone"], "+12025550143");
    // Put again as it is shown, the target keeps its key.
    let shown = r#"{ destination(name: "acme") { target } }"#;
    let mut shown = site.admin.graphql(shown, &json!({})).await;
    let target = shown["destination"]["target"].take();
    put_destination(&site.admin, "acme", &target, &json!({})).await;
    send(&site, 1).await;
    assert_eq!(buyer.asked()[3].header("x-key"), "k-s3cr3t");
    site.server.stop();
    assert_eq!(traces(&site), Vec::<String>::new());
    for arguments in [
        &["simulate", "--verify"][..],
        &["serve", "--listen", "127.0.0.1:0", "--db"],
        &["doctor", "--db"],
    ] {
        let said = run(&site, pointsman(), arguments).unwrap_err();
        assert!(said.contains("master_keys"), "{arguments:?}: {said}");
        let said = run(&site, with_keys("second"), arguments).unwrap_err();
        let is_told = said.contains("sealed by the master key");
        assert!(is_told, "{arguments:?}: {said}");
    }
    assert_eq!(verified(&site, first()), "4 of 4");
    // Another master key takes over, and nothing else changes.
    let sealed = json_of(run(&site, with_keys("both"), &SEAL));
    assert_eq!(sealed["data_keys_sealed"], 1, "{sealed}");
    assert_eq!(sealed["texts_sealed"], 0, "{sealed}");
    assert_eq!(verified(&site, with_keys("second")), "4 of 4");
    run(&site, first(), &["simulate", "--verify"]).unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_before_is_sealed_beside_a_running_server() {
    let buyer = buyer().await;
    let mut site = site(Server::start(), &buyer).await;
    let ids = send(&site, 300).await;
    assert!(traces(&site).len() > 300);
    site.server.stop();
    site.server.set_program(first);
    site.start_again();
    let sealed = json_of(run(&site, first(), &SEAL));
    // Each lead with what was sent and answered, and the destination.
    let n_sealed = sealed["texts_sealed"].as_u64().unwrap();
    assert!(n_sealed > 600, "{sealed}");
    run(&site, first(), &["keys", "rotate", "--db"]).unwrap();
    send(&site, 1).await;
    assert_eq!(site.lead(&ids[0]).await["fields"]["phone"], "+12025550143");
    let again = json_of(run(&site, first(), &SEAL));
    assert!(
        again["texts_sealed"].as_u64().unwrap() > n_sealed,
        "{again}"
    );
    // Sealed by a key that was made after this server had started.
    assert_eq!(
        site.lead(&ids[299]).await["fields"]["phone"],
        "+12025550143"
    );
    site.server.stop();
    assert_eq!(traces(&site), Vec::<String>::new());
    let list = ["keys", "list", "--output", "json", "--db"];
    let keys = json_of(run(&site, first(), &list));
    assert_eq!(keys.as_array().unwrap().len(), 2, "{keys}");
    assert_eq!(verified(&site, first()), "301 of 301");
}
