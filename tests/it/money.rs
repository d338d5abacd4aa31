//! Money that comes back, as buyers and operators see it.

use pointsman_testkit::Postgres;
use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    caller::Caller,
    program::{pointsman, stdout_of},
    restart::verify_url,
    server::Server,
    site::{Destination, Site, one_after_the_other, open_to_all, solar_lead, token},
};

const RETURNED: &str = "leadReturn { id state reason revenue currency decidedBy note deliveryId }";

/// A mutation of returns: the return, or the codes of what is wrong.
async fn give(caller: &Caller, name: &str, input: &Value) -> Result<Value, Vec<String>> {
    let mut payload = caller.mutation(name, input, RETURNED).await;
    let errors = payload["userErrors"].as_array().unwrap();
    if errors.is_empty() {
        return Ok(payload["leadReturn"].take());
    }
    let code = |error: &Value| error["code"].as_str().unwrap().to_owned();
    Err(errors.iter().map(code).collect())
}

/// The click of the lead that was sold last.
fn last_click(buyer: &Buyer) -> String {
    let posts = buyer.posts();
    posts.last().unwrap().body["click_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_returns_a_lead_and_an_operator_decides() {
    let server = Server::start();
    let database = server.database();
    Box::pin(story(server, database.to_str().unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_on_postgresql() {
    let Some(postgres) = Postgres::named() else {
        return;
    };
    let name = postgres.create().await.unwrap();
    let url = postgres.url(postgres.host(), &name);
    Box::pin(story(Server::start_on(&url, pointsman), &url)).await;
    postgres.remove(&name).await.unwrap();
}

/// * `database`: its path or URL.
async fn story(server: Server, database: &str) {
    let (acme, zenith) = (
        Buyer::always(Reply::Accept("12.5")).await,
        Buyer::always(Reply::Reject).await,
    );
    let terms = json!({"returns": {"window_days": 3, "reasons": ["wrong number"]}});
    let destinations = [
        Destination {
            settings: terms,
            ..open_to_all("acme", &acme)
        },
        open_to_all("zenith", &zenith),
    ];
    let flow = one_after_the_other(&["acme", "zenith"]);
    let mut site = Site::open_on(server, &flow, &destinations).await;
    let of_acme = token(&site.admin, "POSTBACK", json!({"destination": "acme"})).await;
    let of_zenith = token(&site.admin, "POSTBACK", json!({"destination": "zenith"})).await;
    let (buyer, stranger) = (site.server.caller(&of_acme), site.server.caller(&of_zenith));
    let sold = site.source().lead(&solar_lead()).await.json();
    let click = last_click(&acme);
    let input = |key: &str, kind: &str| json!({"clickId": click, "reason": "wrong number", "idempotencyKey": key, "kind": kind});

    assert_eq!(
        give(&stranger, "returnLead", &input("a", "RETURN")).await,
        Err(vec!["not_found".to_owned()])
    );
    let asked = give(&buyer, "returnLead", &input("a", "RETURN"))
        .await
        .unwrap();
    assert_eq!(
        (&asked["state"], &asked["revenue"]),
        (&json!("REQUESTED"), &json!("0.00"))
    );
    assert_eq!(
        give(&buyer, "returnLead", &input("a", "RETURN"))
            .await
            .unwrap(),
        asked
    );
    refused_to_buyers(&buyer, input("c", "CHARGEBACK"), &asked).await;
    let decide = json!({"id": asked["id"], "decision": "ACCEPT", "note": "they are right"});
    let accepted = give(&site.admin, "decideReturn", &decide).await.unwrap();
    assert_eq!(
        (&accepted["state"], &accepted["revenue"], &accepted["note"]),
        (
            &json!("ACCEPTED"),
            &json!("-12.50"),
            &json!("they are right")
        )
    );
    let lead = sold["lead_id"].as_str().unwrap();
    let stored = site.lead(lead).await;
    assert_eq!(
        (&stored["status"], &stored["revenue"]),
        (&json!("RETURNED"), &json!("0.00"))
    );
    assert_eq!(
        stored["deliveries"][0]["conversions"][0]["status"],
        "RETURNED"
    );

    seen(&site.admin, [&buyer, &stranger], &asked).await;
    site.server.kill();
    site.start_again();
    let reverse = json!({"id": asked["id"], "decision": "REVERSE"});
    let reversed = give(&site.admin, "decideReturn", &reverse).await.unwrap();
    assert_eq!(reversed["state"], "REVERSED");
    let stored = site.lead(lead).await;
    assert_eq!(
        (&stored["status"], &stored["revenue"]),
        (&json!("SOLD"), &json!("12.50"))
    );
    // It listens at another port since then.
    statements(&site, &site.server.caller(&of_acme), database).await;
    site.server.stop();
    verify_url(database, 1);
}

/// Who sees a return, and how much of it.
async fn seen(admin: &Caller, [buyer, stranger]: [&Caller; 2], asked: &Value) {
    // The buyer sees its own returns, without the names of tokens; nobody sees another's.
    const RETURNS: &str = "{ returns { nodes { id state decidedBy requestedBy } } }";
    let own = buyer.graphql(RETURNS, &json!({})).await;
    assert_eq!(
        own["returns"]["nodes"],
        json!([{"id": asked["id"], "state": "ACCEPTED", "decidedBy": null, "requestedBy": null}])
    );
    let others = stranger.graphql(RETURNS, &json!({})).await;
    assert_eq!(others["returns"]["nodes"], json!([]));
    let all = admin.graphql(RETURNS, &json!({})).await;
    assert_eq!(all["returns"]["nodes"][0]["requestedBy"], "story");
    let leak = "{ returns { nodes { delivery { lead { fields } } } } }";
    let refused = buyer.ask(leak, &json!({})).await.json();
    assert!(refused["errors"].is_array(), "{refused:#}");
    let node = "query($id: ID!) { node(id: $id) { ... on LeadReturn { state delivery { returns { id } } } } }";
    let found = admin.graphql(node, &json!({"id": asked["id"]})).await;
    assert_eq!(found["node"]["delivery"]["returns"][0]["id"], asked["id"]);
}

/// A chargeback and a decision are not for buyers.
async fn refused_to_buyers(buyer: &Caller, chargeback: Value, asked: &Value) {
    for (name, input) in [
        ("returnLead", chargeback),
        (
            "decideReturn",
            json!({"id": asked["id"], "decision": "ACCEPT"}),
        ),
    ] {
        let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation($input: {title}Input!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
        );
        let refused = buyer.ask(&query, &json!({"input": input})).await.json();
        assert_eq!(
            refused["errors"][0]["extensions"]["code"], "FORBIDDEN",
            "{refused:#}"
        );
    }
}

/// The statement of the buyer, as it is told over GraphQL and by the command line.
async fn statements(site: &Site, buyer: &Caller, database: &str) {
    const QUERY: &str = "query($by: StatementParty!, $account: String, $from: String!, $until: String!) {
        statement(by: $by, account: $account, from: $from, until: $until) {
            statement { csv sums { account currency opening leads sold net closing } lines(first: 1) { nodes { account sold sales returns net closing } pageInfo { hasNextPage } } }
            userErrors { code path } } }";
    let today = buyer.graphql("{ about { now } }", &json!({})).await;
    let today = &today["about"]["now"].as_str().unwrap()[..10];
    let days = json!({"by": "DESTINATION", "from": today, "until": today});
    let found = buyer.graphql(QUERY, &days).await;
    let statement = &found["statement"]["statement"];
    assert_eq!(
        statement["lines"]["nodes"],
        json!([{"account": "acme", "sold": 1, "sales": "12.50", "returns": "0.00", "net": "12.50", "closing": "12.50"}])
    );
    // Of one account the sum is that of its one day; a day later nothing happens, and it is owed all the same.
    let [sum] = &statement["sums"].as_array().unwrap()[..] else {
        panic!("one account has one sum: {statement:#}")
    };
    assert_eq!(
        (
            &sum["account"],
            &sum["opening"],
            &sum["net"],
            &sum["closing"]
        ),
        (
            &json!("acme"),
            &json!("0.00"),
            &json!("12.50"),
            &json!("12.50")
        )
    );
    let later = json!({"by": "DESTINATION", "from": "2199-01-01", "until": "2199-01-01"});
    let later = &buyer.graphql(QUERY, &later).await["statement"]["statement"];
    assert_eq!(later["lines"]["nodes"], json!([]));
    assert_eq!(
        later["sums"],
        json!([{"account": "acme", "currency": "USD", "opening": "12.50", "leads": 0, "sold": 0, "net": "0.00", "closing": "12.50"}])
    );
    let others = json!({"by": "DESTINATION", "account": "zenith", "from": today, "until": today});
    let refused = buyer.ask(QUERY, &others).await.json();
    assert_eq!(
        refused["errors"][0]["extensions"]["code"], "FORBIDDEN",
        "{refused:#}"
    );
    let wrong = json!({"by": "SOURCE", "from": "2026-02-30", "until": "yesterday"});
    let wrong = site.admin.graphql(QUERY, &wrong).await;
    let codes = wrong["statement"]["userErrors"].as_array().unwrap();
    assert_eq!(codes.len(), 2, "{wrong:#}");
    let told = |more: &[&str]| {
        let mut command = pointsman();
        command.args(["statement", "--db", database]);
        stdout_of(command.args(more))
    };
    let acme = told(&["--account", "acme", "--from", today]);
    let csv = statement["csv"].as_str().unwrap().replace("\r\n", "\n");
    assert_eq!(acme.trim().replace("\r\n", "\n"), csv.trim());
    let entries = told(&["--entries"]);
    let sides: Vec<Vec<&str>> = entries
        .lines()
        .map(|line| line.split(',').skip(2).take(4).collect())
        .collect();
    assert_eq!(
        sides,
        [
            vec!["kind", "debit", "credit", "amount"],
            vec!["sale", "receivable:acme", "revenue:web", "12.50"],
            vec!["return", "revenue:web", "receivable:acme", "12.50"],
            vec!["return", "receivable:acme", "revenue:web", "12.50"],
        ]
    );
}
