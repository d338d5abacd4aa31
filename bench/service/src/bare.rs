//! The bare insert: the rows of our commits once more, in the same statements and transactions, and nothing else.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, QueryResult, Statement,
    TransactionTrait as _, Value,
};

use crate::{
    report::Bar,
    tables::{Column, Kind, Role, columns, role},
    url::Url,
};

/// Rows of one statement, as the service sends them.
const SIZES: [usize; 4] = [256, 64, 16, 1];

/// The tables that a first step writes, with the column of the rows' place in commit order, and how to find it.
const TABLES: [(&str, &str, &str); 6] = [
    ("lead", "t.seq", ""),
    ("decision", "t.started_seq", ""),
    ("decision_step", "t.seq", ""),
    ("delivery", "t.reserved_seq", ""),
    (
        "attempt",
        "o.reserved_seq",
        "JOIN delivery AS o ON o.id = t.delivery_id",
    ),
    ("commit_log", "t.number", ""),
];

/// The places in commit order that one commit has given out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    /// The last one before.
    pub(crate) after: i64,
    /// The last one.
    pub(crate) last: i64,
}

/// Inserts the rows of commits again, each in a transaction, and takes them away.
///
/// Gives the time of each transaction.
pub(crate) async fn insert(url: &Url, commits: &[Places]) -> Result<Vec<Duration>> {
    let connection = url.writer().await?;
    let mut layouts = Vec::new();
    for (name, place, join) in TABLES {
        layouts.push(Layout {
            name,
            place,
            join,
            columns: columns(&connection, name).await?,
        });
    }
    let mut place = last_place(&connection).await?;
    let before = place;
    let bar = Bar::new("bare inserts", commits.len() as u64);
    let mut times = Vec::with_capacity(commits.len());
    for commit in commits {
        let again = Again {
            shift: place - commit.after,
            millis: now_ms()?,
        };
        let mut statements = Vec::new();
        for layout in &layouts {
            statements.extend(layout.statements(&connection, commit, &again).await?);
        }
        place += commit.last - commit.after;
        let started = Instant::now();
        let tx = connection.begin().await?;
        lock(&tx).await?;
        for statement in statements {
            tx.execute_raw(statement).await?;
        }
        advance(&tx).await?;
        tx.commit().await?;
        times.push(started.elapsed());
        bar.add(1);
    }
    take_away(&connection, before).await?;
    bar.done();
    connection.close().await?;
    Ok(times)
}

/// What is different in a row that is inserted again.
struct Again {
    /// Further on in commit order.
    shift: i64,
    /// The time of its ids.
    millis: u64,
}

/// A table and its columns.
struct Layout {
    name: &'static str,
    place: &'static str,
    join: &'static str,
    columns: Vec<Column>,
}

impl Layout {
    /// The statements that insert the rows of a commit again, as they were right after it.
    async fn statements(
        &self,
        connection: &DatabaseConnection,
        commit: &Places,
        again: &Again,
    ) -> Result<Vec<Statement>> {
        let Self {
            name, place, join, ..
        } = self;
        let backend = connection.get_database_backend();
        let sql = format!(
            "SELECT t.* FROM {name} AS t {join} WHERE {place} > $1 AND {place} <= $2 ORDER BY {place}"
        );
        let places = [commit.after.into(), commit.last.into()];
        let found = Statement::from_sql_and_values(backend, sql, places);
        let rows = connection.query_all_raw(found).await?;
        let mut rest = &rows[..];
        let mut statements = Vec::new();
        while let Some(size) = SIZES.into_iter().find(|size| *size <= rest.len()) {
            let (chunk, later) = rest.split_at(size);
            let mut values = Vec::with_capacity(size * self.columns.len());
            for row in chunk {
                for column in &self.columns {
                    values.push(self.value(row, column, again)?);
                }
            }
            statements.push(Statement::from_sql_and_values(
                backend,
                self.sql(size),
                values,
            ));
            rest = later;
        }
        Ok(statements)
    }

    fn sql(&self, size: usize) -> String {
        let names = self.columns.iter().map(|it| format!("\"{}\"", it.name));
        let names: Vec<String> = names.collect();
        let width = names.len();
        let rows = (0..size).map(|row| {
            let places = (1..=width).map(|n| format!("${}", row * width + n));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        });
        let rows: Vec<String> = rows.collect();
        let names = names.join(", ");
        format!(
            "INSERT INTO \"{}\" ({names}) VALUES {}",
            self.name,
            rows.join(", ")
        )
    }

    fn value(&self, row: &QueryResult, column: &Column, again: &Again) -> Result<Value> {
        let Column { name, kind } = column;
        if let Some(value) = after_first_step(self.name, name, *kind) {
            return Ok(value);
        }
        let role = match self.name {
            "commit_log" if name == "number" => Role::Seq,
            "commit_log" => Role::Same,
            table => role(table, name),
        };
        Ok(match kind {
            Kind::Real => row.try_get::<Option<f64>>("", name)?.into(),
            Kind::Boolean => row.try_get::<Option<bool>>("", name)?.into(),
            Kind::Integer => {
                let shift = if role == Role::Seq { again.shift } else { 0 };
                let number: Option<i64> = row.try_get("", name)?;
                number.map(|number| number + shift).into()
            }
            Kind::Text => {
                let text: Option<String> = row.try_get("", name)?;
                text.map(|text| again.text(role, text)).into()
            }
        })
    }
}

impl Again {
    fn text(&self, role: Role, text: String) -> String {
        match role {
            Role::Id(len) => format!("{}{:012x}{}", &text[..len], self.millis, &text[len + 12..]),
            // As good a key by chance as the one that it comes from.
            Role::Key => text.chars().rev().collect(),
            Role::Same
            | Role::Seq
            | Role::Epoch
            | Role::Time
            | Role::Catalog
            | Role::NamesLead
            | Role::NamesClick => text,
        }
    }
}

/// What stood in a column right after the first step, where that has changed since.
fn after_first_step(table: &str, column: &str, kind: Kind) -> Option<Value> {
    let null = match kind {
        Kind::Text => Value::String(None),
        Kind::Integer => Value::BigInt(None),
        Kind::Real => Value::Double(None),
        Kind::Boolean => Value::Bool(None),
    };
    match (table, column) {
        ("lead", "status") => Some("queued".into()),
        ("lead", "revenue") => Some(0_i64.into()),
        ("delivery", "state") => Some("sending".into()),
        ("lead", "response_body" | "settled_at")
        | ("decision", "end_state" | "end_reason" | "ended_seq")
        | (
            "delivery",
            "settled_seq"
            | "settled_at"
            | "price"
            | "redirect_url"
            | "reason"
            | "conversion_totals_body"
            | "finding",
        )
        | (
            "attempt",
            "finished_at" | "outcome" | "status" | "latency_ms" | "request_excerpt"
            | "response_excerpt",
        ) => Some(null),
        _ => None,
    }
}

/// The last place in commit order.
async fn last_place(connection: &DatabaseConnection) -> Result<i64> {
    let sql = "SELECT MAX(seq) AS seq FROM (SELECT MAX(seq) AS seq FROM lead
        UNION ALL SELECT MAX(ended_seq) FROM decision UNION ALL SELECT MAX(seq) FROM decision_step
        UNION ALL SELECT MAX(reserved_seq) FROM delivery UNION ALL SELECT MAX(settled_seq) FROM delivery
        UNION ALL SELECT MAX(seq) FROM conversion UNION ALL SELECT MAX(number) FROM commit_log) AS last";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await?;
    let row = row.context("the last place in commit order")?;
    let seq: Option<i64> = row.try_get("", "seq")?;
    Ok(seq.unwrap_or(0))
}

/// The service locks the order of all transactions in one row, and moves it on: so does this.
async fn lock(tx: &DatabaseTransaction) -> Result<()> {
    let backend = tx.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => "SELECT number FROM commit_order WHERE id = 1 FOR UPDATE",
        _ => "SELECT number FROM commit_order WHERE id = 1",
    };
    tx.query_one_raw(Statement::from_string(backend, sql))
        .await?;
    Ok(())
}

async fn advance(tx: &DatabaseTransaction) -> Result<()> {
    let statement = Statement::from_string(
        tx.get_database_backend(),
        "UPDATE commit_order SET number = number + 1, revision = 0 WHERE id = 1",
    );
    tx.execute_raw(statement).await?;
    Ok(())
}

/// Takes away whatever came after a place in commit order.
async fn take_away(connection: &DatabaseConnection, after: i64) -> Result<()> {
    // In this order nothing refers to what is gone. Without an index for each reference a check reads whole tables.
    let unchecked = match connection.get_database_backend() {
        DbBackend::Postgres => "SET session_replication_role = replica",
        _ => "PRAGMA foreign_keys = OFF",
    };
    // Where that is not allowed, it takes longer.
    let _ = connection.execute_unprepared(unchecked).await;
    let tx = connection.begin().await?;
    for sql in [
        "DELETE FROM attempt WHERE delivery_id IN (SELECT id FROM delivery WHERE reserved_seq > $1)",
        "DELETE FROM delivery WHERE reserved_seq > $1",
        "DELETE FROM decision_step WHERE seq > $1",
        "DELETE FROM decision WHERE started_seq > $1",
        "DELETE FROM lead WHERE seq > $1",
        "DELETE FROM commit_log WHERE number > $1",
    ] {
        let backend = tx.get_database_backend();
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, [after.into()]))
            .await?;
    }
    Ok(tx.commit().await?)
}

fn now_ms() -> Result<u64> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok(u64::try_from(since.as_millis())?)
}
