use std::collections::BTreeMap;

use super::{Postback, Reported};
use crate::{ConversionKind as Kind, Currency, CurrencyMark, Micros, Problem, Timestamp};

const CLICK: &str = "clk_0192f0c1d2e37abc8def0123456789ab";

fn read(query: &str) -> Result<Postback, Vec<Problem>> {
    let params = query.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.replace("CLICK", CLICK))
    });
    Postback::from_params(&params.collect::<BTreeMap<_, _>>())
}

fn kind(query: &str) -> Kind {
    read(&format!("click_id=CLICK&{query}"))
        .unwrap_or_else(|problems| panic!("{query}: {problems:?}"))
        .kind
}

fn codes(query: &str) -> Vec<String> {
    let problems = read(query)
        .map(|postback| format!("{postback:?}"))
        .expect_err(query);
    assert!(
        problems.iter().all(|problem| problem.hint.is_some()),
        "{problems:?}"
    );
    problems
        .into_iter()
        .map(|problem| format!("{} {}", problem.code, problem.path))
        .collect()
}

fn reported(query: &str) -> Reported {
    read(query).unwrap().about(CLICK, None)
}

#[test]
fn trackers_names_are_understood_in_any_spelling() {
    let keitaro = read("subid=CLICK&payout=12.5&status=sale&tid=7").unwrap();
    let voluum = read("cid=CLICK&payout=12.50&txid=7").unwrap();
    assert_eq!(keitaro.about(CLICK, None), voluum.about(CLICK, None));
    assert_eq!(keitaro.revenue, Some(Micros(12_500_000)));
    let camel = read("clickId=CLICK&Payout=12.5&transactionId=7").unwrap();
    assert_eq!(camel.about(CLICK, None), voluum.about(CLICK, None));
}

#[test]
fn a_status_is_read_under_every_name_and_never_overlooked() {
    let binom = |status: &str| kind(&format!("payout=10&cnv_status={status}"));
    assert_eq!(binom("rejected"), Kind::Cancelled);
    assert_eq!(binom("trash"), Kind::Cancelled);
    assert_eq!(kind("payout=10&conversion_status=hold"), Kind::Pending);
    assert_eq!(kind("payout=10&order_status=refunded"), Kind::Refunded);
    assert_eq!(kind("payout=10"), Kind::Sale);
    assert_eq!(kind("payout=10&event=purchase&goal=3"), Kind::Sale);
    for query in [
        "click_id=CLICK&payout=10&event=refund",
        "click_id=CLICK&payout=10&goal=lead",
        "click_id=CLICK&payout=10&disposition=rejected",
        "click_id=CLICK&payout=10&x=chargeback",
        "click_id=CLICK&payout=10&rejected=1",
        "click_id=CLICK&payout=10&is_approved=false",
        "click_id=CLICK&payout=10&status=approved&event=refund",
    ] {
        let found = codes(query);
        assert!(found[0].starts_with("unread_status"), "{query}: {found:?}");
    }
    for query in [
        "click_id=CLICK&payout=10&status=gonzo",
        "click_id=CLICK&payout=10&status=",
        "click_id=CLICK&payout=10&cnv_status={status}",
        "click_id=CLICK&payout=10&deal_status=maybe",
        "click_id=CLICK&payout=10&status=sale\u{0}",
    ] {
        let found = codes(query);
        assert!(found[0].starts_with("unknown_status"), "{query}: {found:?}");
    }
    assert_eq!(
        codes("click_id=CLICK&order_status=paid&ticket_status=rejected"),
        ["ambiguous_status ticket_status"]
    );
}

#[test]
fn a_state_is_a_status_where_its_word_is_one_and_else_a_region() {
    assert_eq!(kind("payout=10&state=void"), Kind::Cancelled);
    assert_eq!(kind("payout=10&State=Rejected"), Kind::Cancelled);
    assert_eq!(kind("payout=10&state=pending"), Kind::Pending);
    assert_eq!(kind("payout=10&state=refunded"), Kind::Refunded);
    assert_eq!(kind("payout=10&state=approved"), Kind::Sale);
    for region in ["TX", "California", "OK", "ny", "New South Wales", "2", ""] {
        assert_eq!(kind(&format!("payout=10&state={region}")), Kind::Sale);
        let rejected = kind(&format!("payout=10&state={region}&cnv_status=rejected"));
        assert_eq!(rejected, Kind::Cancelled, "{region}");
    }
    assert_eq!(
        codes("click_id=CLICK&payout=10&status=approved&state=void"),
        ["unread_status state"]
    );
    assert_eq!(
        codes("click_id=CLICK&payout=10&order_status=paid&state=void"),
        ["ambiguous_status state"]
    );
}

#[test]
fn the_usual_words_of_the_field_are_known() {
    let lists = [
        (
            Kind::Pending,
            "lead reg registration hold on_hold pending 2 5 review",
        ),
        (
            Kind::Sale,
            "sale approve approved confirmed deposit ftd purchase paid 1 Accepted",
        ),
        (Kind::Rebill, "rebill upsell recurring re-deposit renewal"),
        (Kind::Declined, "decline declined 3 disapproved"),
        (
            Kind::Cancelled,
            "reject rejected cancelled Canceled trash fraud returned void refunded",
        ),
    ];
    for (expected, words) in lists {
        for word in words.split(' ') {
            assert_eq!(kind(&format!("status={word}")), expected, "{word}");
        }
    }
    for word in ["refunded", "chargeback", "Charge Back", "reversal"] {
        assert_eq!(
            kind(&format!("payout=4&status={word}")),
            Kind::Refunded,
            "{word}"
        );
    }
}

#[test]
fn an_address_may_say_what_its_own_words_mean() {
    let map = "lead_status=reg,topup&sale_status=billed&rejected_status=nope,fake&status";
    assert_eq!(kind(&format!("{map}=topup")), Kind::Pending);
    assert_eq!(kind(&format!("{map}=billed")), Kind::Sale);
    assert_eq!(kind(&format!("{map}=Nope")), Kind::Cancelled);
    assert_eq!(kind("rejected_status=sale&status=sale"), Kind::Cancelled);
    // Without a status, these are statuses themselves.
    assert_eq!(kind("lead_status=rejected"), Kind::Cancelled);
    assert_eq!(
        codes("click_id=CLICK&sale_status=billed,shipped"),
        ["unknown_status sale_status"]
    );
}

#[test]
fn the_click_is_whatever_names_one_of_ours_and_the_rest_is_the_transaction() {
    for query in [
        "aff_sub=CLICK&transaction_id=102f&payout=3",
        "transaction_id=102f&aff_sub=CLICK&payout=3",
        "click_id=102f&sub3=CLICK&payout=3&transaction_id=102f",
    ] {
        let postback = read(query).unwrap();
        assert_eq!(postback.clicks[0], CLICK, "{query}");
        assert_eq!(
            postback.about(CLICK, None).txid.as_deref(),
            Some("102f"),
            "{query}"
        );
    }
    assert_eq!(reported("transaction_id=CLICK&payout=3").txid, None);
    for name in [
        "transaction_id",
        "conversion_id",
        "orderid",
        "oid",
        "event_id",
        "sale_id",
        "order_id",
    ] {
        let found = reported(&format!("click_id=CLICK&payout=10&{name}=A1"));
        assert_eq!(found.txid.as_deref(), Some("A1"), "{name}");
    }
    // A foreign system's id alone is kept as what it was sent for.
    assert_eq!(
        read("transaction_id=102f&payout=3").unwrap().clicks,
        ["102f"]
    );
}

#[test]
fn rebills_of_one_transaction_differ_by_their_own_numbers() {
    let rebill = |event: &str| {
        reported(&format!(
            "click_id=CLICK&status=rebill&payout=5&txid=s1&event_id={event}"
        ))
    };
    assert_eq!(rebill("e1"), rebill("e1"));
    assert_eq!(rebill("e1").txid, rebill("e2").txid);
    assert_ne!(rebill("e1").event, rebill("e2").event);
}

#[test]
fn amounts_and_currencies_are_read_or_refused() {
    let amount = |query: &str| read(&format!("click_id=CLICK&{query}")).unwrap().revenue;
    assert_eq!(amount("payout=0.30000000000000004"), Some(Micros(300_000)));
    assert_eq!(amount("payout=1.3333333"), Some(Micros(1_333_333)));
    assert_eq!(amount("payout=$12.50"), Some(Micros(12_500_000)));
    assert_eq!(amount("payout=12,50"), Some(Micros(12_500_000)));
    assert_eq!(amount("payout=1,250.00"), Some(Micros(1_250_000_000)));
    assert_eq!(amount("commission=7"), Some(Micros(7_000_000)));
    assert_eq!(
        amount("payout=-20&status=refunded"),
        Some(Micros(20_000_000))
    );
    let currency = |query: &str| read(&format!("click_id=CLICK&{query}")).unwrap().currency;
    let euro: Currency = "EUR".parse().unwrap();
    assert_eq!(
        currency("payout=1&cnv_currency=eur"),
        Some(CurrencyMark::One(euro))
    );
    assert_eq!(
        currency("payout=12.50 USD"),
        Some(CurrencyMark::One(Currency::USD))
    );
    let cases = [
        ("payout=1,250", "malformed payout"),
        ("payout={payout}", "malformed payout"),
        ("payout=-3", "out_of_range payout"),
        ("payout=9223372036854.775807", "out_of_range payout"),
        ("payout=1e400", "out_of_range payout"),
        ("payout=1&currency=dollars", "malformed currency"),
        ("payout=€1&currency=USD", "ambiguous_currency currency"),
    ];
    for (query, expected) in cases {
        assert_eq!(
            codes(&format!("click_id=CLICK&{query}")),
            [expected],
            "{query}"
        );
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let found = codes("status=maybe&payout=much&currency=dollars&txid=a\u{0}b");
    let expected = [
        "missing_click_id click_id",
        "malformed txid",
        "unknown_status status",
        "malformed payout",
        "malformed currency",
    ];
    assert_eq!(found, expected);
    assert_eq!(codes("click_id={click_id}"), ["malformed click_id"]);
    assert_eq!(codes("click_id=a\u{0}b"), ["malformed click_id"]);
    assert_eq!(
        codes(&format!("click_id={}", "x".repeat(300))),
        ["too_long click_id"]
    );
}

#[test]
fn a_sale_without_an_amount_is_worth_the_usual_and_a_refund_without_one_is_whole() {
    let sale = read("click_id=CLICK")
        .unwrap()
        .about(CLICK, Some(Micros(9)))
        .event;
    assert_eq!((sale.amount, sale.assumed), (Micros(9), true));
    let rejected = reported("click_id=CLICK&status=rejected&payout=10").event;
    assert_eq!(
        (rejected.kind, rejected.amount),
        (Kind::Cancelled, Micros(0))
    );
    assert_eq!(
        reported("click_id=CLICK&status=refunded&payout=0")
            .event
            .kind,
        Kind::Cancelled
    );
    let part = reported("click_id=CLICK&status=refunded&payout=4").event;
    assert_eq!(
        (part.kind, part.amount),
        (Kind::Refunded, Micros(4_000_000))
    );
}

#[test]
fn the_destinations_own_time_is_read_where_it_can_be() {
    let at = |text: &str| {
        read(&format!("click_id=CLICK&event_time={text}"))
            .unwrap()
            .happened_at
    };
    let expected = Some(Timestamp(1_700_000_000_000_000));
    assert_eq!(at("1700000000"), expected);
    assert_eq!(at("1700000000000"), expected);
    assert_eq!(at("1700000000000000"), expected);
    assert_eq!(at("2023-11-14T22:13:20Z"), expected);
    assert_eq!(at("yesterday"), None);
}

#[test]
fn a_name_with_control_characters_is_shown_without_them() {
    let problems = read("click_id=CLICK&cn\u{0}v=trash").unwrap_err();
    assert_eq!(problems[0].code, "unread_status");
    assert!(problems[0].message.starts_with("`cn\u{fffd}v=trash`"));
    assert!(!problems[0].message.contains(char::is_control));
}
