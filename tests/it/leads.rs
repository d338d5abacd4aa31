//! Leads: in over HTTP and GraphQL, offered, sold or not, and answered.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    caller::{Caller, answer},
    site::{Destination, Site, one_after_the_other, open_to_all, solar_flow, solar_lead},
    wait::until,
};

/// Two buyers, one after the other.
async fn in_turn(sunny: &Buyer, shady: &Buyer) -> Site {
    let destinations = [open_to_all("sunny", sunny), open_to_all("shady", shady)];
    Site::open(&one_after_the_other(&["sunny", "shady"]), &destinations).await
}

/// Waits until a lead is settled, and gives it as its source sees it.
async fn settled(source: &Caller, lead_id: &Value) -> Value {
    let path = format!("/v1/leads/{}", lead_id.as_str().unwrap());
    until("the lead is settled", async || {
        let shown = source.get(&path).await.json();
        (!shown["settled_at"].is_null()).then_some(shown)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_over_http_is_sold_and_its_decision_can_be_read() {
    let (sunny, shady) = (
        Buyer::always(Reply::Accept("12.50")).await,
        Buyer::always(Reply::Reject).await,
    );
    let mut site = in_turn(&sunny, &shady).await;
    let answer = site.source().lead_as("lead-1", &solar_lead()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let sold = answer.json();
    let posts = sunny.posts();
    assert_eq!(posts.len(), 1);
    let click_id = posts[0].body["click_id"].as_str().unwrap();
    assert_eq!(
        sold,
        json!({
            "lead_id": sold["lead_id"], "decision_id": sold["decision_id"], "status": "sold",
            "destination": "sunny", "price": "12.50", "currency": "USD",
            "redirect_url": format!("https://buyer.example/thanks?c={click_id}"),
        })
    );
    assert_eq!(posts[0].body["phone"], "+12025550143");
    assert_eq!(posts[0].body["lead_id"], sold["lead_id"]);
    assert_eq!(shady.posts(), []);

    let lead = site.lead(sold["lead_id"].as_str().unwrap()).await;
    assert_eq!(lead["status"], "SOLD");
    assert_eq!(lead["revenue"], "12.50");
    assert_eq!(lead["decision"]["id"], sold["decision_id"]);
    assert_eq!(lead["decision"]["endState"], "SOLD");
    assert_eq!(
        lead["decision"]["steps"],
        json!([
            {"number": 0, "kind": "OFFER", "destination": "sunny", "propensity": 1.0, "available": ["shady", "sunny"]},
            {"number": 1, "kind": "DONE", "destination": null, "propensity": 1.0, "available": ["shady", "sunny"]},
        ])
    );
    let delivery = &lead["deliveries"][0];
    assert_eq!(delivery["id"], posts[0].idempotency_key);
    assert_eq!(
        delivery["attempts"],
        json!([{"outcome": "accepted", "status": 200}])
    );
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_over_graphql_is_sold_and_what_one_refuses_goes_to_the_next() {
    let (sunny, shady) = (
        Buyer::always(Reply::Reject).await,
        Buyer::always(Reply::Accept("3")).await,
    );
    let mut site = in_turn(&sunny, &shady).await;
    let input =
        json!({"flow": "solar", "fields": solar_lead()["fields"], "idempotencyKey": "lead-1"});
    let fields = "outcome { leadId status destination price currency isReplayed }";
    let payload = site.source().change("submitLead", &input, fields).await;
    let outcome = &payload["outcome"];
    let expected = |is_replayed| {
        json!({
            "leadId": outcome["leadId"], "status": "sold", "destination": "shady",
            "price": "3.00", "currency": "USD", "isReplayed": is_replayed,
        })
    };
    assert_eq!(*outcome, expected(false));

    let lead = site.lead(outcome["leadId"].as_str().unwrap()).await;
    let states: Vec<_> = lead["deliveries"].as_array().unwrap().iter().collect();
    assert_eq!(states.len(), 2);
    assert_eq!(states[0]["state"], "REJECTED");
    assert_eq!(states[0]["reason"], "we know this person");
    assert_eq!(states[1]["state"], "ACCEPTED");

    let again = site.source().change("submitLead", &input, fields).await;
    assert_eq!(again["outcome"], expected(true));
    assert_eq!((sunny.posts().len(), shady.posts().len()), (1, 1));
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_wants_it_or_the_flow_says_no() {
    let sunny = Buyer::always(Reply::Reject).await;
    let nodes = json!({
        "owners-only": {"kind": "when", "if": "home_owner", "then": "sunny", "otherwise": "no"},
        "sunny": {"kind": "destination"},
        "no": {"kind": "reject", "reason": "tenants have no roof"},
    });
    let flow = solar_flow("owners-only", &nodes);
    let mut site = Site::open(&flow, &[open_to_all("sunny", &sunny)]).await;
    let unsold = site.source().lead(&solar_lead()).await;
    assert_eq!(unsold.status, 200);
    assert_eq!(unsold.json()["status"], "unsold");
    let mut tenant = solar_lead();
    tenant["fields"]["home_owner"] = false.into();
    let declined = site.source().lead(&tenant).await.json();
    assert_eq!(declined["status"], "declined");
    assert_eq!(declined["reason"], "tenants have no roof");
    assert_eq!(sunny.posts().len(), 1);
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_is_the_same_lead_and_another_lead_under_it_is_refused() {
    let (sunny, shady) = (
        Buyer::always(Reply::Accept("1")).await,
        Buyer::always(Reply::Reject).await,
    );
    let mut site = in_turn(&sunny, &shady).await;
    let first = site.source().lead_as("lead-1", &solar_lead()).await;
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = site.source().lead_as("lead-1", &solar_lead()).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.text, first.text);
    let mut in_body = solar_lead();
    in_body["idempotency_key"] = "lead-1".into();
    assert_eq!(site.source().lead(&in_body).await.text, first.text);

    let mut other = solar_lead();
    other["fields"]["roof"] = "steep".into();
    let refused = site.source().lead_as("lead-1", &other).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.json()["code"], "idempotency_key_reused");
    assert_eq!(sunny.posts().len(), 1);
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_that_nobody_waits_for_is_answered_the_same_to_the_same_key() {
    let slow = Buyer::always(Reply::AcceptOnWord("3")).await;
    let site = in_turn(&slow, &slow).await;
    let mut lead = solar_lead();
    lead["mode"] = "async".into();
    let source = site.source();
    let first = source.lead_as("lead-1", &lead).await;
    assert_eq!(
        (first.status, &first.json()["status"]),
        (202, &json!("queued"))
    );
    for _ in 0..2 {
        let again = source.lead_as("lead-1", &lead).await;
        assert_eq!(again.status, 202, "{again:?}");
        assert_eq!(again.json(), first.json());
        assert_eq!(again.header("idempotent-replayed"), "true");
    }
    let other = source.lead_as("lead-1", &with_age(&lead, 50)).await;
    assert_eq!(other.status, 422, "{other:?}");
    slow.give_word(1);
    settled(&source, &first.json()["lead_id"]).await;
    let again = source.lead_as("lead-1", &lead).await;
    assert_eq!(
        (again.status, &again.json()["status"]),
        (200, &json!("sold"))
    );
    assert_eq!(again.json()["lead_id"], first.json()["lead_id"]);
    assert_eq!(slow.posts().len(), 1);
}

/// The same of somebody of another age.
fn with_age(lead: &Value, age: u8) -> Value {
    let mut lead = lead.clone();
    lead["fields"]["age"] = age.into();
    lead
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_comes_twice_at_once_is_one_lead() {
    let (sunny, shady) = (
        Buyer::always(Reply::AcceptOnWord("1")).await,
        Buyer::always(Reply::Reject).await,
    );
    let mut site = in_turn(&sunny, &shady).await;
    let source = site.source();
    let first = tokio::spawn({
        let source = source.clone();
        async move { source.lead_as("lead-1", &solar_lead()).await }
    });
    until("the buyer has the lead", async || {
        (sunny.posts().len() == 1).then_some(())
    })
    .await;
    let second = source.lead_as("lead-1", &solar_lead()).await;
    assert_eq!(second.status, 409, "{second:?}");
    assert_eq!(second.json()["code"], "in_progress");
    assert_eq!(second.header("retry-after"), "1");
    sunny.give_word(1);
    assert_eq!(first.await.unwrap().json()["status"], "sold");
    assert_eq!(sunny.posts().len(), 1);
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_is_a_lead_of_its_own() {
    let (sunny, shady) = (
        Buyer::always(Reply::Accept("2.25")).await,
        Buyer::always(Reply::Reject).await,
    );
    let mut site = in_turn(&sunny, &shady).await;
    let mut keyed = solar_lead();
    keyed["idempotency_key"] = "line-1".into();
    let mut roofless = solar_lead();
    roofless["fields"].as_object_mut().unwrap().remove("roof");
    let body = format!("{keyed}\n{roofless}\n\nnot json\n{keyed}\n{}", solar_lead());
    let source = site.source();
    let request = source.request(Method::POST, "/v1/leads");
    let request = request.header("content-type", "application/x-ndjson");
    let answer = answer(request.body(body)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let lines: Vec<Value> = answer
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let numbers: Vec<_> = lines.iter().map(|line| line["line"].as_u64()).collect();
    assert_eq!(numbers, [1, 2, 4, 5, 6].map(Some));
    assert_eq!(lines[0]["lead"]["status"], "sold");
    assert_eq!(lines[1]["error"]["code"], "invalid_request");
    assert_eq!(lines[1]["error"]["problems"][0]["path"], "fields.roof");
    assert_eq!(lines[2]["error"]["code"], "malformed_body");
    // Lines are under way side by side, so the first one may not be settled yet.
    let repeated = &lines[3];
    let is_replayed = repeated["lead"]["lead_id"] == lines[0]["lead"]["lead_id"];
    assert!(
        is_replayed || repeated["error"]["code"] == "in_progress",
        "{repeated}"
    );
    assert_eq!(lines[4]["lead"]["price"], "2.25");
    assert_eq!(sunny.posts().len(), 2);
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_that_never_answers_leaves_the_lead_held_and_nobody_else_gets_it() {
    let (mute, shady) = (
        Buyer::always(Reply::Hang).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let mute_one = Destination {
        timeout_ms: 300,
        ..open_to_all("mute", &mute)
    };
    let destinations = [mute_one, open_to_all("shady", &shady)];
    let flow = one_after_the_other(&["mute", "shady"]);
    let mut site = Site::open(&flow, &destinations).await;
    let held = site.source().lead(&solar_lead()).await.json();
    assert_eq!(held["status"], "held");
    assert_eq!((mute.posts().len(), shady.posts().len()), (1, 0));
    let lead = site.lead(held["lead_id"].as_str().unwrap()).await;
    assert_eq!(lead["status"], "HELD");
    assert_eq!(lead["deliveries"][0]["state"], "HELD");
    assert_eq!(lead["deliveries"][0]["attempts"][0]["outcome"], "unknown");
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_may_allow_that_unknown_answers_pass_the_lead_on() {
    let (mute, shady) = (
        Buyer::always(Reply::Hang).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let mute_one = Destination {
        timeout_ms: 300,
        settings: json!({"on_unknown": "pass_on"}),
        ..open_to_all("mute", &mute)
    };
    let destinations = [mute_one, open_to_all("shady", &shady)];
    let flow = one_after_the_other(&["mute", "shady"]);
    let mut site = Site::open(&flow, &destinations).await;
    let sold = site.source().lead(&solar_lead()).await.json();
    assert_eq!(sold["status"], "sold");
    assert_eq!(sold["destination"], "shady");
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_async_lead_is_answered_at_once_and_settled_later() {
    let (sunny, shady) = (
        Buyer::always(Reply::AcceptOnWord("7")).await,
        Buyer::always(Reply::Reject).await,
    );
    let mut site = in_turn(&sunny, &shady).await;
    let mut lead = solar_lead();
    lead["mode"] = "async".into();
    let queued = site.source().lead(&lead).await;
    assert_eq!(queued.status, 202);
    assert_eq!(queued.json()["status"], "queued");
    sunny.give_word(1);
    let shown = settled(&site.source(), &queued.json()["lead_id"]).await;
    assert_eq!(shown["status"], "sold");
    assert_eq!(shown["price"], "7.00");
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_whose_time_is_up_is_answered_as_queued_and_settled_all_the_same() {
    let (sunny, shady) = (
        Buyer::always(Reply::Hang).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let mut site = in_turn(&sunny, &shady).await;
    let mut lead = solar_lead();
    lead["deadline_ms"] = 200.into();
    let answer = site.source().lead(&lead).await.json();
    let shown = settled(&site.source(), &answer["lead_id"]).await;
    assert_eq!(shown["status"], "held");
    assert_eq!(shady.posts(), []);
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_sees_its_own_leads_and_no_others() {
    let (sunny, shady) = (
        Buyer::always(Reply::Accept("1")).await,
        Buyer::always(Reply::Reject).await,
    );
    let mut site = in_turn(&sunny, &shady).await;
    let sold = site.source().lead(&solar_lead()).await.json();
    let path = format!("/v1/leads/{}", sold["lead_id"].as_str().unwrap());
    let own = site.source().get(&path).await;
    assert_eq!(own.json()["source"], "web");
    let other = crate::site::token(&site.admin, "SOURCE", json!({"source": "mail"})).await;
    let other = site.server.caller(&other);
    assert_eq!(other.get(&path).await.status, 404);
    let query = "{ leads { nodes { id } } }";
    let seen = other.graphql(query, &json!({})).await;
    assert_eq!(seen["leads"]["nodes"], json!([]));
    let seen = site.source().graphql(query, &json!({})).await;
    assert_eq!(seen["leads"]["nodes"][0]["id"], sold["lead_id"]);
    site.server.stop();
}
