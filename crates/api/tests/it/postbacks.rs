//! `/v1/postbacks`.

use pointsman_store::ParkedReason;
use serde_json::json;

use crate::site::Site;

async fn n_parked(site: &Site) -> usize {
    let read = site.platform.engine.store().read();
    read.parked_postbacks(
        &pointsman_store::ParkedPostbackFilter::default(),
        None,
        1_000,
    )
    .await
    .unwrap()
    .items
    .len()
}

#[tokio::test]
async fn an_unknown_click_is_kept_in_every_form_that_trackers_use() {
    let site = Site::open().await;
    let path = format!("/v1/postbacks/{}", site.token("postback"));
    let get = site
        .send(
            &format!("GET {path}?subid=clk_a&payout=12.5&tid=1"),
            &[],
            b"",
        )
        .await;
    assert_eq!(
        (get.status, get.json()["status"].as_str()),
        (202, Some("parked")),
        "{}",
        get.text
    );
    let form = ["Content-Type: application/x-www-form-urlencoded"];
    let form = site
        .send(&format!("POST {path}"), &form, b"cid=clk_b&payout=1&txid=2")
        .await;
    assert_eq!(form.status, 202);
    let json = ["Content-Type: application/json"];
    let body = br#"{"click_id": "clk_c", "revenue": 1.5, "status": "sale"}"#;
    let json = site.send(&format!("POST {path}"), &json, body).await;
    assert_eq!(json.status, 202);
    let echo = site
        .send(&format!("GET {path}?click_id=clk_d&return=OK"), &[], b"")
        .await;
    assert_eq!((echo.status, echo.text.as_str()), (202, "OK"));
    assert_eq!(n_parked(&site).await, 4);
}

#[tokio::test]
async fn a_bad_postback_is_told_everything_and_kept_with_its_reasons() {
    let site = Site::open().await;
    let path = format!("/v1/postbacks/{}", site.token("postback"));
    let cases = [
        ("", vec!["missing_click_id click_id"]),
        (
            "click_id=a&payout=much&status=maybe&currency=dollars",
            vec![
                "unknown_status status",
                "malformed payout",
                "malformed currency",
            ],
        ),
        ("click_id=a&payout=-3", vec!["out_of_range payout"]),
        ("click_id=a&payout=1e400", vec!["out_of_range payout"]),
        (
            "click_id=a&return=%0d%0aSet-Cookie:x",
            vec!["malformed return"],
        ),
    ];
    for (query, problems) in cases {
        let answer = site.send(&format!("GET {path}?{query}"), &[], b"").await;
        assert_eq!(answer.status, 422, "{query}: {}", answer.text);
        assert_eq!(answer.problems(), problems, "{query}");
    }
    let shapes: [(&str, &str, u16); 5] = [
        ("application/json", "[]", 422),
        ("application/json", "{", 400),
        ("application/json", r#"{"click_id": {"a": 1}}"#, 422),
        ("text/plain", "click_id=a", 415),
        (
            "application/json",
            &json!({ "click_id": "x".repeat(70_000) }).to_string(),
            413,
        ),
    ];
    for (media_type, body, status) in shapes {
        let header = format!("Content-Type: {media_type}");
        let answer = site
            .send(&format!("POST {path}"), &[&header], body.as_bytes())
            .await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    // What is no list of parameters cannot be kept as one.
    let read = site.platform.engine.store().read();
    let kept = read
        .parked_postbacks(&pointsman_store::ParkedPostbackFilter::default(), None, 100)
        .await
        .unwrap()
        .items;
    assert_eq!(kept.len(), 6);
    for row in kept {
        assert_eq!(row.reason, Some(ParkedReason::Refused));
        assert!(row.problems_body.unwrap().contains("\"code\""));
    }
}

#[tokio::test]
async fn only_a_valid_token_of_the_role_is_let_in() {
    let site = Site::open().await;
    let unknown = site
        .send("GET /v1/postbacks/pm_postback_0?click_id=a", &[], b"")
        .await;
    assert_eq!(
        (unknown.status, unknown.json()["code"].as_str()),
        (401, Some("unauthenticated"))
    );
    let wrong = site
        .send(
            &format!("GET /v1/postbacks/{}?click_id=a", site.token("admin")),
            &[],
            b"",
        )
        .await;
    assert_eq!(
        (wrong.status, wrong.json()["code"].as_str()),
        (403, Some("forbidden"))
    );
}
