//! Rows to store, numbered.

use pointsman_store::{
    CatalogRow, ConversionRow, ConversionStatus, DecisionRow, DecisionStepRow, DeliveryRow,
    DeliveryState, LeadRow, LeadStatus, Mode, NewFlowVersion, StepKind, Store, WriteTx,
};

/// Lead `n`, which came at microsecond `n` under its own key and sequence number.
pub(crate) fn lead(n: i64) -> LeadRow {
    LeadRow {
        id: format!("lead_{n:04}"),
        seq: n,
        vertical: "solar".to_owned(),
        flow: "main".to_owned(),
        source: "search".to_owned(),
        idempotency_key: Some(format!("key-{n}")),
        fingerprint: "f".to_owned(),
        fields_body: r#"{"email":"ann@example.com"}"#.to_owned(),
        unit_key: format!("unit-{n}"),
        is_test: n % 2 == 0,
        mode: Mode::Sync,
        status: LeadStatus::Received,
        response_body: None,
        revenue: 0,
        received_at: n,
        settled_at: None,
    }
}

/// The decision of lead `n`.
pub(crate) fn decision(n: i64) -> DecisionRow {
    DecisionRow {
        id: format!("dec_{n:04}"),
        lead_id: format!("lead_{n:04}"),
        flow: "main".to_owned(),
        version_hash: "v1".to_owned(),
        catalog_hash: "c1".to_owned(),
        semantics: 1,
        epoch: 0,
        unit_key: format!("unit-{n}"),
        unit_hashes_body: (n % 2 == 0).then(|| r#"{"email":"00"}"#.to_owned()),
        started_seq: n,
        end_state: None,
        end_reason: None,
        ended_seq: None,
        lease: 0,
    }
}

/// The first step of decision `n`.
pub(crate) fn step(n: i64) -> DecisionStepRow {
    DecisionStepRow {
        decision_id: format!("dec_{n:04}"),
        n: 0,
        seq: n,
        at: n,
        availability: "ff".to_owned(),
        trace_body: "[]".to_owned(),
        kind: StepKind::Offer,
        destination: Some("acme".to_owned()),
        propensity: 0.1 + 0.2,
        outlook_body: "{}".to_owned(),
        rotation_body: (n % 2 == 0).then(|| "[]".to_owned()),
        node: None,
        asked: None,
        bids_body: None,
    }
}

/// The offer of lead `n` to acme.
pub(crate) fn delivery(n: i64) -> DeliveryRow {
    DeliveryRow {
        id: format!("dlv_{n:04}"),
        lead_id: format!("lead_{n:04}"),
        decision_id: format!("dec_{n:04}"),
        n: 0,
        destination: "acme".to_owned(),
        click_id: format!("clk_{n:04}"),
        state: DeliveryState::Pending,
        reserved_seq: n,
        settled_seq: None,
        settled_at: None,
        price: None,
        redirect_url: None,
        reason: None,
        created_at: n,
        deadline_at: n + 1_000,
        conversion_totals_body: None,
        finding: None,
        reference: None,
    }
}

/// Conversion `n`, of the offer of lead `lead`.
pub(crate) fn conversion(n: i64, lead: i64) -> ConversionRow {
    ConversionRow {
        id: format!("cnv_{n:04}"),
        seq: n,
        delivery_id: format!("dlv_{lead:04}"),
        natural_key: format!("sale-{n}"),
        click_id: format!("clk_{lead:04}"),
        txid: None,
        status: ConversionStatus::Sale,
        original_status: "approved".to_owned(),
        revenue: 12_500_000,
        currency: "USD".to_owned(),
        occurred_at: n,
        received_at: n,
        raw_body: "{}".to_owned(),
        event_body: None,
        sales: 1,
        accepted: 0,
    }
}

pub(crate) fn version(hash: &str, flow: &str) -> NewFlowVersion {
    NewFlowVersion {
        hash: hash.to_owned(),
        flow: flow.to_owned(),
        body: "{}".to_owned(),
        message: String::new(),
        author: "ann".to_owned(),
        at: 1,
        semantics: 2,
    }
}

/// What decisions refer to.
pub(crate) async fn insert_references(tx: &WriteTx) {
    tx.put_flow("main", "solar", 1).await.unwrap();
    tx.insert_flow_version(version("v1", "main")).await.unwrap();
    let catalog = CatalogRow {
        hash: "c1".to_owned(),
        body: "{}".to_owned(),
        created_at: 1,
    };
    tx.put_catalog(catalog).await.unwrap();
}

/// Leads with their decision, step and offer, committed.
pub(crate) async fn insert_walks(store: &Store, numbers: impl IntoIterator<Item = i64>) {
    let numbers: Vec<i64> = numbers.into_iter().collect();
    let rows = |row: fn(i64) -> LeadRow| numbers.iter().copied().map(row).collect::<Vec<_>>();
    let tx = store.begin().await.unwrap();
    insert_references(&tx).await;
    tx.insert_leads(rows(lead)).await.unwrap();
    let decisions = numbers.iter().copied().map(decision).collect();
    tx.insert_decisions(decisions).await.unwrap();
    let steps = numbers.iter().copied().map(step).collect();
    tx.insert_steps(steps).await.unwrap();
    let deliveries = numbers.iter().copied().map(delivery).collect();
    tx.insert_deliveries(deliveries).await.unwrap();
    tx.commit().await.unwrap();
}
