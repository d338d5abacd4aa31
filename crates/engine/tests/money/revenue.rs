//! A lead's revenue and status are sums of what was committed, whenever it came.

use pointsman_engine::PostbackOutcome::{Applied, Duplicate, Parked};
use pointsman_store::LeadStatus::{Returned, Sold};
use serde_json::json;

use crate::platform::Platform;

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_lead_earns_what_both_pay_and_what_was_reported_at_any_moment() {
    let mut platform = Platform::open(2, json!({})).await;
    let lead = platform.send();
    let first = platform.offered().await.1.accept(r#"{"price": 10}"#);
    let (_, offer) = platform.offered().await;
    // The walk goes on, and the first buyer reports already.
    let sale = format!("click_id={first}&txid=1&payout=11.50");
    assert_eq!(platform.report(&sale).await, Ok(Applied));
    assert_eq!(platform.report(&sale).await, Ok(Duplicate));
    // The second one reports before its own answer is there.
    let early = format!("click_id={}&txid=1&payout=5", offer.click);
    assert_eq!(platform.report(&early).await, Ok(Parked));
    let second = offer.accept(r#"{"price": 20}"#);
    let sold = lead.await.unwrap();
    assert_eq!(platform.earned(&sold.lead_id).await, (4_650, Sold));
    let late = format!("click_id={second}&txid=2&payout=1&status=rebill");
    assert_eq!(platform.report(&late).await, Ok(Applied));
    assert_eq!(platform.earned(&sold.lead_id).await, (4_750, Sold));
    platform.learned_the_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_before_the_walk_has_ended_is_not_forgotten() {
    let mut platform = Platform::open(2, json!({})).await;
    let lead = platform.send();
    let first = platform.offered().await.1.accept(r#"{"price": 10}"#);
    let (_, offer) = platform.offered().await;
    let back = format!("click_id={first}&status=returned");
    assert_eq!(platform.report(&back).await, Ok(Applied));
    offer.reject();
    let sold = lead.await.unwrap();
    assert_eq!(sold.status.word(), "sold");
    assert_eq!(platform.earned(&sold.lead_id).await, (0, Returned));
    platform.learned_the_same().await;

    let lead = platform.send();
    let first = platform.offered().await.1.accept(r#"{"price": 10}"#);
    let (_, offer) = platform.offered().await;
    let back = format!("click_id={first}&status=returned");
    platform.report(&back).await.unwrap();
    let second = offer.accept(r#"{"price": 20}"#);
    let sold = lead.await.unwrap();
    assert_eq!(platform.earned(&sold.lead_id).await, (2_000, Sold));
    let back = format!("click_id={second}&status=returned");
    platform.report(&back).await.unwrap();
    assert_eq!(platform.earned(&sold.lead_id).await, (0, Returned));
    platform.learned_the_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_that_was_passed_on_keeps_what_the_first_buyer_reported() {
    let mut platform = Platform::open(1, json!({"on_unknown": "pass_on"})).await;
    let lead = platform.send();
    let first = platform.offered().await.1.break_off();
    let (_, offer) = platform.offered().await;
    // Nobody knew whether it had the lead; its report says so.
    let sale = format!("click_id={first}&txid=1&payout=11.50");
    assert_eq!(platform.report(&sale).await, Ok(Applied));
    offer.accept(r#"{"price": 30}"#);
    let sold = lead.await.unwrap();
    assert_eq!(platform.earned(&sold.lead_id).await, (4_150, Sold));
    platform.learned_the_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn corrections_refunds_and_returns_come_to_the_same_in_any_order() {
    let mut platform = Platform::open(1, json!({"pays": "conversion"})).await;
    let histories: [(&[&str], (i64, _)); 12] = [
        (
            &["status=rejected&txid=1", "status=sale&txid=1&payout=10"],
            (0, Returned),
        ),
        (
            &["status=sale&txid=1&payout=10", "status=rejected&txid=1"],
            (0, Returned),
        ),
        (
            &[
                "payout=10&txid=1",
                "status=refunded&txid=2",
                "status=sale&txid=2&payout=5",
            ],
            (1_000, Sold),
        ),
        (&["payout=10&txid=1", "payout=12&txid=1"], (1_200, Sold)),
        (&["payout=12&txid=1", "payout=10&txid=1"], (1_200, Sold)),
        (
            &["payout=100&txid=1", "status=refunded&payout=20&txid=1"],
            (8_000, Sold),
        ),
        (
            &["status=refunded&payout=20&txid=1", "payout=100&txid=1"],
            (8_000, Sold),
        ),
        (&["payout=100", "status=refunded&payout=20"], (8_000, Sold)),
        (
            &[
                "status=declined&txid=1",
                "status=approved&txid=1&payout=10",
                "status=refunded&txid=1",
            ],
            (0, Returned),
        ),
        (
            &[
                "status=approved&txid=1&payout=10",
                "status=declined&txid=1",
                "status=approved&txid=1&payout=10",
            ],
            (1_000, Sold),
        ),
        // Money that comes brings a returned lead back.
        (
            &[
                "payout=10&txid=1",
                "status=rejected&txid=1",
                "payout=3&txid=2",
            ],
            (300, Sold),
        ),
        (
            &["payout=10&transaction_id=A1", "payout=15&transaction_id=A2"],
            (2_500, Sold),
        ),
    ];
    for (said, expected) in histories {
        let (sold, click) = platform.sold("{}").await;
        for query in said {
            let outcome = platform.report(&format!("click_id={click}&{query}")).await;
            assert_eq!(outcome, Ok(Applied), "{said:?}: {query}");
        }
        assert_eq!(platform.earned(&sold.lead_id).await, expected, "{said:?}");
    }
    platform.learned_the_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_and_payouts_are_bounded_and_read_or_told() {
    let mut platform = Platform::open(1, json!({})).await;
    for (answer, earned) in [
        (r#"{"price": 30.000000000000004}"#, Some(3_000)),
        (r#"{"price": "$12.50"}"#, Some(1_250)),
        (r#"{"price": "12,50"}"#, Some(1_250)),
        (r#"{"price": "1,250.00"}"#, Some(125_000)),
        (r#"{"price": "12.50 USD"}"#, Some(1_250)),
        (r#"{"price": "1,250"}"#, None),
        (r#"{"price": "12.50 EUR"}"#, None),
        (r#"{"price": 9223372036854.775807}"#, None),
        (r#"{"price": "a\u0000b"}"#, None),
    ] {
        let (sold, click) = platform.sold(answer).await;
        assert_eq!(
            platform.earned(&sold.lead_id).await,
            (earned.unwrap_or(0), Sold),
            "{answer}"
        );
        let read = platform.engine.store().read();
        let delivery = read.find_delivery_by_click(&click).await.unwrap().unwrap();
        assert_eq!(
            delivery.finding.is_some(),
            earned.is_none(),
            "{answer}: {delivery:?}"
        );
    }
    let (_, click) = platform.sold("{}").await;
    for txid in 0..3 {
        let query = format!("click_id={click}&txid={txid}&payout=10000000");
        assert_eq!(platform.report(&query).await, Ok(Applied));
    }
    let query = format!("click_id={click}&txid=9&payout=9223372036854.775807");
    assert_eq!(
        platform.report(&query).await.unwrap_err()[0].code,
        "out_of_range"
    );
    let read = platform.engine.store().read();
    let filter = pointsman_store::LeadFilter::default();
    let counts = read.lead_counts(&filter).await.unwrap();
    assert_eq!(counts[0].revenue, 30_000_000_000_000 + 1_317_500_000);
    platform.learned_the_same().await;
}
