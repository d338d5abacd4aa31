//! Leads as publishers send them, up to their sale.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    caller::{Answer, answer},
    program::{pointsman, stdout_of},
    restart::verify,
    site::{Site, one_after_the_other, open_to_all, token},
    wait::until,
};

/// Lets a source send by the address that holds its token, which this gives.
async fn source(site: &Site, name: &str, document: &Value) -> String {
    let mut document = document.clone();
    document["flow"] = "solar".into();
    let put = json!({"name": name, "document": document});
    site.admin
        .change("putSource", &put, "source { revision }")
        .await;
    let token = token(&site.admin, "SOURCE", json!({"source": name})).await;
    format!("/v1/intake/{token}")
}

async fn post(site: &Site, address: &str, payload: &Value) -> Answer {
    let stranger = site.server.stranger();
    answer(stranger.request(Method::POST, address).json(payload)).await
}

/// A lead of Facebook as the Graph API shows it.
fn facebook(id: &str, phone: &str) -> Value {
    json!({
        "created_time": "2026-01-31T09:30:00+0000", "id": id, "ad_id": "6042", "form_id": "1009",
        "field_data": [
            {"name": "full_name", "values": ["Ada King"]},
            {"name": "phone_number", "values": [phone]},
            {"name": "home_owner", "values": ["yes"]},
            {"name": "roof", "values": ["Flat"]},
        ],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_three_platforms_send_is_sold_with_presets_alone() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let flow = one_after_the_other(&["acme"]);
    let mut site = Site::open(&flow, &[open_to_all("acme", &buyer)]).await;
    let google = json!({
        "lead_id": "TeSter-123", "api_version": "1.0", "form_id": 40_000_000_000_i64, "campaign_id": 12_300,
        "google_key": "k3y", "gcl_id": "Cj0",
        "user_column_data": [
            {"column_name": "User Phone", "string_value": "+12025550144", "column_id": "PHONE_NUMBER"},
            {"column_name": "home owner", "string_value": "Yes"},
            {"column_name": "Roof", "string_value": "steep"},
        ],
    });
    let tiktok = json!({"object": "LEAD", "time": 1_700_000_000, "entry": [{"id": "7234", "page_id": "2", "changes": [
        {"field": "Phone number", "value": "(202) 555-0145"},
        {"field": "Home owner", "value": "true"},
        {"field": "Roof", "value": "flat"},
    ]}]});
    let secret = json!({"google_key": "k3y"});
    for (name, document, payload) in [
        (
            "facebook",
            json!({"preset": "facebook_lead_ads"}),
            facebook("23842", "+1 202-555-0143"),
        ),
        (
            "google",
            json!({"preset": "google_lead_forms", "secrets": secret}),
            google,
        ),
        (
            "tiktok",
            json!({"preset": "tiktok_lead_ads", "country": "US"}),
            tiktok,
        ),
    ] {
        let address = source(&site, name, &document).await;
        let sold = post(&site, &address, &payload).await;
        assert_eq!(
            (sold.status, sold.json()["status"].as_str()),
            (200, Some("sold")),
            "{name}: {sold:?}"
        );
        // A platform that did not hear the answer sends again.
        let again = post(&site, &address, &payload).await;
        assert_eq!(again.json()["lead_id"], sold.json()["lead_id"]);
    }
    assert_eq!(buyer.posts().len(), 3);
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_comes_again_is_a_duplicate_of_the_first() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let mut flow = one_after_the_other(&["acme"]);
    flow["dedupe"] = json!({"fields": ["phone"], "window_minutes": 43_200});
    let mut site = Site::open(&flow, &[open_to_all("acme", &buyer)]).await;
    let address = source(&site, "facebook", &json!({"preset": "facebook_lead_ads"})).await;
    let first = post(&site, &address, &facebook("1", "+1 202-555-0143"))
        .await
        .json();
    assert_eq!(first["status"], "sold");
    let second = post(&site, &address, &facebook("2", "+12025550143"))
        .await
        .json();
    assert_eq!(
        (&second["status"], &second["reason"]),
        (&json!("duplicate"), &json!("duplicate"))
    );
    let query = "query($id: ID!) { lead(id: $id) { status duplicateOf decision { endState endReason } deliveries { id } } }";
    let lead = site
        .admin
        .graphql(query, &json!({"id": second["lead_id"]}))
        .await["lead"]
        .clone();
    assert_eq!(lead["status"], "DUPLICATE");
    assert_eq!(lead["duplicateOf"], first["lead_id"]);
    assert_eq!(lead["deliveries"], json!([]));
    // After a crash it is still known.
    site.server.kill();
    site.start_again();
    let third = post(&site, &address, &facebook("3", "+12025550143"))
        .await
        .json();
    assert_eq!(third["status"], "duplicate");
    let other = post(&site, &address, &facebook("4", "+12025550199"))
        .await
        .json();
    assert_eq!(other["status"], "sold");
    assert_eq!(buyer.posts().len(), 2);
    site.server.stop();
    verify(&site.server.database(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_put_and_a_payload_tried_by_command() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let flow = one_after_the_other(&["acme"]);
    let mut site = Site::open(&flow, &[open_to_all("acme", &buyer)]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let document = json!({"flow": "solar", "country": "US", "fields": {"roof": "top"}});
    let document = file("web.json", &document.to_string());
    let form = "phone=2025550143&home_owner=yes&top=FLAT&campaign=7";
    let payload = file("payload.txt", form);
    let database = site.server.database();
    let source = |words: &[&str]| {
        let mut command = pointsman();
        command.arg("source").args(words).arg("--db").arg(&database);
        command
    };
    let put = stdout_of(source(&["put", "web"]).arg(&document));
    assert_eq!(put.trim(), "source web, revision 1");
    let tried = stdout_of(source(&["try", "web"]).arg(&payload));
    assert!(
        tried.contains("roof  \"flat\"  from top, given \"FLAT\""),
        "{tried}"
    );
    assert!(
        tried.contains("(no field)  \"7\"  from campaign"),
        "{tried}"
    );
    let shown = stdout_of(&mut source(&["show", "web"]));
    assert_eq!(
        serde_json::from_str::<Value>(&shown).unwrap()["country"],
        "US"
    );
    assert!(stdout_of(&mut source(&["list"])).starts_with("web  form → solar"));
    // The server follows what was put beside it.
    let sent = until("the source is known", async || {
        let request = site.source().request(Method::POST, "/v1/sources/web/leads");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let sent = answer(request.body(form)).await;
        (sent.status != 404).then_some(sent)
    });
    assert_eq!(sent.await.json()["status"], "sold");
    site.server.stop();
}
