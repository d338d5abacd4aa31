//! Statements: what leads brought by account and day, from an opening to a closing balance.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_lead::{CalendarDate, Currency, LocalTime, Micros, Problem, Timestamp, Zone};
use pointsman_store::{
    Read, StatementCurrency, StatementPart, StatementParty, StatementQuery, StatementSum,
};
use serde::Deserialize;

use super::sums::{StatementTotal, sums_of};
use crate::{Error, History};

/// Longest statement, in days.
const DAYS_MAX: usize = 366;
/// Microseconds of 30 hours: past the end of any day, and before the end of the next.
const PAST_DAY: i64 = 30 * 3_600_000_000;
/// Before everything that is stored.
const BEGINNING: i64 = -9_000_000_000_000_000_000;

/// Names of the columns of a statement as CSV. New ones come at the end.
pub const STATEMENT_COLUMNS: [&str; 13] = [
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
];

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyStatement {
    /// Its lines by day, account and currency; days on which nothing happened to an account are left out.
    pub lines: Vec<StatementLine>,
    /// What they come to: accounts by name, then all accounts of a currency together.
    pub sums: Vec<StatementTotal>,
}

/// What is asked of statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementQuestion {
    /// Whose accounts.
    pub party: StatementParty,
    /// One of them; `None`: all.
    pub account: Option<String>,
    /// First day, such as `2026-11-01`.
    pub from: String,
    /// Last day.
    pub until: String,
    /// IANA zone of the days.
    pub zone: String,
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
}

impl StatementLine {
    /// The line as cells, in the order of [`STATEMENT_COLUMNS`].
    pub fn cells(&self) -> [String; 13] {
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

/// A question without mistakes.
struct Days {
    /// The beginning of each day, with its name.
    starts: Vec<(Timestamp, CalendarDate)>,
    end: Timestamp,
}

impl StatementQuestion {
    fn days(&self) -> Result<Days, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut day = |name: &str, text: &str| {
            let read = text.parse::<CalendarDate>();
            let noon = format!("{text} 12:00:00").parse::<LocalTime>().ok();
            if let Err(error) = &read {
                let problem = Problem::new("bad_day", name, error.to_string());
                problems.push(problem.hint("write year, month and day, like 2026-11-01"));
            }
            read.ok().zip(noon)
        };
        let (from, until) = (day("from", &self.from), day("until", &self.until));
        let zone = Zone::parse(&self.zone).map_err(|error| {
            let problem = Problem::new("unknown_zone", "zone", error.to_string());
            problem.hint("write an IANA name, like America/New_York")
        });
        let zone = zone.map_err(|problem| problems.push(problem)).ok();
        let (Some((from, noon)), Some((until, _)), Some(zone)) = (from, until, zone) else {
            return Err(problems);
        };
        let wrong = |code, message: String, hint: &str| {
            vec![Problem::new(code, "until", message).hint(hint)]
        };
        if until < from {
            let message = format!("{until} comes before {from}");
            return Err(wrong("empty_range", message, "name a later day"));
        }
        let mut start = zone.day_start(zone.when(noon).at());
        let mut starts = Vec::new();
        while zone.date(start) <= until {
            if starts.len() == DAYS_MAX {
                let message = format!("a statement has at most {DAYS_MAX} days");
                return Err(wrong("too_long", message, "ask for a shorter time"));
            }
            starts.push((start, zone.date(start)));
            let next = zone.day_start(start.plus(PAST_DAY));
            if next <= start {
                // The end of all calendars.
                break;
            }
            start = next;
        }
        Ok(Days { starts, end: start })
    }
}

/// What one account has on one day.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    leads: i64,
    sold: i64,
    /// Sales, conversions, refunds, returns, chargebacks.
    amounts: [i128; 5],
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
        opening: i128,
    ) -> StatementLine {
        let [sales, conversions, refunds, returns, chargebacks] = self.amounts.map(micros);
        StatementLine {
            day,
            account: account.clone(),
            currency: currency.clone(),
            opening: micros(opening),
            leads: self.leads,
            sold: self.sold,
            sales,
            conversions,
            refunds,
            returns,
            chargebacks,
            net: micros(self.net()),
            closing: micros(opening + self.net()),
        }
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
        let query = StatementQuery {
            party: question.party,
            account: question.account.clone(),
            periods: [(BEGINNING, first.0)].into_iter().chain(within).collect(),
        };
        let cells = cells(&self.rows(), &query).await?;
        let mut balances: BTreeMap<AccountKey, i128> = BTreeMap::new();
        for ((_, account), cell) in cells.range(..(1, (String::new(), String::new()))) {
            balances.insert(account.clone(), cell.net());
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
            *balance += cell.net();
        }
        let sums = sums_of(&openings, &lines);
        Ok(Ok(MoneyStatement { lines, sums }))
    }
}

/// What there is by period and account.
async fn cells(
    read: &Read<'_>,
    query: &StatementQuery,
) -> Result<BTreeMap<(usize, AccountKey), Cell>, Error> {
    let sums = read.statement_sums(query).await?;
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

/// What each party's accounts come to over all time, by currency: both are the same money.
///
/// # Errors
///
/// [`Error::Store`] and [`Error::Stored`].
pub(super) async fn totals(
    read: &Read<'_>,
    party: StatementParty,
) -> Result<BTreeMap<String, i128>, Error> {
    let query = StatementQuery {
        party,
        account: None,
        periods: vec![(BEGINNING, -BEGINNING)],
    };
    let mut totals: BTreeMap<String, i128> = BTreeMap::new();
    for ((_, (_, currency)), cell) in cells(read, &query).await? {
        *totals.entry(currency).or_default() += cell.net();
    }
    Ok(totals)
}
