//! Commit order, and what a restart finds.

use pointsman_store::{
    AcceptedClockRow, DecisionEnd, DeliveryState, DeliveryUpdate, EndState, Error, LastMoment,
    LeadFilter, LeadRow, StepKind,
};

use crate::{
    database::{Database, on_both_databases},
    rows::{decision, delivery, insert_walks, lead, step},
};

on_both_databases! {
    rows_come_in_commit_order_whatever_their_ids_and_times,
    a_sequence_number_is_used_once,
    a_restart_counts_on_from_the_largest_number_anywhere,
    a_restart_finds_what_is_unfinished,
    what_was_stored_last_goes_by_its_number_and_a_clock_can_be_accepted_after_it,
}

async fn rows_come_in_commit_order_whatever_their_ids_and_times(database: Database) {
    let store = database.open().await;
    insert_walks(&store, [30, 10, 20, 50, 40]).await;
    let settled = |n: i64, seq: i64| DeliveryUpdate {
        id: delivery(n).id,
        state: DeliveryState::Rejected,
        settled_seq: Some(seq),
        settled_at: Some(seq),
        price: None,
        redirect_url: None,
        reason: Some("no".to_owned()),
        reference: None,
        finding: None,
    };
    let tx = store.begin().await.unwrap();
    let updates = vec![settled(10, 63), settled(20, 61), settled(50, 62)];
    tx.update_deliveries(updates).await.unwrap();
    tx.commit().await.unwrap();

    let read = store.read();
    let mut steps = Vec::new();
    let mut after = 0;
    loop {
        let next = read.steps_in_order(after, 2).await.unwrap();
        let Some(last) = next.last() else { break };
        after = last.seq;
        steps.extend(next);
    }
    assert_eq!(steps, [10, 20, 30, 40, 50].map(step));
    let settled = read.deliveries_settled_in_order(0, 10).await.unwrap();
    let numbers: Vec<_> = settled.iter().map(|row| row.reserved_seq).collect();
    assert_eq!(numbers, [20, 50, 10]);
    let reserved = read.deliveries_reserved_in_order(20, 2).await.unwrap();
    let numbers: Vec<_> = reserved.iter().map(|row| row.reserved_seq).collect();
    assert_eq!(numbers, [30, 40]);
    let leads = read.leads_in_order(10, 2).await.unwrap();
    assert_eq!(leads, [lead(20), lead(30)]);
    let decisions = read.decisions_in_order(30, 9).await.unwrap();
    assert_eq!(decisions, [decision(40), decision(50)]);
    store.close().await.unwrap();
}

async fn a_sequence_number_is_used_once(database: Database) {
    let store = database.open().await;
    insert_walks(&store, [1]).await;
    let mut second = step(1);
    second.n = 1;
    second.kind = StepKind::Done;
    second.destination = None;
    let tx = store.begin().await.unwrap();
    let refused = tx.insert_steps(vec![second]).await;
    assert!(
        matches!(refused, Err(Error::Conflict { .. })),
        "{refused:?}"
    );
    tx.rollback().await.unwrap();
    let tx = store.begin().await.unwrap();
    let elsewhere = LeadRow { seq: 1, ..lead(2) };
    let refused = tx.insert_leads(vec![elsewhere]).await;
    assert!(
        matches!(refused, Err(Error::Conflict { .. })),
        "{refused:?}"
    );
    tx.rollback().await.unwrap();
    store.close().await.unwrap();
}

async fn a_restart_counts_on_from_the_largest_number_anywhere(database: Database) {
    let store = database.open().await;
    assert_eq!(store.read().max_seq().await.unwrap(), 0);
    insert_walks(&store, 1..=4).await;
    assert_eq!(store.read().max_seq().await.unwrap(), 4);
    let end = DecisionEnd {
        id: decision(2).id,
        end_state: EndState::Declined,
        end_reason: Some("too young".to_owned()),
        ended_seq: 9,
    };
    store
        .write(|tx| Box::pin(tx.end_decisions(vec![end])))
        .await
        .unwrap();
    store.close().await.unwrap();
    let store = database.open().await;
    assert_eq!(store.read().max_seq().await.unwrap(), 9);
    store.close().await.unwrap();
}

async fn a_restart_finds_what_is_unfinished(database: Database) {
    let store = database.open().await;
    insert_walks(&store, 1..=4).await;
    let in_state = |n: i64, state: DeliveryState, seq: Option<i64>| DeliveryUpdate {
        id: delivery(n).id,
        state,
        settled_seq: seq,
        settled_at: seq,
        price: None,
        redirect_url: None,
        reason: None,
        reference: None,
        finding: None,
    };
    let end = DecisionEnd {
        id: decision(1).id,
        end_state: EndState::Sold,
        end_reason: None,
        ended_seq: 5,
    };
    let tx = store.begin().await.unwrap();
    tx.update_deliveries(vec![
        in_state(1, DeliveryState::Accepted, Some(5)),
        in_state(3, DeliveryState::Sending, None),
        in_state(4, DeliveryState::Held, Some(6)),
    ])
    .await
    .unwrap();
    tx.end_decisions(vec![end]).await.unwrap();
    tx.commit().await.unwrap();
    drop(store);

    let store = database.open().await;
    let read = store.read();
    let unfinished = read.unfinished_deliveries(0, 10).await.unwrap();
    let found: Vec<_> = unfinished
        .iter()
        .map(|row| (row.state, &*row.lead_id, &*row.decision_id))
        .collect();
    let expected = [
        (DeliveryState::Pending, "lead_0002", "dec_0002"),
        (DeliveryState::Sending, "lead_0003", "dec_0003"),
    ];
    assert_eq!(found, expected);
    assert_eq!(read.unfinished_deliveries(2, 10).await.unwrap().len(), 1);
    let open = read.open_decisions(0, 10).await.unwrap();
    assert_eq!(open, [2, 3, 4].map(decision));
    let clicks = [delivery(4).click_id, "clk_none".to_owned()];
    let by_click = read.find_deliveries_by_clicks(&clicks).await.unwrap();
    assert_eq!(by_click.len(), 1);
    store.close().await.unwrap();
}

async fn what_was_stored_last_goes_by_its_number_and_a_clock_can_be_accepted_after_it(
    database: Database,
) {
    let store = database.open().await;
    assert_eq!(store.read().last_moment().await.unwrap(), None);
    insert_walks(&store, [30, 10]).await;
    let last = |seq, at| Some(LastMoment { seq, at });
    let at = step(30).at;
    assert_eq!(store.read().last_moment().await.unwrap(), last(30, at));
    // Settled later by number, and earlier by a clock that was set back.
    let settled = DeliveryUpdate {
        id: delivery(10).id,
        state: DeliveryState::Rejected,
        settled_seq: Some(41),
        settled_at: Some(-7),
        price: None,
        redirect_url: None,
        reason: None,
        reference: None,
        finding: None,
    };
    let accepted = |accepted_at| AcceptedClockRow {
        seq: 41,
        stored_at: -7,
        accepted_at,
    };
    let tx = store.begin().await.unwrap();
    tx.update_deliveries(vec![settled]).await.unwrap();
    tx.accept_clock(accepted(-9)).await.unwrap();
    tx.accept_clock(accepted(-11)).await.unwrap();
    tx.commit().await.unwrap();
    let read = store.read();
    assert_eq!(read.last_moment().await.unwrap(), last(41, -7));
    assert_eq!(read.accepted_clock(41).await.unwrap(), Some(accepted(-11)));
    assert_eq!(read.accepted_clock(30).await.unwrap(), None);
    let all = LeadFilter::default();
    assert!(read.has_more_leads_than(&all, 1).await.unwrap());
    assert!(!read.has_more_leads_than(&all, 2).await.unwrap());
    store.close().await.unwrap();
}
