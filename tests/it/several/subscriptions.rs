//! What one server commits, whoever subscribed at the other is told.

use super::*;
use crate::sockets::socket::Socket;

/// Until a commit of one server is told of by the other.
const TOLD_MAX: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn commits_of_one_server_reach_subscribers_of_the_other() {
    let Some(pair) = Pair::open().await else {
        return;
    };
    let buyer = Buyer::always(Reply::AcceptOnWord("5")).await;
    pair.put(&open_to_all("acme", &buyer)).await;
    let mut document = one_after_the_other(&["acme"]);
    publish(&pair.admin(0), &document).await;
    let admin = pair.servers[1].admin_token();
    let mut socket = Socket::of(&pair.servers[1], admin).await;
    let new = "subscription { newLeads { count } }";
    let draft = "subscription { draftChanged(flow: \"solar\") { revision } }";
    assert_eq!(socket.begin("new", new).await["count"], 0);
    let revision = socket.begin("draft", draft).await["revision"]
        .as_i64()
        .unwrap();

    let source = pair.source(0);
    let sent = tokio::spawn(async move { source.lead(&solar_lead()).await.status });
    let began = Instant::now();
    socket.until("new", |it| it["count"] == 1).await;
    assert!(began.elapsed() < TOLD_MAX, "{:?}", began.elapsed());
    let found = pair
        .admin(1)
        .graphql("{ leads { nodes { id } } }", &json!({}))
        .await;
    let id = found["leads"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let lead = format!("subscription {{ leadChanged(id: \"{id}\") {{ status }} }}");
    assert_eq!(socket.begin("lead", &lead).await["status"], "QUEUED");
    buyer.give_word(1);
    let began = Instant::now();
    socket.until("lead", |it| it["status"] == "SOLD").await;
    assert!(began.elapsed() < TOLD_MAX, "{:?}", began.elapsed());
    assert_eq!(sent.await.unwrap(), 200);

    document["max_sold"] = json!(2);
    let saved = json!({"document": document, "expectedRevision": revision});
    let began = Instant::now();
    pair.admin(0).change("saveFlowDraft", &saved, "").await;
    socket
        .until("draft", |it| it["revision"] == revision + 1)
        .await;
    assert!(began.elapsed() < TOLD_MAX, "{:?}", began.elapsed());

    // A token that one of them revokes is told nothing more at the other.
    let created = json!({"name": "short", "role": "ANALYST"});
    let created = pair
        .admin(0)
        .change("createToken", &created, "secret token { id }")
        .await;
    let secret = created["secret"].as_str().unwrap();
    let mut revoked = Socket::of(&pair.servers[1], secret).await;
    assert_eq!(revoked.begin("lead", &lead).await["status"], "SOLD");
    let token = json!({"id": created["token"]["id"]});
    pair.admin(0)
        .change("revokeToken", &token, "token { id }")
        .await;
    let began = Instant::now();
    assert_eq!(revoked.closed().await.0, 4403);
    assert!(began.elapsed() < TOLD_MAX, "{:?}", began.elapsed());
    pair.close().await;
}
