//! Subscriptions: what a client hears of new weights, and what it cannot do to the server.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    site::{Site, open_to_all, solar_flow, solar_lead},
    wait::until,
};

mod live;
pub(crate) mod socket;

use socket::{Said, Socket, subscribe};

const FOLLOW: &str = r#"subscription { allocationPublished(flow: "solar", node: "learned") {
    epoch at asOf isOwn explorationCost arms { name weightPpm waitingShare posterior { trials p5 p95 } } } }"#;

fn every_other(n: usize, price: &'static str) -> Reply {
    if n.is_multiple_of(2) {
        Reply::Accept(price)
    } else {
        Reply::Reject
    }
}

/// A site with a bandit of two buyers who refuse every other lead, and of whom one pays a little more: weights move for a
/// long time.
async fn site() -> (Site, [Buyer; 2]) {
    let (yes, no) = (
        Buyer::scripted(|n| every_other(n, "9.00")).await,
        Buyer::scripted(|n| every_other(n, "8.00")).await,
    );
    let nodes = json!({
        "learned": {"kind": "bandit", "explore_ppm": 50_000, "arms": [{"to": "yes"}, {"to": "no"}]},
        "yes": {"kind": "destination"}, "no": {"kind": "destination"},
    });
    let flow = solar_flow("learned", &nodes);
    let site = Site::open(&flow, &[open_to_all("yes", &yes), open_to_all("no", &no)]).await;
    (site, [yes, no])
}

/// The next answer to a subscription.
async fn next(socket: &mut Socket, id: &str) -> Value {
    loop {
        match socket.hear().await {
            Said::Message(message) if message["type"] == "next" && message["id"] == *id => {
                return message["payload"]["data"]["allocationPublished"].clone();
            }
            Said::Message(message) => assert_eq!(message["type"], "next", "{message}"),
            Said::Closed(code, reason) => panic!("closed with {code}: {reason}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_subscribes_hears_of_new_weights_until_the_server_ends() {
    let (mut site, _buyers) = site().await;
    let mut socket = Socket::open(&site.server).await;
    let token = site.server.admin_token().to_owned();
    socket.init(&json!({ "token": token })).await;
    socket.say(&subscribe("1", FOLLOW)).await;
    socket.say(&json!({"type": "ping"})).await;
    assert_eq!(socket.message().await, json!({"type": "pong"}));
    let source = site.source();
    let leads = tokio::spawn(async move {
        loop {
            assert_eq!(source.lead(&solar_lead()).await.status, 200);
        }
    });
    let epoch = |update: &Value| update["epoch"].as_str().unwrap().parse::<u64>().unwrap();
    let first = next(&mut socket, "1").await;
    assert!(
        first["explorationCost"]
            .as_f64()
            .is_some_and(|cost| cost >= 0.0),
        "{first:#}"
    );
    let mut last = first.clone();
    // Arms come by name: no, yes.
    while epoch(&last) < epoch(&first) + 2 {
        let update = next(&mut socket, "1").await;
        assert!(epoch(&update) > epoch(&last), "{update:#}");
        last = update;
    }
    leads.abort();
    // The series tells the same story.
    let query = r#"query($from: Timestamp) { allocationOverTime(flow: "solar", node: "learned", from: $from, points: 100) {
        currency epochs times isThinned explorationCost arms { name weightPpm meanValue p5 p95 bestProbability waitingShare
        streams { place kind meanValue p5 p95 waitingShare } } } }"#;
    let from = json!({"from": first["asOf"]});
    let series = site.admin.graphql(query, &from).await;
    let series = &series["allocationOverTime"];
    let epochs = series["epochs"].as_array().unwrap();
    assert_eq!(epochs[0], first["epoch"], "{series:#}");
    let at = epochs
        .iter()
        .position(|epoch| *epoch == last["epoch"])
        .unwrap();
    assert_eq!(series["currency"], "USD");
    let of_yes = &series["arms"][1];
    assert_eq!(of_yes["name"], "yes");
    assert_eq!(of_yes["weightPpm"].as_array().unwrap().len(), epochs.len());
    assert_eq!(of_yes["weightPpm"][at], last["arms"][1]["weightPpm"]);
    assert_eq!(of_yes["p95"][at], last["arms"][1]["posterior"]["p95"]);
    let at_once = &of_yes["streams"][0];
    assert_eq!(
        (&at_once["place"], &at_once["kind"]),
        (&json!("OWN"), &json!("AT_ONCE"))
    );
    assert!(at_once["p5"][at].as_f64().unwrap() < at_once["p95"][at].as_f64().unwrap());
    // What is completed is told of no more; its id can be used again.
    socket.say(&json!({"id": "1", "type": "complete"})).await;
    socket.say(&subscribe("1", FOLLOW)).await;
    assert!(epoch(&next(&mut socket, "1").await) >= epoch(&last));
    site.server.stop();
    assert_eq!(socket.closed().await.0, 1001);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_gets_in_and_a_revoked_token_goes_out() {
    let (site, _buyers) = site().await;
    let server = &site.server;
    for headers in [
        &[("origin", "https://evil.test")][..],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "null")],
    ] {
        assert_eq!(Socket::refused(server, headers).await, 403, "{headers:?}");
    }
    assert_eq!(
        Socket::refused(server, &[("sec-websocket-protocol", "graphql-ws")]).await,
        400
    );
    assert_eq!(server.stranger().get("/graphql/ws").await.status, 400);
    let own = server.base().to_owned();
    let mut socket = Socket::open_with(server, &[("origin", &own)]).await;
    socket.say(&subscribe("1", FOLLOW)).await;
    assert_eq!(socket.closed().await.0, 4401);
    for (payload, code) in [(json!({}), 4403), (json!({"token": "pm_admin_no"}), 4403)] {
        let mut socket = Socket::open(server).await;
        socket
            .say(&json!({"type": "connection_init", "payload": payload}))
            .await;
        assert_eq!(socket.closed().await.0, code, "{payload}");
    }
    // A source may connect, and follows nothing.
    let created = site
        .admin
        .change(
            "createToken",
            &json!({"name": "s", "role": "SOURCE", "source": "web"}),
            "secret",
        )
        .await;
    let mut socket = Socket::open(server).await;
    socket.init(&json!({"token": created["secret"]})).await;
    socket.say(&subscribe("1", FOLLOW)).await;
    let refused = socket.message().await;
    assert_eq!(refused["type"], "error", "{refused}");
    assert_eq!(refused["payload"][0]["extensions"]["code"], "FORBIDDEN");
    // One that is revoked while it is used.
    let analyst = json!({"name": "a", "role": "ANALYST"});
    let created = site
        .admin
        .change("createToken", &analyst, "secret token { id }")
        .await;
    let mut socket = Socket::open(server).await;
    socket
        .init(&json!({"authorization": format!("Bearer {}", created["secret"].as_str().unwrap())}))
        .await;
    socket.say(&subscribe("1", FOLLOW)).await;
    let id = json!({"id": created["token"]["id"]});
    site.admin.change("revokeToken", &id, "token { id }").await;
    let started = Instant::now();
    let (code, reason) = socket.closed().await;
    assert_eq!(code, 4403, "{reason}");
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}

/// Documents that are refused: beyond the limits, no subscriptions, or of nothing that there is.
fn refused_documents() -> Vec<String> {
    let lists = format!(
        "subscription{{allocationPublished(flow:{}){{epoch}}}}",
        "[".repeat(8_000)
    );
    let spread = "...F ".repeat(2);
    let doubling: String = (0..40)
        .map(|n| format!("fragment F{n} on Subscription{{...F{0} ...F{0}}} ", n + 1))
        .collect::<Vec<_>>()
        .concat();
    let doubling =
        format!("subscription{{...F0}} {doubling} fragment F40 on Subscription{{__typename}}");
    [
        lists.as_str(),
        &doubling,
        &"{".repeat(20_000),
        "{ flows { nodes { name } } }",
        "mutation { createToken(input: {name: \"x\", role: ADMIN}) { secret } }",
        "subscription { a: allocationPublished(flow: \"solar\", node: \"learned\") { epoch } b: allocationPublished(flow: \"solar\", node: \"learned\") { epoch } }",
        &format!(
            "subscription {{ {spread} }} fragment F on Subscription {{ allocationPublished(flow: \"solar\", node: \"learned\") {{ epoch }} }}"
        ),
        "subscription { allocationPublished(flow: \"solar\", node: \"nobody\") { epoch } }",
        "subscription { nothing }",
        "",
    ]
    .map(str::to_owned)
    .to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_messages_are_refused_one_by_one() {
    let (site, _buyers) = site().await;
    let token = json!({ "token": site.server.admin_token() });
    let mut socket = Socket::open(&site.server).await;
    socket.init(&token).await;
    for query in refused_documents() {
        let started = Instant::now();
        socket.say(&subscribe("1", &query)).await;
        let refused = socket.message().await;
        assert_eq!(refused["type"], "error", "{query:.80}: {refused}");
        assert!(started.elapsed() < Duration::from_secs(1), "{query:.80}");
    }
    // Ten thousand subscriptions: sixteen run, the others are refused, and the connection lives.
    for n in 0..10_000 {
        socket.say(&subscribe(&format!("s{n}"), FOLLOW)).await;
        if n >= 16 {
            let refused = socket.message().await;
            assert_eq!(
                (&refused["type"], &refused["id"]),
                (&json!("error"), &json!(format!("s{n}")))
            );
        }
    }
    socket.say(&subscribe("s0", FOLLOW)).await;
    assert_eq!(socket.closed().await.0, 4409);
    for (bad, code) in [
        ("{".to_owned(), 4400),
        (
            r#"{"type": "connection_init", "payload": 1}"#.to_owned(),
            4400,
        ),
        (
            format!(r#"{{"type":"ping","payload":{}"#, "[".repeat(60_000)),
            4400,
        ),
        (" ".repeat(200_000), 1009),
    ] {
        let mut socket = Socket::open(&site.server).await;
        socket.init(&token).await;
        socket.say_text(bad).await;
        assert_eq!(socket.closed().await.0, code);
    }
    let mut socket = Socket::open(&site.server).await;
    socket.init(&token).await;
    socket
        .say(&json!({"type": "connection_init", "payload": token}))
        .await;
    assert_eq!(socket.closed().await.0, 4429);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_silence_nor_a_client_that_does_not_read_holds_anything_up() {
    let (mut site, _buyers) = site().await;
    let token = json!({ "token": site.server.admin_token() });
    // Who has not said who they are takes the places of such, and no others.
    let mut unknown = Vec::new();
    for _ in 0..32 {
        unknown.push(Socket::open(&site.server).await);
    }
    assert_eq!(Socket::refused(&site.server, &[]).await, 503);
    assert_eq!(site.source().lead(&solar_lead()).await.status, 200);
    let started = Instant::now();
    for mut socket in unknown {
        assert_eq!(socket.closed().await.0, 4408);
    }
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
    // Clients that ask for a lot and read nothing: their own answers wait, and then they are cut off.
    let mut deaf = Vec::new();
    for _ in 0..8 {
        let mut socket = Socket::open(&site.server).await;
        socket.init(&token).await;
        deaf.push(socket);
    }
    let before = memory_of(site.server.process());
    let floods = deaf
        .into_iter()
        .map(|socket| tokio::spawn(socket.flood(Duration::from_secs(90))));
    let floods: Vec<_> = floods.collect();
    let source = site.source();
    for _ in 0..40 {
        let started = Instant::now();
        assert_eq!(source.lead(&solar_lead()).await.status, 200);
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "{:?}",
            started.elapsed()
        );
    }
    for flood in floods {
        assert!(
            flood.await.unwrap(),
            "a client that does not read is cut off"
        );
    }
    let grown = memory_of(site.server.process()).saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} KiB more");
    // All places are free again.
    until("the places are free", async || {
        let mut socket = Socket::try_open(&site.server, &[]).await.ok()?;
        socket.init(&token).await;
        Some(())
    })
    .await;
    let mut open = Socket::open(&site.server).await;
    open.init(&token).await;
    let started = Instant::now();
    site.server.stop();
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}

/// Resident memory of a process, in KiB.
fn memory_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let digits: String = line.unwrap().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}
