//! Entries of allocations: the weights of one bandit and segment since an epoch.

mod over_time;

use sea_orm::{QueryFilter as _, QueryOrder as _, Statement, entity::prelude::*};

use crate::{Cursor, Error, Keyed, Page, Read, page};

pub use over_time::WeightsRow;

/// The weights of a segment, from this epoch on.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "allocation_entry")]
pub struct Model {
    /// The flow.
    #[sea_orm(primary_key, auto_increment = false)]
    pub flow: String,
    /// The bandit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub node: String,
    /// The segment; empty where the bandit has none.
    #[sea_orm(primary_key, auto_increment = false)]
    pub segment: String,
    /// The epoch.
    #[sea_orm(primary_key, auto_increment = false)]
    pub epoch: i64,
    /// Parts per million by arm, JSON.
    pub weights_body: String,
    /// The posteriors they follow from, JSON.
    pub posterior_body: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.epoch,
            id: String::new(),
        }
    }
}

impl Read<'_> {
    /// The allocation of an epoch: for each bandit and segment the latest entry up to it, by flow, node and
    /// segment. It looks at every entry up to the epoch; from there on, [`Read::allocation_entries_between`].
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn allocation_at(&self, epoch: i64) -> Result<Vec<Model>, Error> {
        const SQL: &str = "SELECT allocation_entry.*
             FROM (
                 SELECT flow, node, segment, MAX(epoch) AS epoch
                 FROM allocation_entry
                 WHERE epoch <= $1
                 GROUP BY flow, node, segment
             ) AS latest
             JOIN allocation_entry
                 ON allocation_entry.flow = latest.flow
                 AND allocation_entry.node = latest.node
                 AND allocation_entry.segment = latest.segment
                 AND allocation_entry.epoch = latest.epoch
             ORDER BY allocation_entry.flow, allocation_entry.node, allocation_entry.segment";
        let statement = Statement::from_sql_and_values(self.backend(), SQL, [epoch.into()]);
        Ok(Entity::find()
            .from_raw_sql(statement)
            .all(&self.executor)
            .await?)
    }

    /// What changed after one epoch and up to another, by epoch, flow, node and segment.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn allocation_entries_between(
        &self,
        after: i64,
        until: i64,
    ) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::Epoch.gt(after))
            .filter(Column::Epoch.lte(until))
            .order_by_asc(Column::Epoch)
            .order_by_asc(Column::Flow)
            .order_by_asc(Column::Node)
            .order_by_asc(Column::Segment)
            .all(&self.executor)
            .await?)
    }

    /// The entries of one segment, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn allocation_history(
        &self,
        (flow, node, segment): (&str, &str, &str),
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let select = Entity::find()
            .filter(Column::Flow.eq(flow))
            .filter(Column::Node.eq(node))
            .filter(Column::Segment.eq(segment));
        page::largest_first(&self.executor, select, Column::Epoch, after, limit).await
    }
}
