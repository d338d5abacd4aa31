//! The commit log: what each transaction changed of what is folded.

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
};

use crate::{Error, Read, WriteTx};

/// What one transaction changed.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "commit_log")]
pub struct Model {
    /// The last number in commit order that the transaction gave out.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The time of the transaction, microseconds.
    pub at: i64,
    /// What it changed, JSON.
    pub body: String,
    /// Names the transaction among all that were ever made; absent in rows of earlier releases.
    pub batch: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    pub(crate) async fn insert_log(&self, row: Model) -> Result<(), Error> {
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// The time of the last transaction all of whose numbers are at most this one, microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn committed_at(&self, number: i64) -> Result<Option<i64>, Error> {
        let select = Entity::find().filter(Column::Number.lte(number));
        let select = select.order_by_desc(Column::Number).select_only();
        let at = select.column(Column::At).into_tuple();
        Ok(at.one(&self.executor).await?)
    }

    /// The rows of the commit log after a number, in order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn commit_log(&self, after: i64, limit: u64) -> Result<Vec<Model>, Error> {
        let rows = Entity::find()
            .filter(Column::Number.gt(after))
            .order_by_asc(Column::Number)
            .limit(limit)
            .all(&self.executor)
            .await?;
        Ok(rows)
    }
}
