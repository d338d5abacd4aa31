//! The ledger of money: each amount as an entry of two sides, made of the rows that moved it.
//!
//! Nothing of it is stored a second time. An entry is a function of a delivery or a conversion, whose rows are written in the
//! transaction that moves the money; its number is theirs in commit order.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_lead::{Micros, Timestamp};
use pointsman_store::{
    ConversionRow, ConversionStatus, DeliveryRow, DeliveryState, LeadRow, PayoutRow, Read,
};

use super::{payouts::PayoutFold, statements::currencies};
use crate::{Error, History};

/// Rows of each kind that are read at once.
const PAGE: u64 = 1_000;
/// Numbers in commit order whose entries are read at once.
const STRETCH: i64 = 10_000;

/// Names of the columns of entries as CSV. New ones come at the end.
pub const ENTRY_COLUMNS: [&str; 10] = [
    "number",
    "at",
    "kind",
    "debit",
    "credit",
    "amount",
    "currency",
    "lead",
    "delivery",
    "conversion",
];

/// What moved money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// An acceptance that is paid at once.
    Sale,
    /// A report, corrections included.
    Conversion,
    /// A report that takes back.
    Refund,
    /// A return, or its reversal.
    Return,
    /// A chargeback, or its reversal.
    Chargeback,
    /// What a source is paid, or what is taken back of that.
    Payout,
}

impl EntryKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Conversion => "conversion",
            Self::Refund => "refund",
            Self::Return => "return",
            Self::Chargeback => "chargeback",
            Self::Payout => "payout",
        }
    }

    fn of(row: &ConversionRow) -> Self {
        let word = row.original_status.to_ascii_lowercase();
        let is_chargeback =
            word == "clawback" || (word.starts_with("charge") && word.contains("back"));
        match row.status {
            ConversionStatus::Returned | ConversionStatus::Reinstated if is_chargeback => {
                Self::Chargeback
            }
            ConversionStatus::Returned | ConversionStatus::Reinstated => Self::Return,
            ConversionStatus::Cancelled if is_chargeback => Self::Chargeback,
            ConversionStatus::Cancelled if matches!(word.as_str(), "return" | "returned") => {
                Self::Return
            }
            ConversionStatus::Cancelled => Self::Refund,
            ConversionStatus::Pending | ConversionStatus::Sale | ConversionStatus::Rebill => {
                Self::Conversion
            }
        }
    }
}

/// An entry: what one side owes more, the other has earned more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyEntry {
    /// Its number in commit order.
    pub number: i64,
    /// When it was stored.
    pub at: Timestamp,
    /// What moved the money.
    pub kind: EntryKind,
    /// The account that is debited, such as `receivable:acme`: what a destination owes us; of a payout `cost:web`.
    pub debit: String,
    /// The account that is credited, such as `revenue:web`: what the leads of a source have earned; of a payout
    /// `payable:web`: what we owe the source.
    pub credit: String,
    /// More than nothing: what is taken back has its sides exchanged.
    pub amount: Micros,
    /// ISO 4217.
    pub currency: String,
    /// The lead.
    pub lead_id: String,
    /// The delivery; a payout is for the lead.
    pub delivery_id: Option<String>,
    /// The conversion, where one moved the money.
    pub conversion_id: Option<String>,
}

impl MoneyEntry {
    /// The entry as cells, in the order of [`ENTRY_COLUMNS`].
    pub fn cells(&self) -> [String; 10] {
        [
            self.number.to_string(),
            self.at.to_string(),
            self.kind.word().to_owned(),
            self.debit.clone(),
            self.credit.clone(),
            self.amount.to_string(),
            self.currency.clone(),
            self.lead_id.clone(),
            self.delivery_id.clone().unwrap_or_default(),
            self.conversion_id.clone().unwrap_or_default(),
        ]
    }

    /// What it adds to the debit of receivables or of costs, micro-units; negative where it takes back.
    pub fn net(&self) -> i128 {
        let amount = i128::from(self.amount.0);
        if self.debit.starts_with(RECEIVABLE) || self.debit.starts_with(COST) {
            amount
        } else {
            -amount
        }
    }

    fn of_payout(payout: PayoutRow) -> Self {
        let (cost, payable) = (
            format!("{COST}{}", payout.source),
            format!("payable:{}", payout.source),
        );
        let (debit, credit) = if payout.amount > 0 {
            (cost, payable)
        } else {
            (payable, cost)
        };
        Self {
            number: payout.number,
            at: Timestamp(payout.at),
            kind: EntryKind::Payout,
            debit,
            credit,
            amount: Micros(payout.amount.saturating_abs()),
            currency: payout.currency,
            lead_id: payout.lead_id,
            delivery_id: None,
            conversion_id: None,
        }
    }
}

const RECEIVABLE: &str = "receivable:";
const COST: &str = "cost:";

/// An amount on its way to be an entry.
struct Posting<'a> {
    number: i64,
    at: i64,
    kind: EntryKind,
    amount: i64,
    currency: &'a str,
    conversion_id: Option<&'a str>,
}

fn entry(posting: &Posting<'_>, delivery: &DeliveryRow, lead: &LeadRow) -> Option<MoneyEntry> {
    let Posting {
        number,
        at,
        kind,
        amount,
        currency,
        conversion_id,
    } = *posting;
    if amount == 0 || lead.is_test {
        return None;
    }
    let receivable = format!("{RECEIVABLE}{}", delivery.destination);
    let revenue = format!("revenue:{}", lead.source);
    let (debit, credit) = if amount > 0 {
        (receivable, revenue)
    } else {
        (revenue, receivable)
    };
    Some(MoneyEntry {
        number,
        at: Timestamp(at),
        kind,
        debit,
        credit,
        amount: Micros(amount.saturating_abs()),
        currency: currency.to_owned(),
        lead_id: lead.id.clone(),
        delivery_id: Some(delivery.id.clone()),
        conversion_id: conversion_id.map(str::to_owned),
    })
}

impl History {
    /// The next entries in commit order, and the number to go on after; `None` at the present. A page may be empty.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn money_entries(&self, after: i64) -> Result<(Vec<MoneyEntry>, Option<i64>), Error> {
        entries(&self.rows(), after).await
    }
}

pub(super) async fn entries(
    read: &Read<'_>,
    after: i64,
) -> Result<(Vec<MoneyEntry>, Option<i64>), Error> {
    let settled = read.deliveries_settled_in_order(after, PAGE).await?;
    let reported = read.conversions_in_order(after, PAGE).await?;
    // What lies behind the end of a full page of either is for the next one.
    let full = |len: usize, last: Option<i64>| last.filter(|_| len as u64 == PAGE);
    let ends = [
        full(
            settled.len(),
            settled.last().and_then(|row| row.settled_seq),
        ),
        full(reported.len(), reported.last().map(|row| row.seq)),
    ];
    let last = read.order().await?.number.max(read.max_seq().await?);
    let stretch = Some(after + STRETCH).filter(|end| *end < last);
    let end = ends.into_iter().chain([stretch]).flatten().min();
    let is_here = |number: i64| end.is_none_or(|end| number <= end);
    let reported: Vec<ConversionRow> = reported.into_iter().filter(|it| is_here(it.seq)).collect();
    let is_sold = |row: &DeliveryRow| {
        row.state == DeliveryState::Accepted && row.settled_seq.is_some_and(is_here)
    };
    let sold: Vec<DeliveryRow> = settled.into_iter().filter(is_sold).collect();
    let rows = Rows::of(read, &sold, &reported).await?;
    let mut entries = Vec::new();
    for delivery in &sold {
        let posting = Posting {
            number: delivery.settled_seq.unwrap_or_default(),
            at: delivery.settled_at.unwrap_or_default(),
            kind: EntryKind::Sale,
            amount: delivery.price.unwrap_or(0),
            currency: rows.currency_of(delivery)?,
            conversion_id: None,
        };
        entries.extend(entry(&posting, delivery, rows.lead_of(delivery)?));
    }
    for row in &reported {
        let delivery = rows.deliveries.get(&row.delivery_id);
        let delivery = delivery.ok_or_else(|| missing("delivery", &row.delivery_id))?;
        let posting = Posting {
            number: row.seq,
            at: row.received_at,
            kind: EntryKind::of(row),
            amount: row.revenue,
            currency: &row.currency,
            conversion_id: Some(&row.id),
        };
        entries.extend(entry(&posting, delivery, rows.lead_of(delivery)?));
    }
    let mut fold = PayoutFold::default();
    let payouts = fold.between(read, after, end.unwrap_or(last)).await?;
    entries.extend(payouts.into_iter().map(MoneyEntry::of_payout));
    entries.sort_by_key(|entry| entry.number);
    Ok((entries, end))
}

fn missing(what: &str, id: &str) -> Error {
    Error::Stored {
        what: format!("{what} {id}"),
    }
}

/// What entries need of other tables.
struct Rows {
    deliveries: BTreeMap<String, DeliveryRow>,
    leads: BTreeMap<String, LeadRow>,
    /// By decision.
    currencies: BTreeMap<String, String>,
}

impl Rows {
    async fn of(
        read: &Read<'_>,
        sold: &[DeliveryRow],
        reported: &[ConversionRow],
    ) -> Result<Self, Error> {
        let ids = distinct(reported.iter().map(|row| &row.delivery_id));
        let deliveries = read.deliveries_by_id(&ids).await?;
        let leads = distinct(sold.iter().chain(&deliveries).map(|row| &row.lead_id));
        let leads = read.leads_by_id(&leads).await?;
        let decisions = distinct(sold.iter().map(|row| &row.decision_id));
        let decisions = read.decisions_by_id(&decisions).await?;
        let hashes = distinct(decisions.iter().map(|row| &row.catalog_hash));
        let known = currencies(read, &hashes).await?;
        let currencies = decisions.into_iter().map(|row| {
            let currency = known.get(&row.catalog_hash);
            let currency = currency.ok_or_else(|| missing("catalog", &row.catalog_hash))?;
            Ok((row.id, currency.to_string()))
        });
        Ok(Self {
            deliveries: deliveries
                .into_iter()
                .map(|it| (it.id.clone(), it))
                .collect(),
            leads: leads.into_iter().map(|it| (it.id.clone(), it)).collect(),
            currencies: currencies.collect::<Result<_, Error>>()?,
        })
    }

    fn lead_of(&self, delivery: &DeliveryRow) -> Result<&LeadRow, Error> {
        let lead = self.leads.get(&delivery.lead_id);
        lead.ok_or_else(|| missing("lead", &delivery.lead_id))
    }

    fn currency_of(&self, delivery: &DeliveryRow) -> Result<&str, Error> {
        let currency = self.currencies.get(&delivery.decision_id);
        let currency = currency.ok_or_else(|| missing("decision", &delivery.decision_id))?;
        Ok(currency)
    }
}

fn distinct<'a>(ids: impl Iterator<Item = &'a String>) -> Vec<String> {
    let ids: BTreeSet<&String> = ids.collect();
    ids.into_iter().cloned().collect()
}
