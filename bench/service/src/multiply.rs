//! Makes a long history of a short one, by SQL alone.

use anyhow::Result;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait as _};

use crate::{
    report::Bar,
    tables::{Column, Role, TABLES, Table, columns, role},
    template::{N_LEADS, Pace},
    url::Url,
};

/// Leads of one transaction.
const PIECE: u64 = 50_000;

/// Copies the leads that are there until there are enough.
///
/// * `n_leads`: how many there shall be, a multiple of [`N_LEADS`].
/// * `n_catalogs`: how many catalogs there are; each has its part of the year.
pub(crate) async fn multiply(url: &Url, n_leads: u64, n_catalogs: u64, pace: Pace) -> Result<()> {
    let connection = url.writer().await?;
    be_quick(&connection).await?;
    let n_copies = n_leads / N_LEADS;
    let copier = Copier::prepare(&connection, pace, n_copies, n_catalogs).await?;
    let bar = Bar::new("copying leads", n_leads);
    bar.add(N_LEADS);
    let per_piece = PIECE / N_LEADS;
    // The original is copy 0.
    let mut first = 1;
    while first < n_copies {
        let last = (first + per_piece).min(n_copies) - 1;
        let tx = connection.begin().await?;
        for statement in copier.statements(first, last) {
            tx.execute_unprepared(&statement).await?;
        }
        tx.commit().await?;
        bar.add((last + 1 - first) * N_LEADS);
        first = last + 1;
    }
    bar.done();
    settle_down(&connection).await?;
    Ok(connection.close().await?)
}

/// What is made here can be made again, so nothing has to survive a crash.
pub(crate) async fn be_quick(connection: &impl ConnectionTrait) -> Result<()> {
    let settings: &[&str] = match connection.get_database_backend() {
        DbBackend::Postgres => &["SET synchronous_commit = off", "SET jit = off"],
        _ => &[
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            "PRAGMA foreign_keys = OFF",
            "PRAGMA cache_size = -1000000",
        ],
    };
    for setting in settings {
        connection.execute_unprepared(setting).await?;
    }
    if connection.get_database_backend() == DbBackend::Postgres {
        // References need no check. Only the owner of the server may say so, and it is slower otherwise.
        let unchecked = "SET session_replication_role = replica";
        let _ = connection.execute_unprepared(unchecked).await;
    }
    Ok(())
}

/// What PostgreSQL does by itself in a database that has grown for a year.
async fn settle_down(connection: &impl ConnectionTrait) -> Result<()> {
    if connection.get_database_backend() == DbBackend::Postgres {
        connection.execute_unprepared("VACUUM ANALYZE").await?;
    }
    Ok(())
}

/// The last place in commit order.
const SEQS: &str = "SELECT MAX(seq) AS most FROM (
    SELECT MAX(seq) AS seq FROM lead UNION ALL SELECT MAX(ended_seq) FROM decision
    UNION ALL SELECT MAX(seq) FROM decision_step UNION ALL SELECT MAX(settled_seq) FROM delivery
    UNION ALL SELECT MAX(seq) FROM conversion) AS last";

/// The number that a query gives; 0 if there is none.
async fn largest(connection: &impl ConnectionTrait, sql: &str) -> Result<i64> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await?;
    let most: Option<i64> = row
        .map(|row| row.try_get("", "most"))
        .transpose()?
        .flatten();
    Ok(most.unwrap_or(0))
}

/// Copies the template by statements that differ in nothing but which copies they make.
struct Copier {
    backend: DbBackend,
    columns: Vec<Vec<Column>>,
    /// Numbers in commit order of one copy.
    n_seqs: i64,
    /// Allocations of one copy.
    n_epochs: i64,
    /// Microseconds of one copy.
    period: i64,
    n_copies: u64,
    n_catalogs: u64,
}

impl Copier {
    async fn prepare(
        connection: &impl ConnectionTrait,
        pace: Pace,
        n_copies: u64,
        n_catalogs: u64,
    ) -> Result<Self> {
        let backend = connection.get_database_backend();
        let mut all = Vec::new();
        for table in &TABLES {
            let Table {
                name,
                to_lead,
                order,
            } = table;
            all.push(columns(connection, name).await?);
            let (lead, join) = if to_lead.is_empty() {
                ("", "")
            } else {
                (
                    ", l.received_at AS lead_at, l.id AS its_lead, its.id AS its_decision",
                    "JOIN decision AS its ON its.lead_id = l.id",
                )
            };
            let sql = format!(
                "CREATE TEMP TABLE copy_{name} AS
                 SELECT t.*{lead} FROM {name} AS t {to_lead} {join} ORDER BY {order}"
            );
            connection.execute_unprepared(&sql).await?;
        }
        let catalogs = "CREATE TEMP TABLE copy_catalog (n BIGINT PRIMARY KEY, hash TEXT NOT NULL);
            INSERT INTO copy_catalog
            SELECT ROW_NUMBER() OVER (ORDER BY created_at, hash) - 1, hash FROM catalog";
        connection.execute_unprepared(catalogs).await?;
        Ok(Self {
            backend,
            columns: all,
            n_seqs: largest(connection, SEQS).await?,
            n_epochs: largest(connection, "SELECT MAX(epoch) AS most FROM allocation").await?,
            period: pace.gap * i64::try_from(N_LEADS)?,
            n_copies,
            n_catalogs,
        })
    }

    /// Makes some copies of all tables.
    fn statements(&self, first: u64, last: u64) -> impl Iterator<Item = String> + '_ {
        // SQLite goes by the order of the tables as it is.
        let order = match self.backend {
            DbBackend::Postgres => "ORDER BY copy.c, t.ctid",
            _ => "",
        };
        TABLES.iter().zip(&self.columns).map(move |(table, columns)| {
            let name = table.name;
            let quoted = |column: &Column| format!("\"{}\"", column.name);
            let names: Vec<String> = columns.iter().map(quoted).collect();
            let values = columns.iter().map(|column| self.value(name, &column.name));
            let values: Vec<String> = values.collect();
            format!(
                "WITH RECURSIVE copy (c) AS (
                     SELECT CAST({first} AS BIGINT) UNION ALL SELECT c + 1 FROM copy WHERE c < {last}
                 )
                 INSERT INTO {name} ({}) SELECT {} FROM copy CROSS JOIN copy_{name} AS t {order}",
                names.join(", "),
                values.join(", ")
            )
        })
    }

    /// What a column of a copy holds.
    fn value(&self, table: &str, column: &str) -> String {
        let Self {
            period,
            n_seqs,
            n_epochs,
            ..
        } = self;
        match role(table, column) {
            Role::Same => format!("t.\"{column}\""),
            Role::Id(len) => self.id(column, len),
            Role::Seq => format!("t.\"{column}\" + copy.c * {n_seqs}"),
            Role::Epoch => format!("t.\"{column}\" + copy.c * {n_epochs}"),
            Role::Time => format!("t.\"{column}\" + copy.c * {period}"),
            Role::Key => match self.backend {
                DbBackend::Postgres => "md5(random()::text || t.id || copy.c)".to_owned(),
                _ => "lower(hex(randomblob(16)))".to_owned(),
            },
            Role::Catalog => format!(
                "(SELECT hash FROM copy_catalog WHERE n = copy.c * {} / {})",
                self.n_catalogs, self.n_copies
            ),
            Role::NamesLead => {
                let (lead, decision) = (self.id("its_lead", 5), self.id("its_decision", 4));
                format!(
                    "replace(replace(t.\"{column}\", t.its_lead, {lead}), t.its_decision, {decision})"
                )
            }
            Role::NamesClick => {
                format!(
                    "replace(t.\"{column}\", t.click_id, {})",
                    self.id("click_id", 4)
                )
            }
        }
    }

    /// An id of a copy: its time is that of the copied lead, its chance that of the original.
    ///
    /// * `len`: letters before the time.
    fn id(&self, column: &str, len: usize) -> String {
        let millis = format!("(t.lead_at + copy.c * {}) / 1000", self.period);
        let hex = match self.backend {
            DbBackend::Postgres => format!("lpad(to_hex({millis}), 12, '0')"),
            _ => format!("printf('%012x', {millis})"),
        };
        let rest = len + 12 + 1;
        format!("substr(t.\"{column}\", 1, {len}) || {hex} || substr(t.\"{column}\", {rest})")
    }
}
