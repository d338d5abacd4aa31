//! Money is a function of what was reported, not of when it was received.

use std::collections::{BTreeMap, BTreeSet};

use super::{ConversionEvent, ConversionKind as Kind, ConversionTotals, Transaction};
use crate::{Micros, Timestamp};

/// An event in short: its word and whole amount, such as `sale 10`; `@` gives it a time of its own.
fn event(text: &str) -> ConversionEvent {
    let (text, at) = match text.split_once('@') {
        Some((text, at)) => (text, Some(Timestamp(at.trim().parse().unwrap()))),
        None => (text, None),
    };
    let mut words = text.split_whitespace();
    let word = words.next().unwrap();
    let number: i64 = words.next().map_or(0, |text| text.parse().unwrap());
    // Of a return the number is its name.
    let is_return = matches!(word, "back" | "again");
    let amount = if is_return { 0 } else { number };
    let kind = match word {
        "pending" => Kind::Pending,
        "sale" | "usual" => Kind::Sale,
        "rebill" => Kind::Rebill,
        "declined" => Kind::Declined,
        "refunded" => Kind::Refunded,
        "back" => Kind::Returned,
        "again" => Kind::Reinstated,
        _ => Kind::Cancelled,
    };
    ConversionEvent {
        kind,
        amount: Micros(amount),
        assumed: word == "usual",
        happened_at: at,
        mark: match kind {
            Kind::Cancelled => Some(word.to_owned()),
            _ => is_return.then(|| number.to_string()),
        },
        round: 0,
    }
}

/// The events of a delivery, as they are stored.
#[derive(Default)]
struct Delivery {
    price: i64,
    transactions: BTreeMap<Option<String>, Transaction>,
    totals: ConversionTotals,
}

impl Delivery {
    /// Takes in `txid: event`, or `event` without an id; whether it was new.
    fn hear(&mut self, text: &str) -> bool {
        let (txid, text) = match text.split_once(':') {
            Some((txid, text)) => (Some(txid.to_owned()), text),
            None => (None, text),
        };
        let is_named = txid.is_some();
        let transaction = self.transactions.entry(txid).or_default();
        let before = transaction.totals(is_named);
        let is_new = transaction.record(event(text)).is_some();
        self.totals = self.totals.changed(before, transaction.totals(is_named));
        is_new
    }

    fn earned(&self) -> i64 {
        self.totals.earned(Micros(self.price)).0
    }
}

fn earned(price: i64, said: &[&str]) -> i64 {
    let mut delivery = Delivery {
        price,
        ..Delivery::default()
    };
    for text in said {
        delivery.hear(text);
    }
    delivery.earned()
}

/// The same in every order of a few events.
fn in_any_order(price: i64, said: &[&str]) -> i64 {
    fn orders(
        rest: &[&'static str],
        done: &mut Vec<&'static str>,
        found: &mut BTreeSet<i64>,
        price: i64,
    ) {
        if rest.is_empty() {
            found.insert(earned(price, done));
        }
        for at in 0..rest.len() {
            let mut others = rest.to_vec();
            done.push(others.remove(at));
            orders(&others, done, found, price);
            done.pop();
        }
    }
    let said: Vec<&'static str> = said.iter().map(|text| &*text.to_string().leak()).collect();
    let mut found = BTreeSet::new();
    orders(&said, &mut Vec::new(), &mut found, price);
    assert_eq!(found.len(), 1, "{said:?}: {found:?}");
    found.pop_first().unwrap()
}

#[test]
fn a_rejected_transaction_earns_nothing_in_any_order() {
    assert_eq!(in_any_order(0, &["1:rejected", "1:sale 10"]), 0);
    assert_eq!(
        in_any_order(0, &["1:sale 10", "1:sale 10", "1:rejected", "1:rebill 3"]),
        0
    );
    assert_eq!(in_any_order(0, &["1:declined", "1:sale 10"]), 0);
}

#[test]
fn each_transaction_is_its_own() {
    assert_eq!(
        in_any_order(0, &["1:sale 10", "2:refunded-whole", "2:sale 5"]),
        10
    );
    assert_eq!(in_any_order(0, &["1:sale 10", "2:sale 15"]), 25);
    assert_eq!(
        in_any_order(0, &["1:sale 10", "2:sale 15", "1:refunded 4"]),
        21
    );
}

#[test]
fn corrections_and_partial_refunds_count() {
    assert_eq!(in_any_order(0, &["1:sale 10", "1:sale 12"]), 12);
    assert_eq!(in_any_order(0, &["1:sale 100", "1:refunded 20"]), 80);
    assert_eq!(
        in_any_order(
            0,
            &[
                "1:sale 100",
                "1:refunded 20",
                "1:refunded 30",
                "1:refunded 20"
            ]
        ),
        50
    );
    assert_eq!(
        in_any_order(0, &["1:sale 10", "1:refunded 30", "2:sale 5"]),
        5
    );
    assert_eq!(in_any_order(0, &["sale 100", "refunded 20"]), 80);
    // The destination's own time tells which amount is the later one.
    assert_eq!(in_any_order(0, &["1:sale 12 @1", "1:sale 10 @2"]), 10);
    // What it said outweighs what we assumed.
    assert_eq!(in_any_order(0, &["1:usual 30", "1:sale 12"]), 12);
}

#[test]
fn rebills_add_up_and_duplicates_do_not() {
    assert_eq!(
        in_any_order(0, &["1:sale 10", "1:rebill 3", "1:rebill 3", "2:rebill 3"]),
        16
    );
    assert_eq!(
        in_any_order(0, &["1:rebill 3 @1", "1:rebill 3 @2", "1:rebill 3 @1"]),
        6
    );
}

#[test]
fn what_is_pending_earns_nothing_yet() {
    assert_eq!(in_any_order(0, &["1:pending 10"]), 0);
    assert_eq!(in_any_order(0, &["1:pending 10", "1:sale 10"]), 10);
}

#[test]
fn an_approval_after_a_decline_is_a_new_one_and_a_repeated_approval_is_not() {
    assert_eq!(earned(0, &["1:sale 10", "1:declined"]), 0);
    assert_eq!(earned(0, &["1:sale 10", "1:sale 10", "1:declined"]), 0);
    assert_eq!(earned(0, &["1:sale 10", "1:declined", "1:sale 10"]), 10);
    assert_eq!(
        earned(0, &["1:sale 10", "1:declined", "1:sale 12", "1:sale 12"]),
        12
    );
    assert_eq!(
        earned(0, &["1:sale 10", "1:declined", "1:sale 10", "1:declined"]),
        0
    );
    assert_eq!(
        earned(0, &["1:sale 10", "1:declined", "1:declined", "1:sale 10"]),
        10
    );
    assert_eq!(earned(0, &["sale 10", "declined", "sale 10"]), 10);
    let own_times = [
        "1:sale 10 @1",
        "1:declined @2",
        "1:sale 10 @3",
        "1:sale 10 @1",
    ];
    assert_eq!(in_any_order(0, &own_times), 10);
    assert_eq!(
        in_any_order(0, &["1:sale 10 @1", "1:sale 12 @2", "1:declined @3"]),
        0
    );
}

#[test]
fn a_refund_after_a_decline_and_an_approval_is_no_duplicate() {
    let mut delivery = Delivery::default();
    for text in ["1:declined", "1:sale 10", "1:refunded-whole"] {
        assert!(delivery.hear(text), "{text}");
    }
    assert_eq!(delivery.earned(), 0);
    assert!(!delivery.hear("1:refunded-whole"));
}

#[test]
fn what_names_no_transaction_is_about_the_whole_delivery() {
    assert_eq!(in_any_order(30, &["sale 12", "returned"]), 0);
    assert_eq!(in_any_order(30, &["1:sale 12", "returned"]), 0);
    assert_eq!(in_any_order(30, &["1:sale 12", "refunded 2"]), 40);
    // Nothing else is known of this one, so it is the acceptance that was taken back.
    assert_eq!(in_any_order(30, &["1:sale 12", "r1:returned"]), 12);
    assert_eq!(in_any_order(30, &["1:sale 12", "r1:refunded 10"]), 32);
    assert_eq!(in_any_order(30, &["2:refunded-whole", "2:sale 5"]), 30);
}

#[test]
fn a_return_leaves_nothing_until_it_is_reversed() {
    assert_eq!(in_any_order(30, &["1:sale 12", "rebill 3", "back 1"]), 0);
    assert_eq!(in_any_order(30, &["1:sale 12", "back 1", "again 1"]), 42);
    // Refunded while it was returned: what was given back stays so.
    assert_eq!(
        in_any_order(30, &["back 1", "1:sale 12", "1:refunded 2", "again 1"]),
        40
    );
    assert_eq!(in_any_order(30, &["back 1", "again 1", "back 2"]), 0);
    assert_eq!(
        in_any_order(30, &["back 1", "again 1", "back 2", "again 2"]),
        30
    );
    let mut delivery = Delivery::default();
    assert!(delivery.hear("back 1") && !delivery.hear("back 1"));
    assert!(delivery.totals.has_reversals() && delivery.totals.sales() == 0);
    delivery.hear("again 1");
    assert!(
        !delivery.totals.has_reversals(),
        "nothing is taken back any more"
    );
}

#[test]
fn sales_are_counted_as_long_as_they_stand() {
    let sales = |said: &[&str]| {
        let mut delivery = Delivery::default();
        for text in said {
            delivery.hear(text);
        }
        (delivery.totals.sales(), delivery.totals.has_reversals())
    };
    assert_eq!(sales(&["1:pending"]), (0, false));
    assert_eq!(sales(&["1:sale 0", "2:sale 3", "2:sale 4"]), (2, false));
    assert_eq!(sales(&["1:sale 3", "2:sale 3", "2:rejected"]), (1, true));
    assert_eq!(sales(&["1:sale 3", "1:refunded 1"]), (1, true));
    assert_eq!(sales(&["1:sale 3", "1:refunded 3"]), (0, true));
    assert_eq!(sales(&["1:sale 3", "returned"]), (0, true));
}

#[test]
fn no_sum_overflows() {
    let max = i64::MAX.to_string();
    let mut delivery = Delivery::default();
    for txid in 0..1_000 {
        delivery.hear(&format!("{txid}:sale {max}"));
        delivery.hear(&format!("{txid}:rebill {max}"));
    }
    assert_eq!(delivery.earned(), 1_000_000_000_000_000);
    let stored = serde_json::to_string(&delivery.totals).unwrap();
    assert_eq!(
        serde_json::from_str::<ConversionTotals>(&stored).unwrap(),
        delivery.totals
    );
}

/// A generator of its own, so that histories repeat.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Up to nine things that were said of three transactions, some of them more than once.
fn history(dice: &mut Dice) -> Vec<String> {
    let mut said: Vec<String> = (0..=dice.below(9))
        .map(|_| {
            let txid = dice.below(3);
            let amount = 1 + dice.below(40);
            match dice.below(9) {
                0 => format!("{txid}:pending"),
                1..4 => format!("{txid}:sale {amount}"),
                4 | 5 => format!("{txid}:rebill {amount}"),
                6 | 7 => format!("{txid}:refunded {amount}"),
                _ => format!("{txid}:rejected"),
            }
        })
        .collect();
    for _ in 0..dice.below(4) {
        let at = usize::try_from(dice.below(said.len() as u64)).unwrap();
        said.push(said[at].clone());
    }
    said
}

/// The same by other means: what a person would reckon with a list and a pencil.
fn reckoned(said: &[String]) -> i64 {
    let known: BTreeSet<&String> = said.iter().collect();
    let mut total = 0;
    for txid in ["0", "1", "2"] {
        let (mut sale, mut more, mut is_rejected) = (0, 0, false);
        for text in &known {
            let (of, what) = text.split_once(':').unwrap();
            if of != txid {
                continue;
            }
            let (word, amount) = what.split_once(' ').unwrap_or((what, "0"));
            let amount: i64 = amount.parse().unwrap();
            match word {
                "sale" => sale = sale.max(amount),
                "rebill" => more += amount,
                "refunded" => more -= amount,
                "rejected" => is_rejected = true,
                _ => {}
            }
        }
        if !is_rejected {
            total += (sale + more).max(0);
        }
    }
    total
}

#[test]
fn two_thousand_histories_are_worth_the_same_in_each_of_twenty_orders() {
    let mut dice = Dice(7);
    for _ in 0..2_000 {
        let mut said = history(&mut dice);
        let expected = reckoned(&said);
        for _ in 0..20 {
            for at in (1..said.len()).rev() {
                let other = usize::try_from(dice.below(at as u64 + 1)).unwrap();
                said.swap(at, other);
            }
            let order: Vec<&str> = said.iter().map(String::as_str).collect();
            assert_eq!(earned(0, &order), expected, "{order:?}");
        }
    }
}
