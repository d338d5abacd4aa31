use pointsman_lead::Currency;
use pointsman_source::PayoutTerms;
use pointsman_store::{
    ConversionRow, ConversionStatus, DecisionRow, DeliveryRow, DeliveryState, EndState, LeadRow,
    LeadStatus as StoredStatus, Mode,
};
use serde_json::json;

use super::events;
use crate::{StoredWalk, WalkRows, money::payouts::Payable};

/// A lead that a buyer took under number 12 for 20 units.
fn walk(conversions: Vec<ConversionRow>) -> StoredWalk {
    let lead = LeadRow {
        id: "lead_1".to_owned(),
        seq: 10,
        vertical: "solar".to_owned(),
        flow: "solar".to_owned(),
        source: "web".to_owned(),
        idempotency_key: None,
        fingerprint: String::new(),
        fields_body: "{}".to_owned(),
        unit_key: String::new(),
        is_test: false,
        mode: Mode::Sync,
        status: StoredStatus::Sold,
        response_body: None,
        revenue: 0,
        received_at: 1,
        settled_at: Some(12),
    };
    let decision = DecisionRow {
        id: "dec_1".to_owned(),
        lead_id: lead.id.clone(),
        flow: "solar".to_owned(),
        version_hash: "v".to_owned(),
        catalog_hash: "c".to_owned(),
        semantics: 1,
        epoch: 0,
        unit_key: String::new(),
        unit_hashes_body: None,
        started_seq: 10,
        end_state: Some(EndState::Sold),
        end_reason: None,
        ended_seq: Some(12),
        lease: 0,
    };
    let delivery = DeliveryRow {
        id: "dlv_1".to_owned(),
        lead_id: lead.id.clone(),
        decision_id: decision.id.clone(),
        n: 0,
        destination: "acme".to_owned(),
        click_id: "clk_1".to_owned(),
        state: DeliveryState::Accepted,
        reserved_seq: 11,
        settled_seq: Some(12),
        settled_at: Some(12),
        price: Some(20_000_000),
        redirect_url: None,
        reason: None,
        created_at: 1,
        deadline_at: 9,
        conversion_totals_body: None,
        finding: None,
        reference: None,
    };
    let rows = WalkRows {
        deliveries: vec![delivery],
        conversions,
        ..WalkRows::default()
    };
    StoredWalk {
        decision,
        lead,
        rows,
    }
}

/// A report that adds so many units and sales.
fn report(seq: i64, status: ConversionStatus, units: i64, sales: i64) -> ConversionRow {
    ConversionRow {
        id: format!("cnv_{seq}"),
        seq,
        delivery_id: "dlv_1".to_owned(),
        natural_key: seq.to_string(),
        click_id: "clk_1".to_owned(),
        txid: None,
        status,
        original_status: String::new(),
        revenue: units * 1_000_000,
        currency: "USD".to_owned(),
        occurred_at: seq,
        received_at: seq,
        raw_body: "{}".to_owned(),
        event_body: None,
        sales,
        accepted: 0,
    }
}

/// What is told by the end, in pieces that begin after each of these numbers.
fn told(walk: &StoredWalk, terms: Option<PayoutTerms>, cuts: &[i64]) -> Vec<String> {
    let payable = Payable::new(terms.as_ref(), Some(Currency::USD));
    let pieces = cuts.windows(2);
    let found = pieces.flat_map(|cut| events(walk, &payable, (cut[0], cut[1])));
    let told = found.map(|it| {
        let money = it.money.map_or_else(String::new, |money| {
            format!(" {} of {} {}", money.payout, money.total, money.currency)
        });
        format!(
            "{} {} {}{money}",
            it.number,
            it.event.word(),
            it.status.word()
        )
    });
    told.collect()
}

fn terms() -> PayoutTerms {
    let terms = json!({"currency": "USD", "lead": "0.50", "sold": "3.00", "sale": "10.00", "share_ppm": 100_000});
    serde_json::from_value(terms).unwrap()
}

fn long() -> StoredWalk {
    walk(vec![
        report(15, ConversionStatus::Sale, 5, 1),
        report(17, ConversionStatus::Rebill, 10, 0),
        report(20, ConversionStatus::Returned, -35, -1),
        report(22, ConversionStatus::Reinstated, 35, 1),
        report(25, ConversionStatus::Cancelled, -5, -1),
    ])
}

#[test]
fn each_event_is_told_once_with_what_is_paid_by_it() {
    let all = [
        "12 sold sold 5.50 of 5.50 USD",
        "12 payout sold 5.50 of 5.50 USD",
        "15 sale sold 10.50 of 16.00 USD",
        "15 payout sold 10.50 of 16.00 USD",
        "17 payout sold 1.00 of 17.00 USD",
        "20 returned returned -16.50 of 0.50 USD",
        "20 payout returned -16.50 of 0.50 USD",
        "22 sold sold 16.50 of 17.00 USD",
        "22 payout sold 16.50 of 17.00 USD",
        "25 sale_cancelled sold -10.50 of 6.50 USD",
        "25 payout sold -10.50 of 6.50 USD",
    ];
    assert_eq!(told(&long(), Some(terms()), &[0, 100]), all);
    // However the order is cut into pieces.
    assert_eq!(
        told(
            &long(),
            Some(terms()),
            &[0, 11, 12, 14, 15, 19, 20, 21, 22, 24, 99]
        ),
        all
    );
}

#[test]
fn a_source_without_terms_is_told_no_amounts() {
    assert_eq!(
        told(&long(), None, &[0, 100]),
        [
            "12 sold sold",
            "15 sale sold",
            "20 returned returned",
            "22 sold sold",
            "25 sale_cancelled sold"
        ]
    );
}

#[test]
fn amounts_of_two_currencies_are_not_added() {
    let terms = PayoutTerms {
        currency: Some("EUR".parse().unwrap()),
        ..terms()
    };
    let told = told(&long(), Some(terms), &[0, 16]);
    assert_eq!(
        [told[0].as_str(), told[2].as_str()],
        [
            "12 sold sold 3.50 of 3.50 EUR",
            "15 sale sold 10.00 of 13.50 EUR"
        ]
    );
}

#[test]
fn a_lead_that_nobody_takes_is_rejected_and_a_test_is_not_told_of() {
    let mut walk = walk(Vec::new());
    walk.decision.end_state = Some(EndState::Unsold);
    walk.rows.deliveries[0].state = DeliveryState::Rejected;
    let unsold = "12 rejected unsold 0.50 of 0.50 USD";
    let paid = "12 payout unsold 0.50 of 0.50 USD";
    assert_eq!(told(&walk, Some(terms()), &[0, 100]), [unsold, paid]);
    walk.lead.is_test = true;
    assert!(told(&walk, Some(terms()), &[0, 100]).is_empty());
}
