use pointsman_lead::Timestamp;
use pointsman_store::{
    CatalogRow, ConversionRow, ConversionStatus, DecisionRow, DeliveryRow, DeliveryState, LeadRow,
    LeadStatus, Mode, NewFlowVersion, Options, Store,
};

use super::{Walks, page, restate};

fn lead(revenue: i64, status: LeadStatus) -> LeadRow {
    LeadRow {
        id: "lead_1".to_owned(),
        seq: 1,
        vertical: "solar".to_owned(),
        flow: "solar".to_owned(),
        source: "web".to_owned(),
        idempotency_key: None,
        fingerprint: String::new(),
        fields_body: "{}".to_owned(),
        unit_key: String::new(),
        is_test: false,
        mode: Mode::Sync,
        status,
        response_body: None,
        revenue,
        received_at: 1,
        settled_at: Some(2),
    }
}

fn delivery(state: DeliveryState, price: Option<i64>) -> DeliveryRow {
    DeliveryRow {
        id: "dlv_1".to_owned(),
        lead_id: "lead_1".to_owned(),
        decision_id: "dec_1".to_owned(),
        n: 0,
        destination: "acme".to_owned(),
        click_id: "clk_1".to_owned(),
        state,
        reserved_seq: 2,
        settled_seq: Some(3),
        settled_at: Some(2),
        price,
        redirect_url: None,
        reason: None,
        created_at: 1,
        deadline_at: 9,
        conversion_totals_body: None,
        finding: None,
        reference: None,
    }
}

/// A conversion of an early release, with what it made of it.
fn conversion(raw: &str, status: ConversionStatus, revenue: i64) -> ConversionRow {
    let params: serde_json::Map<String, serde_json::Value> = raw
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    ConversionRow {
        id: format!("cnv_{raw}"),
        seq: 4,
        delivery_id: "dlv_1".to_owned(),
        natural_key: raw.to_owned(),
        click_id: "clk_1".to_owned(),
        txid: None,
        status,
        original_status: "sale".to_owned(),
        revenue,
        currency: "USD".to_owned(),
        occurred_at: 3,
        received_at: 3,
        raw_body: serde_json::Value::Object(params).to_string(),
        event_body: None,
        sales: 0,
        accepted: 0,
    }
}

/// Revenue and status after the reckoning, and what each conversion adds.
fn settled(
    stored: &LeadRow,
    delivery: DeliveryRow,
    conversions: Vec<ConversionRow>,
) -> (i64, LeadStatus, Vec<i64>) {
    let mut walks = Walks {
        deliveries: [("lead_1".to_owned(), vec![delivery])].into(),
        of_delivery: [("dlv_1".to_owned(), conversions)].into(),
        totals: Vec::new(),
        conversions: Vec::new(),
    };
    let (revenue, status) = walks.settle(stored);
    let adds = walks.conversions.iter().map(|update| update.revenue);
    (revenue, status, adds.collect())
}

const ACCEPTED: DeliveryState = DeliveryState::Accepted;

#[test]
fn revenue_is_the_sum_of_what_was_accepted_and_reported() {
    // The end of the walk had put the price in the place of the sum.
    let sale = conversion("click_id=clk_1&payout=0.00001", ConversionStatus::Sale, 10);
    let found = settled(
        &lead(30, LeadStatus::Sold),
        delivery(ACCEPTED, Some(30)),
        vec![sale],
    );
    assert_eq!(found, (40, LeadStatus::Sold, vec![10]));
}

#[test]
fn a_return_that_was_forgotten_is_known_again() {
    let back = conversion(
        "click_id=clk_1&status=returned",
        ConversionStatus::Cancelled,
        -30,
    );
    let found = settled(
        &lead(30, LeadStatus::Sold),
        delivery(ACCEPTED, Some(30)),
        vec![back],
    );
    assert_eq!(found, (0, LeadStatus::Returned, vec![-30]));
}

#[test]
fn a_status_that_was_overlooked_is_read_now() {
    let trash = conversion(
        "cnv_id=clk_1&payout=10&cnv_status=trash",
        ConversionStatus::Sale,
        10_000_000,
    );
    let found = settled(
        &lead(10_000_000, LeadStatus::Sold),
        delivery(ACCEPTED, None),
        vec![trash],
    );
    assert_eq!(found, (0, LeadStatus::Returned, vec![0]));
}

#[test]
fn a_lead_that_nobody_took_earns_nothing() {
    let sale = conversion("click_id=clk_1&payout=20", ConversionStatus::Sale, 20);
    let found = settled(
        &lead(20, LeadStatus::Unsold),
        delivery(DeliveryState::Rejected, None),
        vec![sale],
    );
    assert_eq!(found, (0, LeadStatus::Unsold, vec![0]));
}

#[test]
fn what_can_be_read_no_more_counts_as_it_was_read_then() {
    let sale = conversion("click_id=clk_1&payout=much", ConversionStatus::Sale, 12);
    let found = settled(
        &lead(12, LeadStatus::Sold),
        delivery(ACCEPTED, None),
        vec![sale],
    );
    assert_eq!(found, (12, LeadStatus::Sold, vec![12]));
}

/// As an early release left it: the conversions are there, and the price alone is the revenue.
async fn early_database(store: &Store, n_leads: i64) {
    let tx = store.begin().await.unwrap();
    tx.put_flow("solar", "solar", 1).await.unwrap();
    let version = NewFlowVersion {
        hash: "v".to_owned(),
        flow: "solar".to_owned(),
        body: "{}".to_owned(),
        message: String::new(),
        author: String::new(),
        at: 1,
        semantics: 1,
    };
    tx.insert_flow_version(version).await.unwrap();
    let catalog = CatalogRow {
        hash: "c".to_owned(),
        body: "{}".to_owned(),
        created_at: 1,
    };
    tx.put_catalog(catalog).await.unwrap();
    for n in 1..=n_leads {
        let lead = LeadRow {
            id: format!("lead_{n}"),
            seq: 10 * n,
            ..lead(30, LeadStatus::Sold)
        };
        let decision = DecisionRow {
            id: format!("dec_{n}"),
            lead_id: lead.id.clone(),
            flow: "solar".to_owned(),
            version_hash: "v".to_owned(),
            catalog_hash: "c".to_owned(),
            semantics: 1,
            epoch: 0,
            unit_key: String::new(),
            unit_hashes_body: None,
            started_seq: 10 * n,
            end_state: None,
            end_reason: None,
            ended_seq: None,
            lease: 0,
        };
        let delivery = DeliveryRow {
            id: format!("dlv_{n}"),
            lead_id: lead.id.clone(),
            decision_id: decision.id.clone(),
            click_id: format!("clk_{n}"),
            reserved_seq: 10 * n + 1,
            settled_seq: Some(10 * n + 2),
            ..delivery(ACCEPTED, Some(30))
        };
        let sale = ConversionRow {
            id: format!("cnv_{n}"),
            seq: 10 * n + 3,
            delivery_id: delivery.id.clone(),
            natural_key: format!("{n}"),
            ..conversion("click_id=clk&payout=0.00001", ConversionStatus::Sale, 10)
        };
        tx.insert_leads(vec![lead]).await.unwrap();
        tx.insert_decisions(vec![decision]).await.unwrap();
        tx.insert_deliveries(vec![delivery]).await.unwrap();
        assert!(tx.insert_conversion(sale).await.unwrap());
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_database_is_reckoned_once_page_by_page_and_goes_on_after_a_stop() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("early.db").display());
    let store = Store::open(&url, &Options::default()).await.unwrap();
    early_database(&store, 250).await;
    // The first page alone, as if the process had ended then.
    let (last, n_changed) = store
        .write(|tx| Box::pin(page(tx, 0, Timestamp(7))))
        .await
        .unwrap();
    assert_eq!((last, n_changed), (Some(2_000), 200));
    assert_eq!(restate(&store, Timestamp(8)).await.unwrap(), 50);
    assert_eq!(restate(&store, Timestamp(9)).await.unwrap(), 0);
    let read = store.read();
    let leads = read.leads_in_order(0, 1_000).await.unwrap();
    assert!(leads.iter().all(|lead| lead.revenue == 40));
    let listed = read.restatements(None, 1_000).await.unwrap().items;
    assert_eq!(listed.len(), 250);
    assert!(
        listed
            .iter()
            .all(|it| (it.revenue_before, it.revenue_after) == (30, 40))
    );
    let conversions = read.conversions_in_order(0, 1_000).await.unwrap();
    assert!(
        conversions
            .iter()
            .all(|it| (it.revenue, it.sales) == (10, 1))
    );
    let found = read.find_delivery("dlv_250").await.unwrap().unwrap();
    assert!(found.conversion_totals_body.is_some());
    store.close().await.unwrap();
}
