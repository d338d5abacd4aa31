//! Texts that were stored before there were keys, or by older ones.

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, QueryResult, Statement, Value};

use super::{Place, SEALED, sealed::SealedTable};
use crate::{Error, Store, WriteTx};

/// Rows of a piece: a transaction of some milliseconds.
const PIECE: u64 = 256;

/// How far a database has been looked through for texts that the newest key has not sealed.
#[derive(Debug, Clone, Default)]
pub struct Older {
    /// The table, by its place in the list.
    table: usize,
    /// The key of the last row; empty at the start of a table.
    after: Vec<Value>,
    /// Rows looked at.
    pub looked_at: u64,
    /// Rows in all, as they were counted at the start.
    pub rows: u64,
    /// Texts that were sealed.
    pub sealed: u64,
}

impl Store {
    /// Begins to look for texts that the newest data key has not sealed.
    ///
    /// # Errors
    ///
    /// [`Error::Keys`] for a database without data keys.
    pub async fn older(&self) -> Result<Older, Error> {
        let read = self.read();
        if !read.keys.seals() {
            return Err(Error::Keys {
                what: "`master_keys` names no file with a master key".to_owned(),
            });
        }
        let mut rows = 0;
        for SealedTable { table, .. } in &SEALED {
            let sql = format!("SELECT COUNT(*) AS n FROM {table}");
            let statement = Statement::from_string(read.backend(), sql);
            let row = read.executor.query_one_raw(statement).await?;
            let n: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
            rows += u64::try_from(n).unwrap_or(0);
        }
        Ok(Older {
            rows,
            ..Older::default()
        })
    }

    /// Seals the texts of the next rows by the newest data key; `None` when all were looked at. What is written meanwhile
    /// is left as it is: it is sealed already.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] for a text that no key opens, and [`Error::Unavailable`].
    pub async fn seal_piece(&self, older: Older) -> Result<Option<Older>, Error> {
        if older.table >= SEALED.len() {
            return Ok(None);
        }
        let piece = self.note(move |tx| Box::pin(async move { tx.seal_piece(older).await }));
        piece.await.map(Some)
    }
}

impl WriteTx {
    async fn seal_piece(&self, mut older: Older) -> Result<Older, Error> {
        let of = &SEALED[older.table];
        let rows = next(&self.tx, of, &older.after).await?;
        for row in &rows {
            older.after = key_of(of, row)?;
            older.looked_at += 1;
            older.sealed += self.seal_older(of, row, &older.after).await?;
        }
        if (rows.len() as u64) < PIECE {
            older.table += 1;
            older.after.clear();
        }
        Ok(older)
    }

    /// Seals those texts of a row that are not sealed by the newest key, and says how many there were.
    async fn seal_older(
        &self,
        of: &SealedTable,
        row: &QueryResult,
        key: &[Value],
    ) -> Result<u64, Error> {
        let name: Vec<String> = key.iter().map(plain).collect();
        let name = name.join("/");
        let mut sealed = 0;
        for column in of.texts {
            let stored: Option<String> = row.try_get("", column)?;
            let Some(stored) = stored.filter(|stored| !self.keys.is_newest(stored)) else {
                continue;
            };
            let place = Place {
                table: of.table,
                column,
                row: &name,
            };
            let Ok(text) = self.keys.open(&place, &stored) else {
                if column.ends_with("_excerpt") {
                    continue;
                }
                return Err(Error::Corrupt {
                    what: format!("{place} cannot be opened"),
                });
            };
            let text = self.keys.seal(&place, text)?;
            let matches: Vec<String> = (3..)
                .zip(of.key)
                .map(|(n, key)| format!("{key} = ${n}"))
                .collect();
            let sql = format!(
                "UPDATE {} SET {column} = $1 WHERE {column} = $2 AND {}",
                of.table,
                matches.join(" AND ")
            );
            let values = [text.into(), stored.into()]
                .into_iter()
                .chain(key.iter().cloned());
            let statement =
                Statement::from_sql_and_values(self.tx.get_database_backend(), sql, values);
            sealed += self.tx.execute_raw(statement).await?.rows_affected();
        }
        Ok(sealed)
    }
}

/// The next rows of a table.
async fn next(
    tx: &DatabaseTransaction,
    of: &SealedTable,
    after: &[Value],
) -> Result<Vec<QueryResult>, Error> {
    let SealedTable { table, key, texts } = of;
    let all = [*key, *texts].concat().join(", ");
    let order = key.join(", ");
    let places: Vec<String> = (1..=after.len()).map(|n| format!("${n}")).collect();
    let beyond = if after.is_empty() {
        String::new()
    } else {
        format!("WHERE ({order}) > ({})", places.join(", "))
    };
    let sql = format!("SELECT {all} FROM {table} {beyond} ORDER BY {order} LIMIT {PIECE}");
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, after.to_vec());
    Ok(tx.query_all_raw(statement).await?)
}

/// The key of a row. All parts are texts but numbers of attempts and of the commit order.
fn key_of(of: &SealedTable, row: &QueryResult) -> Result<Vec<Value>, Error> {
    let parts = of.key.iter().map(|column| match *column {
        "n" | "number" => Ok(row.try_get::<i64>("", column)?.into()),
        _ => Ok(row.try_get::<String>("", column)?.into()),
    });
    parts.collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(Some(text)) => text.clone(),
        Value::BigInt(Some(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}
