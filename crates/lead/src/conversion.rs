//! What a delivery has earned: a sum over its transactions, and of each transaction over what its
//! destination said, in whatever order it was received.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Micros, Timestamp};

/// Most that a delivery counts for, in micro-units: a billion main units.
const EARNED_MAX: i128 = 1_000_000_000_000_000;

/// What an event says about the money of its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversionKind {
    /// Reported, but not yet worth money.
    Pending,
    /// Worth this amount. Said again with another amount, it is a correction.
    Sale,
    /// Worth this amount once more, each time.
    Rebill,
    /// Not worth money, until it is approved once more.
    Declined,
    /// Not worth money, for good.
    Cancelled,
    /// This amount was given back, each time.
    Refunded,
    /// The lead was returned or charged back: nothing counts while that stands. Its mark names the return.
    Returned,
    /// The return of this mark was reversed.
    Reinstated,
}

/// One thing that a destination said about a transaction.
///
/// Equal events are one event told twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionEvent {
    /// What it says.
    pub kind: ConversionKind,
    /// How much; zero for kinds without an amount.
    #[serde(default)]
    pub amount: Micros,
    /// Whether the amount is the destination's usual price, since the event named none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub assumed: bool,
    /// When it happened, by the destination's own totals, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_at: Option<Timestamp>,
    /// What else tells it from events like it: the destination's number of the event, or its word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Which approval of the transaction it is, or which decline, from 0: see [`Transaction::record`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub round: u32,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The events of one transaction of one delivery. Its value is a function of the set of them.
///
/// - A final cancellation (rejected, charged back whole, trashed) leaves nothing, whatever else is said.
/// - Else the sale counts with its latest amount by the destination's own time; without one, with the
///   largest amount that was stated. Rebills add to it, partial refunds take from it, never below nothing.
/// - A *return* leaves nothing either, until the same return is reversed.
/// - A *decline* is taken back by a further approval: approvals must outnumber declines.
///
/// So events may come in any order. One thing cannot be told from a set: whether an approval that is said
/// again after a decline is an approval once more, or an old one repeated. It is taken for a new one if a
/// decline was received before it, and for a repetition otherwise; [`Transaction::record`] numbers it so. A
/// time of its own (`happened_at`) settles the question without us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transaction {
    events: BTreeSet<ConversionEvent>,
}

impl FromIterator<ConversionEvent> for Transaction {
    fn from_iter<I: IntoIterator<Item = ConversionEvent>>(events: I) -> Self {
        Self {
            events: events.into_iter().collect(),
        }
    }
}

impl Transaction {
    /// Records an event; returns it as it is to be kept, or `None` if it was known
    /// and changes nothing.
    pub fn record(&mut self, event: ConversionEvent) -> Option<ConversionEvent> {
        let round = match event.kind {
            ConversionKind::Sale => self.n_declines(),
            ConversionKind::Declined => self.n_approvals().saturating_sub(1),
            _ => 0,
        };
        let event = ConversionEvent { round, ..event };
        let is_known = match event.happened_at {
            // Its own time tells it apart, so that the time of receipt does not matter.
            Some(_) => self.events.iter().any(|known| {
                ConversionEvent {
                    round,
                    ..known.clone()
                } == event
            }),
            None => self.events.contains(&event),
        };
        (!is_known).then(|| {
            self.events.insert(event.clone());
            event
        })
    }

    /// How many events it has.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing was said of it.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// What it adds to the totals of its delivery.
    ///
    /// * `is_named`: whether the destination gave it an id. What it says without one is about the
    ///   delivery as a whole.
    pub fn totals(&self, is_named: bool) -> ConversionTotals {
        let Value {
            gross,
            refunds,
            has_sale,
            is_void,
        } = self.value();
        let net = if is_void { 0 } else { gross - refunds };
        let n_reinstated = self.of_kind(|kind| kind == ConversionKind::Reinstated);
        let n_reversals = self.of_kind(is_reversal).count();
        let n_reversals = n_reversals.saturating_sub(n_reinstated.count());
        let mut totals = ConversionTotals {
            sales: i64::from(has_sale && !is_void && (net > 0 || refunds == 0)),
            reversals: i64::try_from(n_reversals).unwrap_or(i64::MAX),
            events: i64::try_from(self.events.len()).unwrap_or(i64::MAX),
            ..ConversionTotals::default()
        };
        let is_orphan = self.of_kind(|kind| !is_reversal(kind)).next().is_none();
        match (is_named, is_void, is_orphan) {
            (false, true, _) => totals.whole_voids = 1,
            (false, false, _) => totals.whole_net = net,
            // Of a transaction that nothing else is known of: it may be the acceptance itself.
            (true, true, true) => totals.acceptance_voids = 1,
            (true, false, true) => totals.acceptance_refunds = refunds,
            (true, _, false) => totals.transactions = net.max(0),
        }
        totals
    }

    fn of_kind(
        &self,
        is_wanted: fn(ConversionKind) -> bool,
    ) -> impl Iterator<Item = &ConversionEvent> {
        self.events
            .iter()
            .filter(move |event| is_wanted(event.kind))
    }

    fn value(&self) -> Value {
        let sum = |is_wanted| -> i128 {
            self.of_kind(is_wanted)
                .map(|event| i128::from(event.amount.0))
                .sum()
        };
        let sale = self
            .of_kind(|kind| kind == ConversionKind::Sale)
            .max_by_key(|event| (event.happened_at, !event.assumed, event.amount));
        let is_cancelled = self
            .of_kind(|kind| kind == ConversionKind::Cancelled)
            .next()
            .is_some();
        Value {
            gross: sale.map_or(0, |event| i128::from(event.amount.0))
                + sum(|kind| kind == ConversionKind::Rebill),
            refunds: sum(|kind| kind == ConversionKind::Refunded),
            has_sale: sale.is_some(),
            is_void: is_cancelled || self.is_declined() || self.is_returned(),
        }
    }

    /// Whether a return stands.
    fn is_returned(&self) -> bool {
        let mut returned = self.of_kind(|kind| kind == ConversionKind::Returned);
        returned.any(|event| {
            let mut reinstated = self.of_kind(|kind| kind == ConversionKind::Reinstated);
            !reinstated.any(|it| it.mark == event.mark)
        })
    }

    fn is_declined(&self) -> bool {
        let last = |wanted: ConversionKind| {
            let events = self.events.iter().filter(move |event| event.kind == wanted);
            events.filter_map(|event| event.happened_at).max()
        };
        let (approved, declined) = (last(ConversionKind::Sale), last(ConversionKind::Declined));
        let untimed = self.n_declines();
        (declined.is_some() && declined >= approved)
            || (untimed > 0 && self.n_approvals() <= untimed)
    }

    /// Declines without a time of their own.
    fn n_declines(&self) -> u32 {
        let declines = self.of_kind(|kind| kind == ConversionKind::Declined);
        let untimed = declines.filter(|event| event.happened_at.is_none());
        u32::try_from(untimed.count()).unwrap_or(u32::MAX)
    }

    /// Approvals with a decline between each two of them; corrections of one are the same approval.
    fn n_approvals(&self) -> u32 {
        let rounds: BTreeSet<u32> = self
            .of_kind(|kind| kind == ConversionKind::Sale)
            .map(|event| event.round)
            .collect();
        u32::try_from(rounds.len()).unwrap_or(u32::MAX)
    }
}

fn is_reversal(kind: ConversionKind) -> bool {
    match kind {
        ConversionKind::Pending
        | ConversionKind::Sale
        | ConversionKind::Rebill
        | ConversionKind::Reinstated => false,
        ConversionKind::Declined
        | ConversionKind::Cancelled
        | ConversionKind::Refunded
        | ConversionKind::Returned => true,
    }
}

struct Value {
    gross: i128,
    refunds: i128,
    has_sale: bool,
    is_void: bool,
}

/// What all transactions of a delivery add up to: sums, so that one transaction can change without a
/// look at the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConversionTotals {
    /// What transactions with an id are worth, micro-units.
    transactions: i128,
    /// What was said without an id is worth; negative where more was refunded.
    whole_net: i128,
    /// Whether all of it was taken back: 0 or 1.
    whole_voids: i64,
    /// Given back under ids that nothing else is known of.
    acceptance_refunds: i128,
    /// Taken back whole under ids that nothing else is known of.
    acceptance_voids: i64,
    sales: i64,
    reversals: i64,
    events: i64,
}

impl ConversionTotals {
    /// The totals after a transaction has changed.
    #[must_use]
    pub fn changed(self, before: Self, after: Self) -> Self {
        Self {
            transactions: self.transactions - before.transactions + after.transactions,
            whole_net: self.whole_net - before.whole_net + after.whole_net,
            whole_voids: self.whole_voids - before.whole_voids + after.whole_voids,
            acceptance_refunds: self.acceptance_refunds - before.acceptance_refunds
                + after.acceptance_refunds,
            acceptance_voids: self.acceptance_voids - before.acceptance_voids
                + after.acceptance_voids,
            sales: self.sales - before.sales + after.sales,
            reversals: self.reversals - before.reversals + after.reversals,
            events: self.events - before.events + after.events,
        }
    }

    /// What the delivery has earned in all, acceptance included: never less than nothing.
    ///
    /// * `price`: what the acceptance itself is worth.
    pub fn earned(&self, price: Micros) -> Micros {
        if self.whole_voids > 0 {
            return Micros(0);
        }
        let acceptance = match self.acceptance_voids {
            0 => (i128::from(price.0) - self.acceptance_refunds).max(0),
            _ => 0,
        };
        let earned = (acceptance + self.transactions + self.whole_net).clamp(0, EARNED_MAX);
        Micros(i64::try_from(earned).unwrap_or(i64::MAX))
    }

    /// Transactions that are sales and were not taken back.
    pub fn sales(&self) -> i64 {
        if self.whole_voids > 0 { 0 } else { self.sales }
    }

    /// Whether anything was taken back, or tried to be.
    pub fn has_reversals(&self) -> bool {
        self.reversals > 0
    }

    /// Whether anything was reported at all.
    pub fn has_reports(&self) -> bool {
        self.events > 0
    }
}

#[cfg(test)]
mod tests;
