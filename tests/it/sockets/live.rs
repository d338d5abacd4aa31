//! What subscribers are told of leads, simulations, drafts, stages and rollouts while they change.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::socket::{Socket, subscribe};
use crate::{
    buyer::{Buyer, Reply},
    site::{Site, one_after_the_other, open_to_all, publish, solar_lead, token},
    wait::until,
};

const NEW: &str = "subscription { newLeads { count isMore position } }";

/// A site with one buyer, who answers when it is told to.
async fn site(reply: Reply) -> (Site, Buyer) {
    let buyer = Buyer::always(reply).await;
    let flow = one_after_the_other(&["acme"]);
    let site = Site::open(&flow, &[open_to_all("acme", &buyer)]).await;
    (site, buyer)
}

fn changed(id: &str) -> String {
    format!(
        "subscription {{ leadChanged(id: \"{id}\") {{ id status revenue fields deliveries {{ state conversions {{ txid }} }} }} }}"
    )
}

/// The id of the one lead there is, once it is there.
async fn only_lead(site: &Site) -> String {
    until("the lead is stored", async || {
        let found = site
            .admin
            .graphql("{ leads { nodes { id } } }", &json!({}))
            .await;
        found["leads"]["nodes"][0]["id"].as_str().map(str::to_owned)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_is_followed_on_its_way_and_after_by_who_may_see_it() {
    let (site, buyer) = site(Reply::AcceptOnWord("9.00")).await;
    let source = site.source();
    let sent = tokio::spawn(async move { source.lead(&solar_lead()).await.status });
    let id = only_lead(&site).await;
    let analyst = token(&site.admin, "ANALYST", json!({})).await;
    let stranger = token(&site.admin, "SOURCE", json!({"source": "mail"})).await;
    let mut all = Socket::of(&site.server, site.server.admin_token()).await;
    let mut masked = Socket::of(&site.server, &analyst).await;
    let first = all.begin("1", &changed(&id)).await;
    assert_eq!(
        (&first["id"], &first["status"]),
        (&json!(id), &json!("QUEUED")),
        "{first}"
    );
    assert_eq!(first["fields"]["phone"], "+12025550143", "{first}");
    assert_eq!(
        masked.begin("1", &changed(&id)).await["fields"]["phone"],
        "[personal]"
    );
    // A source follows its own; whether others are there, it does not learn.
    let mut other = Socket::of(&site.server, &stranger).await;
    let own = format!("subscription {{ leadChanged(id: \"{id}\") {{ status }} }}");
    let (theirs, nobodys) = (
        other.refusal(&own).await,
        other.refusal(&changed("lead_0")).await,
    );
    assert_eq!(
        (theirs, nobodys),
        (json!("BAD_USER_INPUT"), json!("BAD_USER_INPUT"))
    );
    let mut its_own = Socket::of(&site.server, site.source_token()).await;
    assert_eq!(its_own.begin("1", &own).await["status"], "QUEUED");

    buyer.give_word(1);
    let told = Instant::now();
    let sold = all.until("1", |lead| lead["status"] == "SOLD").await;
    assert!(
        told.elapsed() < Duration::from_secs(5),
        "{:?}",
        told.elapsed()
    );
    assert_eq!(sold["deliveries"][0]["state"], "ACCEPTED", "{sold}");
    assert_eq!(sent.await.unwrap(), 200);
    its_own.until("1", |lead| lead["status"] == "SOLD").await;

    let click = site.lead(&id).await["deliveries"][0]["clickId"].clone();
    let click = click.as_str().unwrap();
    assert_eq!(
        site.postback(&format!("click_id={click}&payout=3&txid=7"))
            .await
            .status,
        200
    );
    let has_it = |lead: &Value| lead["deliveries"][0]["conversions"][0]["txid"] == "7";
    all.until("1", has_it).await;
    masked.until("1", has_it).await;
    // Erased while it is followed: what is told from then on holds nothing of the person.
    let erased = json!({"leadIds": [id], "note": "they asked"});
    site.admin
        .change("erasePersons", &erased, "erasure { id }")
        .await;
    let left = all
        .until("1", |lead| lead["fields"]["phone"] != "+12025550143")
        .await;
    assert!(!left.to_string().contains("2025550143"), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_leads_are_counted_as_the_list_would_show_them() {
    let (site, _buyer) = site(Reply::Accept("5")).await;
    let source = site.source();
    let send = async |n: usize| {
        for _ in 0..n {
            assert_eq!(source.lead(&solar_lead()).await.status, 200);
        }
    };
    send(2).await;
    let query = "{ leads { position nodes { id } } }";
    let page = site.admin.graphql(query, &json!({})).await;
    let position = page["leads"]["position"].as_str().unwrap().to_owned();
    send(3).await;
    let mut socket = Socket::of(&site.server, site.server.admin_token()).await;
    assert_eq!(socket.begin("now", NEW).await["count"], 0);
    let since = format!("subscription {{ newLeads(since: \"{position}\") {{ count position }} }}");
    assert_eq!(
        socket.begin("since", &since).await,
        json!({"count": 3, "position": position})
    );
    for (id, filter, n) in [
        ("sold", "{status: SOLD}", 3),
        ("unsold", "{status: UNSOLD}", 0),
        (
            "acme",
            "{destination: \"acme\", source: \"web\", flow: \"solar\", isTest: false}",
            3,
        ),
        ("other", "{destination: \"zenith\"}", 0),
        ("late", "{receivedFrom: \"2199-01-01T00:00:00Z\"}", 0),
    ] {
        let query = format!(
            "subscription {{ newLeads(filter: {filter}, since: \"{position}\") {{ count isMore }} }}"
        );
        let first = socket.begin(id, &query).await;
        assert_eq!(first, json!({"count": n, "isMore": false}), "{filter}");
    }
    // A reader that was away is told the sum, and not one message for each lead.
    send(40).await;
    let mut n_messages = 0;
    loop {
        n_messages += 1;
        if socket.next("now").await["count"] == 40 {
            break;
        }
    }
    assert!(n_messages <= 20, "{n_messages} messages");
    assert_eq!(socket.begin("again", &since).await["count"], 43);
    for bad in ["x", "-1", "", "1e3", "99999999999999999999"] {
        let query = format!("subscription {{ newLeads(since: \"{bad}\") {{ count }} }}");
        let mut socket = Socket::of(&site.server, site.server.admin_token()).await;
        assert_eq!(socket.refusal(&query).await, "BAD_USER_INPUT", "{bad}");
    }
    // A source counts its own.
    let mail = token(&site.admin, "SOURCE", json!({"source": "mail"})).await;
    let mut of_mail = Socket::of(&site.server, &mail).await;
    let all = format!("subscription {{ newLeads(since: \"{position}\") {{ count }} }}");
    assert_eq!(of_mail.begin("1", &all).await["count"], 0);
    let theirs = "subscription { newLeads(filter: {source: \"web\"}) { count } }";
    assert_eq!(of_mail.refusal(theirs).await, "FORBIDDEN");
    let mut of_web = Socket::of(&site.server, site.source_token()).await;
    assert_eq!(of_web.begin("1", &all).await["count"], 43);
}

/// Subscriptions to settings and simulations, which readers may follow.
const OF_READERS: [&str; 4] = [
    "subscription { draftChanged(flow: \"solar\") { revision by } }",
    "subscription { stageMoved(flow: \"solar\") { revision versionHash } }",
    "subscription { rolloutMoved(flow: \"solar\") { name state } }",
    "subscription { simulationProgress(id: \"job_0\") { state } }",
];

#[tokio::test(flavor = "multi_thread")]
async fn drafts_stages_rollouts_and_simulations_are_followed() {
    let (site, _buyer) = site(Reply::Accept("5")).await;
    for _ in 0..3 {
        assert_eq!(site.source().lead(&solar_lead()).await.status, 200);
    }
    let editor = token(&site.admin, "EDITOR", json!({})).await;
    let analyst = token(&site.admin, "ANALYST", json!({})).await;
    let mut socket = Socket::of(&site.server, &analyst).await;
    let [draft, stage, rollout, _] = OF_READERS;
    let before = socket.begin("draft", draft).await["revision"]
        .as_i64()
        .unwrap();
    let live = socket.begin("stage", stage).await;
    socket.say(&subscribe("rollout", rollout)).await;
    let mut document = one_after_the_other(&["acme"]);
    document["max_sold"] = json!(2);
    let saved = json!({"document": document, "expectedRevision": before});
    let editor = site.server.caller(&editor);
    editor
        .change("saveFlowDraft", &saved, "draft { revision }")
        .await;
    let told = socket.next("draft").await;
    assert_eq!(told["revision"], before + 1, "{told}");
    assert!(told["by"].is_string(), "{told}");
    let version = publish(&editor, &document).await;
    let moved = socket
        .until("stage", |it| it["versionHash"] == version)
        .await;
    assert!(
        moved["revision"].as_i64() > live["revision"].as_i64(),
        "{moved}"
    );
    document["max_sold"] = json!(3);
    let next = crate::rollouts::published(&editor, &document).await;
    let plan = crate::rollouts::steps("careful", &next, 100_000);
    editor.change("startRollout", &plan, "").await;
    assert_eq!(socket.next("rollout").await["state"], "RUNNING");
    editor
        .change("rollBackRollout", &json!({"name": "careful"}), "")
        .await;
    socket
        .until("rollout", |it| it["state"] == "ROLLED_BACK")
        .await;

    let scenario = json!({"scenario": {"flow": "solar", "candidate": version}});
    let started = editor
        .change("startSimulation", &scenario, "simulation { id }")
        .await;
    let id = started["simulation"]["id"].as_str().unwrap();
    let query = format!("subscription {{ simulationProgress(id: \"{id}\") {{ state progress }} }}");
    socket.say(&subscribe("simulation", &query)).await;
    let done = socket.until("simulation", |it| it["state"] == "DONE").await;
    assert_eq!(done["progress"], 1.0, "{done}");
    // There is nothing more to tell, and its id is free.
    let end = json!({"id": "simulation", "type": "complete"});
    assert_eq!(socket.message().await, end);
    assert_eq!(socket.begin("simulation", &query).await["state"], "DONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_not_allowed_is_refused_and_nobody_follows_too_much() {
    let (site, _buyer) = site(Reply::Accept("5")).await;
    let postback = token(&site.admin, "POSTBACK", json!({})).await;
    let source = site.source_token();
    for (holder, queries) in [
        (postback.as_str(), &[NEW, &changed("lead_0")][..]),
        (&postback, &OF_READERS),
        (source, &OF_READERS),
    ] {
        let mut socket = Socket::of(&site.server, holder).await;
        for query in queries {
            assert_eq!(socket.refusal(query).await, "FORBIDDEN", "{query}");
        }
    }
    let mut socket = Socket::of(&site.server, site.server.admin_token()).await;
    for query in [
        &changed("lead_0"),
        &changed(&"x".repeat(10_000)),
        "subscription { draftChanged(flow: \"nobody\") { revision } }",
        "subscription { stageMoved(flow: \"\") { revision } }",
        "subscription { simulationProgress(id: \"lead_0\") { state } }",
        OF_READERS[3],
    ] {
        assert_eq!(socket.refusal(query).await, "BAD_USER_INPUT", "{query:.80}");
    }
    let control = "subscription { rolloutMoved(flow: \"no\\u0000body\") { name } }";
    assert_eq!(socket.refusal(control).await, "BAD_REQUEST");
    let mut n_begun = 0;
    for n in 0..1_000 {
        socket.say(&subscribe(&format!("n{n}"), NEW)).await;
    }
    for _ in 0..1_000 {
        let said = socket.message().await;
        n_begun += usize::from(said["type"] == "next");
    }
    assert_eq!(n_begun, 16);
    // What is given up makes room.
    socket.say(&json!({"id": "n0", "type": "complete"})).await;
    assert_eq!(socket.begin("more", NEW).await["count"], 0);
    // A token that is revoked while it follows leads is told no more.
    let created = json!({"name": "short", "role": "SOURCE", "source": "web"});
    let created = site
        .admin
        .change("createToken", &created, "secret token { id }")
        .await;
    let mut revoked = Socket::of(&site.server, created["secret"].as_str().unwrap()).await;
    assert_eq!(revoked.begin("1", NEW).await["count"], 0);
    let id = json!({"id": created["token"]["id"]});
    site.admin.change("revokeToken", &id, "token { id }").await;
    assert_eq!(site.source().lead(&solar_lead()).await.status, 200);
    assert_eq!(revoked.closed().await.0, 4403);
}
