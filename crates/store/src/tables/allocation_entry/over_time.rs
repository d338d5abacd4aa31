//! The weights of a segment over time, at a bounded number of moments.

use sea_orm::{
    FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement,
    entity::prelude::*,
};

use super::{Column, Entity, Model};
use crate::{AllocationRow, Error, Read, tables::allocation};

/// Weights that held at a moment.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
struct Held {
    /// Number of the moment, from 0.
    moment: i64,
    /// The epoch that they were published in; none before the first.
    epoch: Option<i64>,
}

/// What weights are at an epoch, without the beliefs behind them.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct WeightsRow {
    /// The epoch.
    pub epoch: i64,
    /// Parts per million by arm, JSON.
    pub weights_body: String,
}

impl Read<'_> {
    /// The epochs of the entries of one segment that held at moments evenly spread over a time, both ends included: for each of the
    /// `n + 1` moments the last entry whose allocation has no later `as_of`. Two look-ups in an index for each moment, however many
    /// allocations there are.
    ///
    /// * `from`, `until`: microseconds; `from` is no later.
    /// * `n`: at least 1.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn epochs_over_time(
        &self,
        (flow, node, segment): (&str, &str, &str),
        (from, until): (i64, i64),
        n: u32,
    ) -> Result<Vec<Option<i64>>, Error> {
        const SQL: &str = "WITH RECURSIVE moments (moment, at) AS (
                 SELECT CAST(0 AS BIGINT), CAST($4 AS BIGINT)
                 UNION ALL
                 SELECT moment + 1, CASE WHEN moment + 1 >= $6 THEN $5 ELSE at + $7 END
                 FROM moments
                 WHERE moment < $6
             )
             SELECT moment, (
                 SELECT allocation_entry.epoch
                 FROM allocation_entry
                 WHERE allocation_entry.flow = $1
                     AND allocation_entry.node = $2
                     AND allocation_entry.segment = $3
                     AND allocation_entry.epoch <= (
                         SELECT allocation.epoch
                         FROM allocation
                         WHERE allocation.as_of <= moments.at
                         ORDER BY allocation.as_of DESC, allocation.epoch DESC
                         LIMIT 1
                     )
                 ORDER BY allocation_entry.epoch DESC
                 LIMIT 1
             ) AS epoch
             FROM moments
             ORDER BY moment";
        let n = i64::from(n.max(1));
        let step = until.saturating_sub(from) / n;
        let values: [Value; 7] = [
            flow.into(),
            node.into(),
            segment.into(),
            from.into(),
            until.into(),
            n.into(),
            step.into(),
        ];
        let statement = Statement::from_sql_and_values(self.backend(), SQL, values);
        let held = Held::find_by_statement(statement)
            .all(&self.executor)
            .await?;
        Ok(held.into_iter().map(|held| held.epoch).collect())
    }

    /// Up to when the first weights of one segment take observations into account; none if it never had any.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn first_as_of(
        &self,
        (flow, node, segment): (&str, &str, &str),
    ) -> Result<Option<i64>, Error> {
        let first = Entity::find()
            .select_only()
            .column(Column::Epoch)
            .filter(Column::Flow.eq(flow))
            .filter(Column::Node.eq(node))
            .filter(Column::Segment.eq(segment))
            .order_by_asc(Column::Epoch)
            .into_tuple::<i64>()
            .one(&self.executor)
            .await?;
        let Some(epoch) = first else {
            return Ok(None);
        };
        let allocation = self.find_allocation(epoch).await?;
        Ok(allocation.map(|allocation| allocation.as_of))
    }

    /// The weights of one segment in these epochs, by epoch. Epochs without an entry are left out.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn weights_in_epochs(
        &self,
        (flow, node, segment): (&str, &str, &str),
        epochs: &[i64],
    ) -> Result<Vec<WeightsRow>, Error> {
        Ok(Entity::find()
            .select_only()
            .column(Column::Epoch)
            .column(Column::WeightsBody)
            .filter(Column::Flow.eq(flow))
            .filter(Column::Node.eq(node))
            .filter(Column::Segment.eq(segment))
            .filter(Column::Epoch.is_in(epochs.iter().copied()))
            .into_model::<WeightsRow>()
            .all(&self.executor)
            .await?)
    }

    /// The entries of one segment in these epochs, each with its allocation, in any order. Epochs without an entry are left out.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn allocation_entries_in_epochs(
        &self,
        (flow, node, segment): (&str, &str, &str),
        epochs: &[i64],
    ) -> Result<Vec<(AllocationRow, Model)>, Error> {
        let entries = Entity::find()
            .filter(Column::Flow.eq(flow))
            .filter(Column::Node.eq(node))
            .filter(Column::Segment.eq(segment))
            .filter(Column::Epoch.is_in(epochs.iter().copied()))
            .all(&self.executor)
            .await?;
        let allocations = allocation::Entity::find()
            .filter(allocation::Column::Epoch.is_in(epochs.iter().copied()))
            .all(&self.executor)
            .await?;
        let mut found: std::collections::BTreeMap<i64, AllocationRow> = allocations
            .into_iter()
            .map(|allocation| (allocation.epoch, allocation))
            .collect();
        Ok(entries
            .into_iter()
            .filter_map(|entry| Some((found.remove(&entry.epoch)?, entry)))
            .collect())
    }

    /// The latest entry of one segment, with its allocation.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn latest_allocation_entry(
        &self,
        key: (&str, &str, &str),
    ) -> Result<Option<(AllocationRow, Model)>, Error> {
        let page = self.allocation_history(key, None, 1).await?;
        let Some(entry) = page.items.into_iter().next() else {
            return Ok(None);
        };
        let allocation = self.find_allocation(entry.epoch).await?;
        Ok(allocation.map(|allocation| (allocation, entry)))
    }
}
