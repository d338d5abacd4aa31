//! What becomes of a lead, number by number.

use pointsman_lead::{Currency, Micros};
use pointsman_source::{PayoutKind, PostbackEvent};
use pointsman_store::PayoutRow;

use crate::{
    LeadStatus, StoredWalk,
    money::payouts::{Payable, moments, narrow},
    walk_as_of::{OfferAsOf, WalkAsOf},
};

/// Something that became of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LeadEvent {
    pub(super) event: PostbackEvent,
    /// The number under which it was stored, and when, microseconds.
    pub(super) number: i64,
    pub(super) at: i64,
    /// How far the lead had come by then.
    pub(super) status: LeadStatus,
    /// `None` for a source that is paid nothing.
    pub(super) money: Option<EventMoney>,
}

/// What a source is paid by an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EventMoney {
    /// By this event; negative for what is taken back.
    pub(super) payout: Micros,
    /// For the lead, by this event and all before it.
    pub(super) total: Micros,
    pub(super) currency: Currency,
}

/// What is known of a lead at a moment.
#[derive(Debug, Clone, Copy)]
struct Known {
    status: LeadStatus,
    sales: i64,
}

impl Known {
    fn at(walk: &StoredWalk, number: i64) -> Self {
        let walk = WalkAsOf::new(walk, number);
        Self {
            status: walk.status(),
            sales: walk.offers.iter().map(OfferAsOf::sales).sum(),
        }
    }
}

/// What became of a lead in a stretch of the commit order, in that order; nothing is told of a test.
///
/// * `from`, `until`: numbers, the first excluded.
pub(super) fn events(
    walk: &StoredWalk,
    payable: &Payable<'_>,
    (from, until): (i64, i64),
) -> Vec<LeadEvent> {
    let mut found = Vec::new();
    if walk.lead.is_test {
        return found;
    }
    let paid = payable.changes(walk, (0, until));
    let mut before = Known::at(walk, from);
    for (number, at) in moments(walk) {
        if number <= from || number > until {
            continue;
        }
        let after = Known::at(walk, number);
        let status = became(before.status, after.status);
        // A return is of the whole lead, and so is its reversal.
        let is_whole = [before.status, after.status].contains(&LeadStatus::Returned);
        let sale = sold(before.sales, after.sales).filter(|_| status.is_none() || !is_whole);
        let sums = |kinds: &dyn Fn(PayoutKind) -> bool| {
            let currency = payable.told_currency()?;
            Some(money(&paid, currency, number, kinds))
        };
        let add = |event: PostbackEvent, money: Option<EventMoney>| LeadEvent {
            event,
            number,
            at,
            status: after.status,
            money,
        };
        // What is paid at once for two things is told once: a share with the sale.
        let is_of_sale = |kind| matches!(kind, PayoutKind::Sale | PayoutKind::Share);
        found.extend(
            status.map(|event| add(event, sums(&|kind| sale.is_none() || !is_of_sale(kind)))),
        );
        found.extend(
            sale.map(|event| add(event, sums(&|kind| status.is_none() || is_of_sale(kind)))),
        );
        let all = sums(&|_| true).filter(|it| it.payout.0 != 0 && is_new(&found, number));
        found.extend(all.map(|money| add(PostbackEvent::Payout, Some(money))));
        before = after;
    }
    found
}

/// Whether it was not told yet that what is paid has changed under a number.
fn is_new(found: &[LeadEvent], number: i64) -> bool {
    let mut told = found.iter().rev().take_while(|it| it.number == number);
    !told.any(|it| it.event == PostbackEvent::Payout)
}

/// What a lead became by another status.
fn became(before: LeadStatus, after: LeadStatus) -> Option<PostbackEvent> {
    let is_rejected = |status| {
        matches!(
            status,
            LeadStatus::Unsold
                | LeadStatus::Declined
                | LeadStatus::Duplicate
                | LeadStatus::Suppressed
        )
    };
    match after {
        _ if before == after => None,
        LeadStatus::Sold => Some(PostbackEvent::Sold),
        LeadStatus::Returned => Some(PostbackEvent::Returned),
        after if is_rejected(after) && !is_rejected(before) => Some(PostbackEvent::Rejected),
        _ => None,
    }
}

fn sold(before: i64, after: i64) -> Option<PostbackEvent> {
    match after.cmp(&before) {
        std::cmp::Ordering::Greater => Some(PostbackEvent::Sale),
        std::cmp::Ordering::Less => Some(PostbackEvent::SaleCancelled),
        std::cmp::Ordering::Equal => None,
    }
}

/// What is paid under a number, and up to it. Amounts in two currencies are not added.
fn money(
    paid: &[(PayoutKind, PayoutRow)],
    currency: Currency,
    number: i64,
    kinds: &dyn Fn(PayoutKind) -> bool,
) -> EventMoney {
    let code = currency.to_string();
    let own = || paid.iter().filter(|(_, row)| row.currency == code);
    let now = own().filter(|(kind, row)| row.number == number && kinds(*kind));
    let by_then = own().filter(|(_, row)| row.number <= number);
    let sum = |rows: &mut dyn Iterator<Item = &(PayoutKind, PayoutRow)>| {
        Micros(narrow(rows.map(|(_, row)| i128::from(row.amount)).sum()))
    };
    EventMoney {
        payout: sum(&mut { now }),
        total: sum(&mut { by_then }),
        currency,
    }
}

#[cfg(test)]
mod tests;
