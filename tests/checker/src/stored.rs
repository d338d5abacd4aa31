//! What is stored, read by SQL that this program wrote for itself.

use anyhow::{Context as _, Result};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, FromQueryResult,
    Statement,
};

/// A lead.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Lead {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) status: String,
    pub(crate) revenue: i64,
}

/// How a lead was decided.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Decision {
    pub(crate) lead_id: String,
    pub(crate) end_state: Option<String>,
}

/// An offer.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) lead_id: String,
    pub(crate) destination: String,
    pub(crate) click_id: String,
    pub(crate) state: String,
    pub(crate) reserved_seq: i64,
    pub(crate) settled_seq: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) price: Option<i64>,
    pub(crate) finding: Option<String>,
    /// Whether its answer was unknown, and somebody said later what it is.
    pub(crate) was_released: bool,
}

/// What was reported of an offer.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Conversion {
    pub(crate) delivery_id: String,
    pub(crate) txid: Option<String>,
    pub(crate) revenue: i64,
}

/// A destination with its caps.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Destination {
    pub(crate) name: String,
    pub(crate) settings_body: String,
}

/// Everything that is looked at.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) leads: Vec<Lead>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) conversions: Vec<Conversion>,
    pub(crate) destinations: Vec<Destination>,
    /// The last number that was given out.
    pub(crate) last_number: i64,
    /// The largest number that a row has.
    pub(crate) largest_number: i64,
    /// What SQLite says of its file; `ok` on PostgreSQL.
    pub(crate) health: String,
}

const LEADS: &str = "SELECT id, source, idempotency_key, status, revenue FROM lead ORDER BY seq";
const DECISIONS: &str = "SELECT lead_id, end_state FROM decision ORDER BY started_seq";
const DELIVERIES: &str = "
    SELECT d.id, d.lead_id, d.destination, d.click_id, d.state, d.reserved_seq, d.settled_seq, d.created_at, d.price, d.finding,
           EXISTS (SELECT 1 FROM delivery_release r WHERE r.delivery_id = d.id) AS was_released
    FROM delivery d ORDER BY d.reserved_seq";
const CONVERSIONS: &str = "SELECT delivery_id, txid, revenue FROM conversion ORDER BY seq";
const DESTINATIONS: &str = "SELECT name, settings_body FROM destination ORDER BY name";
const LAST: &str = "SELECT number FROM commit_order";
const LARGEST: &str = "
    SELECT MAX(n) AS number FROM (
        SELECT COALESCE(MAX(seq), 0) AS n FROM lead
        UNION ALL SELECT COALESCE(MAX(started_seq), 0) FROM decision
        UNION ALL SELECT COALESCE(MAX(ended_seq), 0) FROM decision
        UNION ALL SELECT COALESCE(MAX(seq), 0) FROM decision_step
        UNION ALL SELECT COALESCE(MAX(reserved_seq), 0) FROM delivery
        UNION ALL SELECT COALESCE(MAX(settled_seq), 0) FROM delivery
        UNION ALL SELECT COALESCE(MAX(seq), 0) FROM conversion
        UNION ALL SELECT COALESCE(MAX(number), 0) FROM commit_log
    ) AS numbers";

impl Stored {
    /// Reads all of it in one session.
    pub(crate) async fn read(url: &str) -> Result<Self> {
        let database = connect(url).await?;
        let health = match database.get_database_backend() {
            DbBackend::Sqlite => text(&database, "PRAGMA quick_check", "quick_check").await?,
            _ => "ok".to_owned(),
        };
        let stored = Self {
            leads: all(&database, LEADS).await?,
            decisions: all(&database, DECISIONS).await?,
            deliveries: all(&database, DELIVERIES).await?,
            conversions: all(&database, CONVERSIONS).await?,
            destinations: all(&database, DESTINATIONS).await?,
            last_number: number(&database, LAST).await?,
            largest_number: number(&database, LARGEST).await?,
            health,
        };
        database.close().await?;
        Ok(stored)
    }
}

async fn connect(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    // Boxed: what it holds is too large for the stacks of those who wait.
    Box::pin(Database::connect(options))
        .await
        .context("the database")
}

/// One number of one statement, in a session of its own.
pub(crate) async fn number_of(url: &str, sql: &str) -> Result<i64> {
    let database = connect(url).await?;
    let number = number(&database, sql).await;
    database.close().await?;
    number
}

fn statement(database: &DatabaseConnection, sql: &str) -> Statement {
    Statement::from_string(database.get_database_backend(), sql)
}

async fn all<T: FromQueryResult>(database: &DatabaseConnection, sql: &str) -> Result<Vec<T>> {
    let rows = database.query_all_raw(statement(database, sql)).await?;
    let rows = rows.iter().map(|row| T::from_query_result(row, ""));
    Ok(rows.collect::<Result<_, _>>()?)
}

async fn number(database: &DatabaseConnection, sql: &str) -> Result<i64> {
    let row = database.query_one_raw(statement(database, sql)).await?;
    Ok(row.context("one row")?.try_get("", "number")?)
}

async fn text(database: &DatabaseConnection, sql: &str, column: &str) -> Result<String> {
    let row = database.query_one_raw(statement(database, sql)).await?;
    Ok(row.context("one row")?.try_get("", column)?)
}
