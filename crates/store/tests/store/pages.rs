//! Pages without gaps or doubles.

use pointsman_store::{DeliveryFilter, DeliveryRow, LeadFilter, LeadRow, LeadStatus, Read, Store};

use crate::{
    database::{Database, on_both_databases},
    rows::{delivery, insert_walks, lead},
};

on_both_databases! {
    pages_neither_skip_nor_repeat_a_lead,
    pages_keep_their_place_when_leads_come_in,
    a_filter_narrows_pages_and_counts_alike,
    leads_are_found_by_whom_they_were_offered_to,
}

/// Lead `n`, five to a microsecond.
fn crowded(n: i64) -> LeadRow {
    let status = match n % 3 {
        0 => LeadStatus::Sold,
        1 => LeadStatus::Unsold,
        _ => LeadStatus::Received,
    };
    LeadRow {
        received_at: n / 5,
        flow: format!("flow-{}", n % 2),
        source: format!("source-{}", n % 4),
        revenue: n,
        status,
        ..lead(n)
    }
}

async fn insert(store: &Store, numbers: std::ops::Range<i64>) {
    let tx = store.begin().await.unwrap();
    tx.insert_leads(numbers.map(crowded).collect())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Every lead of a filter, by pages.
async fn listed(read: &Read<'_>, filter: &LeadFilter, limit: u64) -> Vec<i64> {
    let mut seqs = Vec::new();
    let mut after = None;
    loop {
        let page = read.leads(filter, after.as_ref(), limit).await.unwrap();
        assert!(page.items.len() <= usize::try_from(limit).unwrap());
        seqs.extend(page.items.iter().map(|row| row.seq));
        let Some(next) = page.next else {
            return seqs;
        };
        // Through its text, as a client hands it back.
        after = Some(next.to_string().parse().unwrap());
    }
}

async fn pages_neither_skip_nor_repeat_a_lead(database: Database) {
    let store = database.open().await;
    insert(&store, 0..60).await;
    let expected: Vec<i64> = (0..60).rev().collect();
    for limit in [1, 7, 20, 60, 100] {
        let seqs = listed(&store.read(), &LeadFilter::default(), limit).await;
        assert_eq!(seqs, expected, "pages of {limit}");
    }
    store.close().await.unwrap();
}

async fn pages_keep_their_place_when_leads_come_in(database: Database) {
    let store = database.open().await;
    insert(&store, 0..20).await;
    let filter = LeadFilter::default();
    let first = store.read().leads(&filter, None, 8).await.unwrap();
    insert(&store, 20..40).await;
    let second = store
        .read()
        .leads(&filter, first.next.as_ref(), 100)
        .await
        .unwrap();
    let seqs: Vec<i64> = first
        .items
        .iter()
        .chain(&second.items)
        .map(|row| row.seq)
        .collect();
    assert_eq!(seqs, (0..20).rev().collect::<Vec<i64>>());
    store.close().await.unwrap();
}

async fn a_filter_narrows_pages_and_counts_alike(database: Database) {
    let store = database.open().await;
    insert(&store, 0..60).await;
    let text = |text: &str| Some(text.to_owned());
    let filters = [
        LeadFilter {
            flow: text("flow-1"),
            ..LeadFilter::default()
        },
        LeadFilter {
            status: Some(LeadStatus::Sold),
            from: Some(3),
            until: Some(9),
            ..LeadFilter::default()
        },
        LeadFilter {
            source: text("source-2"),
            flow: text("flow-0"),
            until: Some(10),
            ..LeadFilter::default()
        },
    ];
    let matches = |filter: &LeadFilter, row: &LeadRow| {
        filter.flow.as_ref().is_none_or(|flow| *flow == row.flow)
            && filter
                .source
                .as_ref()
                .is_none_or(|source| *source == row.source)
            && filter.status.is_none_or(|status| status == row.status)
            && filter.from.is_none_or(|from| from <= row.received_at)
            && filter.until.is_none_or(|until| row.received_at < until)
    };
    for filter in filters {
        let expected: Vec<LeadRow> = (0..60)
            .rev()
            .map(crowded)
            .filter(|row| matches(&filter, row))
            .collect();
        let seqs: Vec<i64> = expected.iter().map(|row| row.seq).collect();
        assert!(!seqs.is_empty());
        assert_eq!(listed(&store.read(), &filter, 4).await, seqs, "{filter:?}");
        let counts = store.read().lead_counts(&filter).await.unwrap();
        let leads: i64 = counts.iter().map(|count| count.leads).sum();
        let revenue: i128 = counts.iter().map(|count| count.revenue).sum();
        assert_eq!(leads, i64::try_from(seqs.len()).unwrap());
        assert_eq!(
            revenue,
            expected
                .iter()
                .map(|row| i128::from(row.revenue))
                .sum::<i128>()
        );
    }
    store.close().await.unwrap();
}

async fn leads_are_found_by_whom_they_were_offered_to(database: Database) {
    let store = database.open().await;
    insert_walks(&store, 1..=6).await;
    let tx = store.begin().await.unwrap();
    // Each was offered to acme before.
    let to = |n: i64| DeliveryRow {
        id: format!("dlv_second_{n}"),
        click_id: format!("clk_second_{n}"),
        n: 1,
        reserved_seq: 100 + n,
        destination: format!("destination-{}", n % 2),
        ..delivery(n)
    };
    tx.insert_deliveries((1..=6).map(to).collect())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let offered_to = |name: &str| LeadFilter {
        destination: Some(name.to_owned()),
        ..LeadFilter::default()
    };
    let read = store.read();
    for (name, expected) in [
        ("destination-0", vec![6, 4, 2]),
        ("destination-1", vec![5, 3, 1]),
        ("acme", vec![6, 5, 4, 3, 2, 1]),
        ("nobody", vec![]),
    ] {
        let found = listed(&read, &offered_to(name), 2).await;
        let ids: Vec<i64> = (1..=6)
            .rev()
            .filter(|n| found.contains(&lead(*n).seq))
            .collect();
        assert_eq!(
            (ids, found.len()),
            (expected.clone(), expected.len()),
            "{name}"
        );
        let page = read
            .deliveries(
                &DeliveryFilter {
                    destination: Some(name.to_owned()),
                    ..DeliveryFilter::default()
                },
                None,
                2,
            )
            .await
            .unwrap();
        assert_eq!(page.items.len(), expected.len().min(2), "{name}");
        assert_eq!(page.next.is_some(), expected.len() > 2, "{name}");
    }
    store.close().await.unwrap();
}
