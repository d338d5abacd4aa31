//! What sources are paid: a function of the rows of a lead, and of the terms that held when it came.
//!
//! What is paid for a lead as of a number in commit order is a sum over what is known of it by then. Each number that changes
//! the sum is a payout, or takes one back. So a fold over any stretches of the order, and a rebuild, give the same rows.

mod fold;
mod terms;

use std::collections::BTreeSet;

use pointsman_lead::Currency;
use pointsman_source::{PayoutKind, PayoutTerms};
use pointsman_store::{DeliveryState, PayoutRow};

use crate::{
    LeadStatus, StoredWalk,
    walk_as_of::{OfferAsOf, WalkAsOf},
};
pub use fold::PayoutFold;
pub(crate) use terms::DatedTerms;

/// Parts per million in a whole.
const WHOLE_PPM: i128 = 1_000_000;

/// Amounts in the order of [`PayoutKind::ALL`], micro-units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Paid([i128; 4]);

impl Paid {
    /// Adds other amounts.
    pub(crate) fn add(&mut self, other: Self) {
        for (amount, more) in self.0.iter_mut().zip(other.0) {
            *amount += more;
        }
    }
}

/// How the source of a lead is paid for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Payable<'a> {
    terms: Option<&'a PayoutTerms>,
    /// Of the flow that decided the lead.
    currency: Option<Currency>,
}

impl<'a> Payable<'a> {
    /// * `terms`: `None`: it is paid nothing.
    /// * `currency`: of the flow that decided the lead.
    pub(crate) fn new(terms: Option<&'a PayoutTerms>, currency: Option<Currency>) -> Self {
        Self { terms, currency }
    }

    /// What is paid for the lead whatever became of its offers.
    pub(crate) fn for_lead(&self, walk: &WalkAsOf<'_>) -> Paid {
        let mut paid = Paid::default();
        let is_one = walk.has_ended_once()
            && !matches!(
                walk.status(),
                LeadStatus::Duplicate | LeadStatus::Suppressed
            );
        let amount = self.terms.and_then(|terms| terms.lead);
        if let (Some(amount), true) = (amount, is_one) {
            paid.0[PayoutKind::Lead as usize] = i128::from(amount.0);
        }
        paid
    }

    /// What is paid for one of its offers. A sold lead is paid for where it was accepted first.
    pub(crate) fn for_offer(&self, walk: &WalkAsOf<'_>, offer: &OfferAsOf<'_>) -> Paid {
        let mut paid = Paid::default();
        let Some(terms) = self.terms else {
            return paid;
        };
        if let Some(amount) = terms.sold {
            let accepted = walk.offers.iter();
            let accepted = accepted.filter(|it| it.state == Some(DeliveryState::Accepted));
            let first = accepted.map(|it| it.row.n).min();
            if walk.status() == LeadStatus::Sold && first == Some(offer.row.n) {
                paid.0[PayoutKind::Sold as usize] = i128::from(amount.0);
            }
        }
        if let Some(amount) = terms.sale {
            let sales = i128::from(offer.sales());
            paid.0[PayoutKind::Sale as usize] = i128::from(amount.0) * sales;
        }
        if let Some(share) = terms.share_ppm {
            let share = offer.revenue() * i128::from(share);
            paid.0[PayoutKind::Share as usize] = share.div_euclid(WHOLE_PPM);
        }
        paid
    }

    /// What is paid for all of it.
    fn for_all(&self, walk: &WalkAsOf<'_>) -> Paid {
        let mut paid = self.for_lead(walk);
        for offer in &walk.offers {
            paid.add(self.for_offer(walk, offer));
        }
        paid
    }

    fn currency_of(&self, kind: PayoutKind) -> Option<Currency> {
        match kind {
            PayoutKind::Share => self.currency,
            PayoutKind::Lead | PayoutKind::Sold | PayoutKind::Sale => self.terms?.currency,
        }
    }

    /// The currency that its source is told amounts in: that of the terms, or of the flow where they have none. `None`: it is
    /// paid nothing.
    pub(crate) fn told_currency(&self) -> Option<Currency> {
        let terms = self.terms?;
        let has_amounts = terms.lead.or(terms.sold).or(terms.sale).is_some();
        terms.currency.filter(|_| has_amounts).or(self.currency)
    }

    /// What of some amounts is in the currency of the flow, micro-units.
    pub(crate) fn in_currency_of_flow(&self, paid: Paid) -> i128 {
        let amounts = PayoutKind::ALL.into_iter().zip(paid.0);
        let own = amounts.filter(|(kind, _)| self.currency_of(*kind) == self.currency);
        own.map(|(_, amount)| amount).sum()
    }

    /// The payouts of a lead by numbers in commit order, the first excluded; a test has none.
    fn between(&self, walk: &StoredWalk, stretch: (i64, i64)) -> Vec<PayoutRow> {
        let changes = self.changes(walk, stretch).into_iter();
        changes.map(|(_, row)| row).collect()
    }

    /// The same, each with what it is paid for.
    pub(crate) fn changes(
        &self,
        walk: &StoredWalk,
        (from, until): (i64, i64),
    ) -> Vec<(PayoutKind, PayoutRow)> {
        if self.terms.is_none() || walk.lead.is_test {
            return Vec::new();
        }
        let mut payouts = Vec::new();
        let mut before = self.for_all(&WalkAsOf::new(walk, from));
        for (number, at) in moments(walk) {
            if number <= from || number > until {
                continue;
            }
            let after = self.for_all(&WalkAsOf::new(walk, number));
            for kind in PayoutKind::ALL {
                let change = after.0[kind as usize] - before.0[kind as usize];
                let Some(currency) = self.currency_of(kind).filter(|_| change != 0) else {
                    continue;
                };
                let row = PayoutRow {
                    lead_id: walk.lead.id.clone(),
                    number,
                    kind: kind.word().to_owned(),
                    source: walk.lead.source.clone(),
                    at,
                    amount: narrow(change),
                    currency: currency.to_string(),
                };
                payouts.push((kind, row));
            }
            before = after;
        }
        payouts
    }
}

/// An amount that is beyond what can be stored is the largest that can.
pub(crate) fn narrow(micros: i128) -> i64 {
    let bound = if micros < 0 { i64::MIN } else { i64::MAX };
    i64::try_from(micros).unwrap_or(bound)
}

/// The numbers under which something was stored that may be paid for, each with its time.
pub(crate) fn moments(walk: &StoredWalk) -> BTreeSet<(i64, i64)> {
    let StoredWalk {
        decision,
        lead,
        rows,
    } = walk;
    let ended_at = lead.settled_at.unwrap_or(lead.received_at);
    let ended = decision.ended_seq.map(|number| (number, ended_at));
    let settled = rows.deliveries.iter();
    let settled = settled.filter_map(|row| row.settled_seq.zip(row.settled_at));
    let reported = rows.conversions.iter();
    let reported = reported.map(|row| (row.seq, row.received_at));
    let held = rows.releases.iter();
    let held = held.filter_map(|row| Some((row.ended_seq?, row.held_at.unwrap_or(row.at))));
    let released = rows.releases.iter().map(|row| (row.seq, row.at));
    let all = ended.into_iter().chain(settled).chain(reported);
    all.chain(held).chain(released).collect()
}
