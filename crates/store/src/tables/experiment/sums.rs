//! What the leads of an experiment add up to.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult, PaginatorTrait as _,
    QueryFilter as _, Statement,
};

use super::lead;
use crate::{Error, Read};

/// What the leads of each unit add up to whose time is up.
const UNITS: &str = "SELECT weights_body, arm, unit, CAST(COUNT(*) AS DOUBLE PRECISION) AS n,
        CAST(SUM(accepted) AS DOUBLE PRECISION) AS accepted,
        CAST(SUM(converted) AS DOUBLE PRECISION) AS converted,
        CAST(SUM(returned) AS DOUBLE PRECISION) AS returned,
        CAST(SUM(revenue) AS DOUBLE PRECISION) / 1000000.0 AS revenue,
        CAST(SUM(latency_ms) AS DOUBLE PRECISION) AS latency,
        CAST(SUM(slow) AS DOUBLE PRECISION) AS slow
     FROM experiment_lead
     WHERE experiment = $1 AND drawn_at <= $2 AND NOT is_open AND is_comparable
     GROUP BY weights_body, arm, unit";

/// What the units of an arm add up to, among leads that could draw the same arms with the same weights.
///
/// Sums over units of what each of them adds up to; squares and products are of those sums. Money is in units of the
/// currency, and not in micro-units.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct ExperimentSums {
    /// The weights of the arms, JSON.
    pub weights_body: String,
    /// The arm.
    pub arm: String,
    /// Units.
    pub units: i64,
    /// Leads.
    pub leads: i64,
    /// Of leads, squared.
    pub leads_squared: f64,
    /// Leads that were accepted.
    pub accepted: f64,
    /// The same, squared.
    pub accepted_squared: f64,
    /// The same, times leads.
    pub accepted_leads: f64,
    /// Leads with a sale.
    pub converted: f64,
    /// The same, squared.
    pub converted_squared: f64,
    /// The same, times leads.
    pub converted_leads: f64,
    /// Leads of which something was taken back.
    pub returned: f64,
    /// The same, squared.
    pub returned_squared: f64,
    /// The same, times leads.
    pub returned_leads: f64,
    /// Money.
    pub revenue: f64,
    /// The same, squared.
    pub revenue_squared: f64,
    /// The same, times leads.
    pub revenue_leads: f64,
    /// Milliseconds on the way.
    pub latency: f64,
    /// The same, squared.
    pub latency_squared: f64,
    /// The same, times leads.
    pub latency_leads: f64,
    /// Leads that were slow.
    pub slow: f64,
    /// The same, squared.
    pub slow_squared: f64,
    /// The same, times leads.
    pub slow_leads: f64,
}

/// What the leads of one unit of an arm add up to; money in units of the currency.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct ExperimentUnit {
    /// The weights of the arms, JSON.
    pub weights_body: String,
    /// The arm.
    pub arm: String,
    /// Leads.
    pub leads: f64,
    /// Leads that were accepted.
    pub accepted: f64,
    /// Leads with a sale.
    pub converted: f64,
    /// Leads of which something was taken back.
    pub returned: f64,
    /// Money.
    pub revenue: f64,
    /// Milliseconds on the way.
    pub latency: f64,
    /// Leads that were slow.
    pub slow: f64,
}

/// How many leads of an arm there are, whether they count or not.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ExperimentCount {
    /// The arm.
    pub arm: String,
    /// Whether all arms could be drawn that are compared.
    pub is_comparable: bool,
    /// Whether its time is up and its walk has ended, so that it counts.
    pub is_mature: bool,
    /// Leads.
    pub leads: i64,
    /// Those that drew another arm than their unit was given first.
    pub crossed: i64,
    /// The time of the first, microseconds.
    pub first_at: i64,
    /// The time of the last.
    pub last_at: i64,
}

/// How many units were given an arm first, among those that could draw the same arms with the same weights.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct AssignedUnits {
    /// The weights, JSON.
    pub weights_body: String,
    /// The arm.
    pub arm: String,
    /// Units.
    pub units: i64,
}

impl Read<'_> {
    /// What the leads of an experiment come to whose time is up, by weights and arm.
    ///
    /// * `mature_until`: leads drawn until then count, microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn experiment_sums(
        &self,
        experiment: &str,
        mature_until: i64,
    ) -> Result<Vec<ExperimentSums>, Error> {
        let metric = |name: &str| {
            format!(
                "SUM({name}) AS {name}, SUM({name} * {name}) AS {name}_squared,
                 SUM({name} * n) AS {name}_leads"
            )
        };
        let sql = format!(
            "WITH unit AS ({UNITS})
             SELECT weights_body, arm, COUNT(*) AS units, CAST(SUM(n) AS BIGINT) AS leads,
                SUM(n * n) AS leads_squared, {}, {}, {}, {}, {}, {}
             FROM unit GROUP BY weights_body, arm ORDER BY weights_body, arm",
            metric("accepted"),
            metric("converted"),
            metric("returned"),
            metric("revenue"),
            metric("latency"),
            metric("slow"),
        );
        let values = [experiment.into(), mature_until.into()];
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let rows = self.executor.query_all_raw(statement).await?;
        let rows = rows
            .iter()
            .map(|row| ExperimentSums::from_query_result(row, ""));
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The units one by one of those arms that have fewer than so many under a set of weights, in a fixed order.
    ///
    /// * `mature_until`: as in [`Read::experiment_sums`].
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn few_experiment_units(
        &self,
        experiment: &str,
        mature_until: i64,
        fewer_than: i64,
    ) -> Result<Vec<ExperimentUnit>, Error> {
        let sql = format!(
            "WITH unit AS ({UNITS})
             SELECT weights_body, arm, n AS leads, accepted, converted, returned, revenue, latency, slow
             FROM (
                SELECT unit.*, COUNT(*) OVER (PARTITION BY weights_body, arm) AS n_units FROM unit
             ) AS counted
             WHERE n_units < $3 ORDER BY weights_body, arm, unit"
        );
        let values = [experiment.into(), mature_until.into(), fewer_than.into()];
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let rows = self.executor.query_all_raw(statement).await?;
        let rows = rows
            .iter()
            .map(|row| ExperimentUnit::from_query_result(row, ""));
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many leads an experiment has, by arm and by whether they count.
    ///
    /// * `mature_until`: as in [`Read::experiment_sums`].
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn experiment_counts(
        &self,
        experiment: &str,
        mature_until: i64,
    ) -> Result<Vec<ExperimentCount>, Error> {
        const SQL: &str = "SELECT arm, is_comparable, is_mature, COUNT(*) AS leads,
                CAST(SUM(crossed) AS BIGINT) AS crossed,
                MIN(drawn_at) AS first_at, MAX(drawn_at) AS last_at
             FROM (
                SELECT arm, is_comparable, (drawn_at <= $1 AND NOT is_open) AS is_mature,
                    CASE WHEN is_crossed THEN 1 ELSE 0 END AS crossed, drawn_at
                FROM experiment_lead WHERE experiment = $2
             ) AS lead
             GROUP BY arm, is_comparable, is_mature ORDER BY arm, is_comparable, is_mature";
        let values = [mature_until.into(), experiment.into()];
        let statement = Statement::from_sql_and_values(self.backend(), SQL, values);
        let rows = self.executor.query_all_raw(statement).await?;
        let rows = rows
            .iter()
            .map(|row| ExperimentCount::from_query_result(row, ""));
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many leads of an arm count that were drawn after a number in commit order.
    ///
    /// * `mature_until`: as in [`Read::experiment_sums`].
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn experiment_leads_after(
        &self,
        experiment: &str,
        arm: &str,
        (seq, mature_until): (i64, i64),
    ) -> Result<u64, Error> {
        let select = lead::Entity::find()
            .filter(lead::Column::Experiment.eq(experiment))
            .filter(lead::Column::Arm.eq(arm))
            .filter(lead::Column::Seq.gt(seq))
            .filter(lead::Column::DrawnAt.lte(mature_until))
            .filter(lead::Column::IsOpen.eq(false))
            .filter(lead::Column::IsComparable.eq(true));
        Ok(select.count(&self.executor).await?)
    }

    /// How many units of an experiment were given each arm first, by weights and arm.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn assigned_units(&self, experiment: &str) -> Result<Vec<AssignedUnits>, Error> {
        const SQL: &str = "SELECT weights_body, arm, COUNT(*) AS units FROM assignment
             WHERE experiment = $1 GROUP BY weights_body, arm ORDER BY weights_body, arm";
        let statement = Statement::from_sql_and_values(self.backend(), SQL, [experiment.into()]);
        let rows = self.executor.query_all_raw(statement).await?;
        let rows = rows
            .iter()
            .map(|row| AssignedUnits::from_query_result(row, ""));
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The versions that the leads of an experiment were decided by.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn experiment_versions(&self, experiment: &str) -> Result<Vec<String>, Error> {
        let sql = "SELECT version_hash FROM experiment_lead WHERE experiment = $1
             GROUP BY version_hash ORDER BY MIN(seq)";
        let statement = Statement::from_sql_and_values(self.backend(), sql, [experiment.into()]);
        let rows = self.executor.query_all_raw(statement).await?;
        let hashes = rows.iter().map(|row| row.try_get("", "version_hash"));
        Ok(hashes.collect::<Result<_, _>>()?)
    }
}
