//! What sources are paid, from the terms to the statement.

use pointsman_testkit::Postgres;
use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    doctor::diagnosis,
    program::{pointsman, stdout_of},
    restart::verify_url,
    server::Server,
    site::{Site, one_after_the_other, open_to_all, solar_lead},
    wait::until,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_paid_on_the_terms_of_the_time() {
    let server = Server::start();
    let database = server.database();
    Box::pin(story(server, database.to_str().unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_paid_alike_on_postgresql() {
    let Some(postgres) = Postgres::named() else {
        return;
    };
    let name = postgres.create().await.unwrap();
    let url = postgres.url(postgres.host(), &name);
    Box::pin(story(Server::start_on(&url, pointsman), &url)).await;
    postgres.remove(&name).await.unwrap();
}

/// Puts the source `web`, which is paid so.
async fn pay(site: &Site, payout: &Value) {
    let put = json!({"name": "web", "document": {"flow": "solar", "payout": payout}});
    site.admin
        .change("putSource", &put, "source { revision }")
        .await;
}

/// Every third lead is refused; the first is sold.
fn often(n: usize) -> Reply {
    match n % 3 {
        2 => Reply::Reject,
        _ => Reply::Accept("20"),
    }
}

/// * `database`: its path or URL.
async fn story(server: Server, database: &str) {
    let buyer = Buyer::scripted(often).await;
    let flow = one_after_the_other(&["acme"]);
    let mut site = Site::open_on(server, &flow, &[open_to_all("acme", &buyer)]).await;
    let wrong =
        json!({"name": "web", "document": {"flow": "solar", "payout": {"sold": 12.5, "share": 1}}});
    let refused = site
        .admin
        .mutation("putSource", &wrong, "source { revision }")
        .await;
    let told: Vec<[&str; 2]> = refused["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| ["code", "path"].map(|key| error[key].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(told.len(), 2, "{refused:#}");
    assert!(told.iter().any(|it| it[0] == "unknown_member"), "{told:?}");
    assert!(told.iter().any(|it| it[0] == "wrong_type"), "{told:?}");

    // Before there are terms nothing is paid: one lead is sold.
    assert_eq!(
        site.source().lead(&solar_lead()).await.json()["status"],
        "sold"
    );
    pay(
        &site,
        &json!({"currency": "USD", "lead": "0.50", "sold": "3.00"}),
    )
    .await;
    // One is sold and one is refused.
    for _ in 0..2 {
        site.source().lead(&solar_lead()).await;
    }
    pay(&site, &json!({"share_ppm": 250_000})).await;
    site.server.kill();
    site.start_again();
    // Two are sold, of which one is given back.
    let mut last = String::new();
    for _ in 0..2 {
        let sold = site.source().lead(&solar_lead()).await.json();
        assert_eq!(sold["status"], "sold");
        sold["lead_id"].as_str().unwrap().clone_into(&mut last);
    }
    let click = buyer.posts().last().unwrap().body["click_id"].clone();
    let back = format!("click_id={}&status=returned", click.as_str().unwrap());
    assert_eq!(site.postback(&back).await.status, 200);
    let query = "query($id: ID!) { lead(id: $id) { payouts { kind amount currency } } }";
    let lead = site.admin.graphql(query, &json!({"id": last})).await;
    assert_eq!(
        lead["lead"]["payouts"],
        json!([
            {"kind": "SHARE", "amount": "5.00", "currency": "USD"},
            {"kind": "SHARE", "amount": "-5.00", "currency": "USD"},
        ])
    );
    // Twice 0.50 and 3.00, and a quarter of 20.
    let paid = "9.00";
    let line = statement(&site).await;
    assert_eq!(
        line,
        json!({"account": "web", "currency": "USD", "sold": 4, "net": "60.00", "closing": "60.00", "payouts": paid, "payable": paid})
    );
    metrics(&site, paid).await;
    entries(database);
    site.server.stop();
    verify_url(database, 5);
    let (level, told) = diagnosis(database, "money");
    assert_eq!(level, "ok", "{told}");
}

async fn statement(site: &Site) -> Value {
    const QUERY: &str = "query($from: String!, $until: String!) {
        statement(by: SOURCE, account: \"web\", from: $from, until: $until) {
            statement { lines(first: 5) { nodes { account currency sold net closing payouts payable } } } } }";
    let today = site.admin.graphql("{ about { now } }", &json!({})).await;
    let today = &today["about"]["now"].as_str().unwrap()[..10];
    let days = json!({"from": today, "until": today});
    let found = site.admin.graphql(QUERY, &days).await;
    found["statement"]["statement"]["lines"]["nodes"][0].clone()
}

/// What is added up by the hour comes to the same, as soon as it is added up.
async fn metrics(site: &Site, paid: &str) {
    const QUERY: &str = "{ metrics(by: [SOURCE], bucket: TOTAL) { metrics { points { leads revenue payout margin } } } }";
    until("leads are added up", async || {
        let found = site.admin.graphql(QUERY, &json!({})).await;
        let point = found["metrics"]["metrics"]["points"][0].clone();
        (point["leads"] == 5 && point["revenue"] == "60.00").then(|| {
            assert_eq!(point["payout"], paid);
            assert_eq!(point["margin"], "51.00");
        })
    })
    .await;
}

/// The ledger has an entry for each payout, and one that takes back.
fn entries(database: &str) {
    let mut command = pointsman();
    command.args(["statement", "--db", database, "--entries"]);
    let told = stdout_of(&mut command);
    let payouts: Vec<Vec<&str>> = told
        .lines()
        .map(|line| line.split(',').skip(2).take(4).collect::<Vec<_>>())
        .filter(|cells| cells[0] == "payout")
        .collect();
    let (to, from) = (["cost:web", "payable:web"], ["payable:web", "cost:web"]);
    let expected = [
        (to, "0.50"),
        (to, "3.00"),
        (to, "0.50"),
        (to, "5.00"),
        (to, "5.00"),
        (from, "5.00"),
    ];
    let expected = expected.map(|(sides, amount)| vec!["payout", sides[0], sides[1], amount]);
    let mut found = payouts.clone();
    let mut expected = expected.to_vec();
    // The order of what one transaction stored is not told.
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}
