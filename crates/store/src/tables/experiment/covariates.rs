//! What the covariates of an experiment's leads add up to.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait as _, QueryResult, Statement};

use crate::{Error, Read};

/// The leads that count.
const COUNTING: &str = "FROM experiment_lead WHERE experiment = $1 AND drawn_at <= $2 AND NOT is_open AND is_comparable";
/// What leads come to, in the order of [`ExperimentCovariates::metrics`].
const METRICS: [&str; 6] = [
    "accepted",
    "converted",
    "returned",
    "revenue",
    "latency",
    "slow",
];

/// What the units of an arm add up to in the covariates, among leads that could draw the same arms with the same weights.
///
/// Each covariate has two columns: its value less its mean over all arms, in whole units, 0 where it is missing; then 1 where it is missing.
/// Of a unit both are summed over its leads.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentCovariates {
    /// The weights of the arms, JSON.
    pub weights_body: String,
    /// The arm.
    pub arm: String,
    /// Over units, by column.
    pub sums: Vec<f64>,
    /// The same, times leads.
    pub leads: Vec<f64>,
    /// The same, times leads that were accepted, times those with a sale, times those of which something was taken back,
    /// times money in units of the currency, times milliseconds on the way, and times those that were slow.
    pub metrics: Vec<Vec<f64>>,
    /// Over units, of the products of two columns; symmetric.
    pub products: Vec<Vec<f64>>,
}

impl ExperimentCovariates {
    fn of(row: &QueryResult, n_columns: usize) -> Result<Self, sea_orm::DbErr> {
        let all = |prefix: &str| -> Result<Vec<f64>, sea_orm::DbErr> {
            let columns = 0..n_columns;
            columns
                .map(|i| row.try_get("", &format!("{prefix}_{i}")))
                .collect()
        };
        let metrics = METRICS.iter().map(|metric| all(metric));
        let products = (0..n_columns).map(|i| {
            let others = 0..n_columns;
            let cells = others.map(|j| row.try_get("", &format!("p{}_{}", i.min(j), i.max(j))));
            cells.collect::<Result<Vec<f64>, _>>()
        });
        Ok(Self {
            weights_body: row.try_get("", "weights_body")?,
            arm: row.try_get("", "arm")?,
            sums: all("s")?,
            leads: all("l")?,
            metrics: metrics.collect::<Result<_, _>>()?,
            products: products.collect::<Result<_, _>>()?,
        })
    }
}

impl Read<'_> {
    /// What the covariates come to of leads whose time is up, by weights and arm, in the order of
    /// [`Read::experiment_sums`].
    ///
    /// * `mature_until`: as in [`Read::experiment_sums`].
    /// * `n_covariates`: of the plan, 1 to 4.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn experiment_covariates(
        &self,
        experiment: &str,
        mature_until: i64,
        n_covariates: usize,
    ) -> Result<Vec<ExperimentCovariates>, Error> {
        let values = || [experiment.into(), mature_until.into()];
        let means = means_sql(n_covariates);
        let statement = Statement::from_sql_and_values(self.backend(), means, values());
        let means = self.executor.query_one_raw(statement).await?;
        let means = (1..=n_covariates).map(|n| {
            let mean = means
                .as_ref()
                .map(|row| row.try_get("", &format!("mean_{n}")));
            let mean: Option<f64> = mean.transpose()?.flatten();
            #[expect(
                clippy::cast_possible_truncation,
                reason = "any whole number near it will do"
            )]
            Ok(mean.unwrap_or(0.0).clamp(-1e18, 1e18) as i64)
        });
        let means = means.collect::<Result<Vec<i64>, sea_orm::DbErr>>()?;
        let statement = Statement::from_sql_and_values(self.backend(), sums_sql(&means), values());
        let rows = self.executor.query_all_raw(statement).await?;
        let rows = rows
            .iter()
            .map(|row| ExperimentCovariates::of(row, 2 * n_covariates));
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn means_sql(n_covariates: usize) -> String {
    let means = (1..=n_covariates)
        .map(|n| format!("AVG(CAST(covariate_{n} AS DOUBLE PRECISION)) AS mean_{n}"));
    format!("SELECT {} {COUNTING}", means.collect::<Vec<_>>().join(", "))
}

/// * `means`: what is taken off each covariate before anything is squared, so that a year of birth keeps its digits.
fn sums_sql(means: &[i64]) -> String {
    let mut units = String::new();
    for (idx, mean) in means.iter().enumerate() {
        let (name, value, missing) = (format!("covariate_{}", idx + 1), 2 * idx, 2 * idx + 1);
        let _ = write!(
            units,
            ", SUM(CAST(COALESCE({name} - ({mean}), 0) AS DOUBLE PRECISION)) / 1000000.0 AS z{value}
             , CAST(SUM(CASE WHEN {name} IS NULL THEN 1 ELSE 0 END) AS DOUBLE PRECISION) AS z{missing}"
        );
    }
    let n_columns = 2 * means.len();
    let mut sums = String::new();
    for i in 0..n_columns {
        let _ = write!(sums, ", SUM(z{i}) AS s_{i}, SUM(z{i} * n) AS l_{i}");
        for metric in METRICS {
            let _ = write!(sums, ", SUM(z{i} * {metric}) AS {metric}_{i}");
        }
        for j in i..n_columns {
            let _ = write!(sums, ", SUM(z{i} * z{j}) AS p{i}_{j}");
        }
    }
    format!(
        "WITH unit AS (
            SELECT weights_body, arm, unit, CAST(COUNT(*) AS DOUBLE PRECISION) AS n,
                CAST(SUM(accepted) AS DOUBLE PRECISION) AS accepted,
                CAST(SUM(converted) AS DOUBLE PRECISION) AS converted,
                CAST(SUM(returned) AS DOUBLE PRECISION) AS returned,
                CAST(SUM(revenue) AS DOUBLE PRECISION) / 1000000.0 AS revenue,
                CAST(SUM(latency_ms) AS DOUBLE PRECISION) AS latency,
                CAST(SUM(slow) AS DOUBLE PRECISION) AS slow{units}
            {COUNTING} GROUP BY weights_body, arm, unit
         )
         SELECT weights_body, arm{sums} FROM unit GROUP BY weights_body, arm ORDER BY weights_body, arm"
    )
}
