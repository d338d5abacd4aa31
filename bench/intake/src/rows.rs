//! The rows that the service has stored, read back lead by lead.

use std::{collections::HashMap, sync::Arc};

use anyhow::{Context as _, Result, ensure};
use sea_orm::sqlx::{
    self, Column as _, Connection as _, PgConnection, Row as _, SqliteConnection, TypeInfo as _,
};

/// The tables of a lead in the order in which they refer to each other: name, order, the column that says whose row it
/// is, and the column that later tables name it by.
pub(crate) const TABLES: [Table; 5] = [
    Table::new("lead", "seq", "id", "id"),
    Table::new("decision", "started_seq", "lead_id", "id"),
    Table::new("decision_step", "seq", "decision_id", "seq"),
    Table::new("delivery", "reserved_seq", "lead_id", "id"),
    Table::new("attempt", "started_at", "delivery_id", "delivery_id"),
];

/// One of them.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    order: &'static str,
    owner: &'static str,
    id: &'static str,
}

impl Table {
    const fn new(
        name: &'static str,
        order: &'static str,
        owner: &'static str,
        id: &'static str,
    ) -> Self {
        Self {
            name,
            order,
            owner,
            id,
        }
    }
}

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Text(Option<Arc<str>>),
    Integer(Option<i64>),
    Real(Option<f64>),
    Boolean(Option<bool>),
}

impl Cell {
    fn text(&self) -> Option<&Arc<str>> {
        match self {
            Self::Text(text) => text.as_ref(),
            Self::Integer(_) | Self::Real(_) | Self::Boolean(_) => None,
        }
    }
}

pub(crate) type Row = Vec<Cell>;

/// A lead with all of its rows, by the position of their table in [`TABLES`].
#[derive(Debug, Clone, Default)]
pub(crate) struct StoredLead {
    pub(crate) rows: [Vec<Row>; TABLES.len()],
    /// What its source was answered.
    pub(crate) answer: String,
    /// The last number in commit order among its rows.
    pub(crate) last_seq: i64,
}

/// What was stored of some leads.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    /// In the order in which they came.
    pub(crate) leads: Vec<StoredLead>,
    /// The columns of each table of [`TABLES`].
    pub(crate) columns: [Vec<String>; TABLES.len()],
    /// The rows of the commit log with their numbers, in order.
    pub(crate) log: Vec<(i64, Row)>,
    /// Its columns.
    pub(crate) log_columns: Vec<String>,
}

/// A connection of either kind.
#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Connection {
    /// Opens a database without any of our own code.
    pub(crate) async fn plain(url: &str) -> Result<Self> {
        if url.starts_with("postgres") {
            return Ok(Self::Postgres(PgConnection::connect(url).await?));
        }
        let options: sqlx::sqlite::SqliteConnectOptions = url.parse()?;
        let options = options
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-32768")
            .pragma("wal_autocheckpoint", "4000")
            .pragma("journal_size_limit", (64 << 20).to_string())
            .statement_cache_capacity(512);
        let connection = SqliteConnection::connect_with(&options).await?;
        Ok(Self::Sqlite(connection))
    }

    async fn all(&mut self, sql: &str) -> Result<(Vec<String>, Vec<Row>)> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(connection) => {
                let rows = sqlx::query(sql).fetch_all(connection).await?;
                let columns = rows.first().map(|row| names(row.columns()));
                let rows = rows.iter().map(sqlite_row).collect::<Result<_>>()?;
                Ok((columns.unwrap_or_default(), rows))
            }
            Self::Postgres(connection) => {
                let rows = sqlx::query(sql).fetch_all(connection).await?;
                let columns = rows.first().map(|row| names(row.columns()));
                let rows = rows.iter().map(postgres_row).collect::<Result<_>>()?;
                Ok((columns.unwrap_or_default(), rows))
            }
        }
    }
}

fn names<C: sqlx::Column>(columns: &[C]) -> Vec<String> {
    columns.iter().map(|it| it.name().to_owned()).collect()
}

fn sqlite_row(row: &sqlx::sqlite::SqliteRow) -> Result<Row> {
    let cells = row.columns().iter().enumerate().map(|(idx, column)| {
        Ok(match column.type_info().name() {
            "INTEGER" => Cell::Integer(row.try_get(idx)?),
            "REAL" => Cell::Real(row.try_get(idx)?),
            "BOOLEAN" => Cell::Boolean(row.try_get(idx)?),
            _ => Cell::Text(row.try_get::<Option<String>, _>(idx)?.map(Arc::from)),
        })
    });
    cells.collect()
}

fn postgres_row(row: &sqlx::postgres::PgRow) -> Result<Row> {
    let cells = row.columns().iter().enumerate().map(|(idx, column)| {
        Ok(match column.type_info().name() {
            "INT8" => Cell::Integer(row.try_get(idx)?),
            "FLOAT8" => Cell::Real(row.try_get(idx)?),
            "BOOL" => Cell::Boolean(row.try_get(idx)?),
            _ => Cell::Text(row.try_get::<Option<String>, _>(idx)?.map(Arc::from)),
        })
    });
    cells.collect()
}

impl Stored {
    /// Reads what a service has stored.
    pub(crate) async fn read(url: &str) -> Result<Self> {
        let mut connection = Connection::plain(url).await?;
        let mut stored = Self::default();
        // Position of the lead by the id of a row of the table.
        let mut owners: HashMap<Arc<str>, usize> = HashMap::new();
        for (position, table) in TABLES.iter().enumerate() {
            let Table {
                name,
                order,
                owner,
                id,
            } = table;
            let sql = format!("SELECT * FROM {name} ORDER BY {order}");
            let (columns, rows) = connection.all(&sql).await?;
            for row in rows {
                let at = |wanted: &str| columns.iter().position(|it| it == wanted);
                let cell = |wanted: &str| at(wanted).and_then(|at| row.get(at));
                let text = |wanted: &str| cell(wanted).and_then(Cell::text).cloned();
                let owner = text(owner).with_context(|| format!("{name}.{owner}"))?;
                let lead = if position == 0 {
                    let answer = text("response_body").unwrap_or_default();
                    stored.leads.push(StoredLead {
                        answer: answer.to_string(),
                        ..StoredLead::default()
                    });
                    stored.leads.len() - 1
                } else {
                    *owners
                        .get(&owner)
                        .with_context(|| format!("whose {name}?"))?
                };
                if let Some(id) = text(id) {
                    owners.insert(id, lead);
                }
                if let (2, Some(Cell::Integer(Some(seq)))) = (position, cell("seq")) {
                    let last = &mut stored.leads[lead].last_seq;
                    *last = (*last).max(*seq);
                }
                stored.leads[lead].rows[position].push(row);
            }
            stored.columns[position] = columns;
        }
        // What came before the first lead stands in the database that the rows go to.
        let log =
            "SELECT * FROM commit_log WHERE number >= (SELECT MIN(seq) FROM lead) ORDER BY number";
        let (columns, log) = connection.all(log).await?;
        let number = columns.iter().position(|it| it == "number").unwrap_or(0);
        let numbered = log.into_iter().filter_map(|row| match row.get(number) {
            Some(Cell::Integer(Some(number))) => Some((*number, row)),
            _ => None,
        });
        stored.log = numbered.collect();
        stored.log_columns = columns;
        ensure!(!stored.leads.is_empty(), "the service has stored no lead");
        Ok(stored)
    }
}
