//! Every cent: prices against what buyers said, conversions against what they reported, leads against both.

use std::collections::{BTreeMap, BTreeSet};

use super::{is_late, posts};
use crate::{
    Evidence, Report,
    records::{BuyerEntry, Event},
    stored::Delivery,
};

/// The transaction of a sale that a late answer told of, which no buyer reports.
const LATE: &str = "late-acceptance";

pub(super) fn check(evidence: &Evidence, report: &mut Report) {
    let prices = prices(evidence, report);
    let reported = reported(evidence, report);
    let mut stored: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for conversion in &evidence.stored.conversions {
        let txid = conversion.txid.as_deref().unwrap_or_default();
        *stored.entry((&conversion.delivery_id, txid)).or_default() += conversion.revenue;
    }
    let mut worth: BTreeMap<&str, i64> = BTreeMap::new();
    for delivery in &evidence.stored.deliveries {
        let price = prices.get(&*delivery.id).copied().unwrap_or(0);
        let of_click = |txid: &&str| reported.get(&(&*delivery.click_id, *txid)).copied();
        let late = is_late(delivery)
            .then(|| taken_for(evidence, delivery))
            .flatten();
        let mut txids: BTreeSet<&str> = stored
            .range((&*delivery.id, "")..)
            .take_while(|((id, _), _)| *id == delivery.id)
            .map(|((_, txid), _)| *txid)
            .collect();
        let of_this = reported.range((&*delivery.click_id, "")..);
        let of_this = of_this.take_while(|((click, _), _)| *click == delivery.click_id);
        txids.extend(of_this.map(|((_, txid), _)| *txid));
        txids.extend(late.map(|_| LATE));
        let mut earned = price;
        for txid in txids {
            let found = stored.get(&(&*delivery.id, txid)).copied();
            let expected = if txid == LATE { late } else { of_click(&txid) };
            match (found, expected) {
                (Some(found), None) => {
                    let what = format!("{txid} of {}: {found} micros", delivery.id);
                    report.find("conversion_unknown", what);
                }
                (found, Some(expected)) if found.unwrap_or(0) != expected => {
                    let what = format!("{txid} of {}: {found:?}, not {expected}", delivery.id);
                    report.find("conversion_differs", what);
                }
                _ => {}
            }
            earned += expected.unwrap_or(0);
        }
        *worth.entry(&delivery.lead_id).or_default() += earned;
    }
    for lead in &evidence.stored.leads {
        let expected = worth.get(&*lead.id).copied().unwrap_or(0);
        if lead.revenue != expected {
            let what = format!("{} is worth {}, not {expected}", lead.id, lead.revenue);
            report.find("revenue_differs", what);
        }
    }
}

/// What each accepted delivery pays at once, by its buyer's own words.
fn prices<'a>(evidence: &'a Evidence, report: &mut Report) -> BTreeMap<&'a str, i64> {
    let mut said: BTreeMap<&str, Option<i64>> = BTreeMap::new();
    for post in posts(evidence).into_iter().filter(|post| post.takes) {
        said.insert(post.key, post.price);
    }
    let mut prices = BTreeMap::new();
    for delivery in &evidence.stored.deliveries {
        if delivery.state != "accepted" {
            continue;
        }
        let said = said.get(&*delivery.id).copied().flatten();
        if delivery.price.unwrap_or(0) != said.unwrap_or(0) {
            let Delivery { id, price, .. } = delivery;
            report.find("price_differs", format!("{id}: {price:?}, not {said:?}"));
        }
        prices.insert(&*delivery.id, said.unwrap_or(0));
    }
    prices
}

/// What a buyer pays that said yes too late.
fn taken_for(evidence: &Evidence, delivery: &Delivery) -> Option<i64> {
    let mut posts = posts(evidence).into_iter();
    let taken = posts.find(|post| post.key == delivery.id && post.takes)?;
    taken.price
}

/// What each transaction is worth by what was reported and acknowledged: by click and transaction.
fn reported<'a>(evidence: &'a Evidence, report: &mut Report) -> BTreeMap<(&'a str, &'a str), i64> {
    let mut worth: BTreeMap<(&str, &str), (i64, bool)> = BTreeMap::new();
    for entry in evidence.buyers.values().flatten() {
        let BuyerEntry::Reported {
            at: _,
            click_id,
            txid,
            event,
            amount,
            answer,
        } = entry
        else {
            continue;
        };
        // 202 is kept until the click is known, and is applied then.
        if !matches!(answer, 200 | 202) {
            continue;
        }
        report.counts.reports += 1;
        let (most, is_rejected) = worth.entry((click_id, txid)).or_default();
        match event {
            Event::Sale => *most = (*most).max(*amount),
            Event::Rejected => *is_rejected = true,
        }
    }
    let worth = worth.into_iter();
    worth
        .map(|(of, (most, is_rejected))| (of, if is_rejected { 0 } else { most }))
        .collect()
}
