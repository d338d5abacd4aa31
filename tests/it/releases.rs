//! Leads that are held because an answer is unknown, once it becomes known.

use serde_json::{Value, json};

use crate::{
    restart::verify,
    server::Server,
    site::{Site, one_after_the_other, solar_lead},
    wait::until,
    wire::{Wire, said},
};

const RELEASED: &str = "query($id: ID!) { lead(id: $id) { status revenue deliveries {
    id clickId state reference dueAt release { answer origin by reason } conversions { revenue txid } } } }";

/// A lead once it has this status.
pub(crate) async fn ended(site: &Site, id: &str, status: &str) -> Value {
    let asked = json!({"id": id});
    until("the lead is released", async || {
        let lead = site.admin.graphql(RELEASED, &asked).await["lead"].take();
        Some(lead).filter(|lead| lead["status"] == status)
    })
    .await
}

/// Sends a lead whose buyer keeps its answer to itself, and gives its id.
pub(crate) async fn held(site: &Site) -> String {
    let answer = site.source().lead(&solar_lead()).await.json();
    assert_eq!(answer["status"], "held", "{answer}");
    answer["lead_id"].as_str().unwrap().to_owned()
}

/// The deliveries of which nobody knows yet what came of them, the newest first.
async fn unreleased(site: &Site) -> Vec<Value> {
    let waiting = "{ deliveries(filter: {state: HELD, isReleased: false}) { nodes { id } }
        deliveryCounts(filter: {state: HELD, isReleased: false}) { deliveries } }";
    let found = site.admin.graphql(waiting, &json!({})).await;
    let nodes = found["deliveries"]["nodes"].as_array().unwrap();
    let counts = found["deliveryCounts"].as_array().unwrap();
    let counted: i64 = counts
        .iter()
        .filter_map(|it| it["deliveries"].as_i64())
        .sum();
    assert_eq!(counted, i64::try_from(nodes.len()).unwrap(), "{found}");
    nodes.iter().map(|node| node["id"].clone()).collect()
}

/// The deliveries that people have released, the last one first.
async fn recorded(site: &Site) -> Vec<Value> {
    let changes = "{ changes(filter: {kind: [DELIVERY_RELEASED]}) { nodes { object note by } } }";
    let changes = site.admin.graphql(changes, &json!({})).await;
    let nodes = changes["changes"]["nodes"].as_array().unwrap();
    assert!(
        nodes
            .iter()
            .all(|node| node["note"] == "their support said so")
    );
    nodes.iter().map(|node| node["object"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_lead_is_released_by_a_person_or_by_a_conversion_once() {
    let mute = Wire::answering(|_, _| said(500, "oops")).await;
    let target = json!({"url": format!("{}/leads", mute.base)});
    let flow = one_after_the_other(&["mute"]);
    let destinations = vec![("mute", target, json!({"price": "4"}))];
    let mut site = Site::open_with(Server::start(), &flow, destinations).await;
    let ids = [held(&site).await, held(&site).await, held(&site).await];
    let deliveries = async |id: &str| ended(&site, id, "HELD").await["deliveries"][0].clone();
    let [first, second, third] = [
        deliveries(&ids[0]).await,
        deliveries(&ids[1]).await,
        deliveries(&ids[2]).await,
    ];
    let release = async |id: &Value, answer: &str| {
        let input = json!({"id": id, "answer": answer, "reason": "their support said so"});
        site.admin
            .mutation("releaseDelivery", &input, "delivery { state }")
            .await
    };
    let waiting = [
        third["id"].clone(),
        second["id"].clone(),
        first["id"].clone(),
    ];
    assert_eq!(unreleased(&site).await, waiting);
    let code = |payload: &Value| payload["userErrors"][0]["code"].clone();
    assert_eq!(
        release(&first["id"], "ACCEPTED").await["userErrors"],
        json!([])
    );
    assert_eq!(code(&release(&first["id"], "REJECTED").await), "not_held");
    assert_eq!(
        code(&release(&json!("dlv_nobody"), "REJECTED").await),
        "not_found"
    );
    // Its fixed price counts, once.
    let sold = ended(&site, &ids[0], "SOLD").await;
    assert_eq!(sold["revenue"], "4.00", "{sold:#}");
    assert_eq!(
        sold["deliveries"][0]["release"]["by"], "acceptance",
        "{sold:#}"
    );
    assert_eq!(
        release(&second["id"], "NOT_SENT").await["userErrors"],
        json!([])
    );
    ended(&site, &ids[1], "UNSOLD").await;
    let click = third["clickId"].as_str().unwrap();
    // A refusal proves nothing; a sale does.
    site.postback(&format!("click_id={click}&txid=a&status=declined"))
        .await;
    assert_eq!(deliveries(&ids[2]).await["release"], Value::Null);
    site.postback(&format!("click_id={click}&txid=b&payout=9"))
        .await;
    let sold = ended(&site, &ids[2], "SOLD").await;
    assert_eq!(sold["revenue"], "9.00", "{sold:#}");
    assert_eq!(
        sold["deliveries"][0]["release"]["origin"], "CONVERSION",
        "{sold:#}"
    );
    assert_eq!(code(&release(&third["id"], "REJECTED").await), "released");
    assert_eq!(unreleased(&site).await, Vec::<Value>::new());
    assert_eq!(
        recorded(&site).await,
        [second["id"].clone(), first["id"].clone()]
    );
    site.server.kill();
    site.start_again();
    ended(&site, &ids[0], "SOLD").await;
    site.server.stop();
    verify(&site.server.database(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_of_a_released_lead_goes_on_where_it_had_ended() {
    let mute = Wire::answering(|_, _| said(500, "oops")).await;
    let next = Wire::answering(|n, _| match n {
        0 => said(200, json!({"price": "6"}).to_string()),
        _ => said(500, "oops"),
    })
    .await;
    let target = |wire: &Wire| json!({"url": format!("{}/leads", wire.base), "response": {"price": "$.price"}});
    let cap = json!({"caps": [{"kind": "accepted", "max": 3, "window": "lifetime"}]});
    let flow = one_after_the_other(&["mute", "next"]);
    let destinations = vec![
        ("mute", target(&mute), cap),
        ("next", target(&next), json!({})),
    ];
    let mut site = Site::open_with(Server::start(), &flow, destinations).await;
    let ids = [held(&site).await, held(&site).await];
    let release = async |site: &Site, id: &str, n: usize, answer: &str| {
        let delivery = ended(site, id, "HELD").await["deliveries"][n]["id"].clone();
        let input = json!({"id": delivery, "answer": answer, "reason": "their log"});
        site.admin.change("releaseDelivery", &input, "").await;
    };
    release(&site, &ids[0], 0, "REJECTED").await;
    let sold = ended(&site, &ids[0], "SOLD").await;
    assert_eq!(sold["revenue"], "6.00", "{sold:#}");
    assert_eq!(sold["deliveries"][0]["state"], "REJECTED", "{sold:#}");
    // After another start, and held once more on its way.
    site.server.kill();
    site.start_again();
    release(&site, &ids[1], 0, "NOT_SENT").await;
    let again = until("the next destination keeps us waiting too", async || {
        Some(ended(&site, &ids[1], "HELD").await)
            .filter(|lead| lead["deliveries"][1]["state"] == "HELD")
    });
    let again = again.await;
    assert_eq!(again["deliveries"][0]["state"], "NOT_SENT", "{again:#}");
    release(&site, &ids[1], 1, "ACCEPTED").await;
    ended(&site, &ids[1], "SOLD").await;
    site.server.kill();
    site.start_again();
    let lead = site.lead(&ids[1]).await;
    assert_eq!(lead["decision"]["endState"], "SOLD", "{lead:#}");
    let steps = lead["decision"]["steps"].as_array().unwrap();
    let numbers: Vec<&Value> = steps.iter().map(|step| &step["number"]).collect();
    assert_eq!(numbers, [0, 1, 2], "{lead:#}");
    assert_eq!(next.asked().len(), 2);
    site.server.stop();
    verify(&site.server.database(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_lead_of_a_person_who_wants_to_be_left_alone_goes_to_nobody_else() {
    let mute = Wire::answering(|_, _| said(500, "oops")).await;
    let next = Wire::answering(|_, _| said(200, json!({"price": "6"}).to_string())).await;
    let target = |wire: &Wire| json!({"url": format!("{}/leads", wire.base), "response": {"price": "$.price"}});
    let destinations = vec![
        ("mute", target(&mute), json!({})),
        ("next", target(&next), json!({})),
    ];
    let flow = one_after_the_other(&["mute", "next"]);
    let mut site = Site::open_with(Server::start(), &flow, destinations).await;
    let ids = [held(&site).await, held(&site).await];
    let release = async |id: &str, answer: &str| {
        let delivery = ended(&site, id, "HELD").await["deliveries"][0]["id"].clone();
        let input = json!({"id": delivery, "answer": answer, "reason": "their log"});
        site.admin.change("releaseDelivery", &input, "").await;
    };
    // printf %s +12025550143 | sha256sum
    let digest = "54af34308301e43f00650baaeb6cf4925b942201d74191b26d48292cfec907fd";
    let list = json!({"list": "partner", "kind": "PHONE", "digests": [digest]});
    site.admin.change("addSuppressions", &list, "").await;
    release(&ids[0], "REJECTED").await;
    ended(&site, &ids[0], "UNSOLD").await;
    // Nor one whose person was forgotten.
    let person = json!({"values": [{"field": "phone", "value": "+12025550143"}]});
    let begun = site.admin.change("erasePersons", &person, "erasure { id }");
    let id = json!({"id": begun.await["erasure"]["id"]});
    until("the erasure is done", async || {
        let asked = "query($id: ID!) { erasure(id: $id) { isDone } }";
        let found = site.admin.graphql(asked, &id).await;
        (found["erasure"]["isDone"] == true).then_some(())
    })
    .await;
    release(&ids[1], "NOT_SENT").await;
    ended(&site, &ids[1], "UNSOLD").await;
    assert_eq!(next.asked().len(), 0);
    site.server.stop();
    verify(&site.server.database(), 2);
}
