//! Postbacks that cannot be applied are kept with the reason, and nobody's stand in another's way.

use std::collections::BTreeMap;

use pointsman_engine::PostbackOutcome::{Applied, Parked};
use pointsman_store::{
    LeadStatus::{Sold, Unsold},
    ParkedPostbackRow,
    ParkedReason::{NotAccepted, OtherDestination, Refused, UnknownClick},
};
use serde_json::json;

use crate::platform::{Platform, TIMEOUT};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_parked_for_an_offer_that_is_refused_then_is_kept_and_earns_nothing() {
    let mut platform = Platform::open(1, json!({"pays": "conversion"})).await;
    let lead = platform.send();
    let (_, offer) = platform.offered().await;
    let early = format!("click_id={}&payout=20", offer.click);
    assert_eq!(platform.report(&early).await, Ok(Parked));
    let first = offer.reject();
    platform.offered().await.1.reject();
    let outcome = lead.await.unwrap();
    assert_eq!(platform.earned(&outcome.lead_id).await, (0, Unsold));
    assert_eq!(platform.reasons().await, [NotAccepted]);
    // And so is what comes after the refusal.
    let late = format!("click_id={first}&payout=21");
    assert_eq!(platform.report(&late).await, Ok(Parked));
    assert_eq!(platform.reasons().await, [NotAccepted, NotAccepted]);
    assert_eq!(platform.earned(&outcome.lead_id).await, (0, Unsold));
    platform.learned_the_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_postback_that_cannot_be_read_when_it_is_released_is_kept_and_harms_nobody() {
    let mut platform = Platform::open(1, json!({"pays": "conversion"})).await;
    let lead = platform.send();
    let (_, offer) = platform.offered().await;
    let early = format!("click_id={}&payout=20", offer.click);
    assert_eq!(platform.report(&early).await, Ok(Parked));
    let damaged = ParkedPostbackRow {
        id: "pbk_damaged".to_owned(),
        natural_key: "damaged".to_owned(),
        raw_body: "{\"payout\": ".to_owned(),
        ..platform.aside().await.remove(0)
    };
    let store = platform.engine.store();
    let parked = store.write(|tx| Box::pin(async move { tx.park_postback(damaged).await }));
    assert!(parked.await.unwrap());
    offer.accept("{}");
    let sold = lead.await.unwrap();
    assert_eq!(platform.earned(&sold.lead_id).await, (2_000, Sold));
    let kept = platform.aside().await;
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (&*kept[0].id, &*kept[0].raw_body, kept[0].reason),
        ("pbk_damaged", "{\"payout\": ", Some(Refused))
    );
    let problems = kept[0].problems_body.as_deref().unwrap();
    assert!(problems.contains("unreadable"), "{problems}");
    let postbacks = platform.engine.postbacks();
    let replayed = postbacks.replay("pbk_damaged", &BTreeMap::new()).await;
    let message = replayed.unwrap_err().to_string();
    assert!(message.contains("pbk_damaged"), "{message}");
    platform.learned_the_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_postback_that_can_never_be_applied_does_not_fail_the_answer_that_releases_it() {
    let mut platform = Platform::open(1, json!({"pays": "conversion"})).await;
    let lead = platform.send();
    let (_, offer) = platform.offered().await;
    let early = format!("click_id={}&payout=20", offer.click);
    assert_eq!(platform.report(&early).await, Ok(Parked));
    let store = platform.engine.store();
    let delivery = store.read().find_delivery_by_click(&offer.click).await;
    let delivery = delivery.unwrap().unwrap();
    let totals = vec![(delivery.id.clone(), "{".to_owned())];
    let damaged = store.write(|tx| Box::pin(async move { tx.put_accounts(totals).await }));
    damaged.await.unwrap();
    let click = offer.accept("{}");
    let sold = lead.await.unwrap();
    assert_eq!(sold.status.word(), "sold");
    assert_eq!(platform.earned(&sold.lead_id).await, (0, Sold));
    let kept = platform.aside().await;
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (&*kept[0].click_id, kept[0].reason),
        (&*click, Some(Refused))
    );
    let problems = kept[0].problems_body.as_deref().unwrap();
    assert!(problems.contains(&delivery.id), "{problems}");
    // It was nobody else's fault.
    let refused = store.read().refused_commands(None, 10).await.unwrap();
    assert!(refused.items.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_neither_reports_for_another_nor_shuts_it_out() {
    let mut platform = Platform::open(1, json!({"pays": "conversion"})).await;
    let lead = platform.send();
    let (name, offer) = platform.offered().await;
    let other = if name == "one" { "two" } else { "one" };
    let sale = format!("click_id={}&payout=20&txid=1", offer.click);
    // Before the answer, the stranger comes first.
    assert_eq!(platform.report_of(Some(other), &sale).await, Ok(Parked));
    assert_eq!(platform.report_of(Some(name), &sale).await, Ok(Parked));
    let click = offer.accept("{}");
    let sold = lead.await.unwrap();
    assert_eq!(platform.earned(&sold.lead_id).await, (2_000, Sold));
    assert_eq!(platform.reasons().await, [OtherDestination]);
    assert_eq!(
        platform.aside().await[0].destination.as_deref(),
        Some(other)
    );
    // And after it.
    let more = format!("click_id={click}&payout=99&txid=2");
    assert_eq!(platform.report_of(Some(other), &more).await, Ok(Parked));
    assert_eq!(platform.report_of(Some(name), &more).await, Ok(Applied));
    assert_eq!(platform.earned(&sold.lead_id).await, (11_900, Sold));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_kept_with_its_problems_and_can_be_replayed() {
    let mut platform = Platform::open(1, json!({"pays": "conversion"})).await;
    let (sold, click) = platform.sold("{}").await;
    let odd = format!("click_id={click}&payout=12&txid=1&status=gonzo");
    for _ in 0..2 {
        assert_eq!(
            platform.report(&odd).await.unwrap_err()[0].code,
            "unknown_status"
        );
    }
    let foreign = format!("click_id={click}&payout=12&cnv_currency=EUR");
    assert_eq!(
        platform.report(&foreign).await.unwrap_err()[0].code,
        "wrong_currency"
    );
    assert_eq!(
        platform.report("click_id=clk_of_nobody&payout=1").await,
        Ok(Parked)
    );
    assert_eq!(platform.reasons().await, [UnknownClick, Refused, Refused]);
    let rows = platform.aside().await;
    let row = rows
        .iter()
        .find(|row| row.raw_body.contains("gonzo"))
        .unwrap();
    assert_eq!(row.times, 2);
    assert!(
        row.problems_body
            .as_ref()
            .unwrap()
            .contains("unknown_status")
    );

    let engine = &platform.engine;
    let as_it_is = engine.postbacks().replay(&row.id, &BTreeMap::new()).await;
    assert!(as_it_is.is_err(), "{as_it_is:?}");
    let set = BTreeMap::from([("status".to_owned(), "sale".to_owned())]);
    let replayed = engine.postbacks().replay(&row.id, &set).await.unwrap();
    assert_eq!(replayed, Some(Applied));
    assert_eq!(platform.earned(&sold.lead_id).await, (1_200, Sold));
    assert_eq!(platform.reasons().await, [UnknownClick, Refused]);
    assert_eq!(
        engine.postbacks().replay(&row.id, &set).await.unwrap(),
        None
    );
    platform.learned_the_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_aside_long_ago_is_forgotten_and_what_was_lately_is_not() {
    let platform = Platform::open(1, json!({})).await;
    for n in 0..3 {
        let unknown = format!("click_id=nobody{n}&payout=1");
        assert_eq!(platform.report(&unknown).await, Ok(Parked));
    }
    // More rows than are forgotten in one transaction, of the day before yesterday.
    let row = platform.aside().await.remove(0);
    let age = 2 * 24 * 3_600_000_000;
    let old = platform.engine.store().write(move |tx| {
        Box::pin(async move {
            for n in 0..250 {
                let old = ParkedPostbackRow {
                    id: format!("{}{n}", row.id),
                    natural_key: format!("old{n}"),
                    received_at: row.received_at - age,
                    ..row.clone()
                };
                tx.park_postback(old).await?;
            }
            Ok(())
        })
    });
    old.await.unwrap();
    let platform = platform.restart().await;
    let forgotten = async {
        while platform.aside().await.len() > 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, forgotten).await.unwrap();
    assert_eq!(platform.reasons().await, [UnknownClick; 3]);
}
