//! What the leads of a flow add up to.

use std::fmt;

use sea_orm::{ConnectionTrait as _, FromQueryResult, Statement};

use crate::{Error, Read};

/// Settled leads of a flow that came in a span of time, with what each of them came to.
const LEADS: &str = "SELECT seq, fields_body, received_at,
        CAST(revenue AS DOUBLE PRECISION) / 1000000.0 AS revenue,
        CASE WHEN status IN ('sold', 'returned') THEN 1.0 ELSE 0.0 END AS accepted,
        CASE WHEN status = 'returned' THEN 1.0 ELSE 0.0 END AS returned,
        CASE WHEN EXISTS (
            SELECT 1 FROM delivery JOIN conversion ON conversion.delivery_id = delivery.id
            WHERE delivery.lead_id = lead.id AND conversion.sales > 0
        ) THEN 1.0 ELSE 0.0 END AS converted
     FROM lead
     WHERE flow = $1 AND received_at >= $2 AND received_at < $3
        AND NOT is_test AND settled_at IS NOT NULL";

/// What a settled lead came to; money in units of the currency. It holds a person's details, so `Debug` shows no more than its
/// place.
#[derive(Clone, PartialEq, FromQueryResult)]
pub struct PastLead {
    /// Its place in commit order.
    pub seq: i64,
    /// The fields, JSON.
    pub fields_body: String,
    /// 1 if somebody took it.
    pub accepted: f64,
    /// 1 if a sale of it was reported.
    pub converted: f64,
    /// 1 if everything of it was taken back.
    pub returned: f64,
    /// Money.
    pub revenue: f64,
}

impl fmt::Debug for PastLead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PastLead")
            .field("seq", &self.seq)
            .finish_non_exhaustive()
    }
}

/// What settled leads of a flow add up to, without those that are tests; money in units of the currency.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct LeadSums {
    /// Leads.
    pub leads: i64,
    /// When the first was received, microseconds; absent without leads.
    pub first_at: Option<i64>,
    /// Leads that somebody took.
    pub accepted: f64,
    /// Leads of which a sale was reported.
    pub converted: f64,
    /// Leads of which everything was taken back.
    pub returned: f64,
    /// Money.
    pub revenue: f64,
    /// The same, squared lead by lead.
    pub revenue_squared: f64,
}

impl Read<'_> {
    /// What the leads of a flow add up to that were received in a span of time.
    ///
    /// * `from`, `until`: microseconds, the second excluded.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn lead_sums(&self, flow: &str, from: i64, until: i64) -> Result<LeadSums, Error> {
        let sql = format!(
            "WITH own AS ({LEADS})
             SELECT COUNT(*) AS leads, MIN(received_at) AS first_at,
                CAST(COALESCE(SUM(accepted), 0) AS DOUBLE PRECISION) AS accepted,
                CAST(COALESCE(SUM(converted), 0) AS DOUBLE PRECISION) AS converted,
                CAST(COALESCE(SUM(returned), 0) AS DOUBLE PRECISION) AS returned,
                CAST(COALESCE(SUM(revenue), 0) AS DOUBLE PRECISION) AS revenue,
                CAST(COALESCE(SUM(revenue * revenue), 0) AS DOUBLE PRECISION) AS revenue_squared
             FROM own"
        );
        let values = [flow.into(), from.into(), until.into()];
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let row = self.executor.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| Error::not_found("lead"))?;
        Ok(LeadSums::from_query_result(&row, "")?)
    }

    /// The leads of a flow one by one, the latest first.
    ///
    /// * `from`, `until`: as in [`Read::lead_sums`].
    /// * `before_seq`: those that came before this place in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn past_leads(
        &self,
        flow: &str,
        (from, until): (i64, i64),
        before_seq: i64,
        limit: u64,
    ) -> Result<Vec<PastLead>, Error> {
        let sql = format!(
            "SELECT seq, fields_body, revenue, CAST(accepted AS DOUBLE PRECISION) AS accepted,
                CAST(returned AS DOUBLE PRECISION) AS returned,
                CAST(converted AS DOUBLE PRECISION) AS converted
             FROM ({LEADS} AND seq < $4 ORDER BY seq DESC LIMIT $5) AS own ORDER BY seq DESC"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = [
            flow.into(),
            from.into(),
            until.into(),
            before_seq.into(),
            limit.into(),
        ];
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let rows = self.executor.query_all_raw(statement).await?;
        let rows = rows.iter().map(|row| PastLead::from_query_result(row, ""));
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
