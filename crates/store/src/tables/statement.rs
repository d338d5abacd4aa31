//! What leads brought, added up by period for statements.

use sea_orm::{ConnectionTrait as _, QueryResult, Statement, Value};

use crate::{Error, Read};

/// Whose account a statement is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatementParty {
    /// Who buys leads.
    Destination,
    /// Who sends them.
    Source,
}

/// What to add up for statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementQuery {
    /// Whose accounts.
    pub party: StatementParty,
    /// One of them; `None`: all.
    pub account: Option<String>,
    /// From when to when, half-open, microseconds; they do not overlap.
    pub periods: Vec<(i64, i64)>,
    /// Only payouts up to this number in commit order.
    pub payouts_until: i64,
}

/// What is added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatementPart {
    /// Leads: of a destination those that were offered to it, of a source those that it sent.
    Leads,
    /// What buyers pay for acceptances.
    Sales,
    /// What they reported later, corrections included.
    Conversions,
    /// What they took back by reports.
    Refunds,
    /// Returns and their reversals.
    Returns,
    /// Chargebacks and their reversals.
    Chargebacks,
    /// What sources are paid; of destinations nothing.
    Payouts,
}

/// What some rows of one period add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementSum {
    /// Position of the period.
    pub period: usize,
    /// The destination or source.
    pub account: String,
    /// What was added up.
    pub part: StatementPart,
    /// ISO 4217; of leads and sales, the hash of the catalog that says it.
    pub currency: StatementCurrency,
    /// How many rows.
    pub n: i64,
    /// Micro-units.
    pub amount: i128,
}

/// Where the currency of a sum is known from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatementCurrency {
    /// ISO 4217.
    Code(String),
    /// The hash of the catalog of the decisions.
    Catalog(String),
}

/// Columns of every sum; units and millionths apart: neither sum can leave 64 bits. A sum of integers is a decimal on
/// PostgreSQL.
///
/// * `amount`: the column that is added up; `0` where there is none.
fn columns(account: &str, currency: &str, part: &str, amount: &str) -> String {
    format!(
        "SELECT CAST(period.n AS BIGINT) AS n, {account} AS account, {currency} AS currency, {part} AS part,
            CAST(COUNT(*) AS BIGINT) AS n_rows,
            CAST(COALESCE(SUM({amount} / 1000000), 0) AS BIGINT) AS units,
            CAST(COALESCE(SUM({amount} % 1000000), 0) AS BIGINT) AS micros"
    )
}

/// What a conversion is on a statement.
const PART: &str = "CASE
    WHEN status IN ('returned', 'reinstated') AND original_status LIKE 'charge%' THEN 'chargebacks'
    WHEN status IN ('returned', 'reinstated') THEN 'returns'
    WHEN status = 'cancelled' AND (lower(original_status) LIKE 'charge%back%' OR lower(original_status) = 'clawback')
        THEN 'chargebacks'
    WHEN status = 'cancelled' AND lower(original_status) IN ('return', 'returned') THEN 'returns'
    WHEN status = 'cancelled' THEN 'refunds'
    ELSE 'conversions' END";

impl StatementQuery {
    /// The one statement, so that all sums are of one moment, and its values.
    fn sql(&self) -> (String, Vec<Value>) {
        // Whole numbers that come from nobody's text.
        let periods = self.periods.iter().enumerate();
        let periods = periods.map(|(n, (from, until))| format!("({n}, {from}, {until})"));
        let periods = periods.collect::<Vec<_>>().join(", ");
        let (account, leads) = match self.party {
            StatementParty::Destination => (
                "delivery.destination",
                "JOIN delivery ON delivery.created_at >= from_at AND delivery.created_at < until_at
                 JOIN decision ON decision.id = delivery.decision_id
                 JOIN lead ON lead.id = delivery.lead_id",
            ),
            StatementParty::Source => (
                "lead.source",
                "JOIN lead ON lead.received_at >= from_at AND lead.received_at < until_at
                 JOIN decision ON decision.lead_id = lead.id",
            ),
        };
        let wanted = self.account.as_ref();
        let own = wanted.map_or(String::new(), |_| format!(" AND {account} = $1"));
        let (catalog, group) = (
            "decision.catalog_hash",
            format!("GROUP BY period.n, {account}"),
        );
        let joined = "JOIN decision ON decision.id = delivery.decision_id
             JOIN lead ON lead.id = delivery.lead_id
             WHERE NOT lead.is_test";
        let sql = format!(
            "WITH period(n, from_at, until_at) AS (VALUES {periods}),
             reported AS (SELECT delivery_id, received_at, currency, revenue, {PART} AS part FROM conversion)
             {} FROM period {leads}
             WHERE NOT lead.is_test AND period.n > 0{own} {group}, {catalog}
             UNION ALL
             {} FROM period
             JOIN delivery ON delivery.state = 'accepted' AND delivery.settled_at >= from_at AND delivery.settled_at < until_at
             {joined}{own} {group}, {catalog}
             UNION ALL
             {} FROM period
             JOIN delivery_release AS freed ON freed.answer = 'accepted' AND freed.at >= from_at AND freed.at < until_at
             JOIN delivery ON delivery.id = freed.delivery_id AND delivery.state = 'held'
             {joined}{own} {group}, {catalog}
             UNION ALL
             {} FROM period
             JOIN reported ON reported.received_at >= from_at AND reported.received_at < until_at
             JOIN delivery ON delivery.id = reported.delivery_id
             {joined}{own} {group}, reported.currency, reported.part",
            columns(account, catalog, "'leads'", "0"),
            columns(account, catalog, "'sales'", "delivery.price"),
            // What these pay is a conversion.
            columns(account, catalog, "'sales'", "0"),
            columns(account, "reported.currency", "reported.part", "reported.revenue"),
        );
        let sql = match self.party {
            StatementParty::Destination => sql,
            StatementParty::Source => format!("{sql} UNION ALL {}", self.payouts()),
        };
        (sql, wanted.cloned().map(Value::from).into_iter().collect())
    }

    /// What sources are paid. Payouts of test leads are not stored.
    fn payouts(&self) -> String {
        let (account, currency) = ("payout.source", "payout.currency");
        let own = self.account.as_ref();
        let own = own.map_or(String::new(), |_| format!(" AND {account} = $1"));
        let until = self.payouts_until;
        format!(
            "{} FROM period
             JOIN payout ON payout.at >= from_at AND payout.at < until_at AND payout.number <= {until}{own}
             GROUP BY period.n, {account}, {currency}",
            columns(account, currency, "'payouts'", "payout.amount")
        )
    }
}

impl Read<'_> {
    /// What leads brought by period and account, in no order. Test leads bring nothing, and no leads are counted in the
    /// first period, which is for what came before.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn statement_sums(&self, query: &StatementQuery) -> Result<Vec<StatementSum>, Error> {
        if query.periods.is_empty() {
            return Ok(Vec::new());
        }
        let (sql, values) = query.sql();
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let rows = self.executor.query_all_raw(statement).await?;
        rows.iter().map(sum_of).collect()
    }

    /// Leads whose revenue is not what their deliveries and conversions add up to: their ids.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn leads_out_of_balance(&self, limit: u64) -> Result<Vec<String>, Error> {
        const SQL: &str = "SELECT lead.id AS id
             FROM lead
             LEFT JOIN (SELECT lead_id, SUM(price) AS price FROM delivery WHERE state = 'accepted' GROUP BY lead_id) AS sold
                ON sold.lead_id = lead.id
             LEFT JOIN (
                SELECT delivery.lead_id AS lead_id, SUM(conversion.revenue) AS revenue
                FROM conversion JOIN delivery ON delivery.id = conversion.delivery_id
                GROUP BY delivery.lead_id) AS reported ON reported.lead_id = lead.id
             WHERE lead.revenue <> COALESCE(sold.price, 0) + COALESCE(reported.revenue, 0)
             ORDER BY lead.id LIMIT $1";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let statement = Statement::from_sql_and_values(self.backend(), SQL, [limit.into()]);
        let rows = self.executor.query_all_raw(statement).await?;
        rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
    }
}

fn sum_of(row: &QueryResult) -> Result<StatementSum, Error> {
    let period: i64 = row.try_get("", "n")?;
    let part: String = row.try_get("", "part")?;
    let currency: String = row.try_get("", "currency")?;
    let (units, micros): (i64, i64) = (row.try_get("", "units")?, row.try_get("", "micros")?);
    let part = match part.as_str() {
        "leads" => StatementPart::Leads,
        "sales" => StatementPart::Sales,
        "refunds" => StatementPart::Refunds,
        "returns" => StatementPart::Returns,
        "chargebacks" => StatementPart::Chargebacks,
        "payouts" => StatementPart::Payouts,
        _ => StatementPart::Conversions,
    };
    Ok(StatementSum {
        period: usize::try_from(period).unwrap_or_default(),
        account: row.try_get("", "account")?,
        part,
        currency: match part {
            StatementPart::Leads | StatementPart::Sales => StatementCurrency::Catalog(currency),
            _ => StatementCurrency::Code(currency),
        },
        n: row.try_get("", "n_rows")?,
        amount: i128::from(units) * 1_000_000 + i128::from(micros),
    })
}
