//! The buyers of the book's page, set up as it says: XML, OAuth, plain text, and one that is asked its status.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::{
    caller::Caller,
    program::root,
    releases::{ended, held},
    restart::verify,
    server::Server,
    site::{Site, one_after_the_other, solar_lead},
    wire::{Wire, said},
};

/// The target of a section of the page, at this buyer's address.
fn target(section: &str, base: &str) -> Value {
    let page = std::fs::read_to_string(root().join("docs/src/buyers.md")).unwrap();
    let (_, section) = page.split_once(&format!("## {section}\n")).unwrap();
    let (_, block) = section.split_once("```json\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let mut parts = block.split(".example");
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let at = text.rfind("https://").unwrap();
        text.truncate(at);
        text.push_str(base);
        text.push_str(part);
    }
    serde_json::from_str(&text).unwrap()
}

/// A site that offers its leads to one destination.
async fn site(name: &str, target: &Value) -> Site {
    let flow = one_after_the_other(&[name]);
    let destinations = vec![(name, target.clone(), json!({}))];
    Site::open_with(Server::start(), &flow, destinations).await
}

const TEST_LEAD: &str =
    "exchange { request { method url headers { name value } body } status responseExcerpt outcome
    price redirectUrl reason reference finding latencyMs }";

async fn tried(admin: &Caller, destination: &str, target: Option<&Value>) -> Value {
    let mut input =
        json!({"destination": destination, "flow": "solar", "fields": solar_lead()["fields"]});
    if let Some(target) = target {
        input["target"] = target.clone();
    }
    let payload = admin.change("sendTestLead", &input, TEST_LEAD).await;
    payload["exchange"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_that_speaks_xml() {
    let buyer = Wire::answering(|_, asked| {
        if asked.body.contains("<Roof>2</Roof>") {
            return said(200, "<?xml version=\"1.0\"?><response><status>Unmatched</status><error>no steep roofs</error></response>");
        }
        said(200, "<response><status>Matched</status><lead_id>7412</lead_id><price>12.50</price></response>")
    })
    .await;
    let target = target("A buyer that speaks XML", &buyer.base);
    let mut site = site("quotes", &target).await;
    let answer = site.source().lead(&solar_lead()).await.json();
    assert_eq!(
        (&answer["status"], &answer["price"]),
        (&json!("sold"), &json!("12.50")),
        "{answer}"
    );
    let lead = site.lead(answer["lead_id"].as_str().unwrap()).await;
    let click = lead["deliveries"][0]["clickId"].as_str().unwrap();
    assert_eq!(
        buyer.asked()[0].body,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Lead><Key>k-77</Key><SRC>web</SRC><Phone>2025550143</Phone>\
             <Roof>1</Roof><Sub_ID>{click}</Sub_ID></Lead>"
        )
    );
    let mut steep = solar_lead();
    steep["fields"]["roof"] = "steep".into();
    let answer = site.source().lead(&steep).await.json();
    assert_eq!(answer["status"], "unsold", "{answer}");
    let lead = site.lead(answer["lead_id"].as_str().unwrap()).await;
    assert_eq!(lead["deliveries"][0]["reason"], "no steep roofs");
    // The test lead shows both sides, and leaves nothing behind.
    let exchange = tried(&site.admin, "quotes", None).await;
    assert_eq!(
        (
            &exchange["outcome"],
            &exchange["price"],
            &exchange["reference"]
        ),
        (&json!("accepted"), &json!("12.50"), &json!("7412")),
        "{exchange:#}"
    );
    let body = exchange["request"]["body"].as_str().unwrap();
    assert!(
        body.contains("<Key>[secret]</Key>") && !exchange.to_string().contains("k-77"),
        "{exchange:#}"
    );
    site.server.stop();
    verify(&site.server.database(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_with_oauth_that_is_busy_at_times() {
    let bank = Wire::answering(|n, asked| {
        if asked.path == "/token" {
            let is_known = asked.header("authorization") == "Basic cG9pbnRzbWFuOmMtOTk="
                && asked.body.contains("scope=leads%3Awrite");
            let body = json!({"access_token": "tok-1", "expires_in": 600}).to_string();
            return said(if is_known { 200 } else { 401 }, body);
        }
        match asked.header("authorization") {
            "Bearer tok-1" if n == 1 => said(503, ""),
            "Bearer tok-1" => said(200, json!({"taken": true, "pays": 9}).to_string()),
            _ => said(401, ""),
        }
    })
    .await;
    let target = target("A buyer with OAuth", &bank.base);
    let mut site = site("bank", &target).await;
    for _ in 0..2 {
        let answer = site.source().lead(&solar_lead()).await.json();
        assert_eq!(
            (&answer["status"], &answer["price"]),
            (&json!("sold"), &json!("9.00")),
            "{answer}"
        );
    }
    let asked = bank.asked();
    let paths: Vec<&str> = asked.iter().map(|asked| &*asked.path).collect();
    assert_eq!(paths, ["/token", "/leads", "/leads", "/leads"]);
    // Both attempts of the first offer have one key.
    let key = |n: usize| asked[n].header("idempotency-key").to_owned();
    assert!(key(1) == key(2) && key(2) != key(3));
    site.server.stop();
    verify(&site.server.database(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_that_answers_in_text() {
    let calls = Wire::answering(|n, _| match n {
        0 => said(200, "OK, pays $7.25, id A19\n"),
        1 => said(200, "NO: outside of our area"),
        _ => said(200, "We are moving house"),
    })
    .await;
    let target = target("A buyer that answers in text", &calls.base);
    let mut site = site("calls", &target).await;
    let mut ends = Vec::new();
    for _ in 0..3 {
        let answer = site.source().lead(&solar_lead()).await.json();
        ends.push((answer["status"].clone(), answer["price"].clone()));
    }
    let sold = (json!("sold"), json!("7.25"));
    assert_eq!(ends[0], sold);
    assert_eq!((&ends[1].0, &ends[2].0), (&json!("unsold"), &json!("held")));
    let first = &calls.asked()[0];
    assert_eq!(first.method, "GET");
    assert!(first.path.starts_with("/in?age=41&sub=clk_"), "{first:?}");
    assert!(first.path.ends_with("&tel=2025550143"), "{first:?}");
    assert_eq!(first.header("x-signature").len(), 64);
    assert!(first.header("x-timestamp").len() >= 10);
    site.server.stop();
    verify(&site.server.database(), 3);
}

/// What the buyer of the page says about its leads: it bought the first that it got, refused the second, and lost the third.
async fn slow_buyer() -> Wire {
    let keys: Mutex<Vec<String>> = Mutex::default();
    Wire::answering(move |_, asked| {
        let mut keys = keys.lock().unwrap();
        if asked.method == "POST" {
            keys.push(asked.header("idempotency-key").to_owned());
            return said(
                202,
                json!({"state": "pending", "ticket": keys.len()}).to_string(),
            );
        }
        let key = asked.path.rsplit('/').next().unwrap();
        match keys.iter().position(|known| known == key) {
            Some(0) => said(200, json!({"state": "bought", "pays": "11"}).to_string()),
            Some(1) => said(
                200,
                json!({"state": "refused", "why": "too old"}).to_string(),
            ),
            _ => said(404, ""),
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_that_is_asked_its_status() {
    let slow = slow_buyer().await;
    let target = target("A buyer that must be asked its status", &slow.base);
    let mut site = site("slow", &target).await;
    let mut leads = Vec::new();
    for _ in 0..3 {
        leads.push(held(&site).await);
    }
    // What is due is in the database.
    site.server.kill();
    site.start_again();
    let bought = ended(&site, &leads[0], "SOLD").await;
    assert_eq!(bought["revenue"], "11.00", "{bought:#}");
    let delivery = &bought["deliveries"][0];
    assert_eq!(
        (&delivery["state"], &delivery["reference"]),
        (&json!("ACCEPTED"), &json!("1"))
    );
    assert_eq!(delivery["release"]["origin"], "STATUS", "{bought:#}");
    assert_eq!(delivery["dueAt"], Value::Null, "{bought:#}");
    let refused = ended(&site, &leads[1], "UNSOLD").await;
    let release = &refused["deliveries"][0]["release"];
    assert_eq!(
        (&release["answer"], &release["reason"]),
        (&json!("REJECTED"), &json!("too old"))
    );
    let lost = ended(&site, &leads[2], "UNSOLD").await;
    assert_eq!(
        lost["deliveries"][0]["release"]["answer"], "NOT_SENT",
        "{lost:#}"
    );
    site.server.stop();
    verify(&site.server.database(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_lead_leaves_nothing_behind() {
    let buyer = Wire::answering(|_, _| said(422, json!({"why": "no k-77"}).to_string())).await;
    let target = json!({
        "url": format!("{}/leads", buyer.base), "secrets": {"key": "k-77"},
        "headers": {"X-Key": "{{secret.key}}"}, "response": {"reason": "$.why"},
    });
    let mut site = site("quotes", &target).await;
    let exchange = tried(&site.admin, "quotes", None).await;
    assert_eq!(
        (
            &exchange["outcome"],
            &exchange["reason"],
            &exchange["status"]
        ),
        (&json!("rejected"), &json!("no [secret]"), &json!(422)),
        "{exchange:#}"
    );
    let body: Value = serde_json::from_str(&buyer.asked()[0].body).unwrap();
    assert_eq!(
        (&body["is_test"], &body["roof"]),
        (&json!(true), &json!("flat"))
    );
    // Another target, with the secret that is stored.
    let mut other = target.clone();
    other["secrets"]["key"] = "[secret]".into();
    other["body"] = json!({"key": "{{secret.key}}"});
    let exchange = tried(&site.admin, "quotes", Some(&other)).await;
    assert_eq!(exchange["request"]["body"], "{\"key\":\"[secret]\"}");
    assert_eq!(buyer.asked()[1].body, "{\"key\":\"k-77\"}");
    other["body"] = json!({"key": "{{lead.nothing}}"});
    let input = json!({"destination": "quotes", "flow": "solar", "target": other, "fields": {"roof": "round"}});
    let payload = site
        .admin
        .mutation("sendTestLead", &input, "exchange { outcome }")
        .await;
    assert_eq!(payload["exchange"], Value::Null);
    assert!(!payload["userErrors"].as_array().unwrap().is_empty());
    assert_eq!(buyer.asked().len(), 2);
    let counted = "{ leads(first: 5) { nodes { id } } deliveries(first: 5) { nodes { id } } }";
    let counted = site.admin.graphql(counted, &json!({})).await;
    assert_eq!(
        counted,
        json!({"leads": {"nodes": []}, "deliveries": {"nodes": []}})
    );
    site.server.stop();
}
