//! Cells added up for a question.

use sea_orm::{ConnectionTrait as _, QueryResult, Statement, Value};

use super::{ROLLUP_PARTS, ROLLUP_SUMS, RollupCell, cell_of};
use crate::{Error, Read};

/// What to add up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RollupQuery {
    /// From when to when, half-open, microseconds: sums for each. They do not overlap.
    pub buckets: Vec<(i64, i64)>,
    /// Positions in [`ROLLUP_PARTS`] of what to tell apart.
    pub by: Vec<usize>,
    /// Positions in [`ROLLUP_PARTS`] with the one value that counts.
    pub only: Vec<(usize, String)>,
    /// Positions in [`ROLLUP_PARTS`] of which cells must have a value, or must have none.
    pub told_apart: Vec<(usize, bool)>,
}

/// What cells add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollupSums {
    /// Position of the bucket.
    pub bucket: usize,
    /// The values of what is told apart, in the order that was asked for.
    pub parts: Vec<String>,
    /// ISO 4217.
    pub currency: String,
    /// In the order of [`ROLLUP_SUMS`].
    pub sums: RollupCell,
}

impl RollupQuery {
    /// The names of what is told apart, with the currency.
    fn groups(&self) -> String {
        let parts = self.by.iter().map(|part| ROLLUP_PARTS[*part]);
        parts.chain(["currency"]).collect::<Vec<_>>().join(", ")
    }

    /// The statement that adds up, and its values.
    fn sums(&self, groups: &[(Vec<String>, String)]) -> (String, Vec<Value>) {
        // Whole numbers that come from nobody's text.
        let buckets = self.buckets.iter().enumerate();
        let buckets = buckets.map(|(n, (from, until))| format!("({n}, {from}, {until})"));
        let width = self.by.len() + 1;
        let places = (0..groups.len()).map(|row| {
            let places = (1..=width).map(|n| format!("${}", row * width + n));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        });
        let names = (0..self.by.len()).map(|n| format!("p{n}"));
        let names: Vec<String> = names.chain(["currency".to_owned()]).collect();
        let shown = self.by.iter().zip(&names).map(|(part, name)| {
            let part = ROLLUP_PARTS[*part];
            (format!("COALESCE(own.{name}, '*')"), part)
        });
        let shown: Vec<(String, &str)> = shown.collect();
        let columns = shown.iter().map(|(it, part)| format!("{it} AS {part}, "));
        let grouped = shown.iter().map(|(it, _)| format!(", {it}"));
        let same = self
            .by
            .iter()
            .zip(&names)
            .map(|(part, name)| format!(" AND own.{name} = rollup.{}", ROLLUP_PARTS[*part]));
        let mut values: Vec<Value> = groups
            .iter()
            .flat_map(|(parts, currency)| parts.iter().chain([currency]).cloned())
            .map(Value::from)
            .collect();
        let (conditions, mut more) = self.conditions(values.len());
        values.append(&mut more);
        let sums = ROLLUP_SUMS.map(|sum| format!("CAST(SUM({sum}) AS BIGINT) AS {sum}"));
        let sql = format!(
            "WITH bucket(n, from_at, until_at) AS (VALUES {}), own({}) AS (VALUES {})
             SELECT CAST(bucket.n AS BIGINT) AS bucket, {}rollup.currency AS currency, {}
             FROM bucket JOIN rollup ON hour >= bucket.from_at AND hour < bucket.until_at
             LEFT JOIN own ON own.currency = rollup.currency{}
             WHERE leads <> 0{conditions}
             GROUP BY bucket.n, rollup.currency{}",
            buckets.collect::<Vec<_>>().join(", "),
            names.join(", "),
            places.collect::<Vec<_>>().join(", "),
            columns.collect::<String>(),
            sums.join(", "),
            same.collect::<String>(),
            grouped.collect::<String>(),
        );
        (sql, values)
    }

    /// The conditions on cells, and the values they name, after `n` others.
    fn conditions(&self, n: usize) -> (String, Vec<Value>) {
        let told_apart = self.told_apart.iter().map(|(part, is_there)| {
            let sign = if *is_there { "<>" } else { "=" };
            format!(" AND {} {sign} ''", ROLLUP_PARTS[*part])
        });
        let only = self.only.iter().zip(n + 1..);
        let only = only.map(|((part, _), n)| format!(" AND {} = ${n}", ROLLUP_PARTS[*part]));
        let values = self.only.iter().map(|(_, value)| value.clone().into());
        (told_apart.chain(only).collect(), values.collect())
    }
}

impl Read<'_> {
    /// Sums by bucket and what is told apart, without those of no lead, in no order. All groups but some are one, whose
    /// values read `*`; it is read with the others at one moment.
    ///
    /// * `groups`: those with sums of their own: values in the order of `by`, and the currency.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn rollup_sums(
        &self,
        query: &RollupQuery,
        groups: &[(Vec<String>, String)],
    ) -> Result<Vec<RollupSums>, Error> {
        if query.buckets.is_empty() || groups.is_empty() {
            return Ok(Vec::new());
        }
        let (sql, values) = query.sums(groups);
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let rows = self.executor.query_all_raw(statement).await?;
        rows.iter().map(|row| sums_of(row, &query.by)).collect()
    }

    /// The values of what is told apart that have most leads, those of most coming first, in any bucket.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn largest_rollups(
        &self,
        query: &RollupQuery,
        limit: usize,
    ) -> Result<Vec<(Vec<String>, String)>, Error> {
        let Some((first, last)) = query.buckets.first().zip(query.buckets.last()) else {
            return Ok(Vec::new());
        };
        let (conditions, mut values) = query.conditions(3);
        let groups = query.groups();
        let rest = query
            .by
            .iter()
            .map(|part| format!(" AND {} <> '*'", ROLLUP_PARTS[*part]));
        let sql = format!(
            "SELECT {groups} FROM rollup WHERE hour >= $1 AND hour < $2{}{conditions}
             GROUP BY {groups} ORDER BY SUM(leads) DESC, {groups} LIMIT $3",
            rest.collect::<String>(),
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut all: Vec<Value> = vec![first.0.into(), last.1.into(), limit.into()];
        all.append(&mut values);
        let statement = Statement::from_sql_and_values(self.backend(), sql, all);
        let rows = self.executor.query_all_raw(statement).await?;
        let found = rows.iter().map(|row| {
            let currency = row.try_get("", "currency")?;
            Ok((parts_of(row, &query.by)?, currency))
        });
        found.collect()
    }
}

fn parts_of(row: &QueryResult, by: &[usize]) -> Result<Vec<String>, Error> {
    let parts = by.iter().map(|part| row.try_get("", ROLLUP_PARTS[*part]));
    Ok(parts.collect::<Result<_, _>>()?)
}

fn sums_of(row: &QueryResult, by: &[usize]) -> Result<RollupSums, Error> {
    let bucket: i64 = row.try_get("", "bucket")?;
    Ok(RollupSums {
        bucket: usize::try_from(bucket).unwrap_or_default(),
        parts: parts_of(row, by)?,
        currency: row.try_get("", "currency")?,
        sums: cell_of(row)?,
    })
}
