//! What is new of leads, for whoever follows them.

use sea_orm::{
    ConnectionTrait as _, FromQueryResult, Statement,
    entity::prelude::*,
    sea_query::{Alias, Expr, ExprTrait as _, Order, Query},
};

use super::{Column, Entity, LeadStatus, listing::LeadFilter};
use crate::{Error, Read};

/// What is stored of a lead, and of all that hangs on it, in so few words that two looks can be compared: another mark
/// means that something has changed.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct LeadMark {
    /// How far it has come.
    pub status: LeadStatus,
    /// Who sent it.
    pub source: String,
    fingerprint: String,
    revenue: i64,
    settled_at: Option<i64>,
    n_steps: i64,
    ended_seq: Option<i64>,
    n_attempts: i64,
    attempted_at: Option<i64>,
    n_releases: i64,
    conversion_seq: Option<i64>,
    n_returns: i64,
    returned_at: Option<i64>,
    #[sea_orm(skip)]
    deliveries: Vec<DeliveryMark>,
}

/// The same of one of its deliveries.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
struct DeliveryMark {
    n: i64,
    state: String,
    settled_seq: Option<i64>,
    finding: Option<String>,
}

/// Leads that follow one another in commit order, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromQueryResult)]
pub struct LeadsInOrder {
    /// How many there are.
    pub leads: i64,
    /// How many of them match.
    pub matching: i64,
    /// The number of the last one; 0 for none.
    pub last_seq: i64,
}

/// All by indexes that begin with the id of the lead, of its decision or of its deliveries.
const MARK: &str = "
    SELECT lead.status, lead.source, lead.fingerprint, lead.revenue, lead.settled_at,
        (SELECT COUNT(*) FROM decision_step JOIN decision ON decision.id = decision_step.decision_id
            WHERE decision.lead_id = lead.id) AS n_steps,
        (SELECT MAX(ended_seq) FROM decision WHERE decision.lead_id = lead.id) AS ended_seq,
        (SELECT COUNT(*) FROM attempt JOIN delivery ON delivery.id = attempt.delivery_id
            WHERE delivery.lead_id = lead.id) AS n_attempts,
        (SELECT MAX(attempt.finished_at) FROM attempt JOIN delivery ON delivery.id = attempt.delivery_id
            WHERE delivery.lead_id = lead.id) AS attempted_at,
        (SELECT COUNT(*) FROM delivery_release JOIN delivery ON delivery.id = delivery_release.delivery_id
            WHERE delivery.lead_id = lead.id) AS n_releases,
        (SELECT MAX(conversion.seq) FROM conversion JOIN delivery ON delivery.id = conversion.delivery_id
            WHERE delivery.lead_id = lead.id) AS conversion_seq,
        (SELECT COUNT(*) FROM lead_return JOIN delivery ON delivery.id = lead_return.delivery_id
            WHERE delivery.lead_id = lead.id) AS n_returns,
        (SELECT MAX(COALESCE(reversed_at, decided_at, requested_at)) FROM lead_return
            JOIN delivery ON delivery.id = lead_return.delivery_id
            WHERE delivery.lead_id = lead.id) AS returned_at
    FROM lead
    WHERE lead.id = $1";

const DELIVERIES: &str = "
    SELECT n, state, settled_seq, finding
    FROM delivery
    WHERE lead_id = $1
    ORDER BY n";

impl Read<'_> {
    /// What a lead looks like at this moment; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn lead_mark(&self, id: &str) -> Result<Option<LeadMark>, Error> {
        let asked = |sql| Statement::from_sql_and_values(self.backend(), sql, [id.into()]);
        let Some(row) = self.executor.query_one_raw(asked(MARK)).await? else {
            return Ok(None);
        };
        let mut mark = LeadMark::from_query_result(&row, "")?;
        for row in self.executor.query_all_raw(asked(DELIVERIES)).await? {
            mark.deliveries
                .push(DeliveryMark::from_query_result(&row, "")?);
        }
        Ok(Some(mark))
    }

    /// Counts the first leads after a number in commit order, and those among them that match.
    ///
    /// * `limit`: how many leads are looked at, whether they match or not.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn leads_after(
        &self,
        filter: &LeadFilter,
        after_seq: i64,
        limit: u64,
    ) -> Result<LeadsInOrder, Error> {
        // Cut off first, in commit order: by the index of a source or a flow all of its leads would be looked at.
        let first = Query::select()
            .columns([
                Column::Id,
                Column::Seq,
                Column::Flow,
                Column::Source,
                Column::IdempotencyKey,
                Column::IsTest,
                Column::Status,
                Column::ReceivedAt,
            ])
            .from(Entity)
            .and_where(Column::Seq.gt(after_seq))
            .order_by(Column::Seq, Order::Asc)
            .limit(limit)
            .take();
        let matching = Expr::case(filter.condition(), 1).finally(0);
        let counted = Query::select()
            .expr_as(Expr::col(Column::Id).count(), "leads")
            .expr_as(
                Expr::expr(matching)
                    .sum()
                    .if_null(0)
                    .cast_as(Alias::new("BIGINT")),
                "matching",
            )
            .expr_as(Expr::col(Column::Seq).max().if_null(0), "last_seq")
            .from_subquery(first, Entity)
            .take();
        let statement = self.backend().build(&counted);
        let row = self.executor.query_one_raw(statement).await?;
        let counted = row.map(|row| LeadsInOrder::from_query_result(&row, ""));
        Ok(counted.transpose()?.unwrap_or_default())
    }
}
