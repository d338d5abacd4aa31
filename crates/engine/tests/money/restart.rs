//! What a start finds of leads whose offers were under way when the process ended.

use pointsman_engine::write_snapshots;
use pointsman_history::{Clock, Folded, hash_key, verify};
use pointsman_lead::Timestamp;
use pointsman_ledger::Ledger;
use pointsman_store::{DeliveryState::Held, LeadStatus, Store};
use serde_json::json;

use crate::platform::{Platform, TIMEOUT};

/// More than are read at once.
const N_LEADS: usize = 260;

#[tokio::test(flavor = "multi_thread")]
async fn a_start_settles_every_offer_that_was_under_way_as_unknown_and_sends_none_again() {
    let mut platform = Platform::open(1, json!({"on_unknown": "hold"})).await;
    let mut lead_ids = Vec::new();
    let sent = (0..N_LEADS).map(|_| platform.send_async());
    for lead_id in futures_util::future::join_all(sent).await {
        lead_ids.push(lead_id.to_string());
    }
    platform = platform.restart().await;
    let read = platform.engine.store().read();
    let settled = async {
        while !read.unfinished_deliveries(0, 1).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, settled).await.unwrap();
    let deliveries = read.deliveries_of_leads(&lead_ids).await.unwrap();
    assert_eq!(deliveries.len(), N_LEADS);
    assert!(deliveries.iter().all(|delivery| delivery.state == Held));
    let leads = read.leads_by_id(&lead_ids).await.unwrap();
    assert_eq!(leads.len(), N_LEADS);
    assert!(leads.iter().all(|lead| lead.status == LeadStatus::Held));
    platform.learned_the_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_passes_leads_on_to_whom_they_were_not_offered_and_keeps_what_was_sold() {
    let mut platform = Platform::open(2, json!({"on_unknown": "pass_on"})).await;
    let lead_id = platform.send_async().await;
    let (first, offer) = platform.offered().await;
    offer.accept(r#"{"price": 10}"#);
    // The second buyer has the offer before it when the process ends.
    let (second, _unanswered) = platform.offered().await;
    assert_ne!(first, second);
    let other_id = platform.send_async().await;
    let (asked, _unanswered_too) = platform.offered().await;
    platform = platform.restart().await;
    let (next, offer) = platform.offered().await;
    assert_ne!(asked, next);
    offer.accept(r#"{"price": 7}"#);
    platform.ended(&other_id).await;
    assert_eq!(platform.earned(&lead_id).await, (1_000, LeadStatus::Sold));
    assert_eq!(platform.earned(&other_id).await, (700, LeadStatus::Sold));
    platform.learned_the_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_from_a_snapshot_knows_what_a_start_from_all_of_history_knows() {
    let caps = json!([{"kind": "accepted", "max": 100, "window": "day", "zone": "UTC"}]);
    let mut platform = Platform::open(1, json!({"on_unknown": "hold", "caps": caps})).await;
    for n in 0..6 {
        some_history(&mut platform, n).await;
    }
    // The first of these starts finds no snapshot that it can use, folds everything anew, and writes one.
    platform.damage_snapshots().await;
    for n in 6..9 {
        let known = platform.knows().await;
        platform = platform.restart().await;
        assert_eq!(platform.knows().await, known);
        platform.has_snapshots().await;
        some_history(&mut platform, n).await;
    }
    let known = platform.knows().await;
    // Whoever damages a snapshot makes a start slower, and nothing else.
    platform.damage_snapshots().await;
    let store = platform.engine.store().clone();
    let found = verify(&store, &mut |_| ()).await.unwrap();
    assert_eq!(found.reproduced, found.decisions);
    assert_eq!(found.wrong_ledgers_at.len(), 2, "{found:?}");
    platform = platform.restart().await;
    assert_eq!(platform.knows().await, known);
    platform.learned_the_same().await;
}

/// The decisions and deliveries themselves hold all that the log does.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_row_of_the_commit_log_makes_a_start_slower_and_nothing_else() {
    let mut platform = Platform::open(1, json!({"on_unknown": "hold"})).await;
    some_history(&mut platform, 0).await;
    platform = platform.restart().await;
    platform.has_snapshots().await;
    some_history(&mut platform, 1).await;
    let known = platform.knows().await;
    let store = platform.engine.store().clone();
    let damage = store.write(|tx| Box::pin(async move { tx.log_event("{".to_owned()).await }));
    damage.await.unwrap();
    platform = platform.restart().await;
    assert_eq!(platform.knows().await, known);
    platform.learned_the_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_for_the_next_start_are_written_once() {
    let mut platform = Platform::open(1, json!({"on_unknown": "hold"})).await;
    some_history(&mut platform, 0).await;
    let known = platform.knows().await;
    let store = platform.engine.store().clone();
    let key = hash_key(&store.read()).await.unwrap();
    platform.damage_snapshots().await;
    let mut numbers = Vec::new();
    for _ in 0..2 {
        write_snapshots(&store, key, &Clock::real()).await.unwrap();
        for fold in ["ledger", "arms"] {
            let rows = store.read().snapshots(fold).await.unwrap();
            numbers.push((rows.len(), rows[0].number));
        }
    }
    assert!(numbers[0].1 >= store.read().max_seq().await.unwrap());
    // Beside the damaged one of before any lead.
    assert_eq!(numbers, [(2, numbers[0].1); 4]);
    platform = platform.restart().await;
    assert_eq!(platform.knows().await, known);
}

/// A snapshot that was written wrongly, but is not damaged: only folding everything again finds it.
#[tokio::test(flavor = "multi_thread")]
async fn verification_finds_a_snapshot_that_is_not_what_the_decisions_come_to() {
    let caps = json!([{"kind": "offers", "max": 100, "window": "day", "zone": "UTC"}]);
    let mut platform = Platform::open(1, json!({"on_unknown": "hold", "caps": caps})).await;
    some_history(&mut platform, 0).await;
    let store = platform.engine.store().clone();
    let (right, _) = platform.knows().await;
    let number = store.read().max_seq().await.unwrap();
    put_ledger(&store, right, number).await;
    some_history(&mut platform, 1).await;
    let found = verify(&store, &mut |_| ()).await.unwrap();
    // Those of the snapshots of before any lead and of now, and that of the commit log after them.
    assert_eq!((found.ledgers, found.wrong_ledgers_at.len()), (3, 0));
    assert!(found.is_reproduced(), "{found:?}");
    put_ledger(&store, Ledger::new(), number).await;
    let found = verify(&store, &mut |_| ()).await.unwrap();
    assert_eq!(found.reproduced, found.decisions);
    assert_eq!(found.wrong_ledgers_at[0], number);
    assert!(!found.is_reproduced(), "{found:?}");
}

async fn put_ledger(store: &Store, fold: Ledger, number: i64) {
    let row = Folded { fold, number }.to_row(Timestamp(0));
    let put = store.note(move |tx| Box::pin(async move { tx.put_snapshot(row).await }));
    put.await.unwrap();
}

/// A lead that is sold and returned, one that nobody takes, and one whose buyer hangs up.
async fn some_history(platform: &mut Platform, n: u32) {
    let (_, click) = platform.sold(r#"{"price": 10}"#).await;
    let sale = format!("click_id={click}&payout=3&txid=t{n}");
    platform.report(&sale).await.unwrap();
    let lead = platform.send();
    platform.offered().await.1.reject();
    platform.offered().await.1.reject();
    lead.await.unwrap();
    let lead = platform.send();
    platform.offered().await.1.break_off();
    lead.await.unwrap();
    platform.learned_the_same().await;
}
