//! What the screens of the console ask: availability of destinations, deliveries, and leads without personal data.

use pointsman_control::NewDestination;
use serde_json::{Value, json};

use crate::site::{FLOW, Site};

const EMAIL: &str = "ada@example.com";

/// Sends a Texan by each key; nobody is there to take them. Gives their ids.
async fn send(site: &Site, keys: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for key in keys {
        let lead = json!({
            "flow": FLOW, "source": "web", "idempotency_key": key, "test": key.starts_with("test"),
            "fields": { "state": "TX", "age": 30, "email": EMAIL },
        });
        let answer = site.post("/v1/leads", "source", &lead).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        ids.push(answer.json()["lead_id"].as_str().unwrap().to_owned());
    }
    ids
}

#[tokio::test]
async fn personal_data_is_for_those_who_may_read_it() {
    let site = Site::open().await;
    let ids = send(&site, &["a"]).await;
    let query = "query($id: ID!) { lead(id: $id) { fields personalFields } }";
    for (role, email) in [
        ("admin", EMAIL),
        ("editor", EMAIL),
        ("analyst", "[personal]"),
        ("source", EMAIL),
    ] {
        let lead = &site.ask(role, query, json!({ "id": ids[0] })).await["lead"];
        assert_eq!(lead["fields"]["email"], email, "{role}");
        assert_eq!(lead["fields"]["age"], 30, "{role}");
        assert_eq!(lead["personalFields"], json!(["email"]), "{role}");
    }
    // What the schema no longer has may have been personal.
    let schema = json!([{ "name": "state", "kind": "enum", "labels": ["CA", "TX", "NY"] }]);
    site.platform
        .control
        .put_schema("auto", &schema)
        .await
        .unwrap();
    let lead = &site.ask("analyst", query, json!({ "id": ids[0] })).await["lead"];
    assert_eq!(lead["fields"]["state"], "TX");
    assert_eq!(lead["fields"]["age"], "[personal]");
    assert_eq!(lead["fields"]["email"], "[personal]");
}

#[tokio::test]
async fn leads_are_found_by_destination_key_and_test() {
    let site = Site::open().await;
    let ids = send(&site, &["a", "b", "test-c"]).await;
    let query = "query($filter: LeadFilterInput!) { leads(filter: $filter) { nodes { id } } leadCounts(filter: $filter) { leads } }";
    let mut found = Vec::new();
    for filter in [
        json!({ "destination": "acme" }),
        json!({ "destination": "nobody" }),
        json!({ "idempotencyKey": "b" }),
        json!({ "isTest": true }),
        json!({ "isTest": false, "destination": "zenith" }),
    ] {
        let answer = site
            .ask("analyst", query, json!({ "filter": filter }))
            .await;
        let nodes = answer["leads"]["nodes"].as_array().unwrap().clone();
        let counted = answer["leadCounts"].as_array().unwrap();
        let n: i64 = counted.iter().map(|it| it["leads"].as_i64().unwrap()).sum();
        assert_eq!(n, i64::try_from(nodes.len()).unwrap(), "{filter}");
        let nodes = nodes
            .iter()
            .map(|node| node["id"].as_str().unwrap().to_owned());
        found.push(nodes.collect::<Vec<String>>());
    }
    let newest_first = |of: &[usize]| of.iter().rev().map(|at| ids[*at].clone()).collect();
    let expected: [Vec<String>; 5] = [
        // Nothing listens at either, so each is tried for each lead.
        newest_first(&[0, 1, 2]),
        Vec::new(),
        newest_first(&[1]),
        newest_first(&[2]),
        newest_first(&[0, 1]),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn deliveries_are_listed_and_counted_by_what_they_are() {
    let site = Site::open().await;
    let ids = send(&site, &["a", "b"]).await;
    let query = "query($filter: DeliveryFilterInput, $first: Int, $after: String) {
        deliveries(filter: $filter, first: $first, after: $after) {
            nodes { destination state lead { id } } pageInfo { hasNextPage endCursor }
        }
        deliveryCounts(filter: $filter) { destination state deliveries price }
    }";
    let all = site.ask("analyst", query, json!({})).await;
    let nodes = all["deliveries"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 4);
    assert_eq!(nodes[0]["lead"]["id"], ids[1].as_str());
    assert_eq!(
        all["deliveryCounts"],
        json!([
            { "destination": "acme", "state": "NOT_SENT", "deliveries": 2, "price": "0.00" },
            { "destination": "zenith", "state": "NOT_SENT", "deliveries": 2, "price": "0.00" },
        ])
    );
    // Page by page, the same.
    let mut paged: Vec<Value> = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = site
            .ask("analyst", query, json!({ "first": 3, "after": after }))
            .await;
        let page = &page["deliveries"];
        paged.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(&paged, nodes);
    let acme = json!({ "filter": { "destination": "acme", "state": "NOT_SENT" } });
    let acme = site.ask("analyst", query, acme).await;
    assert_eq!(acme["deliveries"]["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(acme["deliveryCounts"].as_array().unwrap().len(), 1);
    for none in [
        json!({ "state": "ACCEPTED" }),
        json!({ "createdBefore": "2020-01-01T00:00:00Z" }),
        json!({ "createdFrom": "2100-01-01T00:00:00Z" }),
    ] {
        let answer = site.ask("analyst", query, json!({ "filter": none })).await;
        assert_eq!(answer["deliveries"]["nodes"], json!([]), "{none}");
        assert_eq!(answer["deliveryCounts"], json!([]), "{none}");
    }
    let refused = site
        .codes("source", "{ deliveries { nodes { id } } }", json!({}))
        .await;
    assert_eq!(refused, ["FORBIDDEN"]);
    let refused = site
        .codes("source", "{ deliveryCounts { deliveries } }", json!({}))
        .await;
    assert_eq!(refused, ["FORBIDDEN"]);
}

#[tokio::test]
async fn a_destination_says_how_it_stands() {
    let site = Site::open().await;
    let query = "{ destination(name: \"acme\") { isActive availability {
        isAvailable unavailable { __typename } caps { kind max used window zone until } } } }";
    let shown = site.ask("analyst", query, json!({})).await;
    assert_eq!(
        shown["destination"]["availability"],
        json!({ "isAvailable": true, "unavailable": [], "caps": [] })
    );
    let put = async |settings: Value| {
        let new = NewDestination {
            name: "acme".to_owned(),
            target: json!({ "url": "http://127.0.0.1:9/leads", "response": { "accepted": [{ "status": 200 }] } }),
            settings,
            vertical: Some("auto".to_owned()),
            expected_revision: None,
        };
        site.platform.control.put_destination(new).await.unwrap();
    };
    put(json!({ "caps": [{ "kind": "offers", "max": 5, "window": "lifetime", "zone": "UTC" }], "active": false })).await;
    let shown = site.ask("analyst", query, json!({})).await;
    assert_eq!(
        shown["destination"]["availability"],
        json!({
            "isAvailable": false,
            "unavailable": [{ "__typename": "InactiveDestination" }],
            "caps": [{ "kind": "OFFERS", "max": 5, "used": 0, "window": "LIFETIME", "zone": "UTC", "until": null }],
        })
    );
}
