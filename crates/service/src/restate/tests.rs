use pointsman_store::{
    ConversionRow, ConversionStatus, DeliveryRow, DeliveryState, LeadRow, LeadStatus, Mode,
};

use super::Walks;

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
        account_body: None,
        finding: None,
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
        accounts: Vec::new(),
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
