//! What leads add up to by the hour in which they came.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait as _, QueryResult, Statement, Value};

use crate::{Error, Read, WriteTx, batch::added::Sums};

pub(crate) mod sums;
pub(crate) mod touched;

/// What cells are told apart by, beside hour and currency.
pub const ROLLUP_PARTS: [&str; 8] = [
    "flow",
    "version",
    "source",
    "destination",
    "node",
    "arm",
    "segment",
    "status",
];

/// What is added up in each cell.
pub const ROLLUP_SUMS: [&str; 45] = [
    "leads",
    "sold",
    "converted",
    "returned",
    "offers",
    "accepted",
    "rejected",
    "not_sent",
    "unknown",
    "pending_reports",
    "sale_reports",
    "rebill_reports",
    "cancel_reports",
    "sales",
    "revenue_units",
    "revenue_micros",
    "taken_units",
    "taken_micros",
    "payout_units",
    "payout_micros",
    "latency_00",
    "latency_01",
    "latency_02",
    "latency_03",
    "latency_04",
    "latency_05",
    "latency_06",
    "latency_07",
    "latency_08",
    "latency_09",
    "latency_10",
    "latency_11",
    "latency_12",
    "latency_13",
    "latency_14",
    "latency_15",
    "latency_16",
    "latency_17",
    "latency_18",
    "latency_19",
    "latency_20",
    "latency_21",
    "latency_22",
    "latency_23",
    "latency_24",
];

const TABLE: Sums = Sums {
    table: "rollup",
    key: &[
        "hour",
        "flow",
        "version",
        "source",
        "destination",
        "node",
        "arm",
        "segment",
        "status",
        "currency",
    ],
    added: &ROLLUP_SUMS,
};

/// Which cell it is: the values of [`ROLLUP_PARTS`] as they are stored, and the currency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RollupKey {
    /// The start of its hour, microseconds.
    pub hour: i64,
    /// In the order of [`ROLLUP_PARTS`].
    pub parts: [String; 8],
    /// ISO 4217.
    pub currency: String,
}

/// Some leads of an hour, added up in the order of [`ROLLUP_SUMS`].
pub type RollupCell = [i64; ROLLUP_SUMS.len()];

/// How far leads were added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RollupProgress {
    /// Which way of adding up.
    pub format: i64,
    /// The number in commit order up to which everything is added up.
    pub folded_seq: i64,
}

impl WriteTx {
    /// Notes that everything up to a number is added up; `false` if that was known up to another number than `from`.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn move_rollups_on(&self, from: i64, to: i64) -> Result<bool, Error> {
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "UPDATE rollup_progress SET folded_seq = $1 WHERE folded_seq = $2",
            [to.into(), from.into()],
        );
        Ok(self.tx.execute_raw(statement).await?.rows_affected() == 1)
    }

    /// Forgets everything that was added up, so that it is done anew.
    ///
    /// * `format`: which way it is added up from now on.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn reset_rollups(&self, format: i64) -> Result<(), Error> {
        self.tx.execute_unprepared("DELETE FROM rollup").await?;
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "UPDATE rollup_progress SET folded_seq = 0, format = $1",
            [format.into()],
        );
        self.tx.execute_raw(statement).await?;
        Ok(())
    }

    /// Adds to cells. Those that come to nothing are gone: they have no lead any more.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn add_to_rollups(
        &self,
        cells: BTreeMap<RollupKey, RollupCell>,
    ) -> Result<(), Error> {
        let hours: BTreeSet<i64> = cells.keys().map(|key| key.hour).collect();
        let rows = cells.into_iter().map(|(key, sums)| {
            let RollupKey {
                hour,
                parts,
                currency,
            } = key;
            let parts = parts.into_iter().chain([currency]).map(Value::from);
            let values = [hour.into()].into_iter().chain(parts);
            values.chain(sums.map(Value::from)).collect()
        });
        TABLE.add(&self.tx, rows.collect()).await?;
        let backend = self.read().backend();
        for hour in hours {
            let sql = "DELETE FROM rollup WHERE hour = $1 AND leads = 0";
            let statement = Statement::from_sql_and_values(backend, sql, [hour.into()]);
            self.tx.execute_raw(statement).await?;
        }
        Ok(())
    }
}

impl Read<'_> {
    /// How far leads were added up.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] without the row, [`Error::Unavailable`].
    pub async fn rollup_progress(&self) -> Result<RollupProgress, Error> {
        let sql = "SELECT format, folded_seq FROM rollup_progress WHERE id = 1";
        let statement = Statement::from_string(self.backend(), sql);
        let row = self.executor.query_one_raw(statement).await?;
        let row = row.ok_or_else(no_progress)?;
        Ok(RollupProgress {
            format: row.try_get("", "format")?,
            folded_seq: row.try_get("", "folded_seq")?,
        })
    }

    /// The cells of an hour, and the number in commit order as of which they are what they are.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] without the row of the progress, [`Error::Unavailable`].
    pub async fn rollup_cells(
        &self,
        hour: i64,
    ) -> Result<(i64, BTreeMap<RollupKey, RollupCell>), Error> {
        // One statement sees one moment.
        let sql = "SELECT rollup.*, rollup_progress.folded_seq
             FROM rollup_progress LEFT JOIN rollup ON hour = $1";
        let statement = Statement::from_sql_and_values(self.backend(), sql, [hour.into()]);
        let rows = self.executor.query_all_raw(statement).await?;
        let folded = rows.first().map(|row| row.try_get("", "folded_seq"));
        let folded = folded.transpose()?.ok_or_else(no_progress)?;
        let mut cells = BTreeMap::new();
        for row in &rows {
            if row.try_get::<Option<i64>>("", "hour")?.is_some() {
                cells.insert(key_of(row)?, cell_of(row)?);
            }
        }
        Ok((folded, cells))
    }

    /// The keys of the cells of an hour.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn rollup_keys(&self, hour: i64) -> Result<Vec<RollupKey>, Error> {
        let sql = format!(
            "SELECT hour, currency, {} FROM rollup WHERE hour = $1",
            ROLLUP_PARTS.join(", ")
        );
        let statement = Statement::from_sql_and_values(self.backend(), sql, [hour.into()]);
        let rows = self.executor.query_all_raw(statement).await?;
        rows.iter().map(key_of).collect()
    }

    /// The next hours after one that have cells.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn rollup_hours(&self, after: i64, limit: u64) -> Result<Vec<i64>, Error> {
        let sql = "SELECT DISTINCT hour FROM rollup WHERE hour > $1 ORDER BY hour LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = [after.into(), limit.into()];
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let rows = self.executor.query_all_raw(statement).await?;
        let hours = rows.iter().map(|row| row.try_get("", "hour"));
        Ok(hours.collect::<Result<_, _>>()?)
    }
}

fn no_progress() -> Error {
    Error::Corrupt {
        what: "the row of the progress of rollups is gone".to_owned(),
    }
}

fn key_of(row: &QueryResult) -> Result<RollupKey, Error> {
    let mut parts: [String; 8] = Default::default();
    for (part, column) in parts.iter_mut().zip(ROLLUP_PARTS) {
        *part = row.try_get("", column)?;
    }
    Ok(RollupKey {
        hour: row.try_get("", "hour")?,
        parts,
        currency: row.try_get("", "currency")?,
    })
}

fn cell_of(row: &QueryResult) -> Result<RollupCell, Error> {
    let mut sums = [0; ROLLUP_SUMS.len()];
    for (sum, column) in sums.iter_mut().zip(ROLLUP_SUMS) {
        *sum = row.try_get("", column)?;
    }
    Ok(sums)
}
