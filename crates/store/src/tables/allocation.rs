//! Allocations: the weights of every bandit, by epoch.

use sea_orm::{IntoActiveModel as _, QueryOrder as _, QuerySelect as _, entity::prelude::*};

use super::allocation_entry;
use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, batch, page};

/// An epoch.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "allocation")]
pub struct Model {
    /// Its number, from 1; 0 is the allocation before anything was learned and is not stored.
    #[sea_orm(primary_key, auto_increment = false)]
    pub epoch: i64,
    /// When it was published, microseconds.
    pub created_at: i64,
    /// Up to when its posteriors look, microseconds.
    pub as_of: i64,
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

impl WriteTx {
    /// Inserts an epoch with what changed in it.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the epoch exists; [`Error::NotFound`] if an entry is of an epoch that
    /// does not.
    pub async fn insert_allocation(
        &self,
        allocation: Model,
        entries: Vec<allocation_entry::Model>,
    ) -> Result<(), Error> {
        Entity::insert(allocation.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        batch::insert(&self.tx, entries).await
    }
}

impl Read<'_> {
    /// The epoch published last, 0 if none was.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn latest_epoch(&self) -> Result<i64, Error> {
        let last = Entity::find()
            .order_by_desc(Column::Epoch)
            .limit(1)
            .one(&self.executor)
            .await?;
        Ok(last.map_or(0, |allocation| allocation.epoch))
    }

    /// An epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_allocation(&self, epoch: i64) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(epoch).one(&self.executor).await?)
    }

    /// Epochs, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn allocations(
        &self,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        page::largest_first(&self.executor, Entity::find(), Column::Epoch, after, limit).await
    }
}
