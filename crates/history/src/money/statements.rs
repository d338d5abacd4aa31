//! Statements: what leads brought by account and day, from an opening to a closing balance.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_lead::{CalendarDate, Currency, Micros, Problem};
use pointsman_store::{
    Read, StatementCurrency, StatementPart, StatementParty, StatementQuery, StatementSum,
};
use serde::Deserialize;

use super::{
    payouts::PayoutFold,
    question::StatementQuestion,
    sums::{StatementTotal, sums_of},
};
use crate::{Error, History};

/// Before everything that is stored.
const BEGINNING: i64 = -9_000_000_000_000_000_000;

/// Names of the columns of a statement as CSV. New ones come at the end.
pub const STATEMENT_COLUMNS: [&str; 15] = [
    "day",
    "account",
    "currency",
    "opening",
    "leads",
    "sold",
    "sales",
    "conversions",
    "refunds",
    "returns",
    "chargebacks",
    "net",
    "closing",
    "payouts",
    "payable",
];

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyStatement {
    /// Its lines by day, account and currency; days on which nothing happened to an account are left out.
    pub lines: Vec<StatementLine>,
    /// What they come to: accounts by name, then all accounts of a currency together.
    pub sums: Vec<StatementTotal>,
}

/// One day of one account in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The day.
    pub day: CalendarDate,
    /// The destination or source.
    pub account: String,
    /// The currency of the amounts.
    pub currency: String,
    /// What was owed before the day.
    pub opening: Micros,
    /// Leads: of a destination those that were offered to it, of a source those that it sent.
    pub leads: i64,
    /// Leads that were sold.
    pub sold: i64,
    /// What acceptances bring.
    pub sales: Micros,
    /// What was reported later, corrections included.
    pub conversions: Micros,
    /// What was taken back by reports; never more than nothing.
    pub refunds: Micros,
    /// Returns, and what came again by their reversals.
    pub returns: Micros,
    /// Chargebacks, and what came again by their reversals.
    pub chargebacks: Micros,
    /// The sum of all that.
    pub net: Micros,
    /// What is owed after the day.
    pub closing: Micros,
    /// What the source is paid for its leads, less what was taken back of that.
    pub payouts: Micros,
    /// The sum of all payouts up to the end of the day.
    pub payable: Micros,
}

impl StatementLine {
    /// The line as cells, in the order of [`STATEMENT_COLUMNS`].
    pub fn cells(&self) -> [String; 15] {
        [
            self.day.to_string(),
            self.account.clone(),
            self.currency.clone(),
            self.opening.to_string(),
            self.leads.to_string(),
            self.sold.to_string(),
            self.sales.to_string(),
            self.conversions.to_string(),
            self.refunds.to_string(),
            self.returns.to_string(),
            self.chargebacks.to_string(),
            self.net.to_string(),
            self.closing.to_string(),
            self.payouts.to_string(),
            self.payable.to_string(),
        ]
    }
}

/// Lines as CSV with a header (RFC 4180).
pub fn statement_csv(lines: &[StatementLine]) -> String {
    let mut text = STATEMENT_COLUMNS.join(",");
    text.push_str("\r\n");
    for line in lines {
        text.push_str(&csv_line(&line.cells()));
        text.push_str("\r\n");
    }
    text
}

/// Cells as a line of CSV, without its end.
pub fn csv_line(cells: &[String]) -> String {
    let cells = cells.iter().map(|cell| quoted(cell));
    cells.collect::<Vec<_>>().join(",")
}

/// A cell; in quotes where it has to be, and where a spreadsheet would take it for a formula.
fn quoted(cell: &str) -> String {
    let is_number = cell.parse::<f64>().is_ok();
    let cell = match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t') if !is_number => format!("'{cell}"),
        _ => cell.to_owned(),
    };
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

/// What one account has on one day.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    leads: i64,
    sold: i64,
    /// Sales, conversions, refunds, returns, chargebacks.
    amounts: [i128; 5],
    payouts: i128,
}

impl Cell {
    fn add(&mut self, sum: &StatementSum) {
        let position = match sum.part {
            StatementPart::Leads => {
                self.leads += sum.n;
                return;
            }
            StatementPart::Sales => {
                self.sold += sum.n;
                0
            }
            StatementPart::Conversions => 1,
            StatementPart::Refunds => 2,
            StatementPart::Returns => 3,
            StatementPart::Chargebacks => 4,
            StatementPart::Payouts => {
                self.payouts += sum.amount;
                return;
            }
        };
        self.amounts[position] += sum.amount;
    }

    fn net(&self) -> i128 {
        self.amounts.iter().sum()
    }

    fn line(
        &self,
        day: CalendarDate,
        (account, currency): &AccountKey,
        before: Balance,
    ) -> StatementLine {
        let [sales, conversions, refunds, returns, chargebacks] = self.amounts.map(micros);
        StatementLine {
            day,
            account: account.clone(),
            currency: currency.clone(),
            opening: micros(before.owed),
            leads: self.leads,
            sold: self.sold,
            sales,
            conversions,
            refunds,
            returns,
            chargebacks,
            net: micros(self.net()),
            closing: micros(before.owed + self.net()),
            payouts: micros(self.payouts),
            payable: micros(before.payable + self.payouts),
        }
    }
}

/// What an account has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Balance {
    pub(super) owed: i128,
    pub(super) payable: i128,
}

impl Balance {
    fn add(&mut self, cell: &Cell) {
        self.owed += cell.net();
        self.payable += cell.payouts;
    }
}

/// A name and a currency.
pub(super) type AccountKey = (String, String);

/// A sum that is beyond what an amount can be is the largest that can.
pub(super) fn micros(amount: i128) -> Micros {
    let bound = if amount < 0 { i64::MIN } else { i64::MAX };
    Micros(i64::try_from(amount).unwrap_or(bound))
}

impl History {
    /// A statement by day, account and currency, with what it comes to.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`]; inside, all that is wrong with the question.
    pub async fn statement(
        &self,
        question: &StatementQuestion,
    ) -> Result<Result<MoneyStatement, Vec<Problem>>, Error> {
        let days = match question.days() {
            Ok(days) => days,
            Err(problems) => return Ok(Err(problems)),
        };
        let Some((first, _)) = days.starts.first() else {
            return Ok(Ok(MoneyStatement {
                lines: Vec::new(),
                sums: Vec::new(),
            }));
        };
        let ends = days.starts.iter().skip(1).map(|(start, _)| start.0);
        let ends = ends.chain([days.end.0]);
        let within = days.starts.iter().zip(ends);
        let within = within.map(|((start, _), end)| (start.0, end));
        let periods = [(BEGINNING, first.0)].into_iter().chain(within).collect();
        let party = (question.party, question.account.clone());
        let cells = cells(&self.rows(), party, periods).await?;
        let mut balances: BTreeMap<AccountKey, Balance> = BTreeMap::new();
        for ((_, account), cell) in cells.range(..(1, (String::new(), String::new()))) {
            balances.entry(account.clone()).or_default().add(cell);
        }
        let openings = balances.clone();
        let mut lines = Vec::new();
        for ((period, account), cell) in &cells {
            let Some(day) = period.checked_sub(1) else {
                continue;
            };
            let Some((_, day)) = days.starts.get(day) else {
                continue;
            };
            let balance = balances.entry(account.clone()).or_default();
            lines.push(cell.line(*day, account, *balance));
            balance.add(cell);
        }
        let sums = sums_of(&openings, &lines);
        Ok(Ok(MoneyStatement { lines, sums }))
    }
}

/// What there is by period and account.
///
/// * `party`: whose accounts, and one of them.
async fn cells(
    read: &Read<'_>,
    (party, account): (StatementParty, Option<String>),
    periods: Vec<(i64, i64)>,
) -> Result<BTreeMap<(usize, AccountKey), Cell>, Error> {
    let query = StatementQuery {
        party,
        account,
        periods,
        payouts_until: read.payout_progress().await?,
    };
    let mut sums = read.statement_sums(&query).await?;
    if party == StatementParty::Source {
        sums.extend(latest_payouts(read, &query).await?);
    }
    let hashes = sums.iter().filter_map(|sum| match &sum.currency {
        StatementCurrency::Catalog(hash) => Some(hash.clone()),
        StatementCurrency::Code(_) => None,
    });
    let hashes: BTreeSet<String> = hashes.collect();
    let hashes: Vec<String> = hashes.into_iter().collect();
    let currencies = currencies(read, &hashes).await?;
    let mut cells: BTreeMap<(usize, AccountKey), Cell> = BTreeMap::new();
    for sum in sums {
        let currency = match &sum.currency {
            StatementCurrency::Code(code) => code.clone(),
            StatementCurrency::Catalog(hash) => {
                let currency = currencies.get(hash);
                let currency = currency.ok_or_else(|| Error::Stored {
                    what: format!("catalog {hash}"),
                })?;
                currency.to_string()
            }
        };
        let account = (sum.account.clone(), currency);
        cells.entry((sum.period, account)).or_default().add(&sum);
    }
    Ok(cells)
}

/// Payouts that are not stored yet.
async fn latest_payouts(
    read: &Read<'_>,
    query: &StatementQuery,
) -> Result<Vec<StatementSum>, Error> {
    let last = read.order().await?.number;
    let payouts = PayoutFold::default();
    let payouts = payouts.after(read, query.payouts_until, last).await?;
    let wanted = payouts.into_iter().filter_map(|row| {
        let is_wanted = query
            .account
            .as_ref()
            .is_none_or(|name| *name == row.source);
        let is_within = |(from, until): &(i64, i64)| (*from..*until).contains(&row.at);
        let period = query.periods.iter().position(is_within)?;
        is_wanted.then_some(StatementSum {
            period,
            account: row.source,
            part: StatementPart::Payouts,
            currency: StatementCurrency::Code(row.currency),
            n: 1,
            amount: i128::from(row.amount),
        })
    });
    Ok(wanted.collect())
}

/// The one member of a catalog that is read here.
#[derive(Deserialize)]
struct InCurrency {
    currency: Currency,
}

/// The currencies of catalogs, by hash.
pub(super) async fn currencies(
    read: &Read<'_>,
    hashes: &[String],
) -> Result<BTreeMap<String, Currency>, Error> {
    let catalogs = read.catalogs(hashes).await?.into_iter();
    let known = catalogs.map(|row| {
        let read: InCurrency = serde_json::from_str(&row.body).map_err(|_| Error::Stored {
            what: format!("catalog {}", row.hash),
        })?;
        Ok((row.hash, read.currency))
    });
    known.collect()
}

/// What accounts come to by currency, micro-units.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) net: BTreeMap<String, i128>,
    pub(super) payouts: BTreeMap<String, i128>,
}

/// What each party's accounts come to over all time: both are the same money, but for what sources are paid.
///
/// # Errors
///
/// [`Error::Store`] and [`Error::Stored`].
pub(super) async fn totals(read: &Read<'_>, party: StatementParty) -> Result<Totals, Error> {
    let periods = vec![(BEGINNING, -BEGINNING)];
    let mut totals = Totals::default();
    for ((_, (_, currency)), cell) in cells(read, (party, None), periods).await? {
        *totals.net.entry(currency.clone()).or_default() += cell.net();
        *totals.payouts.entry(currency).or_default() += cell.payouts;
    }
    Ok(totals)
}
