//! How long personal values are kept, and persons who come back while they are being forgotten.

use std::time::Duration;

use pointsman_api::ApiOptions;
use pointsman_history::{Clock, ManualClock, verify};
use pointsman_lead::Timestamp;
use pointsman_store::LeadFilter;
use serde_json::{Value, json};

use crate::site::{FLOW, Site};

/// A noon in UTC.
const NOON: Timestamp = Timestamp(1_764_331_200_000_000);
const DAY: i64 = 86_400_000_000;

async fn send(site: &Site, email: &str) -> u16 {
    let lead =
        json!({ "flow": FLOW, "source": "web", "fields": { "state": "CA", "email": email } });
    site.post("/v1/leads", "admin", &lead).await.status
}

/// The addresses that are stored, the oldest first.
async fn emails(site: &Site) -> Vec<String> {
    let read = site.platform.engine.store().read();
    let mut leads = read
        .leads(&LeadFilter::default(), None, 100)
        .await
        .unwrap()
        .items;
    leads.sort_by_key(|lead| lead.seq);
    let emails = leads.iter().map(|lead| {
        let fields: Value = serde_json::from_str(&lead.fields_body).unwrap();
        fields["email"].as_str().unwrap_or("-").to_owned()
    });
    emails.collect()
}

async fn until(site: &Site, expected: &[&str]) {
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while emails(site).await != expected {
        assert!(
            std::time::Instant::now() < deadline,
            "{:?}",
            emails(site).await
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_is_older_than_its_rule_goes_and_the_rest_stays() {
    let time = ManualClock::new(NOON);
    let site = Site::at(ApiOptions::default(), Clock::from(&time)).await;
    for (day, email) in [(0, "a@x.example"), (1, "b@x.example"), (9, "c@x.example")] {
        time.set(Timestamp(NOON.0 + day * DAY));
        assert_eq!(send(&site, email).await, 200);
    }
    time.set(Timestamp(NOON.0 + 9 * DAY + 1));
    let set = "mutation($days: Int) { setRetention(input: { vertical: \"auto\", days: $days }) {
        vertical userErrors { code path } } }";
    let wrong = site.ask("admin", set, json!({ "days": 0 })).await;
    assert_eq!(
        wrong["setRetention"]["userErrors"][0]["code"],
        "out_of_range"
    );
    site.ask("admin", set, json!({ "days": 9 })).await;
    until(&site, &["-", "b@x.example", "c@x.example"]).await;
    let receipts =
        "{ erasures { nodes { isRetention isDone leads by } } retentions { vertical days } }";
    let mut found = site.ask("analyst", receipts, json!({})).await;
    // The values go before the receipt is closed.
    while found["erasures"]["nodes"][0]["isDone"] == false {
        found = site.ask("analyst", receipts, json!({})).await;
    }
    assert_eq!(
        found["erasures"]["nodes"],
        json!([{ "isRetention": true, "isDone": true, "leads": 1, "by": "retention" }])
    );
    assert_eq!(
        found["retentions"],
        json!([{ "vertical": "auto", "days": 9 }])
    );
    // Nobody is kept out by it.
    assert_eq!(send(&site, "a@x.example").await, 200);
    let store = site.platform.engine.store();
    let verified = verify(store, &mut |_| ()).await.unwrap();
    assert!(
        verified.is_reproduced() && verified.decisions == 4,
        "{verified:?}"
    );
    site.ask("admin", set, json!({ "days": null })).await;
    let found = site.ask("analyst", receipts, json!({})).await;
    assert_eq!(found["retentions"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_leads_that_come_while_their_person_is_forgotten_none_is_left() {
    let site = Site::open().await;
    let erase = "mutation { erasePersons(input: { values: [{ field: \"email\", value: \"a@x.example\" }] }) {
        erasure { id } userErrors { code } } }";
    let sending = async {
        let mut n_taken = 0;
        for _ in 0..60 {
            n_taken += usize::from(send(&site, "a@x.example").await == 200);
        }
        n_taken
    };
    let erasing = async {
        while site.n_leads().await < 10 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        site.ask("admin", erase, json!({})).await
    };
    let (n_taken, _) = tokio::join!(sending, erasing);
    assert!((10..60).contains(&n_taken), "{n_taken} of 60 were taken");
    until(&site, &vec!["-"; n_taken]).await;
}

#[tokio::test]
async fn what_an_erasure_would_find_is_counted_before_anybody_asks_for_it() {
    let site = Site::open().await;
    for email in ["a@x.example", "b@x.example", "A@x.example"] {
        assert_eq!(send(&site, email).await, 200);
    }
    let preview = "query($input: ErasePersonsInput!, $after: String) { erasurePreview(input: $input, after: $after) {
        preview { leads openLeads lookedThrough next destinations { destination offers } }
        userErrors { code path } } }";
    let counted = async |input: Value, after: Value| {
        let variables = json!({ "input": input, "after": after });
        let mut answer = site.ask("admin", preview, variables).await;
        answer["erasurePreview"].take()
    };
    let by_value = json!({ "values": [{ "field": "email", "value": "A@X.example" }] });
    let found = counted(by_value.clone(), Value::Null).await;
    // Nothing listens at the destinations, so nothing reached them.
    assert_eq!(
        found["preview"],
        json!({ "leads": 2, "openLeads": 0, "lookedThrough": 3, "next": null, "destinations": [] })
    );
    // By one of their leads, both are found; from a later place on, fewer.
    let read = site.platform.engine.store().read();
    let leads = read.leads(&LeadFilter::default(), None, 100).await.unwrap();
    let of_a = leads.items.last().unwrap();
    let by_lead = counted(json!({ "leadIds": [of_a.id] }), Value::Null).await;
    assert_eq!(by_lead["preview"]["leads"], 2);
    let rest = counted(by_value.clone(), json!(of_a.seq.to_string())).await;
    assert_eq!(
        (&rest["preview"]["leads"], &rest["preview"]["lookedThrough"]),
        (&json!(1), &json!(2))
    );
    let nobody = json!({ "values": [{ "field": "email", "value": "z@x.example" }] });
    assert_eq!(counted(nobody, Value::Null).await["preview"]["leads"], 0);
    let wrong = json!({ "values": [{ "field": "age", "value": 30 }], "leadIds": ["lead_nobody"] });
    let wrong = counted(wrong, Value::Null).await;
    assert_eq!(wrong["preview"], Value::Null);
    assert_eq!(wrong["userErrors"].as_array().unwrap().len(), 2);
    for after in ["-1", "x", ""] {
        let wrong = counted(by_value.clone(), json!(after)).await;
        assert_eq!(wrong["userErrors"][0]["path"], json!(["after"]), "{after}");
    }
    // Nothing was changed by looking, and what is then removed is what was counted.
    assert_eq!(site.n_leads().await, 3);
    let none = site.ask(
        "admin",
        "{ erasures { nodes { id } } suppressions { values } }",
        json!({}),
    );
    assert_eq!(
        none.await,
        json!({ "erasures": { "nodes": [] }, "suppressions": [] })
    );
    let erase = "mutation($input: ErasePersonsInput!) { erasePersons(input: $input) { userErrors { code } } }";
    site.ask("admin", erase, json!({ "input": by_value })).await;
    until(&site, &["-", "b@x.example", "-"]).await;
    assert_eq!(counted(by_value, Value::Null).await["preview"]["leads"], 0);
}
