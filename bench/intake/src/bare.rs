//! The bare insert: the same rows of many leads in one transaction, on a plain connection, with nothing around it.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use sea_orm::sqlx::{self, AssertSqlSafe, Executor as _, PgConnection, SqliteConnection};

use crate::rows::{Cell, Connection, Row, Stored, StoredLead, TABLES};

/// Leads in one transaction, as in the service.
pub(crate) const BATCH_MAX: usize = 256;
/// Rows in one statement, so that few statements are prepared and each number of rows takes few of them.
const SIZES: [usize; 9] = [256, 128, 64, 32, 16, 8, 4, 2, 1];

/// A plain connection that inserts leads.
#[derive(Debug)]
pub(crate) struct Bare {
    connection: Connection,
    stored: Arc<Stored>,
    /// Rows of the commit log that were written.
    n_logged: usize,
    /// Statements by table and number of rows.
    texts: HashMap<(&'static str, usize), Arc<String>>,
    /// How long each transaction took.
    pub(crate) commits: Vec<Duration>,
}

impl Bare {
    pub(crate) async fn open(url: &str, stored: Arc<Stored>) -> Result<Self> {
        Ok(Self {
            connection: Connection::plain(url).await?,
            stored,
            n_logged: 0,
            texts: HashMap::new(),
            commits: Vec::new(),
        })
    }

    async fn insert_all(&mut self, leads: &[StoredLead]) -> Result<()> {
        for batch in leads.chunks(BATCH_MAX) {
            self.insert(&batch.iter().collect::<Vec<_>>()).await?;
        }
        Ok(())
    }

    /// Inserts some leads in one transaction, with as much of the commit log as they have in it.
    pub(crate) async fn insert(&mut self, leads: &[&StoredLead]) -> Result<()> {
        let began = Instant::now();
        let stored = Arc::clone(&self.stored);
        self.run("BEGIN").await?;
        for (position, table) in TABLES.iter().enumerate() {
            let columns = &stored.columns[position];
            let rows: Vec<&Row> = leads.iter().flat_map(|it| &it.rows[position]).collect();
            let mut rest = rows.as_slice();
            while let Some(size) = SIZES.into_iter().find(|size| *size <= rest.len()) {
                let (rows, others) = rest.split_at(size);
                rest = others;
                self.insert_rows(table.name, columns, rows).await?;
            }
        }
        let last_seq = leads.iter().map(|it| it.last_seq).max().unwrap_or(0);
        while let Some((number, row)) = stored.log.get(self.n_logged)
            && *number <= last_seq
        {
            let columns = &stored.log_columns;
            self.insert_rows("commit_log", columns, &[row]).await?;
            self.n_logged += 1;
        }
        self.run("COMMIT").await?;
        self.commits.push(began.elapsed());
        Ok(())
    }

    async fn run(&mut self, sql: &'static str) -> Result<()> {
        match &mut self.connection {
            Connection::Sqlite(connection) => connection.execute(sql).await.map(drop)?,
            Connection::Postgres(connection) => connection.execute(sql).await.map(drop)?,
        }
        Ok(())
    }

    async fn insert_rows(
        &mut self,
        table: &'static str,
        columns: &[String],
        rows: &[&Row],
    ) -> Result<()> {
        let is_sqlite = matches!(self.connection, Connection::Sqlite(_));
        let text = self.texts.entry((table, rows.len()));
        let text =
            text.or_insert_with(|| Arc::new(insert_sql(table, columns, rows.len(), is_sqlite)));
        let sql = AssertSqlSafe(Arc::clone(text));
        let cells = rows.iter().flat_map(|row| row.iter());
        match &mut self.connection {
            Connection::Sqlite(connection) => sqlite(connection, sql, cells).await,
            Connection::Postgres(connection) => postgres(connection, sql, cells).await,
        }
    }
}

async fn sqlite(
    connection: &mut SqliteConnection,
    sql: AssertSqlSafe<Arc<String>>,
    cells: impl Iterator<Item = &Cell>,
) -> Result<()> {
    let mut query = sqlx::query(sql);
    for cell in cells {
        query = match cell {
            Cell::Text(text) => query.bind(text.as_deref()),
            Cell::Integer(number) => query.bind(*number),
            Cell::Real(number) => query.bind(*number),
            Cell::Boolean(flag) => query.bind(*flag),
        };
    }
    query.execute(connection).await?;
    Ok(())
}

async fn postgres(
    connection: &mut PgConnection,
    sql: AssertSqlSafe<Arc<String>>,
    cells: impl Iterator<Item = &Cell>,
) -> Result<()> {
    let mut query = sqlx::query(sql);
    for cell in cells {
        query = match cell {
            Cell::Text(text) => query.bind(text.as_deref()),
            Cell::Integer(number) => query.bind(*number),
            Cell::Real(number) => query.bind(*number),
            Cell::Boolean(flag) => query.bind(*flag),
        };
    }
    query.execute(connection).await?;
    Ok(())
}

fn insert_sql(table: &str, columns: &[String], n_rows: usize, is_sqlite: bool) -> String {
    let mut number = 0;
    let rows: Vec<String> = (0..n_rows)
        .map(|_| {
            let places: Vec<String> = columns
                .iter()
                .map(|_| {
                    number += 1;
                    // SQLite looks through the names of all places for each value that is bound to a named one.
                    if is_sqlite {
                        "?".to_owned()
                    } else {
                        format!("${number}")
                    }
                })
                .collect();
            format!("({})", places.join(","))
        })
        .collect();
    let (columns, rows) = (columns.join(","), rows.join(","));
    format!("INSERT INTO {table} ({columns}) VALUES {rows}")
}

/// How many leads are inserted a second, in full batches. The first eighth does not count.
pub(crate) async fn measure(url: &str, stored: &Arc<Stored>) -> Result<f64> {
    let mut bare = Bare::open(url, Arc::clone(stored)).await?;
    let n_warm = stored.leads.len() / 8 / BATCH_MAX * BATCH_MAX;
    let (warm, counted) = stored.leads.split_at(n_warm);
    bare.insert_all(warm).await?;
    let began = Instant::now();
    bare.insert_all(counted).await?;
    let n = f64::from(u32::try_from(counted.len())?);
    Ok(n / began.elapsed().as_secs_f64())
}
